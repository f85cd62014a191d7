package party

import (
	"net/url"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
)

// named is one of those whom an entry names.
type named struct {
	Subject, Name string
	Revoked       *room.Revocation // nil while it stands
	Why           string           // it was taken back; "" where it was erased
}

// standing fills in for whom an entry stands and for whom it was taken back.
func (s *pages) standing(r *web.Request, p *recordPage) error {
	var err error
	rule := (*room.Revocable)(nil)
	if p.Keep && p.Record.Stage == room.Done {
		if rule, err = s.room.RevokeRule(p.Record); err != nil {
			return err
		}
	}
	if rule != nil && rule.Allowed {
		p.Revoke = rule
	}
	for _, id := range p.Record.Named() {
		x := named{Subject: id, Name: s.name(r.Context(), id, r), Revoked: p.Record.RevokedOf(id)}
		if x.Revoked != nil {
			if x.Why, err = s.room.WhyRevoked(r.Context(), p.Record, *x.Revoked); err != nil {
				return err
			}
			p.Back = append(p.Back, x)
		} else {
			p.Stand = append(p.Stand, x)
		}
		if contains(p.Record.Subjects, id) {
			p.Honoured = append(p.Honoured, x)
		}
	}
	return nil
}

// revoke takes back what an entry says of those who were marked.
func (s *pages) revoke(r *web.Request, rec *room.Record, in url.Values) error {
	on, err := parseDay(in.Get("ngay"))
	if err != nil {
		return err
	}
	x := room.Revoking{ID: rec.ID, Actor: r.Actor(), Subjects: in["chon"], On: on, Number: in.Get("so"), Reason: in.Get("ly-do")}
	if len(x.Subjects) == 0 && len(rec.Subjects)+len(rec.Results) > 0 {
		return fault.New(fault.Invalid, "party.none_marked")
	}
	_, err = s.room.Revoke(r.Context(), x)
	return err
}
