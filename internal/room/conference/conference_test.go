package conference

import (
	"bytes"
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/definitions"
	"trucot/internal/engine/document"
	"trucot/internal/engine/document/read"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

// office is a room over an empty database, with a department, a division and a Party committee.
type office struct {
	*Room
	t      *testing.T
	ctx    context.Context
	db     *store.DB
	ledger *ledger.Ledger
	issued []Issue
	now    time.Time
}

var (
	workdays = sync.OnceValues(func() (*calendar.Calendar, error) { return calendar.Load(definitions.Files) })
	layouts  = sync.OnceValues(func() (*document.Layouts, error) { return document.LoadLayouts(definitions.Files) })
	habits   = sync.OnceValues(func() (*Rules, error) { return Load(definitions.Files) })
)

func open(t *testing.T, at string) *office {
	t.Helper()
	o := &office{t: t, ctx: t.Context(), now: time.Date(2025, 6, 20, 1, 5, 0, 0, time.UTC)} // 08:05 there
	clock := func() time.Time { return o.now }
	o.db = storetest.Open(t, at)
	l, err := ledger.Open(o.ctx, o.db, ledger.Options{Folds: []ledger.Fold{people.Fold(), task.Fold(), Fold()}, Clock: clock})
	o.must(err)
	t.Cleanup(func() { l.Close() })
	o.ledger = l
	who, err := people.New(o.ctx, o.db, l, people.Options{Clock: clock})
	o.must(err)
	by := people.By{Actor: "sample", On: calendar.MustParse("2019-01-01")}
	for _, u := range []people.Unit{{Code: "so", NameVI: "Sở mẫu", Side: people.State}, {Code: "ql", NameVI: "Phòng mẫu", Parent: "so", Side: people.State}, {Code: "du", NameVI: "Đảng ủy mẫu", Side: people.Party}} {
		o.must(who.OpenUnit(o.ctx, by, u))
	}
	o.must(who.SetPerson(o.ctx, people.Person{ID: "p1", Name: "Người Mẫu Một"}))
	cal, err := workdays()
	o.must(err)
	figures, err := indicator.New(indicator.NewDefinitions(), indicator.Options{})
	o.must(err)
	o.Room, err = New(o.ctx, l, o.db, Options{Clock: clock, Rules: habits, People: who, Tasks: task.New(l, o.db, cal, who, task.Options{Clock: clock}), Figures: figures,
		Seal: func(_ context.Context, person, text string) (string, error) {
			return "sealed:" + person + ":" + hex.EncodeToString([]byte(text)), nil
		},
		Open: func(_ context.Context, sealed string) (string, error) {
			text, err := hex.DecodeString(sealed[strings.LastIndex(sealed, ":")+1:])
			return string(text), err
		},
		Head: func(_ context.Context, unit string, side people.Side, on calendar.Date) (*document.Document, error) {
			all, err := layouts()
			if err != nil {
				return nil, err
			}
			l, err := all.At(string(side), calendar.MustParse("2025-06-20"))
			return &document.Document{Layout: l, Issuer: "Cơ quan mẫu", Place: "Mẫu", Date: on, Post: "GIÁM ĐỐC", Name: "Người Mẫu"}, err
		},
		Symbol: func(people.Side) string { return "MAU" },
		Issue:  func(_ context.Context, n Issue) (string, error) { o.issued = append(o.issued, n); return "VB-1", nil },
		Units:  func(people.Side, calendar.Date) []string { return nil },
	})
	o.must(err)
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

func head(unit string) Head {
	return Head{Name: "Hội nghị mẫu", Occasion: "so_ket", Unit: unit, Day: calendar.MustParse("2025-06-20"), Start: "8h", Place: "Hội trường", Period: "2025-H1"}
}

// prepared is a conference with a chair and one guest from outside.
func (o *office) prepared(unit string) *Conference {
	o.t.Helper()
	c, err := o.Prepare(o.ctx, "vp", head(unit))
	o.must(err)
	n, err := o.AddGuests(o.ctx, "vp", c.ID, []Invitee{{Person: "p1", Unit: "so", Post: "Giám đốc Sở", Role: Chair}, {Post: "Trưởng phòng", Body: "Sở bạn", Name: "Khách Riêng", Role: Honoured}})
	o.must(err)
	if n != 2 {
		o.t.Fatal(n)
	}
	return c
}

func (o *office) get(id string) *Conference {
	o.t.Helper()
	c, err := o.Get(o.ctx, id)
	o.must(err)
	return c
}

func TestAConferencesLifeOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		_, err := o.Prepare(o.ctx, "vp", Head{Name: "x", Place: "y", Day: 1, Occasion: "so_ket", Start: "25:00"})
		o.fails(err, "conference.bad_time")
		c := o.prepared("so")
		if c.ID != "HN-2025-1" || c.Start != "08:00" || len(c.Programme) == 0 || c.End() != "10:40" {
			t.Fatalf("%+v %s", c, c.End())
		}
		o.fails(o.Move(o.ctx, "vp", c.ID, Begin, ""), "conference.not_now")
		o.fails(o.ReplyTo(o.ctx, "", c.ID, 2, Answer{Reply: Attends}), "conference.not_now")
		o.must(o.Move(o.ctx, "vp", c.ID, Invite, ""))
		o.fails(o.ReplyTo(o.ctx, "", c.ID, 2, Answer{Reply: Substitute}), "conference.who_substitutes")
		o.must(o.ReplyTo(o.ctx, "", c.ID, 2, Answer{Reply: Substitute, Name: "Người Thay", Post: "Phó phòng"}))
		g, err := o.Guest(o.ctx, c.ID, 2)
		o.must(err)
		if name, err := o.Personal(o.ctx, g, "substitute"); err != nil || name != "Người Thay" || strings.Contains(g.Personal["name"], "Khách") {
			t.Errorf("%q %v %+v", name, err, g)
		}
		o.must(o.CheckIn(o.ctx, "cua", c.ID, 1, ByCode)) // five minutes after the hour, before it is opened
		o.must(o.Move(o.ctx, "vp", c.ID, Begin, ""))
		o.must(o.CheckIn(o.ctx, "cua", c.ID, 1, ByList)) // twice is once
		guests, err := o.Guests(o.ctx, c.ID)
		o.must(err)
		if n := Count(guests); n != (Counts{Invited: 2, Substitutes: 1, Silent: 1, Present: 1, Late: 1}) {
			t.Errorf("%+v", n)
		}
		o.fails(o.RemoveGuest(o.ctx, "vp", c.ID, 1), "conference.came")
		o.must(o.Speak(o.ctx, "", c.ID, From{Guest: 1}, "Tham luận", 0))
		o.fails(o.Speak(o.ctx, "", c.ID, From{Guest: 1}, "Nữa", 0), "conference.enough")
		o.must(o.Ask(o.ctx, "", c.ID, From{Guest: 2}, "Bao giờ?"))
		o.must(o.Call(o.ctx, "vp", c.ID, 1))
		o.fails(o.AnswerQuestion(o.ctx, "vp", c.ID, 2, "", "Mai"), "conference.no_answer")
		o.must(o.AnswerQuestion(o.ctx, "vp", c.ID, 2, "Văn phòng", "Mai"))
		o.must(o.BeginItem(o.ctx, "vp", c.ID, 2))
		o.fails(o.BeginItem(o.ctx, "vp", c.ID, 99), "conference.no_item")
		if now := o.get(c.ID).Now(); now == nil || now.N != 2 || now.At != "08:10" {
			t.Errorf("%+v", now)
		}
		o.fails(o.Conclude(o.ctx, "vp", c.ID, []Conclusion{{Text: "x", Due: "15wd"}}), "conference.whose")
		o.fails(o.Conclude(o.ctx, "vp", c.ID, []Conclusion{{Text: "x", Unit: "du"}}), "conference.other_side")
		o.must(o.Conclude(o.ctx, "vp", c.ID, []Conclusion{{Text: "Phòng mẫu làm việc này", Unit: "ql", Due: "15wd"}, {Text: "Biểu dương các đơn vị"}}))
		o.must(o.Move(o.ctx, "vp", c.ID, Close, ""))
		o.fails(o.Move(o.ctx, "vp", c.ID, Publish, ""), "conference.not_issued")
		_, err = o.IssueNotice(o.ctx, "gd", c.ID, "", calendar.NoDate)
		o.fails(err, "conference.no_number")
		c, err = o.IssueNotice(o.ctx, "gd", c.ID, "3/TB-MAU", calendar.NoDate)
		o.must(err)
		again, err := o.IssueNotice(o.ctx, "gd", c.ID, "", calendar.NoDate)
		o.must(err)
		if len(o.issued) != 1 || c.Conclusions[0].Task == "" || c.Conclusions[1].Task != "" || again.Conclusions[0].Task != c.Conclusions[0].Task {
			t.Errorf("%d notices, %+v", len(o.issued), c.Conclusions)
		}
		p, err := o.Progress(o.ctx, c)
		o.must(err)
		if p.Tasks != 1 || p.Count.InTerm != 1 || p.Done != 0 {
			t.Errorf("%+v", p)
		}
		o.fails(o.Conclude(o.ctx, "vp", c.ID, nil), "conference.issued")
		o.must(o.Move(o.ctx, "vp", c.ID, Publish, ""))
		o.rebuilds()
	})
}

// rebuilds compares the tables with those that are built anew from the ledger.
func (o *office) rebuilds() {
	o.t.Helper()
	before := map[string]store.Digest{}
	for _, table := range tables {
		d, err := o.db.Digest(o.ctx, table.Name)
		o.must(err)
		before[table.Name] = d
	}
	_, err := o.ledger.Rebuild(o.ctx)
	o.must(err)
	for name, d := range before {
		now, err := o.db.Digest(o.ctx, name)
		o.must(err)
		if now != d {
			o.t.Errorf("%s differs after a rebuild", name)
		}
	}
}

// What may be done when: the whole table, with every step from every status.
func TestStatuses(t *testing.T) {
	for _, s := range Statuses() {
		c := &Conference{Status: s}
		var next []Verb
		for _, step := range c.Next() {
			next = append(next, step.Verb)
		}
		want := map[Status][]Verb{Preparing: {Invite, Cancel}, Invited: {Begin, Cancel}, Running: {Close}, Closed: {Publish}}[s]
		if !slices.Equal(next, want) {
			t.Errorf("from %s: %v, want %v", s, next, want)
		}
		for _, v := range []Verb{Invite, Begin, Close, Publish, Cancel} {
			if _, err := c.step(v); (err == nil) != slices.Contains(want, v) {
				t.Errorf("%s from %s: %v", v, s, err)
			}
		}
	}
	for what, want := range map[string]string{"edit": "11....", "plan": "111...", "guests": "111...", "reply": ".1....", "check_in": ".11...", "talk": ".11...", "run": "..1...", "answer": ".1111.", "conclude": "1111..", "issue": "..11..", "record": "11111."} {
		got := ""
		for _, s := range Statuses() {
			if (&Conference{Status: s}).May(what) {
				got += "1"
			} else {
				got += "."
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
}

func TestClocksAreReadAsTheyAreTyped(t *testing.T) {
	for typed, want := range map[string]string{"8:00": "08:00", "08h30": "08:30", "8h": "08:00", " 13H15 ": "13:15", "23:59": "23:59", "24:00": "", "8:60": "", "tám giờ": "", "": "", "-1:00": ""} {
		got, err := readClock(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v", typed, got, err)
		}
	}
}

// Whatever the programme, each item begins where the one before ends.
func TestTimetable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &Conference{Start: clock(rapid.IntRange(0, 12*60).Draw(t, "start"))}
		at := minutes(c.Start)
		for range rapid.IntRange(0, 12).Draw(t, "items") {
			c.Programme = append(c.Programme, Item{What: "x", Minutes: rapid.IntRange(1, 60).Draw(t, "minutes")})
		}
		for _, s := range c.Timetable() {
			if minutes(s.At) != at%(24*60) {
				t.Fatalf("%+v begins at %s, want %s", s.Item, s.At, clock(at))
			}
			at += s.Minutes
		}
		if c.End() != clock(at) {
			t.Fatalf("ends at %s", c.End())
		}
	})
}

// A token opens its own guest's page and nobody else's; another installation has other tokens.
func TestTokens(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		c := o.prepared("so")
		one, err := o.Token(o.ctx, c.ID, 1)
		o.must(err)
		if found, g, err := o.ByToken(o.ctx, strings.ToUpper(one[:3])+one[3:]); err != nil || found.ID != c.ID || g.N != 1 {
			t.Error(err)
		}
		parts := strings.Split(one, ".")
		for _, bad := range []string{"", "x", parts[0] + ".2." + parts[2], "HN-2025-9.1." + parts[2], parts[0] + ".1." + parts[2][1:], parts[0] + ".1.", parts[0] + ".x." + parts[2]} {
			_, _, err := o.ByToken(o.ctx, bad)
			o.fails(err, "conference.bad_link")
		}
		o.must(o.RemoveGuest(o.ctx, "vp", c.ID, 1))
		_, _, err = o.ByToken(o.ctx, one)
		o.fails(err, "conference.bad_link")
		if _, err := o.Token(o.ctx, "HN-2025-9", 1); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		if strings.Contains(one, "Giám") || len(parts[2]) != tokenLetters {
			t.Error(one)
		}
	})
}

// The papers of both sides say what was recorded; outside names stand only where they are asked for.
func TestPapersSayWhatWasRecorded(t *testing.T) {
	o := open(t, t.TempDir()+"/trucot.db")
	for _, unit := range []string{"so", "du"} {
		c := o.prepared(unit)
		o.must(o.Move(o.ctx, "vp", c.ID, Invite, ""))
		o.must(o.Move(o.ctx, "vp", c.ID, Begin, ""))
		o.must(o.Ask(o.ctx, "", c.ID, From{Guest: 2}, "Câu hỏi mẫu"))
		o.must(o.CheckIn(o.ctx, "vp", c.ID, 2, ByCode))
		o.must(o.Speak(o.ctx, "", c.ID, From{Guest: 2}, "Phát biểu chỉ đạo", 10))
		o.must(o.Call(o.ctx, "vp", c.ID, 2))
		o.must(o.Note(o.ctx, "vp", c.ID, 2, "cần tập trung vào năm nhiệm vụ trọng tâm."))
		o.must(o.Conclude(o.ctx, "vp", c.ID, []Conclusion{{Text: "Kết luận mẫu", Unit: map[string]string{"so": "ql", "du": "du"}[unit], Due: "3mo"}}))
		o.must(o.SetThanks(o.ctx, "vp", c.ID, []Thanks{{Who: "Sở bạn", Reason: "Phối hợp"}}))
		c = o.get(c.ID)
		for kind, want := range map[string][]string{PaperProgramme: {"08:00", "Phát biểu khai mạc"}, PaperGuests: {"Khách Riêng", "Trưởng phòng, Sở bạn"}, PaperMinutes: {"Câu hỏi mẫu", "Chưa trả lời tại hội nghị", "Kết luận mẫu", "3 tháng", "Người Mẫu Một"},
			PaperNotice: {"Kết luận mẫu", "Giám đốc Sở"}, PaperThanks: {"Sở bạn", "Phối hợp"}} {
			d, err := o.Paper(o.ctx, c, kind)
			o.must(err)
			text := docx(t, d)
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%s of %s lacks %q:\n%s", kind, unit, w, text)
				}
			}
			if kind != PaperGuests && strings.Contains(text, "Khách Riêng") {
				t.Errorf("%s of %s names a guest from outside", kind, unit)
			}
			if number := map[string]string{"so": "/TB-MAU", "du": "-TB/MAU"}[unit]; kind == PaperNotice && !strings.Contains(text, number) {
				t.Errorf("the notice of %s has no %s", unit, number)
			}
		}
		g, err := o.Guest(o.ctx, c.ID, 2)
		o.must(err)
		d, err := o.InvitationPaper(o.ctx, c, g, "https://x.example/")
		o.must(err)
		if text := docx(t, d); !strings.Contains(text, "Khách Riêng, Trưởng phòng, Sở bạn") || d.Corner == nil {
			t.Error(text)
		}
		var out bytes.Buffer
		o.must(o.WritePack(o.ctx, &out, c))
		o.must(o.WriteInvitations(o.ctx, &out, c, "https://x.example"))
		n, err := o.DraftNews(o.ctx, c)
		o.must(err)
		if text := n.Text(); !strings.Contains(text, "Sáng ngày") || !strings.Contains(text, "1. Kết luận mẫu") || !strings.Contains(text, "Dự hội nghị có: Trưởng phòng, Sở bạn.") ||
			!strings.Contains(text, "Trưởng phòng, Sở bạn nêu: cần tập trung vào năm nhiệm vụ trọng tâm.") || strings.Contains(text, "Khách Riêng") || strings.Contains(text, "Người Mẫu Một") {
			t.Error(text)
		}
	}
}

func docx(t *testing.T, d *document.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.WriteDOCX(&b); err != nil {
		t.Fatal(err)
	}
	text, err := read.Text(t.Context(), "x.docx", bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Two desks at one door: everybody is checked in once.
func TestManyDesksAtOneDoor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		c := o.prepared("so")
		var more []Invitee
		for range 6 {
			more = append(more, Invitee{Post: "Đại biểu", Body: "Sở bạn", Role: Delegate})
		}
		_, err := o.AddGuests(o.ctx, "vp", c.ID, more)
		o.must(err)
		o.must(o.Move(o.ctx, "vp", c.ID, Invite, ""))
		var wait sync.WaitGroup
		errs := make(chan error, 16)
		for n := range 16 {
			wait.Go(func() { errs <- o.CheckIn(o.ctx, "cua", c.ID, n/2+1, ByCode) })
		}
		wait.Wait()
		close(errs)
		for err := range errs {
			o.must(err)
		}
		guests, err := o.Guests(o.ctx, c.ID)
		o.must(err)
		if n := Count(guests); n.Present != 8 {
			t.Errorf("%+v", n)
		}
	})
}

// TestAJointReviewIsThePartys: the Party's may review the State's work as well, a state one never the Party's.
func TestAJointReviewIsThePartys(t *testing.T) {
	o := open(t, t.TempDir()+"/trucot.db")
	for _, c := range []struct {
		side     people.Side
		occasion string
		want     []people.Side
	}{
		{people.Party, "dang_chuyen_mon", []people.Side{people.Party, people.State}}, {people.Party, "dang_so_ket", []people.Side{people.Party}},
		{people.State, "dang_chuyen_mon", []people.Side{people.State}}, {people.State, "tong_ket", []people.Side{people.State}}, {people.Party, "gone", []people.Side{people.Party}},
	} {
		got, err := o.Sides(&Conference{Side: c.side, Occasion: c.occasion})
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s %s: %v %v", c.side, c.occasion, got, err)
		}
	}
}
