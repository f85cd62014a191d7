package party

import (
	"context"
	"slices"
	"time"

	"trucot/internal/kernel/calendar"
)

// BadgeLine is a member on the list of an occasion.
type BadgeLine struct {
	*Member
	Grade int   // years of the badge
	Age   int   // months of Party age on the day
	Short int   // months that are still missing; 0 = due
	Early int   // months that may be missing for the seriously ill
	Money int64 // đồng given with it, by the base salary of the day; 0 = no rule seen

	Number string // of the decision, once it was given; "" where it is not known
}

// Due reports whether the badge is due without any exception.
func (b BadgeLine) Due() bool { return b.Short == 0 }

// Occasions are the days of a year on which badges are conferred.
func (c *Charter) Occasions(year int) []calendar.Date {
	var out []calendar.Date
	for _, o := range c.Badges.Occasions {
		out = append(out, calendar.Of(year, time.Month(o.Month), o.Day))
	}
	return out
}

// BadgeFor says which badge a member may get on a day: the highest grade earned and not yet conferred, else the next
// one if the months missing are within what the seriously ill may get early. ok is false for neither.
func (c *Charter) BadgeFor(m *Member, on calendar.Date) (line BadgeLine, ok bool) {
	age := m.Age(on)
	line = BadgeLine{Member: m, Age: age}
	for _, grade := range c.Badges.Grades {
		if grade > m.Badge && grade*12 <= age {
			line.Grade, ok = grade, true
		}
	}
	if ok {
		return line, m.State == Official
	}
	for _, grade := range c.Badges.Grades {
		if grade <= m.Badge || grade*12 <= age {
			continue
		}
		line.Grade, line.Short, line.Early = grade, grade*12-age, c.Badges.IllEarly
		if grade*12 >= c.Badges.OldFrom {
			line.Early = c.Badges.OldEarly
		}
		return line, m.State == Official && line.Short <= line.Early
	}
	return line, false
}

// Badges is the list for an occasion over the units, those due first, then by how little is missing.
func (r *Room) Badges(ctx context.Context, units []string, on calendar.Date) ([]BadgeLine, error) {
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	c := rules.On(on)
	salary, err := r.salary(on)
	if err != nil {
		return nil, err
	}
	before := on.AddMonths(c.Badges.OldEarly - 12*c.Badges.Grades[0])
	members, err := r.longStanding(ctx, units, before)
	if err != nil {
		return nil, err
	}
	var out []BadgeLine
	for _, m := range members {
		if line, ok := c.BadgeFor(m, on); ok {
			line.Money = c.badgeMoney(line.Grade, salary)
			out = append(out, line)
		}
	}
	slices.SortStableFunc(out, func(a, b BadgeLine) int {
		if a.Short != b.Short {
			return a.Short - b.Short
		}
		return b.Grade - a.Grade
	})
	return out, nil
}

// salary is the base salary of a day, 0 where it is not known.
func (r *Room) salary(on calendar.Date) (int64, error) {
	if r.opts.Salary == nil {
		return 0, nil
	}
	return r.opts.Salary(on)
}

// badgeMoney is what is given with a badge, 0 where no rule for it was seen.
func (c *Charter) badgeMoney(grade int, salary int64) int64 {
	for _, x := range c.BadgeMoney {
		if x.Grade == grade {
			return salary * x.Tenths / 10
		}
	}
	return 0
}

// BadgesBetween lists the badges of a time: those conferred in it, and those due on its last occasion and not conferred yet.
func (r *Room) BadgesBetween(ctx context.Context, units []string, from, to calendar.Date) ([]BadgeLine, error) {
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	members, _, err := r.Members(ctx, MemberFilter{Units: units, State: Official, Limit: most})
	if err != nil {
		return nil, err
	}
	var out []BadgeLine
	for _, m := range members {
		line, on, ok := rules.badgeBetween(m, from, to)
		if !ok {
			continue
		}
		salary, err := r.salary(on) // it may have risen between two occasions
		if err != nil {
			return nil, err
		}
		line.Money = rules.On(on).badgeMoney(line.Grade, salary)
		out = append(out, line)
	}
	slices.SortStableFunc(out, func(a, b BadgeLine) int { return b.Grade - a.Grade })
	return out, nil
}

// badgeBetween is the badge that a member got in a time and its day, or the one that is due on the last occasion of the time.
func (r *Rules) badgeBetween(m *Member, from, to calendar.Date) (line BadgeLine, on calendar.Date, ok bool) {
	if m.BadgeOn != 0 && m.BadgeOn >= from && m.BadgeOn <= to {
		return BadgeLine{Member: m, Grade: m.Badge, Age: m.Age(m.BadgeOn), Number: m.badgeNumber()}, m.BadgeOn, true
	}
	last := r.On(to).lastOccasion(to)
	line, ok = r.On(last).BadgeFor(m, last)
	return line, last, ok && line.Due() && last >= from
}

// lastOccasion is the last day up to a day on which badges are conferred.
func (c *Charter) lastOccasion(to calendar.Date) calendar.Date {
	year, _, _ := to.YMD()
	all := append(c.Occasions(year-1), c.Occasions(year)...)
	for i := len(all) - 1; i > 0; i-- {
		if all[i] <= to {
			return all[i]
		}
	}
	return all[0]
}

// NextOccasion is the first day on or after a day on which badges are conferred.
func (c *Charter) NextOccasion(from calendar.Date) calendar.Date {
	year, _, _ := from.YMD()
	for _, on := range append(c.Occasions(year), c.Occasions(year+1)...) {
		if on >= from {
			return on
		}
	}
	return from
}
