package council

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"slices"

	"trucot/internal/kernel/ledger"
)

// Recount is a vote counted again from the ledger's events alone.
type Recount struct {
	Council  string    `json:"council"`
	Voters   int       `json:"voters"`
	Ballots  int       `json:"ballots"`
	Outcomes []Outcome `json:"outcomes"`
	Faults   []string  `json:"faults"` // what does not fit, by word: see Recount.check
	OK       bool      `json:"ok"`
}

// Recount reads a council's events and counts its ballots again: each must hash to its commitment, stand in the order
// of commitments, be allowed by the rules, be as many as voters, and give the outcomes that were recorded.
func (e *Engine) Recount(ctx context.Context, id string) (*Recount, error) {
	events, err := e.l.Stream(ctx, prefix+id)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, NotFound(id)
	}
	return recount(id, events)
}

func recount(id string, events []ledger.Event) (*Recount, error) {
	r := &Recount{Council: id, Faults: []string{}}
	var c Council
	var voters []string
	closed := false
	for i := range events {
		if err := c.apply(&events[i]); err != nil {
			return nil, err
		}
		var f fact
		if err := json.Unmarshal(events[i].Data, &f); err != nil {
			return nil, err
		}
		switch events[i].Kind {
		case kindVoted:
			voters = append(voters, f.Account)
		case kindClosed:
			closed = true
			if err := r.check(&c, &f, voters); err != nil {
				return nil, err
			}
		}
	}
	if !closed {
		r.Faults = append(r.Faults, "not_closed")
	}
	r.Voters, r.OK = len(voters), len(r.Faults) == 0
	return r, nil
}

// check counts the published ballots again. Its words: voters, double_voter, stranger, order, commitment:<receipt>,
// paper:<receipt>, base, outcome.
func (r *Recount) check(c *Council, f *fact, voters []string) error {
	blame := func(word string, wrong bool) {
		if wrong {
			r.Faults = append(r.Faults, word)
		}
	}
	r.Ballots = len(f.Ballots)
	sorted := slices.Sorted(slices.Values(voters))
	blame("voters", len(voters) != len(f.Ballots))
	blame("double_voter", len(slices.Compact(sorted)) != len(voters))
	blame("stranger", slices.ContainsFunc(voters, func(a string) bool { return !c.entitled(a) }))
	blame("order", !slices.IsSortedFunc(f.Ballots, byCommitment))
	blame("base", f.Base != c.base())
	for _, b := range f.Ballots {
		blame(fmt.Sprint("commitment:", Receipt(b.Commitment)), commitment(b.Nonce, b.Paper) != b.Commitment)
		var p Paper
		if err := json.Unmarshal(b.Paper, &p); err != nil {
			return err
		}
		blame(fmt.Sprint("paper:", Receipt(b.Commitment)), c.Rules.Ballot.Check(c.Files, p) != nil)
	}
	again, err := count(c, c.base(), f.Ballots)
	if err != nil {
		return err
	}
	r.Outcomes = again
	blame("outcome", !sameOutcomes(again, f.Outcomes))
	return nil
}

// sameOutcomes compares by what would be recorded, so that an empty map and none are the same.
func sameOutcomes(a, b []Outcome) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(x, y)
}

// Published lists the ballots of a closed vote by commitment; nil before.
func (e *Engine) Published(ctx context.Context, id string) ([]Sealed, error) {
	events, err := e.l.Stream(ctx, prefix+id)
	for _, ev := range events {
		if ev.Kind == kindClosed {
			var f fact
			err := json.Unmarshal(ev.Data, &f)
			return f.Ballots, err
		}
	}
	return nil, err
}
