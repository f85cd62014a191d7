package services

import (
	"fmt"
	"strings"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/filing"
)

func containsAll(text, words string) bool {
	for _, w := range strings.Fields(words) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// stepTitle is what a step is called in the list and above its page.
func stepTitle(tag lang.Tag, t func(string, ...any) string, s *filing.Step) string {
	switch {
	case s.Paper != nil:
		return s.Paper.Label.In(tag)
	case s.Key == filing.ApplicantStep:
		return t("services.applicant")
	}
	return s.Field.Label.In(tag)
}

// answersOf are the lines of the check page for a step.
func answersOf(p *draftPage, s filing.Step, values map[string]any) []answered {
	switch {
	case s.Paper != nil:
		way := p.D.Papers[s.Paper.ID]
		text := p.T("services.not_answered")
		if way != "" {
			text = p.T("services.paper_" + way)
		}
		return []answered{{s, s.Paper.Label.In(p.Lang), []string{text}}}
	case s.Key == filing.ApplicantStep:
		return applicantAnswers(p, s, values)
	}
	return []answered{{s, s.Field.Label.In(p.Lang), lines(p.View, s.Field, values[s.Field.ID])}}
}

func applicantAnswers(p *draftPage, s filing.Step, values map[string]any) []answered {
	var out []answered
	if s.Field != nil {
		out = append(out, answered{s, s.Field.Label.In(p.Lang), lines(p.View, s.Field, values[s.Field.ID])})
	}
	for _, c := range [][2]string{{"services.identity", p.D.Contact.Identity}, {"services.phone", p.D.Contact.Phone}, {"services.email", p.D.Contact.Email}} {
		text := c[1]
		if text == "" {
			text = p.T("services.not_answered")
		}
		out = append(out, answered{s, p.T(c[0]), []string{text}})
	}
	return out
}

// lines write an answer for people, a list one line a row.
func lines(v *web.View, f *procedure.Field, value any) []string {
	if !procedure.Filled(value) {
		return []string{v.T("services.not_answered")}
	}
	rows, ok := value.([]map[string]any)
	if !ok {
		return []string{withUnit(v, f, plain(v, f, value))}
	}
	out := make([]string, len(rows))
	for i, row := range rows {
		var cells []string
		for j := range f.Columns {
			if c := &f.Columns[j]; row[c.ID] != nil {
				cells = append(cells, withUnit(v, c, plain(v, c, row[c.ID])))
			}
		}
		out[i] = strings.Join(cells, "; ")
	}
	return out
}

// plain writes a checked value for people: the words of a choice, and yes or no.
func plain(v *web.View, f *procedure.Field, value any) string {
	switch x := value.(type) {
	case string:
		for i := range f.Options {
			if f.Options[i].ID == x {
				return f.Options[i].Label.In(v.Lang)
			}
		}
	case bool:
		return v.T(fmt.Sprintf("services.%v", x))
	case calendar.Date:
		return v.Date(x)
	}
	return f.Text(v.Lang, value)
}

func withUnit(v *web.View, f *procedure.Field, text string) string {
	switch {
	case f.Type == procedure.TypeMoney:
		return text + " đ"
	case f.Unit != "":
		return text + " " + f.Unit
	}
	return text
}

// typed is what stands in an input: what was just typed, or the answer as one would type it.
func (q *questionPage) typed(input string, f *procedure.Field, value any) string {
	if q.Typed != nil {
		return q.Typed.Get(input)
	}
	return f.Text(q.Lang, value)
}

// value is the stored answer of the step's field.
func (q *questionPage) value() any {
	if q.Step.Field == nil {
		return nil
	}
	return q.D.Answers(q.P, q.req.Today())[q.Step.Field.ID]
}

// cellRow is one row of a list on its page.
type cellRow struct {
	Number int
	Cells  []cell
}

type cell struct {
	Column *procedure.Field
	Input  string
	Text   string
}

// rows are the rows of a list with one more to fill in.
func (q *questionPage) rows() []cellRow {
	f := q.Step.Field
	stored, _ := q.value().([]map[string]any)
	n := len(stored) + 1
	if q.Typed != nil {
		for n = 1; q.Typed.Has(cellInput(f, n, &f.Columns[0])); n++ {
		}
	}
	out := make([]cellRow, n)
	for i := range out {
		out[i].Number = i + 1
		for j := range f.Columns {
			c := &f.Columns[j]
			var value any
			if i < len(stored) {
				value = stored[i][c.ID]
			}
			input := cellInput(f, i, c)
			out[i].Cells = append(out[i].Cells, cell{c, input, q.typed(input, c, value)})
		}
	}
	return out
}

func cellInput(f *procedure.Field, row int, c *procedure.Field) string {
	return fmt.Sprintf("%s%s.%d.%s", filing.RowInput, f.ID, row, c.ID)
}
