package party

import (
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

var stageTones = map[room.Stage]string{room.Planned: "blue", room.Done: "green", room.Dropped: "grey", room.Ended: "grey", room.Revoked: "red"}

func registerPath(k room.Kind) string { return "/dang/so/" + k.Slug }

type recordRow struct {
	*room.Record
	UnitName, About, FormName string
	Late                      bool
}

func kindOf(r *web.Request) (room.Kind, error) { return room.MustKind(r.PathValue("loai")) }

func (s *pages) records(r *web.Request) error {
	k, err := kindOf(r)
	if err != nil {
		return err
	}
	p := s.list(r, registerPath(k), r.T("party.kind_"+k.Name), k.Name, nil, nil)
	shown := r.Query("xem")
	p.way("", r.T("partypage.any"), shown)
	for _, stage := range []room.Stage{room.Planned, room.Done, room.Ended, room.Revoked} {
		if (stage != room.Ended || k.Ends()) && (stage != room.Revoked || k.Revoked != "") {
			p.way(string(stage), r.T("party.stage_"+string(stage)), shown)
		}
	}
	f := room.RecordFilter{Kind: k.Name, Stage: room.Stage(shown), From: calendar.NoDate, To: calendar.NoDate, UntilBy: calendar.NoDate, Limit: perPage, Offset: p.offset()}
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
	p.Total, p.Note = total, r.T("partypage.entries", "n", total)
	p.Icon, p.None, p.NoneDo = "files", "partypage.no_entries", "partypage.no_entries_do"
	p.Columns = []column{{"partypage.day", ""}, {"partypage.what", "kh-title"}, {"partypage.stage", "kh-p2"}}
	if k.Until {
		p.Columns = append(p.Columns, column{"partypage.until_" + k.Name, "kh-p2"})
	}
	if k.Attended {
		p.Columns = append(p.Columns, column{"partypage.attended", "kh-p3 kh-n"})
	}
	p.Columns = append(p.Columns, column{"partypage.organisation", "kh-p3"})
	for _, rec := range list {
		row, err := s.recordRow(r, rec)
		if err != nil {
			return err
		}
		p.add(recordLine(p.View, k, row)...)
	}
	if p.Units, err = s.choice(r, people.ReadParty); err != nil {
		return err
	}
	if p.Can(people.KeepParty) {
		p.Acts = recordActs(p.View, k)
	}
	return r.Render(p.Status, listed(p))
}

// recordLine is an entry in the list of its kind.
func recordLine(v *web.View, k room.Kind, rec recordRow) []cell {
	line := []cell{{Text: v.Date(rec.On), Class: late(rec.Late && rec.Stage == room.Planned)}, {Text: entryTitle(rec), Path: recordPath(rec.Record)}, {Text: stageWord(v, k, rec.Stage), Tone: stageTones[rec.Stage]}}
	if k.Until {
		line = append(line, cell{Text: v.Date(rec.Until), Class: late(rec.Late)})
	}
	if k.Attended {
		line = append(line, cell{Text: outOf(rec.Attended, rec.Of)})
	}
	return append(line, cell{Text: rec.UnitName, Class: "kh-muted"})
}

// outOf is a number of some, "" for none.
func outOf(n, of int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + "/" + strconv.Itoa(of)
}

func (s *pages) recordRow(r *web.Request, rec *room.Record) (row recordRow, err error) {
	row = recordRow{Record: rec, UnitName: s.who.UnitName(r.Context(), rec.Unit, r.Lang), About: s.name(r.Context(), rec.Subject, r)}
	row.Late = rec.Stage == room.Planned && rec.On < r.Today() || rec.Kind == "posting" && rec.Stage == room.Done && rec.Until < r.Today()
	row.FormName, err = s.room.FormName(rec, r.Lang)
	return row, err
}

// stageWord says how far an entry has come; what runs for a time runs until it is said to be over.
func stageWord(v *web.View, k room.Kind, stage room.Stage) string {
	if k.Ends() && stage == room.Done {
		return v.T("partypage.runs")
	}
	return v.T("party.stage_" + string(stage))
}

func entryTitle(rec recordRow) string {
	title := rec.Title
	if rec.Number != "" {
		title = rec.Number + " – " + title
	} else if rec.FormName != "" {
		title = rec.FormName + " – " + title
	}
	if rec.About != "" {
		title = rec.About + " – " + title
	}
	return title
}

// resultLine is a line of an assessment before it is one, with the evidence.
type resultLine struct {
	room.Result
	Name string
}

type blankRecordPage struct {
	sheet
	Kind     room.Kind
	Units    []people.Unit
	Forms    []room.Form
	Members  []memberRow
	Results  []resultLine
	Rule     *room.Assessment
	Quota    room.Quota   // of an assessment of members
	Base     string       // name of its organisation
	Existing *room.Record // the planned entry that was done; nil for a new one
}

func (p blankRecordPage) action() string {
	if p.Existing != nil {
		return recordPath(p.Existing) + "/xong"
	}
	return registerPath(p.Kind)
}

func (s *pages) blankRecord(r *web.Request) error { return s.showBlankRecord(r, r.URL.Query(), nil) }

func (s *pages) showBlankRecord(r *web.Request, in url.Values, trouble error) error {
	k, err := kindOf(r)
	if err != nil {
		return err
	}
	return s.recordForm(r, k, in, nil, trouble)
}

// recordForm is the form of an entry. Whose roll it shows is the chosen unit's with what stands below it.
func (s *pages) recordForm(r *web.Request, k room.Kind, in url.Values, rec *room.Record, trouble error) error {
	p := blankRecordPage{sheet: s.sheet(r, registerPath(k)+"/moi", r.T("partypage.new_"+k.Name), in, trouble, web.Crumb{Title: r.T("party.kind_" + k.Name), Path: registerPath(k)}), Kind: k, Existing: rec}
	var err error
	if p.Units, err = s.choice(r, people.KeepParty); err != nil {
		return err
	}
	unit := in.Get("don-vi")
	if unit == "" && len(p.Units) > 0 {
		unit = p.Units[0].Code
		in.Set("don-vi", unit)
	}
	if r.Can(people.ReadParty, unit) && (k.Attended || k.About == "member") {
		below, err := s.below(r, unit)
		if err != nil {
			return err
		}
		if p.Members, err = s.roll(r, below, room.Active); err != nil {
			return err
		}
	}
	if p.Forms, err = s.room.Forms(r.Context(), k, unit, dayTyped(r, in)); err != nil {
		return err
	}
	if k.Name == "assessment" {
		if err := s.assessing(r, &p); err != nil {
			return err
		}
	}
	return r.Render(p.Status, blankRecord(p))
}

// dayTyped is the day that a form speaks of: today until one is typed that can be read.
func dayTyped(r *web.Request, in url.Values) calendar.Date {
	if on, err := parseDay(in.Get("ngay")); err == nil && on != calendar.NoDate {
		return min(on, r.Today())
	}
	return r.Today()
}

// decisionRows is how many resolutions the form has room for; more are entered as a second entry.
const decisionRows = 3

func (s *pages) readRecord(r *web.Request, k room.Kind, in url.Values) (room.Record, error) {
	d := dateReader{in: in}
	rec := room.Record{Kind: k.Name, Unit: in.Get("don-vi"), On: d.day("ngay"), Until: d.day("den"), Title: in.Get("noi-dung"), Form: in.Get("hinh-thuc"),
		Object: in.Get("doi-tuong-la"), Subject: in.Get("dang-vien"), Text: strings.TrimSpace(in.Get("dien-bien")), Directive: in.Get("van-ban"), Present: in["co-mat"]}
	rec.Count, _ = strconv.Atoi(in.Get("so-luong"))
	rec.Of, _ = strconv.Atoi(in.Get("tong")) // none = counted from the register
	if k.Name == "assessment" {
		rec.Results = results(in)
		rec.Year, _ = strconv.Atoi(in.Get("nam")) // none = by its day
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
	if err := keeps(r, rec.Unit); err != nil {
		return rec, err
	}
	if err := s.assessable(r, &rec); err != nil {
		return rec, err
	}
	return rec, s.visible(r, append(slices.Clone(rec.Present), rec.Subject)...)
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
	return saved(recordPath(made)), nil
}

type recordPage struct {
	sheet
	recordRow
	K       room.Kind
	Facts   []fact
	Words   string
	Keep    bool
	Present []string
	Absent  []string
	Results []resultLine
	Owes    []string // names of the units that owe the decisions
	Given   bool     // some decision waits for its task

	Honoured     []named // whom the entry commends
	Certificates bool    // are the organisation's own to write
	Back         []named // those of whom the entry was taken back; one without a name where it names nobody
	Revoke       *room.Revocable
	Stand        []named // of whom it may be taken back, where the reader may do so
}

func (s *pages) record(r *web.Request) error { return s.showRecord(r, nil, nil) }

func (s *pages) showRecord(r *web.Request, in url.Values, trouble error) error {
	rec, err := Record(r, s.room, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := recordPage{Keep: r.Can(people.KeepParty, rec.Unit)}
	if p.recordRow, err = s.recordRow(r, rec); err != nil {
		return err
	}
	p.K, _ = room.KindOf(rec.Kind)
	p.sheet = s.sheet(r, recordPath(rec), rec.Title, in, trouble, web.Crumb{Title: r.T("party.kind_" + rec.Kind), Path: registerPath(p.K)})
	p.View.Title = entryTitle(p.recordRow)
	p.Facts = recordFacts(p.View, p.K, p.recordRow)
	if p.Words, err = s.room.Words(r.Context(), rec); err != nil {
		return err
	}
	for _, id := range rec.Present {
		p.Present = append(p.Present, s.name(r.Context(), id, r))
	}
	for _, x := range rec.Results {
		p.Results = append(p.Results, resultLine{x, s.name(r.Context(), x.Subject, r)})
	}
	if err := s.standing(r, &p); err != nil {
		return err
	}
	if p.Certificates, err = s.certificates(rec); err != nil {
		return err
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
	return r.Render(p.Status, record(p))
}

func recordFacts(v *web.View, k room.Kind, rec recordRow) []fact {
	object, directive := "", ""
	if rec.Object != "" {
		object = v.T("party.object_" + rec.Object)
	}
	if rec.Directive != "" {
		directive = "/chi-dao?" + url.Values{"q": {rec.Directive}}.Encode()
	}
	count := ""
	if rec.Count > 0 {
		count = strconv.Itoa(rec.Count)
	}
	facts := []fact{{Label: v.T("partypage.organisation"), Text: rec.UnitName}, {Label: v.T("partypage.day"), Text: v.DateWithDay(rec.On)}}
	if rec.Until != calendar.NoDate {
		facts = append(facts, fact{Label: v.T("partypage.until_" + k.Name), Text: v.DateWithDay(rec.Until), Bad: rec.Late})
	}
	return append(facts, fact{Label: v.T("partypage.object"), Text: object}, fact{Label: v.T("partypage.count"), Text: count},
		fact{Label: v.T("partypage.attended"), Text: outOf(rec.Attended, rec.Of)}, fact{Label: v.T("partypage.directive"), Text: rec.Directive, Path: directive})
}

// absent are the members of today who were not there; who came later than the day does not count.
func (s *pages) absent(r *web.Request, p *recordPage) error {
	below, err := s.below(r, p.Record.Unit)
	if err != nil {
		return err
	}
	roll, err := s.roll(r, below, room.Active)
	for _, m := range roll {
		if m.Decided <= p.Record.On && !contains(p.Record.Present, m.Member.ID) {
			p.Absent = append(p.Absent, m.Name)
		}
	}
	return err
}

// kept reads an entry that the reader may write to.
func (s *pages) kept(r *web.Request) (*room.Record, room.Kind, error) {
	rec, err := Record(r, s.room, r.PathValue("id"))
	if err != nil {
		return nil, room.Kind{}, err
	}
	k, _ := room.KindOf(rec.Kind)
	return rec, k, keeps(r, rec.Unit)
}

func (s *pages) stepRecord(r *web.Request, in url.Values) (string, error) {
	rec, k, err := s.kept(r)
	if err != nil {
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
	case "thu-hoi":
		err = s.revoke(r, rec, in)
	case "xong":
		var done room.Record
		in.Set("don-vi", rec.Unit) // it stays where it was planned
		if done, err = s.readRecord(r, k, in); err == nil {
			_, err = s.room.Finish(r.Context(), r.Actor(), rec.ID, func(now *room.Record) {
				done.ID, done.Stage, done.Version = now.ID, now.Stage, now.Version
				*now = done
			})
		}
	default:
		err = fault.New(fault.NotFound, "party.not_now", "id", rec.ID)
	}
	return saved(recordPath(rec)), err
}

// stepRecordAgain shows the form of what came of an entry, or of what takes it back, once more; the other steps have nothing to
// correct.
func (s *pages) stepRecordAgain(r *web.Request, in url.Values, trouble error) error {
	switch r.PathValue("viec") {
	case "xong":
	case "thu-hoi":
		return s.showRecord(r, in, trouble)
	default:
		return trouble
	}
	rec, k, err := s.kept(r)
	if err != nil {
		return err
	}
	return s.recordForm(r, k, in, rec, trouble)
}

// outcome is the form of what was planned, to say what came of it.
func (s *pages) outcome(r *web.Request) error {
	rec, k, err := s.kept(r)
	if err != nil {
		return err
	}
	form := url.Values{"don-vi": {rec.Unit}, "ngay": {rec.On.String()}, "noi-dung": {rec.Title}, "hinh-thuc": {rec.Form}, "doi-tuong-la": {rec.Object},
		"dang-vien": {rec.Subject}, "van-ban": {rec.Directive}, "den": {rec.Until.String()}, "so-luong": {strconv.Itoa(rec.Count)}}
	return s.recordForm(r, k, form, rec, nil)
}

func (s *pages) recordFile(r *web.Request) error {
	rec, err := Record(r, s.room, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !rec.Paper() {
		return fault.New(fault.NotFound, "party.no_record", "id", rec.ID)
	}
	docx(r, strings.ToLower(rec.ID))
	return s.room.WriteDOCX(r.Context(), r.W, rec, s.called(r))
}

func splitLines(text string) []string { return strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") }
