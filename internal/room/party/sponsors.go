package party

import (
	"context"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Sponsor (người giới thiệu) recommends an applicant: a member, or the committee of a mass organisation in place of one.
type Sponsor struct {
	Member string        `json:"member,omitempty"`
	Body   string        `json:"body,omitempty"` // "youth", "union"
	Since  calendar.Date `json:"since"`          // works with the applicant since
}

// SponsorBodies are the mass organisations that may stand in for one of the sponsors.
func SponsorBodies() []string { return []string{"youth", "union"} }

// sponsored checks who recommends an applicant on a day. Errors: party.few_sponsors, party.sponsor_bodies,
// party.sponsor_twice, party.sponsor_not_official, party.sponsor_too_short, party.no_member.
func (r *Room) sponsored(ctx context.Context, c *Charter, list []Sponsor, on calendar.Date) error {
	if len(list) != c.Admission.Sponsors {
		return fault.New(fault.Invalid, "party.few_sponsors", "n", c.Admission.Sponsors)
	}
	bodies, seen := 0, map[string]bool{}
	for _, s := range list {
		if s.Body != "" {
			bodies++
			continue
		}
		m, err := r.Member(ctx, s.Member)
		if err != nil {
			return err
		}
		switch {
		case seen[s.Member]:
			return fault.New(fault.Invalid, "party.sponsor_twice", "id", s.Member)
		case m.State != Official || m.Official > on:
			return fault.New(fault.Invalid, "party.sponsor_not_official", "id", s.Member)
		case s.Since == calendar.NoDate || s.Since.AddMonths(c.Admission.Together.N) > on:
			return fault.New(fault.Invalid, "party.sponsor_too_short", "id", s.Member, "term", c.Admission.Together)
		}
		seen[s.Member] = true
	}
	if bodies > 1 {
		return fault.New(fault.Invalid, "party.sponsor_bodies")
	}
	return nil
}
