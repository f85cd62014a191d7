package indicator

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

func TestParseValue(t *testing.T) {
	for text, want := range map[string]Value{
		"": NoValue, "0": 0, "12": 12000, "-0.5": -500, "1234.5": 1234500, "0.001": 1, "999999999999999": 999999999999999000,
	} {
		if got, err := ParseValue(text); err != nil || got != want {
			t.Errorf("%q: %d %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"-", ".", "1.", ".5", "1,5", "1.2345", "1e3", " 1", "+1", "--1", "1.2.3", "1234567890123456", "٣"} {
		if got, err := ParseValue(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func FuzzParseValue(f *testing.F) {
	for _, s := range []string{"", "0", "-12.5", "1.2.3", "999999999999999.999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseValue(s)
		if err != nil {
			return
		}
		if again, err := ParseValue(v.String()); err != nil || again != v {
			t.Errorf("%q → %s → %v %v", s, v, again, err)
		}
	})
}

func TestValueAsJSON(t *testing.T) {
	got, err := json.Marshal([]Value{1500, -20, 0, NoValue})
	if err != nil || string(got) != "[1.5,-0.02,0,null]" {
		t.Fatal(string(got), err)
	}
	var back []Value
	if err := json.Unmarshal([]byte(`[1.5, "-0.02", 0, null]`), &back); err != nil || back[1] != -20 || back[3] != NoValue {
		t.Fatal(back, err)
	}
}

func TestRound(t *testing.T) {
	for _, c := range []struct {
		v      Value
		places int
		want   Value
	}{
		{2500, 0, 3000}, {-2500, 0, -3000}, {2499, 0, 2000}, {98626, 2, 98630}, {1374, 2, 1370}, {-1375, 2, -1380},
		{1234, 3, 1234}, {1234, 9, 1234}, {1500, -1, 2000}, {NoValue, 0, NoValue},
	} {
		if got := c.v.Round(c.places); got != c.want {
			t.Errorf("%v to %d places: %v, want %v", c.v, c.places, got, c.want)
		}
	}
}

func TestQuotient(t *testing.T) {
	for _, c := range []struct {
		of, over Value
		scale    int64
		places   int
		want     string
	}{
		{Of(1), Of(3), 100, 2, "33.33"},
		{Of(2), Of(3), 100, 0, "67"},
		{Of(-2), Of(3), 100, 0, "-67"},
		{Of(1), Of(200), 100, 0, "1"}, // 0.5 rounds up
		{Of(7), Of(2), 1, 1, "3.5"},
		{Of(21611), Of(21914), 100, 2, "98.62"},
		{1 << 60, 1, 100, 3, ""}, // beyond what fits
		{Of(1), 0, 100, 2, ""},
		{NoValue, Of(1), 100, 2, ""},
	} {
		if got := Quotient(c.of, c.over, c.scale, c.places); got.String() != c.want {
			t.Errorf("%v / %v × %d to %d places: %s, want %s", c.of, c.over, c.scale, c.places, got, c.want)
		}
	}
}

func TestPercentagesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Value {
			return Value(rapid.Int64Range(0, 1e12).Draw(t, "part"))
		}), 1, 40).Draw(t, "parts")
		parts[0]++ // not all zero
		places := rapid.IntRange(0, 3).Draw(t, "places")
		var sum, whole Value
		for _, p := range parts {
			whole += p
		}
		for i, share := range Percentages(parts, places) {
			sum += share
			exact := 100 * float64(parts[i]) / float64(whole)
			if off := share.Float() - exact; off <= -1/pow10(places)-1e-9 || off >= 1/pow10(places)+1e-9 {
				t.Fatalf("part %d: %v is more than one unit off %v", i, share, exact)
			}
		}
		if sum != Of(100) {
			t.Fatalf("shares of %v at %d places add up to %v", parts, places, sum)
		}
	})
}

func pow10(n int) float64 { return [4]float64{1, 10, 100, 1000}[n] }

func TestPercentages(t *testing.T) {
	for _, c := range []struct {
		parts  []Value
		places int
		want   string
	}{
		{[]Value{Of(1), Of(1), Of(1)}, 1, "[33.4 33.3 33.3]"},
		{[]Value{Of(21611), Of(303)}, 2, "[98.62 1.38]"},
		{[]Value{Of(1), NoValue, Of(1)}, 0, "[50  50]"},
		{[]Value{0, 0}, 0, "[ ]"},
		{[]Value{Of(2), Of(-1)}, 0, "[ ]"},
	} {
		if got := Percentages(c.parts, c.places); stringsOf(got) != c.want {
			t.Errorf("%v: %s, want %s", c.parts, stringsOf(got), c.want)
		}
	}
}

func stringsOf(values []Value) string {
	s := "["
	for i, v := range values {
		if i > 0 {
			s += " "
		}
		s += v.String()
	}
	return s + "]"
}
