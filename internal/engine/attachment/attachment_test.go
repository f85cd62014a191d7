package attachment_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"trucot/definitions"
	"trucot/internal/engine/attachment"
	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/vault"
	"trucot/internal/testing/storetest"
)

// office is an engine over an empty database; the test sets its clock.
type office struct {
	*attachment.Engine
	ctx    context.Context
	db     *store.DB
	ledger *ledger.Ledger
	vault  *vault.Vault
	blobs  *blob.Disk
	folder string
	now    time.Time
}

func newOffice(t testing.TB, at string, scanner attachment.Scanner) *office {
	t.Helper()
	o := &office{ctx: context.Background(), now: time.Date(2021, 6, 14, 2, 0, 0, 0, time.UTC), folder: t.TempDir(), db: storetest.Open(t, at)}
	clock := func() time.Time { return o.now }
	var err error
	o.ledger, err = ledger.Open(o.ctx, o.db, ledger.Options{Folds: []ledger.Fold{attachment.Fold()}, Clock: clock})
	must(t, err)
	t.Cleanup(func() { o.ledger.Close() })
	o.vault, err = vault.Open(o.ctx, o.db, filepath.Join(o.folder, "vault.key"))
	must(t, err)
	o.blobs = blob.NewDisk(o.folder)
	o.Engine = attachment.New(o.ledger, o.db, o.blobs, attachment.Options{Folder: o.folder, Rules: rules, Scanner: scanner, Clock: clock,
		Log: slog.New(slog.DiscardHandler), Seal: o.vault.Seal, Open: o.vault.Open,
		Person: func(owner string) string {
			code, _ := strings.CutPrefix(owner, "dossier/")
			return strings.TrimPrefix(code, owner)
		}})
	return o
}

var rules = sync.OnceValues(func() (*attachment.Rules, error) { return attachment.Load(definitions.Files) })

func must(t interface{ Fatal(...any) }, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

const dossier = "dossier/000.00.00.H00-210614-0001"

func (o *office) add(t interface{ Fatal(...any) }, owner, slot, name string, content []byte) *attachment.File {
	f, err := o.Add(o.ctx, attachment.Incoming{Owner: owner, Slot: slot, Name: name, Actor: "khai", Unit: "so"}, bytes.NewReader(content))
	must(t, err)
	return f
}

// The files of these tests.

func picture(width, height int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func pdf(inside string) []byte {
	return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog " + inside + ">>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
}

// archive packs name, content pairs.
func archive(pairs ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = w.Write([]byte(pairs[i+1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func docx(more ...string) []byte {
	return archive(append([]string{"[Content_Types].xml", "<Types/>", "word/document.xml", "<w:document/>"}, more...)...)
}

func TestFromAddingToWithdrawalOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at, nil)
		content := pdf("")
		f := o.add(t, dossier, "don", "Đơn đề nghị (mẫu).pdf", content)
		if f.Name != "Đơn đề nghị (mẫu).pdf" || f.Type != "application/pdf" || f.Size != int64(len(content)) || f.Scan != attachment.Unscanned || f.Unit != "so" {
			t.Errorf("%+v", f)
		}
		if again := o.add(t, dossier, "don", "tên khác.pdf", content); again.ID != f.ID || again.Position != f.Position {
			t.Errorf("the same paper twice is a second file: %+v", again)
		}
		other := o.add(t, "task/NV-1", "", "anh.png", picture(2, 2))
		list, err := o.List(o.ctx, dossier)
		must(t, err)
		if len(list) != 1 || list[0].ID != f.ID {
			t.Errorf("%v", list)
		}
		c, err := o.Content(o.ctx, f)
		must(t, err)
		got, err := io.ReadAll(c)
		must(t, err)
		must(t, c.Close())
		if !bytes.Equal(got, content) {
			t.Error("the content is another one")
		}
		if err := o.Withdraw(o.ctx, f.ID, " ", "khai", "so"); !fault.Is(err, "attachment.need_reason") {
			t.Errorf("%v", err)
		}
		must(t, o.Withdraw(o.ctx, f.ID, "Nộp nhầm", "khai", "so"))
		gone, err := o.Get(o.ctx, f.ID)
		must(t, err)
		if _, err := o.Content(o.ctx, gone); !gone.Withdrawn || gone.Reason != "Nộp nhầm" || !fault.Is(err, "attachment.withdrawn_file") {
			t.Errorf("%+v, %v", gone, err)
		}
		if back := o.add(t, dossier, "don", "Đơn.pdf", content); back.ID != f.ID || back.Withdrawn || back.Name != "Đơn.pdf" {
			t.Errorf("handed in anew: %+v", back)
		}
		if _, err := o.Get(o.ctx, "none"); !fault.Is(err, "attachment.not_found") {
			t.Errorf("%v", err)
		}
		moved, err := o.Reuse(o.ctx, other.ID, attachment.Incoming{Owner: "task/NV-2", Slot: "kq", Actor: "khai", Unit: "so"})
		must(t, err)
		if moved.Key != other.Key || moved.ID == other.ID || moved.Name != "anh.png" {
			t.Errorf("%+v", moved)
		}
		rebuilt, err := o.ledger.Rebuild(o.ctx)
		must(t, err)
		for _, r := range rebuilt {
			if !r.Equal() {
				t.Errorf("%s is not built again as it was", r.Table)
			}
		}
	})
}

// A name may be a person's; the ledger has it sealed, and with the key it goes, and the content too.
func TestANameIsErasedWithItsPerson(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "db"), nil)
	f := o.add(t, dossier, "", "CCCD Trần Văn Mẫu.pdf", pdf(""))
	plain := o.add(t, "task/NV-1", "", "Báo cáo.pdf", pdf(""))
	must(t, o.ledger.Scan(o.ctx, 0, func(e ledger.Event) error {
		if strings.Contains(string(e.Data), "Trần") {
			t.Errorf("the ledger has the name: %s", e.Data)
		}
		return nil
	}))
	if !o.Personal(dossier) || o.Personal("task/NV-1") {
		t.Error("whose data it is")
	}
	must(t, o.vault.Erase(o.ctx, strings.TrimPrefix(dossier, "dossier/")))
	list, err := o.List(o.ctx, dossier)
	must(t, err)
	if _, err := o.Content(o.ctx, list[0]); len(list) != 1 || list[0].Name != "" || !list[0].Erased || list[0].ID != f.ID || !fault.Is(err, "attachment.erased") {
		t.Errorf("%+v, %v", list[0], err)
	}
	if _, err := o.Get(o.ctx, plain.ID); err != nil {
		t.Error(err)
	}
	later := o.add(t, dossier, "", "Thư trả lời.pdf", pdf("/Later 1")) // draws a new key
	list, err = o.List(o.ctx, dossier)
	must(t, err)
	for _, f := range list {
		if f.Erased != (f.ID != later.ID) {
			t.Errorf("%+v", f)
		}
	}
}

// Many hands at once add each file once and lose none.
func TestManyAtOnce(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "db"), nil)
	var all sync.WaitGroup
	failed := make(chan error, 32)
	for i := range 4 {
		for range 2 {
			all.Go(func() {
				_, err := o.Add(o.ctx, attachment.Incoming{Owner: dossier, Name: "a.pdf", Actor: "khai"}, bytes.NewReader(pdf(fmt.Sprint("/N ", i))))
				if err != nil {
					failed <- err
				}
			})
		}
	}
	all.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	list, err := o.List(o.ctx, dossier)
	must(t, err)
	if len(list) != 4 || o.ledger.Head() != 4 {
		t.Errorf("%d files, %d events", len(list), o.ledger.Head())
	}
}

func TestARowTakesSoManyFiles(t *testing.T) {
	shipped, err := rules()
	must(t, err)
	few := *shipped
	few.PerOwner = 2
	o := newOffice(t, filepath.Join(t.TempDir(), "db"), nil)
	o.Engine = attachment.New(o.ledger, o.db, o.blobs, attachment.Options{Folder: o.folder, Rules: func() (*attachment.Rules, error) { return &few, nil }})
	for i := range 3 {
		_, err := o.Add(o.ctx, attachment.Incoming{Owner: "task/1", Name: "a.txt"}, strings.NewReader(fmt.Sprint("tệp ", i)))
		if fault.Is(err, "attachment.too_many") != (i == 2) {
			t.Errorf("file %d: %v", i, err)
		}
	}
	if _, err := o.Add(o.ctx, attachment.Incoming{Owner: "task", Name: "a.txt"}, strings.NewReader("x")); !fault.Is(err, "attachment.bad_owner") {
		t.Errorf("%v", err)
	}
}

func size(t *testing.T, picture []byte) (width, height int) {
	t.Helper()
	c, _, err := image.DecodeConfig(bytes.NewReader(picture))
	must(t, err)
	return c.Width, c.Height
}
