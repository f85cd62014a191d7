package party

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/testing/storetest"
)

func (o *office) counts(on string) string {
	o.t.Helper()
	list, err := o.StrengthOn(o.ctx, []string{"du", "cb1", "cb2", "cb3", "cb4", "cb5"}, day(on))
	o.must(err)
	var out []string
	for _, c := range list {
		out = append(out, fmt.Sprintf("%s=%d+%d", c.Unit, c.Official, c.Probation))
	}
	return strings.Join(out, " ")
}

func (o *office) history(code string) string {
	o.t.Helper()
	acts, err := o.History(o.ctx, code)
	o.must(err)
	var out []string
	for _, a := range acts {
		out = append(out, a.On.String()+" "+a.Verb+" "+a.Is.Code+" "+a.Basis)
	}
	return strings.Join(out, "; ")
}

// An organisation keeps its history, and each cell its strength on any day, through all that may become of it.
func TestAnOrganisationsHistory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		for _, id := range []string{"DV-00002", "DV-00003"} {
			o.elder(id)
		}
		act := func(on string, do func(c Change) error, c Change) {
			t.Helper()
			c.On, c.Actor, c.Basis = day(on), "vp", "QĐ "+on
			o.must(do(c))
		}
		establish := func(c Change) error { return o.Establish(o.ctx, c) }
		reshape := func(c Change) error { return o.Reshape(o.ctx, c) }
		act("2022-01-10", establish, Change{Body: people.Unit{Code: "cb3", NameVI: "Chi bộ 3 mẫu", Parent: "du", Kind: "chi_bo"}})
		act("2023-01-10", reshape, Change{Body: people.Unit{Code: "cb1", NameVI: "Đảng bộ bộ phận mẫu", Parent: "du", Kind: "dang_bo_bo_phan"}})
		act("2024-01-10", func(c Change) error { return o.Split(o.ctx, c) }, Change{Of: "cb1", Body: people.Unit{Code: "cb4", NameVI: "Chi bộ 4 mẫu"}, Part: people.Unit{Code: "cb5", NameVI: "Chi bộ 5 mẫu"}, Members: []string{"DV-00003"}})
		act("2025-01-10", func(c Change) error { return o.Merge(o.ctx, c) }, Change{Body: people.Unit{Code: "cb5"}, Into: "cb2"})
		act("2025-02-10", func(c Change) error { return o.Dissolve(o.ctx, c) }, Change{Body: people.Unit{Code: "cb3"}})
		for on, want := range map[string]string{"2019-01-31": "", "2019-02-01": "cb1=3+0", "2024-01-09": "cb1=3+0", "2024-01-10": "cb4=2+0 cb5=1+0", "2025-01-09": "cb4=2+0 cb5=1+0", "2025-01-10": "cb2=1+0 cb4=2+0"} {
			if got := o.counts(on); got != want {
				t.Errorf("on %s: %q, want %q", on, got, want)
			}
		}
		for code, want := range map[string]string{
			"cb1": "2024-01-10 split cb4 QĐ 2024-01-10; 2023-01-10 raised cb1 QĐ 2023-01-10; 2023-01-10 renamed cb1 QĐ 2023-01-10; 2019-01-01 established cb1 ",
			"cb3": "2025-02-10 dissolved  QĐ 2025-02-10; 2022-01-10 established cb3 QĐ 2022-01-10",
			"cb5": "2025-01-10 merged cb2 QĐ 2025-01-10; 2024-01-10 established cb5 QĐ 2024-01-10",
		} {
			if got := o.history(code); got != want {
				t.Errorf("%s: %s\nwant %s", code, got, want)
			}
		}
		o.fails(o.Dissolve(o.ctx, Change{Actor: "vp", On: calendar.NoDate, Body: people.Unit{Code: "cb4"}}), "party.body_has_members")
		o.fails(o.Establish(o.ctx, Change{Actor: "vp", On: calendar.NoDate, Body: people.Unit{Code: "x", NameVI: "x", Parent: "so", Kind: "chi_bo"}}), "party.state_unit")
		o.fails(o.Establish(o.ctx, Change{Actor: "vp", On: calendar.NoDate, Body: people.Unit{Code: "x", NameVI: "x", Parent: "du", Kind: "phong"}}), "party.bad_body_kind")
		before := o.counts("2025-09-01")
		_, err := o.ledger.Rebuild(o.ctx)
		o.must(err)
		if after := o.counts("2025-09-01"); after != before {
			t.Errorf("built anew %s, was %s", after, before)
		}
	})
}

func TestCommitteesByTerm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		o.elder("DV-00002")
		probation, err := o.Admit(o.ctx, blank())
		o.must(err)
		elect := func(on, term string, seats ...Seat) error {
			return o.Elect(o.ctx, "vp", Committee{Unit: "cb1", Term: term, From: day(on), Until: calendar.NoDate, Seats: seats})
		}
		o.fails(o.GivePost(o.ctx, "vp", "cb1", Seat{Member: "DV-00001", Post: "member", From: day("2025-01-01")}), "party.no_committee")
		o.fails(elect("2025-01-10", "x"), "party.no_seats")
		o.fails(elect("2025-01-10", "x", Seat{Member: probation.ID, Post: "member"}), "party.not_now")
		o.fails(elect("2025-01-10", "x", Seat{Member: "DV-00001", Post: "king"}), "party.bad_post")
		o.fails(elect("2025-01-10", "x", Seat{Member: "DV-00001", Post: "secretary"}, Seat{Member: "DV-00002", Post: "secretary"}), "party.post_taken")
		o.must(elect("2022-01-10", "2022–2024", Seat{Member: "DV-00001", Post: "secretary"}))
		if list, err := o.Ending(o.ctx, []string{"cb1"}, day("2024-07-10")); err != nil || len(list) != 1 || list[0].Until != day("2024-07-10") {
			t.Error(list, err)
		}
		o.must(elect("2024-07-01", "2024–2027", Seat{Member: "DV-00001", Post: "secretary"}))
		o.must(o.GivePost(o.ctx, "vp", "cb1", Seat{Member: "DV-00002", Post: "deputy", From: day("2025-01-10")}))
		o.must(o.EndPost(o.ctx, "vp", "cb1", Seat{Member: "DV-00001", Post: "secretary", To: day("2025-03-01")}))
		o.fails(o.EndPost(o.ctx, "vp", "cb1", Seat{Member: "DV-00001", Post: "secretary", To: day("2025-04-01")}), "party.not_now")
		o.must(o.GivePost(o.ctx, "vp", "cb1", Seat{Member: "DV-00002", Post: "secretary", From: day("2025-03-01")}))
		o.fails(elect("2023-01-01", "x", Seat{Member: "DV-00001", Post: "member"}), "party.before_last")
		all, err := o.Committees(o.ctx, "cb1")
		o.must(err)
		rules, err := o.Rules()
		o.must(err)
		for on, want := range map[string]string{"2024-07-01": "[secretary DV-00001]", "2025-02-01": "[secretary DV-00001 deputy DV-00002]", "2025-03-01": "[secretary DV-00002 deputy DV-00002]"} {
			var got []string
			for _, s := range all[0].On(day(on), rules.OrganisationOn(day(on))) {
				got = append(got, s.Post+" "+s.Member)
			}
			if fmt.Sprint(got) != want {
				t.Errorf("on %s: %v", on, got)
			}
		}
		if list, err := o.Ending(o.ctx, []string{"cb1"}, day("2025-09-01")); err != nil || len(list) != 0 {
			t.Error("a term that was followed by another is said to end", list, err)
		}
		if list, err := o.Ending(o.ctx, nil, day("2030-01-01")); err != nil || len(list) != 0 {
			t.Error("no units are all units", list, err)
		}
	})
}

// An applicant's file goes step by step, and each step has its term.
func TestAnApplicantsFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		a, err := o.Watch(o.ctx, Entry{Name: "Lê Văn Mẫu", Unit: "cb1", Born: day("1995-05-20"), Sex: "male", Youth: true, On: day("2020-01-06"), Actor: "vp"})
		o.must(err)
		sponsors := blank().Sponsors
		full := Votes{10, 10}
		step := func(verb, on string, v Votes) error {
			s := ApplicantStep{ID: a.ID, Actor: "vp", Verb: verb, On: day(on), Votes: v, Papers: calendar.NoDate}
			if verb == "file" {
				s.Sponsors = sponsors
			}
			now, err := o.Advance(o.ctx, s)
			if err == nil {
				a = now
			}
			return err
		}
		o.fails(step("cell", "2020-02-01", full), "party.not_now")
		for _, c := range []struct{ verb, on, due string }{
			{"course", "2020-03-02", "2025-03-02"},    // the certificate holds five years
			{"file", "2024-06-03", "2025-03-02"},      // the letters a year, so that the certificate ends first
			{"cell", "2024-07-01", "2024-09-25"},      // 60 working days for the decision, 2 September kept for two days
			{"committee", "2024-07-15", "2024-09-25"}, // of which the committee takes some
			{"decide", "2024-08-01", "2024-09-16"},    // 30 working days until the ceremony
		} {
			o.must(step(c.verb, c.on, full))
			if a.Due != day(c.due) {
				t.Errorf("%s: due %s, want %s", c.verb, a.Due, c.due)
			}
		}
		if list, n, err := o.Applicants(o.ctx, ApplicantFilter{Units: []string{"cb1"}, DueBy: day("2024-12-31")}); err != nil || n != 1 || list[0].ID != a.ID {
			t.Error(n, err)
		}
		o.must(step("admit", "2024-08-20", Votes{}))
		m, err := o.Member(o.ctx, a.Member)
		o.must(err)
		if m.State != Probation || m.Person != a.Person || m.Decided != day("2024-08-01") || m.Admitted != day("2024-08-20") || a.State != "admitted" || a.Next() != "" {
			t.Errorf("%+v of %+v", m, a)
		}
		if born, err := o.Reveal(o.ctx, m.Personal["born"]); err != nil || born != "1995-05-20" {
			t.Error(born, err)
		}
		for _, e := range o.events() {
			if strings.Contains(e, "1995-05-20") || strings.Contains(e, "Lê Văn") {
				t.Error("personal data stands open in the ledger:", e)
			}
		}
		if _, n, _ := o.Applicants(o.ctx, ApplicantFilter{}); n != 0 {
			t.Error("no units are all units")
		}
	})
}

func TestWhatHoldsNoLongerStopsAnApplicant(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "trucot.db"))
	for key, days := range map[string][3]string{"party.certificate_expired": {"2019-03-01", "2023-06-01", "2024-03-02"}, "party.papers_expired": {"2022-03-01", "2023-03-01", "2024-03-02"}} {
		a, err := o.Watch(o.ctx, Entry{Name: "Lê Văn Mẫu", Unit: "cb1", Born: calendar.NoDate, On: day("2019-03-01"), Actor: "vp"})
		o.must(err)
		for i, verb := range []string{"course", "file", "cell"} {
			_, err = o.Advance(o.ctx, ApplicantStep{ID: a.ID, Actor: "vp", Verb: verb, On: day(days[i]), Papers: calendar.NoDate,
				Sponsors: []Sponsor{{Member: "DV-00001", Since: day("2020-01-01")}, {Body: "union"}}, Votes: Votes{9, 9}})
			if verb != "cell" {
				o.must(err)
			}
		}
		o.fails(err, key)
		_, err = o.Advance(o.ctx, ApplicantStep{ID: a.ID, Actor: "vp", Verb: "drop", On: calendar.NoDate, Reason: " "})
		o.fails(err, "party.no_reason")
		a, err = o.Advance(o.ctx, ApplicantStep{ID: a.ID, Actor: "vp", Verb: "drop", On: calendar.NoDate, Reason: "Rút đơn (mẫu)"})
		o.must(err)
		reason, err := o.Reveal(o.ctx, a.Personal["reason"])
		if err != nil || a.State != "dropped" || reason != "Rút đơn (mẫu)" || strings.Contains(strings.Join(o.events(), ""), "Rút đơn") {
			t.Error(a, reason, err)
		}
	}
}

func TestAPostIsHandedOnAndADisciplineLifted(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "trucot.db"))
	for _, rec := range []Record{{Kind: "posting"}, {Kind: "discipline", Form: "reprimand"}} {
		rec.Unit, rec.On, rec.Until, rec.Title, rec.Subject = "cb1", day("2024-01-10"), calendar.NoDate, "Mẫu", "DV-00001"
		made, err := o.Enter(o.ctx, "vp", rec, false)
		o.must(err)
		_, err = o.End(o.ctx, "vp", made.ID, day("2024-01-09"))
		o.fails(err, "party.until_before")
		ended, err := o.End(o.ctx, "vp", made.ID, day("2025-01-10"))
		if err != nil || ended.Stage != Ended || ended.Until != day("2025-01-10") {
			t.Error(ended, err)
		}
		_, err = o.End(o.ctx, "vp", made.ID, day("2025-01-11"))
		o.fails(err, "party.not_now")
	}
}

func TestNumbersAdviseAnotherKind(t *testing.T) {
	o := shipped(t).OrganisationOn(day("2025-09-01"))
	for _, c := range []struct {
		kind string
		n    int
		want string
	}{{"chi_bo", 2, "too_few"}, {"chi_bo", 3, ""}, {"chi_bo", 29, ""}, {"chi_bo", 30, "raise"}, {"dang_bo_co_so", 10, ""}, {"dang_bo", 500, ""}, {"strange", 1, ""}} {
		if got := o.Kind(c.kind).Advice(c.n); got != c.want {
			t.Errorf("%s of %d: %q", c.kind, c.n, got)
		}
	}
}
