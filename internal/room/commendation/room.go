package commendation

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"trucot/internal/engine/council"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/pace"
	"trucot/internal/kernel/store"
)

// State is the side of the tree whose commendation follows the law; the Party's own rules stand beside it.
const State = "state"

// Councils are what the room asks of package council.
type Councils interface {
	Form(ctx context.Context, n council.Founding) (*council.Council, error)
	Get(ctx context.Context, id string) (*council.Council, error)
}

// Options of a Room; package app hands in what other parts know.
type Options struct {
	Clock    func() time.Time // time.Now when nil
	Rules    func() (*Rules, error)
	Calendar *calendar.Calendar
	Councils Councils
	// Roster lists who and which units may be commended on a side, as of a day.
	Roster func(ctx context.Context, side string, on calendar.Date) ([]Subject, error)
	// Work is what the tasks of a year say, by person.
	Work func(ctx context.Context, year int) (map[string]Work, error)
	// Early lists the tasks that a subject did before they were due in a year; nil where no tasks are known.
	Early func(ctx context.Context, s Subject, year int) ([]Achievement, error)
	// Recognised tells whether a dossier became a recognised "initiative" or an accepted "mission".
	Recognised func(ctx context.Context, code, kind string) (bool, error)
	// Label names a subject to the council without a person's name, which has no place in the ledger.
	Label func(ctx context.Context, n *Nomination) string
	// Host is the unit that holds the council and issues the decisions.
	Host func(ctx context.Context) (string, error)
	// Seal, Open and Erase keep what the public says in the vault, each under a key of its own.
	Seal  func(ctx context.Context, key, plain string) (string, error)
	Open  func(ctx context.Context, sealed string) (string, error)
	Erase func(ctx context.Context, key string) error
}

// Room is the commendation of one agency.
type Room struct {
	l    *ledger.Ledger
	db   *store.DB
	opts Options

	limits pace.Limiter // of what the public sends
}

// New opens the room. The ledger must run Fold. The rules are read when they are first asked for.
func New(l *ledger.Ledger, db *store.DB, o Options) *Room {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	o.Rules = sync.OnceValues(o.Rules)
	return &Room{l: l, db: db, opts: o}
}

// Today is the room's day.
func (r *Room) Today() calendar.Date { return calendar.OfTime(r.opts.Clock()) }

// Host is the unit that holds the council and issues the decisions.
func (r *Room) Host(ctx context.Context) (string, error) { return r.opts.Host(ctx) }

// BaseSalary is the base salary of a day, đồng a month. Errors: those of Load, commendation.no_salary.
func (r *Room) BaseSalary(on calendar.Date) (int64, error) {
	rules, err := r.opts.Rules()
	if err != nil {
		return 0, err
	}
	s, err := rules.Salary(on)
	if err != nil {
		return 0, err
	}
	return s.Amount, nil
}

// Law is the law by which a year is judged: the one in force at its end, or today while it runs. Errors: those of Load,
// commendation.no_law.
func (r *Room) Law(side string, year int) (*Law, error) {
	all, err := r.opts.Rules()
	if err != nil {
		return nil, err
	}
	return all.At(side, min(calendar.Of(year, 12, 31), max(r.Today(), calendar.Of(year, 1, 1))))
}

// years bounds what may be asked for or recorded.
const firstYear = 1990

func (r *Room) checkYear(year int) error {
	if last := r.Today().Time().Year() + 1; year < firstYear || year > last {
		return fault.New(fault.Invalid, "commendation.bad_year", "year", strconv.Itoa(year), "first", strconv.Itoa(firstYear), "last", strconv.Itoa(last))
	}
	return nil
}

// Simulate works out from the ledger who would qualify if the council met today. Errors: commendation.bad_year, those of Law.
func (r *Room) Simulate(ctx context.Context, side string, year int) (*Result, error) {
	if err := r.checkYear(year); err != nil {
		return nil, err
	}
	law, err := r.Law(side, year)
	if err != nil {
		return nil, err
	}
	var f Facts
	day := min(r.Today(), calendar.Of(year, 12, 31))
	if f.Subjects, err = r.opts.Roster(ctx, side, day); err != nil {
		return nil, err
	}
	if f.Work, err = r.opts.Work(ctx, year); err != nil {
		return nil, err
	}
	records, err := store.All(ctx, r.db, scanRecord, allSubjects)
	if err != nil {
		return nil, err
	}
	f.Records = make(map[string]*Record, len(records))
	for _, one := range records {
		f.Records[one.Subject] = one
	}
	return Simulate(law, year, r.Today(), f), nil
}

// Subject is one of the roster of a side. Error: fault.NotFound "commendation.unknown_subject".
func (r *Room) Subject(ctx context.Context, side, id string) (Subject, error) {
	all, err := r.opts.Roster(ctx, side, r.Today())
	for _, s := range all {
		if s.ID == id {
			return s, nil
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "commendation.unknown_subject", "id", id)
	}
	return Subject{}, err
}

// record appends one fact about a subject.
func (r *Room) record(ctx context.Context, actor string, s Subject, day calendar.Date, kind string, f subjectFact) error {
	f.Subject, f.Dims = s.ID, map[string]string{"unit": s.Unit}
	_, err := r.l.Append(ctx, ledger.Command{Stream: subjectPrefix + s.ID, Expect: ledger.AnyVersion, Actor: actor, Unit: s.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: on(day, r.Today()), Data: f}}})
	return err
}

// Assess records the class of a year, in place of an earlier one. Errors: commendation.bad_year, commendation.bad_class.
func (r *Room) Assess(ctx context.Context, actor string, s Subject, year int, class Class) error {
	if err := r.checkYear(year); err != nil {
		return err
	}
	if !slices.Contains(Classes(), class) {
		return fault.New(fault.Invalid, "commendation.bad_class", "class", string(class))
	}
	return r.record(ctx, actor, s, 0, kindAssessed, subjectFact{Year: year, Class: class})
}

// Enter records an award of before the system or by another body. Errors: commendation.bad_year, commendation.no_award, commendation.held_already.
func (r *Room) Enter(ctx context.Context, actor string, s Subject, side string, h Held) error {
	if err := r.checkYear(h.Year); err != nil {
		return err
	}
	law, err := r.Law(side, h.Year)
	if err != nil {
		return err
	}
	if law.Award(h.Award) == nil {
		return fault.New(fault.Invalid, "commendation.no_award", "award", h.Award)
	}
	rec, err := r.Record(ctx, s.ID)
	if err != nil {
		return err
	}
	if h.Occasion == "" && rec.has(h.Award, h.Year) {
		return fault.New(fault.Conflict, "commendation.held_already", "award", law.Award(h.Award).Label.In("vi"), "year", strconv.Itoa(h.Year))
	}
	h.Decision = tidy(h.Decision)
	return r.record(ctx, actor, s, 0, kindHeld, subjectFact{Held: &h})
}

// AddMerit records a recognised initiative or an accepted mission. With the code of a dossier, the dossier must have
// become so. Errors: commendation.bad_year, commendation.bad_merit, commendation.not_recognised.
func (r *Room) AddMerit(ctx context.Context, actor string, s Subject, m Merit) error {
	if err := r.checkYear(m.Year); err != nil {
		return err
	}
	m.Title, m.Source, m.Code = tidy(m.Title), tidy(m.Source), tidy(m.Code)
	if m.Code != "" {
		ok, err := r.opts.Recognised(ctx, m.Code, m.Kind)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Invalid, "commendation.not_recognised", "code", m.Code)
		}
	}
	if !slices.Contains([]string{"initiative", "mission"}, m.Kind) || !slices.Contains([]string{"base", "wide"}, m.Scope) || m.Title == "" || m.Source == "" && m.Code == "" {
		return fault.New(fault.Invalid, "commendation.bad_merit")
	}
	return r.record(ctx, actor, s, 0, kindMerit, subjectFact{Merit: &m})
}

// CaseKinds lists what may stand in the way.
func CaseKinds() []string { return []string{"discipline", "inspection", "complaint"} }

// OpenCase records that something stands in the way from a day on. Error: commendation.bad_case.
func (r *Room) OpenCase(ctx context.Context, actor string, s Subject, k Case) error {
	k.From, k.Note, k.To = on(k.From, r.Today()), tidy(k.Note), 0
	if !slices.Contains(CaseKinds(), k.Kind) || k.From > r.Today() {
		return fault.New(fault.Invalid, "commendation.bad_case")
	}
	return r.record(ctx, actor, s, k.From, kindCaseOpened, subjectFact{Case: &k})
}

// CloseCase records that the case of a kind which began on a day has ended. Error: commendation.bad_case.
func (r *Room) CloseCase(ctx context.Context, actor string, s Subject, kind string, from, to calendar.Date) error {
	rec, err := r.Record(ctx, s.ID)
	if err != nil {
		return err
	}
	to = on(to, r.Today())
	open := slices.ContainsFunc(rec.Cases, func(k Case) bool { return k.Kind == kind && k.From == from && k.To == 0 })
	if !open || to < from || to > r.Today() {
		return fault.New(fault.Invalid, "commendation.bad_case")
	}
	return r.record(ctx, actor, s, to, kindCaseClosed, subjectFact{Case: &Case{Kind: kind, From: from, To: to}})
}

// OpenMovement records a movement that units and people may register for. Errors: commendation.bad_year, commendation.bad_movement.
func (r *Room) OpenMovement(ctx context.Context, actor string, m Movement) (*Movement, error) {
	if err := r.checkYear(m.Year); err != nil {
		return nil, err
	}
	if m.Title, m.Basis = tidy(m.Title), tidy(m.Basis); m.Title == "" || m.To < m.From {
		return nil, fault.New(fault.Invalid, "commendation.bad_movement")
	}
	earlier, err := r.Movements(ctx, m.Side, m.Year)
	if err != nil {
		return nil, err
	}
	m.ID = "PT-" + strconv.Itoa(m.Year) + "-" + strings.ToUpper(m.Side[:1]) + strconv.Itoa(len(earlier)+1)
	_, err = r.l.Append(ctx, ledger.Command{Stream: movementPrefix + m.ID, Actor: actor, Unit: m.Unit,
		Events: []ledger.NewEvent{{Kind: kindMovement, On: r.Today(), Data: m}}})
	return &m, err
}

// Register records what a subject sets out to reach. Errors: commendation.no_movement, commendation.no_award, commendation.registered.
func (r *Room) Register(ctx context.Context, actor string, s Subject, side string, g Registration) error {
	movements, err := r.Movements(ctx, side, g.Year)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(movements, func(m *Movement) bool { return m.ID == g.Movement }) {
		return fault.New(fault.NotFound, "commendation.no_movement", "id", g.Movement)
	}
	law, err := r.Law(side, g.Year)
	if err != nil {
		return err
	}
	if a := law.Award(g.Award); a == nil || s.Group != (a.Subject == "unit") {
		return fault.New(fault.Invalid, "commendation.no_award", "award", g.Award)
	}
	rec, err := r.Record(ctx, s.ID)
	if err != nil {
		return err
	}
	if slices.Contains(rec.Registered, g) {
		return fault.New(fault.Conflict, "commendation.registered")
	}
	return r.record(ctx, actor, s, 0, kindRegistered, subjectFact{Register: &g})
}
