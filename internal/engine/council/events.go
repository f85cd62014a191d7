package council

import (
	"encoding/json"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
)

const prefix = "council/"

// The facts of a council. council.voted names the voter and nothing of the ballot; council.closed has the ballots and
// nothing of the voters, ordered by commitment, which is an order that nobody chose.
const (
	kindPrefix    = "council."
	kindFormed    = kindPrefix + "formed"
	kindFiled     = kindPrefix + "files_set"
	kindSeated    = kindPrefix + "seated"
	kindExcused   = kindPrefix + "excused"
	kindDeclared  = kindPrefix + "declared"
	kindCleared   = kindPrefix + "conflict_cleared"
	kindCalled    = kindPrefix + "called"
	kindPapers    = kindPrefix + "papers_sent"
	kindAsked     = kindPrefix + "asked"
	kindAnswered  = kindPrefix + "answered"
	kindAttended  = kindPrefix + "attended"
	kindOpened    = kindPrefix + "opened"
	kindVoted     = kindPrefix + "voted"
	kindClosed    = kindPrefix + "closed"
	kindConfirmed = kindPrefix + "confirmed"
	kindConcluded = kindPrefix + "concluded"
	kindSettled   = kindPrefix + "tie_settled"
	kindCancelled = kindPrefix + "cancelled"
)

// Sealed is one ballot as the urn held it and as the ledger publishes it once the vote is closed. Commitment is the
// hexadecimal SHA-256 of nonce, "|" and the paper's JSON.
type Sealed struct {
	Commitment string          `json:"commitment"`
	Nonce      string          `json:"nonce"`
	Paper      json.RawMessage `json:"paper"`
}

// fact is the union of the events' data; each event uses the few parts that it is about.
type fact struct {
	Council *Council `json:"council,omitempty"` // formed

	Files     []File        `json:"files,omitempty"`
	Member    *Member       `json:"member,omitempty"`
	Account   string        `json:"account,omitempty"`
	Conflict  string        `json:"conflict,omitempty"`
	Conflicts []string      `json:"conflicts,omitempty"`
	Reason    string        `json:"reason,omitempty"`
	MeetsOn   calendar.Date `json:"meets_on,omitzero"`
	Place     string        `json:"place,omitempty"`
	Papers    []string      `json:"papers,omitempty"`
	Number    int           `json:"number,omitempty"`
	Text      string        `json:"text,omitempty"`
	Present   []string      `json:"present,omitempty"`
	Written   []string      `json:"written,omitempty"`
	Tellers   []string      `json:"tellers,omitempty"`
	Base      int           `json:"base,omitempty"`
	Ballots   []Sealed      `json:"ballots,omitempty"`
	Outcomes  []Outcome     `json:"outcomes,omitempty"`
	Matches   []Match       `json:"matches,omitempty"`
	Settled   *Settled      `json:"settled,omitempty"`
	Field     string        `json:"field,omitempty"` // of the dossier that the conclusion fills
	Value     any           `json:"value,omitempty"`

	// Dims are for figures: which kind of council, in which unit, and how it ended.
	Dims map[string]string `json:"dims,omitempty"`
}

// dims of the events that figures count.
func (c *Council) dims() map[string]string {
	d := map[string]string{"council": c.Rules.ID, "unit": c.Unit}
	return d
}

// apply makes an event part of the council.
func (c *Council) apply(e *ledger.Event) error {
	var f fact
	if err := json.Unmarshal(e.Data, &f); err != nil {
		return err
	}
	if e.Kind == kindFormed {
		*c = *f.Council
		c.Stage = Preparing
	}
	c.Version, c.Position = e.Version, e.Position
	switch e.Kind {
	case kindFiled:
		c.Files, c.Matches = f.Files, f.Matches
	case kindSeated:
		c.remove(f.Member.Account)
		c.Members, c.Matches = append(c.Members, *f.Member), f.Matches
		c.order()
	case kindExcused:
		c.remove(f.Account)
	case kindDeclared:
		if m := c.Member(f.Account); m != nil {
			m.Declared, m.Conflicts = true, f.Conflicts
		}
	case kindCleared:
		if m := c.Member(f.Account); m != nil {
			m.Cleared = append(m.Cleared, f.Conflict)
		}
	case kindCalled:
		c.MeetsOn, c.Place = f.MeetsOn, f.Place
	case kindPapers:
		c.Papers, c.PapersOn = f.Papers, e.EffectiveOn
	case kindAsked:
		c.Questions = append(c.Questions, Question{Number: f.Number, By: e.Actor, On: e.EffectiveOn, Text: f.Text, Answered: calendar.NoDate})
	case kindAnswered:
		for i := range c.Questions {
			if c.Questions[i].Number == f.Number {
				c.Questions[i].Answer, c.Questions[i].Answered = f.Text, e.EffectiveOn
			}
		}
	case kindAttended:
		c.Present, c.Written, c.Tellers = f.Present, f.Written, f.Tellers
	default:
		c.applyVote(e, &f)
	}
	return nil
}

// applyVote is apply for the events from the opening of the vote on.
func (c *Council) applyVote(e *ledger.Event, f *fact) {
	switch e.Kind {
	case kindOpened:
		c.Stage = Voting
	case kindVoted:
		c.Voters = append(c.Voters, f.Account)
		slices.Sort(c.Voters)
	case kindClosed:
		c.Stage, c.Base, c.Cast, c.Outcomes = Counted, f.Base, len(f.Ballots), f.Outcomes
	case kindConfirmed:
		c.Agreed = append(c.Agreed, f.Account)
		if !slices.ContainsFunc(c.Confirms(), func(a string) bool { return !slices.Contains(c.Agreed, a) }) {
			c.Stage = Confirmed
		}
	case kindSettled:
		c.Settled = f.Settled
	case kindConcluded:
		c.Stage, c.Text, c.EndedOn = Concluded, f.Text, e.EffectiveOn
	case kindCancelled:
		c.Stage, c.Text, c.EndedOn = Cancelled, f.Reason, e.EffectiveOn
	}
}

// remove takes a member out, and out of everything they were named in.
func (c *Council) remove(account string) {
	c.Members = slices.DeleteFunc(c.Members, func(m Member) bool { return m.Account == account })
	c.Matches = slices.DeleteFunc(c.Matches, func(m Match) bool { return m.Account == account })
	other := func(a string) bool { return a == account }
	c.Present, c.Written = slices.DeleteFunc(c.Present, other), slices.DeleteFunc(c.Written, other)
	c.Tellers = slices.DeleteFunc(c.Tellers, other)
}

// order puts the members in the order of the roles, so that the chair is first.
func (c *Council) order() {
	at := func(role string) int {
		return slices.IndexFunc(c.Rules.Seats, func(s Seat) bool { return s.ID == role })
	}
	slices.SortStableFunc(c.Members, func(a, b Member) int {
		if d := at(a.Role) - at(b.Role); d != 0 {
			return d
		}
		return strings.Compare(a.Account, b.Account)
	})
}
