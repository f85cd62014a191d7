// Package council (hội đồng) owns a council's life: who sits in it and in which role, whether they may, when it meets
// and with which papers, its questions, its secret ballot, the count and the conclusion.
//
// It does not own what the law asks of a council: that is data of a procedure's definition, handed in as Rules and
// recorded when the council is formed, so that the ledger alone is enough to count the ballots again. It does not own
// the dossier that it decides on (package dossier) nor who the members are (package people): it knows accounts.
package council

import (
	"context"
	"slices"
	"time"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Stage is how far a council has come.
type Stage string

// The stages, in order; a cancelled council goes no further.
const (
	Preparing Stage = "preparing"
	Voting    Stage = "voting"
	Counted   Stage = "counted"   // the vote is closed, the tellers have not all confirmed
	Confirmed Stage = "confirmed" // the count is confirmed
	Concluded Stage = "concluded"
	Cancelled Stage = "cancelled"
)

// Member is somebody who sits in the council and votes.
type Member struct {
	Account      string   `json:"account"`
	Role         string   `json:"role"`
	Organisation string   `json:"organisation,omitempty"` // where the member works
	Units        []string `json:"units,omitempty"`        // names of the units in which the member holds posts
	Identity     string   `json:"identity,omitempty"`     // date of birth and identity number, sealed
	Declared     bool     `json:"declared,omitempty"`     // has said whether there is a conflict of interest
	Conflicts    []string `json:"conflicts,omitempty"`    // that the member declared
	Cleared      []string `json:"cleared,omitempty"`      // seen by the program, and found not to hold
}

// File is what is voted on: the dossier, one of several applications for one mission, or a nominee.
type File struct {
	ID     string           `json:"id"`
	Label  string           `json:"label"`
	Bonus  bool             `json:"bonus,omitempty"`  // the condition of the ballot's bonus holds
	Forced bool             `json:"forced,omitempty"` // the condition that leaves one level holds
	Facts  map[string]int64 `json:"facts,omitempty"`  // tie-break → number

	Partners []string `json:"partners,omitempty"` // organisations that take part beside it
	People   string   `json:"people,omitempty"`   // who takes part, sealed; the first leads
	Persons  int      `json:"persons,omitempty"`  // how many
	Who      []Person `json:"-"`                  // people who came with a step; nil = those of before

	Reckoned []Reckoned       `json:"reckoned,omitempty"` // what the records say
	Own      map[string]int64 `json:"own,omitempty"`      // what the secretary decided otherwise: OwnBonus, OwnForced, OwnBars or a tie-break
	Reason   string           `json:"reason,omitempty"`   // why
}

// Question is one of a member to the applicant, and its answer.
type Question struct {
	Number   int           `json:"number"`
	By       string        `json:"by"`
	On       calendar.Date `json:"on"`
	Text     string        `json:"text"`
	Answer   string        `json:"answer,omitempty"`
	Answered calendar.Date `json:"answered"`
}

// Council is one council as it stands after its last event.
type Council struct {
	ID        string              `json:"id"`
	Title     string              `json:"title"`
	Dossier   string              `json:"dossier,omitempty"` // code; empty for a council that stands by itself
	Unit      string              `json:"unit"`
	Decision  string              `json:"decision,omitempty"` // that appointed it: "125/QĐ-SKHCN"
	Secretary string              `json:"secretary"`          // account that runs it; sits in it only as a member
	Rules     Rules               `json:"rules"`
	Files     []File              `json:"files"`
	Against   map[string][]string `json:"against,omitempty"` // conflict → organisations whose staff it bars
	Stage     Stage               `json:"stage"`
	Members   []Member            `json:"members,omitempty"`
	MeetsOn   calendar.Date       `json:"meets_on"`
	Place     string              `json:"place,omitempty"`
	Papers    []string            `json:"papers,omitempty"`
	PapersOn  calendar.Date       `json:"papers_on"`
	Questions []Question          `json:"questions,omitempty"`
	Present   []string            `json:"present,omitempty"`
	Written   []string            `json:"written,omitempty"` // absent, vote in writing
	Tellers   []string            `json:"tellers,omitempty"`
	Voters    []string            `json:"voters,omitempty"` // whose ballot is in
	Base      int                 `json:"base,omitempty"`   // members that shares are of, once closed
	Cast      int                 `json:"cast,omitempty"`   // ballots in the urn, once closed
	Outcomes  []Outcome           `json:"outcomes,omitempty"`
	Matches   []Match             `json:"matches,omitempty"` // members among the people of the files
	Settled   *Settled            `json:"settled,omitempty"` // the decision of a tie
	Agreed    []string            `json:"agreed,omitempty"`  // who confirmed the count
	Text      string              `json:"text,omitempty"`    // of the conclusion
	EndedOn   calendar.Date       `json:"ended_on"`

	Version  int64 `json:"-"` // of the stream
	Position int64 `json:"-"` // of its last event
}

// Member is the member with an account, nil for others.
func (c *Council) Member(account string) *Member {
	for i := range c.Members {
		if c.Members[i].Account == account {
			return &c.Members[i]
		}
	}
	return nil
}

// Knows reports whether the council's papers are open to an account because of its part in it.
func (c *Council) Knows(account string) bool {
	return account != "" && (c.Member(account) != nil || c.Secretary == account || slices.Contains(c.Tellers, account))
}

// MayVote reports whether an account may put a ballot into the urn now.
func (c *Council) MayVote(account string) bool {
	return c.Stage == Voting && c.entitled(account) && !slices.Contains(c.Voters, account)
}

func (c *Council) entitled(account string) bool {
	return slices.Contains(c.Present, account) || slices.Contains(c.Written, account)
}

// Confirms lists who confirms the count: the tellers, or the chair where the law asks for none.
func (c *Council) Confirms() []string {
	if len(c.Tellers) > 0 {
		return c.Tellers
	}
	if len(c.Members) > 0 {
		return []string{c.Chair()}
	}
	return nil
}

// Known is what package people says of a member-to-be.
type Known struct {
	Units  []string // names of the units in which they hold posts
	Name   string
	Person string // id of the person's record
}

// Options of an Engine.
type Options struct {
	Clock func() time.Time // time.Now when nil
	// Rules are the law's for a council of a dossier, or for one that stands by itself when the dossier is nil.
	Rules func(ctx context.Context, d *dossier.Dossier, id, variant string) (*Rules, error)
	// Known answers fault.NotFound for an account that is not there or closed.
	Known func(ctx context.Context, account string) (Known, error)
	// Seal, Open and Forget are package vault's: the urn stands in the database under a key of its own that is
	// destroyed once the ballots are counted.
	Seal   func(ctx context.Context, owner, text string) (string, error)
	Open   func(ctx context.Context, sealed string) (string, error)
	Forget func(ctx context.Context, owner string) error
}

// Engine runs councils.
type Engine struct {
	l        *ledger.Ledger
	db       *store.DB
	cal      *calendar.Calendar
	dossiers *dossier.Engine
	opts     Options
}

// New makes the engine and the table of urns. The ledger must run Fold.
func New(ctx context.Context, l *ledger.Ledger, db *store.DB, cal *calendar.Calendar, dossiers *dossier.Engine, o Options) (*Engine, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	err := db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, urnTable)
		return err
	})
	return &Engine{l, db, cal, dossiers, o}, err
}

// Today is the engine's day.
func (e *Engine) Today() calendar.Date { return calendar.OfTime(e.opts.Clock()) }

// By says who does something, and which version of the council they saw; 0 = whatever it is now.
type By struct {
	Actor  string
	Expect int64
}

// tries is how often a step is worked out anew after somebody else's came first.
const tries = 8

// step works out one event of a council and appends it.
func (e *Engine) step(ctx context.Context, id string, by By, work func(c *Council) (kind string, f *fact, err error)) (*Council, error) {
	for try := 1; ; try++ {
		c, err := e.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		if by.Expect != 0 && by.Expect != c.Version {
			return nil, fault.New(fault.Conflict, "council.changed", "id", id)
		}
		kind, f, err := work(c)
		if err != nil {
			return nil, err
		}
		_, err = e.l.Append(ctx, c.command(by.Actor, c.Version, "", e.Today(), kind, f))
		switch {
		case err == nil:
			return e.Get(ctx, id)
		case !fault.Is(err, "ledger.version_conflict") || try == tries:
			return nil, err
		}
	}
}

func (c *Council) command(actor string, expect int64, key string, on calendar.Date, kind string, f *fact) ledger.Command {
	return ledger.Command{Stream: prefix + c.ID, Expect: expect, Key: key, Actor: actor, Unit: c.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: on, Data: f}}}
}

// at refuses what is not for this stage.
func (c *Council) at(stages ...Stage) error {
	if slices.Contains(stages, c.Stage) {
		return nil
	}
	return fault.New(fault.Conflict, "council.not_now", "id", c.ID)
}
