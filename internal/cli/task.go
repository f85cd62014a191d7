package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"trucot/internal/app"
	"trucot/internal/app/taskbook"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// taskCmd is "trucot task …": assigned work.
type taskCmd struct {
	List   taskList   `cmd:"" help:"help_task_list"`
	Import taskImport `cmd:"" help:"help_task_import"`
	Export taskExport `cmd:"" help:"help_task_export"`
}

// taskPick says which tasks a command is about.
type taskPick struct {
	View      string `enum:"all,open,overdue,in_term,unconfirmed,done,done_on_time,done_late" default:"all" help:"help_task_view"`
	Unit      string `help:"help_task_unit"`
	Directive string `help:"help_task_directive"`
}

// allTasks is more than any list is long; the engine gives as many as it may.
const allTasks = 1 << 30

// tasks reads them. The machine's own command line sees both sides.
func (p *taskPick) tasks(env *Env, a *app.App) ([]*task.Task, error) {
	units, err := a.People.Units(env.Ctx, a.Tasks.Today(), "")
	if err != nil {
		return nil, err
	}
	f := task.Filter{Reach: task.Reach{State: true}, Directive: p.Directive, View: p.View, Limit: allTasks}
	for _, u := range units {
		f.Reach.Units = append(f.Reach.Units, u.Code)
	}
	if p.View == "all" {
		f.View = ""
	}
	if p.Unit != "" {
		if f.Units, err = a.People.Subtree(env.Ctx, p.Unit, a.Tasks.Today()); err != nil {
			return nil, err
		}
	}
	list, _, err := a.Tasks.List(env.Ctx, f)
	return list, err
}

type taskList struct {
	taskPick
	JSON bool `name:"json" help:"help_json"`
}

// taskLine is what --json prints: the task as it stands, its status of today and the working days left.
type taskLine struct {
	*task.Task
	Status task.Status `json:"status"`
	Left   int         `json:"left"`
}

// Run prints the tasks, open ones with the nearest deadline first.
func (c *taskList) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		list, err := c.tasks(env, a)
		if err != nil {
			return err
		}
		out := json.NewEncoder(env.Stdout)
		out.SetEscapeHTML(false)
		today := a.Tasks.Today()
		for _, t := range list {
			if c.JSON {
				err = out.Encode(taskLine{t, t.Status(today), a.Tasks.Left(t, today)})
			} else {
				_, err = fmt.Fprintf(env.Stdout, "%s\t%s\t%s\t%s\t%s\n", t.ID, env.Catalog.T(env.Lang, "task."+string(t.Status(today))), t.Due.Format(env.Lang), t.Unit, t.Title)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

type taskImport struct {
	File string `arg:"" help:"help_task_file"`
	JSON bool   `name:"json" help:"help_task_import_json"`
}

// taskRow is what --json prints for each row: {"line","external","id","outcome","kept","error"}.
type taskRow struct {
	Line     int              `json:"line"`
	External string           `json:"external"`
	ID       string           `json:"id,omitempty"`
	Outcome  taskbook.Outcome `json:"outcome"`
	Kept     []string         `json:"kept,omitempty"` // columns that were left as they are
	Error    string           `json:"error,omitempty"`
}

// Run takes in a table. A row that fails does not stop the others; the command then fails at its end.
func (c *taskImport) Run(env *Env) error {
	data, err := readFile(c.File, maxTaskFile)
	if err != nil {
		return err
	}
	return env.withApp(func(a *app.App) error {
		im := taskbook.Import{Tasks: a.Tasks, Words: a.Catalog, Actor: commandLine, Directive: taskbook.Finder(a.Directives, nil)}
		rows, err := im.Read(env.Ctx, c.File, data)
		if err != nil {
			return err
		}
		failed := 0
		for _, r := range rows {
			if r.Err != nil {
				failed++
			}
			if err := c.print(env, r); err != nil {
				return err
			}
		}
		if failed > 0 {
			return fault.New(fault.Invalid, "cli.task_rows_failed", "failed", failed, "n", len(rows))
		}
		return nil
	})
}

func (c *taskImport) print(env *Env, r taskbook.Row) error {
	line := taskRow{Line: r.Line, External: r.External, ID: r.ID, Outcome: r.Outcome, Kept: r.Kept}
	if r.Err != nil {
		line.Error = env.Catalog.Error(env.Lang, r.Err)
	}
	if c.JSON {
		out := json.NewEncoder(env.Stdout)
		out.SetEscapeHTML(false)
		return out.Encode(line)
	}
	said := []string{}
	for _, column := range r.Kept {
		said = append(said, env.Catalog.T(env.Lang, "taskbook.kept_"+column))
	}
	if line.Error != "" {
		said = append(said, line.Error)
	}
	_, err := fmt.Fprintf(env.Stdout, "%d\t%s\t%s\t%s\t%s\n", line.Line, env.Catalog.T(env.Lang, "taskbook.outcome_"+string(line.Outcome)), line.External, line.ID, strings.Join(said, " "))
	return err
}

// maxTaskFile bounds a table of tasks in bytes.
const maxTaskFile = 32 << 20

// readFile reads a bounded file. Errors: cli.file_unreadable, cli.file_too_large.
func readFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.New(fault.NotFound, "cli.file_unreadable", "file", name).Because(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fault.New(fault.NotFound, "cli.file_unreadable", "file", name).Because(err)
	}
	if int64(len(data)) > limit {
		return nil, fault.New(fault.TooLarge, "cli.file_too_large", "file", name, "limit", limit>>20)
	}
	return data, nil
}

type taskExport struct {
	taskPick
	Out string `short:"o" default:"nhiem-vu.xlsx" help:"help_task_out"`
}

// Run writes the tasks as XLSX, in the format that import reads.
func (c *taskExport) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		list, err := c.tasks(env, a)
		if err != nil {
			return err
		}
		f, err := os.Create(c.Out)
		if err != nil {
			return fault.New(fault.Unavailable, "cli.out_unwritable", "file", c.Out).Because(err)
		}
		today := a.Tasks.Today()
		err = taskbook.Write(f, env.Catalog, env.Lang, list, today, func(t *task.Task) int { return a.Tasks.Left(t, today) }, nil)
		if closed := f.Close(); err == nil && closed != nil {
			err = fault.New(fault.Unavailable, "cli.out_unwritable", "file", c.Out).Because(closed)
		}
		if err != nil {
			return err
		}
		env.say("cli.task_written", "n", len(list), "file", c.Out)
		return nil
	})
}

// dayFlag reads a date flag; empty is NoDate.
func dayFlag(text string) (calendar.Date, error) {
	if text == "" {
		return calendar.NoDate, nil
	}
	return calendar.Parse(text)
}
