package party

import (
	"context"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// Revocable says whether a version of the rules lets what was decided under it be taken back.
type Revocable struct {
	Allowed bool   `def:"allowed"`
	Basis   string `def:"basis,required"`
	Mark    string `def:"mark,required"` // seen, recalled
}

// Verify reports whether the rule waits for the legal officer.
func (x Revocable) Verify() bool { return x.Mark == "recalled" }

// Revocation (hủy bỏ, thu hồi) takes back what an entry says of one of those whom it names.
type Revocation struct {
	Subject string        `json:"subject,omitempty"` // "" where the entry names nobody: all of it
	On      calendar.Date `json:"on"`
	Number  string        `json:"number"` // of the document that takes it back
	Reason  string        `json:"reason"` // sealed where it is about a member
}

// RevokedOf is what took back what an entry says of a subject, nil while it stands.
func (rec *Record) RevokedOf(subject string) *Revocation {
	for i := range rec.Revoked {
		if rec.Revoked[i].Subject == subject {
			return &rec.Revoked[i]
		}
	}
	return nil
}

// Stands reports whether what an entry says of a subject was not taken back.
func (rec *Record) Stands(subject string) bool { return rec.RevokedOf(subject) == nil }

// Named are those of whom an entry says something that can be taken back, each once; one that names nobody speaks of "".
func (rec *Record) Named() []string {
	out := slices.Clone(rec.Subjects)
	for _, x := range rec.Results {
		out = append(out, x.Subject)
	}
	if len(out) == 0 {
		out = []string{""}
	}
	return out
}

// Standing are those of Named for whom the entry stands.
func (rec *Record) Standing() []string {
	return slices.DeleteFunc(rec.Named(), func(subject string) bool { return !rec.Stands(subject) })
}

// Revoking is a decision to take back what an entry says.
type Revoking struct {
	ID, Actor string
	Subjects  []string      // none = all for whom it stands
	On        calendar.Date // NoDate = today
	Number    string        // of the document
	Reason    string
}

// RevokeRule is the rule by which an entry may be taken back, nil for a kind that never is.
func (r *Room) RevokeRule(rec *Record) (*Revocable, error) {
	k, _ := KindOf(rec.Kind)
	if k.Revoked == "" {
		return nil, nil
	}
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	if rec.Kind == "assessment" {
		return &rules.AssessmentOn(rec.On).Revoke, nil
	}
	return &InForce(rules.Honours, rec.On).Revoke, nil
}

// Revoke takes back what an entry says of some or all of those whom it names: an award or a class that was entered wrongly
// or not earned. The entry stays, and says so. Errors: party.not_now, party.not_revocable where the rules of its day do not
// allow it, party.not_named, party.no_revoking, party.in_future, party.before_last.
func (r *Room) Revoke(ctx context.Context, x Revoking) (*Record, error) {
	rec, err := r.Record(ctx, x.ID)
	if err != nil {
		return nil, err
	}
	rule, err := r.RevokeRule(rec)
	if err != nil {
		return nil, err
	}
	if x.On, err = r.day(x.On); err != nil {
		return nil, err
	}
	x.Number, x.Reason = trimmed(x.Number), trimmed(x.Reason)
	switch {
	case rule == nil || rec.Stage != Done:
		return nil, fault.New(fault.Conflict, "party.not_now", "id", rec.ID)
	case !rule.Allowed:
		return nil, fault.New(fault.Conflict, "party.not_revocable", "basis", rule.Basis)
	case x.Number == "" || x.Reason == "":
		return nil, fault.New(fault.Invalid, "party.no_revoking")
	case x.On < rec.On:
		return nil, fault.New(fault.Invalid, "party.before_last", "last", rec.On)
	}
	n, err := r.takeBack(ctx, rec, x)
	if err != nil {
		return nil, err
	}
	if _, err := r.opts.Append(ctx, revokedCommand(rec, n, x)); err != nil {
		return nil, err
	}
	return r.Record(ctx, rec.ID)
}

// takeBack writes the revocations into an entry and counts what they take from the figures.
func (r *Room) takeBack(ctx context.Context, rec *Record, x Revoking) (n int, err error) {
	standing := rec.Standing()
	if len(x.Subjects) == 0 {
		x.Subjects = standing
	}
	for _, subject := range x.Subjects {
		if !slices.Contains(standing, subject) || !rec.Stands(subject) {
			return 0, fault.New(fault.Conflict, "party.not_named", "subject", subject)
		}
		back := Revocation{Subject: subject, On: x.On, Number: x.Number, Reason: x.Reason}
		if subject != "" && rec.Object != "body" {
			if back.Reason, err = r.Seal(ctx, subject, x.Reason); err != nil {
				return 0, err
			}
		}
		rec.Revoked = append(rec.Revoked, back)
		n++
		if subject == "" {
			n = rec.Count
		}
	}
	if len(rec.Standing()) == 0 {
		rec.Stage = Revoked
	}
	return n, nil
}

// revokedCommand records the entry as it stands after n of what it counted were taken back.
func revokedCommand(rec *Record, n int, x Revoking) ledger.Command {
	k, _ := KindOf(rec.Kind)
	cmd := recordCommand(k, *rec, rec.Version, x.Actor)
	f := recordFact{Record: *rec, Dims: map[string]string{"kind": k.Name}, Amounts: map[string]int{"count": n}}
	if rec.Object != "" {
		f.Dims["object"] = rec.Object
	}
	cmd.Events = []ledger.NewEvent{{Kind: k.Revoked, On: x.On, Data: f}}
	return cmd
}

// WhyRevoked is the reason of a revocation, opened where it is sealed; "" where it was erased.
func (r *Room) WhyRevoked(ctx context.Context, rec *Record, x Revocation) (string, error) {
	if x.Subject == "" || rec.Object == "body" || r.opts.Open == nil {
		return x.Reason, nil
	}
	return r.Reveal(ctx, x.Reason)
}

// BadgeGiven is a badge that was conferred here.
type BadgeGiven struct {
	Grade    int           `json:"grade"`
	On       calendar.Date `json:"on"`
	Number   string        `json:"number,omitempty"` // of the decision of the committee above
	Before   int           `json:"before,omitempty"` // grade of the badge before it
	BeforeOn calendar.Date `json:"before_on,omitzero"`
	Revoked  *Revocation   `json:"revoked,omitempty"`
}

// RevokeBadge takes back the last badge that was conferred here: the one before it counts again. Errors: party.no_badge,
// party.no_revoking, those of every step.
func (r *Room) RevokeBadge(ctx context.Context, s Step) (*Member, error) {
	return r.step(ctx, s, "badge_revoked", func(m *Member, on calendar.Date) error {
		number, reason := trimmed(s.Number), trimmed(s.Reason)
		switch {
		case m.BadgeOn == 0:
			return fault.New(fault.Conflict, "party.no_badge")
		case number == "" || reason == "":
			return fault.New(fault.Invalid, "party.no_revoking")
		}
		i := slices.IndexFunc(m.Badges, func(b BadgeGiven) bool { return b.Grade == m.Badge && b.On == m.BadgeOn && b.Revoked == nil })
		if i < 0 { // conferred before the list was kept
			m.Badges = append(m.Badges, BadgeGiven{Grade: m.Badge, On: m.BadgeOn})
			i = len(m.Badges) - 1
		}
		b := &m.Badges[i]
		sealed, err := r.Seal(ctx, m.ID, reason)
		b.Revoked = &Revocation{Subject: m.ID, On: on, Number: number, Reason: sealed}
		m.Badge, m.BadgeOn = b.Before, b.BeforeOn
		return err
	})
}

// badgeNumber is the number of the decision that gave the badge held now, "" where it is not known.
func (m *Member) badgeNumber() string {
	for _, b := range m.Badges {
		if b.Revoked == nil && b.Grade == m.Badge && b.On == m.BadgeOn {
			return b.Number
		}
	}
	return ""
}
