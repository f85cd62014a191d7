package council_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"trucot/definitions"
	"trucot/internal/engine/council"
	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/vault"
	"trucot/internal/testing/storetest"
)

// office is an engine over an empty database whose clock the test sets. Every account that does not begin with "x" exists.
type office struct {
	*council.Engine
	ctx    context.Context
	db     *store.DB
	ledger *ledger.Ledger
	now    time.Time
	rules  council.Rules
	dir    string
}

var sharedCalendar = sync.OnceValues(func() (*calendar.Calendar, error) { return calendar.Load(definitions.Files) })

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func day(s string) calendar.Date { return calendar.MustParse(s) }

// rare is a council of five to seven with two reviewers, papers three working days ahead, three tellers, and more than
// three quarters of those present.
func rare() council.Rules {
	seat := func(id string, least, most int) council.Seat {
		return council.Seat{ID: id, Label: council.Text{"vi": id, "en": id}, Min: least, Max: most}
	}
	return council.Rules{ID: "xet", Label: council.Text{"vi": "Hội đồng xét (mẫu)", "en": "Council"}, Min: 5, Max: 7, Seats: []council.Seat{seat("chu_tich", 1, 1), seat("pho_chu_tich", 0, 1), seat("phan_bien", 2, 0), seat("thu_ky", 1, 1), seat("uy_vien", 0, 0)},
		Quorum: council.Share{Num: 2, Den: 3}, Needs: []council.Need{{Roles: []string{"chu_tich", "pho_chu_tich"}, Count: 1}, {Roles: []string{"phan_bien"}, Count: 2}},
		Conflicts: []council.Conflict{{ID: "nhan_su", Label: council.Text{"vi": "Người của tổ chức chủ trì"}, Roles: []string{"chu_tich", "phan_bien"}}},
		Lead:      calendar.Duration{N: 3, Unit: calendar.WorkingDay}, Tellers: 3, Ballot: council.Ballot{Kind: council.YesNo, Share: council.Share{Num: 3, Den: 4}, Strict: true}}
}

func newOffice(t testing.TB, at string) *office {
	t.Helper()
	o := &office{ctx: context.Background(), now: time.Date(2021, 6, 7, 2, 0, 0, 0, time.UTC), rules: rare(), dir: t.TempDir()}
	o.db = storetest.Open(t, at)
	o.open(t)
	return o
}

// open starts the engine over the database, as a new process would.
func (o *office) open(t testing.TB) {
	t.Helper()
	clock := func() time.Time { return o.now }
	l, err := ledger.Open(o.ctx, o.db, ledger.Options{Folds: []ledger.Fold{dossier.Fold(), council.Fold()}, Clock: clock})
	must(t, err)
	t.Cleanup(func() { l.Close() })
	v, err := vault.Open(o.ctx, o.db, filepath.Join(o.dir, "vault.key"))
	must(t, err)
	cal, err := sharedCalendar()
	must(t, err)
	o.ledger = l
	o.Engine, err = council.New(o.ctx, l, o.db, cal, dossier.New(l, o.db, nil, cal, dossier.Options{Clock: clock}), council.Options{Clock: clock, Seal: v.Seal, Open: v.Open, Forget: v.Erase,
		Rules: func(context.Context, *dossier.Dossier, string, string) (*council.Rules, error) {
			r := o.rules
			return &r, nil
		},
		Known: func(_ context.Context, account string) (council.Known, error) {
			if strings.HasPrefix(account, "x") {
				return council.Known{}, fault.New(fault.NotFound, "people.unknown_account", "account", account)
			}
			return council.Known{Units: []string{"Phòng của " + account}}, nil
		}})
	must(t, err)
}

var by = council.By{Actor: "thuky"}

var sitting = []string{"a", "b", "c", "d", "e", "f"}

// seated is a council of six with everything ready but the meeting: chair a, reviewers b and c, secretary d, members e, f.
func (o *office) seated(t testing.TB) *council.Council {
	t.Helper()
	c, err := o.Form(o.ctx, council.Founding{Rule: "xet", Title: "Xét việc mẫu", Unit: "so", Secretary: "thuky", Files: []council.File{{ID: "1", Label: "Hồ sơ mẫu"}}, Actor: "thuky"})
	must(t, err)
	for i, role := range []string{"chu_tich", "phan_bien", "phan_bien", "thu_ky", "uy_vien", "uy_vien"} {
		_, err := o.Seat(o.ctx, c.ID, by, council.Seating{Account: sitting[i], Role: role, Organisation: "Trường Đại học Mẫu"})
		must(t, err)
		_, err = o.Declare(o.ctx, c.ID, by, sitting[i], nil)
		must(t, err)
	}
	_, err = o.Call(o.ctx, c.ID, by, day("2021-06-10"), "Phòng họp 1")
	must(t, err)
	c, err = o.SendPapers(o.ctx, c.ID, by, []string{"Thuyết minh"})
	must(t, err)
	return c
}

// voting is that council on its day with the vote open and everybody present.
func (o *office) voting(t testing.TB) string {
	t.Helper()
	c := o.seated(t)
	o.now = day("2021-06-10").Time().Add(3 * time.Hour)
	_, err := o.Attend(o.ctx, c.ID, by, council.Attendance{Present: sitting, Tellers: sitting[3:]})
	must(t, err)
	_, err = o.OpenVote(o.ctx, c.ID, by)
	must(t, err)
	return c.ID
}

func paper(choice string) council.Paper { return council.Paper{"1": {Choice: choice}} }

func (o *office) cast(id, account, key, choice string) (string, error) {
	return o.Vote(o.ctx, council.Casting{Council: id, Account: account, Actor: account, Key: key, Paper: paper(choice)})
}

// TestFromFormingToConclusionOnBothEngines is one council's whole life.
func TestFromFormingToConclusionOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		id := o.voting(t)
		receipts := map[string]bool{}
		for i, account := range sitting {
			got, err := o.cast(id, account, "form-"+account, []string{council.Yes, council.No}[min(i/5, 1)])
			must(t, err)
			receipts[got] = true
		}
		c, err := o.CloseVote(o.ctx, id, by)
		must(t, err)
		if got := c.Outcomes[0]; c.Stage != council.Counted || got.For != 5 || c.Base != 6 || !got.Passed || len(c.Voters) != 6 || c.Cast != 6 {
			t.Fatalf("%+v", c)
		}
		published, err := o.Published(o.ctx, id)
		must(t, err)
		for _, b := range published {
			if !receipts[b.Commitment] {
				t.Errorf("nobody was given the receipt %s", council.Receipt(b.Commitment))
			}
		}
		for _, teller := range sitting[3:] {
			c, err = o.Confirm(o.ctx, id, council.By{Actor: teller})
			must(t, err)
		}
		if c.Stage != council.Confirmed {
			t.Fatal(c.Stage)
		}
		c, err = o.Conclude(o.ctx, id, by, "Đề nghị thực hiện.")
		must(t, err)
		if c.Stage != council.Concluded {
			t.Fatal(c.Stage)
		}
		r, err := o.Recount(o.ctx, id)
		must(t, err)
		if !r.OK || r.Ballots != 6 || r.Voters != 6 || r.Outcomes[0].For != 5 {
			t.Fatalf("%+v", r)
		}
		list, n, err := o.List(o.ctx, council.Filter{Account: "f", Mine: true})
		must(t, err)
		if n != 1 || list[0].ID != id {
			t.Errorf("%d councils of f", n)
		}
		for after, want := range map[string]int{"": 1, id: 0} {
			if rows, err := o.After(o.ctx, council.Filter{Account: "f", Mine: true, Limit: 5}, after); err != nil || len(rows) != want {
				t.Errorf("%d councils of f behind %q: %v", len(rows), after, err)
			}
		}
		if _, n, _ := o.List(o.ctx, council.Filter{Account: "nobody", Units: []string{"khac"}, Text: "xét việc"}); n != 0 {
			t.Error("a council of another unit is listed")
		}
	})
}

// TestTheLedgerDoesNotTieABallotToItsVoter: no event before the closing says anything that differs with what was
// voted, and the closing names no voter and orders the ballots by what nobody chose.
func TestTheLedgerDoesNotTieABallotToItsVoter(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	id := o.voting(t)
	for _, account := range sitting {
		receipt, err := o.cast(id, account, "form-"+account, council.Yes)
		must(t, err)
		if log := o.log(t, id); strings.Contains(log, receipt) || strings.Contains(log, "yes") {
			t.Fatal("a ballot shows in the ledger before the urn is opened")
		}
	}
	_, err := o.CloseVote(o.ctx, id, by)
	must(t, err)
	events, err := o.ledger.Stream(o.ctx, "council/"+id)
	must(t, err)
	for _, e := range events {
		var f struct {
			Account string
			Ballots []council.Sealed
		}
		must(t, json.Unmarshal(e.Data, &f))
		if e.Kind == "council.closed" && (f.Account != "" || len(f.Ballots) != 6) || e.Kind == "council.voted" && (len(f.Ballots) > 0 || len(e.Data) > 40) {
			t.Errorf("%s says %s", e.Kind, e.Data)
		}
	}
	if n := o.urns(t); n != 0 {
		t.Errorf("%d urns are left", n)
	}
}

func (o *office) log(t *testing.T, id string) string {
	events, err := o.ledger.Stream(o.ctx, "council/"+id)
	must(t, err)
	var b bytes.Buffer
	for _, e := range events {
		if e.Kind == "council.voted" || e.Kind == "council.opened" {
			b.Write(e.Data)
		}
	}
	return b.String()
}

func (o *office) urns(t *testing.T) int64 {
	d, err := o.db.Digest(o.ctx, "council_urn")
	must(t, err)
	return d.Rows
}

// TestOnePersonOneBallot: the same form sent twice is one ballot; another form, from a second window, is refused and the
// first ballot stands. Many at once change nothing about that.
func TestOnePersonOneBallot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		id := o.voting(t)
		first, err := o.cast(id, "a", "window-1", council.Yes)
		must(t, err)
		again, err := o.cast(id, "a", "window-1", council.Yes)
		must(t, err)
		if first != again {
			t.Error("the same form gave two ballots")
		}
		if _, err := o.cast(id, "a", "window-2", council.No); !fault.Is(err, "council.voted_already") {
			t.Errorf("the second window: %v", err)
		}
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() { o.cast(id, "b", fmt.Sprint("window-", i), []string{council.Yes, council.No}[i%2]) })
		}
		all.Wait()
		c, err := o.CloseVote(o.ctx, id, by)
		must(t, err)
		if c.Cast != 2 || len(c.Voters) != 2 {
			t.Errorf("%d ballots of %v", c.Cast, c.Voters)
		}
		if r, err := o.Recount(o.ctx, id); err != nil || !r.OK {
			t.Errorf("%+v %v", r, err)
		}
		if _, err := o.cast(id, "c", "late", council.Yes); !fault.Is(err, "council.vote_closed") {
			t.Errorf("after the closing: %v", err)
		}
	})
}

// TestBrokenOffBetweenBallotAndRecord: the ledger refuses to write after the ballot is in the urn, as when the program is
// killed there. The vote is not lost: sent again it is the same ballot, and the closing records the voter who did not.
func TestBrokenOffBetweenBallotAndRecord(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	id := o.voting(t)
	_, err := o.cast(id, "c", "form-c", council.Yes)
	must(t, err)
	must(t, o.ledger.Close())
	for _, account := range []string{"a", "b"} {
		if _, err := o.cast(id, account, "form-"+account, council.Yes); fault.KindOf(err) != fault.Unavailable {
			t.Fatalf("the ledger is closed and yet: %v", err)
		}
	}
	o.open(t)
	if _, err := o.cast(id, "a", "form-a", council.Yes); err != nil {
		t.Errorf("the same form sent again: %v", err)
	}
	c, err := o.CloseVote(o.ctx, id, by)
	must(t, err)
	if c.Cast != 3 || len(c.Voters) != 3 {
		t.Errorf("%d ballots of %v", c.Cast, c.Voters)
	}
	if r, err := o.Recount(o.ctx, id); err != nil || !r.OK {
		t.Errorf("%+v %v", r, err)
	}
}

// TestWhatStandsAgainstAVote is the table of obstacles: what was done otherwise, and what is then told.
func TestWhatStandsAgainstAVote(t *testing.T) {
	attend := func(o *office, id string, present []string) {
		_, err := o.Attend(o.ctx, id, by, council.Attendance{Present: present, Tellers: sitting[3:]})
		if err != nil {
			panic(err)
		}
	}
	everybody := func(o *office, id string) { attend(o, id, sitting) }
	for key, prepare := range map[string]func(o *office, id string){
		"":                  everybody,
		"council.seats_few": func(o *office, id string) { everybody(o, id); o.Excuse(o.ctx, id, by, "b", "Bận") },
		"council.undeclared": func(o *office, id string) {
			everybody(o, id)
			o.Seat(o.ctx, id, by, council.Seating{Account: "g", Role: "uy_vien", Organisation: ""})
		},
		"council.barred":      func(o *office, id string) { everybody(o, id); o.Declare(o.ctx, id, by, "a", []string{"nhan_su"}) },
		"council.quorum_few":  func(o *office, id string) { attend(o, id, []string{"a", "b", "c"}) },
		"council.quorum_role": func(o *office, id string) { attend(o, id, []string{"a", "b", "d", "e"}) },
		"council.tellers":     func(o *office, id string) { o.Attend(o.ctx, id, by, council.Attendance{Present: sitting}) },
		"council.not_yet":     func(o *office, id string) { everybody(o, id); o.now = day("2021-06-09").Time() },
		"council.papers_late": func(o *office, id string) { everybody(o, id); o.SendPapers(o.ctx, id, by, []string{"Bản sửa"}) },
	} {
		o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
		id := o.seated(t).ID
		o.now = day("2021-06-10").Time().Add(time.Hour)
		prepare(o, id)
		_, err := o.OpenVote(o.ctx, id, by)
		if key == "" && err != nil || key != "" && !fault.Is(err, key) {
			t.Errorf("%v, not %q", err, key)
		}
	}
}

// TestAFormSentTwiceIsOneCouncil, by the key that the form carries.
func TestAFormSentTwiceIsOneCouncil(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	n := council.Founding{Rule: "xet", Title: "T", Unit: "so", Files: []council.File{{ID: "1", Label: "x"}}, Key: "k"}
	first, err := o.Form(o.ctx, n)
	must(t, err)
	again, err := o.Form(o.ctx, n)
	must(t, err)
	if first.ID != again.ID {
		t.Errorf("%s and %s", first.ID, again.ID)
	}
}

// TestConflicts: what bars from one seat does not bar from another; what the program sees can be found not to hold, what a
// member says cannot.
func TestConflicts(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	id := o.seated(t).ID
	c, err := o.Declare(o.ctx, id, council.By{Actor: "e"}, "e", []string{"nhan_su"})
	must(t, err)
	if got := c.Findings(); len(got) != 1 || got[0].Barred || !got[0].Declared {
		t.Fatalf("a member of the host may sit as an ordinary member: %+v", got)
	}
	c, err = o.Declare(o.ctx, id, council.By{Actor: "b"}, "b", []string{"nhan_su"})
	must(t, err)
	if got := c.Findings(); len(got) != 2 || !got[0].Barred {
		t.Fatalf("but not as a reviewer: %+v", got)
	}
	if _, err := o.Clear(o.ctx, id, by, "b", "nhan_su", "Đã chuyển công tác"); !fault.Is(err, "council.no_finding") {
		t.Errorf("what b said was cleared: %v", err)
	}
	c, err = o.Seat(o.ctx, id, by, council.Seating{Account: "b", Role: "uy_vien", Organisation: ""})
	must(t, err)
	if got := c.Findings(); len(got) != 2 || got[0].Barred || got[1].Barred {
		t.Errorf("after the change of seat: %+v", got)
	}
}

// TestWhoMayDoWhat: the faults of steps that are not for this person or moment.
func TestWhoMayDoWhat(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	id := o.voting(t)
	fail := func(want string, err error) {
		t.Helper()
		if !fault.Is(err, want) {
			t.Errorf("%v, not %s", err, want)
		}
	}
	_, err := o.CloseVote(o.ctx, id, by)
	fail("council.no_ballots", err)
	_, err = o.cast(id, "g", "k", council.Yes)
	fail("council.not_entitled", err)
	_, err = o.Vote(o.ctx, council.Casting{Council: id, Account: "a", Actor: "thuky", Key: "k", Paper: paper(council.Yes)})
	fail("council.not_yours", err) // a is present: nobody votes for them
	_, err = o.cast(id, "a", "k", "maybe")
	fail("council.paper_incomplete", err)
	_, err = o.Confirm(o.ctx, id, council.By{Actor: "d"})
	fail("council.not_now", err)
	_, err = o.Conclude(o.ctx, id, by, "x")
	fail("council.not_now", err)
	_, err = o.Seat(o.ctx, id, by, council.Seating{Account: "g", Role: "uy_vien", Organisation: ""})
	fail("council.not_now", err)
	_, err = o.cast(id, "a", "k", council.Yes)
	must(t, err)
	_, err = o.CloseVote(o.ctx, id, by)
	must(t, err)
	_, err = o.Confirm(o.ctx, id, council.By{Actor: "a"})
	fail("council.not_yours", err)
	_, err = o.Confirm(o.ctx, id, council.By{Actor: "d"})
	must(t, err)
	_, err = o.Confirm(o.ctx, id, council.By{Actor: "d"})
	fail("council.agreed_already", err)
	_, err = o.Seat(o.ctx, "HD-0", by, council.Seating{Account: "a", Role: "uy_vien", Organisation: ""})
	fail("council.not_found", err)
	_, err = o.Form(o.ctx, council.Founding{Rule: "xet", Title: "T", Unit: "so"})
	fail("council.no_files", err)
	other := o.seatedAgain(t)
	_, err = o.Seat(o.ctx, other, by, council.Seating{Account: "x-nobody", Role: "uy_vien", Organisation: ""})
	fail("people.unknown_account", err)
	_, err = o.Seat(o.ctx, other, by, council.Seating{Account: "g", Role: "chu_tich", Organisation: ""})
	fail("council.seat_taken", err)
	_, err = o.Attend(o.ctx, other, by, council.Attendance{Written: []string{"a"}})
	fail("council.no_written", err)
	_, err = o.Call(o.ctx, other, council.By{Actor: "thuky", Expect: 1}, day("2021-07-01"), "")
	fail("council.changed", err)
}

func (o *office) seatedAgain(t testing.TB) string { t.Helper(); return o.seated(t).ID }

// TestAbsenteesVoteInWriting: over all members, an absent one's ballot comes by the secretary and lies in the same urn.
func TestAbsenteesVoteInWriting(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	o.rules.Ballot = council.Ballot{Kind: council.YesNo, Total: true, Share: council.Share{Num: 80, Den: 100}}
	c := o.seated(t)
	o.now = day("2021-06-10").Time().Add(time.Hour)
	_, err := o.Attend(o.ctx, c.ID, by, council.Attendance{Present: sitting[:5], Written: sitting[5:], Tellers: sitting[2:5]})
	must(t, err)
	_, err = o.OpenVote(o.ctx, c.ID, by)
	must(t, err)
	for _, account := range sitting[:4] {
		_, err := o.cast(c.ID, account, account, council.Yes)
		must(t, err)
	}
	_, err = o.Vote(o.ctx, council.Casting{Council: c.ID, Account: "f", Actor: "thuky", Key: "letter", Paper: paper(council.Yes)})
	must(t, err)
	c, err = o.CloseVote(o.ctx, c.ID, by)
	must(t, err)
	// five of six are 83 %; e, who was there and did not vote, counts among all
	if got := c.Outcomes[0]; c.Base != 6 || got.For != 5 || !got.Passed {
		t.Errorf("%+v of %d", got, c.Base)
	}
}

// TestACancelledVoteIsNotCounted: its ballots are destroyed unread.
func TestACancelledVoteIsNotCounted(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	id := o.voting(t)
	_, err := o.cast(id, "a", "k", council.Yes)
	must(t, err)
	c, err := o.Cancel(o.ctx, id, by, "Lộ phiếu (mẫu)")
	must(t, err)
	if c.Stage != council.Cancelled || o.urns(t) != 0 {
		t.Errorf("%s, %d urns", c.Stage, o.urns(t))
	}
	if r, err := o.Recount(o.ctx, id); err != nil || r.OK || r.Faults[0] != "not_closed" {
		t.Errorf("%+v %v", r, err)
	}
}
