// Package party (công tác đảng) is the work of the Party organisation inside the agency: its members from admission
// to leaving, and the register of what cells and committees do – meetings, resolutions, study, assessment,
// inspection, discipline, congresses, cadre planning, rotation of posts.
//
// It owns the life of a member, the committees of each organisation by terms, the files of who applies, the rules of each kind of entry, the caps and lists that follow from dated rules,
// and the tables behind them. It does not own the organisations (units of the Party side in package people, changed through here), congresses and planning
// under way (package cadre), the
// names of members (there too, beside the ledger, so that they can be erased), assigned work (package task: what a
// meeting resolves becomes a task through Options.Assign) nor the figures: each fact is written so that indicators
// count it.
package party

import (
	"context"
	"io/fs"
	"strings"
	"sync"
	"time"

	"trucot/internal/engine/document"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// State is where a member stands.
type State string

// The states.
const (
	Probation State = "probation" // dự bị
	Official  State = "official"  // chính thức
	MovedOut  State = "moved_out" // chuyển sinh hoạt đảng đi nơi khác
	Left      State = "left"      // ra khỏi Đảng, từ trần
)

// Member is a Party member as they stand after their last event. Personal data is sealed; the name is not here.
type Member struct {
	ID       string            `json:"id"`
	Person   string            `json:"person"` // in package people, where the name stands
	Unit     string            `json:"unit"`   // cell
	State    State             `json:"state"`
	Decided  calendar.Date     `json:"decided"`  // decision on admission: Party age counts from here
	Admitted calendar.Date     `json:"admitted"` // ceremony: probation counts from here
	Official calendar.Date     `json:"official"` // NoDate on probation
	Sex      string            `json:"sex,omitempty"`
	Youth    bool              `json:"youth,omitempty"`   // in the Youth Union when admitted
	Badge    int               `json:"badge,omitempty"`   // years of the last badge
	BadgeOn  calendar.Date     `json:"badge_on,omitzero"` // conferred here; 0 = not here
	Badges   []BadgeGiven      `json:"badges,omitempty"`  // conferred here, in order
	Personal map[string]string `json:"personal,omitempty"`
	LastOn   calendar.Date     `json:"last"` // no later fact may be dated before

	Failed   []FailedVote `json:"failed,omitempty"`   // votes on recognition that fell short, in order
	Referred *Referral    `json:"referred,omitempty"` // the committee above is to decide on recognition

	Version int64 `json:"-"`
}

// Active reports whether the member belongs to a cell here.
func (m *Member) Active() bool { return m.State == Probation || m.State == Official }

// Age is the member's Party age on a day in whole months.
func (m *Member) Age(on calendar.Date) int { return Months(m.Decided, on) }

// Months is the number of whole months from one day to another, 0 before the first is over.
func Months(from, to calendar.Date) int {
	if to < from {
		return 0
	}
	y1, m1, _ := from.YMD()
	y2, m2, _ := to.YMD()
	n := (y2-y1)*12 + int(m2-m1)
	if from.AddMonths(n) > to {
		n--
	}
	return n
}

// Assignment is a resolution about to become a task.
type Assignment struct{ Title, Unit, Owner, Due, Actor, Key string }

// Head is what stands above and below a document of the Party.
type Head struct{ Parent, Name, Symbol, Place, Authority, Post, Signer, Label string }

// Options are what the room needs of others.
type Options struct {
	Clock   func() time.Time                                                   // time.Now when nil
	Files   fs.FS                                                              // definitions, read when first asked for
	Seal    func(ctx context.Context, person, text string) (string, error)     // nil leaves personal data out
	Open    func(ctx context.Context, sealed string) (string, error)           // the other way
	Assign  func(context.Context, Assignment) (task string, err error)         // gives out a task; nil = not here
	Head    func(unit string, on calendar.Date) Head                           // of documents; nil = blanks
	Salary  func(on calendar.Date) (int64, error)                              // base salary of a day, đồng a month; nil = unknown
	Layouts func() (*document.Layouts, error)                                  // of documents
	Append  func(context.Context, ...ledger.Command) ([]ledger.Receipt, error) // the ledger's own when nil
}

// Room is the Party's work of one agency.
type Room struct {
	l     *ledger.Ledger
	db    *store.DB
	cal   *calendar.Calendar
	who   *people.People
	opts  Options
	rules func() (*Rules, error)
	words *lang.Catalog // for documents, always Vietnamese
}

// New makes the room. The ledger must run Fold.
func New(l *ledger.Ledger, db *store.DB, cal *calendar.Calendar, who *people.People, o Options) *Room {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Append == nil {
		o.Append = l.Append
	}
	return &Room{l: l, db: db, cal: cal, who: who, opts: o, words: lang.NewCatalog(Texts()),
		rules: sync.OnceValues(func() (*Rules, error) { return LoadRules(o.Files) })}
}

// Rules are the dated rules, read when first asked for.
func (r *Room) Rules() (*Rules, error) { return r.rules() }

// Today is the room's day.
func (r *Room) Today() calendar.Date { return calendar.OfTime(r.opts.Clock()) }

// day is the day of a fact: today when none is given, never later.
func (r *Room) day(on calendar.Date) (calendar.Date, error) {
	today := r.Today()
	if on == calendar.NoDate {
		return today, nil
	}
	if on > today {
		return on, fault.New(fault.Invalid, "party.in_future", "on", on)
	}
	return on, nil
}

// cell checks that a unit stands on the Party side: nothing of the Party may hang on a state unit, where readers
// without its permission would see it.
func (r *Room) cell(ctx context.Context, unit string, on calendar.Date) error {
	if unit == "" {
		return fault.New(fault.Invalid, "party.no_unit")
	}
	u, err := r.who.Unit(ctx, unit, on)
	if err != nil {
		return err
	}
	if u.Side != people.Party {
		return fault.New(fault.Invalid, "party.state_unit", "unit", u.NameVI)
	}
	return nil
}

func trimmed(s string) string { return strings.TrimSpace(s) }

// Day is the day of a fact: today when none is given. Error: party.in_future.
func (r *Room) Day(on calendar.Date) (calendar.Date, error) { return r.day(on) }

// Body checks that a unit is an organisation of the Party. Errors: party.no_unit, party.state_unit, people.unknown_unit.
func (r *Room) Body(ctx context.Context, unit string, on calendar.Date) error {
	return r.cell(ctx, unit, on)
}
