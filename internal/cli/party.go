package cli

import (
	"encoding/json"
	"fmt"

	"trucot/internal/app"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/party"
)

// partyCmd is "trucot party …": the Party's work. The machine's own command line is inside Party scope.
type partyCmd struct {
	Members partyMembers `cmd:"" help:"help_party_members"`
	Badges  partyBadges  `cmd:"" help:"help_party_badges"`
	Entries partyEntries `cmd:"" help:"help_party_entries"`
}

// partyUnits are all units of the Party side, or one with what stands below it.
func partyUnits(env *Env, a *app.App, unit string) ([]string, error) {
	if unit != "" {
		return a.People.Subtree(env.Ctx, unit, a.Party.Today())
	}
	units, err := a.People.Units(env.Ctx, a.Party.Today(), people.Party)
	var out []string
	for _, u := range units {
		out = append(out, u.Code)
	}
	return out, err
}

// allEntries is more than any list is long; the room gives as many as it may.
const allEntries = 1 << 30

type partyMembers struct {
	Unit string `help:"help_party_unit"`
	JSON bool   `name:"json" help:"help_json"`
}

// Run prints the members of today: number, state, cell, decision, Party age in months. Names are not for scripts.
func (c *partyMembers) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		units, err := partyUnits(env, a, c.Unit)
		if err != nil {
			return err
		}
		list, _, err := a.Party.Members(env.Ctx, party.MemberFilter{Units: units, State: party.Active, Limit: allEntries})
		if err != nil {
			return err
		}
		for _, m := range list {
			m.Personal = nil // sealed, and of no use outside
			if err := env.line(c.JSON, m, "%s\t%s\t%s\t%s\t%d\n", m.ID, env.Catalog.T(env.Lang, "party.state_"+string(m.State)), m.Unit, m.Decided.Format(env.Lang), m.Age(a.Party.Today())); err != nil {
				return err
			}
		}
		return nil
	})
}

type partyBadges struct {
	On   string `help:"help_party_on"`
	Unit string `help:"help_party_unit"`
	JSON bool   `name:"json" help:"help_json"`
}

// badgeLine is what --json prints.
type badgeLine struct {
	Member string        `json:"member"`
	Unit   string        `json:"unit"`
	On     calendar.Date `json:"on"`
	Grade  int           `json:"grade"`
	Age    int           `json:"age_months"`
	Short  int           `json:"months_short"`
}

// Run prints who is due for a badge on an occasion, and who might get one early.
func (c *partyBadges) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		rules, err := a.Party.Rules()
		if err != nil {
			return err
		}
		on := rules.On(a.Party.Today()).NextOccasion(a.Party.Today())
		if c.On != "" {
			if on, err = calendar.Parse(c.On); err != nil {
				return err
			}
		}
		units, err := partyUnits(env, a, c.Unit)
		if err != nil {
			return err
		}
		lines, err := a.Party.Badges(env.Ctx, units, on)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := env.line(c.JSON, badgeLine{l.ID, l.Unit, on, l.Grade, l.Age, l.Short}, "%s\t%s\t%d\t%d\n", l.ID, l.Unit, l.Grade, l.Short); err != nil {
				return err
			}
		}
		return nil
	})
}

type partyEntries struct {
	Kind string `arg:"" help:"help_party_kind"`
	Unit string `help:"help_party_unit"`
	JSON bool   `name:"json" help:"help_json"`
}

// Run prints the entries of one kind, planned ones first.
func (c *partyEntries) Run(env *Env) error {
	k, err := party.MustKind(c.Kind)
	if err != nil {
		return err
	}
	return env.withApp(func(a *app.App) error {
		units, err := partyUnits(env, a, c.Unit)
		if err != nil {
			return err
		}
		list, _, err := a.Party.Records(env.Ctx, party.RecordFilter{Units: units, Kind: k.Name, From: calendar.NoDate, To: calendar.NoDate, UntilBy: calendar.NoDate, Limit: allEntries})
		if err != nil {
			return err
		}
		for _, rec := range list {
			if err := env.line(c.JSON, rec, "%s\t%s\t%s\t%s\t%s\n", rec.ID, rec.On.Format(env.Lang), env.Catalog.T(env.Lang, "party.stage_"+string(rec.Stage)), rec.Unit, rec.Title); err != nil {
				return err
			}
		}
		return nil
	})
}

// line prints one thing as a JSON line or in words.
func (e *Env) line(asJSON bool, value any, format string, words ...any) error {
	if !asJSON {
		_, err := fmt.Fprintf(e.Stdout, format, words...)
		return err
	}
	out := json.NewEncoder(e.Stdout)
	out.SetEscapeHTML(false)
	return out.Encode(value)
}
