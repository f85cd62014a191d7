package flow

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/store"
)

// View is all that is shown of one procedure.
type View struct {
	*Map
	Trial Trial
	Risks []Risk
	Cut   bool // only the latest Most dossiers were taken in
}

// The sizes of what is remembered.
const (
	mostViews = 16
	mostRisks = 256
)

// View is the flow of a procedure; it is computed once a ledger position and day.
func (e *Engine) View(ctx context.Context, q Query) (*View, error) {
	today := e.today()
	key := fmt.Sprint(q.Procedure, q.From, q.To, q.Limit, reachKey(q.Units, q.Without), e.l.Head(), today)
	e.mu.Lock()
	v := e.views[key]
	e.mu.Unlock()
	if v != nil {
		return v, nil
	}
	traces, cut, err := e.Read(ctx, q)
	if err != nil {
		return nil, err
	}
	v = &View{Map: Mine(traces, e.cal, today), Trial: Try(traces, e.cal, today), Cut: cut}
	v.Risks = Learn(traces, e.cal, today).AtRisk(traces, e.cal, today)
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.views) >= mostViews {
		clear(e.views)
	}
	e.views[key] = v
	return v, nil
}

// reachKey names a reach whatever the order of its units; all units and none are not the same.
func reachKey(units, without []string) string {
	return fmt.Sprint(units == nil, slices.Sorted(slices.Values(units)), slices.Sorted(slices.Values(without)))
}

// learned is how many dossiers of a procedure teach the forecast of the list of all procedures.
const learned = 1000

// ahead is how many days ahead the list of all procedures looks, and listed how many dossiers it weighs.
const (
	ahead  = 45
	listed = 200
)

// daily is what was learned of a procedure on a day. Model is nil where the trial showed that it is worth nothing.
type daily struct {
	on    calendar.Date
	model *Model
}

// timed is a list with the moment it was made.
type timed struct {
	at    time.Time
	risks []Risk
}

// fresh is how old the list of all procedures may be.
const fresh = time.Minute

// Risks lists the dossiers in reach, of all procedures, that will be late if nothing changes. Procedures where the
// forecast is no better than guessing are left out. What it learns from is read once a day.
func (e *Engine) Risks(ctx context.Context, units, without []string) ([]Risk, error) {
	now := e.opts.Clock()
	key := reachKey(units, without)
	e.mu.Lock()
	known, ok := e.risks[key]
	e.mu.Unlock()
	if ok && now.Sub(known.at).Abs() < fresh {
		return known.risks, nil
	}
	risks, err := e.weigh(ctx, units, without)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.risks) >= mostRisks {
		clear(e.risks)
	}
	e.risks[key] = timed{now, risks}
	return risks, nil
}

// weigh reads the dossiers that are due soon and asks what was learned of their procedures.
func (e *Engine) weigh(ctx context.Context, units, without []string) ([]Risk, error) {
	today := e.today()
	of := map[string][]*Trace{}
	all, err := store.All(ctx, e.db, func(rows *sql.Rows) (*Trace, error) {
		var procedure string
		t, err := scanTrace(rows, &procedure)
		of[procedure] = append(of[procedure], t)
		return t, err
	}, selectDue, append(reach(units, without), int64(today), int64(today+ahead), int64(listed))...)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	if err := e.walk(ctx, all); err != nil {
		return nil, err
	}
	var out []Risk
	for procedure, traces := range of {
		model, err := e.model(ctx, procedure, today)
		if err != nil {
			return nil, err
		}
		if model == nil {
			continue
		}
		for _, r := range model.AtRisk(traces, e.cal, today) {
			r.Procedure = procedure
			out = append(out, r)
		}
	}
	slices.SortFunc(out, bySurety)
	return out, nil
}

// model is what was learned of a procedure, today.
func (e *Engine) model(ctx context.Context, procedure string, today calendar.Date) (*Model, error) {
	e.mu.Lock()
	known, ok := e.ready[procedure]
	e.mu.Unlock()
	if ok && known.on == today {
		return known.model, nil
	}
	traces, _, err := e.Read(ctx, Query{Procedure: procedure, Limit: learned})
	if err != nil {
		return nil, err
	}
	now := daily{on: today}
	if Try(traces, e.cal, today).Useful() {
		now.model = Learn(traces, e.cal, today)
	}
	e.mu.Lock()
	e.ready[procedure] = now
	e.mu.Unlock()
	return now.model, nil
}
