package dossier

import (
	"context"
	"strconv"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/store"
)

// Tally is a way of counting dossiers, or what belongs to them, for an index of service quality.
type Tally string

// The tallies. Good is what the index rewards.
const (
	OnTime           Tally = "on_time"           // of those decided or in hand in the time, those not late
	OnlineFilings    Tally = "online_filings"    // of those received in the time, those filed online
	OnlineProcedures Tally = "online_procedures" // of the procedures with receipts, those with an online one
	PaidOnline       Tally = "paid_online"       // of the fees above zero paid in the time, those paid online
	PaidProcedures   Tally = "paid_procedures"   // of the procedures with such fees, those with one paid online
)

// $4 first day, $5 last day, $6 the day that unfinished dossiers are compared with
const (
	inHand    = ` from dossier where` + withinReach + ` and received_on <= $5 and status not in (3, 7, 8) and (finished_on is null or finished_on >= $4)`
	lateThere = `(case when finished_on is not null and finished_on <= $5 then late else case when due_on < $6 or (finished_on is null and late = 1) then 1 else 0 end end)`
	received  = ` from dossier where` + withinReach + ` and received_on >= $4 and received_on <= $5`
	paid      = ` from dossier_fee where` + withinReach + ` and paid_on >= $4 and paid_on <= $5 and amount > 0`
)

var tallies = map[Tally]store.SQL{
	OnTime:           store.Statement(`select coalesce(sum(1 - ` + lateThere + `), 0), count(*)` + inHand),
	OnlineFilings:    store.Statement(`select coalesce(sum(case when channel = 'online' then 1 else 0 end), 0), count(*)` + received),
	OnlineProcedures: store.Statement(`select count(distinct case when channel = 'online' then procedure end), count(distinct procedure)` + received),
	PaidOnline:       store.Statement(`select coalesce(sum(online), 0), count(*)` + paid),
	PaidProcedures:   store.Statement(`select count(distinct case when online = 1 then procedure end), count(distinct procedure)` + paid),
}

// costing finds the dossiers that a tally does not count as good.
var costing = map[Tally]costly{
	OnTime:        costs(inHand+` and `+lateThere+` = 1`, 7),
	OnlineFilings: costs(received+` and channel <> 'online'`, 6),
	PaidOnline:    costs(` from dossier where`+withinReach+` and code in (select dossier from dossier_fee where paid_on >= $4 and paid_on <= $5 and amount > 0 and online = 0)`, 6),
}

// costly are the statements of such a list: by due date, by code behind one, and their number.
type costly struct{ page, after, count store.SQL }

// costs makes them; n is the first parameter behind those of the tally.
func costs(from string, n int) costly {
	one, two := "$"+strconv.Itoa(n), "$"+strconv.Itoa(n+1)
	return costly{
		page:  store.Statement("select " + rowColumns + from + ` order by coalesce(due_on, received_on), code limit ` + one + ` offset ` + two),
		after: store.Statement("select " + rowColumns + from + ` and code > ` + one + ` order by code limit ` + two),
		count: store.Statement(`select count(*)` + from),
	}
}

// tallyArgs are the parameters of a tally; only OnTime compares with a day.
func (e *Engine) tallyArgs(t Tally, r Reach, from, to calendar.Date) []any {
	args := append(r.args(), int64(from), int64(to))
	if t == OnTime {
		args = append(args, int64(min(to, e.today())))
	}
	return args
}

// Tallied counts what is in reach from one day to another, both included.
func (e *Engine) Tallied(ctx context.Context, t Tally, r Reach, from, to calendar.Date) (good, all int, err error) {
	err = e.db.QueryRow(ctx, tallies[t], e.tallyArgs(t, r, from, to)...).Scan(&good, &all)
	return good, all, err
}

// Costing gives one page of the dossiers that a tally does not count as good, and how many there are; a tally of
// procedures has none.
func (e *Engine) Costing(ctx context.Context, t Tally, r Reach, from, to calendar.Date, limit, offset int) ([]*Row, int, error) {
	q, ok := costing[t]
	if !ok {
		return nil, 0, nil
	}
	args := e.tallyArgs(t, r, from, to)
	var n int
	if err := e.db.QueryRow(ctx, q.count, args...).Scan(&n); err != nil {
		return nil, 0, err
	}
	rows, err := store.All(ctx, e.db, scanRow, q.page, append(args, int64(limit), int64(offset))...)
	return rows, n, err
}

// CostingAfter gives the same by code, those behind one ("" = from the first).
func (e *Engine) CostingAfter(ctx context.Context, t Tally, r Reach, from, to calendar.Date, code string, limit int) ([]*Row, error) {
	q, ok := costing[t]
	if !ok {
		return nil, nil
	}
	return store.All(ctx, e.db, scanRow, q.after, append(e.tallyArgs(t, r, from, to), code, int64(limit))...)
}
