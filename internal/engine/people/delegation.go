package people

import (
	"context"
	"crypto/rand"
	"database/sql"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Form is how a delegate signs (Nghị định 30/2020, Phụ lục I).
type Form string

// The forms of signing for somebody.
const (
	KT  Form = "kt"  // ký thay: a deputy for the head
	TL  Form = "tl"  // thừa lệnh: a head of a unit below, for the head
	TUQ Form = "tuq" // thừa ủy quyền: somebody empowered in writing
)

// Forms lists the forms in the order of the interface.
func Forms() []Form { return []Form{KT, TL, TUQ} }

// Delegation lets an account act for another one while that is away: with the giver's roles, as far as they reach into
// the unit, from a day to a day, both included. Only the giver's own roles pass on, never administration.
type Delegation struct {
	ID    string        `json:"id"`
	Giver string        `json:"giver"`
	Taker string        `json:"taker"`
	Form  Form          `json:"form"`
	Unit  string        `json:"unit"` // Everywhere = the giver's whole state side
	Basis string        `json:"basis,omitempty"`
	From  calendar.Date `json:"-"`
	Until calendar.Date `json:"until"`
}

// actingMark stands between the account that acts and the one it acts for, in an Actor. No account's name has it.
const actingMark = "+"

// Acting takes an actor apart: who acted, and for whom ("" = for nobody but themselves).
func Acting(actor string) (who, forWhom string) {
	who, forWhom, _ = strings.Cut(actor, actingMark)
	return who, forWhom
}

// Desk is the account whose work an actor sees as their own: the giver's while acting for somebody.
func Desk(actor string) string {
	who, forWhom := Acting(actor)
	if forWhom != "" {
		return forWhom
	}
	return who
}

// Delegate records a delegation from by.On and gives its ID, drawn where it has none. Errors: people.unknown_account, people.unknown_unit,
// people.bad_delegation for one to oneself, without a form or with an end before its beginning.
func (p *People) Delegate(ctx context.Context, by By, g Delegation) (id string, err error) {
	for _, account := range []string{g.Giver, g.Taker} {
		if _, err := p.account(ctx, account); err != nil {
			return "", err
		}
	}
	d, err := p.directory(ctx)
	if err != nil {
		return "", err
	}
	if _, ok := d.units[g.Unit]; !ok && g.Unit != Everywhere {
		return "", missing("people.unknown_unit", "unit", g.Unit)
	}
	by = p.dated(by)
	if g.Giver == g.Taker || g.Form != KT && g.Form != TL && g.Form != TUQ || g.Until < by.On || g.Until == calendar.NoDate {
		return "", fault.New(fault.Invalid, "people.bad_delegation")
	}
	if g.ID == "" {
		g.ID = strings.ToLower(rand.Text()[:10])
	}
	return g.ID, p.record(ctx, by, "account/"+g.Giver, "", kindDelegated, g)
}

// EndDelegation records that a delegation ends with the day before by.On, earlier than planned. Error:
// people.unknown_delegation.
func (p *People) EndDelegation(ctx context.Context, by By, id string) error {
	d, err := p.directory(ctx)
	if err != nil {
		return err
	}
	for _, g := range d.delegations {
		if g.ID == id {
			return p.record(ctx, by, "account/"+g.Giver, "", kindDelegationEnded, map[string]string{"id": id, "giver": g.Giver, "taker": g.Taker})
		}
	}
	return missing("people.unknown_delegation", "id", id)
}

// Delegations lists those that an account gave or took ("" = all), the latest first.
func (p *People) Delegations(ctx context.Context, account string) ([]Delegation, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return nil, err
	}
	var out []Delegation
	for i := len(d.delegations) - 1; i >= 0; i-- {
		if g := d.delegations[i]; account == "" || g.Giver == account || g.Taker == account {
			out = append(out, g)
		}
	}
	return out, nil
}

// On reports whether the delegation holds on a day.
func (g Delegation) On(day calendar.Date) bool { return g.From <= day && day <= g.Until }

// Act makes a session work for the giver of a delegation, or for its own account again with id "". Error:
// people.unknown_delegation when it is not the account's or does not hold today.
func (p *People) Act(ctx context.Context, account, session, id string) error {
	d, err := p.directory(ctx)
	if err != nil {
		return err
	}
	if id != "" && d.delegated(account, id, p.today()) == nil {
		return missing("people.unknown_delegation", "id", id)
	}
	p.seen.forget(hashToken(session))
	return p.run(ctx, actVisit, id, hashToken(session), account)
}

// delegated is the delegation with the id when the account may act under it on the day.
func (d *directory) delegated(taker, id string, on calendar.Date) *Delegation {
	for i := range d.delegations {
		g := &d.delegations[i]
		giver := d.account[g.Giver]
		if g.ID == id && g.Taker == taker && g.On(on) && giver != nil && !giver.closed {
			return g
		}
	}
	return nil
}

// passed are the roles of the giver that a delegation hands on: those that reach into its unit, cut down to it.
func (d *directory) passed(g *Delegation, on calendar.Date) []Grant {
	var out []Grant
	for _, own := range d.account[g.Giver].grants {
		if own.from > on || on >= own.to || permissions[own.Role][ManagePeople] {
			continue
		}
		party := permissions[own.Role][ReadParty]
		switch {
		case g.Unit == Everywhere:
			if !party {
				out = append(out, own.Grant)
			}
		case party != d.isParty(g.Unit):
		case own.Unit == Everywhere || d.below(own.Unit, on)[g.Unit]:
			out = append(out, Grant{own.Role, g.Unit})
		case d.below(g.Unit, on)[own.Unit]:
			out = append(out, own.Grant)
		}
	}
	return out
}

func scanDelegation(rows *sql.Rows) (Delegation, error) {
	var g Delegation
	var from, until int64
	err := rows.Scan(&g.ID, &g.Giver, &g.Taker, &g.Form, &g.Unit, &g.Basis, &from, &until)
	g.From, g.Until = calendar.Date(from), calendar.Date(until)
	return g, err
}
