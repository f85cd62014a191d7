package attachment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// Incoming is a file about to be added.
type Incoming struct {
	Owner string // stream of the row that it hangs on, "dossier/<code>"
	Slot  string
	Name  string // as the sender calls it
	Actor string
	Unit  string // that the fact counts for
}

// tries is how often an addition that met another one to the same row is made anew.
const tries = 20

// Add takes a file: it is inspected, scanned, kept and recorded. The same content in the same slot of the same row is
// the file that is there already. Errors: those of Rules.Inspect, attachment.no_name, attachment.name_too_long,
// attachment.bad_owner, attachment.infected, attachment.too_many, those of blob.Store.Put.
func (e *Engine) Add(ctx context.Context, n Incoming, r io.Reader) (*File, error) {
	rules, err := e.rules()
	if err != nil {
		return nil, err
	}
	spool, err := e.spool(r, rules.Largest())
	if err != nil {
		return nil, err
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	return e.take(ctx, n, spool)
}

// spool copies a stream to a temporary file, since a file is judged as a whole. One byte more than the limit is enough
// to see that it is too large.
func (e *Engine) spool(r io.Reader, limit int64) (*os.File, error) {
	if err := os.MkdirAll(e.uploadFolder(), 0o750); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(e.uploadFolder(), spoolPrefix)
	if err != nil {
		return nil, err
	}
	if _, err = io.Copy(f, io.LimitReader(r, limit+1)); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return f, nil
}

// take judges, keeps and records a file that is on the disk whole.
func (e *Engine) take(ctx context.Context, n Incoming, f *os.File) (*File, error) {
	rules, err := e.rules()
	if err != nil {
		return nil, err
	}
	if kind, id, ok := strings.Cut(n.Owner, "/"); !ok || kind == "" || id == "" {
		return nil, fault.New(fault.Invalid, "attachment.bad_owner", "owner", n.Owner)
	}
	if n.Name, err = rules.checkName(n.Name); err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > rules.Largest() {
		return nil, fault.New(fault.TooLarge, "attachment.too_large", "name", n.Name, "limit", rules.Largest()>>20)
	}
	v, err := rules.Inspect(ctx, n.Name, f, info.Size())
	if err != nil {
		return nil, err
	}
	whole := func() io.Reader { return io.NewSectionReader(f, 0, info.Size()) }
	state, err := e.scan(ctx, n.Name, whole())
	if err != nil {
		return nil, err
	}
	key, size, err := e.blobs.Put(ctx, whole())
	if err != nil {
		return nil, err
	}
	return e.record(ctx, n, added{Type: v.Type.Type, Size: size, SHA256: key.String(), Scan: state, Notes: v.Notes})
}

// scan asks the scanner. A file that nobody scanned is taken and says so.
func (e *Engine) scan(ctx context.Context, name string, r io.Reader) (string, error) {
	if e.opts.Scanner == nil {
		return Unscanned, nil
	}
	found, err := e.opts.Scanner.Scan(ctx, r)
	switch {
	case err != nil:
		e.opts.Log.Warn("file not scanned", "error", err)
		return Unscanned, ctx.Err()
	case found != "":
		return "", fault.New(fault.Invalid, "attachment.infected", "name", name, "found", found)
	}
	return Clean, nil
}

// Reuse hangs the content of a file on another row, as when a draft is filed or a paper is already held. The new file is
// as if it were added anew, under the same name.
func (e *Engine) Reuse(ctx context.Context, id string, n Incoming) (*File, error) {
	f, err := e.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	c, err := e.Content(ctx, f)
	if err != nil {
		return nil, err
	}
	c.Close()
	n.Name = f.Name
	return e.record(ctx, n, added{Type: f.Type, Size: f.Size, SHA256: f.Key.String(), Scan: f.Scan, Notes: f.Notes})
}

// record appends the fact, unless the same file hangs there already.
func (e *Engine) record(ctx context.Context, n Incoming, a added) (*File, error) {
	rules, err := e.rules()
	if err != nil {
		return nil, err
	}
	a.ID, a.Owner, a.Slot = fileID(n.Owner, n.Slot, a.SHA256), n.Owner, n.Slot
	if err := e.name(ctx, n, &a); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		events, err := e.l.Stream(ctx, StreamPrefix+n.Owner)
		if err != nil {
			return nil, err
		}
		there, err := e.rows(ctx, n.Owner)
		if err != nil {
			return nil, err
		}
		there = slices.DeleteFunc(there, func(f *row) bool { return f.Withdrawn })
		if i := slices.IndexFunc(there, func(f *row) bool { return f.ID == a.ID }); i >= 0 {
			return e.opened(ctx, there[i])
		}
		if len(there) >= rules.PerOwner {
			return nil, fault.New(fault.TooLarge, "attachment.too_many", "limit", rules.PerOwner)
		}
		_, err = e.l.Append(ctx, ledger.Command{Stream: StreamPrefix + n.Owner, Expect: int64(len(events)), Actor: n.Actor, Unit: n.Unit,
			Events: []ledger.NewEvent{{Kind: kindAdded, On: e.today(), Data: a}}})
		if err == nil {
			return e.Get(ctx, a.ID)
		}
		if !fault.Is(err, "ledger.version_conflict") || try == tries {
			return nil, err
		}
	}
}

// name lays the name into the fact, sealed where it is a person's data.
func (e *Engine) name(ctx context.Context, n Incoming, a *added) error {
	person := e.opts.Person(n.Owner)
	if person == "" {
		a.Name = n.Name
		return nil
	}
	var err error
	a.Sealed, err = e.opts.Seal(ctx, person, n.Name)
	return err
}

// fileID is made of what the file is and where it hangs, so that handing it in twice is no second file.
func fileID(owner, slot, key string) string {
	sum := sha256.Sum256([]byte(owner + "\n" + slot + "\n" + key))
	return hex.EncodeToString(sum[:12])
}

// Withdraw takes a file back: it stays in the history with the reason, and its content is given to nobody any more.
// Errors: attachment.not_found, attachment.need_reason.
func (e *Engine) Withdraw(ctx context.Context, id, reason, actor, unit string) error {
	f, err := e.Get(ctx, id)
	if err != nil || f.Withdrawn {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return fault.New(fault.Invalid, "attachment.need_reason")
	}
	_, err = e.l.Append(ctx, ledger.Command{Stream: StreamPrefix + f.Owner, Expect: ledger.AnyVersion, Actor: actor, Unit: unit,
		Events: []ledger.NewEvent{{Kind: kindWithdrawn, On: e.today(), Data: withdrawn{f.ID, f.Owner, f.Key.String(), reason}}}})
	return err
}

// spoolPrefix begins the names of temporary files among the uploads.
const spoolPrefix = ".in-"

func (e *Engine) uploadFolder() string { return filepath.Join(e.opts.Folder, "dang-tai") }
