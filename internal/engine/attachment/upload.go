package attachment

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"trucot/internal/kernel/fault"
)

// Upload is a file that comes in pieces. It is no event: until it is whole it may end in nothing. How much of it is
// there is the length of its file, so that no record of it can lie.
type Upload struct {
	ID      string
	Owner   string
	Slot    string
	Name    string
	Account string
	Unit    string
	Size    int64 // bytes that it will have
	Offset  int64 `json:"-"` // bytes that are here
	Touched time.Time
	Done    string `json:",omitempty"` // id of the file that it became
}

// uploadID is what Begin draws; an id from an address is never made part of a path unless it looks so.
var uploadID = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// folderOf holds the uploads of an account: listing them must not look at everybody's.
func (e *Engine) folderOf(account string) string {
	sum := sha256.Sum256([]byte(account))
	return filepath.Join(e.uploadFolder(), hex.EncodeToString(sum[:8]))
}

func partOf(folder, id string) string { return filepath.Join(folder, id+".tep") }
func noteOf(folder, id string) string { return filepath.Join(folder, id+".json") }

// Begin opens an upload of a size. What the name and the size already tell is refused before a byte is sent. Errors:
// attachment.bad_size, attachment.too_many_unfinished, as for Add.
func (e *Engine) Begin(n Incoming, size int64) (*Upload, error) {
	rules, err := e.rules()
	if err != nil {
		return nil, err
	}
	if n.Name, err = rules.checkName(n.Name); err != nil {
		return nil, err
	}
	if err := rules.promise(n.Name, size); err != nil {
		return nil, err
	}
	if err := e.sweep(rules); err != nil {
		return nil, err
	}
	folder := e.folderOf(n.Actor)
	mine, err := e.unfinished(folder)
	if err != nil {
		return nil, err
	}
	if len(mine) >= rules.Unfinished {
		return nil, fault.New(fault.TooLarge, "attachment.too_many_unfinished", "limit", rules.Unfinished, "hours", rules.UnfinishedHours)
	}
	u := &Upload{ID: rand.Text(), Owner: n.Owner, Slot: n.Slot, Name: n.Name, Account: n.Actor, Unit: n.Unit, Size: size, Touched: e.opts.Clock().UTC()}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	if err := os.WriteFile(partOf(folder, u.ID), nil, 0o640); err != nil {
		return nil, err
	}
	return u, e.write(u)
}

// promise checks what a sender says that it will send.
func (r *Rules) promise(name string, size int64) error {
	i := slices.IndexFunc(r.Types, func(t Type) bool { return slices.Contains(t.Endings, ending(name)) })
	switch {
	case slices.Contains(r.Executables, ending(name)):
		return fault.New(fault.Invalid, "attachment.executable", "name", name)
	case i < 0:
		return fault.New(fault.Invalid, "attachment.type_refused", "name", name, "type", "."+ending(name), "endings", r.listed())
	case size <= 0:
		return fault.New(fault.Invalid, "attachment.empty", "name", name)
	case size > r.Types[i].MB<<20:
		return fault.New(fault.TooLarge, "attachment.too_large", "name", name, "limit", r.Types[i].MB)
	}
	return nil
}

// write lays down what is known of an upload, whole or not at all.
func (e *Engine) write(u *Upload) error {
	raw, err := json.Marshal(u)
	if err != nil {
		return err
	}
	at := noteOf(e.folderOf(u.Account), u.ID)
	if err := os.WriteFile(at+".moi", raw, 0o640); err != nil {
		return err
	}
	return os.Rename(at+".moi", at)
}

// Uploaded is an upload as far as it came. Another account's is not found, like one that expired: fault.NotFound
// "attachment.no_upload".
func (e *Engine) Uploaded(id, account string) (*Upload, error) {
	u, err := readUpload(e.folderOf(account), id)
	if err != nil || u.Account != account {
		return nil, fault.New(fault.NotFound, "attachment.no_upload").Because(err)
	}
	return u, nil
}

func readUpload(folder, id string) (*Upload, error) {
	if !uploadID.MatchString(id) {
		return nil, os.ErrNotExist
	}
	raw, err := os.ReadFile(noteOf(folder, id))
	if err != nil {
		return nil, err
	}
	u := &Upload{}
	if err := json.Unmarshal(raw, u); err != nil {
		return nil, err
	}
	if u.Done != "" {
		u.Offset = u.Size
		return u, nil
	}
	info, err := os.Stat(partOf(folder, id))
	if err != nil {
		return nil, err
	}
	u.Offset = info.Size()
	return u, nil
}

// Continue writes a piece that begins at offset; what came before a broken line stays. With the last byte the file is
// taken as by Add, and comes back; asked again after that, it comes back again. Errors: attachment.no_upload, fault.Conflict
// "attachment.other_offset" and "attachment.upload_busy", the reader's own, and those of Add, after which the upload
// is over.
func (e *Engine) Continue(ctx context.Context, id, account string, offset int64, r io.Reader) (*Upload, *File, error) {
	if !e.occupy(id) {
		return nil, nil, fault.New(fault.Conflict, "attachment.upload_busy")
	}
	defer e.busy.Delete(id)
	u, err := e.Uploaded(id, account)
	switch {
	case err != nil:
		return nil, nil, err
	case u.Done != "":
		f, err := e.Get(ctx, u.Done)
		return u, f, err
	case offset != u.Offset:
		return u, nil, fault.New(fault.Conflict, "attachment.other_offset", "offset", u.Offset)
	}
	f, err := os.OpenFile(partOf(e.folderOf(account), id), os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if err := e.append(u, f, r); err != nil || u.Offset < u.Size {
		return u, nil, err
	}
	file, err := e.finish(ctx, u, f)
	return u, file, err
}

func (e *Engine) occupy(id string) bool {
	_, taken := e.busy.LoadOrStore(id, true)
	return !taken
}

// append writes what comes and syncs it, so that the length of the file never promises more than the disk holds.
func (e *Engine) append(u *Upload, f *os.File, r io.Reader) error {
	n, err := io.Copy(io.NewOffsetWriter(f, u.Offset), io.LimitReader(r, u.Size-u.Offset))
	u.Offset += n
	u.Touched = e.opts.Clock().UTC()
	return errors.Join(err, f.Sync(), e.write(u))
}

// finish takes the whole file. A refusal is final; after other trouble the last piece may be sent again, empty.
func (e *Engine) finish(ctx context.Context, u *Upload, f *os.File) (*File, error) {
	file, err := e.take(ctx, Incoming{Owner: u.Owner, Slot: u.Slot, Name: u.Name, Actor: u.Account, Unit: u.Unit}, f)
	switch kind := fault.KindOf(err); {
	case err == nil:
		u.Done = file.ID
		return file, errors.Join(e.write(u), os.Remove(partOf(e.folderOf(u.Account), u.ID)))
	case kind == fault.Invalid || kind == fault.TooLarge:
		drop(e.folderOf(u.Account), u.ID)
	}
	return nil, err
}

// Abandon ends an upload. Error: attachment.no_upload.
func (e *Engine) Abandon(id, account string) error {
	if _, err := e.Uploaded(id, account); err != nil {
		return err
	}
	drop(e.folderOf(account), id)
	return nil
}

// drop forgets an upload; what cannot be removed now goes with the next sweep.
func drop(folder, id string) {
	os.Remove(partOf(folder, id))
	os.Remove(noteOf(folder, id))
}

// Unfinished lists an account's uploads to a row that broke off.
func (e *Engine) Unfinished(account, owner string) ([]*Upload, error) {
	rules, err := e.rules()
	if err != nil {
		return nil, err
	}
	mine, err := e.unfinished(e.folderOf(account))
	return slices.DeleteFunc(mine, func(u *Upload) bool { return u.Owner != owner || e.expired(rules, u) }), err
}

func (e *Engine) expired(rules *Rules, u *Upload) bool {
	return e.opts.Clock().Sub(u.Touched) > rules.unfinishedFor()
}

// unfinished reads the uploads of a folder; one that cannot be read is none.
func (e *Engine) unfinished(folder string) ([]*Upload, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var out []*Upload
	for _, entry := range entries {
		if id, ok := strings.CutSuffix(entry.Name(), ".json"); ok {
			if u, err := readUpload(folder, id); err == nil && u.Done == "" {
				out = append(out, u)
			}
		}
	}
	return out, nil
}

// sweep removes everybody's uploads that are older than the rules keep them, and what a crash left behind.
func (e *Engine) sweep(rules *Rules) error {
	folders, err := os.ReadDir(e.uploadFolder())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, f := range folders {
		at := filepath.Join(e.uploadFolder(), f.Name())
		if !f.IsDir() {
			sweepLoose(at, f, rules.unfinishedFor())
			continue
		}
		entries, err := os.ReadDir(at)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			e.sweepOne(rules, at, entry)
		}
	}
	return nil
}

func (e *Engine) sweepOne(rules *Rules, folder string, entry os.DirEntry) {
	id, ok := strings.CutSuffix(entry.Name(), ".json")
	if !ok {
		sweepLoose(filepath.Join(folder, entry.Name()), entry, 2*rules.unfinishedFor())
		return
	}
	if u, err := readUpload(folder, id); err == nil && !e.expired(rules, u) || !e.occupy(id) {
		return
	}
	drop(folder, id)
	e.busy.Delete(id)
}

// sweepLoose removes an old temporary file.
func sweepLoose(at string, entry os.DirEntry, after time.Duration) {
	if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > after {
		os.Remove(at)
	}
}
