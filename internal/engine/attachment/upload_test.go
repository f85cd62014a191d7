package attachment_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"trucot/internal/engine/attachment"
	"trucot/internal/kernel/fault"
)

var errLine = errors.New("the line broke")

func begin(t interface{ Fatal(...any) }, o *office, owner, name string, size int) *attachment.Upload {
	u, err := o.Begin(attachment.Incoming{Owner: owner, Slot: "don", Name: name, Actor: "khai", Unit: "so"}, int64(size))
	must(t, err)
	return u
}

// However a file is cut, wherever the line breaks and whenever the program is started anew, the same bytes arrive once.
func TestRandomCutsGiveTheSameBytes(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "db"), nil)
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		content := pdf(fmt.Sprint("/N ", round, " (", strings.Repeat("x", rapid.IntRange(0, 3000).Draw(t, "size")), ")"))
		u := begin(t, o, fmt.Sprint("task/", round), "Đơn.pdf", len(content))
		var file *attachment.File
		for file == nil {
			now, err := o.Uploaded(u.ID, "khai")
			must(t, err)
			rest := content[now.Offset:]
			piece := rest
			if rapid.IntRange(0, 2).Draw(t, "cut") > 0 {
				piece = rest[:rapid.IntRange(0, len(rest)).Draw(t, "piece")]
			}
			var r io.Reader = bytes.NewReader(piece)
			broken := len(piece) < len(rest) && rapid.Bool().Draw(t, "broken")
			if broken {
				r = io.MultiReader(r, iotest.ErrReader(errLine))
			}
			if rapid.Bool().Draw(t, "started anew") {
				o.Engine = attachment.New(o.ledger, o.db, o.blobs, attachment.Options{Folder: o.folder, Rules: rules, Clock: func() time.Time { return o.now },
					Seal: o.vault.Seal, Open: o.vault.Open})
			}
			if now.Offset > 0 {
				if _, _, err := o.Continue(o.ctx, u.ID, "khai", now.Offset-1, bytes.NewReader(rest)); !fault.Is(err, "attachment.other_offset") {
					t.Fatalf("a piece in the wrong place: %v", err)
				}
			}
			_, file, err = o.Continue(o.ctx, u.ID, "khai", now.Offset, r)
			if broken != errors.Is(err, errLine) || !broken && err != nil {
				t.Fatal(err)
			}
		}
		_, again, err := o.Continue(o.ctx, u.ID, "khai", int64(len(content)), strings.NewReader("more"))
		must(t, err)
		if again.ID != file.ID {
			t.Fatal("asked again, another file came")
		}
		c, err := o.Content(o.ctx, file)
		must(t, err)
		got, err := io.ReadAll(c)
		must(t, errors.Join(err, c.Close()))
		if !bytes.Equal(got, content) {
			t.Fatal("other bytes arrived")
		}
	})
	if o.ledger.Head() != int64(round) {
		t.Errorf("%d events for %d files", o.ledger.Head(), round)
	}
}

func TestAnUploadIsItsAccounts(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "db"), nil)
	u := begin(t, o, dossier, "a.pdf", 10)
	for _, id := range []string{"", "../" + u.ID, strings.Repeat("A", 26), u.ID + "/x"} {
		if _, err := o.Uploaded(id, "khai"); !fault.Is(err, "attachment.no_upload") {
			t.Errorf("%q: %v", id, err)
		}
	}
	if _, _, err := o.Continue(o.ctx, u.ID, "hung", 0, strings.NewReader("x")); !fault.Is(err, "attachment.no_upload") {
		t.Errorf("another account writes: %v", err)
	}
	if err := o.Abandon(u.ID, "hung"); !fault.Is(err, "attachment.no_upload") {
		t.Errorf("another account drops it: %v", err)
	}
	must(t, o.Abandon(u.ID, "khai"))
	if left, err := o.Unfinished("khai", dossier); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestWhatAnUploadPromises(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "db"), nil)
	for _, c := range []struct {
		name string
		size int64
		want string
	}{
		{"a.exe", 10, "attachment.executable"}, {"a.mp4", 10, "attachment.type_refused"}, {"a.pdf", 0, "attachment.empty"},
		{"a.pdf", 1 << 40, "attachment.too_large"}, {"", 10, "attachment.no_name"}, {"a.pdf", -1, "attachment.empty"},
	} {
		if _, err := o.Begin(attachment.Incoming{Owner: dossier, Name: c.name, Actor: "khai"}, c.size); !fault.Is(err, c.want) {
			t.Errorf("%s of %d bytes: %v", c.name, c.size, err)
		}
	}
	for range 20 {
		begin(t, o, dossier, "a.pdf", 10)
	}
	if _, err := o.Begin(attachment.Incoming{Owner: dossier, Name: "a.pdf", Actor: "khai"}, 10); !fault.Is(err, "attachment.too_many_unfinished") {
		t.Errorf("the 21st: %v", err)
	}
	o.now = o.now.Add(49 * time.Hour)
	begin(t, o, dossier, "a.pdf", 10) // the others have expired
	if left, err := o.Unfinished("khai", dossier); err != nil || len(left) != 1 {
		t.Errorf("%d left, %v", len(left), err)
	}
}

// A file that turns out to be none that is taken ends its upload, with the reason.
func TestARefusedUploadIsOver(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "db"), nil)
	u := begin(t, o, dossier, "a.pdf", 4)
	if _, _, err := o.Continue(o.ctx, u.ID, "khai", 0, strings.NewReader("MZ\x90\x00")); !fault.Is(err, "attachment.executable") {
		t.Errorf("%v", err)
	}
	if _, err := o.Uploaded(u.ID, "khai"); !fault.Is(err, "attachment.no_upload") {
		t.Errorf("%v", err)
	}
}

func TestASmallPicture(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "db"), nil)
	f := o.add(t, dossier, "", "a.png", picture(1000, 500))
	small, err := o.Thumbnail(o.ctx, f)
	must(t, err)
	if w, h := size(t, small); w != 160 || h != 80 {
		t.Errorf("%d × %d", w, h)
	}
	again, err := o.Thumbnail(o.ctx, f)
	must(t, err)
	if !bytes.Equal(small, again) {
		t.Error("the kept picture is another one")
	}
	tiny, err := o.Thumbnail(o.ctx, o.add(t, dossier, "", "b.png", picture(3, 1)))
	must(t, err)
	if w, h := size(t, tiny); w != 3 || h != 1 {
		t.Errorf("%d × %d", w, h)
	}
	if _, err := o.Thumbnail(o.ctx, o.add(t, dossier, "", "c.pdf", pdf(""))); !fault.Is(err, "attachment.no_thumbnail") {
		t.Errorf("%v", err)
	}
}

// What is missing, changed or not named by anything is told; only the last is removed, and only when asked.
func TestVerification(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "db"), nil)
	first, second := o.add(t, dossier, "", "a.pdf", pdf("/A 1")), o.add(t, "task/1", "", "b.pdf", pdf("/B 1"))
	o.add(t, "task/2", "", "b.pdf", pdf("/B 1"))
	loose, _, err := o.blobs.Put(o.ctx, strings.NewReader("nobody's"))
	must(t, err)
	fresh, _, err := o.blobs.Put(o.ctx, strings.NewReader("just coming in"))
	must(t, err)
	old := time.Now().Add(-48 * time.Hour)
	for _, k := range []string{loose.String(), first.Key.String()} {
		must(t, os.Chtimes(filepath.Join(o.folder, k[:2], k), old, old))
	}
	r, err := o.Verify(o.ctx, false)
	must(t, err)
	if r.Files != 3 || r.Sound != 2 || len(r.Faults) != 0 || r.Unused != 1 || r.Removed != 0 || r.Bytes != first.Size+second.Size {
		t.Errorf("%+v", r)
	}
	must(t, o.vault.Erase(o.ctx, strings.TrimPrefix(dossier, "dossier/")))
	r, err = o.Verify(o.ctx, true)
	must(t, err)
	if r.Erased != 1 || r.Removed != 2 || len(r.Faults) != 0 {
		t.Errorf("%+v", r)
	}
	if there, err := o.blobs.Has(o.ctx, fresh); !there || err != nil {
		t.Error("what just came in is gone")
	}
	must(t, o.blobs.Remove(o.ctx, second.Key))
	r, err = o.Verify(o.ctx, false)
	must(t, err)
	if len(r.Faults) != 2 || r.Faults[0].Key != "attachment.content_missing" {
		t.Errorf("%+v", r)
	}
}
