package party

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"trucot/definitions"
	"trucot/internal/engine/document"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/testing/storetest"
)

// office is a room over an empty database, with a committee and two cells.
type office struct {
	*Room
	t      *testing.T
	ctx    context.Context
	ledger *ledger.Ledger
	tasks  []Assignment
	now    time.Time
}

var workdays = sync.OnceValues(func() (*calendar.Calendar, error) { return calendar.Load(definitions.Files) })

// open is an office with one member, who may sponsor.
func open(t *testing.T, at string) *office {
	o := empty(t, at)
	o.elder("DV-00001")
	return o
}

func empty(t *testing.T, at string) *office {
	t.Helper()
	o := &office{t: t, ctx: t.Context(), now: time.Date(2025, 9, 15, 2, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return o.now }
	db := storetest.Open(t, at)
	l, err := ledger.Open(o.ctx, db, ledger.Options{Folds: []ledger.Fold{people.Fold(), Fold()}, Clock: clock})
	o.must(err)
	t.Cleanup(func() { l.Close() })
	who, err := people.New(o.ctx, db, l, people.Options{Clock: clock})
	o.must(err)
	by := people.By{Actor: "sample", On: day("2019-01-01")}
	for _, u := range []people.Unit{{Code: "so", NameVI: "Sở mẫu", Side: people.State}, {Code: "du", NameVI: "Đảng ủy mẫu", Side: people.Party, Kind: "dang_bo"},
		{Code: "cb1", NameVI: "Chi bộ 1 mẫu", Parent: "du", Side: people.Party, Kind: "chi_bo"}, {Code: "cb2", NameVI: "Chi bộ 2 mẫu", Parent: "du", Side: people.Party, Kind: "chi_bo"}} {
		o.must(who.OpenUnit(o.ctx, by, u))
	}
	cal, err := workdays()
	o.must(err)
	o.ledger = l
	o.Room = New(l, db, cal, who, Options{Clock: clock, Files: definitions.Files,
		Seal: func(_ context.Context, person, text string) (string, error) {
			return "sealed:" + person + ":" + fmt.Sprintf("%x", text), nil
		},
		Open: func(_ context.Context, sealed string) (string, error) {
			var out string
			_, err := fmt.Sscanf(sealed[strings.LastIndex(sealed, ":")+1:], "%x", &out)
			return out, err
		},
		Assign: func(_ context.Context, n Assignment) (string, error) {
			o.tasks = append(o.tasks, n)
			return fmt.Sprint("NV-", len(o.tasks)), nil
		},
		Layouts: func() (*document.Layouts, error) { return document.LoadLayouts(definitions.Files) },
	})
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

func blank() Entry {
	return Entry{Name: "Nguyễn Văn Mẫu", Unit: "cb1", Born: day("1995-05-20"), Decided: day("2024-08-01"), Admitted: day("2024-08-20"), Official: calendar.NoDate,
		On: calendar.NoDate, Actor: "vp", Cell: Votes{8, 10}, Committee: Votes{9, 11}, Sex: "female", Youth: true,
		Sponsors: []Sponsor{{Member: "DV-00001", Since: day("2023-01-01")}, {Body: "youth"}}}
}

// elder is a member who may sponsor.
func (o *office) elder(id string) {
	o.t.Helper()
	_, err := o.Receive(o.ctx, Entry{ID: id, Name: "Trần Thị Mẫu", Unit: "cb1", Decided: day("2015-01-10"), Admitted: day("2015-01-20"), Official: day("2016-01-20"),
		Born: calendar.NoDate, On: day("2019-02-01"), Actor: "vp", Sex: "female"})
	o.must(err)
}

func TestAMembersLife(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		m, err := o.Admit(o.ctx, blank())
		o.must(err)
		if m.ID != "DV-00002" || m.State != Probation {
			t.Fatalf("%+v", m)
		}
		if born, err := o.Reveal(o.ctx, m.Personal["born"]); err != nil || born != "1995-05-20" {
			t.Error(born, err)
		}
		_, err = o.Recognise(o.ctx, Step{ID: m.ID, On: day("2025-08-19"), Actor: "vp", Votes: Votes{8, 10}})
		o.fails(err, "party.probation_runs")
		_, err = o.Recognise(o.ctx, Step{ID: m.ID, On: day("2025-09-10"), Actor: "vp", Votes: Votes{6, 10}})
		o.fails(err, "party.too_few_votes")
		_, err = o.Recognise(o.ctx, Step{ID: m.ID, On: day("2025-09-10"), Actor: "vp", Votes: Votes{7, 10}, Committee: Votes{5, 9}})
		o.fails(err, "party.too_few_votes")
		m, err = o.Recognise(o.ctx, Step{ID: m.ID, On: day("2025-09-10"), Actor: "vp", Votes: Votes{7, 10}, Committee: Votes{6, 9}})
		o.must(err)
		if m.Official != day("2025-08-20") { // the end of probation, however late
			t.Errorf("official from %s", m.Official)
		}
		_, err = o.Move(o.ctx, Step{ID: m.ID, On: day("2025-09-09"), Unit: "cb2", Actor: "vp"})
		o.fails(err, "party.before_last")
		_, err = o.Move(o.ctx, Step{ID: m.ID, On: calendar.NoDate, Unit: "so", Actor: "vp"})
		o.fails(err, "party.state_unit")
		m, err = o.Move(o.ctx, Step{ID: m.ID, On: calendar.NoDate, Unit: "cb2", Actor: "vp"})
		o.must(err)
		_, err = o.Confer(o.ctx, Step{ID: m.ID, On: calendar.NoDate, Grade: 30, Actor: "vp"})
		o.fails(err, "party.badge_not_due")
		_, err = o.Leave(o.ctx, Step{ID: m.ID, On: calendar.NoDate, Actor: "vp"})
		o.fails(err, "party.no_reason")
		if m.Unit != "cb2" || m.Version != 4 {
			t.Errorf("%+v", m)
		}
		if list, n, err := o.Members(o.ctx, MemberFilter{Units: []string{"cb1"}}); err != nil || n != 1 || len(list) != 1 {
			t.Error("the old cell still lists the member", n, err)
		}
		for unit, want := range map[string]int{"cb1": 1, "cb2": 1} {
			rows, err := o.MembersAfter(o.ctx, MemberFilter{Units: []string{unit}}, "")
			if err != nil || len(rows) != want {
				t.Errorf("read on, %s has %d members: %v", unit, len(rows), err)
			}
		}
		if _, n, _ := o.Members(o.ctx, MemberFilter{}); n != 0 {
			t.Error("no units are all units")
		}
		for _, e := range o.events() {
			if strings.Contains(e, "1995-05-20") || strings.Contains(e, "Nguyễn") {
				t.Error("personal data stands open in the ledger:", e)
			}
		}
	})
}

func (o *office) events() []string {
	var out []string
	o.must(o.ledger.Scan(o.ctx, 0, func(e ledger.Event) error {
		out = append(out, e.Kind+" "+string(e.Data))
		return nil
	}))
	return out
}

func TestAdmissionFollowsTheRules(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "trucot.db"))
	probation, err := o.Admit(o.ctx, blank())
	o.must(err)
	for name, c := range map[string]struct {
		change func(*Entry)
		key    string
	}{
		"17 years and 11 months": {func(e *Entry) { e.Born = day("2006-08-02") }, "party.too_young_or_old"},
		"60 years and a month":   {func(e *Entry) { e.Born = day("1964-07-01") }, "party.too_young_or_old"},
		"18 on the day":          {func(e *Entry) { e.Born = day("2006-08-01") }, ""},
		"less than two thirds":   {func(e *Entry) { e.Cell = Votes{6, 10} }, "party.too_few_votes"},
		"of the committee":       {func(e *Entry) { e.Committee = Votes{7, 11} }, "party.too_few_votes"},
		"two thirds exactly":     {func(e *Entry) { e.Cell = Votes{6, 9} }, ""},
		"nobody voted":           {func(e *Entry) { e.Cell = Votes{} }, "party.too_few_votes"},
		"ceremony too late":      {func(e *Entry) { e.Admitted = day("2024-09-30") }, "party.ceremony_late"},
		"ceremony first":         {func(e *Entry) { e.Admitted = day("2024-07-30") }, "party.order"},
		"no name":                {func(e *Entry) { e.Name = " " }, "party.no_name"},
		"a state unit":           {func(e *Entry) { e.Unit = "so" }, "party.state_unit"},
		"one sponsor":            {func(e *Entry) { e.Sponsors = e.Sponsors[:1] }, "party.few_sponsors"},
		"two bodies":             {func(e *Entry) { e.Sponsors = []Sponsor{{Body: "youth"}, {Body: "union"}} }, "party.sponsor_bodies"},
		"one sponsor twice":      {func(e *Entry) { e.Sponsors[1] = e.Sponsors[0] }, "party.sponsor_twice"},
		"eleven months together": {func(e *Entry) { e.Sponsors[0].Since = day("2023-08-02") }, "party.sponsor_too_short"},
		"twelve months together": {func(e *Entry) { e.Sponsors[0].Since = day("2023-08-01") }, ""},
		"an unknown sponsor":     {func(e *Entry) { e.Sponsors[0].Member = "DV-9" }, "party.no_member"},
		"a sponsor on probation": {func(e *Entry) { e.Sponsors[0].Member = probation.ID }, "party.sponsor_not_official"},
		"no unit":                {func(e *Entry) { e.Unit = "" }, "party.no_unit"},
	} {
		e := blank()
		c.change(&e)
		if _, err := o.Admit(o.ctx, e); c.key == "" && err != nil || c.key != "" && !fault.Is(err, c.key) {
			t.Errorf("%s: %v, want %q", name, err, c.key)
		}
	}
}

func TestTheRegister(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		m, err := o.Admit(o.ctx, blank())
		o.must(err)
		enter := func(r Record) *Record {
			t.Helper()
			if r.Until == 0 {
				r.Until = calendar.NoDate
			}
			made, err := o.Enter(o.ctx, "vp", r, false)
			o.must(err)
			return made
		}
		met := enter(Record{Kind: "meeting", Unit: "cb1", On: day("2025-09-05"), Title: "Sinh hoạt tháng 9", Present: []string{m.ID},
			Decisions: []Decision{{Text: "Rà soát hồ sơ", Unit: "cb1", Due: "2025-10-01"}, {Text: "Ghi nhận"}}})
		if len(o.tasks) != 1 || met.Decisions[0].Task != "NV-1" || met.Decisions[1].Task != "" || met.Of != 2 || met.Attended != 1 {
			t.Errorf("%+v, tasks %+v", met, o.tasks)
		}
		if _, err := o.GiveOut(o.ctx, "vp", met.ID); err != nil || len(o.tasks) != 1 {
			t.Error("a decision was given out twice", err)
		}
		// numbers run per type and begin anew after a congress
		numbers := ""
		for _, on := range []string{"2025-01-10", "2025-02-10"} {
			numbers += enter(Record{Kind: "document", Form: "NQ", Unit: "cb1", On: day(on), Title: "Nghị quyết"}).Number + " "
		}
		numbers += enter(Record{Kind: "document", Form: "KH", Unit: "cb1", On: day("2025-02-11"), Title: "Kế hoạch"}).Number + " "
		o.must(o.Elect(o.ctx, "vp", Committee{Unit: "cb1", Term: "2025–2027", From: day("2025-03-01"), Seats: []Seat{{Member: "DV-00001", Post: "secretary"}}}))
		terms, err := o.Committees(o.ctx, "cb1")
		o.must(err)
		numbers += enter(Record{Kind: "document", Form: "NQ", Unit: "cb1", On: day("2025-03-02"), Title: "Nghị quyết"}).Number
		if numbers != "01-NQ/CB 02-NQ/CB 01-KH/CB 01-NQ/CB" || terms[0].Until != day("2027-09-01") {
			t.Error(numbers, terms[0].Until)
		}
		// what the rules end by themselves, and what is sealed
		punished := enter(Record{Kind: "discipline", Form: "warning", Unit: "cb1", On: day("2025-09-01"), Title: "Cảnh cáo", Subject: m.ID, Text: "Lý do riêng"})
		if words, err := o.Words(o.ctx, punished); punished.Until != day("2026-09-01") || strings.Contains(punished.Text, "riêng") || err != nil || words != "Lý do riêng" {
			t.Errorf("%+v %q %v", punished, words, err)
		}
		// a programme, what came of it, and what was dropped
		plan, err := o.Enter(o.ctx, "vp", Record{Kind: "inspection", Unit: "du", Object: "body", On: day("2025-11-10"), Title: "Kiểm tra chi bộ 1", Until: calendar.NoDate}, false)
		o.must(err)
		if plan.Stage != Planned {
			t.Error("a day ahead is planned")
		}
		_, err = o.Finish(o.ctx, "vp", plan.ID, func(*Record) {})
		o.fails(err, "party.in_future")
		done, err := o.Finish(o.ctx, "vp", plan.ID, func(r *Record) { r.On, r.Text = day("2025-09-12"), "Không có vi phạm" })
		o.must(err)
		_, err = o.Drop(o.ctx, "vp", plan.ID)
		o.fails(err, "party.not_now")
		if done.Stage != Done || done.On != day("2025-09-12") {
			t.Errorf("%+v", done)
		}
		list, n, err := o.Records(o.ctx, RecordFilter{Units: []string{"cb1"}, Kind: "inspection", From: calendar.NoDate, To: calendar.NoDate, UntilBy: calendar.NoDate})
		if err != nil || n != 0 || len(list) != 0 {
			t.Error("another unit's entry is listed", n, err)
		}
		for after, want := range map[string]int{"": 1, done.ID: 0} {
			rows, err := o.RecordsAfter(o.ctx, RecordFilter{Units: []string{done.Unit}, Kind: "inspection", From: calendar.NoDate, To: calendar.NoDate, UntilBy: calendar.NoDate}, after)
			if err != nil || len(rows) != want {
				t.Errorf("%d entries behind %q: %v", len(rows), after, err)
			}
		}
		before := o.dump()
		_, err = o.ledger.Rebuild(o.ctx)
		o.must(err)
		if after := o.dump(); after != before {
			t.Errorf("built anew\n%s\nwas\n%s", after, before)
		}
		var file bytes.Buffer
		if err := o.WriteDOCX(o.ctx, &file, met, func(id string) string { return id }); err != nil || file.Len() < 1000 {
			t.Error(file.Len(), err)
		}
	})
}

func (o *office) dump() string {
	units := []string{"du", "cb1", "cb2"}
	members, _, err := o.Members(o.ctx, MemberFilter{Units: units})
	o.must(err)
	out := fmt.Sprintf("%+v", *members[0])
	for _, k := range Kinds() {
		list, _, err := o.Records(o.ctx, RecordFilter{Units: units, Kind: k.Name, From: calendar.NoDate, To: calendar.NoDate, UntilBy: calendar.NoDate})
		o.must(err)
		for _, rec := range list {
			out += fmt.Sprintf("\n%+v", *rec)
		}
	}
	return out
}

func TestWhatTheRegisterRefuses(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "trucot.db"))
	for key, rec := range map[string]Record{
		"party.unknown_kind": {Kind: "x", Unit: "cb1", Title: "a"},
		"party.no_title":     {Kind: "meeting", Unit: "cb1", Title: " "},
		"party.state_unit":   {Kind: "meeting", Unit: "so", Title: "a"},
		"party.no_subject":   {Kind: "discipline", Form: "warning", Unit: "cb1", Title: "a"},
		"party.bad_form":     {Kind: "document", Form: "XX", Unit: "cb1", Title: "a"},

		"party.not_issued_here": {Kind: "document", Form: "CT", Unit: "cb1", Title: "Chi bộ không ban hành chỉ thị"},
		"party.bad_object":      {Kind: "inspection", Unit: "du", Title: "a"},
		"party.until_before":    {Kind: "inspection", Object: "body", Unit: "du", Title: "a", Until: day("2025-01-01")},
		"party.bad_count":       {Kind: "card", Unit: "du", Title: "a", Count: -1},
		"party.over_cap":        {Kind: "assessment", Unit: "cb1", Title: "a", Results: []Result{{Subject: "DV-1", Class: Excellent, Points: 95}}},
	} {
		rec.On = day("2025-09-01")
		if rec.Until == 0 {
			rec.Until = calendar.NoDate
		}
		_, err := o.Enter(o.ctx, "vp", rec, false)
		o.fails(err, key)
	}
}
