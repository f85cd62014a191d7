// Package cadre (công tác cán bộ: chuẩn bị đại hội, quy hoạch) prepares what the Party elects: a round is one congress from
// its plan to the committee elected, or one round of cadre planning from its positions to the list approved and reviewed.
//
// It owns rounds: their calendar, papers with versions and comments, candidates with the votes of each step, and the dated
// rules about them. It does not own members and committees (package party, where the elected committee is recorded with the
// round's last event) nor assessment and discipline, which it reads there to check candidates.
package cadre

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/room/party"
)

// The kinds of round.
const (
	Congress = "congress" // đại hội
	Planning = "planning" // quy hoạch
)

// Stage is how far a round has come.
type Stage string

// The stages.
const (
	Open    Stage = "open"    // being prepared, or a plan under review
	Closed  Stage = "closed"  // the congress was held, the list approved
	Dropped Stage = "dropped" // given up
)

// Round is one congress or one round of planning.
type Round struct {
	ID        string                   `json:"id"`
	Kind      string                   `json:"kind"`
	Unit      string                   `json:"unit"`
	Term      string                   `json:"term"` // "2025–2030"
	Stage     Stage                    `json:"stage"`
	Opened    calendar.Date            `json:"opened"`
	On        calendar.Date            `json:"on"`  // day of the congress, planned or held; approval of the list
	Due       calendar.Date            `json:"due"` // the list is reviewed until; NoDate for congresses
	Positions []Position               `json:"positions"`
	Done      map[string]calendar.Date `json:"done,omitempty"` // steps of the calendar
	Papers    []Paper                  `json:"papers,omitempty"`
	Slate     []Candidate              `json:"slate,omitempty"`
	Delegates int                      `json:"delegates,omitempty"` // official delegates present
	Approvals []Approval               `json:"approvals,omitempty"` // of a plan, the latest last

	Version int64 `json:"-"`
}

// Position is what candidates stand for: a post of the committee, or a position that is planned for.
type Position struct {
	ID    string `json:"id"`              // post of party.Organisation, or "1", "2" …
	Title string `json:"title,omitempty"` // planning; a congress's posts have titles of their own
	Seats int    `json:"seats"`           // to be elected, or to be filled in the term
}

// Candidate is a member who stands for a position.
type Candidate struct {
	Member   string                 `json:"member"`
	Position string                 `json:"position"`
	Votes    map[string]party.Votes `json:"votes,omitempty"` // by step
	Ballot   party.Votes            `json:"ballot,omitzero"` // of the congress
	Elected  bool                   `json:"elected,omitempty"`
	Out      bool                   `json:"out,omitempty"`    // withdrawn, or taken off the list
	Reason   string                 `json:"reason,omitempty"` // why; sealed under the member
}

// Key names a candidate within a round.
func (c Candidate) Key() string { return c.Member + "/" + c.Position }

// Paper is a document of the congress in its drafts.
type Paper struct {
	ID       string    `json:"id"`   // "1", "2" …
	Kind     string    `json:"kind"` // of Rules.Papers
	Title    string    `json:"title"`
	Drafts   []Draft   `json:"drafts"`
	Comments []Comment `json:"comments,omitempty"`
	Adopted  bool      `json:"adopted,omitempty"`
}

// Draft is one version of a paper.
type Draft struct {
	On   calendar.Date `json:"on"`
	By   string        `json:"by"`
	Text string        `json:"text"`
}

// Comment is what an organisation says about a draft, and what was made of it.
type Comment struct {
	On     calendar.Date `json:"on"`
	From   string        `json:"from"`  // unit
	Draft  int           `json:"draft"` // from 1
	Text   string        `json:"text"`
	Answer string        `json:"answer,omitempty"`
}

// Approval is one approval of a plan: the first, then one a review.
type Approval struct {
	On     calendar.Date `json:"on"`
	Number string        `json:"number,omitempty"` // of the decision
	Note   string        `json:"note,omitempty"`
}

// Options are what the room needs of others.
type Options struct {
	Files  fs.FS                                                              // definitions, read when first asked for
	Append func(context.Context, ...ledger.Command) ([]ledger.Receipt, error) // the ledger's own when nil
}

// Room is the rounds of one agency.
type Room struct {
	db     *store.DB
	party  *party.Room
	who    *people.People
	append func(context.Context, ...ledger.Command) ([]ledger.Receipt, error)
	rules  func() ([]*Rules, error)
}

// New makes the room over the room of Party work. The ledger must run Fold.
func New(l *ledger.Ledger, db *store.DB, p *party.Room, who *people.People, o Options) *Room {
	if o.Append == nil {
		o.Append = l.Append
	}
	return &Room{db: db, party: p, who: who, append: o.Append, rules: sync.OnceValues(func() ([]*Rules, error) { return LoadRules(o.Files) })}
}

// position finds a position.
func (r *Round) position(id string) (Position, bool) {
	i := slices.IndexFunc(r.Positions, func(p Position) bool { return p.ID == id })
	if i < 0 {
		return Position{}, false
	}
	return r.Positions[i], true
}

// paper finds a paper. Error: fault.NotFound "cadre.no_paper".
func (r *Round) paper(id string) (*Paper, error) {
	for i := range r.Papers {
		if r.Papers[i].ID == id {
			return &r.Papers[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "cadre.no_paper", "id", id)
}

// candidate finds a candidate by their key.
func (r *Round) candidate(key string) (*Candidate, error) {
	for i := range r.Slate {
		if r.Slate[i].Key() == key {
			return &r.Slate[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "cadre.no_candidate", "id", key)
}

// Standing are the candidates who have not been taken off, in the order in which they came.
func (r *Round) Standing() []Candidate {
	return slices.DeleteFunc(slices.Clone(r.Slate), func(c Candidate) bool { return c.Out })
}

func trimmed(s string) string { return strings.TrimSpace(s) }
