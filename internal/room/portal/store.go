package portal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/store"
)

// Head is an article in a list.
type Head struct {
	ID      string    `json:"id"`
	Lang    lang.Tag  `json:"lang"`
	Section string    `json:"section"`
	Title   string    `json:"title"`
	Lead    string    `json:"lead,omitempty"`
	Picture Picture   `json:"picture,omitzero"` // the first that is shown
	At      time.Time `json:"-"`                // of publishing
	State   State     `json:"-"`
	Unit    string    `json:"-"`
	Changed time.Time `json:"-"`
}

// Path is the article's address.
func (h *Head) Path() string { return Path(h.ID, h.Title) }

func (a *Article) head() Head {
	h := Head{ID: a.ID, Lang: a.Lang, Section: a.Section, Title: a.Title, Lead: a.Lead}
	if shown := a.Shown(); len(shown) > 0 {
		h.Picture = shown[0]
	}
	return h
}

const headColumns = `head, publish_at, state, unit, changed_at`

// $1 = now; $2 language, $3 section, $4 folded tag, each "" for any; $5 ≤ publish_at < $6; $7 an article to leave out.
const isPublic = `state = 'approved' and publish_at <= $1 and ($2 = '' or lang = $2) and ($3 = '' or section = $3)
	and ($4 = '' or exists (select 1 from portal_tag where tag = $4 and article = id)) and publish_at >= $5 and publish_at < $6 and id <> $7`

// $1 = 1: the whole state side; $2 = units besides, "<a><b>"; $3 state, $4 words, each "" for any.
const inReach = `(side = 'state' and $1 = 1 or replace($2, '<' || unit || '>', '') <> $2) and ($3 = '' or state = $3) and ($4 = '' or words like $4 escape '!')`

var (
	articleData = store.Statement(`select data from portal_article where id = $1`)
	putArticle  = store.Statement(`insert into portal_article (id, unit, side, state, lang, section, pair, publish_at, changed_at, words, head, data, version)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)
		on conflict (id) do update set state = excluded.state, lang = excluded.lang, section = excluded.section, pair = excluded.pair, publish_at = excluded.publish_at,
		changed_at = excluded.changed_at, words = excluded.words, head = excluded.head, data = excluded.data, version = excluded.version`)
	dropTags = store.Statement(`delete from portal_tag where article = $1`)
	putTag   = store.Statement(`insert into portal_tag (tag, article) values ($1,$2) on conflict (tag, article) do nothing`)

	getArticle  = store.Statement(`select data, version from portal_article where id = $1`)
	articlePast = store.Statement(`select data, version from portal_article where id > $1 order by id limit $2`)
	pairedWith  = store.Statement(`select ` + headColumns + ` from portal_article where state = 'approved' and publish_at <= $1 and lang <> $2 and (id = $3 or pair = $4) order by id`)
	lastArticle = store.Statement(`select id from portal_article where id >= $1 and id < $2 order by length(id) desc, id desc limit 1`)
	listPublic  = store.Statement(`select ` + headColumns + ` from portal_article where ` + isPublic + ` order by publish_at desc, id desc limit $8 offset $9`)
	countPublic = store.Statement(`select count(*) from portal_article where ` + isPublic)
	publicDays  = store.Statement(`select (publish_at + 25200000000) / 86400000000 as day, count(*) from portal_article where ` + isPublic + ` group by (publish_at + 25200000000) / 86400000000 order by day`)
	comesOut    = store.Statement(`select coalesce(min(publish_at), 0) from portal_article where state = 'approved' and publish_at > $1`)
	cameOut     = store.Statement(`select id from portal_article where state = 'approved' and publish_at > $1 and publish_at <= $2 order by id`)
	newestOf    = store.Statement(`select section, max(publish_at), count(*) from portal_article where state = 'approved' and publish_at <= $1 group by section`)
	listReach   = store.Statement(`select ` + headColumns + ` from portal_article where ` + inReach + ` order by changed_at desc, id desc limit $5 offset $6`)
	afterReach  = store.Statement(`select ` + headColumns + ` from portal_article where ` + inReach + ` and id > $5 order by id limit $6`)
	countReach  = store.Statement(`select state, count(*) from portal_article where ` + inReach + ` group by state`)
)

func scanArticle(rows *sql.Rows) (*Article, error) {
	var data string
	var a Article
	if err := rows.Scan(&data, &a.Version); err != nil {
		return nil, err
	}
	return &a, json.Unmarshal([]byte(data), &a)
}

func scanHead(rows *sql.Rows) (Head, error) {
	var h Head
	var data, state string
	var at, changed int64
	if err := rows.Scan(&data, &at, &state, &h.Unit, &changed); err != nil {
		return h, err
	}
	err := json.Unmarshal([]byte(data), &h)
	h.At, h.State, h.Changed = time.UnixMicro(at), State(state), time.UnixMicro(changed)
	return h, err
}

// Get reads an article. Error: fault.NotFound "portal.not_found".
func (e *Engine) Get(ctx context.Context, id string) (*Article, error) {
	found, err := store.All(ctx, e.db, scanArticle, getArticle, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, noArticle(id)
	}
	return found[0], nil
}

// After lists articles of any state in the order of their ids, those behind an id ("" = from the first).
func (e *Engine) After(ctx context.Context, id string, limit int) ([]*Article, error) {
	return store.All(ctx, e.db, scanArticle, articlePast, id, int64(limit))
}

// Now is the engine's clock, by which articles come out.
func (e *Engine) Now() time.Time { return e.now() }

// Other is the public article in the other language, nil for none.
func (e *Engine) Other(ctx context.Context, a *Article) (*Head, error) {
	found, err := store.All(ctx, e.db, scanHead, pairedWith, e.now().UnixMicro(), string(a.Lang), a.Pair, a.ID)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Filter says which public articles a list shows; empty parts do not restrict. From and To are days, both in it.
type Filter struct {
	Lang     lang.Tag
	Section  string
	Tag      string
	From, To calendar.Date // 0, 0 = any day
	Without  string        // an article
	Limit    int
	Offset   int
}

// forever is a day after all others.
const forever calendar.Date = 1 << 20

func (f *Filter) args(now time.Time) []any {
	from, to := f.From, f.To
	if from == 0 && to == 0 {
		to = forever
	}
	return []any{now.UnixMicro(), string(f.Lang), f.Section, lang.Fold(f.Tag), midnight(from), midnight(to + 1), f.Without}
}

// midnight is when a day begins, in microseconds.
func midnight(d calendar.Date) int64 { return int64(d)*86_400_000_000 - 25_200_000_000 }

// Public lists public articles, the newest first.
func (e *Engine) Public(ctx context.Context, f Filter) ([]Head, error) {
	return store.All(ctx, e.db, scanHead, listPublic, append(f.args(e.now()), int64(f.Limit), int64(f.Offset))...)
}

// CountPublic counts what Public would list without a limit.
func (e *Engine) CountPublic(ctx context.Context, f Filter) (n int, err error) {
	err = e.db.QueryRow(ctx, countPublic, f.args(e.now())...).Scan(&n)
	return n, store.Fault(err)
}

// Days counts public articles by the day on which they came out.
func (e *Engine) Days(ctx context.Context, f Filter) (map[calendar.Date]int, error) {
	out := map[calendar.Date]int{}
	_, err := store.All(ctx, e.db, func(rows *sql.Rows) (bool, error) {
		var day int64
		var n int
		err := rows.Scan(&day, &n)
		out[calendar.Date(day)] = n
		return true, err
	}, publicDays, f.args(e.now())...)
	return out, err
}

// nextDue is when the next scheduled article comes out, the zero time for none.
func (e *Engine) nextDue(ctx context.Context, now time.Time) (time.Time, error) {
	var at int64
	err := e.db.QueryRow(ctx, comesOut, now.UnixMicro()).Scan(&at)
	if err != nil || at == 0 {
		return time.Time{}, store.Fault(err)
	}
	return time.UnixMicro(at), nil
}

// CameOut lists the articles whose time came after one moment and until another.
func (e *Engine) CameOut(ctx context.Context, after, until time.Time) ([]string, error) {
	return store.All(ctx, e.db, func(rows *sql.Rows) (id string, err error) { return id, rows.Scan(&id) }, cameOut, after.UnixMicro(), until.UnixMicro())
}

// Reach is where a reader may look at what is not public: the state side, and the units listed.
type Reach struct {
	State bool
	Units []string
}

// Desk says which articles the newsroom lists.
type Desk struct {
	Reach  Reach
	State  State  // "" = any
	Text   string // words of number, title or lead, marks and case ignored
	Limit  int
	Offset int
}

func (d *Desk) args(state State) []any {
	whole, units, like := int64(0), "", ""
	if d.Reach.State {
		whole = 1
	}
	units = store.Set(d.Reach.Units)
	if words := strings.Fields(lang.Fold(d.Text)); len(words) > 0 {
		like = "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_", " ", "%").Replace(strings.Join(words, " ")) + "%"
	}
	return []any{whole, units, string(state), like}
}

// Desk lists articles in reach, the last changed first, with how many there are in each state.
func (e *Engine) Desk(ctx context.Context, d Desk) (heads []Head, counts map[State]int, err error) {
	counts = map[State]int{}
	_, err = store.All(ctx, e.db, func(rows *sql.Rows) (bool, error) {
		var state string
		var n int
		err := rows.Scan(&state, &n)
		counts[State(state)] = n
		return true, err
	}, countReach, d.args("")...)
	if err != nil {
		return nil, nil, err
	}
	heads, err = store.All(ctx, e.db, scanHead, listReach, append(d.args(d.State), int64(d.Limit), int64(d.Offset))...)
	return heads, counts, err
}

// DeskAfter lists articles in reach by number, those behind id; Offset is not looked at.
func (e *Engine) DeskAfter(ctx context.Context, d Desk, id string) ([]Head, error) {
	return store.All(ctx, e.db, scanHead, afterReach, append(d.args(d.State), id, int64(d.Limit))...)
}

// newID is a number of the year in which the article was begun.
func (e *Engine) newID(ctx context.Context) (string, error) {
	year := e.today().String()[:4] + "-"
	var last string
	err := e.db.QueryRow(ctx, lastArticle, year, year+":").Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", store.Fault(err)
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(last, year)) // nothing yet = 0
	return fmt.Sprintf("%s%04d", year, n+1), nil
}
