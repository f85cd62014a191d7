package people

import (
	"context"
	"sort"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// OpenUnit records a new unit. Errors: people.bad_unit for a missing code, name or side;
// people.unit_exists; people.unknown_unit for the parent.
func (p *People) OpenUnit(ctx context.Context, by By, u Unit) error {
	by = p.dated(by)
	d, err := p.directory(ctx)
	if err != nil {
		return err
	}
	if _, ok := d.units[u.Code]; ok {
		return fault.New(fault.Conflict, "people.unit_exists", "unit", u.Code)
	}
	return p.recordUnit(ctx, d, by, u, kindUnitOpened)
}

// ChangeUnit records a unit's new name, parent or kind from a date on; the old shape stays for the time
// before.
func (p *People) ChangeUnit(ctx context.Context, by By, u Unit) error {
	by = p.dated(by)
	d, err := p.directory(ctx)
	if err != nil {
		return err
	}
	if _, ok := d.units[u.Code]; !ok {
		return missing("people.unknown_unit", "unit", u.Code)
	}
	if err := d.inOrder(u.Code, by.On); err != nil {
		return err
	}
	if u.Parent != "" && d.below(u.Code, by.On)[u.Parent] {
		return fault.New(fault.Invalid, "people.unit_circle", "unit", u.Code, "parent", u.Parent)
	}
	return p.recordUnit(ctx, d, by, u, kindUnitChanged)
}

func (p *People) recordUnit(ctx context.Context, d *directory, by By, u Unit, kind string) error {
	if u.Code == "" || u.Code == Everywhere || u.NameVI == "" || (u.Side != State && u.Side != Party) {
		return fault.New(fault.Invalid, "people.bad_unit", "unit", u.Code)
	}
	if u.Parent != "" {
		if _, ok := d.units[u.Parent]; !ok {
			return missing("people.unknown_unit", "unit", u.Parent)
		}
	}
	u.Basis = by.Basis
	return p.record(ctx, by, "unit/"+u.Code, u.Code, kind, u)
}

// CloseUnit records that a unit ended on by.On, merged into another one or into none. Errors: people.unknown_unit,
// people.unit_has_units while others stand below it, people.bad_successor, people.unit_out_of_order.
func (p *People) CloseUnit(ctx context.Context, by By, code, mergedInto string) error {
	by = p.dated(by)
	d, err := p.directory(ctx)
	if err != nil {
		return err
	}
	if err := d.mayClose(code, by.On); err != nil {
		return err
	}
	u, _ := d.unitOn(code, by.On)
	if mergedInto != "" {
		next, ok := d.unitOn(mergedInto, by.On)
		if !ok || mergedInto == code || next.Side != u.Side {
			return fault.New(fault.Invalid, "people.bad_successor", "unit", mergedInto)
		}
	}
	u.MergedInto, u.Basis = mergedInto, by.Basis
	return p.record(ctx, by, "unit/"+code, code, kindUnitClosed, u)
}

// mayClose refuses a unit that does not stand on the day, that changes later, or that others stand below.
func (d *directory) mayClose(code string, on calendar.Date) error {
	if _, ok := d.unitOn(code, on); !ok {
		return missing("people.unknown_unit", "unit", code)
	}
	if err := d.inOrder(code, on); err != nil {
		return err
	}
	var below []string
	for c := range d.units {
		if child, ok := d.unitOn(c, on); ok && child.Parent == code {
			below = append(below, c)
		}
	}
	if sort.Strings(below); len(below) > 0 {
		return fault.New(fault.Conflict, "people.unit_has_units", "unit", code, "below", strings.Join(below, ", "))
	}
	return nil
}

// inOrder refuses a change before one that is already recorded: the later shape would silently undo it.
func (d *directory) inOrder(code string, on calendar.Date) error {
	vs := d.units[code]
	last := vs[len(vs)-1]
	since := last.From
	if last.To != calendar.NoDate {
		since = last.To
	}
	if on < since {
		return fault.New(fault.Conflict, "people.unit_out_of_order", "unit", code, "day", since.String())
	}
	return nil
}

// still refuses a unit that nobody knows and, where something new is to begin there, one that has ended by the day.
func (d *directory) still(code string, on calendar.Date, begins bool) error {
	shapes := d.units[code]
	if len(shapes) == 0 {
		return missing("people.unknown_unit", "unit", code)
	}
	if last := shapes[len(shapes)-1]; begins && last.To != calendar.NoDate && last.To <= on {
		return fault.New(fault.Invalid, "people.unit_ended", "unit", code, "name", last.NameVI)
	}
	return nil
}

// Units lists the units standing on a date, of one side or of both ("").
func (p *People) Units(ctx context.Context, on calendar.Date, side Side) ([]Unit, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return nil, err
	}
	var out []Unit
	for code := range d.units {
		if u, ok := d.unitOn(code, on); ok && (side == "" || u.Side == side) {
			out = append(out, u)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Code < out[j].Code })
	return out, nil
}

// Unit is a unit as it stands on a date, or as it last stood before it ended.
func (p *People) Unit(ctx context.Context, code string, on calendar.Date) (Unit, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return Unit{}, err
	}
	if u, ok := d.unitOn(code, on); ok {
		return u, nil
	}
	if vs := d.units[code]; len(vs) > 0 {
		return vs[len(vs)-1], nil
	}
	return Unit{}, missing("people.unknown_unit", "unit", code)
}

// Standing is the unit that stands on a day for one: itself, or what it was merged into, however often. Errors:
// people.unknown_unit, people.unit_ended for one that ended without a successor or that begins later.
func (p *People) Standing(ctx context.Context, code string, on calendar.Date) (Unit, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return Unit{}, err
	}
	for next := code; ; {
		shapes := d.units[next]
		if len(shapes) == 0 {
			return Unit{}, missing("people.unknown_unit", "unit", next)
		}
		if u, ok := d.unitOn(next, on); ok {
			return u, nil
		}
		last := shapes[len(shapes)-1]
		if last.MergedInto == "" || on < last.To {
			return Unit{}, fault.New(fault.Invalid, "people.unit_ended", "unit", code, "name", last.NameVI)
		}
		next = last.MergedInto
	}
}

// UnitName is a unit's name for display: its code when nothing is known of it.
func (p *People) UnitName(ctx context.Context, code string, tag lang.Tag) string {
	u, err := p.Unit(ctx, code, p.today())
	if err != nil {
		return code
	}
	return u.Name(tag)
}

// Subtree is the unit and every unit below it on a date, and the units that had merged into one of them
// by then, since their past counts for the successor. The unit itself is always first.
func (p *People) Subtree(ctx context.Context, code string, on calendar.Date) ([]string, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return nil, err
	}
	if _, ok := d.units[code]; !ok {
		return nil, missing("people.unknown_unit", "unit", code)
	}
	set := d.below(code, on)
	delete(set, code)
	out := make([]string, 0, len(set)+1)
	for c := range set {
		out = append(out, c)
	}
	sort.Strings(out)
	return append([]string{code}, out...), nil
}

// Shapes lists what a unit was from when to when, the first first. Error: people.unknown_unit.
func (p *People) Shapes(ctx context.Context, code string) ([]Unit, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return nil, err
	}
	if len(d.units[code]) == 0 {
		return nil, missing("people.unknown_unit", "unit", code)
	}
	return append([]Unit(nil), d.units[code]...), nil
}

// SplitUnit opens the parts and ends the unit, whose past counts for the first of them. What would be refused is
// refused before anything is written. Errors as for OpenUnit and CloseUnit.
func (p *People) SplitUnit(ctx context.Context, by By, code string, parts []Unit) error {
	by = p.dated(by)
	d, err := p.directory(ctx)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, u := range parts {
		if _, ok := d.units[u.Code]; ok || seen[u.Code] {
			return fault.New(fault.Conflict, "people.unit_exists", "unit", u.Code)
		}
		seen[u.Code] = true
	}
	if err := d.mayClose(code, by.On); err != nil {
		return err
	}
	for _, u := range parts {
		if err := p.recordUnit(ctx, d, by, u, kindUnitOpened); err != nil {
			return err
		}
	}
	return p.CloseUnit(ctx, by, code, parts[0].Code)
}

// MoveRoles gives the roles that accounts have in a unit that ended to them in its successor from by.On, and ends the old
// ones; the account except keeps its own. It tells how many accounts moved. Posts stay as they are: they are given by
// decision. Errors: those of Standing, people.unit_stands.
func (p *People) MoveRoles(ctx context.Context, by By, code, except string) (int, error) {
	by = p.dated(by)
	next, err := p.Standing(ctx, code, by.On)
	if err != nil {
		return 0, err
	}
	if next.Code == code {
		return 0, fault.New(fault.Conflict, "people.unit_stands", "unit", code)
	}
	accounts, err := p.Accounts(ctx)
	if err != nil {
		return 0, err
	}
	moved := 0
	for _, a := range accounts {
		before := moved
		for _, g := range a.Grants {
			if g.Unit != code || a.ID == except {
				continue
			}
			if err := p.GrantRole(ctx, by, a.ID, Grant{g.Role, next.Code}); err != nil {
				return moved, err
			}
			if err := p.RevokeRole(ctx, by, a.ID, g); err != nil {
				return moved, err
			}
			moved = before + 1
		}
	}
	return moved, nil
}
