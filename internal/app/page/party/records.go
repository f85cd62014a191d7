package party

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
)

func contains(list []string, id string) bool { return slices.Contains(list, id) }

type recordRow struct {
	*room.Record
	UnitName, About string
	Late            bool
}

type recordsPage struct {
	*web.View
	Kind        room.Kind
	Unit, Stage string
	Page, Total int
	Rows        []recordRow
	Units       []people.Unit
}

func kindOf(r *web.Request) (room.Kind, error) { return room.MustKind(r.PathValue("loai")) }

func (s *pages) records(r *web.Request) error {
	k, err := kindOf(r)
	if err != nil {
		return err
	}
	p := recordsPage{View: r.View(r.T("party.kind_"+k.Name), web.Crumb{Title: r.T("partypage.title"), Path: "/dang"}), Kind: k, Unit: r.Query("don-vi"), Stage: r.Query("xem"), Page: page(r)}
	p.Wide = true
	f := room.RecordFilter{Kind: k.Name, Stage: room.Stage(p.Stage), From: calendar.NoDate, To: calendar.NoDate, UntilBy: calendar.NoDate, Limit: perPage, Offset: (p.Page - 1) * perPage}
	if k.Name == "posting" {
		f.UntilBy = calendar.Of(9999, 1, 1) // the nearest end first, which is what the list is for
	}
	if f.Units, err = s.chosen(r); err != nil {
		return err
	}
	list, total, err := s.room.Records(r.Context(), f)
	if err != nil {
		return err
	}
	p.Total = total
	for _, rec := range list {
		p.Rows = append(p.Rows, s.recordRow(r, rec))
	}
	if p.Units, err = s.choice(r, people.ReadParty); err != nil {
		return err
	}
	return r.Render(http.StatusOK, records(p))
}

func (p recordsPage) address(change ...string) string {
	return address("/dang/so/"+p.Kind.Slug, append([]string{"xem", p.Stage, "don-vi", p.Unit}, change...))
}

func (s *pages) recordRow(r *web.Request, rec *room.Record) recordRow {
	row := recordRow{Record: rec, UnitName: s.who.UnitName(r.Context(), rec.Unit, r.Lang), About: s.name(r.Context(), rec.Subject, r)}
	row.Late = rec.Stage == room.Planned && rec.On < r.Today() || rec.Kind == "posting" && rec.Stage == room.Done && rec.Until < r.Today()
	return row
}

// resultLine is a line of an assessment before it is one, with the evidence.
type resultLine struct {
	room.Result
	Name string
}

type blankRecordPage struct {
	*web.View
	Kind     room.Kind
	In       url.Values
	Units    []people.Unit
	Members  []memberRow
	Accounts []people.Account
	Results  []resultLine
	Rule     *room.Assessment
	Existing *room.Record // the planned entry that was done; nil for a new one
	Trouble  string
}

func (p blankRecordPage) action() string {
	if p.Existing != nil {
		return recordPath(p.Existing) + "/xong"
	}
	return "/dang/so/" + p.Kind.Slug
}

func (s *pages) blankRecord(r *web.Request) error {
	k, err := kindOf(r)
	if err != nil {
		return err
	}
	return s.showBlankRecord(r, k, r.URL.Query(), nil, nil)
}

// showBlankRecord is the form of an entry. Whose roll it shows is the chosen unit's with what stands below it.
func (s *pages) showBlankRecord(r *web.Request, k room.Kind, in url.Values, rec *room.Record, trouble error) error {
	p := blankRecordPage{View: r.View(r.T("partypage.new_"+k.Name), web.Crumb{Title: r.T("partypage.title"), Path: "/dang"},
		web.Crumb{Title: r.T("party.kind_" + k.Name), Path: "/dang/so/" + k.Slug}), Kind: k, In: in, Existing: rec}
	var err error
	if p.Units, err = s.choice(r, people.KeepParty); err != nil {
		return err
	}
	unit := in.Get("don-vi")
	if unit == "" && len(p.Units) > 0 {
		unit = p.Units[0].Code
		in.Set("don-vi", unit)
	}
	if r.Can(people.ReadParty, unit) && (k.Attended || k.About == "member" || k.Name == "assessment") {
		below, err := s.who.Subtree(r.Context(), unit, r.Today())
		if err != nil {
			return err
		}
		below = slices.DeleteFunc(below, func(u string) bool { return !r.Can(people.ReadParty, u) })
		if p.Members, err = s.roll(r, below); err != nil {
			return err
		}
	}
	all, err := s.room.Rules()
	if err != nil {
		return err
	}
	p.Rule = all.AssessmentOn(r.Today())
	if k.Name == "assessment" {
		if err := s.evidence(r, &p); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, blankRecord(p))
}

// evidence proposes a line for each member: the tasks that were due this year and those done in time.
func (s *pages) evidence(r *web.Request, p *blankRecordPage) error {
	year, _, _ := r.Today().YMD()
	typed := results(p.In)
	for _, m := range p.Members {
		line := resultLine{Result: room.Result{Subject: m.Member.ID, Class: room.Good}, Name: m.Name}
		if i := slices.IndexFunc(typed, func(x room.Result) bool { return x.Subject == m.Member.ID }); i >= 0 {
			line.Result = typed[i]
		} else {
			var err error
			if line.Tasks, line.OnTime, err = s.work(r, m.Person, year); err != nil {
				return err
			}
		}
		p.Results = append(p.Results, line)
	}
	return nil
}

func results(in url.Values) []room.Result {
	var out []room.Result
	number := func(name, id string) int { n, _ := strconv.Atoi(in.Get(name + "-" + id)); return n } // unreadable = 0, which the rules judge
	for _, id := range in["doi-tuong"] {
		out = append(out, room.Result{Subject: id, Class: room.Class(in.Get("muc-" + id)), Points: number("diem", id), Tasks: number("viec", id),
			OnTime: number("dung", id), Exceeding: number("vuot", id), Votes: number("phieu", id)})
	}
	return out
}

// decisionRows is how many resolutions the form has room for; more are entered as a second entry.
const decisionRows = 3

func (s *pages) readRecord(r *web.Request, k room.Kind, in url.Values) (room.Record, error) {
	if k.Numbered && r.Header.Get("Idempotency-Key") != "" { // the number is the one key that its command can have
		return room.Record{}, fault.New(fault.Invalid, "partypage.numbered_without_key")
	}
	d := dateReader{in: in}
	rec := room.Record{Kind: k.Name, Unit: in.Get("don-vi"), On: d.day("ngay"), Until: d.day("den"), Title: in.Get("noi-dung"), Form: in.Get("hinh-thuc"),
		Object: in.Get("doi-tuong-la"), Subject: in.Get("dang-vien"), Text: strings.TrimSpace(in.Get("dien-bien")), Directive: in.Get("van-ban"), Present: in["co-mat"]}
	rec.Count, _ = strconv.Atoi(in.Get("so-luong"))
	rec.Of, _ = strconv.Atoi(in.Get("tong")) // none = counted from the register
	if k.Name == "assessment" {
		rec.Results = results(in)
	}
	for i := range decisionRows {
		n := strconv.Itoa(i)
		dec := room.Decision{Text: strings.TrimSpace(in.Get("qn-" + n)), Unit: in.Get("qn-dv-" + n), Due: in.Get("qn-han-" + n)}
		if dec.Text == "" {
			continue
		}
		if dec.Unit != "" {
			if err := r.Require(people.AssignTasks, dec.Unit); err != nil {
				return rec, err
			}
		}
		rec.Decisions = append(rec.Decisions, dec)
	}
	if d.err != nil {
		return rec, d.err
	}
	if rec.Unit != "" {
		if err := r.Require(people.KeepParty, rec.Unit); err != nil {
			return rec, err
		}
	}
	for _, id := range append(slices.Clone(rec.Present), rec.Subject) { // nobody is named whom the writer may not see
		if id == "" {
			continue
		}
		if m, err := s.room.Member(r.Context(), id); err != nil || !r.Can(people.ReadParty, m.Unit) {
			return rec, fault.New(fault.NotFound, "party.no_member", "id", id)
		}
	}
	return rec, nil
}

func (s *pages) addRecord(r *web.Request, in url.Values) (string, error) {
	k, err := kindOf(r)
	if err != nil {
		return "", err
	}
	rec, err := s.readRecord(r, k, in)
	if err != nil {
		return "", err
	}
	made, err := s.room.Enter(r.Context(), r.Actor(), rec, in.Get("ke-hoach") != "")
	if err != nil {
		return "", err
	}
	return recordPath(made) + "?da=luu", nil
}

func (s *pages) addRecordAgain(r *web.Request, in url.Values, trouble error) error {
	k, err := kindOf(r)
	if err != nil {
		return err
	}
	return s.showBlankRecord(r, k, in, nil, trouble)
}

type recordPage struct {
	*web.View
	recordRow
	K       room.Kind
	Words   string
	Keep    bool
	Present []string
	Absent  []string
	Results []resultLine
	Owes    []string // names of the units that owe the decisions
	Given   bool     // some decision waits for its task
}

func (s *pages) record(r *web.Request) error {
	rec, err := s.getRecord(r)
	if err != nil {
		return err
	}
	p := recordPage{recordRow: s.recordRow(r, rec), Keep: r.Can(people.KeepParty, rec.Unit)}
	p.K, _ = room.KindOf(rec.Kind)
	p.View = r.View(rec.Title, web.Crumb{Title: r.T("partypage.title"), Path: "/dang"}, web.Crumb{Title: r.T("party.kind_" + rec.Kind), Path: "/dang/so/" + p.K.Slug})
	if p.Words, err = s.room.Words(r.Context(), rec); err != nil {
		return err
	}
	for _, id := range rec.Present {
		p.Present = append(p.Present, s.name(r.Context(), id, r))
	}
	for _, x := range rec.Results {
		p.Results = append(p.Results, resultLine{x, s.name(r.Context(), x.Subject, r)})
	}
	for _, d := range rec.Decisions {
		p.Owes = append(p.Owes, s.who.UnitName(r.Context(), d.Unit, r.Lang))
		p.Given = p.Given || d.Unit != "" && d.Task == ""
	}
	if len(rec.Present) > 0 {
		if err := s.absent(r, &p); err != nil {
			return err
		}
	}
	return r.Render(http.StatusOK, record(p))
}

// absent are the members of today who were not there; who came later than the day does not count.
func (s *pages) absent(r *web.Request, p *recordPage) error {
	below, err := s.who.Subtree(r.Context(), p.Record.Unit, r.Today())
	if err != nil {
		return err
	}
	roll, err := s.roll(r, slices.DeleteFunc(below, func(u string) bool { return !r.Can(people.ReadParty, u) }))
	for _, m := range roll {
		if m.Decided <= p.Record.On && !contains(p.Record.Present, m.Member.ID) {
			p.Absent = append(p.Absent, m.Name)
		}
	}
	return err
}

func (s *pages) stepRecord(r *web.Request, in url.Values) (string, error) {
	rec, err := s.getRecord(r)
	if err != nil {
		return "", err
	}
	if err := r.Require(people.KeepParty, rec.Unit); err != nil {
		return "", err
	}
	switch r.PathValue("viec") {
	case "bo":
		_, err = s.room.Drop(r.Context(), r.Actor(), rec.ID)
	case "ket-thuc":
		var on calendar.Date
		if on, err = parseDay(in.Get("ngay")); err == nil {
			_, err = s.room.End(r.Context(), r.Actor(), rec.ID, on)
		}
	case "giao-viec":
		for _, d := range rec.Decisions {
			if d.Unit != "" && err == nil {
				err = r.Require(people.AssignTasks, d.Unit)
			}
		}
		if err == nil {
			_, err = s.room.GiveOut(r.Context(), r.Actor(), rec.ID)
		}
	case "xong":
		err = s.finish(r, rec, in)
	default:
		err = fault.New(fault.NotFound, "party.not_now", "id", rec.ID)
	}
	return recordPath(rec) + "?da=luu", err
}

// finish says what came of a planned entry.
func (s *pages) finish(r *web.Request, rec *room.Record, in url.Values) error {
	k, _ := room.KindOf(rec.Kind)
	in.Set("don-vi", rec.Unit) // it stays where it was planned
	done, err := s.readRecord(r, k, in)
	if err != nil {
		return err
	}
	_, err = s.room.Finish(r.Context(), r.Actor(), rec.ID, func(now *room.Record) {
		done.ID, done.Stage, done.Version = now.ID, now.Stage, now.Version
		*now = done
	})
	return err
}

// stepRecordAgain shows the form of an outcome with what is wrong in it; the other steps have no form.
func (s *pages) stepRecordAgain(r *web.Request, in url.Values, trouble error) error {
	rec, err := s.getRecord(r)
	if err != nil || r.PathValue("viec") != "xong" {
		return cmp.Or(err, trouble)
	}
	k, _ := room.KindOf(rec.Kind)
	return s.showBlankRecord(r, k, in, rec, trouble)
}

// outcome is the form of what was planned, to say what came of it.
func (s *pages) outcome(r *web.Request) error {
	rec, err := s.getRecord(r)
	if err != nil {
		return err
	}
	if err := r.Require(people.KeepParty, rec.Unit); err != nil {
		return err
	}
	k, _ := room.KindOf(rec.Kind)
	form := url.Values{"don-vi": {rec.Unit}, "ngay": {rec.On.String()}, "noi-dung": {rec.Title}, "hinh-thuc": {rec.Form}, "doi-tuong-la": {rec.Object},
		"dang-vien": {rec.Subject}, "van-ban": {rec.Directive}, "den": {rec.Until.String()}, "so-luong": {strconv.Itoa(rec.Count)}}
	return s.showBlankRecord(r, k, form, rec, nil)
}

func (s *pages) recordFile(r *web.Request) error {
	rec, err := s.getRecord(r)
	if err != nil {
		return err
	}
	if k, _ := room.KindOf(rec.Kind); k.Paper == "" {
		return fault.New(fault.NotFound, "party.no_record", "id", rec.ID)
	}
	docx(r, strings.ToLower(rec.ID))
	return s.room.WriteDOCX(r.Context(), r.W, rec, func(id string) string { return s.name(r.Context(), id, r) })
}

func splitLines(text string) []string { return strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") }
