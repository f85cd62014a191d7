package conference

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"trucot/internal/engine/document"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Options are what the room needs of others.
type Options struct {
	Clock   func() time.Time // time.Now when nil
	Rules   func() (*Rules, error)
	People  *people.People
	Tasks   *task.Engine
	Figures *indicator.Engine
	Seal    func(ctx context.Context, person, text string) (string, error)
	Open    func(ctx context.Context, sealed string) (string, error)
	// Head is the official heading and signature of a paper of a unit, in its side's layout of a day.
	Head func(ctx context.Context, unit string, side people.Side, on calendar.Date) (*document.Document, error)
	// Symbol is what stands in the numbers of a side's papers, such as SKHCN.
	Symbol func(side people.Side) string
	// Issue enters a notice of conclusions in the register of directives and gives its id there.
	Issue func(context.Context, Issue) (directive string, err error)
	// Parts are what other rooms have for the pack of a conference: frozen reports, award lists.
	Parts func(context.Context, *Conference) ([]Part, error)
	// Newsroom takes the draft of the news; nil where there is none.
	Newsroom Newsroom
	// Units are those whose figures a side's conference shows.
	Units func(side people.Side, on calendar.Date) []string
}

// Room is the conferences of one agency.
type Room struct {
	l     *ledger.Ledger
	db    *store.DB
	who   *people.People
	opts  Options
	words *lang.Catalog // for papers, always Vietnamese
	keys  keys
}

// New opens the room. The ledger must run Fold. The rules are read when they are first asked for.
func New(ctx context.Context, l *ledger.Ledger, db *store.DB, o Options) (*Room, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	o.Rules = sync.OnceValues(o.Rules)
	r := &Room{l: l, db: db, who: o.People, opts: o, words: lang.NewCatalog(Texts())}
	return r, r.migrate(ctx)
}

// Today is the room's day.
func (r *Room) Today() calendar.Date { return calendar.OfTime(r.opts.Clock()) }

// clock is the room's time of day.
func (r *Room) clock() string { return r.opts.Clock().In(calendar.Zone).Format("15:04") }

// Rules are the occasions with their programmes and figures.
func (r *Room) Rules() (*Rules, error) { return r.opts.Rules() }

// text is a word of a paper, always Vietnamese.
func (r *Room) text(key string, args ...any) string { return r.words.T(lang.VI, key, args...) }

func (r *Room) unitName(ctx context.Context, unit string) string {
	return r.who.UnitName(ctx, unit, lang.VI)
}

// tidy is a typed line without stray blanks.
func tidy(s string) string { return strings.Join(strings.Fields(lang.NFC(s)), " ") }

// The most letters that a line and a text may have; what is longer is cut, since a form already says how long.
const (
	maxLine = 300
	maxText = 4000
)

func short(s string) string { return cut(tidy(s), maxLine) }

func long(s string) string { return cut(strings.TrimSpace(lang.NFC(s)), maxText) }

func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}

// Head is what a conference is called and when and where it is.
type Head struct {
	Name, Occasion, Unit, Start, Place, Period string
	Day                                        calendar.Date
}

// check reads a head into a conference. Errors: conference.no_name, conference.no_day, conference.bad_time,
// conference.no_place, conference.unknown_occasion, calendar.bad_period.
func (r *Room) check(c *Conference, h Head) error {
	rules, err := r.Rules()
	if err != nil {
		return err
	}
	c.Name, c.Occasion, c.Place, c.Day, c.Period = short(h.Name), h.Occasion, short(h.Place), h.Day, strings.TrimSpace(h.Period)
	switch {
	case c.Name == "":
		return fault.New(fault.Invalid, "conference.no_name")
	case c.Day == calendar.NoDate:
		return fault.New(fault.Invalid, "conference.no_day")
	case c.Place == "":
		return fault.New(fault.Invalid, "conference.no_place")
	case rules.Occasion(c.Occasion) == nil:
		return fault.New(fault.Invalid, "conference.unknown_occasion", "occasion", c.Occasion)
	}
	if c.Start, err = readClock(h.Start); err != nil {
		return err
	}
	if c.Period != "" {
		_, err = calendar.ParsePeriod(c.Period)
	}
	return err
}

// Prepare opens a conference with the usual programme of its occasion. Errors: those of a head, people.unknown_unit.
func (r *Room) Prepare(ctx context.Context, actor string, h Head) (*Conference, error) {
	c := &Conference{Unit: h.Unit, Status: Preparing}
	if err := r.check(c, h); err != nil {
		return nil, err
	}
	u, err := r.who.Unit(ctx, h.Unit, r.Today())
	if err != nil {
		return nil, err
	}
	c.Side = u.Side
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	c.Programme = rules.Occasion(c.Occasion).items()
	c.Pack = []string{partProgramme, partGuests, partConclusions}
	for try := 1; ; try++ {
		year, _, _ := c.Day.YMD()
		if c.ID, err = r.nextID(ctx, year); err != nil {
			return nil, err
		}
		_, err = r.l.Append(ctx, ledger.Command{Stream: streamPrefix + c.ID, Actor: actor, Unit: c.Unit,
			Events: []ledger.NewEvent{{Kind: kindPrefix + "prepared", On: r.Today(), Data: fact{ID: c.ID, Conference: c, Dims: c.dims()}}}})
		if !fault.Is(err, "ledger.version_conflict") || try == tries {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return r.Get(ctx, c.ID)
}

// Edit puts the head right. The unit stays; later sessions move with the first. Errors: conference.not_now,
// conference.session_overlap, those of a head.
func (r *Room) Edit(ctx context.Context, actor, id string, h Head) error {
	return r.set(ctx, actor, id, editing, "edited", func(c *Conference) error {
		before := *c
		if err := r.check(c, h); err != nil {
			return err
		}
		c.moveSessions(int(c.Day - before.Day))
		if err := c.checkSessions(); err != nil {
			return err
		}
		if c.Name == before.Name && c.Occasion == before.Occasion && c.Place == before.Place && c.Day == before.Day && c.Period == before.Period && c.Start == before.Start {
			return errNothing
		}
		return nil
	})
}

// Move takes a conference to its next status. Errors: conference.unknown_step, conference.not_now, conference.need_note,
// conference.not_ready with what is missing, conference.not_today, conference.no_conclusions, conference.not_issued.
func (r *Room) Move(ctx context.Context, actor, id string, v Verb, note string) error {
	note = long(note)
	return r.change(ctx, actor, id, "", func(c *Conference, ch *change) error {
		s, err := c.step(v)
		if err != nil {
			return err
		}
		if s.Note && note == "" {
			return fault.New(fault.Invalid, "conference.need_note")
		}
		if err := r.ready(ctx, c, v); err != nil {
			return err
		}
		c.Status = s.To
		switch v {
		case Begin:
			c.Begun, c.Item = r.clock(), 1
		case Close:
			c.Ended = r.clock()
		}
		ch.kind, ch.Conference, ch.fact.Note = string(v), c, note
		return nil
	})
}

// ready refuses a step that something is missing for.
func (r *Room) ready(ctx context.Context, c *Conference, v Verb) error {
	switch v {
	case Invite:
		guests, err := r.Guests(ctx, c.ID)
		if err != nil {
			return err
		}
		chaired := slices.ContainsFunc(guests, func(g *Guest) bool { return g.Role == Chair })
		if len(c.Programme) == 0 || !chaired || len(guests) < 2 {
			return fault.New(fault.Conflict, "conference.not_ready")
		}
	case Begin:
		if r.Today() != c.Day {
			return fault.New(fault.Conflict, "conference.not_today", "day", c.Day)
		}
	case Publish:
		if len(c.Conclusions) == 0 {
			return fault.New(fault.Conflict, "conference.no_conclusions")
		}
		if c.Notice == nil {
			return fault.New(fault.Conflict, "conference.not_issued")
		}
	}
	return nil
}

// PeriodOf is the period that a conference reviews: the given one, else the year of its day.
func (c *Conference) PeriodOf() (calendar.Period, error) {
	year, _, _ := c.Day.YMD()
	return calendar.ParsePeriod(cmp.Or(c.Period, itoa(year)))
}
