// Package portal (cổng thông tin) is the agency's news: articles from the first draft through editor and approver to the
// page that everybody reads, corrected or withdrawn in the open, with their views and stars. It owns the text of an article
// as blocks (never as foreign HTML), its steps, the sections, the reading of articles from files, and what the law wants a
// portal to hold.
//
// It does not own the records that an article names (package app resolves them), the pictures' bytes (package attachment
// keeps them), nor the pages. Views and stars are no facts of the office: they stand beside the ledger.
package portal

import (
	"context"
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// State is where an article stands.
type State string

// The states. Published is no state: an approved article is public from its PublishAt on.
const (
	Draft     State = "draft"     // with the writer
	Editing   State = "editing"   // with the editor
	Approving State = "approving" // with the approver
	Approved  State = "approved"
	Withdrawn State = "withdrawn"
)

// States lists the states in the order of an article's life.
func States() []State { return []State{Draft, Editing, Approving, Approved, Withdrawn} }

// Content is what is written of an article.
type Content struct {
	Lang     lang.Tag  `json:"lang"`
	Pair     string    `json:"pair,omitempty"` // id of the same article in the other language
	Section  string    `json:"section"`
	Title    string    `json:"title"`
	Lead     string    `json:"lead,omitempty"` // sapo
	Body     []Block   `json:"body,omitempty"`
	Pictures []Picture `json:"pictures,omitempty"` // those that the body may show
	Tags     []string  `json:"tags,omitempty"`
	Author   string    `json:"author,omitempty"` // as the reader sees it: a name or a pen name
	Source   string    `json:"source,omitempty"`
	Dated    time.Time `json:"dated,omitzero"` // when it was first published elsewhere
}

// Picture is a file that hangs on the article, with what it shows for those who cannot see it.
type Picture struct {
	File   string `json:"file"` // id of the attachment
	Alt    string `json:"alt"`
	Width  int    `json:"width,omitempty"` // pixels
	Height int    `json:"height,omitempty"`
}

// Correction (đính chính) says in public what was put right and when.
type Correction struct {
	At   time.Time `json:"at"`
	Note string    `json:"note"`
}

// Taken is a step that was taken.
type Taken struct {
	Step   Step      `json:"step"`
	By     string    `json:"by"` // account
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// Article (tin, bài) is one article as it stands after its last event.
type Article struct {
	Content
	ID          string       `json:"id"`
	Unit        string       `json:"unit"` // whose article it is
	Side        people.Side  `json:"side"`
	State       State        `json:"state"`
	PublishAt   time.Time    `json:"publish_at,omitzero"`
	Corrections []Correction `json:"corrections,omitempty"`
	Reason      string       `json:"reason,omitempty"` // of the return or the withdrawal
	History     []Taken      `json:"history,omitempty"`

	Version int64 `json:"-"` // of its stream
}

// Public reports whether everybody may read the article at a time.
func (a *Article) Public(at time.Time) bool { return a.State == Approved && !a.PublishAt.After(at) }

// Gone reports whether it was public once and was withdrawn.
func (a *Article) Gone(at time.Time) bool { return a.State == Withdrawn && !a.PublishAt.After(at) }

// Path is the article's address on the portal; only the id counts, the words are for people.
func (a *Article) Path() string { return Path(a.ID, a.Title) }

// Path makes an article's address.
func Path(id, title string) string { return "/tin-tuc/bai/" + id + "/" + slug(title) }

// slugLength is how long the words of an address may grow, in bytes.
const slugLength = 90

func slug(title string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(lang.Fold(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if b.Len()+len(word) > slugLength {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(word)
	}
	if b.Len() == 0 {
		return "bai"
	}
	return b.String()
}

// Shown lists the pictures in the order in which the body shows them.
func (a *Article) Shown() []Picture {
	var out []Picture
	for _, b := range a.Body {
		if p := a.Picture(b.Photo); b.Kind == Photo && p != nil {
			out = append(out, *p)
		}
	}
	return out
}

// Picture finds a picture by its file, nil for none.
func (c *Content) Picture(file string) *Picture {
	i := slices.IndexFunc(c.Pictures, func(p Picture) bool { return p.File == file })
	if i < 0 {
		return nil
	}
	return &c.Pictures[i]
}

// Writer is the account that began the article, "" before it stands.
func (a *Article) Writer() string {
	if len(a.History) == 0 {
		return ""
	}
	return a.History[0].By
}

// Options of an Engine.
type Options struct {
	Clock func() time.Time       // time.Now when nil
	Rules func() (*Rules, error) // asked when first needed
	// Cited tells for a reach which directives a text names; nil = none are looked for.
	Cited func(context.Context, Reach) (func(text string) ([]Citation, error), error)
}

// Engine keeps the articles of one agency.
type Engine struct {
	l     *ledger.Ledger
	db    *store.DB
	who   *people.People
	opts  Options
	rules func() (*Rules, error)

	visits visits
	seen   atomic.Int64 // events about articles, for Stamp
	due    due
}

// due remembers when the next scheduled article comes out.
type due struct {
	mu   sync.Mutex
	seen int64 // what next was worked out from
	next time.Time
	come int64 // articles' times that came since the start
}

//go:embed migrations/*.sql
var migrationFiles embed.FS

// New makes the engine and the tables beside the ledger, which must run Fold. Call it before the ledger's first Append.
func New(ctx context.Context, l *ledger.Ledger, db *store.DB, who *people.People, o Options) (*Engine, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Cited == nil {
		o.Cited = func(context.Context, Reach) (func(string) ([]Citation, error), error) {
			return func(string) ([]Citation, error) { return nil, nil }, nil
		}
	}
	files, err := fs.Sub(migrationFiles, "migrations")
	if err == nil {
		err = db.Migrate(ctx, "portal", files)
	}
	e := &Engine{l: l, db: db, who: who, opts: o, rules: sync.OnceValues(o.Rules)}
	l.Follow(e.follow)
	return e, err
}

// Rules are the sections and duties of the portal.
func (e *Engine) Rules() (*Rules, error) { return e.rules() }

func (e *Engine) now() time.Time { return e.opts.Clock() }

func (e *Engine) today() calendar.Date { return calendar.OfTime(e.now()) }

// Close writes what is still counted in memory.
func (e *Engine) Close() error { return e.visits.flush(context.Background(), e) }

// follow counts events about articles.
func (e *Engine) follow(batch []ledger.Event) {
	for i := range batch {
		if strings.HasPrefix(batch[i].Stream, streamPrefix) {
			e.seen.Add(1)
		}
	}
}

// Stamp changes whenever something changes that public pages show of articles: an event about one, or the time of a
// scheduled one that came. It costs nothing while neither happens, so pages made under a stamp can be kept.
func (e *Engine) Stamp(ctx context.Context) (int64, error) {
	seen, now := e.seen.Load(), e.now()
	d := &e.due
	d.mu.Lock()
	defer d.mu.Unlock()
	came := !d.next.IsZero() && !d.next.After(now)
	if came {
		d.come++
	}
	if came || d.seen != seen+1 {
		next, err := e.nextDue(ctx, now)
		if err != nil {
			return 0, err
		}
		d.next, d.seen = next, seen+1
	}
	return seen<<20 + d.come, nil
}

// noArticle says that there is no such article, or not for this reader.
func noArticle(id string) error { return fault.New(fault.NotFound, "portal.not_found", "id", id) }
