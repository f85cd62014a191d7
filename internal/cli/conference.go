package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"trucot/internal/app"
	"trucot/internal/room/conference"
)

// conferenceCmd is "trucot conference …".
type conferenceCmd struct {
	List conferenceList `cmd:"" help:"help_conference_list"`
	Pack conferencePack `cmd:"" help:"help_conference_pack"`
}

type conferenceList struct {
	JSON bool `name:"json" help:"help_json"`
}

// conferenceLine is what --json prints: counts, no names.
type conferenceLine struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Unit        string            `json:"unit"`
	Side        string            `json:"side"`
	Status      conference.Status `json:"status"`
	Day         string            `json:"day"`
	Invited     int               `json:"invited"`
	Present     int               `json:"present"`
	Conclusions int               `json:"conclusions"`
	Tasks       int               `json:"tasks"`
	Done        int               `json:"done"`
}

// Run prints the conferences, the latest first. The machine's own command line sees those of both sides.
func (c *conferenceList) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		units, err := a.People.Units(env.Ctx, a.Conferences.Today(), "")
		if err != nil {
			return err
		}
		reach := conference.Reach{State: true}
		for _, u := range units {
			reach.Units = append(reach.Units, u.Code)
		}
		list, _, err := a.Conferences.List(env.Ctx, conference.Filter{Reach: reach, Limit: 1 << 30})
		if err != nil {
			return err
		}
		out := json.NewEncoder(env.Stdout)
		out.SetEscapeHTML(false)
		for _, one := range list {
			guests, err := a.Conferences.Guests(env.Ctx, one.ID)
			if err != nil {
				return err
			}
			progress, err := a.Conferences.Progress(env.Ctx, one)
			if err != nil {
				return err
			}
			n := conference.Count(guests)
			if c.JSON {
				err = out.Encode(conferenceLine{one.ID, one.Name, one.Unit, string(one.Side), one.Status, one.Day.String(), n.Invited, n.Present, len(one.Conclusions), progress.Tasks, progress.Done})
			} else {
				_, err = fmt.Fprintf(env.Stdout, "%s\t%s\t%s\t%d/%d\t%s\n", one.ID, one.Day.Format(env.Lang), env.Catalog.T(env.Lang, "conference.status_"+string(one.Status)), progress.Done, progress.Tasks, one.Name)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

type conferencePack struct {
	ID   string `arg:"" help:"help_conference_id"`
	Out  string `required:"" type:"path" help:"help_conference_out"`
	JSON bool   `name:"json" help:"help_json"`
}

// Run writes the pack of documents of a conference as one PDF.
func (c *conferencePack) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		one, err := a.Conferences.Get(env.Ctx, c.ID)
		if err != nil {
			return err
		}
		if err := writeFile(c.Out, func(w io.Writer) error { return a.Conferences.WritePack(env.Ctx, w, one) }); err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(env.Stdout).Encode(map[string]any{"id": one.ID, "path": c.Out, "parts": one.Pack})
		}
		_, err = fmt.Fprintln(env.Stdout, c.Out)
		return err
	})
}
