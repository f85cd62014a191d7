package cli

import (
	"encoding/json"
	"fmt"
	"time"

	"trucot/internal/app"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// calendarCmd is "trucot calendar …".
type calendarCmd struct {
	Add calendarAdd `cmd:"" help:"help_calendar_add"`
}

// calendarAdd computes a due date.
type calendarAdd struct {
	Duration string   `arg:"" help:"help_calendar_duration"`
	From     string   `required:"" placeholder:"YYYY-MM-DD" help:"help_calendar_from"`
	At       string   `placeholder:"HH:MM" help:"help_calendar_at"`
	Pause    []string `placeholder:"FROM..TO" help:"help_calendar_pause"`
	Explain  bool     `help:"help_calendar_explain"`
	JSON     bool     `name:"json" help:"help_json"`
}

// calendarAnswer is what --json prints; steps only with --explain.
type calendarAnswer struct {
	From     string              `json:"from"`
	Duration calendar.Duration   `json:"duration"`
	Due      calendar.Date       `json:"due"`
	Verify   bool                `json:"verify"` // rests on a day that still has to be confirmed at its source
	Steps    []calendarStepShown `json:"steps,omitempty"`
}

type calendarStepShown struct {
	calendar.Step
	Text string `json:"text"`
}

// Run prints the due date, with --explain one line a day before it.
func (c *calendarAdd) Run(env *Env) error {
	cal, err := app.Calendar(env.Data)
	if err != nil {
		return err
	}
	q, err := c.count(cal)
	if err != nil {
		return err
	}
	e, err := cal.Explain(q)
	if err != nil {
		return err
	}
	if c.JSON {
		return c.printJSON(env, e)
	}
	if c.Explain {
		for _, s := range e.Steps {
			fmt.Fprintf(env.Stdout, "%-9s %-10s %s\n", s.Date.WeekdayName(env.Lang), s.Date.Format(env.Lang), s.Text(env.Lang))
		}
	}
	key := "cli.calendar_due"
	if e.Verify {
		key = "cli.calendar_due_verify"
	}
	fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, key, "due", e.Due.Format(env.Lang), "weekday", e.Due.WeekdayName(env.Lang),
		"duration", e.Duration.Name(env.Lang), "from", e.From.Format(env.Lang)))
	return nil
}

func (c *calendarAdd) printJSON(env *Env, e calendar.Explanation) error {
	answer := calendarAnswer{From: e.From.String(), Duration: e.Duration, Due: e.Due, Verify: e.Verify}
	if c.Explain {
		for _, s := range e.Steps {
			answer.Steps = append(answer.Steps, calendarStepShown{s, s.Text(env.Lang)})
		}
	}
	return json.NewEncoder(env.Stdout).Encode(answer)
}

// count reads the flags.
func (c *calendarAdd) count(cal *calendar.Calendar) (calendar.Count, error) {
	var q calendar.Count
	var err error
	if q.From, err = calendar.Parse(c.From); err != nil {
		return q, err
	}
	if q.Duration, err = calendar.ParseDuration(c.Duration); err != nil {
		return q, err
	}
	if c.At != "" {
		at, err := time.ParseInLocation("2006-01-02 15:04", c.From+" "+c.At, calendar.Zone)
		if err != nil {
			return q, fault.New(fault.Invalid, "cli.bad_hour", "text", c.At)
		}
		q.AfterCutOff = cal.AfterCutOff(at)
	}
	for _, text := range c.Pause {
		p, err := calendar.ParsePause(text)
		if err != nil {
			return q, err
		}
		q.Pauses = append(q.Pauses, p)
	}
	return q, nil
}
