package procedure

import (
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// reservedNames cannot name a field: conditions use them for something else.
var reservedNames = append([]string{"given", "docs", "done", "limit", "was", "date", "months", "in", "not", "and", "or", "let", "if", "else", "nil", "true", "false",
	"all", "none", "any", "one", "count", "sum", "len", "min", "max", "abs", "ceil", "floor", "round", "upper", "lower", "trim",
	"int", "float", "string", "matches", "contains"}, factNames...)

// linter collects the faults of one definition.
type linter struct {
	p      *Procedure
	faults fault.List
}

func (l *linter) fail(at fault.Place, key string, args ...any) {
	l.faults = append(l.faults, fault.New(fault.Invalid, key, args...).At(at))
}

// lint checks what decoding cannot: that names refer to something and that the machine can run.
func (p *Procedure) lint(file string) fault.List {
	l := &linter{p: p}
	l.place(file)
	l.texts(reflect.ValueOf(p).Elem(), p.At)
	l.ids()
	l.words()
	l.legal()
	l.fields()
	l.documents()
	l.filers()
	l.actions()
	l.machine()
	l.clocks()
	l.deadlines()
	l.councils()
	l.records()
	l.credential()
	l.figures()
	return l.faults
}

// place checks that the folder says the same as the file.
func (l *linter) place(file string) {
	version := path.Base(path.Dir(file))
	id := path.Base(path.Dir(path.Dir(file)))
	if id != l.p.ID || version != l.p.Version {
		l.fail(l.p.At, "procedure.wrong_folder", "folder", path.Dir(file), "want", l.p.ID+"/"+l.p.Version)
	}
}

var textType = reflect.TypeFor[Text]()

// texts finds every text that lacks one of the two languages.
func (l *linter) texts(v reflect.Value, at fault.Place) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			l.texts(v.Elem(), at)
		}
	case reflect.Slice:
		for i := range v.Len() {
			l.texts(v.Index(i), at)
		}
	case reflect.Map:
		if v.Type() == textType && !v.IsNil() {
			t := v.Interface().(Text)
			for _, tag := range []lang.Tag{lang.VI, lang.EN} {
				if strings.TrimSpace(t[tag]) == "" {
					l.fail(at, "procedure.missing_text", "language", string(tag), "other", other(t))
				}
			}
		}
	case reflect.Struct:
		in := textsIn(v.Type())
		if in.place >= 0 {
			at = *v.Field(in.place).Addr().Interface().(*fault.Place)
		}
		for _, i := range in.fields {
			l.texts(v.Field(i), at)
		}
	}
}

// textFields are the fields of a struct below which a text may stand, and the one that says where it was written.
type textFields struct {
	fields []int
	place  int // -1 = none
}

var textsOf sync.Map // reflect.Type → textFields

func textsIn(t reflect.Type) textFields {
	if known, ok := textsOf.Load(t); ok {
		return known.(textFields)
	}
	in := textFields{place: -1}
	for i := range t.NumField() {
		switch tag := t.Field(i).Tag.Get("def"); {
		case tag == "@":
			in.place = i
		case tag != "" && mayHoldText(t.Field(i).Type):
			in.fields = append(in.fields, i)
		}
	}
	textsOf.Store(t, in)
	return in
}

// mayHoldText reports whether a text can stand below a value of the type.
func mayHoldText(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return mayHoldText(t.Elem())
	case reflect.Struct:
		return t != reflect.TypeFor[defs.Node]()
	}
	return t == textType
}

func other(t Text) string { return t[lang.VI] + t[lang.EN] }

// ids checks form and uniqueness of the ids of each list.
func (l *linter) ids() {
	p := l.p
	check(l, p.Fields, func(f *Field) (string, fault.Place) { return f.ID, f.At })
	check(l, p.Documents, func(d *Document) (string, fault.Place) { return d.ID, d.At })
	check(l, p.States, func(s *State) (string, fault.Place) { return s.ID, s.At })
	check(l, p.Transitions, func(t *Transition) (string, fault.Place) { return t.ID, t.At })
	check(l, p.Deadlines, func(d *Deadline) (string, fault.Place) { return d.ID, d.At })
	check(l, p.Fees, func(f *Fee) (string, fault.Place) { return f.ID, f.At })
	check(l, p.Councils, func(c *Council) (string, fault.Place) { return c.ID, c.At })
	check(l, p.Records, func(r *Record) (string, fault.Place) { return r.ID, r.At })
	check(l, p.Outputs, func(o *Output) (string, fault.Place) { return o.ID, o.At })
	check(l, p.Legal, func(b *Basis) (string, fault.Place) { return b.ID, b.At })
	check(l, p.Actors, func(a *Named) (string, fault.Place) { return a.ID, a.At })
	if !idPattern.MatchString(p.ID) {
		l.fail(p.At, "procedure.bad_id", "id", p.ID)
	}
}

func check[T any](l *linter, list []T, id func(*T) (string, fault.Place)) {
	seen := map[string]bool{}
	for i := range list {
		name, at := id(&list[i])
		if !idPattern.MatchString(name) {
			l.fail(at, "procedure.bad_id", "id", name)
		}
		if seen[name] {
			l.fail(at, "procedure.duplicate_id", "id", name)
		}
		seen[name] = true
	}
}

// oneOf checks a word against the words of the language.
func (l *linter) oneOf(at fault.Place, key, word string, words ...string) {
	if slices.Contains(words, word) {
		return
	}
	if near := defs.Nearest(word, words); near != "" && word != "" {
		l.fail(at, "procedure.bad_word_near", "key", key, "word", word, "near", near)
		return
	}
	l.fail(at, "procedure.bad_word", "key", key, "word", word, "words", strings.Join(trimEmpty(words), ", "))
}

func trimEmpty(words []string) []string {
	out, _ := without(words, func(w string) bool { return w == "" }, false)
	return out
}

// known checks that a name refers to something that the definition has.
func known[T any](l *linter, at fault.Place, what, name string, in map[string]T) bool {
	if _, ok := in[name]; ok {
		return true
	}
	names := make([]string, 0, len(in))
	for k := range in {
		names = append(names, k)
	}
	slices.Sort(names)
	if near := defs.Nearest(name, names); near != "" {
		l.fail(at, "procedure.unknown_"+what+"_near", "name", name, "near", near)
	} else {
		l.fail(at, "procedure.unknown_"+what, "name", name, "names", strings.Join(names, ", "))
	}
	return false
}

func (l *linter) words() {
	p := l.p
	l.oneOf(p.At, "status", p.Status, Draft, Published, NeedsVerification)
	l.oneOf(p.At, "level", p.Level, "", "central", "province", "commune")
	for _, f := range p.Fields {
		l.oneOf(f.At, "type", f.Type, TypeText, TypeNumber, TypeMoney, TypeDate, TypeBool, TypeChoice, TypePerson, TypeOrganisation, TypeList)
		l.oneOf(f.At, "mark", f.Mark, "", Seen, Recalled)
		for _, c := range f.Columns {
			l.oneOf(c.At, "type", c.Type, TypeText, TypeNumber, TypeMoney, TypeDate, TypeBool, TypeChoice, TypePerson, TypeOrganisation)
		}
	}
	for _, t := range p.Transitions {
		l.oneOf(t.At, "clock", t.Clock, "", "stop", "resume")
		l.oneOf(t.At, "event", t.Event, append([]string{""}, Verbs...)...)
		l.oneOf(t.At, "mark", t.Mark, "", Seen, Recalled)
	}
	if p.Effective.To != p.Effective.From && !p.Effective.Covers(p.Effective.From) {
		l.fail(p.At, "procedure.ends_before_it_begins", "from", p.Effective.From, "to", p.Effective.To)
	}
}

// legal checks the sources, and that everything that cites one cites one that is there.
func (l *linter) legal() {
	p := l.p
	have := map[string]*Basis{}
	for i := range p.Legal {
		b := &p.Legal[i]
		have[b.ID] = b
		l.oneOf(b.At, "mark", b.Mark, Seen, Recalled)
	}
	cite := func(at fault.Place, id string) {
		if id != "" {
			known(l, at, "basis", id, have)
		}
	}
	for _, d := range p.Deadlines {
		cite(d.At, d.Basis)
		l.oneOf(d.At, "mark", d.Mark, "", Seen, Recalled)
		b := have[d.Basis]
		recalled := d.Mark == Recalled || b != nil && b.Mark == Recalled
		if d.Main && recalled && p.Status == Published {
			l.fail(d.At, "procedure.published_on_recall", "deadline", d.ID)
		}
	}
	for _, t := range p.Transitions {
		cite(t.At, t.Basis)
	}
	for _, f := range p.Fees {
		cite(f.At, f.Basis)
	}
	for _, c := range p.Councils {
		cite(c.At, c.Basis)
	}
	for _, r := range p.Records {
		cite(r.At, r.Basis)
	}
	for _, d := range p.Documents {
		cite(d.At, d.Basis)
	}
	for _, o := range p.Outputs {
		cite(o.At, o.Basis)
	}
	if p.Credential != nil {
		cite(p.Credential.At, p.Credential.Basis)
	}
}

func (l *linter) fields() {
	for i := range l.p.Fields {
		f := &l.p.Fields[i]
		if slices.Contains(reservedNames, f.ID) {
			l.fail(f.At, "procedure.reserved_name", "id", f.ID)
		}
		l.options(f)
		if (f.Type == TypeList) != (len(f.Columns) > 0) {
			l.fail(f.At, "procedure.list_needs_columns", "id", f.ID)
		}
		for j := range f.Columns {
			l.options(&f.Columns[j])
		}
	}
	for key, id := range map[string]string{"dossier_title": l.p.NameField, "applicant": l.p.Applicant} {
		if id != "" && known(l, l.p.At, "field", id, l.p.fields) && key == "dossier_title" && l.p.fields[id].Personal {
			l.fail(l.p.At, "procedure.personal_shown", "id", id, "key", key)
		}
	}
	if !l.p.Abstract && l.p.NameField == "" {
		l.fail(l.p.At, "procedure.no_title_field")
	}
	l.asked()
}

// asked looks for findings of the agency that no step lets anybody write down: who files is not asked for them either.
func (l *linter) asked() {
	for i := range l.p.Fields {
		f := &l.p.Fields[i]
		if l.p.Abstract || !f.Office || f.Required {
			continue
		}
		if !l.p.later(func(t *Transition) bool {
			return t.Reappoint == f.ID || slices.Contains(l.p.ShownFields(t, nothing), f)
		}) && !l.counted(f.ID) {
			l.fail(f.At, "procedure.field_unasked", "id", f.ID)
		}
	}
}

func nothing(string) bool { return false }

// counted reports whether a council's count fills in a field.
func (l *linter) counted(id string) bool {
	return slices.ContainsFunc(l.p.Councils, func(c Council) bool { return c.Result != nil && c.Result.Field == id })
}

func (l *linter) options(f *Field) {
	if (f.Type == TypeChoice) != (len(f.Options) > 0) {
		l.fail(f.At, "procedure.choice_needs_options", "id", f.ID)
	}
	check(l, f.Options, func(o *Named) (string, fault.Place) { return o.ID, o.At })
}

// filers are actors of the definition.
func (l *linter) filers() {
	actors := make(map[string]bool, len(l.p.Actors))
	for _, a := range l.p.Actors {
		actors[a.ID] = true
	}
	for _, id := range l.p.Filers {
		known(l, l.p.At, "actor", id, actors)
	}
}

func (l *linter) documents() {
	for _, d := range l.p.Documents {
		l.oneOf(d.At, "mark", d.Mark, "", Seen, Recalled)
	}
}
