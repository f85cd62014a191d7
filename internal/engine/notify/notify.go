// Package notify (thông báo) tells people and other systems what happened: notices in the application, one e-mail a day
// to those who want it, letters to citizens who gave an address, and signed webhooks. It owns who has been told what, each person's choice, the webhooks, and the
// jobs that carry mail and webhooks out.
//
// It does not own what happened (the ledger does) nor whom an event concerns: package app hands that in as Sources. A notice
// holds no words of what it is about, only its stream: the reader's own rights decide, when it is shown, what of it may be
// seen. Notices, choices and jobs are no facts of the agency and stand beside the ledger.
package notify

import (
	"context"
	"net/netip"
	"time"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Kind is what a notice is about.
type Kind string

// The kinds.
const (
	TaskAssigned        Kind = "task_assigned"
	TaskDueSoon         Kind = "task_due_soon"
	TaskOverdue         Kind = "task_overdue"
	TaskAsked           Kind = "task_asked" // an extension waits for the assigner
	ExplanationDemanded Kind = "explanation_demanded"
	DossierAssigned     Kind = "dossier_assigned"
	DossierArrived      Kind = "dossier_arrived" // from another unit, for who shares out the work of this one
	DossierDueSoon      Kind = "dossier_due_soon"
	DossierOverdue      Kind = "dossier_overdue"
	DossierSupplemented Kind = "dossier_supplemented"
	Mentioned           Kind = "mentioned"
	CouncilInvited      Kind = "council_invited"
	PartAsked           Kind = "part_asked" // a unit's part of a report campaign
	PartDueSoon         Kind = "part_due_soon"
	PartOverdue         Kind = "part_overdue"
	PartEscalated       Kind = "part_escalated" // a unit is late, for the agency's leaders
	PartReturned        Kind = "part_returned"
	CommentsAsked       Kind = "comments_asked" // on the draft of a report
)

// Kinds lists the kinds in the order of the interface.
func Kinds() []Kind {
	return []Kind{TaskAssigned, TaskDueSoon, TaskOverdue, TaskAsked, ExplanationDemanded, DossierAssigned, DossierArrived, DossierDueSoon, DossierOverdue,
		DossierSupplemented, Mentioned, CouncilInvited, PartAsked, PartDueSoon, PartOverdue, PartEscalated, PartReturned, CommentsAsked}
}

// Way is how a person wants to be told of a kind.
type Way string

// The ways.
const (
	InApp  Way = "app"    // on the page of notices
	ByMail Way = "digest" // there, and counted in the daily e-mail
	Silent Way = "none"
)

// Notice is one thing that somebody was told.
type Notice struct {
	Account  string
	Key      string // the same thing is told once; stable across nodes and restarts
	Kind     Kind
	Subject  string // stream that it is about: "task/<id>", "dossier/<code>"
	At       time.Time
	Position int64 // of the event; 0 where none made it, such as a due date that comes near
	Read     bool
	Place    string // in the list; for reading on
}

// Sources say what concerns whom. They are called on one goroutine, never inside a transaction.
type Sources struct {
	// Of gives what an event tells whom; Account, Kind and Subject are enough.
	Of func(ctx context.Context, e ledger.Event) ([]Notice, error)
	// Due gives what comes due or fell due around a day, with keys that name the due date.
	Due func(ctx context.Context, today calendar.Date) ([]Notice, error)
	// Letter gives what an event tells somebody outside the agency, nil for nothing; nil itself = there are no letters.
	Letter func(ctx context.Context, e ledger.Event) (*Letter, error)
	// MayKnow reports whether an account may be told by webhook that an event happened.
	MayKnow func(ctx context.Context, account string, e ledger.Event) (bool, error)
}

// Options of an Engine.
type Options struct {
	Clock func() time.Time // time.Now when nil
	Sources
	// Seal and Open keep addresses and webhook secrets unreadable in the database; of package vault.
	Seal func(ctx context.Context, person, plaintext string) (string, error)
	Open func(ctx context.Context, sealed string) (string, error)
	// Erase forgets everything sealed for a person.
	Erase func(ctx context.Context, person string) error
	// Text gives a text of the catalogue, for e-mail.
	Text func(tag lang.Tag, key string, args ...any) string
}

// Outside says how to reach the world; the zero value reaches nothing.
type Outside struct {
	Mail   Mailer         // nil = no e-mail
	Base   string         // this site's address, for links
	Allow  []netip.Prefix // private addresses that webhooks may reach all the same
	Failed func(job string, err error)
}

// Engine tells.
type Engine struct {
	l    *ledger.Ledger
	db   *store.DB
	who  *people.People
	opts Options
	out  Outside
	wake chan struct{}

	counted counted
}

// New prepares the tables beside the ledger. The ledger must run Fold; call New before its first Append.
func New(ctx context.Context, l *ledger.Ledger, db *store.DB, who *people.People, o Options) (*Engine, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	e := &Engine{l: l, db: db, who: who, opts: o, wake: make(chan struct{}, 1)}
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
	l.Follow(func([]ledger.Event) {
		select {
		case e.wake <- struct{}{}:
		default: // it is awake already
		}
	})
	return e, nil
}

// Reach sets how the world is reached; call it before Run.
func (e *Engine) Reach(o Outside) { e.out = o }

func (e *Engine) now() time.Time { return e.opts.Clock() }

func (e *Engine) today() calendar.Date { return calendar.OfTime(e.now()) }
