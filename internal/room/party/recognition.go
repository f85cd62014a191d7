package party

import (
	"context"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// FailedVote (lần biểu quyết không đạt) is a vote on making a member official that fell short. The committee votes only on
// whom the cell proposes.
type FailedVote struct {
	On        calendar.Date `json:"on"`
	Cell      Votes         `json:"cell"`
	Committee Votes         `json:"committee,omitzero"`
}

// Referral (báo cáo cấp ủy cấp trên) says that the cell has handed the case to the committee above.
type Referral struct {
	On     calendar.Date `json:"on"`
	To     string        `json:"to,omitempty"`     // unit
	Number string        `json:"number,omitempty"` // of the report
}

// OfficialOn is the day from which a member on probation is official, however late the cell decides.
func (c *Charter) OfficialOn(m *Member) calendar.Date { return m.Admitted.AddMonths(c.Probation.N) }

// Stuck reports whether as many votes fell short as the rules allow, so that the case goes to the committee above.
func (c *Charter) Stuck(m *Member) bool { return len(m.Failed) >= c.RecogniseVotes }

// voteFrom is the first day on which the cell may vote on a member's recognition.
func (r *Room) voteFrom(c *Charter, m *Member) (calendar.Date, error) {
	end := c.OfficialOn(m)
	n := len(m.Failed)
	if n == 0 || c.RecogniseAgain.N == 0 {
		return end, nil
	}
	from, err := r.cal.Due(calendar.Count{From: m.Failed[n-1].On, Duration: c.RecogniseAgain, Ahead: true})
	return max(end, from), err
}

// waited refuses a vote of the cell too soon after the last one. Error: party.vote_too_soon.
func (r *Room) waited(c *Charter, m *Member, on calendar.Date) error {
	from, err := r.voteFrom(c, m)
	if err == nil && on < from {
		err = fault.New(fault.Invalid, "party.vote_too_soon", "from", from, "term", c.RecogniseAgain)
	}
	return err
}

// recognition is a step on a member whose probation is over. Errors: party.not_now, party.probation_runs.
func (r *Room) recognition(ctx context.Context, s Step, verb string, do func(*Charter, *Member, calendar.Date) error) (*Member, error) {
	return r.step(ctx, s, verb, func(m *Member, on calendar.Date) error {
		rules, err := r.Rules()
		if err != nil {
			return err
		}
		c := rules.On(on)
		if m.State != Probation {
			return fault.New(fault.Conflict, "party.not_now", "id", m.ID)
		}
		if end := c.OfficialOn(m); on < end {
			return fault.New(fault.Invalid, "party.probation_runs", "end", end)
		}
		return do(c, m, on)
	})
}

// Recognise makes a member on probation official, from the day on which probation ended. Once the case is with the
// committee above, its vote alone decides. Errors: party.not_now, party.probation_runs, party.too_few_votes, party.goes_up,
// party.vote_too_soon.
func (r *Room) Recognise(ctx context.Context, s Step) (*Member, error) {
	return r.recognition(ctx, s, "member_made_official", func(c *Charter, m *Member, on calendar.Date) error {
		if m.Referred == nil {
			if c.Stuck(m) {
				return fault.New(fault.Conflict, "party.goes_up", "n", len(m.Failed))
			}
			if err := r.waited(c, m, on); err != nil {
				return err
			}
			if err := reached(c.Admission.Cell, s.Votes); err != nil {
				return err
			}
		}
		if err := reached(c.Admission.Committee, s.Committee); err != nil {
			return err
		}
		m.State, m.Official = Official, c.OfficialOn(m)
		return nil
	})
}

// Fall records a vote on recognition that fell short: the cell's, or the committee's on whom the cell proposed. Errors:
// party.not_now, party.probation_runs, party.bad_votes, party.votes_reached, party.goes_up.
func (r *Room) Fall(ctx context.Context, s Step) (*Member, error) {
	return r.recognition(ctx, s, "recognition_failed", func(c *Charter, m *Member, on calendar.Date) error {
		proposed := c.Admission.Cell.Reached(s.Votes.For, s.Votes.Of)
		switch {
		case m.Referred != nil:
			return fault.New(fault.Conflict, "party.not_now", "id", m.ID)
		case c.Stuck(m):
			return fault.New(fault.Conflict, "party.goes_up", "n", len(m.Failed))
		case !s.Votes.counted() || proposed && !s.Committee.counted():
			return fault.New(fault.Invalid, "party.bad_votes")
		case proposed && c.Admission.Committee.Reached(s.Committee.For, s.Committee.Of):
			return fault.New(fault.Invalid, "party.votes_reached", "share", c.Admission.Cell.String())
		}
		failed := FailedVote{On: on, Cell: s.Votes}
		if proposed {
			failed.Committee = s.Committee
		}
		if err := r.waited(c, m, on); err != nil {
			return err
		}
		m.Failed = append(m.Failed, failed)
		return nil
	})
}

// counted reports whether these can be votes at all.
func (v Votes) counted() bool { return v.Of > 0 && v.For >= 0 && v.For <= v.Of }

// Refer hands the case to the committee above, after as many votes as the rules allow. Errors: party.not_now,
// party.probation_runs, party.votes_left.
func (r *Room) Refer(ctx context.Context, s Step) (*Member, error) {
	return r.recognition(ctx, s, "recognition_referred", func(c *Charter, m *Member, on calendar.Date) error {
		if m.Referred != nil {
			return fault.New(fault.Conflict, "party.not_now", "id", m.ID)
		}
		if !c.Stuck(m) {
			return fault.New(fault.Conflict, "party.votes_left", "n", len(m.Failed), "of", c.RecogniseVotes)
		}
		u, err := r.who.Unit(ctx, m.Unit, on)
		m.Referred = &Referral{On: on, To: u.Parent, Number: trimmed(s.Number)}
		return err
	})
}

// Waits says for whom the recognition of a member waits: "recognise", the cell votes; "refer", the cell hands the case up;
// "above", the committee above decides; "" for a member who is not on probation.
func (c *Charter) Waits(m *Member) string {
	switch {
	case m.State != Probation:
		return ""
	case m.Referred != nil:
		return "above"
	case c.Stuck(m):
		return "refer"
	}
	return "recognise"
}

// Due is a member on probation whose recognition waits for somebody.
type Due struct {
	*Member
	What string        // see Charter.Waits
	On   calendar.Date // waits since, or will
	Last calendar.Date // until; NoDate where no rule says
}

// Recognitions are the members on probation, cell by cell.
func (r *Room) Recognitions(ctx context.Context, units []string) ([]Due, error) {
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	list, _, err := r.Members(ctx, MemberFilter{Units: units, State: Probation, Limit: most})
	if err != nil {
		return nil, err
	}
	c := rules.On(r.Today())
	out := make([]Due, len(list))
	for i, m := range list {
		d := Due{Member: m, What: c.Waits(m), On: c.OfficialOn(m), Last: calendar.NoDate}
		switch d.What {
		case "above":
			d.On = m.Referred.On
		case "refer":
			d.On = m.Failed[len(m.Failed)-1].On
		default:
			if d.On, err = r.voteFrom(c, m); err != nil {
				return nil, err
			}
			if d.Last, err = r.cal.Due(calendar.Count{From: d.On, Duration: c.Recognise, Ahead: true}); err != nil {
				return nil, err
			}
		}
		out[i] = d
	}
	return out, nil
}
