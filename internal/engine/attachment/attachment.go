// Package attachment (tệp đính kèm) is the files that hang on a row of the office: the papers of a dossier, the
// evidence of a task, the text of a directive. It owns which files are taken, by their content and never by their name
// alone, what is known of each (type, size, hash, scan), the fact that one was added or withdrawn, and uploads that a
// bad line breaks off.
//
// It does not own the bytes (package blob keeps them), nor who may read the row that a file hangs on: whoever serves it
// asks the row's own package.
package attachment

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The results of a scan.
const (
	Clean     = "clean"
	Unscanned = "unscanned" // no scanner was there, or it gave no answer
)

// File is one file as it stands after its last event.
type File struct {
	ID        string // made of owner, slot and content: the same paper handed in twice is one file
	Owner     string // stream of the row that it hangs on, "dossier/<code>"
	Slot      string // document of the procedure, "" for none
	Name      string // "" when Erased
	Erased    bool   // the person's data was erased, and the content with it
	Type      string // media type
	Size      int64  // bytes
	Key       blob.Key
	Scan      string   // Clean or Unscanned
	Notes     []string // keys of remarks
	Actor     string
	Unit      string
	On        calendar.Date
	Withdrawn bool
	Reason    string // of the withdrawal
	Position  int64  // of the last event
}

// Options of an Engine.
type Options struct {
	Folder  string                 // for uploads under way and small pictures
	Rules   func() (*Rules, error) // asked when the first file comes
	Scanner Scanner                // nil = files are marked as not scanned
	Clock   func() time.Time       // time.Now when nil
	Log     *slog.Logger           // slog.Default when nil

	// Person names whose data the files of an owner are, "" where they are nobody's. The names of such files are
	// recorded sealed under that person's key, and once the key is erased neither name nor content can be read.
	Person func(owner string) string
	// Seal and Open are those of the vault; needed where Person gives one.
	Seal func(ctx context.Context, person, plaintext string) (string, error)
	Open func(ctx context.Context, sealed string) (string, error)
}

// Engine takes files and gives them back.
type Engine struct {
	l     *ledger.Ledger
	db    *store.DB
	blobs blob.Store
	opts  Options
	rules func() (*Rules, error)

	busy    sync.Map      // ids of uploads that are being written
	drawing chan struct{} // holds a token while a small picture is made: one at a time
}

// New makes the engine. The ledger must run Fold.
func New(l *ledger.Ledger, db *store.DB, blobs blob.Store, o Options) *Engine {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Person == nil {
		o.Person = func(string) string { return "" }
	}
	return &Engine{l: l, db: db, blobs: blobs, opts: o, rules: sync.OnceValues(o.Rules), drawing: make(chan struct{}, 1)}
}

// Rules are the rules in force.
func (e *Engine) Rules() (*Rules, error) { return e.rules() }

func (e *Engine) today() calendar.Date { return calendar.OfTime(e.opts.Clock()) }

// Personal reports whether the files of an owner are a person's data, so that each opening of one is to be noted.
func (e *Engine) Personal(owner string) bool { return e.opts.Person(owner) != "" }
