// Package scope (phạm vi số liệu) reads from a page's address what its figures are asked for: the period,
// the day and ledger position they stand at, and the units that this reader may see. It owns no figures.
package scope

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// Scope is what the figures of a page are asked for.
type Scope struct {
	Period calendar.Period
	Unit   string        // "" = everything the reader may see
	AsOf   calendar.Date // NoDate = the period's end
	Known  int64         // 0 = everything recorded so far
	Units  []string      // the units behind Unit; nil = all
}

// nobody limits a query to no unit at all.
var nobody = []string{"\x00"}

// Read reads period, unit, asof and known from the query; without a period it is the reporting year of
// today. known lists the units that have figures, head is the ledger's last position. Errors: calendar.bad_period,
// scope.bad_number, scope.beyond_head, people.unknown_unit, web.forbidden.
func Read(r *web.Request, who *people.People, p web.Permission, known []string, head int64) (Scope, error) {
	s := Scope{AsOf: calendar.NoDate, Unit: r.Query("unit")}
	var err error
	if s.Period, err = period(r); err != nil {
		return s, err
	}
	if text := r.Query("asof"); text != "" {
		if s.AsOf, err = calendar.Parse(text); err != nil {
			return s, err
		}
	}
	if day := r.AsOf(); day != 0 && day < s.Period.To && (s.AsOf == calendar.NoDate || day < s.AsOf) {
		s.AsOf = day
	}
	if s.Known, err = Known(r, head); err != nil {
		return s, err
	}
	s.Units, err = units(r, who, p, s, known)
	return s, err
}

// Known reads the ledger position whose knowledge is asked for; 0 = now. What will be recorded after head is not known
// yet: the same question would be answered otherwise later. Errors: scope.bad_number, scope.beyond_head.
func Known(r *web.Request, head int64) (int64, error) {
	text := r.Query("known")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil || n < 0:
		return 0, fault.New(fault.Invalid, "scope.bad_number", "name", "known", "text", text)
	case n > head:
		return 0, fault.New(fault.Invalid, "scope.beyond_head", "position", n, "head", head)
	}
	return n, nil
}

func period(r *web.Request) (calendar.Period, error) {
	if code := r.Query("period"); code != "" {
		return calendar.ParsePeriod(code)
	}
	return Current(r.Today())
}

// Current is the reporting year that a day lies in: from 15 December the next one has begun.
func Current(day calendar.Date) (calendar.Period, error) {
	year, _, _ := day.YMD()
	p, err := calendar.ParsePeriod(strconv.Itoa(year))
	if err == nil && day > p.To {
		return calendar.ParsePeriod(strconv.Itoa(year + 1))
	}
	return p, err
}

// units expands the unit asked for and leaves out what the reader may not see.
func units(r *web.Request, who *people.People, p web.Permission, s Scope, known []string) ([]string, error) {
	asked := known
	if s.Unit != "" {
		if err := r.Require(p, s.Unit); err != nil {
			return nil, err
		}
		var err error
		asked, err = who.Subtree(r.Context(), s.Unit, min(s.Period.To, r.Today()))
		if fault.KindOf(err) == fault.NotFound && slices.Contains(known, s.Unit) {
			asked, err = []string{s.Unit}, nil // a unit outside our tree whose figures were imported
		}
		if err != nil {
			return nil, err
		}
	}
	var seen []string
	for _, u := range asked {
		if people.Holds(r.Reader, p, u) {
			seen = append(seen, u)
		}
	}
	switch {
	case s.Unit == "" && len(seen) == len(known):
		return nil, nil
	case len(seen) == 0:
		return nobody, nil
	}
	return seen, nil
}

// Query is the scope as a question to the figures.
func (s Scope) Query() indicator.Query {
	return indicator.Query{Period: s.Period, AsOf: s.AsOf, KnownAt: s.Known, Units: s.Units}
}

// Values are the scope as parameters of an address.
func (s Scope) Values() url.Values {
	v := url.Values{"period": {s.Period.Code}}
	if s.Unit != "" {
		v.Set("unit", s.Unit)
	}
	if s.AsOf != calendar.NoDate {
		v.Set("asof", s.AsOf.String())
	}
	if s.Known != 0 {
		v.Set("known", strconv.FormatInt(s.Known, 10))
	}
	return v
}

// FigurePath is the page of one figure of the scope; part chooses opening, arising or closing.
func (s Scope) FigurePath(id string, part indicator.Part) string {
	v := s.Values()
	if part != "" {
		v.Set("part", string(part))
	}
	return "/so-lieu/" + url.PathEscape(id) + "?" + v.Encode()
}

// Choices are the periods that a page offers: the year of today and its halves, the year before, and the
// statistics years.
func Choices(today calendar.Date) []string {
	year := today.Time().Year()
	if today > calendar.Of(year, time.December, 14) {
		year++
	}
	var out []string
	for y := year; y > year-3; y-- {
		s := strconv.Itoa(y)
		out = append(out, s, s+"-H1", s+"-H2", s+"-S")
	}
	return out
}
