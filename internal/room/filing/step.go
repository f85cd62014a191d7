package filing

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Step is one page of the form: one question, the applicant, or one paper.
type Step struct {
	Key   string // in addresses
	Field *procedure.Field
	Paper *procedure.Document
	Must  bool // cannot be sent without
	Done  bool
}

// The keys of steps.
const (
	ApplicantStep = "nguoi-nop"
	fieldStep     = "muc-"
	paperStep     = "giay-"
)

// The names of inputs. A field's is FieldInput and its id, a cell's RowInput, the field, the row and the column.
const (
	FieldInput    = "f."
	RowInput      = "r."
	IdentityInput = "so-dinh-danh"
	PhoneInput    = "dien-thoai"
	EmailInput    = "thu-dien-tu"
	PaperInput    = "cach"
)

// Problem is a mistake in one input.
type Problem struct {
	Input string
	Err   *fault.Error
}

// Steps are the pages that apply to the draft as it stands, in order: the applicant, the questions, the papers.
func (d *Draft) Steps(p *procedure.Procedure, today calendar.Date) []Step {
	values, env := d.env(p, today)
	out := []Step{{Key: ApplicantStep, Field: p.Field(p.Applicant), Must: true, Done: d.Seen[ApplicantStep] && d.Contact.Phone != ""}}
	for _, f := range p.AskedAtFiling() {
		if f.ID == p.Applicant || !applies(&f.When, env) {
			continue
		}
		key := fieldStep + f.ID
		out = append(out, Step{Key: key, Field: f, Must: f.Required, Done: d.Seen[key] && (!f.Required || procedure.Filled(values[f.ID]))})
	}
	for _, paper := range p.PapersAtFiling() {
		if !applies(&paper.When, env) {
			continue
		}
		key := paperStep + paper.ID
		way := d.Papers[paper.ID]
		out = append(out, Step{Key: key, Paper: paper, Must: paper.Required, Done: way != "" && (!paper.Required || way != PaperNone)})
	}
	return out
}

// Step is a step by its key, nil when the draft has none such.
func (d *Draft) Step(p *procedure.Procedure, today calendar.Date, key string) *Step {
	steps := d.Steps(p, today)
	if i := slices.IndexFunc(steps, func(s Step) bool { return s.Key == key }); i >= 0 {
		return &steps[i]
	}
	return nil
}

// Complete reports whether everything that must be answered is.
func Complete(steps []Step) bool {
	return !slices.ContainsFunc(steps, func(s Step) bool { return s.Must && !s.Done })
}

// applies reports whether a condition holds or is not there. One that cannot be worked out counts as holding: better
// to ask once too often.
func applies(when *procedure.Rule, env any) bool {
	if when.Empty() {
		return true
	}
	holds, err := when.Holds(env)
	return err != nil || holds
}

// env are the values in their types and what conditions look at.
func (d *Draft) env(p *procedure.Procedure, today calendar.Date) (map[string]any, any) {
	values := map[string]any{}
	for id, raw := range d.Values {
		f := p.Field(id)
		if f == nil {
			continue // the law changed meanwhile: that question is gone
		}
		if v, err := f.Read(raw); err == nil && v != nil {
			values[id] = v
		}
	}
	have := map[string]bool{}
	for id, way := range d.Papers {
		have[id] = way != PaperNone
	}
	return values, p.Form().Fill(procedure.Facts{Today: today, Received: calendar.NoDate, Due: calendar.NoDate, State: p.Initial, Channel: "online"}, values, have)
}

// Values are the answers in their types.
func (d *Draft) Answers(p *procedure.Procedure, today calendar.Date) map[string]any {
	values, _ := d.env(p, today)
	return values
}

// Answer takes what was typed on a step. With problems the draft stays as it was.
func (d *Draft) Answer(p *procedure.Procedure, rules *Rules, s *Step, in url.Values, tag lang.Tag) []Problem {
	switch {
	case s.Paper != nil:
		return d.answerPaper(s, in)
	case s.Key == ApplicantStep:
		return d.answerApplicant(s, rules, in, tag)
	}
	v, problem := ReadField(s.Field, in, tag)
	if problem == nil && s.Field.Required && !procedure.Filled(v) {
		problem = &Problem{FieldInput + s.Field.ID, fault.New(fault.Invalid, "filing.answer", "label", s.Field.Label)}
	}
	if problem != nil {
		return []Problem{*problem}
	}
	d.Values[s.Field.ID], d.Seen[s.Key] = v, true
	return nil
}

func (d *Draft) answerPaper(s *Step, in url.Values) []Problem {
	way := in.Get(PaperInput)
	if way == PaperFile && d.Papers[s.Paper.ID] == PaperFile {
		return nil // its files are there
	}
	if way != PaperHeld && way != PaperLater && way != PaperNone || way == PaperNone && s.Paper.Required || way == PaperHeld && len(s.Paper.HeldFrom) == 0 {
		return []Problem{{PaperInput, fault.New(fault.Invalid, "filing.choose_way", "label", s.Paper.Label)}}
	}
	d.Papers[s.Paper.ID], d.Seen[s.Key] = way, true
	return nil
}

func (d *Draft) answerApplicant(s *Step, rules *Rules, in url.Values, tag lang.Tag) []Problem {
	var problems []Problem
	var name any
	if s.Field != nil {
		v, problem := ReadField(s.Field, in, tag)
		if problem == nil && !procedure.Filled(v) {
			problem = &Problem{FieldInput + s.Field.ID, fault.New(fault.Invalid, "filing.answer", "label", s.Field.Label)}
		}
		if problem != nil {
			problems = append(problems, *problem)
		}
		name = v
	}
	contact, more := ReadContact(rules, in, true)
	if problems = append(problems, more...); len(problems) > 0 {
		return problems
	}
	if s.Field != nil {
		d.Values[s.Field.ID] = name
	}
	d.Contact, d.Seen[s.Key] = contact, true
	return nil
}

// ReadField reads what was typed into the inputs of a field: one input, or for a list its cells by row. It gives nil
// for a field left empty.
func ReadField(f *procedure.Field, in url.Values, tag lang.Tag) (any, *Problem) {
	var typed any
	if f.Type == procedure.TypeList && !in.Has(FieldInput+f.ID) {
		typed = cells(f, in, tag)
	} else {
		typed = f.Typed(tag, in.Get(FieldInput+f.ID))
	}
	v, err := f.Read(typed)
	if err == nil {
		return v, nil
	}
	e, ok := err.(*fault.Error)
	if !ok {
		e = fault.New(fault.Invalid, "filing.answer", "label", f.Label).Because(err)
	}
	return nil, &Problem{FieldInput + f.ID, e}
}

// maxRows bounds the rows of a list that one form carries.
const maxRows = 200

// cells are the rows of a list typed cell by cell; a row left empty is no row.
func cells(f *procedure.Field, in url.Values, tag lang.Tag) []map[string]any {
	rows := []map[string]any{}
	for i := range maxRows {
		row := map[string]any{}
		filled, there := false, false
		for j := range f.Columns {
			c := &f.Columns[j]
			name := RowInput + f.ID + "." + strconv.Itoa(i) + "." + c.ID
			there = there || in.Has(name)
			text := strings.TrimSpace(in.Get(name))
			filled = filled || text != ""
			row[c.ID] = c.Typed(tag, text)
		}
		if !there {
			break
		}
		if filled {
			rows = append(rows, row)
		}
	}
	return rows
}
