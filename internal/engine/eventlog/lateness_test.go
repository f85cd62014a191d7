package eventlog_test

import (
	"context"
	"encoding/csv"
	"os"
	"testing"
	"time"

	"trucot/internal/engine/eventlog"
	"trucot/internal/testing/shared"
)

func sharedFile(t testing.TB, elem ...string) string {
	t.Helper()
	return shared.Dir(t, append([]string{"data", "event-logs"}, elem...)...)
}

// planned is what the CSV file itself says of one case.
type planned struct{ due, end, last time.Time }

// plannedOf reads the receipt log with the standard library only, to check our reading against.
func plannedOf(t *testing.T) map[string]*planned {
	t.Helper()
	f, err := os.Open(sharedFile(t, "receipt.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	parse := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		v, err := time.Parse("2006-01-02 15:04:05.999999-07:00", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	out := map[string]*planned{}
	for _, r := range rows[1:] {
		id := r[at["case:concept:name"]]
		p := out[id]
		if p == nil {
			p = &planned{due: parse(r[at["case:enddate_planned"]]), end: parse(r[at["case:enddate"]])}
			out[id] = p
		}
		if e := parse(r[at["time:timestamp"]]); e.After(p.last) {
			p.last = e
		}
	}
	return out
}

// Lateness from both forms of the receipt log equals what the CSV's planned and actual ends say, case by
// case. The exceptions are those of the data: the log covers the receipt phase only, so for 307 cases its
// last event is in time although the case ended late; 5 ended in time and were touched afterwards; 105
// have no actual end (4 of them overdue by their last event); 67 are late by the hour of the due day only.
func TestLatenessEqualsThePlannedAndActualEnds(t *testing.T) {
	want := plannedOf(t)
	for _, file := range []string{"receipt.csv", "08_receipt.xes.gz"} {
		t.Run(file, func(t *testing.T) {
			sum, err := eventlog.Read(context.Background(), source(t, file), eventlog.Options{Known: known(t)}, func(c *eventlog.Case) error {
				p := want[c.ID]
				recorded, events, reasons := c.Compare(false)
				switch {
				case !c.Due.Equal(p.due) || !c.Finished.Equal(p.end) || !c.Last().Equal(p.last):
					t.Errorf("%s: read %v %v %v, the file says %v", c.ID, c.Due, c.Finished, c.Last(), *p)
				case p.end.IsZero() != (recorded == eventlog.Open):
					t.Errorf("%s: %v, actual end %v", c.ID, recorded, p.end)
				case !p.end.IsZero() && p.end.After(p.due) != (recorded == eventlog.Late):
					t.Errorf("%s: %v, due %v, ended %v", c.ID, recorded, p.due, p.end)
				case recorded != events && len(reasons) == 0:
					t.Errorf("%s: %v by its end, %v by its events, and no reason", c.ID, recorded, events)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			l := sum.Lateness
			if l.Late != 389 || l.OnTime != 940 || l.Open != 105 || l.NoDue != 0 || l.Agree != 1017 {
				t.Errorf("%+v", l)
			}
			for reason, n := range map[eventlog.Reason]int{eventlog.ReasonNoEnd: 101, eventlog.ReasonOpenOverdue: 4,
				eventlog.ReasonEndedAfterLog: 307, eventlog.ReasonEventsAfterEnd: 5, eventlog.ReasonSameDay: 67} {
				if l.Exceptions[reason] != n {
					t.Errorf("%s: %d, want %d", reason, l.Exceptions[reason], n)
				}
			}
		})
	}
}

func TestJudge(t *testing.T) {
	day := func(hour int) time.Time { return time.Date(2021, 6, 14, hour, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		due, end time.Time
		byDay    bool
		want     eventlog.Verdict
	}{
		{time.Time{}, day(1), false, eventlog.NoDue},
		{day(1), time.Time{}, false, eventlog.Open},
		{day(1), day(1), false, eventlog.OnTime},
		{day(1), day(2), false, eventlog.Late},
		{day(1), day(2), true, eventlog.OnTime},
		{day(1), day(25), true, eventlog.Late},
	} {
		if got := eventlog.Judge(c.due, c.end, c.byDay); got != c.want {
			t.Errorf("%v %v by day %v: %v, want %v", c.due, c.end, c.byDay, got, c.want)
		}
	}
}
