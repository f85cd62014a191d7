package schedule_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/directive/schedule"
	"trucot/internal/testing/storetest"
)

func day(s string) calendar.Date { return calendar.MustParse(s) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// office is a book with a unit on each side and two people, on Thursday 10 June 2021.
func office(t *testing.T, at string) (*schedule.Book, *ledger.Ledger) {
	t.Helper()
	ctx := context.Background()
	clock := func() time.Time { return time.Date(2021, 6, 10, 2, 0, 0, 0, time.UTC) }
	db := storetest.Open(t, at)
	l, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{people.Fold(), schedule.Fold()}, Clock: clock})
	must(t, err)
	t.Cleanup(func() { l.Close() })
	who, err := people.New(ctx, db, l, people.Options{Clock: clock})
	must(t, err)
	by := people.By{Actor: "sample", On: day("2019-01-01")}
	must(t, who.OpenUnit(ctx, by, people.Unit{Code: "so", NameVI: "Sở mẫu", Side: people.State}))
	must(t, who.OpenUnit(ctx, by, people.Unit{Code: "du", NameVI: "Đảng ủy mẫu", Side: people.Party}))
	must(t, who.OpenAccount(ctx, by, "hung", "hung"))
	must(t, who.OpenAccount(ctx, by, "khai", "khai"))
	must(t, who.GrantRole(ctx, by, "khai", people.Grant{Role: people.Specialist, Unit: "so"}))
	b := schedule.New(l, db, who, schedule.Options{Clock: clock})
	must(t, b.OpenFeeds(ctx))
	return b, l
}

func item(unit string) schedule.Item {
	return schedule.Item{Unit: unit, On: day("2021-06-15"), Start: "08:00", End: "09:30", Content: "Giao ban, tuần (mẫu)", Place: "Phòng họp", Chair: "hung", Units: []string{"so"}}
}

// TestFromDraftToAChangedSheetOnBothEngines: a draft, published, then moved, added to and cancelled, each said as such.
func TestFromDraftToAChangedSheetOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		ctx := context.Background()
		b, l := office(t, at)
		week := schedule.WeekOf(day("2021-06-15"))
		first, err := b.Enter(ctx, "khai", item("so"))
		must(t, err)
		second, err := b.Enter(ctx, "khai", item("so"))
		must(t, err)
		party, err := b.Enter(ctx, "khai", item("du"))
		must(t, err)
		is := func(id string, want schedule.Change) {
			t.Helper()
			i, err := b.Get(ctx, id)
			must(t, err)
			on, err := b.PublishedOn(ctx, i.Side, week)
			must(t, err)
			if got := i.Change(on != calendar.NoDate); got != want {
				t.Errorf("%s is %s, want %s", id, got, want)
			}
		}
		is(first.ID, schedule.Draft)
		must(t, b.Publish(ctx, "khai", "so", week))
		is(first.ID, schedule.Same)
		is(party.ID, schedule.Draft)
		moved := item("so")
		moved.On = day("2021-06-22")
		if err := b.Change(ctx, "khai", first.ID, moved, 0); !fault.Is(err, "schedule.no_reason") {
			t.Errorf("a published item moved without a reason: %v", err)
		}
		moved.Reason = "Bận họp"
		must(t, b.Change(ctx, "khai", first.ID, moved, 0))
		is(first.ID, schedule.Changed)
		must(t, b.Cancel(ctx, "khai", second.ID, "Thôi"))
		is(second.ID, schedule.Cancelled)
		third, err := b.Enter(ctx, "khai", item("so"))
		must(t, err)
		is(third.ID, schedule.Added)
		if err := b.Change(ctx, "khai", second.ID, moved, 0); !fault.Is(err, "schedule.cancelled") {
			t.Error(err)
		}
		list, err := b.Items(ctx, schedule.Reach{State: true}, week.Monday, week.Sunday())
		must(t, err)
		if len(list) != 3 { // the moved one is still told in the week where it was published; the Party's is not in reach
			t.Errorf("%d items in the week", len(list))
		}
		rebuilt, err := l.Rebuild(ctx, "schedule")
		must(t, err)
		for _, r := range rebuilt {
			if !r.Equal() {
				t.Errorf("%+v", r)
			}
		}
	})
}

func TestWhatAnItemNeeds(t *testing.T) {
	b, _ := office(t, filepath.Join(t.TempDir(), "a.db"))
	for key, spoil := range map[string]func(*schedule.Item){
		"schedule.no_content":     func(i *schedule.Item) { i.Content = " " },
		"schedule.no_chair":       func(i *schedule.Item) { i.Chair = "" },
		"schedule.bad_time":       func(i *schedule.Item) { i.Start = "8 giờ" },
		"schedule.end_before":     func(i *schedule.Item) { i.End = "07:00" },
		"schedule.unknown_person": func(i *schedule.Item) { i.People = []string{"ai"} },
		"people.unknown_unit":     func(i *schedule.Item) { i.Units = []string{"đâu"} },
	} {
		i := item("so")
		spoil(&i)
		if _, err := b.Enter(context.Background(), "khai", i); !fault.Is(err, key) {
			t.Errorf("%v, want %s", err, key)
		}
	}
}

// TestAFeedShowsWhatIsPublishedAndConcernsItsOwner, and only under the address made last.
func TestAFeedShowsWhatIsPublishedAndConcernsItsOwner(t *testing.T) {
	ctx := context.Background()
	b, _ := office(t, filepath.Join(t.TempDir(), "a.db"))
	shown, err := b.Enter(ctx, "khai", item("so"))
	must(t, err)
	alone := item("so")
	alone.Units = nil
	_, err = b.Enter(ctx, "khai", alone) // without khai
	must(t, err)
	_, err = b.Enter(ctx, "khai", item("du"))
	must(t, err)
	for _, unit := range []string{"so", "du"} {
		must(t, b.Publish(ctx, "khai", unit, schedule.WeekOf(day("2021-06-15"))))
	}
	later := item("so")
	later.On = day("2021-06-23")
	_, err = b.Enter(ctx, "khai", later) // a draft
	must(t, err)
	old, err := b.NewFeed(ctx, "khai")
	must(t, err)
	secret, err := b.NewFeed(ctx, "khai")
	must(t, err)
	var ics bytes.Buffer
	if err := b.Feed(ctx, &ics, old); !fault.Is(err, "schedule.no_feed") {
		t.Errorf("the old address still works: %v", err)
	}
	must(t, b.Feed(ctx, &ics, secret))
	text := ics.String()
	if strings.Count(text, "BEGIN:VEVENT") != 1 || !strings.Contains(text, shown.ID) || !strings.Contains(text, "DTSTART:20210615T010000Z") || !strings.Contains(text, `Giao ban\, tuần`) {
		t.Errorf("%s", text)
	}
}

// TestLinesOfAFeedAreShortAndWhole: whatever the words, no line is longer than 75 octets, and unfolding gives them back.
func TestLinesOfAFeedAreShortAndWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := item("so")
		i.ID, i.Content = "LCT-1", rapid.StringMatching(`[a-zàảãđêôơư ]{0,200}`).Draw(t, "content")
		var b bytes.Buffer
		if err := schedule.WriteICS(&b, []*schedule.Item{&i}, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\r\n") {
			if len(line) > 75 {
				t.Fatalf("%d octets: %s", len(line), line)
			}
		}
		if !strings.Contains(strings.ReplaceAll(b.String(), "\r\n ", ""), "SUMMARY:"+i.Content+"\r\n") {
			t.Fatal("the words changed")
		}
	})
}

func TestWeeksByISO(t *testing.T) {
	for text, monday := range map[string]string{"2021-W01": "2021-01-04", "2020-W53": "2020-12-28", "2025-W51": "2025-12-15", "2026-W01": "2025-12-29"} {
		w, err := schedule.ParseWeek(text)
		if err != nil || w.Monday != day(monday) || w.Code() != text || schedule.WeekOf(w.Sunday()) != w {
			t.Errorf("%s: %v %v", text, w, err)
		}
	}
	for _, text := range []string{"", "2021", "2021-W54", "2021-W00", "2021-W1", "tuần 3"} {
		if _, err := schedule.ParseWeek(text); !fault.Is(err, "schedule.bad_week") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestClashes(t *testing.T) {
	at := func(id, start, end string) *schedule.Item {
		i := item("so")
		i.ID, i.Start, i.End = id, start, end
		return &i
	}
	off := at("d", "08:00", "12:00")
	off.Cancelled = true
	got := schedule.Clashes([]*schedule.Item{at("a", "08:00", "09:30"), at("b", "09:30", "10:00"), at("c", "09:00", ""), off})
	if len(got["a"]) != 1 || len(got["c"]) != 1 || len(got["b"]) != 0 || len(got["d"]) != 0 {
		t.Errorf("%v", got)
	}
}
