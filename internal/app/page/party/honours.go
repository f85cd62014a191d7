package party

import (
	"net/url"
	"slices"
	"strconv"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
)

const honoursPath = "/dang/khen-thuong"

var honourTones = map[room.Standing]string{room.Commended: "grey", room.Qualified: "green", room.Near: "amber", room.Far: "grey"}

// honourRow is a line with names.
type honourRow struct {
	room.HonourLine
	Name, UnitName, Why string
}

// honourList is one form of commendation with everybody who has it, qualifies or just misses it.
type honourList struct {
	room.HonourResult
	Rows []honourRow // who has it or qualifies
	Near []honourRow // who just misses it
}

type honoursPage struct {
	sheet
	Year  int
	Law   *room.Honours
	Units []people.Unit // in whose name the reader may decide
	Lists []honourList
}

// honours shows who would be commended for a year by what the register says, before anybody decides.
func (s *pages) honours(r *web.Request) error { return s.showHonours(r, r.URL.Query(), nil) }

func (s *pages) showHonours(r *web.Request, in url.Values, trouble error) error {
	year, _, _ := r.Today().YMD()
	if n, err := strconv.Atoi(in.Get("nam")); err == nil && n > 1930 && n <= year {
		year = n
	}
	p := honoursPage{sheet: s.sheet(r, honoursPath, r.T("partypage.honours"), in, trouble), Year: year}
	p.Wide, p.Note = true, strconv.Itoa(year)
	var err error
	if p.Law, err = s.room.HonoursOf(year); err != nil {
		return err
	}
	if p.Units, err = s.committees(r); err != nil {
		return err
	}
	bodies, err := s.choice(r, people.ReadParty)
	if err != nil {
		return err
	}
	var units []string
	for _, u := range bodies {
		units = append(units, u.Code)
	}
	all, err := s.room.Honours(r.Context(), units, year)
	if err != nil {
		return err
	}
	for _, x := range all {
		list := honourList{HonourResult: x}
		for _, l := range x.Lines {
			if l.Standing == room.Far {
				break // the last of all, and too many to name
			}
			row := honourRow{l, s.name(r.Context(), l.Subject, r), s.who.UnitName(r.Context(), l.Unit, r.Lang), why(p.View, x.Honour, l)}
			if l.Standing == room.Near {
				list.Near = append(list.Near, row)
			} else {
				list.Rows = append(list.Rows, row)
			}
		}
		p.Lists = append(p.Lists, list)
	}
	return r.Render(p.Status, honours(p))
}

// committees are the organisations in whose name the reader may commend: a cell proposes alone.
func (s *pages) committees(r *web.Request) ([]people.Unit, error) {
	org, err := s.organisation(r.Today())
	if err != nil {
		return nil, err
	}
	units, err := s.choice(r, people.KeepParty)
	return slices.DeleteFunc(units, func(u people.Unit) bool { return org.Kind(u.Kind).Cell }), err
}

// why says in words what a line stands on, and what is missing.
func why(v *web.View, h room.Honour, l room.HonourLine) string {
	text := v.T("partypage.honour_unrated")
	if l.Class != "" {
		text = v.T("party.class_" + string(l.Class))
	}
	if h.Years > 1 && l.Streak > 0 {
		text = v.T("partypage.honour_streak", "n", l.Streak, "of", h.Years)
	}
	if l.Broken == 0 || h.Years == 1 && l.By == string(l.Class) {
		return text
	}
	by := v.T("partypage.honour_by_" + l.By)
	if class := room.Class(l.By); class == room.Good || class == room.Fair || class == room.Poor {
		by = v.T("party.class_" + l.By)
	}
	return v.T("partypage.honour_broken", "so_far", text, "year", strconv.Itoa(l.Broken), "by", by)
}

// addHonours enters a decision.
func (s *pages) addHonours(r *web.Request, in url.Values) (string, error) {
	d := dateReader{in: in}
	n := room.Honouring{Unit: in.Get("don-vi"), Award: in.Get("hinh-thuc"), On: d.day("ngay"), Number: in.Get("so"), Subjects: in["chon"]}
	if d.err != nil {
		return "", d.err
	}
	if err := keeps(r, n.Unit); err != nil {
		return "", err
	}
	var err error
	if n.Year, err = strconv.Atoi(in.Get("nam")); err != nil {
		return "", fault.New(fault.Invalid, "party.no_honour", "award", n.Award)
	}
	rules, err := s.room.HonoursOf(n.Year)
	if err != nil {
		return "", err
	}
	if h := rules.Award(n.Award); h != nil {
		n.Title = r.T("partypage.honour_title", "award", pick(r, h.Label), "year", strconv.Itoa(n.Year))
	}
	made, err := s.room.Honour(r.Context(), r.Actor(), n)
	if err != nil {
		return "", err
	}
	return saved(recordPath(made)), nil
}

// honourFile is the certificate of one whom an entry commends, by their place in it.
func (s *pages) honourFile(r *web.Request) error {
	rec, err := Record(r, s.room, r.PathValue("id"))
	if err != nil {
		return err
	}
	i, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || i < 1 || i > len(rec.Subjects) {
		return fault.New(fault.NotFound, "party.no_record", "id", rec.ID)
	}
	h, err := s.room.HonourOf(rec)
	if err != nil || h == nil || h.Level != "" || !rec.Stands(rec.Subjects[i-1]) { // a committee above writes its own
		return fault.New(fault.NotFound, "party.no_record", "id", rec.ID)
	}
	docx(r, "giay-khen-"+rec.ID+"-"+strconv.Itoa(i))
	return s.room.WriteCertificate(r.W, rec, rec.Subjects[i-1], s.called(r))
}

// certificates reports whether the certificates of an entry are the organisation's own to write.
func (s *pages) certificates(rec *room.Record) (bool, error) {
	h, err := s.room.HonourOf(rec)
	return err == nil && h != nil && h.Level == "", err
}

// wantsNumber reports whether the decision is of a committee above, which numbers it.
func (l honourList) wantsNumber() bool { return l.Level != "" }

// ready reports whether anybody qualifies who has not got it.
func (l honourList) ready() bool { return l.Count[room.Qualified] > 0 }

func (l honourList) fieldID(name string) string { return name + "-" + l.ID }

// decidedOn is the day that a form begins with.
func (p honoursPage) decidedOn() calendar.Date { return p.Today }
