package cadre

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/room/party"
)

const stream = "party-round/"

// fact is the data of a round's events: what each adds. The first carries the round as it was opened.
type fact struct {
	Round     *Round                 `json:"round,omitempty"`
	On        calendar.Date          `json:"on,omitzero"`
	Step      string                 `json:"step,omitempty"`
	Member    string                 `json:"member,omitempty"`
	Position  string                 `json:"position,omitempty"`
	Votes     map[string]party.Votes `json:"votes,omitempty"` // by candidate
	Elected   []string               `json:"elected,omitempty"`
	Delegates int                    `json:"delegates,omitempty"`
	Paper     string                 `json:"paper,omitempty"`
	PaperKind string                 `json:"paper_kind,omitempty"`
	Title     string                 `json:"title,omitempty"`
	From      string                 `json:"from,omitempty"`
	Comment   int                    `json:"comment,omitempty"` // from 1
	Number    string                 `json:"number,omitempty"`
	Text      string                 `json:"text,omitempty"`
	Reason    string                 `json:"reason,omitempty"` // sealed under the member
	Due       calendar.Date          `json:"due,omitzero"`
	Dims      map[string]string      `json:"dims"`
}

var tables = []ledger.Table{{Name: "party_round", DDL: []string{
	`create table party_round (id text primary key, kind text not null, unit text not null, stage text not null, on_day bigint not null, due_day bigint not null,
		data text not null, version bigint not null, position bigint not null) without rowid`,
	`create index party_round_kind on party_round (kind, stage, on_day)`,
}}}

var ofTables = store.Statement(`select '` + stream + `' || id from party_round order by position desc limit $1`)

// Fold keeps the table party_round.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "party_round", Version: 1, Tables: tables, Streams: ofTables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			if e := &batch[i]; strings.HasPrefix(e.Stream, stream) {
				if err := fold(ctx, tx, e); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

func fold(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var f fact
	if err := json.Unmarshal(e.Data, &f); err != nil {
		return err
	}
	now := f.Round
	if now == nil {
		var err error
		if now, err = party.One(ctx, tx, scan, get, "cadre.no_round", strings.TrimPrefix(e.Stream, stream)); err != nil {
			return err
		}
	}
	now.apply(strings.TrimPrefix(e.Kind, "party."), e.EffectiveOn, e.Actor, &f)
	data, err := json.Marshal(now)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, upsert, now.ID, now.Kind, now.Unit, string(now.Stage), int64(now.On), party.Until(now.Due), string(data), e.Version, e.Position)
	return err
}

// apply is what an event makes of the round.
func (r *Round) apply(verb string, on calendar.Date, actor string, f *fact) {
	switch verb {
	case "round_set":
		r.On = f.On
	case "round_dropped":
		r.Stage = Dropped
	case "round_step_done":
		if r.Done == nil {
			r.Done = map[string]calendar.Date{}
		}
		r.Done[f.Step] = on
	case "candidate_proposed":
		r.Slate = append(slices.DeleteFunc(r.Slate, func(c Candidate) bool { return c.Member == f.Member && c.Position == f.Position }), Candidate{Member: f.Member, Position: f.Position})
	case "candidates_voted":
		r.voted(f)
	case "candidate_withdrawn":
		if c, err := r.candidate(f.Member + "/" + f.Position); err == nil {
			c.Out, c.Reason = true, f.Reason
		}
	case "congress_concluded":
		r.Stage, r.On, r.Delegates = Closed, on, f.Delegates
		for i := range r.Slate {
			c := &r.Slate[i]
			c.Ballot, c.Elected = f.Votes[c.Key()], slices.Contains(f.Elected, c.Key())
		}
	case "cadre_planned":
		r.Stage, r.On, r.Due = Closed, on, f.Due
		r.Approvals = append(r.Approvals, Approval{On: on, Number: f.Number, Note: f.Text})
	case "plan_reviewed":
		r.Stage = Open
	default:
		r.applyPaper(verb, on, actor, f)
	}
}

func (r *Round) voted(f *fact) {
	for key, v := range f.Votes {
		if c, err := r.candidate(key); err == nil {
			if c.Votes == nil {
				c.Votes = map[string]party.Votes{}
			}
			c.Votes[f.Step] = v
		}
	}
}

func (r *Round) applyPaper(verb string, on calendar.Date, actor string, f *fact) {
	p, err := r.paper(f.Paper)
	if err != nil {
		if verb == "paper_drafted" {
			r.Papers = append(r.Papers, Paper{ID: f.Paper, Kind: f.PaperKind, Title: f.Title, Drafts: []Draft{{on, actor, f.Text}}})
		}
		return
	}
	switch verb {
	case "paper_drafted":
		p.Drafts = append(p.Drafts, Draft{on, actor, f.Text})
	case "paper_commented":
		p.Comments = append(p.Comments, Comment{On: on, From: f.From, Draft: len(p.Drafts), Text: f.Text})
	case "comment_answered":
		if f.Comment >= 1 && f.Comment <= len(p.Comments) {
			p.Comments[f.Comment-1].Answer = f.Text
		}
	case "paper_adopted":
		p.Adopted = true
	}
}

var (
	upsert = store.Statement(`insert into party_round (id, kind, unit, stage, on_day, due_day, data, version, position) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)
		on conflict (id) do update set stage = excluded.stage, on_day = excluded.on_day, due_day = excluded.due_day, data = excluded.data,
		version = excluded.version, position = excluded.position`)
	get   = store.Statement(`select data, version from party_round where id = $1`)
	last  = store.Statement(`select id from party_round where id >= $1 and id < $2 order by length(id) desc, id desc limit 1`)
	where = ` from party_round where replace($1, '<' || unit || '>', '') <> $1 and kind = $2 and ($3 = '' or stage = $3)`
	list  = store.Statement(`select data, version` + where + ` order by case stage when 'open' then 0 else 1 end, on_day desc, id desc limit $4 offset $5`)
	sum   = store.Statement(`select count(*)` + where)
)

var scan = party.Kept(func(r *Round) *int64 { return &r.Version })

// Filter says which rounds a list shows. Units always restrict: none are none.
type Filter struct {
	Units         []string
	Kind          string
	Stage         Stage // "" = all
	Limit, Offset int
}

// List gives one page of rounds, open ones first and then the latest, and how many there are in all.
func (r *Room) List(ctx context.Context, f Filter) ([]*Round, int, error) {
	return party.Page(ctx, r.db, scan, list, sum, []any{store.Set(f.Units), f.Kind, string(f.Stage)}, f.Limit, f.Offset)
}
