package party

import (
	"bytes"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/testing/storetest"
)

// assessed enters a year's assessment of seven members of a cell, the first of them excellent.
func (o *office) assessed(year int) *Record {
	o.t.Helper()
	rec := Record{Kind: "assessment", Unit: "cb1", On: day(strconv.Itoa(year) + "-12-10"), Title: "Xếp loại", Until: calendar.NoDate}
	for i := 1; i <= 7; i++ {
		class := Good
		if i == 1 {
			class = Excellent
		}
		rec.Results = append(rec.Results, Result{Subject: "DV-0000" + strconv.Itoa(i), Class: class})
	}
	made, err := o.Enter(o.ctx, "vp", rec, false)
	o.must(err)
	return made
}

// standing is how DV-00001 stands toward a form of commendation for 2024.
func (o *office) standing(award string) HonourLine {
	o.t.Helper()
	all, err := o.Honours(o.ctx, []string{"du", "cb1", "cb2"}, 2024)
	o.must(err)
	for _, x := range all {
		for _, l := range x.Lines {
			if x.ID == award && l.Subject == "DV-00001" {
				return l
			}
		}
	}
	o.t.Fatal("nobody stands toward", award)
	return HonourLine{}
}

// TestWhatIsTakenBackNoLongerCounts takes back a class behind an award, and then the award.
func TestWhatIsTakenBackNoLongerCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		for i := 2; i <= 7; i++ {
			o.elder("DV-0000" + strconv.Itoa(i))
		}
		var years []*Record
		for year := 2020; year <= 2024; year++ {
			years = append(years, o.assessed(year))
		}
		upper, err := o.Honour(o.ctx, "vp", Honouring{Unit: "du", Award: "bang_khen_dv_5nam", Year: 2024, On: day("2025-02-03"), Number: "9-QĐ/ĐUK", Subjects: []string{"DV-00001"}, Title: "Bằng khen"})
		o.must(err)
		yearly, err := o.Honour(o.ctx, "vp", Honouring{Unit: "du", Award: "giay_khen_dv", Year: 2024, On: day("2025-02-03"), Subjects: []string{"DV-00001"}, Title: "Giấy khen"})
		o.must(err)

		x := Revoking{ID: years[2].ID, Actor: "vp", Subjects: []string{"DV-00001"}, On: day("2025-06-01"), Number: " 04-QĐ/ĐU ", Reason: "Kê khai sai"}
		for key, change := range map[string]func(*Revoking){
			"party.no_revoking": func(x *Revoking) { x.Reason = " " },
			"party.before_last": func(x *Revoking) { x.On = day("2022-12-09") },
			"party.in_future":   func(x *Revoking) { x.On = day("2026-01-01") },
			"party.not_named":   func(x *Revoking) { x.Subjects = []string{"DV-00009"} },
			"party.no_record":   func(x *Revoking) { x.ID = "XL-99999" },
		} {
			bad := x
			change(&bad)
			_, err := o.Revoke(o.ctx, bad)
			o.fails(err, key)
		}
		twice := x
		twice.Subjects = []string{"DV-00001", "DV-00001"}
		_, err = o.Revoke(o.ctx, twice)
		o.fails(err, "party.not_named")
		back, err := o.Revoke(o.ctx, x)
		o.must(err)
		got := back.RevokedOf("DV-00001")
		if back.Stage != Done || got == nil || got.Number != "04-QĐ/ĐU" || strings.Contains(got.Reason, "sai") || !back.Stands("DV-00002") {
			t.Errorf("%+v", back)
		}
		if why, err := o.WhyRevoked(o.ctx, back, *got); err != nil || why != "Kê khai sai" {
			t.Error(why, err)
		}
		_, err = o.Revoke(o.ctx, x)
		o.fails(err, "party.not_named")

		// the award stands, and says that what it was given for has changed
		if l := o.standing("bang_khen_dv_5nam"); l.Standing != Commended || !l.Shaken || l.Streak != 2 || l.Broken != 2022 || l.By != byNothing {
			t.Errorf("%+v", l)
		}
		if l := o.standing("giay_khen_dv"); l.Standing != Commended || l.Shaken {
			t.Errorf("%+v", l)
		}
		all, err := o.Revoke(o.ctx, Revoking{ID: upper.ID, Actor: "vp", On: day("2025-06-02"), Number: "12-QĐ/ĐUK", Reason: "Không đủ 5 năm"})
		o.must(err)
		if l := o.standing("bang_khen_dv_5nam"); all.Stage != Revoked || l.Standing != Far || l.Record != "" {
			t.Errorf("%+v %+v", all, l)
		}
		_, err = o.Revoke(o.ctx, Revoking{ID: upper.ID, Actor: "vp", On: day("2025-06-02"), Number: "13", Reason: "x"})
		o.fails(err, "party.not_now")
		if done, n, err := o.Records(o.ctx, RecordFilter{Units: []string{"du"}, Kind: "commendation", Stage: Revoked, From: calendar.NoDate, To: calendar.NoDate, UntilBy: calendar.NoDate}); err != nil || n != 1 || done[0].ID != upper.ID {
			t.Error("what was taken back is not listed as such", n, err)
		}
		// the yearly one is given anew after it was taken back
		_, err = o.Revoke(o.ctx, Revoking{ID: yearly.ID, Actor: "vp", On: day("2025-06-02"), Number: "05-QĐ/ĐU", Reason: "Ghi nhầm ngày"})
		o.must(err)
		_, err = o.Honour(o.ctx, "vp", Honouring{Unit: "du", Award: "giay_khen_dv", Year: 2024, On: day("2025-06-03"), Subjects: []string{"DV-00001"}, Title: "Giấy khen"})
		o.must(err)
		var file bytes.Buffer
		now, err := o.Record(o.ctx, yearly.ID)
		o.must(err)
		o.must(o.WriteDOCX(o.ctx, &file, now, func(id string) string { return id }))
		if text := body(t, file.Bytes()); !strings.Contains(text, "đã thu hồi theo 05-QĐ/ĐU") {
			t.Error("the decision's list does not say what was taken back:", text)
		}
		before := o.dump()
		_, err = o.ledger.Rebuild(o.ctx)
		o.must(err)
		if after := o.dump(); after != before {
			t.Errorf("built anew\n%s\nwas\n%s", after, before)
		}
	})
}

// TestOnlyWhatTheRulesAllowIsTakenBack: a kind that names no revocation, and a version that does not allow it.
func TestOnlyWhatTheRulesAllowIsTakenBack(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "trucot.db"))
	study, err := o.Enter(o.ctx, "vp", Record{Kind: "study", Unit: "cb1", On: day("2025-02-01"), Title: "Học tập", Until: calendar.NoDate}, false)
	o.must(err)
	take := func(id string) error {
		_, err := o.Revoke(o.ctx, Revoking{ID: id, Actor: "vp", On: calendar.NoDate, Number: "1", Reason: "x"})
		return err
	}
	o.fails(take(study.ID), "party.not_now")
	number, err := o.Enter(o.ctx, "vp", Record{Kind: "commendation", Unit: "du", Object: "body", Count: 3, On: day("2024-02-01"), Title: "Ba chi bộ được khen", Until: calendar.NoDate}, false)
	o.must(err)
	rules, err := o.Rules()
	o.must(err)
	rule := &InForce(rules.Honours, day("2024-02-01")).Revoke
	rule.Allowed = false
	o.fails(take(number.ID), "party.not_revocable")
	rule.Allowed = true
	o.must(take(number.ID)) // it names nobody: all of it
	if got, err := o.Record(o.ctx, number.ID); err != nil || got.Stage != Revoked || got.Revoked[0].Subject != "" {
		t.Errorf("%+v %v", got, err)
	}
	event := o.event(t, "party.commendation_revoked")
	if !strings.Contains(event, `"amounts":{"count":3}`) || !strings.Contains(event, `"object":"body"`) {
		t.Error("figures cannot follow:", event)
	}
}

// event is the data of the first event of a kind.
func (o *office) event(t *testing.T, kind string) string {
	t.Helper()
	for pos := int64(1); pos <= o.ledger.Head(); pos++ {
		e, err := o.ledger.Event(o.ctx, pos)
		o.must(err)
		if e.Kind == kind {
			return string(e.Data)
		}
	}
	t.Fatal("no event", kind)
	return ""
}

// TestABadgeTakenBackLeavesTheOneBefore: the member may get it again when it is due.
func TestABadgeTakenBackLeavesTheOneBefore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := empty(t, at)
		_, err := o.Receive(o.ctx, Entry{ID: "DV-00001", Name: "Lê Văn Mẫu", Unit: "cb1", Decided: day("1984-01-10"), Admitted: day("1984-01-20"), Official: day("1985-01-20"),
			Born: calendar.NoDate, On: day("2019-02-01"), Actor: "vp", Sex: "male", Badge: 30})
		o.must(err)
		step := Step{ID: "DV-00001", Actor: "vp", On: day("2024-02-03"), Grade: 40}
		_, err = o.RevokeBadge(o.ctx, Step{ID: "DV-00001", Actor: "vp", On: day("2024-02-03"), Number: "1", Reason: "x"})
		o.fails(err, "party.no_badge") // the one of before was not given here
		m, err := o.Confer(o.ctx, step)
		o.must(err)
		_, err = o.RevokeBadge(o.ctx, Step{ID: m.ID, Actor: "vp", On: day("2024-03-01"), Number: "7-QĐ/ĐU"})
		o.fails(err, "party.no_revoking")
		m, err = o.RevokeBadge(o.ctx, Step{ID: m.ID, Actor: "vp", On: day("2024-03-01"), Number: "7-QĐ/ĐU", Reason: "Ghi nhầm người"})
		o.must(err)
		if m.Badge != 30 || m.BadgeOn != 0 || len(m.Badges) != 1 || m.Badges[0].Revoked == nil || strings.Contains(m.Badges[0].Revoked.Reason, "nhầm") {
			t.Errorf("%+v", m)
		}
		step.On, step.Number = day("2024-05-19"), " 21-QĐ/ĐUK "
		m, err = o.Confer(o.ctx, step)
		o.must(err)
		lines, err := o.BadgesBetween(o.ctx, []string{"cb1"}, day("2024-01-01"), day("2024-12-31"))
		o.must(err)
		if len(lines) != 1 || lines[0].Number != "21-QĐ/ĐUK" {
			t.Errorf("the list does not know the decision: %+v", lines)
		}
		if m.Badge != 40 || m.BadgeOn != day("2024-05-19") || len(m.Badges) != 2 {
			t.Errorf("%+v", m)
		}
	})
}

// TestTheQuotaCountsWhoWasThere: who came to the base organisation after the assessment, or had left before, does not count.
func TestTheQuotaCountsWhoWasThere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		for i := 2; i <= 6; i++ {
			o.elder("DV-0000" + strconv.Itoa(i))
		}
		_, err := o.Receive(o.ctx, Entry{ID: "DV-00007", Name: "Phạm Thị Mẫu", Unit: "cb2", Decided: day("2015-01-10"), Admitted: day("2015-01-20"), Official: day("2016-01-20"),
			Born: calendar.NoDate, On: day("2025-03-01"), Actor: "vp", Sex: "female"})
		o.must(err)
		_, err = o.Move(o.ctx, Step{ID: "DV-00006", On: day("2025-01-05"), Actor: "vp"}) // goes elsewhere
		o.must(err)
		for on, want := range map[string]int{"2018-12-10": 0, "2024-12-10": 6, "2025-01-04": 6, "2025-01-05": 5, "2025-03-01": 6} {
			q, err := o.Quota(o.ctx, &Record{Unit: "cb1", On: day(on)})
			o.must(err)
			if q.Of != want || q.Most != want/6 || q.Unit != "du" {
				t.Errorf("%s: %+v, want of %d", on, q, want)
			}
		}
	})
}

// TestTheWaitBetweenTwoVotesIsData: none where no rule was seen, and kept where the office sets one.
func TestTheWaitBetweenTwoVotesIsData(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "trucot.db"))
	m, err := o.Admit(o.ctx, blank())
	o.must(err)
	rules, err := o.Rules()
	o.must(err)
	for _, c := range rules.Charters {
		if c.RecogniseAgain.N == 0 != strings.Contains(strings.Join(c.Unverified, " "), "recognise_again") {
			t.Errorf("%s waits %s, unverified %v", c.ID, c.RecogniseAgain, c.Unverified)
		}
	}
	fall := func(on string) error {
		_, err := o.Fall(o.ctx, Step{ID: m.ID, On: day(on), Actor: "vp", Votes: Votes{5, 10}})
		return err
	}
	o.must(fall("2025-08-25"))
	rules.On(day("2025-08-25")).RecogniseAgain = calendar.Duration{N: 10, Unit: calendar.CalendarDay}
	o.fails(fall("2025-09-03"), "party.vote_too_soon")
	_, err = o.Recognise(o.ctx, Step{ID: m.ID, On: day("2025-09-03"), Actor: "vp", Votes: Votes{10, 10}, Committee: Votes{9, 9}})
	o.fails(err, "party.vote_too_soon")
	due, err := o.Recognitions(o.ctx, []string{"cb1"})
	o.must(err)
	if len(due) != 1 || due[0].On != day("2025-09-04") {
		t.Errorf("%+v", due)
	}
	o.must(fall("2025-09-04"))
}
