package conference

import "testing"

// Whatever is typed, a clock that is taken is a time of day and reads the same again.
func FuzzClock(f *testing.F) {
	for _, s := range []string{"8:00", "08h30", "8h", "24:00", "-1:-1", "1:2:3", "٨:٠٠"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := readClock(s)
		if err != nil {
			return
		}
		again, err := readClock(got)
		if err != nil || again != got || len(got) != 5 || minutes(got) >= 24*60 {
			t.Errorf("%q became %q, then %q, %v", s, got, again, err)
		}
	})
}
