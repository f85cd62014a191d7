package conference

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Conclude sets the conclusions, in their order; before the conference they are its draft. Lines without text are left
// out. Errors: conference.not_now, conference.issued once the notice is out, conference.whose of a deadline without a unit,
// people.unknown_unit, conference.other_side, those of task.Deadline.
func (r *Room) Conclude(ctx context.Context, actor, id string, list []Conclusion) error {
	return r.change(ctx, actor, id, concluding, func(c *Conference, ch *change) error {
		if c.Notice != nil {
			return fault.New(fault.Conflict, "conference.issued", "number", c.Notice.Number)
		}
		var kept []Conclusion
		for _, x := range list {
			x.Text, x.Due, x.Product, x.Task = long(x.Text), strings.TrimSpace(x.Due), short(x.Product), ""
			if x.Text == "" {
				continue
			}
			if err := r.checkConclusion(ctx, c, x); err != nil {
				return err
			}
			kept = append(kept, x)
		}
		if slices.Equal(kept, c.Conclusions) {
			return errNothing
		}
		c.Conclusions = kept
		ch.kind, ch.Conference = "concluded", c
		return nil
	})
}

// checkConclusion refuses a conclusion that could not become a task, and one that would carry Party words to a state unit.
func (r *Room) checkConclusion(ctx context.Context, c *Conference, x Conclusion) error {
	if x.Unit == "" {
		if x.Due != "" || x.Owner != "" {
			return fault.New(fault.Invalid, "conference.whose", "text", x.Text)
		}
		return nil
	}
	u, err := r.who.Unit(ctx, x.Unit, r.Today())
	if err != nil {
		return err
	}
	if u.Side != c.Side {
		return fault.New(fault.Invalid, "conference.other_side", "unit", u.NameVI)
	}
	_, _, err = r.opts.Tasks.Deadline(x.Due, max(c.Day, r.Today()))
	return err
}

// Issue is a notice of conclusions about to be entered in the register of directives.
type Issue struct {
	Number, Summary, Unit, Actor string
	On                           calendar.Date
	Party                        bool
	DOCX                         []byte // the notice itself
}

// IssueNotice numbers and dates the notice of conclusions, enters it in the register of directives, and gives out a task
// for each conclusion with a unit. Broken off in between, it may be repeated: what is there already is not made twice.
// Errors: conference.not_now, conference.no_conclusions, conference.no_number, those of directives and tasks.
func (r *Room) IssueNotice(ctx context.Context, actor, id, number string, on calendar.Date) (*Conference, error) {
	c, err := r.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if on == calendar.NoDate {
		on = r.Today()
	}
	number = tidy(number)
	switch {
	case c.Notice != nil && number == "":
		number, on = c.Notice.Number, c.Notice.On
	case number == "":
		return nil, fault.New(fault.Invalid, "conference.no_number")
	}
	if err := c.allows(issuing); err != nil {
		return nil, err
	}
	if len(c.Conclusions) == 0 {
		return nil, fault.New(fault.Invalid, "conference.no_conclusions")
	}
	if on < c.Day || on > r.Today() {
		return nil, fault.New(fault.Invalid, "conference.bad_day", "from", c.Day, "to", r.Today())
	}
	if c.Notice == nil {
		if err := r.register(ctx, actor, c, Notice{Number: number, On: on}); err != nil {
			return nil, err
		}
	}
	if err := r.assign(ctx, actor, id); err != nil {
		return nil, err
	}
	return r.Get(ctx, id)
}

// register enters the notice in the register of directives.
func (r *Room) register(ctx context.Context, actor string, c *Conference, n Notice) error {
	issued := *c
	issued.Notice = &n
	var docx bytes.Buffer
	d, err := r.noticePaper(ctx, &issued)
	if err != nil {
		return err
	}
	if err := d.WriteDOCX(&docx); err != nil {
		return err
	}
	n.Directive, err = r.opts.Issue(ctx, Issue{Number: n.Number, Summary: r.text("conference.notice_about", "name", c.Name), Unit: c.Unit, Actor: actor, On: n.On,
		Party: c.party(), DOCX: docx.Bytes()})
	if err != nil {
		return err
	}
	return r.change(ctx, actor, c.ID, issuing, func(c *Conference, ch *change) error {
		c.Notice = &n
		ch.kind, ch.Conference = "notice_issued", c
		return nil
	})
}

// assign gives out the tasks that are not yet given out. The key makes a repetition find the task of the first time.
func (r *Room) assign(ctx context.Context, actor, id string) error {
	c, err := r.Get(ctx, id)
	if err != nil {
		return err
	}
	tasks := map[int]string{}
	for i, x := range c.Conclusions {
		if x.Unit == "" || x.Task != "" {
			continue
		}
		t, err := r.opts.Tasks.Assign(ctx, task.Assignment{Title: firstSentence(x.Text), Directive: c.Notice.Directive, Goal: c.Name, Unit: x.Unit, Owner: x.Owner, Product: x.Product,
			Due: x.Due, On: c.Notice.On, Actor: actor, Key: "conference/" + id + "/" + itoa(i+1)})
		if err != nil {
			return err
		}
		tasks[i] = t.ID
	}
	if len(tasks) == 0 {
		return nil
	}
	return r.change(ctx, actor, id, issuing, func(c *Conference, ch *change) error {
		for i, t := range tasks {
			c.Conclusions[i].Task = t
		}
		ch.kind, ch.Conference = "tasks_given", c
		return nil
	})
}

// longestTitle is how long the title of a task may be; the notice has the whole text.
const longestTitle = 220

// firstSentence is a conclusion as the title of a task.
func firstSentence(text string) string {
	if i := strings.IndexAny(text, ".;\n"); i > 20 {
		text = text[:i]
	}
	runes := []rune(strings.TrimRight(text, ".;: "))
	if len(runes) > longestTitle {
		return strings.TrimSpace(string(runes[:longestTitle])) + "…"
	}
	return string(runes)
}

// Outcome is one conclusion with what became of it.
type Outcome struct {
	Conclusion
	N    int
	Work *task.Task // nil without a task
}

// Progress counts the conclusions' tasks by status.
type Progress struct {
	Outcomes []Outcome
	Count    task.UnitCount
	Tasks    int
	Done     int
}

// Progress reads how much of what was concluded is done.
func (r *Room) Progress(ctx context.Context, c *Conference) (*Progress, error) {
	p := &Progress{}
	for i, x := range c.Conclusions {
		o := Outcome{Conclusion: x, N: i + 1}
		if x.Task != "" {
			t, err := r.opts.Tasks.Get(ctx, x.Task)
			if err != nil {
				return nil, err
			}
			o.Work = t
			status := t.Status(r.Today())
			p.Count.Add(status)
			p.Tasks++
			if status == task.OnTime || status == task.DoneLate {
				p.Done++
			}
		}
		p.Outcomes = append(p.Outcomes, o)
	}
	return p, nil
}
