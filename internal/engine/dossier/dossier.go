// Package dossier (hồ sơ) owns what happens to a dossier: it is filed, received, worked on, signed and
// returned under the definition in force on its day, each step a dated event whose data says all that lists
// and figures need.
//
// It does not own the definitions (package procedure), the counting of days (package calendar) or who the
// actors are (package people): it is told under which role somebody acts and checks it against the definition.
package dossier

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"trucot/internal/engine/label"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The national statuses (trạng thái đồng bộ quốc gia) of a dossier.
const (
	Filed           = 1
	Received        = 2
	Refused         = 3
	InProcessing    = 4
	AwaitSupplement = 5
	AwaitFee        = 6
	Withdrawn       = 7
	Stopped         = 8
	Finished        = 9
	Returned        = 10
)

// Dossier is one dossier as it stands after its last event.
type Dossier struct {
	Code      string
	Procedure string
	Version   string // of the definition it is pinned to
	Digest    string // of that definition's text
	State     string
	Status    int
	Unit      string // that handles it
	Assignee  string // account or post; never a personal name
	Channel   string // direct, online, post
	Title     string
	Applicant string
	Priority  label.Priority
	Labels    []string // as label.Clean gives them; not to be changed

	SubmittedOn calendar.Date
	ReceivedOn  calendar.Date
	DueOn       calendar.Date // NoDate while no main deadline runs or the clock is stopped
	FinishedOn  calendar.Date
	ReturnedOn  calendar.Date
	LastOn      calendar.Date // day of the last event

	Late        bool // ended after its due date, or asked for more supplements than the law counts as one
	Supplements int
	Reappointed bool
	WorkingDays int // net of pauses, once finished

	Fields map[string]json.RawMessage // values as recorded; personal ones sealed
	Track  Track

	Position int64 // of the last event
	Stream   int64 // version of the stream

	num int64 // of the row; 0 until it was read

	// The values of Fields as the conditions of one definition use them, where the step before has left them here; nobody changes
	// them, and no copy takes them along.
	known   map[string]any
	knownBy *procedure.Procedure
}

// Track is what the engine must remember of the steps so far.
type Track struct {
	Once      []string          `json:"once,omitempty"`      // words of `once` that are used up
	Pauses    []calendar.Pause  `json:"pauses,omitempty"`    // stops of the clock
	Anchors   map[string]Anchor `json:"anchors,omitempty"`   // transition → when it was last done
	Deadlines []Running         `json:"deadlines,omitempty"` // in the order they began
	Documents []string          `json:"documents,omitempty"` // papers handed in
	Fees      []FeePaid         `json:"fees,omitempty"`
	Issued    []Issued          `json:"issued,omitempty"` // credentials
	Outputs   []string          `json:"outputs,omitempty"`
}

// Anchor is when a transition was done.
type Anchor struct {
	On    calendar.Date `json:"on"`
	After bool          `json:"after,omitempty"` // after the cut-off hour
}

// Running is one deadline of the dossier.
type Running struct {
	ID       string            `json:"id"`
	From     calendar.Date     `json:"from"`
	After    bool              `json:"after,omitempty"`
	Duration calendar.Duration `json:"duration"`
	Due      calendar.Date     `json:"due"` // empty while the clock is stopped
	Met      calendar.Date     `json:"met"` // empty while it runs
	Main     bool              `json:"main,omitempty"`
	Extended int               `json:"extended,omitempty"`
}

// FeePaid is a fee as it was computed when paid or asked for, in đồng.
type FeePaid struct {
	ID     string        `json:"id"`
	Amount int64         `json:"amount"`
	On     calendar.Date `json:"on"`

	Receipt string `json:"receipt,omitempty"` // number of the receipt (biên lai)
	Online  bool   `json:"online,omitempty"`  // paid through a payment service
}

// Issued is a credential that the dossier ended in.
type Issued struct {
	Number string        `json:"number"`
	From   calendar.Date `json:"from"`
	Until  calendar.Date `json:"until"` // empty = without end
}

// Options configure an Engine.
type Options struct {
	AgencyCode string           // first part of the dossier code, as 000.00.14.H62
	Clock      func() time.Time // time.Now when nil
	// Seal encrypts a personal value under the key of the dossier's person and returns the text to record.
	// Without it personal values are refused rather than recorded in the clear.
	Seal func(ctx context.Context, dossier, plaintext string) (string, error)
	// Open undoes Seal; an erased key gives an error, and the value then counts as erased.
	Open func(ctx context.Context, dossier, sealed string) (string, error)
	// Conclusion is what a council of the dossier found: nil where no council sat here, fault.Conflict while one still
	// sits. Without it the step that records a conclusion is filled by hand.
	Conclusion func(ctx context.Context, dossier, council string) (*Concluded, error)
	// Soon is how many working days ahead a due date is near, seen from a day; nil = none ever is.
	Soon func(today calendar.Date) int
	// Append records commands and says where they landed; the ledger's own Append when nil. A sole writer of
	// many dossiers, such as the sample agency, does not wait for each sync.
	Append func(ctx context.Context, cmds ...ledger.Command) ([]ledger.Receipt, error)
}

// Concluded is a council's conclusion.
type Concluded struct {
	Fields map[string]any // that its count fills in the step which records it
	Passed bool           // the count was in favour
}

// Engine files and moves dossiers.
type Engine struct {
	ledger *ledger.Ledger
	db     *store.DB
	procs  *procedure.Set
	cal    *calendar.Calendar
	opts   Options
	codes  codes
	issued numbers
	cache  *cache
	lists  lists
	views  savedViews
	past   pastVersions
}

// New makes an engine. The ledger must have been opened with Fold among its folds and not been appended to yet.
func New(l *ledger.Ledger, db *store.DB, procs *procedure.Set, cal *calendar.Calendar, opts Options) *Engine {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	if opts.Append == nil {
		opts.Append = l.Append
	}
	e := &Engine{ledger: l, db: db, procs: procs, cal: cal, opts: opts, cache: newCache(cacheSize)}
	l.Follow(e.cache.outdate)
	l.Follow(e.lists.outdate)
	l.Follow(e.views.outdate)
	return e
}

// today is the local date of the clock.
func (e *Engine) today() calendar.Date { return calendar.OfTime(e.opts.Clock()) }

// Open reports whether the dossier still waits for a result.
func (d *Dossier) Open() bool { return open(d.Status) }

func open(status int) bool {
	switch status {
	case Filed, Received, InProcessing, AwaitSupplement, AwaitFee:
		return true
	}
	return false
}

// Overdue reports whether the dossier is late as of a day: ended late, or open with its due date past.
func (d *Dossier) Overdue(today calendar.Date) bool {
	return d.Late || d.Open() && d.DueOn != calendar.NoDate && today > d.DueOn
}

// Nearest is the first day that a running deadline falls on, main or not: before receipt only that for checking the papers
// runs. NoDate for none.
func (d *Dossier) Nearest() calendar.Date {
	nearest := calendar.NoDate
	for i := range d.Track.Deadlines {
		r := &d.Track.Deadlines[i]
		if r.Met == calendar.NoDate && r.Due != calendar.NoDate && (nearest == calendar.NoDate || r.Due < nearest) {
			nearest = r.Due
		}
	}
	return nearest
}

// main is the main deadline that runs or was met last, nil when there is none.
func (d *Dossier) main() *Running {
	for i := len(d.Track.Deadlines) - 1; i >= 0; i-- {
		if d.Track.Deadlines[i].Main {
			return &d.Track.Deadlines[i]
		}
	}
	return nil
}

// stopped reports whether the clock stands still.
func (d *Dossier) stopped() bool {
	n := len(d.Track.Pauses)
	return n > 0 && d.Track.Pauses[n-1].To == calendar.NoDate
}

// clocked copies a dossier for working out its deadlines and pauses, and nothing else.
func (d *Dossier) clocked() *Dossier {
	c := *d
	c.Track.Pauses = slices.Clone(c.Track.Pauses)
	c.Track.Deadlines = slices.Clone(c.Track.Deadlines)
	return &c
}

// clone copies what an event may change, so that a failed append leaves the original alone.
func (d *Dossier) clone() *Dossier {
	c := *d
	c.known, c.knownBy = nil, nil
	c.Fields = make(map[string]json.RawMessage, len(d.Fields))
	for k, v := range d.Fields {
		c.Fields[k] = v
	}
	t := &c.Track
	t.Once = append([]string(nil), t.Once...)
	t.Pauses = append([]calendar.Pause(nil), t.Pauses...)
	t.Deadlines = append([]Running(nil), t.Deadlines...)
	t.Documents = append([]string(nil), t.Documents...)
	t.Fees = append([]FeePaid(nil), t.Fees...)
	t.Issued = append([]Issued(nil), t.Issued...)
	t.Outputs = append([]string(nil), t.Outputs...)
	t.Anchors = make(map[string]Anchor, len(d.Track.Anchors)+1)
	for k, v := range d.Track.Anchors {
		t.Anchors[k] = v
	}
	return &c
}
