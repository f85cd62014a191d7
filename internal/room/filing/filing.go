// Package filing (nộp hồ sơ) is how a citizen or a firm files a dossier without an account and follows it: the draft
// that can be left and taken up again, its questions one by one, the sending, the public tracking.
//
// It owns drafts and what who files says of themself (contact, identity number, papers they will bring). It does not
// own the dossier that a sent draft becomes (package dossier) nor what is asked (package procedure); the pages are in
// package app.
package filing

import (
	"context"
	"embed"
	"io/fs"
	"slices"
	"sync"
	"time"

	"trucot/internal/engine/attachment"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/pace"
	"trucot/internal/kernel/store"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Options of a Room.
type Options struct {
	Clock func() time.Time                 // time.Now when nil
	Rules func() (*Rules, error)           // read when first asked
	Unit  func(ctx context.Context) string // the unit that stands for the agency as a whole
	// Standing is the unit that stands today for one that may have been merged, "" where none does; nil = every unit stands.
	Standing func(ctx context.Context, unit string) string
	Seal     func(ctx context.Context, person, plain string) (string, error)
	Open     func(ctx context.Context, sealed string) (string, error)
	Erase    func(ctx context.Context, person string) error // a draft's key
	Files    *attachment.Engine
	// Mail sends to an address how a draft is taken up again; address and secret are sealed under the draft's key. nil = no mail.
	Mail func(ctx context.Context, draft, address, secret string) error
	// Asked are the questions of the councils on a dossier; Answer records who filed it answering one. nil = no councils.
	Asked  func(ctx context.Context, code string) ([]Asked, error)
	Answer func(ctx context.Context, a CouncilAnswer) error
}

// Room files from outside the agency.
type Room struct {
	db       *store.DB
	ledger   *ledger.Ledger
	dossiers *dossier.Engine
	procs    *procedure.Set
	cal      *calendar.Calendar
	opts     Options
	limits   pace.Limiter
}

// New prepares the table of drafts beside the ledger, which must have been opened with Fold among its folds. Call it
// before the ledger's first Append.
func New(ctx context.Context, db *store.DB, l *ledger.Ledger, e *dossier.Engine, procs *procedure.Set, cal *calendar.Calendar, o Options) (*Room, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	o.Rules = sync.OnceValues(o.Rules)
	files, err := fs.Sub(migrationFiles, "migrations")
	if err == nil {
		err = db.Migrate(ctx, "filing", files)
	}
	return &Room{db: db, ledger: l, dossiers: e, procs: procs, cal: cal, opts: o}, err
}

// Rules are the figures of the public pages.
func (r *Room) Rules() (*Rules, error) { return r.opts.Rules() }

func (r *Room) today() calendar.Date { return calendar.OfTime(r.opts.Clock()) }

// Rules are the figures of the public pages; they are data.
type Rules struct {
	DraftDays   int        `def:"draft_days,required"`
	Drafts      int        `def:"drafts,required"`
	PassMinutes int        `def:"pass_minutes,required"`
	Identities  []Identity `def:"identities,required"`
	Units       []Receiver `def:"units"`
}

// Identity is a kind of identity number, known by how many digits it has.
type Identity struct {
	ID       string         `def:"id,required"`
	Digits   []int          `def:"digits,required"`
	Personal bool           `def:"personal"`
	Label    procedure.Text `def:"label,required"`
	Source   string         `def:"source,required"`
	Mark     string         `def:"mark,required"`
}

// Receiver says which unit takes what is filed online under a procedure.
type Receiver struct {
	Procedure string `def:"procedure,required"`
	Unit      string `def:"unit,required"`
}

// rulesFile is where the rules stand among the definitions.
const rulesFile = "filing/rules.yaml"

// LoadRules reads the rules.
func LoadRules(fsys fs.FS) (*Rules, error) {
	raw, err := fs.ReadFile(fsys, rulesFile)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "filing.no_rules", "file", rulesFile).Because(err)
	}
	tree, err := defs.Parse(rulesFile, raw)
	if err != nil {
		return nil, err
	}
	var out Rules
	if err := defs.Decode(tree, &out).OrNil(); err != nil {
		return nil, err
	}
	if out.DraftDays < 1 || out.Drafts < 1 || out.PassMinutes < 1 {
		return nil, fault.New(fault.Invalid, "filing.bad_rules").At(fault.Place{File: rulesFile, Line: 1})
	}
	return &out, nil
}

// identity is the kind of an identity number, nil when none has so many digits.
func (r *Rules) identity(number string) *Identity {
	for i := range r.Identities {
		if slices.Contains(r.Identities[i].Digits, len(number)) {
			return &r.Identities[i]
		}
	}
	return nil
}

// Services are the procedures that may be filed from outside on a day, by sector and title. Drafts and toys are left
// out.
func (r *Room) Services() []*procedure.Procedure {
	var out []*procedure.Procedure
	for _, p := range r.procs.All() {
		if p.Effective.Covers(r.today()) && p.Status != procedure.Draft && !p.Toy && p.Filing() != nil {
			out = append(out, p)
		}
	}
	return out
}

// Service is one of Services. Error: fault.NotFound.
func (r *Room) Service(id string) (*procedure.Procedure, error) {
	p, err := r.procs.At(id, r.today())
	if err != nil || p.Toy || p.Filing() == nil {
		return nil, fault.New(fault.NotFound, "filing.no_service", "id", id)
	}
	return p, nil
}

// receiver is the unit that takes what is filed online: the one chosen for the procedure or the last that took such a
// dossier, as it stands today, else the agency.
func (r *Room) receiver(ctx context.Context, procedureID string) (string, error) {
	unit, err := r.chosen(ctx, procedureID)
	if unit != "" && r.opts.Standing != nil {
		unit = r.opts.Standing(ctx, unit)
	}
	if unit == "" && err == nil {
		unit = r.opts.Unit(ctx)
	}
	return unit, err
}

func (r *Room) chosen(ctx context.Context, procedureID string) (string, error) {
	rules, err := r.opts.Rules()
	if err != nil {
		return "", err
	}
	for _, u := range rules.Units {
		if u.Procedure == procedureID {
			return u.Unit, nil
		}
	}
	last, _, err := r.dossiers.List(ctx, dossier.Filter{Procedure: procedureID, Order: dossier.ByFiling, Overdue: calendar.NoDate, Limit: 1})
	if err != nil || len(last) == 0 {
		return "", err
	}
	return last[0].Unit, nil
}
