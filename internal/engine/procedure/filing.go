package procedure

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// FilerOf is the actor from outside the agency who may take an action, "" when only the agency does.
func (p *Procedure) FilerOf(t *Transition) string {
	for _, actor := range t.Actor {
		if slices.Contains(p.Filers, actor) {
			return actor
		}
	}
	return ""
}

// Filing is the action by which somebody from outside files a dossier, nil when they cannot.
func (p *Procedure) Filing() *Transition {
	for _, t := range p.Leaving(p.Initial) {
		if p.FilerOf(t) != "" {
			return t
		}
	}
	return nil
}

// AskedAtFiling are the fields that who files fills in: not the agency's own findings, and not those that a later
// step asks for itself.
func (p *Procedure) AskedAtFiling() []*Field {
	var out []*Field
	for i := range p.Fields {
		f := &p.Fields[i]
		if f.Required || !f.Office && !p.later(func(t *Transition) bool {
			return slices.Contains(t.Asks, f.ID) || slices.Contains(t.Requires.Fields, f.ID)
		}) {
			out = append(out, f)
		}
	}
	return out
}

// OfReappointment reports whether a field belongs to an apology with a new day: it says nothing of the matter itself.
func (p *Procedure) OfReappointment(field string) bool {
	return slices.ContainsFunc(p.Transitions, func(t Transition) bool { return t.Reappoint != "" && slices.Contains(t.Asks, field) })
}

// PapersAtFiling are the papers that may come with the filing: not those that a later step asks for.
func (p *Procedure) PapersAtFiling() []*Document {
	var out []*Document
	for i := range p.Documents {
		d := &p.Documents[i]
		if d.Required || !p.later(func(t *Transition) bool { return slices.Contains(t.Requires.Documents, d.ID) }) {
			out = append(out, d)
		}
	}
	return out
}

// ShownFields are the fields of a step's form: what it asks for and needs, what it offers, and what its rule judges. Only
// what had to be filled in when the dossier was filed is not put right here. has tells what the dossier has: what is only
// needed is not shown again.
func (p *Procedure) ShownFields(t *Transition, has func(id string) bool) []*Field {
	var out []*Field
	for i := range p.Fields {
		f := &p.Fields[i]
		if slices.Contains(t.Asks, f.ID) || slices.Contains(t.Requires.Fields, f.ID) && !has(f.ID) || slices.Contains(t.Offers, f.ID) || t.Clears == f.ID || !f.Required && t.judges(f.ID) {
			out = append(out, f)
		}
	}
	return out
}

// ShownPapers are the papers of a step's form, by the same rule.
func (p *Procedure) ShownPapers(t *Transition) []*Document {
	var out []*Document
	for i := range p.Documents {
		d := &p.Documents[i]
		if slices.Contains(t.Requires.Documents, d.ID) || slices.Contains(t.Offers, d.ID) || t.judges("docs."+d.ID) {
			out = append(out, d)
		}
	}
	return out
}

// ruleName is a name in a rule, or a text, which hides the names in it.
var ruleName = regexp.MustCompile(`'[^']*'|"[^"]*"|[\pL_][\pL\pN_.]*`)

// judges reports whether the rule of a step looks at a name.
func (t *Transition) judges(name string) bool {
	if !strings.Contains(t.When.Source, name) {
		return false
	}
	return slices.ContainsFunc(ruleName.FindAllString(t.When.Source, -1), func(found string) bool {
		return found == name || found == "given."+name
	})
}

// later reports whether a step after the filing is such.
func (p *Procedure) later(such func(*Transition) bool) bool {
	for i := range p.Transitions {
		if t := &p.Transitions[i]; !slices.Contains(t.From, p.Initial) && such(t) {
			return true
		}
	}
	return false
}

// Typed turns what a person typed into a form field into what Read takes: numbers and dates as people of the
// language write them, a list one row a line with its columns divided by semicolons. What cannot be understood stays
// as it was, so that the message can quote it.
func (f *Field) Typed(tag lang.Tag, text string) any {
	switch f.Type {
	case TypeNumber, TypeMoney:
		return plainNumber(tag, strings.TrimSuffix(strings.TrimSpace(text), "đ"))
	case TypeDate:
		if d, err := calendar.ParseWritten(text); err == nil {
			return d.String()
		}
		return text
	case TypeList:
		return f.typedRows(tag, text)
	}
	return text
}

func plainNumber(tag lang.Tag, text string) string {
	style := lang.NumberVI
	if tag == lang.EN {
		style = lang.NumberEN
	}
	n, err := lang.ParseNumber(text, style)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(float64(n)/1000, 'f', -1, 64)
}

func (f *Field) typedRows(tag lang.Tag, text string) []map[string]any {
	rows := []map[string]any{}
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		row := map[string]any{}
		for i, cell := range strings.Split(line, ";") {
			if i < len(f.Columns) {
				row[f.Columns[i].ID] = f.Columns[i].Typed(tag, strings.TrimSpace(cell))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// Text writes a checked value as one would type it: Typed and Read give it back.
func (f *Field) Text(tag lang.Tag, value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return lang.Decimal(tag, int64(math.Round(v*1000)))
	case calendar.Date:
		return v.Format(lang.VI)
	case []map[string]any:
		var b strings.Builder
		for _, row := range v {
			for i := range f.Columns {
				if i > 0 {
					b.WriteString("; ")
				}
				b.WriteString(f.Columns[i].Text(tag, row[f.Columns[i].ID]))
			}
			b.WriteString("\n")
		}
		return b.String()
	}
	return ""
}
