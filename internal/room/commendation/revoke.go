package commendation

import (
	"context"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Revocation (hủy bỏ, tước, thu hồi) says how an award was taken back.
type Revocation struct {
	How      string        `json:"how"` // id of Law.Revocations
	Decision string        `json:"decision"`
	On       calendar.Date `json:"on"`
	Reason   string        `json:"reason"`
}

// revoked marks the held awards that a test tells as taken back.
func (r *Record) revoked(by Revocation, is func(*Held) bool) {
	for i := range r.Held {
		if h := &r.Held[i]; h.Revoked == nil && is(h) {
			h.Revoked = &by
		}
	}
}

// RevokeHeld records that an award of before the system, or by another body, was taken back. One that was decided here is taken
// back by its nomination. Errors: commendation.no_award, commendation.need_decision, commendation.need_note,
// commendation.no_revocation, commendation.bad_day, those of Law.
func (r *Room) RevokeHeld(ctx context.Context, actor string, s Subject, side string, h Held, by Revocation) error {
	rec, err := r.Record(ctx, s.ID)
	if err != nil {
		return err
	}
	law, err := r.Law(side, h.Year)
	if err != nil {
		return err
	}
	way := law.Revocation(by.How)
	by.On, by.Decision, by.Reason = on(by.On, r.Today()), tidy(by.Decision), tidy(by.Reason)
	i := slices.IndexFunc(rec.Held, func(x Held) bool { return x.same(&h) && x.Nomination == "" && x.Revoked == nil })
	switch {
	case i < 0:
		return fault.New(fault.Invalid, "commendation.no_award", "award", h.Award)
	case way == nil:
		return fault.New(fault.Invalid, "commendation.no_revocation", "how", by.How)
	case by.Decision == "":
		return fault.New(fault.Invalid, "commendation.need_decision")
	case by.Reason == "":
		return fault.New(fault.Invalid, "commendation.need_note")
	case by.On > r.Today():
		return fault.New(fault.Invalid, "commendation.bad_day", "from", rec.Held[i].On, "to", r.Today())
	}
	by.How, h = way.ID, rec.Held[i]
	h.Revoked = &by
	return r.record(ctx, actor, s, by.On, kindRevoked, subjectFact{Held: &h})
}

// same reports whether two entries are of one award.
func (h *Held) same(x *Held) bool {
	return h.Award == x.Award && h.Year == x.Year && h.Occasion == x.Occasion && h.Decision == x.Decision
}
