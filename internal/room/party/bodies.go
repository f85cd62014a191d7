package party

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Act is one thing that happened to an organisation, read from its shapes.
type Act struct {
	On    calendar.Date
	Verb  string // "established", "renamed", "raised" (another kind), "moved" (another parent), "merged", "split", "dissolved"
	Was   people.Unit
	Is    people.Unit // as it became; for the last three the organisation that took over, none when dissolved
	Basis string      // the decision
}

// History is what happened to an organisation, the latest first.
func (r *Room) History(ctx context.Context, code string) ([]Act, error) {
	shapes, err := r.who.Shapes(ctx, code)
	if err != nil {
		return nil, err
	}
	out := []Act{{On: shapes[0].From, Verb: "established", Is: shapes[0], Basis: shapes[0].Basis}}
	for i, is := range shapes[1:] {
		was := shapes[i]
		for verb, changed := range map[string]bool{"renamed": is.NameVI != was.NameVI, "raised": is.Kind != was.Kind, "moved": is.Parent != was.Parent} {
			if changed {
				out = append(out, Act{On: is.From, Verb: verb, Was: was, Is: is, Basis: is.Basis})
			}
		}
	}
	last := shapes[len(shapes)-1]
	if last.To != calendar.NoDate {
		act := Act{On: last.To, Verb: "dissolved", Was: last, Basis: last.EndBasis}
		if last.MergedInto != "" {
			if act.Is, err = r.who.Unit(ctx, last.MergedInto, last.To); err != nil {
				return nil, err
			}
			if act.Verb = "merged"; act.Is.From == last.To { // it began that very day
				act.Verb = "split"
			}
		}
		out = append(out, act)
	}
	slices.SortStableFunc(out, func(a, b Act) int {
		if a.On != b.On {
			return int(b.On - a.On)
		}
		return len(a.Verb) - len(b.Verb) // one decision may do several things: always in one order
	})
	return out, nil
}

// Change is what becomes of an organisation on a day by a decision.
type Change struct {
	Actor, Basis string
	On           calendar.Date // NoDate = today
	Body         people.Unit   // its code, and what it becomes where it goes on
	Into         string        // Merge
	Part         people.Unit   // Split: the second part; Body is the first under its new code
	Of           string        // Split: the organisation that is split
	Members      []string      // Split: who goes to the second part
}

// changing checks a change and gives it its author.
func (r *Room) changing(c *Change) (people.By, error) {
	on, err := r.day(c.On)
	c.On = on
	c.Body.Side, c.Part.Side = people.Party, people.Party
	return people.By{Actor: c.Actor, On: on, Basis: trimmed(c.Basis)}, err
}

// kind refuses a kind of organisation that the rules of the day do not know.
func (r *Room) kind(id string, on calendar.Date) error {
	rules, err := r.Rules()
	if err != nil {
		return err
	}
	if o := rules.OrganisationOn(on); !slices.ContainsFunc(o.Kinds, func(k BodyKind) bool { return k.ID == id }) {
		return fault.New(fault.Invalid, "party.bad_body_kind", "kind", id)
	}
	return nil
}

// Establish opens an organisation below another one. Errors: party.bad_body_kind, party.state_unit, those of people.OpenUnit.
func (r *Room) Establish(ctx context.Context, c Change) error {
	by, err := r.changing(&c)
	if err == nil {
		err = r.kind(c.Body.Kind, by.On)
	}
	if err == nil {
		err = r.cell(ctx, c.Body.Parent, by.On)
	}
	if err != nil {
		return err
	}
	return r.who.OpenUnit(ctx, by, c.Body)
}

// Reshape renames, raises or moves an organisation from a day on: Body is what it becomes.
func (r *Room) Reshape(ctx context.Context, c Change) error {
	by, err := r.changing(&c)
	if err == nil {
		err = r.kind(c.Body.Kind, by.On)
	}
	if err == nil && c.Body.Parent != "" {
		err = r.cell(ctx, c.Body.Parent, by.On)
	}
	if err != nil {
		return err
	}
	return r.who.ChangeUnit(ctx, by, c.Body)
}

// Merge ends an organisation in favour of another one, to which its members go.
func (r *Room) Merge(ctx context.Context, c Change) error {
	by, err := r.changing(&c)
	if err == nil {
		err = r.cell(ctx, c.Into, by.On)
	}
	if err == nil {
		err = r.who.CloseUnit(ctx, by, c.Body.Code, c.Into)
	}
	if err != nil {
		return err
	}
	return r.regroup(ctx, c, c.Body.Code, func(*Member) string { return c.Into })
}

// Split ends an organisation and opens two in its place: the members named go to the second, all others to the first, to
// which its past counts.
func (r *Room) Split(ctx context.Context, c Change) error {
	by, err := r.changing(&c)
	if err != nil {
		return err
	}
	was, err := r.who.Unit(ctx, c.Of, by.On)
	if err != nil {
		return err
	}
	if trimmed(c.Body.Code) == "" || trimmed(c.Part.Code) == "" {
		return fault.New(fault.Invalid, "people.bad_unit", "unit", c.Body.Code)
	}
	for _, u := range []*people.Unit{&c.Body, &c.Part} {
		u.Parent, u.Kind = was.Parent, was.Kind
	}
	if err := r.who.SplitUnit(ctx, by, c.Of, []people.Unit{c.Body, c.Part}); err != nil {
		return err
	}
	return r.regroup(ctx, c, c.Of, func(m *Member) string {
		if slices.Contains(c.Members, m.ID) {
			return c.Part.Code
		}
		return c.Body.Code
	})
}

// Dissolve ends an organisation that has no members left. Error: party.body_has_members.
func (r *Room) Dissolve(ctx context.Context, c Change) error {
	by, err := r.changing(&c)
	if err != nil {
		return err
	}
	n, err := r.Strength(ctx, c.Body.Code)
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "party.body_has_members", "n", n)
	}
	if err != nil {
		return err
	}
	return r.who.CloseUnit(ctx, by, c.Body.Code, "")
}

// regroup moves the members of an organisation that ended. It is no transfer: figures count an ended organisation with the
// one that took over, so that only who goes to a second part leaves one and comes to another.
func (r *Room) regroup(ctx context.Context, c Change, from string, to func(*Member) string) error {
	list, _, err := r.Members(ctx, MemberFilter{Units: []string{from}, State: Active, Limit: most})
	if err != nil {
		return err
	}
	var cmds []ledger.Command
	for _, m := range list {
		next, version := *m, m.Version
		next.Unit, next.LastOn = to(m), max(c.On, m.LastOn)
		if next.Unit == c.Part.Code && c.Part.Code != "" {
			cmds = append(cmds, memberCommand(*m, version, c.Actor, "member_regrouped_out", next.LastOn, note{To: next.Unit}),
				memberCommand(next, version+1, c.Actor, "member_regrouped_in", next.LastOn, note{To: next.Unit}))
			continue
		}
		cmds = append(cmds, memberCommand(next, version, c.Actor, "member_regrouped", next.LastOn, note{To: next.Unit}))
	}
	if len(cmds) == 0 {
		return nil
	}
	_, err = r.opts.Append(ctx, cmds...)
	return err
}

// stays are where members belonged from when to when: the strength of each cell on any day.
var (
	endStay  = store.Statement(`update party_stay set to_day = $2 where member = $1 and to_day = $3`)
	addStay  = store.Statement(`insert into party_stay (member, version, unit, from_day, to_day, official_on) values ($1,$2,$3,$4,$5,$6)`)
	setStays = store.Statement(`update party_stay set official_on = $2 where member = $1`)
	lastStay = store.Statement(`select unit from party_stay where member = $1 and to_day = $2`)
	staysOn  = store.Statement(`select unit, sum(case when official_on <= $2 then 1 else 0 end), sum(case when official_on > $2 then 1 else 0 end)
		from party_stay where` + within + ` and from_day <= $2 and to_day > $2 group by unit order by unit`)
	// who belonged to the units on a day, as they stand now
	stayed = store.Statement(`select data, version from party_member where id in (select member from party_stay where` + within + ` and from_day <= $2 and to_day > $2)
		order by id`)
)

// applyStay keeps the stays of a member after an event.
func applyStay(ctx context.Context, tx store.Tx, m *Member, e *ledger.Event) error {
	official := Until(m.Official)
	var unit string
	err := tx.QueryRow(ctx, lastStay, m.ID, int64(never)).Scan(&unit)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if stays := m.Active() && unit == m.Unit; !stays {
		if _, err := tx.Exec(ctx, endStay, m.ID, int64(e.EffectiveOn), int64(never)); err != nil {
			return err
		}
		if m.Active() {
			if _, err := tx.Exec(ctx, addStay, m.ID, e.Version, m.Unit, int64(e.EffectiveOn), int64(never), official); err != nil {
				return err
			}
		}
	}
	_, err = tx.Exec(ctx, setStays, m.ID, official)
	return err
}

// StrengthOn counts the members of each unit as they stood on a day.
func (r *Room) StrengthOn(ctx context.Context, units []string, on calendar.Date) ([]UnitCount, error) {
	return store.All(ctx, r.db, scanCount, staysOn, store.Set(units), int64(on))
}

// MembersOn lists the members who belonged to the units on a day, as they stand now: since then they may have gone elsewhere.
func (r *Room) MembersOn(ctx context.Context, units []string, on calendar.Date) ([]*Member, error) {
	return store.All(ctx, r.db, scanMember, stayed, store.Set(units), int64(on))
}
