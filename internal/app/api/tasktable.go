package api

import (
	"context"

	"trucot/internal/app/taskbook"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

type taskTable struct {
	Name    string `query:"name" required:"true" maxLength:"300" example:"nhiem-vu.xlsx"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// TaskRow is what became of a row of a table of tasks. A row is known by its external id: sent again, it changes its task.
type TaskRow struct {
	Line     int    `json:"line"` // in the file, from 1
	External string `json:"external"`
	Task     string `json:"task,omitempty"`
	Outcome  string `json:"outcome" enum:"added,updated,unchanged,failed"`
	Code     string `json:"code,omitempty"`   // of what is wrong
	Detail   string `json:"detail,omitempty"` // in the caller's language
}

// importTasks takes a table of tasks, XLSX or CSV, in the form that task-export gives. What one row lacks stops no other.
func (s *service) importTasks(r *web.Request, in *taskTable) (*reply[[]TaskRow], error) {
	im := taskbook.Import{Tasks: s.Tasks, Words: s.Words, Actor: r.Actor(),
		May:       func(unit string) bool { return r.Can(people.AssignTasks, unit) },
		Directive: taskbook.Finder(s.Directives, func(d *directive.Document) bool { return people.Holds(r.Reader, people.ReadDirectives, d.Unit) })}
	rows, err := im.Read(context.WithoutCancel(r.Context()), in.Name, in.RawBody)
	if err != nil {
		return nil, err
	}
	out := []TaskRow{}
	for _, row := range rows {
		one := TaskRow{Line: row.Line, External: row.External, Task: row.ID, Outcome: string(row.Outcome)}
		if row.Err != nil {
			one.Code, one.Detail = fault.Keys(row.Err), r.ErrorText(row.Err)
		}
		out = append(out, one)
	}
	return ok(out)
}
