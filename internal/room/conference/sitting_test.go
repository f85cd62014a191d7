package conference

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/internal/kernel/calendar"
	"trucot/internal/testing/storetest"
)

// A conference of two days: its programme goes by sessions, each session has its own coming and going, and the papers say so.
func TestSeveralSessionsOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		c := o.prepared("so")
		first := calendar.MustParse("2025-06-20")
		items := []Item{{What: "Khai mạc", Minutes: 30}, {What: "Bế mạc", Minutes: 10, Session: 2}, {What: "Thảo luận tổ", Minutes: 60, Session: 1}, {What: "Ngoài chương trình", Minutes: 5, Session: 9}}
		later := []Session{{first, "13h30"}, {first + 1, "8:00"}}
		o.fails(o.SetProgramme(o.ctx, "vp", c.ID, []Session{{first, "07:00"}}, items), "conference.bad_session")
		o.fails(o.SetProgramme(o.ctx, "vp", c.ID, []Session{{first, "08:20"}}, items), "conference.session_overlap")
		o.fails(o.SetProgramme(o.ctx, "vp", c.ID, []Session{{first, "chiều"}}, items), "conference.bad_time")
		o.fails(o.SetProgramme(o.ctx, "vp", c.ID, []Session{{calendar.NoDate, "13:30"}}, items), "conference.no_day")
		o.must(o.SetProgramme(o.ctx, "vp", c.ID, later, items))
		h := head("so")
		h.Day, h.Name = first+7, "Dời một tuần"
		o.must(o.Edit(o.ctx, "vp", c.ID, h))
		if c = o.get(c.ID); c.LastDay() != first+8 {
			t.Errorf("the last session is on %v", c.LastDay())
		}
		h.Day = first
		o.must(o.Edit(o.ctx, "vp", c.ID, h))
		c = o.get(c.ID)
		all := c.Sittings()
		if len(all) != 3 || all[1].Slots[0].At != "13:30" || all[2].Slots[1].What != "Ngoài chương trình" || all[2].End() != "08:15" || all[2].Slots[0].N != 3 {
			t.Fatalf("%+v", all)
		}
		o.must(o.Move(o.ctx, "vp", c.ID, Invite, ""))
		o.must(o.Move(o.ctx, "vp", c.ID, Begin, ""))
		o.must(o.CheckIn(o.ctx, "cua", c.ID, 1, ByCode))                                        // 08:05, as it began
		o.now = time.Date(2025, 6, 20, 6, 45, 0, 0, time.UTC)                                   // 13:45 there
		o.must(o.CheckIn(o.ctx, "cua", c.ID, 1, ByCode))                                        // late
		o.must(o.CheckIn(o.ctx, "cua", c.ID, 2, ByCode))                                        // late
		o.must(o.UndoCheckIn(o.ctx, "cua", c.ID, 2, 1))                                         // a slip
		o.fails(o.SetProgramme(o.ctx, "vp", c.ID, later[:1], items), "conference.session_held") // somebody may have come
		o.now = time.Date(2025, 6, 21, 0, 50, 0, 0, time.UTC)                                   // 07:50 the next day
		o.must(o.CheckIn(o.ctx, "cua", c.ID, 2, ByList))                                        // in time
		guests, err := o.Guests(o.ctx, c.ID)
		o.must(err)
		for n, want := range []Counts{{Invited: 2, Silent: 2, Present: 1}, {Invited: 2, Silent: 2, Present: 1, Late: 1}, {Invited: 2, Silent: 2, Present: 1}} {
			if got := CountAt(guests, n); got != want {
				t.Errorf("session %d: %+v", n, got)
			}
		}
		if got := Count(guests); got.Present != 2 || got.Late != 1 {
			t.Errorf("%+v", got)
		}
		o.fails(o.RemoveGuest(o.ctx, "vp", c.ID, 2), "conference.came")
		o.now = time.Date(2025, 6, 22, 1, 0, 0, 0, time.UTC)
		o.fails(o.CheckIn(o.ctx, "cua", c.ID, 1, ByCode), "conference.not_today")
		o.must(o.Move(o.ctx, "vp", c.ID, Close, ""))
		c = o.get(c.ID)
		for kind, want := range map[string][]string{PaperProgramme: {"Buổi sáng thứ Sáu, ngày 20/6/2025 (08:00–08:30)", "Buổi chiều", "(3 buổi)"}, PaperGuests: {"Sáng 20/6/2025", "Chiều 20/6/2025", "13:45"},
			PaperMinutes: {"Buổi chiều thứ Sáu, ngày 20/6/2025: có mặt 1, trong đó đến muộn 1", "ngày 21/6/2025. Biên bản"}} {
			d, err := o.Paper(o.ctx, c, kind)
			o.must(err)
			text := docx(t, d)
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%s lacks %q:\n%s", kind, w, text)
				}
			}
		}
		if n, err := o.DraftNews(o.ctx, c); err != nil || !strings.HasPrefix(n.Lead, "Từ ngày 20/06/2025 đến ngày 21/06/2025") {
			t.Errorf("%v %+v", err, n)
		}
		o.rebuilds()
	})
}

// Whatever the sessions of a day, guests are received at one of that day, at the last whose doors are open, and nowhere on
// another day.
func TestSittingAt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &Conference{Day: calendar.MustParse("2025-06-20"), Start: "08:00"}
		for range rapid.IntRange(0, 4).Draw(t, "later") {
			c.Sessions = append(c.Sessions, Session{c.Day + calendar.Date(rapid.IntRange(0, 2).Draw(t, "day")), clock(rapid.IntRange(0, 24*60-1).Draw(t, "start"))})
		}
		day, at := c.Day+calendar.Date(rapid.IntRange(-1, 3).Draw(t, "on")), clock(rapid.IntRange(0, 24*60-1).Draw(t, "at"))
		n, any := c.SittingAt(day, at), false
		for _, s := range c.Sittings() {
			any = any || s.Day == day
			if n >= 0 && s.N > n && s.Day == day && minutes(at) >= minutes(s.Start)-doors {
				t.Fatalf("%s at session %d while %d is open", at, n, s.N)
			}
		}
		if any != (n >= 0) || n >= 0 && c.Sittings()[n].Day != day {
			t.Fatalf("session %d on %v", n, day)
		}
	})
}
