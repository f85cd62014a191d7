package rule

import (
	"reflect"
	"strings"
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

type row struct {
	Power float64 `expr:"power"`
}

type form struct {
	Kind    string  `expr:"kind"`
	Amount  float64 `expr:"amount"`
	Expiry  int     `expr:"expiry"`
	Today   int     `expr:"today"`
	Urgent  bool    `expr:"urgent"`
	Devices []row   `expr:"devices"`
	Given   struct {
		Expiry bool `expr:"expiry"`
	} `expr:"given"`
}

func TestConditions(t *testing.T) {
	env := form{Kind: "new", Amount: 12.5, Expiry: int(calendar.MustParse("2021-06-14")), Today: int(calendar.MustParse("2021-05-01")), Devices: []row{{3}, {7}}}
	for src, want := range map[string]bool{
		"kind == 'new'":                    true,
		"kind in ['renew', 'new']":         true,
		"amount > 12 && !urgent":           true,
		"expiry - today >= 45":             false,
		"expiry - today == 44":             true,
		"today < date('2021-05-02')":       true,
		"all(devices, .power < 7)":         false,
		"sum(devices, .power) == 10":       true,
		"given.expiry":                     false,
		"len(devices) == 2 || amount == 0": true,
	} {
		p, err := Condition(src, reflect.TypeFor[form]())
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got, err := p.Bool(&env); err != nil || got != want {
			t.Errorf("%s = %v %v, want %v", src, got, err, want)
		}
	}
}

func TestFormulas(t *testing.T) {
	env := form{Amount: 12.5, Devices: []row{{3}, {7}}}
	for src, want := range map[string]float64{"amount * 2": 25, "len(devices) * 120000": 240000, "7": 7, "amount > 10 ? 1 : 2": 1,
		"months(date('2024-02-29'), 12) - date('2025-02-28')": 0, "months(date('2024-03-31'), -1) - date('2024-02-29')": 0, "months(date('2024-01-31'), amount) - date('2025-01-31')": 0} {
		p, err := Formula(src, form{})
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got, err := p.Number(env); err != nil || got != want {
			t.Errorf("%s = %v %v, want %v", src, got, err, want)
		}
	}
	p, err := Formula("amount / (amount - amount)", form{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Number(env); !fault.Is(err, "rule.not_number") {
		t.Errorf("a division by zero gave %v", err)
	}
}

func TestMistakesAreFoundAtLoad(t *testing.T) {
	for _, c := range []struct {
		src, key string
		column   int
	}{
		{"amuont > 3", "rule.unknown_near", 1},
		{"kind == 'new' && zzzzzz", "rule.unknown", 18},
		{"given.expry", "rule.unknown_near", 7},
		{"amount == 'x'", "rule.mismatch", 8},
		{"amount >", "rule.syntax", 8},
		{"amount + 1", "rule.wrong_result", 0},
		{"kind", "rule.wrong_result", 0},
		{"any(1..9, # > 3)", "rule.no_range", 6},
		{"amount ** 9 > 1", "rule.no_operator", 8},
		{"all(devices, any(devices, .power > 1))", "rule.too_nested", 14},
		{"today > date('14/6/2021')", "rule.bad_date", 9},
		{"today > date(kind)", "rule.date_literal", 9},
		{"now() > now()", "rule.unknown", 1},
		{"amount > " + strings.Repeat("1+", 150) + "1", "rule.too_long", 0},
		{strings.Repeat(" ", MaxBytes) + "true", "rule.too_long", 0},
	} {
		_, err := Condition(c.src, form{})
		var e *fault.Error
		if !fault.Is(err, c.key) {
			t.Errorf("%.40s: %v, want %s", c.src, err, c.key)
		} else if e = err.(*fault.Error); c.column > 0 && e.Place.Column != c.column {
			t.Errorf("%.40s: column %d, want %d", c.src, e.Place.Column, c.column)
		}
	}
}

func FuzzCondition(f *testing.F) {
	for _, s := range []string{"amount > 3", "all(devices, .power > 1)", "kind in ['a'", "date('2021-06-14') < today", "((((", "a?.b[1:2]"} {
		f.Add(s)
	}
	env := form{Kind: "new", Devices: []row{{1}}}
	f.Fuzz(func(t *testing.T, src string) {
		p, err := Condition(src, form{})
		if err != nil {
			if _, ok := err.(*fault.Error); !ok {
				t.Fatalf("%q: not a fault: %v", src, err)
			}
			return
		}
		p.Bool(env)
	})
}

func BenchmarkBool(b *testing.B) {
	p, err := Condition("kind == 'new' && amount > 3 && expiry - today >= 45", form{})
	if err != nil {
		b.Fatal(err)
	}
	env := &form{Kind: "new", Amount: 5, Expiry: 100, Today: 10}
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := p.Bool(env); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
