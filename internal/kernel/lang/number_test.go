package lang

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/kernel/fault"
)

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		n      int64
		vi, en string
	}{
		{0, "0", "0"}, {1000, "1", "1"}, {1234500, "1.234,5", "1,234.5"}, {-50, "-0,05", "-0.05"},
		{12345678901, "12.345.678,901", "12,345,678.901"}, {math.MinInt64, "", ""},
	} {
		if got := Decimal(VI, c.n); got != c.vi {
			t.Errorf("vi %d = %q, want %q", c.n, got, c.vi)
		}
		if got := Decimal(EN, c.n); got != c.en {
			t.Errorf("en %d = %q, want %q", c.n, got, c.en)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		in    string
		style NumberStyle
		want  int64
	}{
		{"1.234,5", NumberVI, 1234500}, {"1,234.5", NumberEN, 1234500}, {"1234.5", NumberPlain, 1234500},
		{"1.234", NumberVI, 1234000}, {"1.234", NumberEN, 1234}, {"1 234", NumberVI, 1234000},
		{"12,5 %", NumberVI, 12500}, {"−7", NumberVI, -7000}, {"0,0005", NumberVI, 1}, {"0,0004", NumberVI, 0},
		{"\u00a02.000\u00a0", NumberVI, 2000000}, {"+3", NumberEN, 3000},
	} {
		if got, err := ParseNumber(c.in, c.style); err != nil || got != c.want {
			t.Errorf("%q as %v = %d, %v; want %d", c.in, c.style, got, err, c.want)
		}
	}
	for _, c := range []struct {
		in    string
		style NumberStyle
	}{
		{"", NumberVI}, {"-", NumberVI}, {"abc", NumberVI}, {"1.23", NumberVI}, {"12.34.567", NumberVI},
		{"1,", NumberVI}, {",5", NumberVI}, {"1,2,3", NumberVI}, {"99999999999999999999", NumberPlain}, {"5 người", NumberVI},
	} {
		if got, err := ParseNumber(c.in, c.style); !fault.Is(err, "lang.bad_number") {
			t.Errorf("%q as %v = %d, %v; want a refusal", c.in, c.style, got, err)
		}
	}
}

func TestNumbersSurviveTheirOwnWriting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1<<52, 1<<52).Draw(t, "n")
		for tag, style := range map[Tag]NumberStyle{VI: NumberVI, EN: NumberEN} {
			if got, err := ParseNumber(Decimal(tag, n), style); err != nil || got != n {
				t.Fatalf("%d written %q read %d, %v", n, Decimal(tag, n), got, err)
			}
		}
	})
}

func TestDecideNumberStyle(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples []string
		style   NumberStyle
		key     string
		against int
	}{
		{"only whole numbers", []string{"12", "5", "–", "Tổng"}, NumberPlain, "lang.numbers_plain", 0},
		{"a decimal comma settles 1.234", []string{"1.234", "12,5"}, NumberVI, "lang.numbers_dot_thousands", 0},
		{"a decimal dot settles 1,234", []string{"1,234", "12.5"}, NumberEN, "lang.numbers_comma_thousands", 0},
		{"two groups settle", []string{"1.234", "1.234.567"}, NumberVI, "lang.numbers_dot_thousands", 0},
		{"both signs settle", []string{"1,234.50"}, NumberEN, "lang.numbers_comma_thousands", 0},
		{"0.125 is a decimal", []string{"0.125"}, NumberEN, "lang.numbers_comma_thousands", 0},
		{"1234.567 is a decimal", []string{"1234.567"}, NumberEN, "lang.numbers_comma_thousands", 0},
		{"nothing settles", []string{"1.234", "5"}, NumberVI, "lang.numbers_guessed", 0},
		{"a stranger is named", []string{"1.234,5", "2,5", "3.75"}, NumberVI, "lang.numbers_dot_thousands_mixed", 1},
		{"nothing at all", nil, NumberPlain, "lang.numbers_plain", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := DecideNumberStyle(c.samples)
			if d.Style != c.style || d.Key != c.key || len(d.Against) != c.against {
				t.Errorf("got %v %s against %v", d.Style, d.Key, d.Against)
			}
		})
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"1.234,5", "1,234.5", "-0", "٣", "1e9", "..", "٫"} {
		f.Add(s, uint8(1))
	}
	f.Fuzz(func(t *testing.T, s string, style uint8) {
		n, err := ParseNumber(s, NumberStyle(style%3))
		DecideNumberStyle([]string{s})
		if err == nil && NumberStyle(style%3) == NumberVI {
			if again, err := ParseNumber(Decimal(VI, n), NumberVI); err != nil || again != n {
				t.Fatalf("%q = %d, written and read %d, %v", s, n, again, err)
			}
		}
	})
}
