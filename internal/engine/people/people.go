// Package people (tổ chức – cán bộ – tài khoản) owns the agency's organisation tree on the state and the
// Party side, who holds which post, which account has which role in which part of the tree, and how a
// reader is recognised: passwords, one-time links, sessions and API tokens.
//
// Units, posts, accounts and roles are dated facts on the ledger. Names of persons and every secret stay
// in tables beside it: a name can be erased, and a hash of a secret does not belong to the record of the
// agency. It does not decide what a dossier's steps need: procedures name roles, this package says who
// has them.
package people

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Side tells the state organisation from the Party's.
type Side string

// The two sides of the tree.
const (
	State Side = "state"
	Party Side = "party"
)

// Unit is an organisational unit as it stands on a date.
type Unit struct {
	Code       string `json:"code"`
	NameVI     string `json:"name_vi"`
	NameEN     string `json:"name_en,omitempty"`
	Parent     string `json:"parent,omitempty"`
	Side       Side   `json:"side"`
	Kind       string `json:"kind,omitempty"` // "so", "phong", "chi_cuc", "trung_tam", "dang_bo", "chi_bo" …
	MergedInto string `json:"merged_into,omitempty"`
	Basis      string `json:"basis,omitempty"` // decision by which it became so, or by which it ended
	EndBasis   string `json:"-"`               // decision by which this shape ended for good

	From calendar.Date `json:"-"` // this shape of it holds from
	To   calendar.Date `json:"-"` // until the day before; NoDate = still
}

// Name is the unit's name in a language, Vietnamese when there is no other.
func (u Unit) Name(tag lang.Tag) string {
	if tag == lang.EN && u.NameEN != "" {
		return u.NameEN
	}
	return u.NameVI
}

// Person is somebody who holds posts or an account. The name is not on the ledger.
type Person struct{ ID, Name string }

// Post is a person's post in a unit between two dates.
type Post struct {
	Person  string        `json:"person"`
	Unit    string        `json:"unit"`
	TitleVI string        `json:"title_vi"`
	TitleEN string        `json:"title_en,omitempty"`
	From    calendar.Date `json:"-"`
	To      calendar.Date `json:"-"` // NoDate = still
}

// Account is a log-in name of a person.
type Account struct {
	ID, Person, Name string
	Closed           bool
	Grants           []Grant
}

// Grant is a role in a unit and everything below it; Unit Everywhere is the whole state side, also what
// belongs to no unit.
type Grant struct {
	Role Role   `json:"role"`
	Unit string `json:"unit"`
}

// Everywhere as a grant's unit is the whole agency on its state side.
const Everywhere = "*"

// By says who records a fact and from when it holds. Basis is the decision behind a change of a unit, where one is known.
type By struct {
	Actor string
	On    calendar.Date
	Basis string
}

// Options of People.
type Options struct {
	Clock       func() time.Time // time.Now when nil
	SessionLife time.Duration    // a log-in ends after; 12 hours when 0, one working day with its evening
	SessionIdle time.Duration    // or when unused for; 1 hour when 0 (NIST SP 800-63B-4 §2.2.3)
	LinkLife    time.Duration    // a one-time link ends after; 15 minutes when 0
	Vault       Sealer           // keeps the secrets of authenticators
	Journal     Journal          // hears of log-ins and of changed secrets; nil = nobody
}

// Sealer encrypts under the key of a person (package vault).
type Sealer interface {
	Seal(ctx context.Context, person, plaintext string) (token string, err error)
	Open(ctx context.Context, token string) (plaintext string, err error)
}

// Journal hears what happened at an account, for the access log. what is one of log_in_<method>, password_set …
type Journal interface {
	Note(ctx context.Context, account, what, address string) error
}

// People answers for one agency.
type People struct {
	db   *store.DB
	l    *ledger.Ledger
	opts Options

	version atomic.Int64 // grows with every people fact or name change
	load    sync.Mutex
	dir     atomic.Pointer[directory]

	seen  tokenCache
	turns turnstile
	now   *People // of those of a past day: those of today, who know everybody
}

// New prepares the tables beside the ledger. Call it before the ledger's first Append; the ledger must
// have been opened with Fold among its folds.
func New(ctx context.Context, db *store.DB, l *ledger.Ledger, o Options) (*People, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.SessionLife == 0 {
		o.SessionLife = 12 * time.Hour
	}
	if o.SessionIdle == 0 {
		o.SessionIdle = time.Hour
	}
	if o.LinkLife == 0 {
		o.LinkLife = 15 * time.Minute
	}
	p := &People{db: db, l: l, opts: o}
	p.seen.init()
	p.turns.init()
	err := db.Update(ctx, func(tx store.Tx) error {
		for _, ddl := range privateTables {
			if _, err := tx.Exec(ctx, store.SQL(ddl)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	l.Follow(func(batch []ledger.Event) {
		for i := range batch {
			if isOurs(batch[i].Kind) {
				p.version.Add(1)
				return
			}
		}
	})
	return p, nil
}

// AsOf are the same people for who reads as of a day: what is asked without a date, such as the name of a unit, is that of the day.
func (p *People) AsOf(day calendar.Date) *People {
	o := p.opts
	o.Clock = func() time.Time { return day.Time().In(calendar.Zone) }
	return &People{db: p.db, l: p.l, opts: o, now: p}
}

func (p *People) today() calendar.Date { return calendar.OfTime(p.opts.Clock()) }

// dated fills in today where no day was said.
func (p *People) dated(by By) By {
	if by.On == calendar.NoDate || by.On == 0 {
		by.On = p.today()
	}
	return by
}

// record appends one people fact.
func (p *People) record(ctx context.Context, by By, stream, unit, kind string, data any) error {
	by = p.dated(by)
	_, err := p.l.Append(ctx, ledger.Command{Stream: stream, Expect: ledger.AnyVersion, Actor: by.Actor, Unit: unit,
		Events: []ledger.NewEvent{{Kind: kind, On: by.On, Data: data}}})
	return err
}

// note tells the journal. What happened stands even when the journal cannot be written: nobody is kept out by it.
func (p *People) note(ctx context.Context, account, what string, from Visit) {
	if p.opts.Journal == nil {
		return
	}
	if err := p.opts.Journal.Note(ctx, account, what, from.Address); err != nil {
		slog.ErrorContext(ctx, "the access log was not written", "what", what, "error", err)
	}
}

func missing(key, name string, value any) error {
	return fault.New(fault.NotFound, key, name, value)
}
