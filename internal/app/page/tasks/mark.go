package tasks

import (
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/app/page/marks"
	"trucot/internal/engine/label"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// mayMark reports whether the reader works in the task's unit or with its owner.
func mayMark(r *web.Request, t *task.Task) bool {
	return people.Holds(r.Reader, people.ActOnTasks, t.Unit) || helps(r, t)
}

// mark is the form of a task's page.
func (s *pages) mark(r *web.Request, in url.Values) (string, error) {
	t, err := s.get(r)
	if err != nil {
		return "", err
	}
	if !mayMark(r, t) {
		return "", web.Forbidden()
	}
	c, err := marks.Read(in)
	if err == nil {
		_, err = s.tasks.Mark(r.Context(), t.ID, c, web.Seen(in, t.Version), r.Actor())
	}
	return Path(t.ID) + "?da=luu", err
}

// again is the task's page with what is wrong.
func (s *pages) again(r *web.Request, in url.Values, trouble error) error {
	t, err := s.get(r)
	if err != nil {
		return err
	}
	return s.show(r, t, in, trouble)
}

// bulkMark marks one of many tasks and says what became of it. An undo names the version and the marks to bring back:
// "version@marks".
func (s *pages) bulkMark(r *web.Request, row *bulkRow, c label.Change, expect int64) error {
	before := marks.Marks{Priority: row.Priority, Labels: row.Labels}
	was := row.Version
	if expect == 0 {
		expect = was
	}
	now, err := s.tasks.Mark(r.Context(), row.ID, c, expect, r.Actor())
	switch {
	case err != nil && fault.KindOf(err) == fault.Internal:
		return err
	case err != nil:
		row.Outcome, row.Error = "failed", r.ErrorText(err)
		return nil
	}
	row.Row = NewRow(r, s.tasks, s.who, now)
	if row.Outcome = "unchanged"; now.Version != was {
		row.Outcome, row.Undo = "updated", strings.Join([]string{now.ID, strconv.FormatInt(now.Version, 10), before.Text()}, "@")
	}
	return nil
}

// marking is what a form for many does to the marks of a task: of those chosen, or of those that an undo names. ok is false
// where it does nothing to them.
func marking(in url.Values, id string) (c label.Change, expect int64, ok bool, err error) {
	if in.Get("lam") != "hoan-tac-nhan" {
		c, ok, err = marks.ReadBulk(in)
		return c, 0, ok, err
	}
	for _, text := range in["hoan-tac"] {
		parts := strings.SplitN(text, "@", 3)
		if len(parts) == 3 && parts[0] == id {
			expect, err = strconv.ParseInt(parts[1], 10, 64)
			if err == nil {
				c, err = marks.Parse(parts[2])
			}
		}
	}
	return c, expect, true, err
}
