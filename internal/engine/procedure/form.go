package procedure

import (
	"reflect"
	"strconv"
	"strings"

	"trucot/internal/kernel/calendar"
)

// Facts are what a condition may look at beside the fields of the form.
type Facts struct {
	Today       calendar.Date // day of the act
	Received    calendar.Date // day of receipt, NoDate before it
	Due         calendar.Date // due date, NoDate while there is none
	State       string
	Status      int
	Channel     string // direct, online, post
	Supplements int    // supplements asked for so far

	// Done is when an action was last taken and Limit until when a deadline ran or runs; Never for neither. nil = for none.
	Done, Limit func(id string) calendar.Date
	// Was are the values of the form before the act; nil where no rule asks for them.
	Was map[string]any
}

// Never is the day in conditions on which what has not been done was done: it lies after every other.
var Never = calendar.Of(9999, 12, 31)

// Form is the struct type that conditions of a procedure are compiled against: one Go field for each field
// of the form and for each fact, `given.x` (was the field filled), `docs.x` (is the paper there), `done.x` (day of an
// action), `limit.x` (day on which a deadline ends) and `was.x` (the field before the act).
// Numbers and money are float64, dates whole days, a list a slice of its rows.
type Form struct {
	Type   reflect.Type
	fields []formField
	given  int // index of the struct of flags
	docs   int
	paper  map[string]int

	done, limit, was int // likewise
	actions, limits  []string
	timed            bool // a rule asks for a day of an action or a deadline
}

type formField struct {
	field   *Field
	index   int
	given   int
	columns []formField
}

// factNames are reserved: no field may use them. Their order is that of fill.
var factNames = []string{"today", "received", "due", "state", "status", "channel", "supplements"}

func newForm(p *Procedure) *Form {
	fields, documents := p.Fields, p.Documents
	f := &Form{paper: map[string]int{}}
	var members []reflect.StructField
	add := func(name string, t reflect.Type) int {
		members = append(members, member(len(members), name, t))
		return len(members) - 1
	}
	for _, name := range factNames {
		t := reflect.TypeFor[int]()
		if name == "state" || name == "channel" {
			t = reflect.TypeFor[string]()
		}
		add(name, t)
	}
	var given, docs []reflect.StructField
	for i := range fields {
		t, columns := goType(&fields[i])
		f.fields = append(f.fields, formField{field: &fields[i], index: add(fields[i].ID, t), given: i, columns: columns})
		given = append(given, member(i, fields[i].ID, reflect.TypeFor[bool]()))
	}
	for i := range documents {
		f.paper[documents[i].ID] = i
		docs = append(docs, member(i, documents[i].ID, reflect.TypeFor[bool]()))
	}
	f.given = add("given", reflect.StructOf(given))
	f.docs = add("docs", reflect.StructOf(docs))
	for i := range p.Transitions {
		f.actions = append(f.actions, p.Transitions[i].ID)
	}
	for i := range p.Deadlines {
		f.limits = append(f.limits, p.Deadlines[i].ID)
	}
	f.done, f.limit = add("done", days(f.actions)), add("limit", days(f.limits))
	p.eachRule(func(r *Rule, _ bool) {
		f.timed = f.timed || strings.Contains(r.Source, "done.") || strings.Contains(r.Source, "limit.")
	})
	f.was = add("was", reflect.StructOf(members[len(factNames):len(factNames)+len(fields)]))
	f.Type = reflect.StructOf(members)
	return f
}

func member(i int, name string, t reflect.Type) reflect.StructField {
	return reflect.StructField{Name: "F" + strconv.Itoa(i), Type: t, Tag: reflect.StructTag(`expr:"` + name + `"`)}
}

// days is a struct with one day for each name.
func days(names []string) reflect.Type {
	members := make([]reflect.StructField, len(names))
	for i, name := range names {
		members[i] = member(i, name, reflect.TypeFor[int]())
	}
	return reflect.StructOf(members)
}

func goType(f *Field) (reflect.Type, []formField) {
	switch f.Type {
	case TypeNumber, TypeMoney:
		return reflect.TypeFor[float64](), nil
	case TypeDate:
		return reflect.TypeFor[int](), nil
	case TypeBool:
		return reflect.TypeFor[bool](), nil
	case TypeList:
		var members []reflect.StructField
		var columns []formField
		for i := range f.Columns {
			t, _ := goType(&f.Columns[i])
			members = append(members, member(i, f.Columns[i].ID, t))
			columns = append(columns, formField{field: &f.Columns[i], index: i})
		}
		return reflect.SliceOf(reflect.StructOf(members)), columns
	}
	return reflect.TypeFor[string](), nil
}

// Fill makes the environment of one evaluation. values are as Procedure.Check returns them; documents
// holds the ids of the papers present. The result is a pointer to a fresh struct of Type.
func (f *Form) Fill(facts Facts, values map[string]any, documents map[string]bool) any {
	env := reflect.New(f.Type)
	v := env.Elem()
	for i, fact := range []int{int(facts.Today), int(facts.Received), int(facts.Due), 0, facts.Status, 0, facts.Supplements} {
		if v.Field(i).Kind() == reflect.Int {
			v.Field(i).SetInt(int64(fact))
		}
	}
	v.Field(3).SetString(facts.State)
	v.Field(5).SetString(facts.Channel)
	fillRow(f.fields, v, values)
	given := v.Field(f.given)
	for i := range f.fields {
		given.Field(f.fields[i].given).SetBool(!empty(values[f.fields[i].field.ID]))
	}
	docs := v.Field(f.docs)
	for id := range documents {
		if i, ok := f.paper[id]; ok {
			docs.Field(i).SetBool(true)
		}
	}
	if f.timed {
		fillDays(v.Field(f.done), f.actions, facts.Done)
		fillDays(v.Field(f.limit), f.limits, facts.Limit)
	}
	if facts.Was != nil {
		was := v.Field(f.was)
		for i := range f.fields {
			set(was.Field(i), &f.fields[i], facts.Was[f.fields[i].field.ID])
		}
	}
	return env.Interface()
}

func fillDays(v reflect.Value, names []string, day func(string) calendar.Date) {
	for i, name := range names {
		on := Never
		if day != nil {
			on = day(name)
		}
		v.Field(i).SetInt(int64(on))
	}
}

func fillRow(fields []formField, v reflect.Value, values map[string]any) {
	for i := range fields {
		c := &fields[i]
		set(v.Field(c.index), c, values[c.field.ID])
	}
}

func set(to reflect.Value, c *formField, value any) {
	switch x := value.(type) {
	case string:
		if to.Kind() == reflect.String {
			to.SetString(x)
		}
	case float64:
		if to.Kind() == reflect.Float64 {
			to.SetFloat(x)
		}
	case bool:
		if to.Kind() == reflect.Bool {
			to.SetBool(x)
		}
	case calendar.Date:
		if to.Kind() == reflect.Int {
			to.SetInt(int64(x))
		}
	case []map[string]any:
		if to.Kind() != reflect.Slice {
			return
		}
		rows := reflect.MakeSlice(to.Type(), len(x), len(x))
		for i, row := range x {
			fillRow(c.columns, rows.Index(i), row)
		}
		to.Set(rows)
	}
}

// empty reports whether a checked value counts as not filled.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []map[string]any:
		return len(v) == 0
	case calendar.Date:
		return v == calendar.NoDate
	}
	return false
}
