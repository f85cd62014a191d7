package council

import (
	"context"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Who decides a tie that the tie-breaks leave open.
const (
	TieChair = "chair" // of the council
	TieHead  = "head"  // of the agency, by a decision
)

// Undecided says who decides between files that no tie-break parts.
type Undecided struct {
	By     string `json:"by"`
	Label  Text   `json:"label"`
	Verify bool   `json:"verify,omitempty"` // recalled, to be confirmed by the legal officer
}

// Settled is the decision of a tie.
type Settled struct {
	File     string        `json:"file"`
	By       string        `json:"by"`                 // TieChair or TieHead
	Decision string        `json:"decision,omitempty"` // symbol of the paper
	Reason   string        `json:"reason"`
	On       calendar.Date `json:"on"`
}

// Tie are the files that share the first place, in the order of the list; none where one stands alone, or where all that
// pass may go on.
func (c *Council) Tie() []string {
	if c.Rules.Winner == "" {
		return nil
	}
	var out []string
	for _, o := range c.Outcomes {
		if o.Rank == 1 && o.Tied {
			out = append(out, o.File)
		}
	}
	return out
}

// TieOpen reports whether nobody has decided yet between the files that share the first place.
func (c *Council) TieOpen() bool { return c.Settled == nil && len(c.Tie()) > 0 }

// decides says who decides a tie; the head of the agency where the law is silent, who signs the result.
func (b *Ballot) decides() string {
	if b.Undecided != nil {
		return b.Undecided.By
	}
	return TieHead
}

// Deciding is whose word on the tie is awaited, "" for nobody's.
func (c *Council) Deciding() string {
	if !c.TieOpen() || c.Stage != Confirmed && c.Stage != Concluded {
		return ""
	}
	return c.Rules.Ballot.decides()
}

// Chair is the account of the chair, "" in an empty council.
func (c *Council) Chair() string {
	if len(c.Members) == 0 {
		return ""
	}
	return c.Members[0].Account
}

// Settle records who wins of files that the tie-breaks leave equal, why, and by which paper. The chair's own word needs no
// paper, the decision of the head of the agency is told by its symbol. Errors: council.no_tie, council.not_tied,
// council.not_yours, council.need_reason, council.need_decision.
func (e *Engine) Settle(ctx context.Context, id string, by By, file, decision, reason string) (*Council, error) {
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		s := &Settled{File: file, By: c.Deciding(), Decision: strings.TrimSpace(decision), Reason: strings.TrimSpace(reason), On: e.Today()}
		switch {
		case s.By == "":
			return "", nil, fault.New(fault.Conflict, "council.no_tie", "id", c.ID)
		case s.By == TieChair && by.Actor != c.Chair():
			return "", nil, fault.New(fault.Forbidden, "council.not_yours")
		case !slices.Contains(c.Tie(), file):
			return "", nil, fault.New(fault.Invalid, "council.not_tied")
		case s.By == TieHead && s.Decision == "":
			return "", nil, fault.New(fault.Invalid, "council.need_decision")
		}
		return kindSettled, &fact{Settled: s}, needs(reason)
	})
}
