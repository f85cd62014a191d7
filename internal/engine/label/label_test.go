package label

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/kernel/fault"
)

func TestClean(t *testing.T) {
	for _, c := range []struct {
		in, want []string
		key      string
	}{
		{[]string{" Đoàn  ra ", "an toàn", "doan ra", ""}, []string{"an toàn", "Đoàn ra"}, ""},
		{nil, nil, ""},
		{[]string{"a,b"}, nil, "label.bad_sign"},
		{[]string{"<b>"}, nil, "label.bad_sign"},
		{[]string{strings.Repeat("ế", 41)}, nil, "label.too_long"},
		{strings.Fields("1 2 3 4 5 6 7 8 9"), nil, "label.too_many"},
	} {
		got, err := Clean(c.in)
		if !slices.Equal(got, c.want) || c.key != "" && !fault.Is(err, c.key) || c.key == "" && err != nil {
			t.Errorf("%q: %q %v", c.in, got, err)
		}
	}
}

// What a change adds can be taken away by the labels before it, and doing it twice is doing it once.
func TestAChangeCanBeUndone(t *testing.T) {
	words := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"an toàn", "Đoàn ra", "gấp", "Tết"}), 0, 4, rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		before, _ := Clean(words.Draw(t, "before"))
		pressing := rapid.SampledFrom(Priorities()).Draw(t, "priority")
		c := Change{Priority: &pressing, Add: words.Draw(t, "add"), Remove: words.Draw(t, "remove")}
		p, after, err := c.Apply(Normal, before)
		again, twice, err2 := c.Apply(p, after)
		back, undone, err3 := Change{Priority: new(Priority), Labels: &before}.Apply(p, after)
		if err != nil || err2 != nil || err3 != nil || p != pressing || again != p || !slices.Equal(twice, after) || back != Normal || !slices.Equal(undone, before) {
			t.Fatalf("%q → %q → %q, back %q (%v %v %v)", before, after, twice, undone, err, err2, err3)
		}
	})
}

func TestPrioritiesByWord(t *testing.T) {
	for _, p := range Priorities() {
		if got, err := ParsePriority(p.Word()); err != nil || got != p {
			t.Errorf("%v: %v %v", p, got, err)
		}
	}
	if _, err := ParsePriority("soon"); !fault.Is(err, "label.bad_priority") {
		t.Error(err)
	}
}
