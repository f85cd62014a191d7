// Package accesslog (nhật ký truy cập) remembers who opened whose personal data and why, and who logged in or changed
// the ways into an account. It is only ever added to, until its lines are older than the retention rule says.
//
// It stands beside the ledger, not in it (docs/adr/0050): the lines are themselves personal data of the staff with an
// end to their keeping, and no figure is made of them. It owns its table and the retention; who may open what, and
// who may read the log, is decided by its callers.
package accesslog

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"io/fs"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/store"
)

// The kinds of lines about personal data; those about log-ins are named by package people.
const (
	Opened     = "opened"     // a masked field was shown
	Downloaded = "downloaded" // a file was sent out
)

// Entry is one line.
type Entry struct {
	At      time.Time
	Account string // the actor
	What    string
	Subject string // stream of the record, "dossier/<code>"; empty for a log-in
	Unit    string // of the record
	Detail  string // which field or file: its id, never its value
	Reason  string
	Address string
}

// Filter says which lines a list shows. Units and Without restrict always, as in people.Reach.
type Filter struct {
	Account string
	Subject string
	Records bool     // only lines about records
	Units   []string // any of these; nil = all
	Without []string // none of these
	Limit   int      // 50 when 0, 500 at most
	Offset  int
}

const maxReason = 500

var tables = []string{
	`create table if not exists access_log (at bigint not null, id text not null, account text not null, what text not null, subject text not null, unit text not null, detail text not null, reason text not null, address text not null, primary key (at, id))`,
	`create index if not exists access_log_account on access_log (account, at)`,
	`create index if not exists access_log_subject on access_log (subject, at)`,
}

const where = ` from access_log where ($1 = '' or account = $1 or account like $1 || '+%') and ($2 = '' or subject = $2) and ($3 = 0 or subject <> '')
	and ($4 = 1 or replace($5, '<' || unit || '>', '') <> $5) and replace($6, '<' || unit || '>', '') = $6`

var (
	insert = store.Statement(`insert into access_log (at, id, account, what, subject, unit, detail, reason, address) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)`)
	list   = store.Statement(`select at, account, what, subject, unit, detail, reason, address` + where + ` order by at desc, id limit $7 offset $8`)
	count  = store.Statement(`select count(*)` + where)
	forget = store.Statement(`delete from access_log where at < $1`)
)

// rule is one dated line of definitions/access/retention.yaml.
type rule struct {
	From   calendar.Date `def:"from,required"`
	Months int           `def:"months,required"`
	Status string        `def:"status"`
	Source string        `def:"source,required"`
}

// Log is the access log of one agency.
type Log struct {
	db    *store.DB
	clock func() time.Time
	rules func() ([]rule, error)

	mu     sync.Mutex
	tidied calendar.Date // the day on which old lines were last forgotten
}

// New prepares the table. The retention is read from the definitions when first asked for.
func New(ctx context.Context, db *store.DB, definitions fs.FS, clock func() time.Time) (*Log, error) {
	l := &Log{db: db, clock: clock, rules: sync.OnceValues(func() ([]rule, error) { return read(definitions) })}
	return l, db.Update(ctx, func(tx store.Tx) error {
		for _, ddl := range tables {
			if _, err := tx.Exec(ctx, store.SQL(ddl)); err != nil {
				return err
			}
		}
		return nil
	})
}

func read(definitions fs.FS) ([]rule, error) {
	const file = "access/retention.yaml"
	raw, err := fs.ReadFile(definitions, file)
	if err != nil {
		return nil, err
	}
	node, err := defs.Parse(file, raw)
	if err != nil {
		return nil, err
	}
	var f struct {
		Retention []rule `def:"retention,required"`
	}
	return f.Retention, defs.Decode(node, &f).OrNil()
}

// Opened writes down that an account opened somebody's personal data, before it is shown: what cannot be written down
// is not shown. Error: accesslog.no_reason.
func (l *Log) Opened(ctx context.Context, e Entry) error {
	e.Reason = strings.TrimSpace(e.Reason)
	if e.Reason == "" || utf8.RuneCountInString(e.Reason) > maxReason {
		return fault.New(fault.Invalid, "accesslog.no_reason", "max", maxReason)
	}
	if e.What == "" {
		e.What = Opened
	}
	return l.write(ctx, e)
}

// Note writes down a log-in or a change of the ways into an account (people.Journal).
func (l *Log) Note(ctx context.Context, account, what, address string) error {
	return l.write(ctx, Entry{Account: account, What: what, Address: address})
}

func (l *Log) write(ctx context.Context, e Entry) error {
	now := l.clock()
	old, tidy, err := l.old(now)
	if err != nil {
		return err
	}
	return l.db.Update(ctx, func(tx store.Tx) error {
		if tidy {
			if _, err := tx.Exec(ctx, forget, old.UnixMicro()); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, insert, now.UnixMicro(), rand.Text(), e.Account, e.What, e.Subject, e.Unit, e.Detail, e.Reason, e.Address)
		return err
	})
}

// old is the instant before which lines are forgotten, and whether that is due: with the first line of a day.
func (l *Log) old(now time.Time) (time.Time, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	today := calendar.OfTime(now)
	if l.tidied == today {
		return time.Time{}, false, nil
	}
	months, _, err := l.Retention(today)
	if err != nil {
		return time.Time{}, false, err
	}
	l.tidied = today
	return now.AddDate(0, -months, 0), true, nil
}

// Retention is how many months lines are kept by the rule of a day, and whether that rule is still to be confirmed.
func (l *Log) Retention(on calendar.Date) (months int, unconfirmed bool, err error) {
	rules, err := l.rules()
	var best *rule
	for i := range rules {
		if r := &rules[i]; r.From <= on && (best == nil || r.From > best.From) {
			best = r
		}
	}
	if err == nil && best == nil {
		err = fault.New(fault.Invalid, "accesslog.no_retention", "day", on.String())
	}
	if err != nil {
		return 0, false, err
	}
	return best.Months, best.Status != "", nil
}

// List gives one page of lines, the latest first, and how many there are in all.
func (l *Log) List(ctx context.Context, f Filter) ([]Entry, int, error) {
	all := int64(0)
	if f.Units == nil {
		all = 1
	}
	records := int64(0)
	if f.Records {
		records = 1
	}
	args := []any{f.Account, f.Subject, records, all, store.Set(f.Units), store.Set(f.Without)}
	var total int
	if err := l.db.QueryRow(ctx, count, args...).Scan(&total); err != nil {
		return nil, 0, store.Fault(err)
	}
	limit := min(max(f.Limit, 0), 500)
	if limit == 0 {
		limit = 50
	}
	rows, err := store.All(ctx, l.db, func(rows *sql.Rows) (Entry, error) {
		var e Entry
		var at int64
		err := rows.Scan(&at, &e.Account, &e.What, &e.Subject, &e.Unit, &e.Detail, &e.Reason, &e.Address)
		e.At = time.UnixMicro(at)
		return e, err
	}, list, append(args, int64(limit), int64(max(f.Offset, 0)))...)
	return rows, total, err
}

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of this package, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }
