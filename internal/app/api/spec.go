package api

import (
	"bytes"
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/goccy/go-yaml"

	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// describe completes the description: what parameters and fields mean, in both languages, and the headers of every answer. What
// all operations answer alike stands once, for them to point at: it was most of the document.
func (s *service) describe(spec *huma.OpenAPI) {
	spec.Components.Headers, spec.Components.Responses = map[string]*huma.Header{}, map[string]*huma.Response{}
	for _, name := range []string{"RateLimit", "RateLimit-Policy", "Retry-After"} {
		spec.Components.Headers[name] = &huma.Header{Description: s.both("api.header_" + strings.ReplaceAll(strings.ToLower(name), "-", "_")),
			Schema: &huma.Schema{Type: huma.TypeString}}
	}
	for _, path := range spec.Paths {
		for _, o := range operationsOf(path) {
			for _, p := range o.Parameters {
				p.Description = s.both(s.paramKey(o.OperationID, p.Name))
			}
			if o.Method == http.MethodGet && o.Responses["200"] != nil {
				o.Responses["304"] = &huma.Response{}
			}
			for status, answer := range o.Responses {
				s.describeAnswer(status, answer)
				if status[0] != '2' {
					spec.Components.Responses[status] = answer
					o.Responses[status] = &huma.Response{Ref: answersAt + status}
				}
			}
		}
	}
	describeFields(spec)
}

// answersAt and headersAt are where the answers and headers stand that operations point at.
const (
	answersAt = "#/components/responses/"
	headersAt = "#/components/headers/"
)

func (s *service) describeAnswer(status string, answer *huma.Response) {
	answer.Description = s.both("api.answer_" + statusKey(status))
	if status == "304" {
		return
	}
	if answer.Headers == nil {
		answer.Headers = map[string]*huma.Header{}
	}
	for _, name := range []string{"RateLimit", "RateLimit-Policy"} {
		answer.Headers[name] = &huma.Header{Ref: headersAt + name}
	}
	if status == "429" {
		answer.Headers["Retry-After"] = &huma.Header{Ref: headersAt + "Retry-After"}
	}
}

//go:embed fields
var fieldFiles embed.FS

// fieldWords are what the fields of bodies mean: by their names, and by "Type.name" where a name means something else there. They
// stand apart from the catalogue, since nothing but this description reads them.
func fieldWords() *lang.Catalog {
	files, err := fs.Sub(fieldFiles, "fields")
	if err != nil {
		panic(err) // compiled in
	}
	return lang.NewCatalog(lang.MustTexts(files))
}

func describeFields(spec *huma.OpenAPI) {
	words := fieldWords()
	for name, schema := range spec.Components.Schemas.Map() {
		for field, p := range schema.Properties {
			key := field
			if own := name + "." + field; words.Has(own) {
				key = own
			}
			p.Description = words.T(lang.VI, key) + "\n\n" + words.T(lang.EN, key)
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
			line.Body = shape(b.spec, r.Lang, line.RequestBody.Content["application/json"])
		}
		for _, status := range []string{"200", "201"} {
			if a := line.Responses[status]; a != nil && a.Content["application/json"] != nil {
				line.Answer = shape(b.spec, r.Lang, a.Content["application/json"])
			}
		}
		g := &p.Groups[at[group]]
		g.Ops = append(g.Ops, line)
	}
	return r.Render(http.StatusOK, docs(p))
}

// shape is a schema as JSON with the types in the place of values and what each means behind it.
func shape(spec *huma.OpenAPI, tag lang.Tag, m *huma.MediaType) string {
	if m == nil || m.Schema == nil {
		return ""
	}
	w := shaper{spec: spec, tag: tag}
	w.write(m.Schema, "", 0)
	return w.String()
}

// shaper writes a shape.
type shaper struct {
	bytes.Buffer
	spec *huma.OpenAPI
	tag  lang.Tag
}

// deepest is how many levels of a schema the page shows.
const deepest = 4

func (b *shaper) write(s *huma.Schema, indent string, depth int) {
	if s.Ref != "" {
		s = b.spec.Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case depth > deepest:
		b.WriteString("…")
	case s.Type == huma.TypeArray:
		b.WriteString("[")
		b.write(s.Items, indent, depth)
		b.WriteString("]")
	case len(s.Properties) > 0:
		names := make([]string, 0, len(s.Properties))
		for name := range s.Properties {
			names = append(names, name)
		}
		slices.Sort(names)
		b.WriteString("{")
		for i, name := range names {
			b.WriteString("\n" + indent + `  "` + name + `"`)
			if !slices.Contains(s.Required, name) {
				b.WriteString("?")
			}
			b.WriteString(": ")
			lines := bytes.Count(b.Bytes(), []byte("\n"))
			b.write(s.Properties[name], indent+"  ", depth+1)
			if i < len(names)-1 {
				b.WriteString(",")
			}
			if lines == bytes.Count(b.Bytes(), []byte("\n")) { // what an object is for, its fields say
				b.WriteString("  // " + inTongue(b.tag, s.Properties[name].Description))
			}
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

// inTongue is one language of a description in both.
func inTongue(tag lang.Tag, description string) string {
	vi, en, _ := strings.Cut(description, "\n\n")
	if tag == lang.EN {
		return en
	}
	return vi
}
