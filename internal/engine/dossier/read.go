package dossier

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/store"
)

// Get reads a dossier. The caller must not change it. Error: fault.NotFound.
func (e *Engine) Get(ctx context.Context, code string) (*Dossier, error) {
	if e.db.Engine == store.SQLite {
		return e.load(ctx, code)
	}
	return e.reload(ctx, code) // another node may have written
}

// Seen gives a dossier as this process last saw it, without asking the database where it can: for deciding
// who may act, just before Act finds out whether anybody else changed it. The caller must not change it.
func (e *Engine) Seen(ctx context.Context, code string) (*Dossier, error) { return e.load(ctx, code) }

// load takes the dossier from the cache where it is there; the ledger finds out when that is stale.
func (e *Engine) load(ctx context.Context, code string) (*Dossier, error) {
	if d := e.cache.get(code); d != nil {
		return d, nil
	}
	return e.reload(ctx, code)
}

func (e *Engine) reload(ctx context.Context, code string) (*Dossier, error) {
	found, err := store.All(ctx, e.db, scanDossier, selectRows[1], code)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.New(fault.NotFound, "dossier.not_found", "code", code)
	}
	e.cache.put(found[0])
	return found[0], nil
}

// Procedure is the definition that governs a dossier. Error: fault.NotFound "dossier.definition_gone".
func (e *Engine) Procedure(ctx context.Context, d *Dossier) (*procedure.Procedure, error) {
	return e.definition(ctx, d.Procedure, d.Version, d.Digest)
}

// Order is how a list is sorted.
type Order int

// The orders of a list.
const (
	ByDue    Order = iota // the nearest due date first, those without one last
	ByFiling              // the latest first
)

// Filter says which dossiers a list shows. Empty parts do not restrict.
type Filter struct {
	Procedure string
	Units     []string // any of these, the caller expands subtrees; nil = all, empty = none
	Without   []string // none of these
	Status    int
	Assignee  string
	Open      bool          // only those that wait for a result
	Overdue   calendar.Date // only those open with a due date before this day
	Text      string        // words of code, title or applicant, marks and case ignored
	Order     Order
	Limit     int // 50 when 0, at most 1000
	Offset    int
}

// Row is one line of a list.
type Row struct {
	Code, Procedure, Version, State string
	Status                          int
	Unit, Assignee, Channel         string
	Title, Applicant                string
	SubmittedOn, ReceivedOn, DueOn  calendar.Date
	FinishedOn, ReturnedOn          calendar.Date
	Late                            bool
}

// The conditions of a list; each combination is a statement of its own, so that the index of the narrowest is
// used.
var conditions = []string{"procedure = ?", "replace(?, '<' || unit || '>', '') <> ?", "status = ?", "assignee = ?", "open = 1",
	"open = 1 and due_on < ?", "folded like ? escape '!'", "replace(?, '<' || unit || '>', '') = ?"}

type listing struct{ byDue, byFiling, count store.SQL }

var listings = makeListings()

func makeListings() []listing {
	out := make([]listing, 1<<len(conditions))
	for mask := range out {
		where, n := "", 0
		for bit, c := range conditions {
			if mask&(1<<bit) == 0 {
				continue
			}
			for strings.Contains(c, "?") {
				n++
				c = strings.Replace(c, "?", fmt.Sprintf("$%d", n), 1)
			}
			where += " and " + c
		}
		where = strings.Replace(where, " and", " where", 1)
		list := `select code, procedure, version, state, status, unit, assignee, channel, title, applicant, submitted_on, received_on, due_on,
			finished_on, returned_on, late from dossier` + where
		page := fmt.Sprintf(" limit $%d offset $%d", n+1, n+2)
		out[mask] = listing{
			byDue:    store.Statement(list + " order by open desc, coalesce(due_on, 2147483647), code" + page),
			byFiling: store.Statement(list + " order by submitted_on desc, code desc" + page),
			count:    store.Statement("select count(*) from dossier" + where),
		}
	}
	return out
}

// List gives one page of dossiers and how many there are in all.
func (e *Engine) List(ctx context.Context, f Filter) ([]Row, int, error) {
	mask, args := f.args()
	l := listings[mask]
	var total int
	if err := e.db.QueryRow(ctx, l.count, args...).Scan(&total); err != nil {
		return nil, 0, err
	}
	q := l.byDue
	if f.Order == ByFiling {
		q = l.byFiling
	}
	limit := min(max(f.Limit, 0), 1000)
	if limit == 0 {
		limit = 50
	}
	rows, err := store.All(ctx, e.db, scanRow, q, append(args, int64(limit), int64(max(f.Offset, 0)))...)
	return rows, total, err
}

func (f *Filter) args() (mask int, args []any) {
	add := func(bit int, values ...any) {
		mask |= 1 << bit
		args = append(args, values...)
	}
	if f.Procedure != "" {
		add(0, f.Procedure)
	}
	if f.Units != nil {
		units := bracketed(f.Units)
		add(1, units, units)
	}
	if f.Status != 0 {
		add(2, int64(f.Status))
	}
	if f.Assignee != "" {
		add(3, f.Assignee)
	}
	if f.Open {
		add(4)
	}
	if f.Overdue != 0 && f.Overdue != calendar.NoDate {
		add(5, int64(f.Overdue))
	}
	if words := like(f.Text); words != "" {
		add(6, words)
	}
	if len(f.Without) > 0 {
		units := bracketed(f.Without)
		add(7, units, units)
	}
	return mask, args
}

// like is a pattern that finds the words of a text in their order, "" for no words.
func like(text string) string {
	words := strings.Fields(lang.Fold(text))
	if len(words) == 0 {
		return ""
	}
	for i, w := range words {
		words[i] = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(w)
	}
	return "%" + strings.Join(words, "%") + "%"
}

// bracketed is a set as one parameter: <a><b>. A dossier of no unit, <>, is in none.
func bracketed(units []string) string {
	if len(units) == 0 {
		return ""
	}
	return "<" + strings.Join(units, "><") + ">"
}

func scanRow(rows *sql.Rows) (Row, error) {
	var r Row
	var submitted, late int64
	var received, due, finished, returned sql.NullInt64
	err := rows.Scan(&r.Code, &r.Procedure, &r.Version, &r.State, &r.Status, &r.Unit, &r.Assignee, &r.Channel, &r.Title, &r.Applicant,
		&submitted, &received, &due, &finished, &returned, &late)
	r.SubmittedOn, r.ReceivedOn, r.DueOn = calendar.Date(submitted), date(received), date(due)
	r.FinishedOn, r.ReturnedOn, r.Late = date(finished), date(returned), late == 1
	return r, err
}
