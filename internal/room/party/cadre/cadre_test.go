package cadre

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/definitions"
	"trucot/internal/engine/document"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/party"
	"trucot/internal/testing/storetest"
)

func day(s string) calendar.Date { return calendar.MustParse(s) }

// office is a room over a committee "du" with one cell and six official members, of whom the even ones are women.
type office struct {
	*Room
	t      *testing.T
	ctx    context.Context
	ledger *ledger.Ledger
	p      *party.Room
}

var workdays = sync.OnceValues(func() (*calendar.Calendar, error) { return calendar.Load(definitions.Files) })

func open(t *testing.T, at string) *office {
	t.Helper()
	o := &office{t: t, ctx: t.Context()}
	clock := func() time.Time { return time.Date(2025, 9, 15, 2, 0, 0, 0, time.UTC) }
	db := storetest.Open(t, at)
	l, err := ledger.Open(o.ctx, db, ledger.Options{Folds: []ledger.Fold{people.Fold(), party.Fold(), Fold()}, Clock: clock})
	o.must(err)
	t.Cleanup(func() { l.Close() })
	who, err := people.New(o.ctx, db, l, people.Options{Clock: clock})
	o.must(err)
	by := people.By{Actor: "sample", On: day("2019-01-01")}
	for _, u := range []people.Unit{{Code: "du", NameVI: "Đảng ủy mẫu", Side: people.Party, Kind: "dang_bo_co_so"}, {Code: "cb1", NameVI: "Chi bộ 1 mẫu", Parent: "du", Side: people.Party, Kind: "chi_bo"},
		{Code: "so", NameVI: "Sở mẫu", Side: people.State}} {
		o.must(who.OpenUnit(o.ctx, by, u))
	}
	cal, err := workdays()
	o.must(err)
	plain := func(_ context.Context, a string) (string, error) { return a, nil }
	o.p = party.New(l, db, cal, who, party.Options{Clock: clock, Files: definitions.Files, Open: plain,
		Seal:    func(_ context.Context, _, text string) (string, error) { return text, nil },
		Layouts: func() (*document.Layouts, error) { return document.LoadLayouts(definitions.Files) }})
	for i := range 6 {
		e := party.Entry{Unit: "cb1", Name: "Đảng viên mẫu", Sex: []string{"male", "female"}[i%2], Born: calendar.Of(1965+4*i, 1, 15), Decided: day("2000-01-03"),
			Admitted: day("2000-01-13"), Official: day("2001-01-13"), On: day("2019-02-01"), Actor: "vp"}
		_, err := o.p.Receive(o.ctx, e)
		o.must(err)
	}
	o.ledger = l
	o.Room = New(l, db, o.p, who, Options{Files: definitions.Files})
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) fails(err error, key string) {
	o.t.Helper()
	if !fault.Is(err, key) {
		o.t.Errorf("%v, want %s", err, key)
	}
}

func id(n int) string { return fmt.Sprintf("DV-%05d", n) }

func by(on string) By { return By{Actor: "vp", On: day(on)} }

func (o *office) congress(unit, term, on string) *Round {
	o.t.Helper()
	x, err := o.Start(o.ctx, by("2025-01-10"), Round{Kind: Congress, Unit: unit, Term: term, On: day(on), Positions: []Position{{ID: "secretary", Seats: 1}, {ID: "member", Seats: 2}}})
	o.must(err)
	return x
}

// A congress from its plan to the committee that it elects.
func TestACongress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		x := o.congress("du", "2025–2030", "2025-06-20")
		if x.ID != "DH-00001" || x.Stage != Open {
			t.Errorf("%+v", x)
		}
		_, err := o.Tick(o.ctx, by("2025-01-12"), x.ID, "plan")
		o.must(err)
		_, err = o.Tick(o.ctx, by("2025-01-12"), x.ID, "nothing")
		o.fails(err, "cadre.no_step")
		_, err = o.Write(o.ctx, by("2025-02-12"), x.ID, "", "political", "Báo cáo chính trị", "Lần 1")
		o.must(err)
		_, err = o.Comment(o.ctx, by("2025-03-12"), x.ID, "1", "cb1", "Bổ sung số liệu")
		o.must(err)
		_, err = o.Adopt(o.ctx, by("2025-03-13"), x.ID, "1")
		o.fails(err, "cadre.open_comments")
		_, err = o.Answer(o.ctx, by("2025-03-14"), x.ID, "1", 1, "Đã tiếp thu")
		o.must(err)
		_, err = o.Write(o.ctx, by("2025-03-14"), x.ID, "1", "", "", "Lần 2")
		o.must(err)
		_, err = o.Adopt(o.ctx, by("2025-03-15"), x.ID, "1")
		o.must(err)
		for _, c := range []struct {
			n        int
			position string
		}{{1, "member"}, {2, "member"}, {3, "member"}, {2, "secretary"}} {
			_, err = o.Propose(o.ctx, by("2025-04-01"), x.ID, id(c.n), c.position)
			o.must(err)
		}
		_, err = o.Propose(o.ctx, by("2025-04-01"), x.ID, id(2), "secretary")
		o.fails(err, "cadre.already_on")
		_, err = o.Propose(o.ctx, by("2025-04-01"), x.ID, id(2), "deputy")
		o.fails(err, "cadre.no_position")
		_, err = o.Vote(o.ctx, by("2025-04-02"), x.ID, "cadres", map[string]party.Votes{id(1) + "/member": {For: 31, Of: 30}})
		o.fails(err, "cadre.bad_votes")
		_, err = o.Vote(o.ctx, by("2025-04-02"), x.ID, "cadres", map[string]party.Votes{id(1) + "/member": {For: 30, Of: 30}})
		o.must(err)
		now, err := o.Get(o.ctx, x.ID)
		o.must(err)
		ready, err := o.Ready(o.ctx, now)
		o.must(err)
		if len(ready.Steps) != 8 || ready.Steps[0].Done != day("2025-01-12") || ready.Papers != 1 || ready.Adopted != 1 || ready.Unanswered != 0 || !ready.InWindow || len(ready.Below) != 1 ||
			ready.Standing["member"] != 3 || ready.Women != (Share{N: 1, Of: 3, Least: 15}) || len(now.Papers[0].Drafts) != 2 {
			t.Errorf("%+v", ready)
		}
		for _, write := range []func(*bytes.Buffer) error{
			func(b *bytes.Buffer) error {
				return o.WriteReadiness(o.ctx, b, now, func(p Position) string { return p.ID })
			},
			func(b *bytes.Buffer) error {
				return o.WriteList(o.ctx, b, now, func(s string) string { return s }, func(p Position) string { return p.ID })
			},
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil || b.Len() < 1000 {
				t.Error(b.Len(), err)
			}
		}
		due, err := o.Due(o.ctx, []string{"du"}, day("2025-03-30"))
		if err != nil || len(due) != 2 || due[0].Step.ID != "teams" || due[1].Step.ID != "draft" {
			t.Error(due, err)
		}
		_, err = o.Conclude(o.ctx, by("2025-06-20"), x.ID, 40, map[string]party.Votes{id(1) + "/member": {For: 20, Of: 40}})
		o.fails(err, "cadre.nobody_elected")
		now, err = o.Conclude(o.ctx, by("2025-06-20"), x.ID, 40, map[string]party.Votes{id(1) + "/member": {For: 40, Of: 40}, id(2) + "/member": {For: 39, Of: 40}, id(3) + "/member": {For: 38, Of: 40}, id(2) + "/secretary": {For: 37, Of: 40}})
		o.must(err)
		if now.Stage != Closed || now.Slate[2].Elected || !now.Slate[3].Elected {
			t.Errorf("%+v", now)
		}
		known, err := o.p.Committees(o.ctx, "du")
		o.must(err)
		if len(known) != 1 || len(known[0].Seats) != 3 || known[0].Until != day("2030-06-20") || known[0].Congress != x.ID {
			t.Errorf("%+v", known)
		}
		_, err = o.Tick(o.ctx, by("2025-06-21"), x.ID, "call")
		o.fails(err, "cadre.not_open")
		before := fmt.Sprintf("%+v", *now)
		_, err = o.ledger.Rebuild(o.ctx)
		o.must(err)
		again, err := o.Get(o.ctx, x.ID)
		if after := fmt.Sprintf("%+v", *again); err != nil || after != before {
			t.Errorf("built anew\n%s\nwas\n%s", after, before)
		}
	})
}

// A round of planning: nobody is approved whom a step did not carry, and a review opens the list again.
func TestPlanning(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		x, err := o.Start(o.ctx, by("2025-02-10"), Round{Kind: Planning, Unit: "du", Term: "2025–2030", Positions: []Position{{Title: "Bí thư", Seats: 1}, {Title: "Phó bí thư", Seats: 1}}})
		o.must(err)
		votes := map[string]party.Votes{}
		for n := 1; n <= 3; n++ {
			_, err = o.Propose(o.ctx, by("2025-02-11"), x.ID, id(n), "1")
			o.must(err)
			votes[id(n)+"/1"] = party.Votes{For: 20 - 5*n, Of: 20}
		}
		_, err = o.Propose(o.ctx, by("2025-02-11"), x.ID, id(4), "1")
		o.fails(err, "cadre.too_many")
		rules, err := o.On(x.On)
		o.must(err)
		for _, v := range rules.Planning.Votes {
			_, err = o.Vote(o.ctx, by("2025-02-12"), x.ID, v.ID, votes)
			o.must(err)
		}
		_, err = o.Approve(o.ctx, by("2025-03-01"), x.ID, "", "")
		o.fails(err, "cadre.not_voted")
		for _, n := range []int{2, 3} { // half is not more than half
			_, err = o.Withdraw(o.ctx, by("2025-02-28"), x.ID, id(n)+"/1", "")
			o.fails(err, "cadre.no_reason")
			left, err := o.Withdraw(o.ctx, by("2025-02-28"), x.ID, id(n)+"/1", "Xin rút (mẫu)")
			o.must(err)
			c, err := left.candidate(id(n) + "/1")
			o.must(err)
			if said, err := o.p.Reveal(o.ctx, c.Reason); err != nil || !c.Out || said != "Xin rút (mẫu)" {
				t.Error(c, said, err)
			}
		}
		now, err := o.Approve(o.ctx, by("2025-03-01"), x.ID, "12-QĐ/ĐU", "")
		o.must(err)
		if now.Stage != Closed || now.Due != day("2026-03-01") || len(now.Standing()) != 1 {
			t.Errorf("%+v", now)
		}
		if due, err := o.Due(o.ctx, []string{"du"}, day("2026-03-01")); err != nil || len(due) != 1 || due[0].What != "review" {
			t.Error(due, err)
		}
		now, err = o.Review(o.ctx, by("2025-09-01"), x.ID)
		o.must(err)
		if now.Stage != Open {
			t.Errorf("%+v", now)
		}
		if list, n, err := o.List(o.ctx, Filter{Units: []string{"cb1"}, Kind: Planning}); err != nil || n != 0 || len(list) != 0 {
			t.Error("another unit's round is listed", n, err)
		}
	})
}

func TestWhatIsNoRound(t *testing.T) {
	o := open(t, t.TempDir()+"/trucot.db")
	for key, x := range map[string]Round{
		"party.state_unit":   {Kind: Congress, Unit: "so", Term: "x", On: day("2025-12-01"), Positions: []Position{{ID: "member", Seats: 1}}},
		"cadre.no_term":      {Kind: Congress, Unit: "du", Term: " ", On: day("2025-12-01"), Positions: []Position{{ID: "member", Seats: 1}}},
		"cadre.no_day":       {Kind: Congress, Unit: "du", Term: "x", On: calendar.NoDate, Positions: []Position{{ID: "member", Seats: 1}}},
		"cadre.no_positions": {Kind: Planning, Unit: "du", Term: "x"},
		"party.bad_post":     {Kind: Congress, Unit: "du", Term: "x", On: day("2025-12-01"), Positions: []Position{{ID: "king", Seats: 1}}},
	} {
		_, err := o.Start(o.ctx, by("2025-09-01"), x)
		o.fails(err, key)
	}
	_, err := o.Get(o.ctx, "DH-99999")
	o.fails(err, "cadre.no_round")
}

// Candidates are measured by what the records say on the congress's day.
func TestTheRecordsJudgeCandidates(t *testing.T) {
	o := open(t, t.TempDir()+"/trucot.db")
	results := []party.Result{{Subject: id(1), Class: party.Good, Points: 80, Votes: 6}, {Subject: id(2), Class: party.Fair, Points: 60, Votes: 6}}
	for _, rec := range []party.Record{{Kind: "assessment", Title: "Xếp loại", Results: results, Of: 6}, {Kind: "discipline", Form: "warning", Title: "Cảnh cáo", Subject: id(3)}} {
		rec.Unit, rec.On, rec.Until = "cb1", day("2024-12-10"), calendar.NoDate
		_, err := o.p.Enter(o.ctx, "vp", rec, false)
		o.must(err)
	}
	o.must(o.p.Elect(o.ctx, "vp", party.Committee{Unit: "du", Term: "2020–2025", From: day("2020-06-20"), Until: calendar.NoDate, Seats: []party.Seat{{Member: id(1), Post: "member"}}}))
	x := o.congress("du", "2025–2030", "2025-10-20")
	for n := 1; n <= 6; n++ {
		_, err := o.Propose(o.ctx, by("2025-04-01"), x.ID, id(n), "member")
		o.must(err)
	}
	x, err := o.Get(o.ctx, x.ID)
	o.must(err)
	list, s, err := o.Check(o.ctx, x)
	o.must(err)
	verdicts := func(n int) string {
		out := ""
		for _, f := range list[n-1].Findings {
			out += f.What + "=" + string(f.Verdict) + " "
		}
		return out
	}
	for n, want := range map[int]string{
		1: "age=fails official=meets class=meets discipline=meets ", // born 1965: 62 in 2027
		2: "age=fails official=meets class=fails discipline=meets ",
		3: "age=meets official=meets class=unknown discipline=fails ",
	} {
		if got := verdicts(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
	if !list[0].Again || list[1].Again || list[0].Verdict() != Fails || list[4].Verdict() != Unknown {
		t.Errorf("%+v", list)
	}
	if s.Women != (Share{3, 6, 15, 0}) || s.Young != (Share{0, 6, 10, 0}) || s.Renewed != (Share{5, 6, 33, 0}) {
		t.Errorf("%+v", s)
	}
}

func shipped(t testing.TB, files fs.FS) []*Rules {
	t.Helper()
	rules, err := LoadRules(files)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestRetirementByYear(t *testing.T) {
	age := shipped(t, definitions.Files)[0].Retirement
	for _, c := range []struct{ born, sex, on string }{
		{"1961-01-15", "male", "2021-04-15"},   // 60 years and 3 months in 2021
		{"1963-06-15", "male", "2024-06-15"},   // 61 years in 2024
		{"1990-06-15", "male", "2052-06-15"},   // 62 years
		{"1966-01-15", "female", "2021-05-15"}, // 55 years and 4 months
		{"1990-06-15", "female", "2050-06-15"}, // 60 years
	} {
		if got := age.On(day(c.born), c.sex); got != day(c.on) {
			t.Errorf("%s %s: %s, want %s", c.born, c.sex, got, c.on)
		}
	}
}

// Nobody is elected with half of the votes or less, never more than there are seats, and never somebody before one with more votes.
func TestElectionIsFair(t *testing.T) {
	half := &party.Share{Num: 1, Den: 2}
	rapid.Check(t, func(t *rapid.T) {
		r := Round{Positions: []Position{{ID: "member", Seats: rapid.IntRange(1, 5).Draw(t, "seats")}}}
		of := rapid.IntRange(1, 12).Draw(t, "delegates")
		votes := map[string]party.Votes{}
		for i := range rapid.IntRange(0, 9).Draw(t, "candidates") {
			c := Candidate{Member: id(i), Position: "member"}
			r.Slate = append(r.Slate, c)
			votes[c.Key()] = party.Votes{For: rapid.IntRange(0, of).Draw(t, "votes"), Of: of}
		}
		elected := r.elect(votes, half)
		if len(elected) > r.Positions[0].Seats {
			t.Fatalf("%d for %d seats", len(elected), r.Positions[0].Seats)
		}
		for _, c := range r.Slate {
			in := slices.ContainsFunc(elected, func(e Candidate) bool { return e.Key() == c.Key() })
			v := votes[c.Key()].For
			if in && v*2 <= of {
				t.Fatalf("%s with %d of %d", c.Member, v, of)
			}
			for _, e := range elected {
				if !in && v >= votes[e.Key()].For {
					t.Fatalf("%s with %d before %s with %d", e.Member, votes[e.Key()].For, c.Member, v)
				}
			}
		}
	})
}
