package party

import (
	"slices"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
)

// studyRow is what was studied, in one session or several, and by whom of today's members it was and was not.
type studyRow struct {
	Title    string
	Sessions []*room.Record
	Done     []memberRow
	Missing  []memberRow
}

type studyPage struct {
	sheet
	Rows []studyRow
}

// study tells who has studied what.
func (s *pages) study(r *web.Request) error {
	p := studyPage{sheet: s.sheet(r, "/dang/hoc-tap", r.T("partypage.study_roll"), nil, nil)}
	var err error
	if p.Rows, err = s.lessons(r); err != nil {
		return err
	}
	return r.Render(p.Status, study(p))
}

// lessons tells who has studied what: sessions of one directive count together, each for the members below its organisation.
func (s *pages) lessons(r *web.Request) ([]studyRow, error) {
	list, _, err := s.room.Records(r.Context(), room.RecordFilter{Units: s.units(r), Kind: "study", Stage: room.Done, From: calendar.NoDate, To: calendar.NoDate, UntilBy: calendar.NoDate, Limit: 1 << 30})
	if err != nil {
		return nil, err
	}
	var out []studyRow
	rows := map[string]int{}
	for _, rec := range list {
		if len(rec.Present) == 0 { // without a roll it says nothing about anybody
			continue
		}
		key := rec.Directive
		if key == "" {
			key = rec.ID
		}
		i, ok := rows[key]
		if !ok {
			i = len(out)
			rows[key] = i
			out = append(out, studyRow{Title: strings.TrimSuffix(rec.Directive+" – "+rec.Title, " – ")})
			if rec.Directive == "" {
				out[i].Title = rec.Title
			}
		}
		out[i].Sessions = append(out[i].Sessions, rec)
	}
	for i := range out {
		if err := s.studied(r, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// studied sorts the members of today into those who were at one of the sessions and those who should have been.
func (s *pages) studied(r *web.Request, row *studyRow) error {
	var under, present []string
	var since calendar.Date
	for _, rec := range row.Sessions {
		units, err := s.who.Subtree(r.Context(), rec.Unit, r.Today())
		if err != nil {
			return err
		}
		under = append(under, units...)
		present = append(present, rec.Present...)
		since = max(since, rec.On)
	}
	slices.Sort(under)
	under = slices.DeleteFunc(slices.Compact(under), func(u string) bool { return !r.Can(people.ReadParty, u) })
	members, err := s.roll(r, under, room.Active)
	for _, m := range members {
		switch {
		case contains(present, m.Member.ID):
			row.Done = append(row.Done, m)
		case m.Decided <= since: // who came later is taught in another session
			row.Missing = append(row.Missing, m)
		}
	}
	return err
}
