package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/goccy/go-yaml"

	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// describe completes the description: what parameters mean, in both languages, and the headers of every answer.
func (s *service) describe(spec *huma.OpenAPI) {
	header := func(key string) *huma.Header {
		return &huma.Header{Description: s.both(key), Schema: &huma.Schema{Type: huma.TypeString}}
	}
	for _, path := range spec.Paths {
		for _, o := range operationsOf(path) {
			for _, p := range o.Parameters {
				p.Description = s.both(s.paramKey(o.OperationID, p.Name))
			}
			for status, answer := range o.Responses {
				if answer.Headers == nil {
					answer.Headers = map[string]*huma.Header{}
				}
				answer.Headers["RateLimit"] = header("api.header_ratelimit")
				answer.Headers["RateLimit-Policy"] = header("api.header_ratelimit_policy")
				if status == "429" {
					answer.Headers["Retry-After"] = header("api.header_retry_after")
				}
				answer.Description = s.both("api.answer_" + statusKey(status))
			}
			if get := o.Method == http.MethodGet && o.Responses["200"] != nil; get {
				o.Responses["304"] = &huma.Response{Description: s.both("api.answer_304")}
			}
		}
	}
}

// paramKey is the text of a parameter: the operation's own or its group's, where the same name means something else there.
func (s *service) paramKey(id, name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "-", "_")
	group, _, _ := strings.Cut(id, "-")
	for _, of := range []string{snake(id), group} {
		if own := "api.param_" + of + "_" + name; s.Words.Has(own) {
			return own
		}
	}
	return "api.param_" + name
}

func statusKey(status string) string {
	if _, err := strconv.Atoi(status); err != nil {
		return "default"
	}
	return status
}

func operationsOf(p *huma.PathItem) []*huma.Operation {
	return slices.DeleteFunc([]*huma.Operation{p.Get, p.Post, p.Put, p.Patch, p.Head, p.Delete}, func(o *huma.Operation) bool { return o == nil })
}

func (s *service) specJSON(r *web.Request) error {
	raw, err := json.Marshal(s.built().spec)
	if err != nil {
		return err
	}
	return s.sendSpec(r, "application/vnd.oai.openapi+json;version=3.1", raw)
}

func (s *service) specYAML(r *web.Request) error {
	raw, err := json.Marshal(s.built().spec)
	if err != nil {
		return err
	}
	if raw, err = yaml.JSONToYAML(raw); err != nil {
		return err
	}
	return s.sendSpec(r, "application/vnd.oai.openapi;version=3.1", raw)
}

func (s *service) sendSpec(r *web.Request, typ string, raw []byte) error {
	return bytesOut(r, typ, "no-cache", raw)
}

// opLine is an operation on the page that shows the API.
type opLine struct {
	*huma.Operation
	Text, Permission string
	Query            []*huma.Param
	Body, Answer     string // as short examples of their shape
}

type opGroup struct {
	Name string
	Ops  []opLine
}

type docPage struct {
	*web.View
	Groups []opGroup
	Count  int
}

// page shows the API to a person, from the same description that programs read.
func (s *service) page(r *web.Request) error {
	b := s.built()
	p := docPage{View: r.View(r.T("api.title")), Count: len(s.ops)}
	at := map[string]int{}
	for _, o := range s.ops {
		group, _, _ := strings.Cut(o.id, "-")
		if _, known := at[group]; !known {
			at[group] = len(p.Groups)
			p.Groups = append(p.Groups, opGroup{Name: r.T("api.group_" + group)})
		}
		line := opLine{Operation: b.ops[o.id], Text: r.T("api.op_" + snake(o.id)), Permission: string(o.permission)}
		for _, q := range line.Parameters {
			if q.In != "path" {
				line.Query = append(line.Query, q)
			}
		}
		if line.RequestBody != nil {
			line.Body = shape(b.spec, line.RequestBody.Content["application/json"])
		}
		for _, status := range []string{"200", "201"} {
			if a := line.Responses[status]; a != nil && a.Content["application/json"] != nil {
				line.Answer = shape(b.spec, a.Content["application/json"])
			}
		}
		g := &p.Groups[at[group]]
		g.Ops = append(g.Ops, line)
	}
	return r.Render(http.StatusOK, docs(p))
}

// shape is a schema as JSON with the types in the place of values.
func shape(spec *huma.OpenAPI, m *huma.MediaType) string {
	if m == nil || m.Schema == nil {
		return ""
	}
	var b bytes.Buffer
	writeShape(&b, spec, m.Schema, "", 0)
	return b.String()
}

// deepest is how many levels of a schema the page shows.
const deepest = 4

func writeShape(b *bytes.Buffer, spec *huma.OpenAPI, s *huma.Schema, indent string, depth int) {
	if s.Ref != "" {
		s = spec.Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case depth > deepest:
		b.WriteString("…")
	case s.Type == huma.TypeArray:
		b.WriteString("[")
		writeShape(b, spec, s.Items, indent, depth)
		b.WriteString("]")
	case len(s.Properties) > 0:
		names := make([]string, 0, len(s.Properties))
		for name := range s.Properties {
			names = append(names, name)
		}
		slices.Sort(names)
		b.WriteString("{")
		for i, name := range names {
			b.WriteString(strings.Repeat(",", min(i, 1)) + "\n" + indent + `  "` + name + `"`)
			if !slices.Contains(s.Required, name) {
				b.WriteString("?")
			}
			b.WriteString(": ")
			writeShape(b, spec, s.Properties[name], indent+"  ", depth+1)
		}
		b.WriteString("\n" + indent + "}")
	default:
		b.WriteString(plainType(s))
	}
}

func plainType(s *huma.Schema) string {
	switch {
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			raw, err := json.Marshal(v)
			if err != nil {
				return s.Type
			}
			words[i] = string(raw)
		}
		return strings.Join(words, " | ")
	case s.Format != "" && s.Type == huma.TypeString:
		return s.Format
	case s.Type == "":
		return "any"
	}
	return s.Type
}

// paramText is a parameter's meaning in the reader's language.
func paramText(v *web.View, p *huma.Param) string {
	vi, en, _ := strings.Cut(p.Description, "\n\n")
	if v.Lang == lang.EN {
		return en
	}
	return vi
}
