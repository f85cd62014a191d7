package dossier

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"trucot/internal/engine/dossier/worklist"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// rowsAtOnce is how many rows one question reads; fewer fill it up with numbers that no row has.
const rowsAtOnce = 50

const rowColumns = `num, code, procedure, version, state, status, unit, assignee, channel, title, applicant, priority, labels, submitted_on, received_on, due_on,
	finished_on, returned_on, late, stream`

var (
	selectByNum  = store.Statement("select " + rowColumns + " from dossier where num in (" + marks(1, rowsAtOnce) + ")")
	selectByCode = store.Statement("select " + rowColumns + " from dossier where code in (" + marks(1, rowsAtOnce) + ")")
	scanIndex    = store.Statement(`select num, unit, procedure, status, assignee, priority, labels, open, late, submitted_on, received_on, due_on from dossier
		where num > $1 order by num limit $2`)
)

// lists is what the lists keep in memory. It is read from the table when somebody first asks; after that it follows
// the ledger by reading again the rows that changed, when somebody asks next.
type lists struct {
	refresh sync.RWMutex // one at a time brings the index up to date
	x       *worklist.Index
	texts

	mu      sync.Mutex
	reading bool                // the index is there or being read: changes count
	changed map[string]struct{} // codes

	rowMu         sync.Mutex
	generation    int64 // grows with every change of a row
	recent, older map[uint32]*Row
}

const (
	// mostChanged is how many changed dossiers are remembered while nobody asks; beyond that the index is given up.
	mostChanged = 50_000
	// keptRows is how many rows stay at hand, twice at most.
	keptRows = 16_384
	// indexedAtOnce is how many rows are read at once to build the index: no read transaction outlives them.
	indexedAtOnce = 20_000
)

// outdate notes what committed events changed.
func (l *lists) outdate(batch []ledger.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.reading {
		return
	}
	for i := range batch {
		if code, ours := strings.CutPrefix(batch[i].Stream, streamPrefix); ours {
			l.changed[code] = struct{}{}
		}
	}
	if len(l.changed) > mostChanged {
		l.reading, l.changed = false, nil
	}
}

// index is the index with everything that was committed before the call.
func (l *lists) index(ctx context.Context, db *store.DB) (*worklist.Index, error) {
	if x := l.ready(); x != nil {
		return x, nil
	}
	l.refresh.Lock()
	defer l.refresh.Unlock()
	changed, followed := l.take()
	if l.x == nil || !followed {
		return l.read(ctx, db)
	}
	return l.x, l.follow(ctx, db, changed)
}

// ready is the index where nothing is to be taken up; it waits for a refresh under way.
func (l *lists) ready() *worklist.Index {
	l.refresh.RLock()
	defer l.refresh.RUnlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.reading || len(l.changed) > 0 {
		return nil
	}
	return l.x
}

// take empties the list of changes and says whether it is all of them; from then on changes count.
func (l *lists) take() (codes []string, followed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	codes, followed = slices.Collect(maps.Keys(l.changed)), l.reading
	l.reading, l.changed = true, map[string]struct{}{}
	return codes, followed
}

// read builds the index from the table. Nobody's impatience interrupts it: the next one would wait as long.
func (l *lists) read(ctx context.Context, db *store.DB) (*worklist.Index, error) {
	x, ctx := worklist.New(), context.WithoutCancel(ctx)
	var err error
	l.x, l.texts = nil, texts{}
	x.Fill(func(put func(uint32, *worklist.Row)) {
		last, n, known := int64(-1), indexedAtOnce, interned{}
		for n == indexedAtOnce && err == nil {
			n, last, err = fillIndex(ctx, db, last, known, put)
		}
	})
	if err != nil {
		return nil, err
	}
	l.forgetRows(nil)
	l.x = x
	return x, nil
}

func fillIndex(ctx context.Context, db *store.DB, last int64, known interned, put func(uint32, *worklist.Row)) (n int, to int64, err error) {
	rows, err := db.Query(ctx, scanIndex, last, indexedAtOnce)
	if err != nil {
		return 0, last, err
	}
	defer rows.Close()
	var values [6]sql.RawBytes
	var submitted, open, late int64
	var received, due sql.NullInt64
	for rows.Next() {
		if err := rows.Scan(&last, &values[0], &values[1], &values[2], &values[3], &values[4], &values[5], &open, &late, &submitted, &received, &due); err != nil {
			return n, last, err
		}
		r := worklist.Row{Open: open == 1, Late: late == 1}
		for d, v := range values { // in the order of the dimensions
			r.Values[d] = known.once(v)
		}
		r.Days = [...]calendar.Date{worklist.Filed: calendar.Date(submitted), worklist.Received: date(received), worklist.Due: date(due)}
		put(uint32(last), &r)
		n++
	}
	return n, last, store.Fault(rows.Err())
}

// interned holds each text once: a million rows name few units, procedures and accounts.
type interned map[string]string

func (w interned) once(raw []byte) string {
	s, ok := w[string(raw)]
	if !ok {
		s = string(raw)
		w[s] = s
	}
	return s
}

// follow reads the changed rows again. What could not be read is still to do.
func (l *lists) follow(ctx context.Context, db *store.DB, changed []string) error {
	for len(changed) > 0 {
		n := min(len(changed), rowsAtOnce)
		args := make([]any, rowsAtOnce)
		for i := range args {
			args[i] = ""
			if i < n {
				args[i] = changed[i]
			}
		}
		found, err := store.All(ctx, db, scanRow, selectByCode, args...)
		if err != nil {
			l.again(changed)
			return err
		}
		for _, r := range found {
			l.x.Put(r.Num, r.indexed())
		}
		l.retitle(found)
		l.forgetRows(found)
		changed = changed[n:]
	}
	return nil
}

func (l *lists) again(changed []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, code := range changed {
		l.changed[code] = struct{}{}
	}
}

// indexed is the row as the index knows it.
func (r *Row) indexed() worklist.Row {
	x := worklist.Row{Open: open(r.Status), Late: r.Late}
	x.Values = [...]string{worklist.Unit: r.Unit, worklist.Procedure: r.Procedure, worklist.Status: strconv.Itoa(r.Status), worklist.Assignee: r.Assignee,
		worklist.Priority: strconv.Itoa(int(r.Priority)), worklist.Labels: r.Labels}
	x.Days = [...]calendar.Date{worklist.Filed: r.SubmittedOn, worklist.Received: r.ReceivedOn, worklist.Due: r.DueOn}
	return x
}

// known fills in the rows at hand and gives the places of the others, with the generation for keep.
func (l *lists) known(nums []uint32, out []*Row) (missing []int, generation int64) {
	l.rowMu.Lock()
	defer l.rowMu.Unlock()
	for i, n := range nums {
		r := l.recent[n]
		if r == nil {
			if r = l.older[n]; r != nil {
				l.keepOne(r)
			}
		}
		if out[i] = r; r == nil {
			missing = append(missing, i)
		}
	}
	return missing, l.generation
}

// keep holds rows that were read since a generation, unless any row changed meanwhile.
func (l *lists) keep(generation int64, rows []*Row) {
	l.rowMu.Lock()
	defer l.rowMu.Unlock()
	if generation != l.generation {
		return
	}
	for _, r := range rows {
		l.keepOne(r)
	}
}

func (l *lists) keepOne(r *Row) {
	if len(l.recent) >= keptRows {
		l.older, l.recent = l.recent, nil
	}
	if l.recent == nil {
		l.recent = map[uint32]*Row{}
	}
	l.recent[r.Num] = r
}

// forgetRows lets go of the old state of rows, of all of them where none is named.
func (l *lists) forgetRows(changed []*Row) {
	l.rowMu.Lock()
	defer l.rowMu.Unlock()
	l.generation++
	if changed == nil {
		l.recent, l.older = nil, nil
	}
	for _, r := range changed {
		delete(l.older, r.Num)
		l.keepOne(r)
	}
}

func scanRow(rows *sql.Rows) (*Row, error) {
	var r Row
	var submitted, late int64
	var received, due, finished, returned sql.NullInt64
	err := rows.Scan(&r.Num, &r.Code, &r.Procedure, &r.Version, &r.State, &r.Status, &r.Unit, &r.Assignee, &r.Channel, &r.Title, &r.Applicant, &r.Priority, &r.Labels,
		&submitted, &received, &due, &finished, &returned, &late, &r.Stream)
	r.SubmittedOn, r.ReceivedOn, r.DueOn = calendar.Date(submitted), date(received), date(due)
	r.FinishedOn, r.ReturnedOn, r.Late = date(finished), date(returned), late == 1
	return &r, err
}

func scanNum(rows *sql.Rows) (int64, error) {
	var n int64
	err := rows.Scan(&n)
	return n, err
}
