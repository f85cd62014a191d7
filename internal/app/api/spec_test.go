package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// described is the API over nothing: enough to describe itself.
func described() *service {
	return newService(Parts{Words: lang.NewCatalog(Texts(), web.Texts())})
}

// TestTheDescriptionIsComplete lints the OpenAPI document: every operation and parameter has words in both languages, every
// answer is described, every error is a problem, every example fits its schema.
func TestTheDescriptionIsComplete(t *testing.T) {
	spec := described().built().spec
	ids := map[string]bool{}
	for path, item := range spec.Paths {
		for _, o := range operationsOf(item) {
			if at := o.Method + " " + path; ids[o.OperationID] || o.OperationID == "" {
				t.Errorf("%s: operation id %q is not its own", at, o.OperationID)
			}
			ids[o.OperationID] = true
			lintOperation(t, o.Method+" "+path, o, spec.Components.Responses)
		}
	}
	lintExamples(t, spec)
}

// TestEveryFieldIsDescribed: each field of each body in both languages, and no word that no field has.
func TestEveryFieldIsDescribed(t *testing.T) {
	spec := described().built().spec
	used, fields := map[string]bool{}, 0
	for name, schema := range spec.Components.Schemas.Map() {
		for field, p := range schema.Properties {
			vi, en, both := strings.Cut(p.Description, "\n\n")
			if !both || vi == en || strings.Contains(p.Description, "⟦") {
				t.Errorf("%s.%s is described as %q", name, field, p.Description)
			}
			used[field], used[name+"."+field] = true, true
			fields++
		}
	}
	if fields < 1000 {
		t.Errorf("%d fields were looked at", fields)
	}
	for _, tag := range []lang.Tag{lang.VI, lang.EN} {
		raw, err := fieldFiles.ReadFile("fields/texts." + string(tag) + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			if key, _, _ := strings.Cut(line, ":"); !used[key] {
				t.Errorf("%s describes %q, which no body has", tag, key)
			}
		}
	}
}

// TestTheDocumentStaysSmall: who fetches it pays for every word; what all operations answer alike stands once.
func TestTheDocumentStaysSmall(t *testing.T) {
	raw, err := json.Marshal(described().built().spec)
	if err != nil || len(raw) > 1<<20 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	if !strings.Contains(string(raw), `"description":"Mã đơn vị nhận`) {
		t.Error("the description of a field is not served")
	}
}

func lintOperation(t *testing.T, at string, o *huma.Operation, shared map[string]*huma.Response) {
	t.Helper()
	answers := map[string]*huma.Response{}
	for status, answer := range o.Responses {
		if answers[status] = answer; answer.Ref != "" {
			answers[status] = shared[strings.TrimPrefix(answer.Ref, answersAt)]
		}
	}
	if o.Summary == "" || o.Description == "" || o.Summary == o.Description && !strings.Contains(o.Summary, "ebhook") || strings.Contains(o.Summary+o.Description, "⟦") {
		t.Errorf("%s has no words in both languages: %q, %q", at, o.Summary, o.Description)
	}
	for _, found := range wildcard.FindAllStringSubmatch(at, -1) {
		if !slices.ContainsFunc(o.Parameters, func(p *huma.Param) bool { return p.In == "path" && p.Name == found[1] }) {
			t.Errorf("%s: %s of its path is not described", at, found[1])
		}
	}
	for _, p := range o.Parameters {
		if strings.Contains(p.Description, "⟦") || p.Description == "" {
			t.Errorf("%s: parameter %s has no description: %s", at, p.Name, p.Description)
		}
		if p.In == "path" && (!p.Required || !strings.Contains(at, "{"+p.Name+"}")) {
			t.Errorf("%s: %s is no required part of its path", at, p.Name)
		}
	}
	for _, status := range []string{"401", "403", "404", "422", "429", "500"} {
		answer, there := answers[status]
		if there && answer.Content["application/problem+json"].Schema == nil {
			t.Errorf("%s: answer %s is no problem+json", at, status)
		}
		if status != "422" && !there {
			t.Errorf("%s: answer %s is not described", at, status)
		}
	}
	good := 0
	for status, answer := range answers {
		if status[0] == '2' {
			good++
		}
		if answer.Description == "" || strings.Contains(answer.Description, "⟦") {
			t.Errorf("%s: answer %s has no description", at, status)
		}
	}
	if good != 1 {
		t.Errorf("%s describes %d good answers", at, good)
	}
}

// lintExamples holds every example against the schema it stands in.
func lintExamples(t *testing.T, spec *huma.OpenAPI) {
	t.Helper()
	for name, s := range spec.Components.Schemas.Map() {
		for field, p := range s.Properties {
			for _, example := range p.Examples {
				pb, result := huma.NewPathBuffer(nil, 0), &huma.ValidateResult{}
				huma.Validate(spec.Components.Schemas, p, pb, huma.ModeWriteToServer, example, result)
				if len(result.Errors) > 0 {
					t.Errorf("%s.%s: the example %v does not fit: %v", name, field, example, result.Errors)
				}
			}
		}
	}
}
