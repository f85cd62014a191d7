package dossier

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"slices"
	"strings"
	"sync"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// View is a list that somebody saved under a name (bộ lọc đã lưu), for themselves or for a unit.
type View struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	List  string `json:"list,omitempty"` // where the list stands, "/viec"; empty = Dossiers
	Query string `json:"query"`          // of the list's address
	Owner string `json:"owner"`
	Unit  string `json:"unit,omitempty"` // everybody who may read its list sees the view; empty = the owner alone
}

// Dossiers is where the list of dossiers stands.
const Dossiers = "/ho-so"

// Path is the address of the list as it was saved.
func (v *View) Path() string { return v.List + "?" + v.Query }

const (
	viewPrefix      = "view/"
	kindViewSaved   = "view.saved"
	kindViewRemoved = "view.removed"
	maxTitle        = 120  // bytes
	maxQuery        = 2000 // bytes
	mostViews       = 50   // shown
)

var (
	putView = store.Statement(`insert into dossier_view (id, title, list, query, owner, unit) values ($1,$2,$3,$4,$5,$6)
		on conflict (id) do update set title = excluded.title, query = excluded.query, unit = excluded.unit`)
	dropView = store.Statement(`delete from dossier_view where id = $1`)
	getView  = store.Statement(`select id, title, list, query, owner, unit from dossier_view where id = $1`)
	allViews = store.Statement(`select id, title, list, query, owner, unit from dossier_view order by title, id`)
)

var viewTable = ledger.Table{Name: "dossier_view", DDL: []string{
	`create table dossier_view (id text primary key, title text not null, list text not null, query text not null, owner text not null, unit text not null) without rowid`,
}}

func foldView(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var v View
	if err := decode(e.Data, &v); err != nil {
		return err
	}
	var err error
	if e.Kind == kindViewRemoved {
		_, err = tx.Exec(ctx, dropView, v.ID)
	} else {
		_, err = tx.Exec(ctx, putView, v.ID, v.Title, cmp.Or(v.List, Dossiers), v.Query, v.Owner, v.Unit)
	}
	return err
}

func scanView(rows *sql.Rows) (View, error) {
	var v View
	return v, rows.Scan(&v.ID, &v.Title, &v.List, &v.Query, &v.Owner, &v.Unit)
}

// SaveView keeps a view and gives it with its id. Errors: fault.Invalid "dossier.bad_view".
func (e *Engine) SaveView(ctx context.Context, v View) (View, error) {
	v.Title = strings.TrimSpace(v.Title)
	if v.Title == "" || len(v.Title) > maxTitle || len(v.Query) > maxQuery {
		return v, fault.New(fault.Invalid, "dossier.bad_view", "limit", maxTitle)
	}
	name := v.Owner + "\x00" + v.Unit + "\x00" + v.Title
	if v.List = cmp.Or(v.List, Dossiers); v.List != Dossiers {
		name += "\x00" + v.List
	}
	sum := sha256.Sum256([]byte(name)) // the same name again replaces the view
	v.ID = hex.EncodeToString(sum[:8])
	return v, e.recordView(ctx, v, kindViewSaved, v.Owner)
}

// RemoveView forgets a view of the account's own. Error: fault.NotFound "dossier.no_view", also for another's.
func (e *Engine) RemoveView(ctx context.Context, id, account string) error {
	found, err := store.All(ctx, e.db, scanView, getView, id)
	if err != nil {
		return err
	}
	if len(found) == 0 || found[0].Owner != account {
		return fault.New(fault.NotFound, "dossier.no_view")
	}
	return e.recordView(ctx, found[0], kindViewRemoved, account)
}

func (e *Engine) recordView(ctx context.Context, v View, kind, actor string) error {
	_, err := e.opts.Append(ctx, ledger.Command{Stream: viewPrefix + v.ID, Expect: ledger.AnyVersion, Actor: actor, Unit: v.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: e.today(), Data: v}}})
	return err
}

// savedViews are all views, held until the ledger brings a change: every page shows those of its reader.
type savedViews struct {
	mu      sync.Mutex
	version int64 // grows with every change
	list    []View
	there   bool
}

func (s *savedViews) outdate(batch []ledger.Event) {
	if slices.ContainsFunc(batch, func(e ledger.Event) bool { return strings.HasPrefix(e.Stream, viewPrefix) }) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.version, s.list, s.there = s.version+1, nil, false
	}
}

func (s *savedViews) all(ctx context.Context, db *store.DB) ([]View, error) {
	s.mu.Lock()
	list, there, version := s.list, s.there, s.version
	s.mu.Unlock()
	if there {
		return list, nil
	}
	list, err := store.All(ctx, db, scanView, allViews)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version == version { // nobody changed one meanwhile
		s.list, s.there = list, true
	}
	return list, nil
}

// Views are an account's own views of a list and those shared with units that it may read there, as people.Reach gives them.
func (e *Engine) Views(ctx context.Context, list, account string, units, without []string) ([]View, error) {
	all, err := e.views.all(ctx, e.db)
	var out []View
	for _, v := range all {
		shared := v.Unit != "" && !slices.Contains(without, v.Unit) && (units == nil || slices.Contains(units, v.Unit))
		if v.List == list && (v.Owner == account || shared) && len(out) < mostViews {
			out = append(out, v)
		}
	}
	return out, err
}
