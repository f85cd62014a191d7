// Package numbering (sổ cấp số) gives official documents their numbers: one book a kind of document and year, each
// number the next one, none left out and none given twice, also when several clerks ask at once on several nodes.
//
// The book is a stream of the ledger and a number is its version, so the number is taken in the very write that
// records it. It does not own what the documents say or look like.
package numbering

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// kindGiven is the event of a number; its stream is the book of a year.
const (
	kindGiven    = "number.given"
	streamPrefix = "number/"
)

// Given is a number and what it was given to. It is the data of the event.
type Given struct {
	Book      string        `json:"book"`
	Year      int           `json:"year"`
	Seq       int64         `json:"seq"`
	Number    string        `json:"number"` // as printed: 05/TB-SKHCN
	On        calendar.Date `json:"on"`
	About     string        `json:"about"` // what the document belongs to, as dossier/<code>/<version of its step>
	Form      string        `json:"form"`
	Subject   string        `json:"subject"`
	Unit      string        `json:"unit"`
	Signer    string        `json:"signer"` // account; the name is not on the ledger
	Authority string        `json:"authority,omitempty"`
	Post      string        `json:"post"`
}

// Request asks for a number. Number and Seq are the book's to fill.
type Request struct {
	Given
	Pattern string // "{seq:2}/TB-{symbol}"; {year} too
	Symbol  string // of the agency
	Actor   string
}

var tables = []ledger.Table{{Name: "number_given", DDL: []string{
	`create table number_given (book text not null, year bigint not null, seq bigint not null, about text not null, form text not null, unit text not null,
		given_on bigint not null, data text not null, primary key (book, year, seq)) without rowid`,
	`create index number_given_about on number_given (about)`,
}}}

var (
	ofTables  = store.Statement(`select stream from (select distinct '` + streamPrefix + `' || book || '/' || year as stream, year from number_given) s order by year desc, stream limit $1`)
	putGiven  = store.Statement(`insert into number_given (book, year, seq, about, form, unit, given_on, data) values ($1,$2,$3,$4,$5,$6,$7,$8)`)
	lastGiven = store.Statement(`select data from number_given where book = $1 and year = $2 order by seq desc limit 1`)
	ofAbout   = store.Statement(`select data from number_given where about = $1 or (about > $2 and about < $3) order by given_on, book, seq`)

	// $1 = year, $2 = book or "", $3 = 1: every unit but those in $4; else those in $5, "<a><b>"
	inReach   = ` from number_given where year = $1 and ($2 = '' or book = $2) and (($3 = 1 and replace($4, '<' || unit || '>', '') = $4) or ($3 = 0 and replace($5, '<' || unit || '>', '') <> $5))`
	listGiven = store.Statement(`select data` + inReach + ` order by book, seq desc limit $6 offset $7`)
	nextGiven = store.Statement(`select data` + inReach + ` and (book > $6 or book = $6 and seq > $7) order by book, seq limit $8`)
	countAll  = store.Statement(`select count(*)` + inReach)
)

// Fold keeps the table number_given.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "numbering", Version: 1, Tables: tables, Streams: ofTables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			e := &batch[i]
			if e.Kind != kindGiven {
				continue
			}
			var g Given
			if err := json.Unmarshal(e.Data, &g); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, putGiven, g.Book, int64(g.Year), g.Seq, g.About, g.Form, g.Unit, int64(g.On), string(e.Data)); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Books gives out numbers.
type Books struct {
	l  *ledger.Ledger
	db *store.DB
}

// New makes the books. The ledger must have been opened with Fold among its folds.
func New(l *ledger.Ledger, db *store.DB) *Books { return &Books{l, db} }

// maxTries bounds the retries after somebody else took the number first.
const maxTries = 64

// Give takes the next number of the book. The same form of the same thing keeps the number it has. Errors:
// fault.Invalid "numbering.bad_request" without a book, a thing or a pattern with {seq}; "numbering.before_last" for a
// day before the book's last number.
func (b *Books) Give(ctx context.Context, q Request) (*Given, error) {
	if q.Book == "" || strings.Contains(q.Book, "/") || q.About == "" || q.Form == "" || !seqPart.MatchString(q.Pattern) {
		return nil, fault.New(fault.Invalid, "numbering.bad_request", "form", q.Form)
	}
	if has, err := b.Of(ctx, q.About, q.Form); err != nil || has != nil {
		return has, err
	}
	g := q.Given
	g.Year, _, _ = g.On.YMD()
	for range maxTries {
		last, err := b.last(ctx, g.Book, g.Year)
		if err != nil {
			return nil, err
		}
		if last != nil && g.On < last.On {
			return nil, fault.New(fault.Invalid, "numbering.before_last", "date", g.On, "last", last.On, "number", last.Number)
		}
		g.Seq = 1
		if last != nil {
			g.Seq = last.Seq + 1
		}
		g.Number = printed(q.Pattern, g.Seq, g.Year, q.Symbol)
		_, err = b.l.Append(ctx, ledger.Command{Stream: fmt.Sprintf("%s%s/%d", streamPrefix, g.Book, g.Year), Expect: g.Seq - 1, Actor: q.Actor, Unit: g.Unit,
			Key: "number:" + g.About + ":" + g.Form, Events: []ledger.NewEvent{{Kind: kindGiven, On: g.On, Data: g}}})
		switch {
		case fault.Is(err, "ledger.version_conflict"):
			continue
		case err != nil && !fault.Is(err, "ledger.key_reused"): // somebody just numbered the same paper in another year
			return nil, err
		}
		return b.Of(ctx, g.About, g.Form)
	}
	return nil, fault.New(fault.Conflict, "numbering.busy", "book", g.Book)
}

func (b *Books) last(ctx context.Context, book string, year int) (*Given, error) {
	found, err := store.All(ctx, b.db, scan, lastGiven, book, int64(year))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Of is the number of a form of a thing, nil when it has none yet.
func (b *Books) Of(ctx context.Context, about, form string) (*Given, error) {
	all, err := b.About(ctx, about)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].About == about && all[i].Form == form {
			return &all[i], nil
		}
	}
	return nil, nil
}

// About are the numbers given to a thing and to what stands below it, in the order of their days.
func (b *Books) About(ctx context.Context, about string) ([]Given, error) {
	return store.All(ctx, b.db, scan, ofAbout, about, about+"/", about+"0") // '0' follows '/'
}

// Filter says which numbers a list shows.
type Filter struct {
	Year           int
	Book           string   // "" = every book
	Units, Without []string // as people.Reach gives them
	Limit, Offset  int
}

// List gives one page of a year's numbers, the latest of each book first, and how many there are.
func (b *Books) List(ctx context.Context, f Filter) ([]Given, int, error) {
	args := f.args()
	var n int
	if err := b.db.QueryRow(ctx, countAll, args...).Scan(&n); err != nil {
		return nil, 0, err
	}
	found, err := store.All(ctx, b.db, scan, listGiven, append(args, int64(f.Limit), int64(f.Offset))...)
	return found, n, err
}

// After gives the numbers of a year in the order of books and numbers, those behind one ("", 0 = from the first).
func (b *Books) After(ctx context.Context, f Filter, book string, seq int64) ([]Given, error) {
	return store.All(ctx, b.db, scan, nextGiven, append(f.args(), book, seq, int64(f.Limit))...)
}

func (f *Filter) args() []any {
	every := int64(0)
	if f.Units == nil {
		every = 1
	}
	return []any{int64(f.Year), f.Book, every, store.Set(f.Without), store.Set(f.Units)}
}

func scan(rows *sql.Rows) (Given, error) {
	var g Given
	var data string
	if err := rows.Scan(&data); err != nil {
		return g, err
	}
	return g, json.Unmarshal([]byte(data), &g)
}

var (
	part    = regexp.MustCompile(`\{(seq|year|symbol)(?::(\d))?\}`)
	seqPart = regexp.MustCompile(`\{seq(?::\d)?\}`)
)

// printed writes a number by its pattern.
func printed(pattern string, seq int64, year int, symbol string) string {
	return part.ReplaceAllStringFunc(pattern, func(p string) string {
		m := part.FindStringSubmatch(p)
		width, _ := strconv.Atoi(m[2]) // absent = no padding
		switch m[1] {
		case "seq":
			return fmt.Sprintf("%0*d", width, seq)
		case "year":
			return strconv.Itoa(year)
		}
		return symbol
	})
}
