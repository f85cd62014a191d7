package dossier

import (
	"context"
	"slices"
	"strconv"

	"trucot/internal/engine/dossier/worklist"
	"trucot/internal/engine/label"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/store"
)

// Order is how List sorts.
type Order int

// The orders of List.
const (
	ByDue    Order = iota // open ones first, the nearest due date first, those without one last
	ByFiling              // the latest first
)

// Filter says which dossiers a list shows. Empty parts do not restrict.
type Filter struct {
	Procedure  string
	Units      []string // any of these, the caller expands subtrees; nil = all, empty = none
	Without    []string // none of these
	Status     int
	Statuses   []int // any of these
	Assignee   string
	Unassigned bool
	Open       bool          // only those that wait for a result
	Overdue    calendar.Date // only those open with a due date before this day
	// DueFrom and DueUntil, exclusive, bound the due date of open ones.
	DueFrom, DueUntil calendar.Date
	Text              string           // words of title or applicant, the last perhaps begun, or the beginning of a code
	Priorities        []label.Priority // any of these
	Label             string           // has it, marks and case ignored

	found *worklist.Subset // rows that have Text, where searched

	Order  Order // of List alone, as are Limit and Offset
	Limit  int   // 50 when 0
	Offset int
}

// Row is one line of a list.
type Row struct {
	Num                             uint32 // of the row, see worklist.Cursor
	Code, Procedure, Version, State string
	Status                          int
	Unit, Assignee, Channel         string
	Title, Applicant                string
	Priority                        label.Priority
	Labels                          string // divided by commas, as the index groups them
	SubmittedOn, ReceivedOn, DueOn  calendar.Date
	FinishedOn, ReturnedOn          calendar.Date
	Late                            bool
	Stream                          int64 // version of the stream, for who wants to change it
}

// Overdue reports whether the row's dossier is open with its due date past.
func (r *Row) Overdue(today calendar.Date) bool {
	return open(r.Status) && r.DueOn != calendar.NoDate && r.DueOn < today
}

// LabelList is the row's labels one by one.
func (r *Row) LabelList() []string { return labelList(r.Labels) }

// Page is a part of a list and where it stands in it.
type Page struct {
	worklist.Page
	Rows []*Row // not to be changed
}

// Page gives limit dossiers after a place, or before it where back is set. On PostgreSQL what another node wrote
// shows once this node has followed it, within a second.
func (e *Engine) Page(ctx context.Context, f Filter, o worklist.Order, at worklist.Cursor, back bool, limit int) (Page, error) {
	x, q, err := e.question(ctx, &f)
	if err != nil {
		return Page{}, err
	}
	if o.Key == worklist.Title {
		if err := e.lists.arrange(ctx, e); err != nil {
			return Page{}, err
		}
	}
	p := Page{Page: x.Page(q, o, at, back, limit)}
	p.Rows, err = e.rows(ctx, p.Page.Rows)
	return p, err
}

// Count is how many dossiers each of the filters has.
func (e *Engine) Count(ctx context.Context, filters ...Filter) ([]int, error) {
	out := make([]int, len(filters))
	for i := range filters {
		x, q, err := e.question(ctx, &filters[i])
		if err != nil {
			return nil, err
		}
		out[i] = x.Count(q)
	}
	return out, nil
}

// CountBy counts a filter's dossiers by a dimension, whatever the filter says of that dimension; units stay within
// Units and Without.
func (e *Engine) CountBy(ctx context.Context, f Filter, by worklist.Dim) (map[string]int, error) {
	x, q, err := e.question(ctx, &f)
	if err != nil {
		return nil, err
	}
	return x.Values(q, by), nil
}

// List gives some dossiers from an offset on and how many there are in all. Long lists are better read by Page.
func (e *Engine) List(ctx context.Context, f Filter) ([]Row, int, error) {
	limit, offset := max(f.Limit, 0), max(f.Offset, 0)
	if limit == 0 {
		limit = 50
	}
	o := worklist.Order{Group: worklist.ByOpen, Key: worklist.Due}
	if f.Order == ByFiling {
		o = worklist.Order{Group: worklist.NoDim, Key: worklist.Filed, Desc: true}
	}
	x, q, err := e.question(ctx, &f)
	if err != nil {
		return nil, 0, err
	}
	p := x.Page(q, o, worklist.Cursor{}, false, offset+limit)
	found, err := e.rows(ctx, p.Rows[min(offset, len(p.Rows)):])
	out := make([]Row, len(found))
	for i, r := range found {
		out[i] = *r
	}
	return out, p.Total, err
}

// question is the filter as the index asks it.
func (e *Engine) question(ctx context.Context, f *Filter) (*worklist.Index, worklist.Query, error) {
	x, err := e.lists.index(ctx, e.db)
	if err != nil {
		return nil, worklist.Query{}, err
	}
	q := worklist.Query{Without: f.Without, DueFrom: f.DueFrom, DueUntil: f.DueUntil}
	q.In[worklist.Unit] = f.Units
	if f.Procedure != "" {
		q.In[worklist.Procedure] = []string{f.Procedure}
	}
	for _, s := range f.Statuses {
		q.In[worklist.Status] = append(q.In[worklist.Status], strconv.Itoa(s))
	}
	if f.Status != 0 {
		q.In[worklist.Status] = []string{strconv.Itoa(f.Status)}
	}
	if f.Assignee != "" || f.Unassigned {
		q.In[worklist.Assignee] = []string{f.Assignee}
	}
	if f.Overdue != 0 && f.Overdue != calendar.NoDate {
		q.DueUntil = f.Overdue
	}
	if open := true; f.Open || q.DueFrom != 0 || q.DueUntil != 0 {
		q.Open = &open
	}
	for _, p := range f.Priorities {
		q.In[worklist.Priority] = append(q.In[worklist.Priority], strconv.Itoa(int(p)))
	}
	if f.Label != "" {
		q.In[worklist.Labels] = []string{}
		for _, all := range x.Names(worklist.Labels) {
			if f.labelled(labelList(all)) {
				q.In[worklist.Labels] = append(q.In[worklist.Labels], all)
			}
		}
	}
	if err := e.Search(ctx, f); err != nil {
		return nil, q, err
	}
	q.Only = f.found
	return x, q, nil
}

// rows reads the rows of numbers, in their order.
func (e *Engine) rows(ctx context.Context, nums []uint32) ([]*Row, error) {
	out := make([]*Row, len(nums))
	missing, generation := e.lists.known(nums, out)
	for len(missing) > 0 {
		n := min(len(missing), rowsAtOnce)
		args := make([]any, rowsAtOnce)
		for i := range args {
			args[i] = int64(-1)
			if i < n {
				args[i] = int64(nums[missing[i]])
			}
		}
		found, err := store.All(ctx, e.db, scanRow, selectByNum, args...)
		if err != nil {
			return nil, err
		}
		at := make(map[uint32]*Row, len(found))
		for _, r := range found {
			at[r.Num] = r
		}
		for _, i := range missing[:n] {
			out[i] = at[nums[i]]
		}
		e.lists.keep(generation, found)
		missing = missing[n:]
	}
	return slices.DeleteFunc(out, func(r *Row) bool { return r == nil }), nil // none is, unless the table is just being rebuilt
}

// Near is the first day whose due dates are not yet near, seen from a day.
func (e *Engine) Near(today calendar.Date) calendar.Date {
	if e.opts.Soon == nil {
		return today
	}
	for range e.opts.Soon(today) {
		today = e.cal.Next(today)
	}
	return today + 1
}
