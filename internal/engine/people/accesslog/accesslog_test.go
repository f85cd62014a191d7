package accesslog

import (
	"testing"
	"testing/fstest"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/testing/storetest"
)

var rules = fstest.MapFS{"access/retention.yaml": {Data: []byte("retention:\n  - {from: 2020-01-01, months: 12, source: x}\n  - {from: 2021-06-01, months: 1, status: needs_verification, source: y}\n")}}

func TestLinesAreKeptAsLongAsTheRuleSays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		now := time.Date(2021, 5, 1, 5, 0, 0, 0, time.UTC)
		l, err := New(t.Context(), storetest.Open(t, at), rules, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		add := func(unit, reason string) error {
			return l.Opened(t.Context(), Entry{Account: "khai", Subject: "dossier/1", Unit: unit, Reason: reason})
		}
		if err := add("a", " "); !fault.Is(err, "accesslog.no_reason") {
			t.Error(err)
		}
		for _, unit := range []string{"a", "b", ""} {
			if err := add(unit, "gọi"); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			f    Filter
			want int
		}{{Filter{}, 3}, {Filter{Units: []string{"a"}}, 1}, {Filter{Units: []string{}}, 0}, {Filter{Without: []string{"a"}}, 2}, {Filter{Account: "kha"}, 0}, {Filter{Limit: 1}, 3}} {
			if _, n, err := l.List(t.Context(), c.f); err != nil || n != c.want {
				t.Errorf("%+v: %d, %v", c.f, n, err)
			}
		}
		now = now.AddDate(0, 2, 0)
		if err := add("a", "gọi lại"); err != nil {
			t.Fatal(err)
		}
		if lines, n, err := l.List(t.Context(), Filter{}); err != nil || n != 1 || lines[0].Reason != "gọi lại" {
			t.Errorf("%+v, %d, %v", lines, n, err)
		}
	})
}
