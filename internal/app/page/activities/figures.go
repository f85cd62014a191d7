package activities

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/app/page/figures"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/activity"
)

// knownLine is an indicator with what was entered for it.
type knownLine struct {
	Def    indicator.Definition
	Manual bool
	Fig    indicator.Figure
}

type knownPage struct {
	*web.View
	Units        []people.Unit
	Unit, Period string
	Periods      []calendar.Period
	Lines        []knownLine
	In           url.Values
	Trouble      string
}

// roles are the columns in which values are typed.
var roles = []activity.Role{activity.Actual, activity.Estimate, activity.Target}

func (s *pages) known(r *web.Request) error {
	return s.knownForm(r, r.Query("don-vi"), r.Query("ky"), nil, nil)
}

func (s *pages) knownForm(r *web.Request, unit, period string, in url.Values, trouble error) error {
	p := knownPage{View: r.View(r.T("activities.figures"), web.Crumb{Title: r.T("activities.title"), Path: home}), In: in, Period: period}
	p.Wide = true
	var err error
	if p.Units, err = figures.Visible(r, s.who, people.RecordFigures); err != nil {
		return err
	}
	if len(p.Units) == 0 {
		return web.Forbidden()
	}
	p.Unit = cmp.Or(unit, p.Units[0].Code)
	if !people.Holds(r.Reader, people.RecordFigures, p.Unit) {
		return web.Forbidden()
	}
	year := r.Today().Time().Year()
	p.Period = cmp.Or(period, strconv.Itoa(year))
	at, err := calendar.ParsePeriod(p.Period)
	if err != nil {
		return err
	}
	for _, code := range []string{strconv.Itoa(year - 1), strconv.Itoa(year) + "-H1", strconv.Itoa(year), strconv.Itoa(year+1) + "-H1", strconv.Itoa(year + 1)} {
		if one, err := calendar.ParsePeriod(code); err == nil {
			p.Periods = append(p.Periods, one)
		}
	}
	if p.Lines, err = s.lines(at, p.Unit); err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, known(p))
}

// lines are the indicators that one may say something of; shares come from their parts.
func (s *pages) lines(at calendar.Period, unit string) ([]knownLine, error) {
	var ids []string
	var out []knownLine
	for _, d := range s.figures.Definitions().All() {
		if d.Type == indicator.Ratio || s.skip(d.ID) {
			continue
		}
		ids, out = append(ids, d.ID), append(out, knownLine{Def: d, Manual: d.Type == indicator.Manual})
	}
	list, err := s.figures.Figures(indicator.Query{Period: at, Units: []string{unit}, AsOf: calendar.NoDate}, ids, []string{unit})
	if err != nil {
		return nil, err
	}
	for i := range list {
		out[i].Fig = list[i]
	}
	return out, nil
}

// value is what a cell of the form holds.
func (l knownLine) value(role activity.Role) indicator.Value {
	switch role {
	case activity.Estimate:
		return l.Fig.Estimate
	case activity.Target:
		return l.Fig.Target
	}
	return l.Fig.Arising
}

// field is the name of a cell of the form.
func (l knownLine) field(role activity.Role) string { return string(role) + "." + l.Def.ID }

// setFigures records the cells that were changed; what is wrong is said of each, and the others are kept.
func (s *pages) setFigures(r *web.Request, in url.Values) (string, error) {
	unit, period := in.Get("don-vi"), in.Get("ky")
	if unit == "" || !people.Holds(r.Reader, people.RecordFigures, unit) {
		return "", web.Forbidden()
	}
	at, err := calendar.ParsePeriod(period)
	if err != nil {
		return "", err
	}
	lines, err := s.lines(at, unit)
	if err != nil {
		return "", err
	}
	if err := allThere(in, lines); err != nil {
		return "", err
	}
	var wrong fault.List
	for _, l := range lines {
		for _, role := range roles {
			name := l.field(role)
			if !in.Has(name) || in.Get(name) == shown(l.value(role)) {
				continue
			}
			err := s.book.SetFigure(r.Context(), r.Actor(), activity.Figure{Indicator: l.Def.ID, Unit: unit, Period: period, Role: role, Value: in.Get(name)})
			switch {
			case err == nil:
			case fault.KindOf(err) == fault.Invalid:
				wrong = append(wrong, fault.New(fault.Invalid, "activities.bad_figure", "label", l.Def.Title, "role", r.T("activities.role_"+string(role)), "text", in.Get(name)))
			default:
				return "", err
			}
		}
	}
	return home + "/so-lieu?" + url.Values{"don-vi": {unit}, "ky": {period}}.Encode() + "&da=luu", wrong.OrNil()
}

// allThere refuses cells of indicators of which nothing is entered here.
func allThere(in url.Values, lines []knownLine) error {
	for name := range in {
		role, id, _ := strings.Cut(name, ".")
		if slices.Contains(roles, activity.Role(role)) && !slices.ContainsFunc(lines, func(l knownLine) bool { return l.Def.ID == id }) {
			return fault.New(fault.NotFound, "indicator.unknown", "id", id)
		}
	}
	return nil
}

func (s *pages) figuresAgain(r *web.Request, in url.Values, trouble error) error {
	return s.knownForm(r, in.Get("don-vi"), in.Get("ky"), in, trouble)
}

// shown is a value as it stands in a cell.
func shown(v indicator.Value) string {
	if v == indicator.NoValue {
		return ""
	}
	return figures.Number(lang.VI, v)
}
