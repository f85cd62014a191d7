package people

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"slices"
	"sync"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/store"
)

// directory is everything this package knows, in memory: an agency has hundreds of units and accounts,
// every page asks several times, and changes are rare.
type directory struct {
	version int64
	loaded  time.Time
	units   map[string][]Unit // shapes in order of From
	persons map[string]string // id → name
	posts   []Post
	account map[string]*account

	delegations []Delegation // in order of their beginning
	subtrees    sync.Map     // subtree → map[string]bool, see below
	accounts    func() []Account
}

type subtree struct {
	code string
	on   calendar.Date
}

type account struct {
	id, person string
	closed     bool
	grants     []datedGrant
}

type datedGrant struct {
	Grant
	from, to calendar.Date
}

// otherNodes is how long another node's change may stay unseen on PostgreSQL, where this process hears
// only of its own.
const otherNodes = 5 * time.Second

// directory gives the current snapshot, reading the tables again after a change.
func (p *People) directory(ctx context.Context) (*directory, error) {
	if p.now != nil {
		return p.now.directory(ctx)
	}
	v := p.version.Load()
	if d := p.dir.Load(); p.fresh(d, v) {
		return d, nil
	}
	p.load.Lock()
	defer p.load.Unlock()
	v = p.version.Load()
	if d := p.dir.Load(); p.fresh(d, v) {
		return d, nil
	}
	d, err := readDirectory(ctx, p.db)
	if err != nil {
		return nil, err
	}
	d.version, d.loaded = v, time.Now()
	p.dir.Store(d)
	return d, nil
}

// Edition is another number whenever units, posts or names may have changed: who keeps something made of them compares it.
func (p *People) Edition(ctx context.Context) (int64, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return 0, err
	}
	return d.loaded.UnixNano(), nil
}

func (p *People) fresh(d *directory, v int64) bool {
	return d != nil && d.version == v && (p.db.Engine == store.SQLite || time.Since(d.loaded) < otherNodes)
}

func readDirectory(ctx context.Context, db *store.DB) (*directory, error) {
	d := &directory{units: map[string][]Unit{}, persons: map[string]string{}, account: map[string]*account{}}
	d.accounts = sync.OnceValue(d.listed)
	units, err := store.All(ctx, db, scanUnit, selectUnits)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		d.addShape(u.Unit, u.closed)
	}
	if d.posts, err = store.All(ctx, db, scanPost, selectPosts); err != nil {
		return nil, err
	}
	persons, err := store.All(ctx, db, scanPerson, selectPersons)
	if err != nil {
		return nil, err
	}
	for _, p := range persons {
		d.persons[p.ID] = p.Name
	}
	if d.delegations, err = store.All(ctx, db, scanDelegation, selectDelegations); err != nil {
		return nil, err
	}
	return d, d.readAccounts(ctx, db)
}

func (d *directory) readAccounts(ctx context.Context, db *store.DB) error {
	accounts, err := store.All(ctx, db, scanAccount, selectAccounts)
	if err != nil {
		return err
	}
	for i := range accounts {
		d.account[accounts[i].id] = &accounts[i]
	}
	_, err = store.All(ctx, db, func(rows *sql.Rows) (struct{}, error) {
		var id, role, unit string
		var from, to int64
		err := rows.Scan(&id, &role, &unit, &from, &to)
		if a := d.account[id]; a != nil {
			a.grants = append(a.grants, datedGrant{Grant{Role(role), unit}, calendar.Date(from), calendar.Date(to)})
		}
		return struct{}{}, err
	}, selectGrants)
	return err
}

// addShape appends a shape of a unit; rows come in order of code and date.
func (d *directory) addShape(u Unit, closed bool) {
	vs := d.units[u.Code]
	if closed && len(vs) == 0 { // opened and closed on one day: it never stood
		return
	}
	if n := len(vs); n > 0 && vs[n-1].To == calendar.NoDate {
		vs[n-1].To = u.From
		if closed {
			vs[n-1].MergedInto, vs[n-1].EndBasis = u.MergedInto, u.Basis
		}
	}
	if !closed {
		vs = append(vs, u)
	}
	d.units[u.Code] = vs
}

func (d *directory) unitOn(code string, on calendar.Date) (Unit, bool) {
	for _, u := range d.units[code] {
		if u.From <= on && (u.To == calendar.NoDate || on < u.To) {
			return u, true
		}
	}
	return Unit{}, false
}

// below is the set of the unit, the units under it on the date, and what merged into any of them; it is remembered and
// must not be changed.
func (d *directory) below(code string, on calendar.Date) map[string]bool {
	if set, ok := d.subtrees.Load(subtree{code, on}); ok {
		return set.(map[string]bool)
	}
	children := map[string][]string{}
	for c, shapes := range d.units {
		last := shapes[0]
		for _, s := range shapes {
			if s.From <= on {
				last = s
			}
		}
		switch {
		case last.To != calendar.NoDate && last.To <= on:
			if last.MergedInto != "" {
				children[last.MergedInto] = append(children[last.MergedInto], c)
			}
		case last.From <= on && last.Parent != "":
			children[last.Parent] = append(children[last.Parent], c)
		}
	}
	set := map[string]bool{code: true}
	for todo := []string{code}; len(todo) > 0; {
		next := todo[0]
		todo = todo[1:]
		for _, c := range children[next] {
			if !set[c] {
				set[c] = true
				todo = append(todo, c)
			}
		}
	}
	d.subtrees.Store(subtree{code, on}, set)
	return set
}

func (d *directory) name(person string) string {
	if n := d.persons[person]; n != "" {
		return n
	}
	return person
}

// listed makes what accounts gives, in the order of Vietnamese lists of people.
func (d *directory) listed() []Account {
	out := make([]Account, 0, len(d.account))
	key := make(map[string][]byte, len(d.account))
	for _, a := range d.account {
		out = append(out, a.public(d))
		key[a.id] = lang.NameKey(out[len(out)-1].Name)
	}
	slices.SortFunc(out, func(a, b Account) int { return cmp.Or(bytes.Compare(key[a.ID], key[b.ID]), cmp.Compare(a.ID, b.ID)) })
	return out
}

func (a *account) public(d *directory) Account {
	out := Account{ID: a.id, Person: a.person, Name: d.name(a.person), Closed: a.closed}
	for _, g := range a.grants {
		if g.to == forever {
			out.Grants = append(out.Grants, g.Grant)
		}
	}
	return out
}
