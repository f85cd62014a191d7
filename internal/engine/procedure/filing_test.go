package procedure_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

func TestWhatPeopleTypeIsUnderstood(t *testing.T) {
	for _, c := range []struct {
		kind     string
		tag      lang.Tag
		in, want string
	}{
		{procedure.TypeMoney, lang.VI, "1.250.000", "1250000"}, {procedure.TypeMoney, lang.VI, "1.250.000 đ", "1250000"},
		{procedure.TypeNumber, lang.VI, "12,5", "12.5"}, {procedure.TypeNumber, lang.EN, "1,234.5", "1234.5"}, {procedure.TypeNumber, lang.VI, "hai", "hai"},
		{procedure.TypeNumber, lang.VI, "", ""},
		{procedure.TypeDate, lang.VI, "12/5/2026", "2026-05-12"}, {procedure.TypeDate, lang.VI, " 1-12-2026 ", "2026-12-01"}, {procedure.TypeDate, lang.VI, "03.02.2026", "2026-02-03"},
		{procedure.TypeDate, lang.VI, "Ngày 12 tháng 5 năm 2026", "2026-05-12"}, {procedure.TypeDate, lang.VI, "31/2/2026", "31/2/2026"}, {procedure.TypeDate, lang.VI, "2026-05-12", "2026-05-12"},
		{procedure.TypeText, lang.VI, "1.250", "1.250"},
	} {
		f := procedure.Field{Type: c.kind}
		if got := f.Typed(c.tag, c.in); got != c.want {
			t.Errorf("%s %q in %s = %q, want %q", c.kind, c.in, c.tag, got, c.want)
		}
	}
}

func TestListsAreTypedOneRowALine(t *testing.T) {
	f := procedure.Field{Type: procedure.TypeList, Columns: []procedure.Field{{ID: "ma_so"}, {ID: "gia"}}}
	want := []map[string]any{{"ma_so": "A1", "gia": "20000"}, {"ma_so": "B2", "gia": "30000"}}
	if got := f.Typed(lang.VI, "A1; 20000\n\n B2 ;30000; thừa\n"); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

// TestWhatIsShownCanBeTypedAgain: an answer shown in its input for correction reads as it was, in both languages.
func TestWhatIsShownCanBeTypedAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.SampledFrom([]lang.Tag{lang.VI, lang.EN}).Draw(t, "language")
		var f procedure.Field
		var v any
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			f.Type, v = procedure.TypeNumber, float64(rapid.Int64Range(-1e12, 1e12).Draw(t, "thousandths"))/1000
		case 1:
			f.Type, v = procedure.TypeDate, calendar.Date(rapid.Int32Range(-20000, 60000).Draw(t, "day"))
		case 2:
			f.Type, v = procedure.TypeBool, rapid.Bool().Draw(t, "bool")
		}
		got, err := f.Read(f.Typed(tag, f.Text(tag, v)))
		if err != nil || got != v {
			t.Fatalf("%v shown as %q reads as %v, %v", v, f.Text(tag, v), got, err)
		}
	})
}
