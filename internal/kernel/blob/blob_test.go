package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/fault"
)

var ctx = context.Background()

func must(t interface{ Fatal(...any) }, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever is put comes back whole, in ranges too, once however often it was put.
func TestWhatIsPutComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		folder, err := os.MkdirTemp("", "blob")
		must(t, err)
		defer os.RemoveAll(folder)
		d := blob.NewDisk(folder)
		all := map[blob.Key][]byte{}
		for _, content := range rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 1, 5).Draw(t, "contents") {
			for range 2 {
				k, n, err := d.Put(ctx, iotest.OneByteReader(bytes.NewReader(content)))
				must(t, err)
				if k != sha256.Sum256(content) || n != int64(len(content)) {
					t.Fatalf("%s, %d bytes", k, n)
				}
				all[k] = content
			}
		}
		seen := 0
		must(t, d.Each(ctx, func(i blob.Info) error {
			seen++
			content := all[i.Key]
			c, size, err := d.Open(ctx, i.Key)
			if size != int64(len(content)) || i.Size != size || time.Since(i.Put) > time.Hour {
				t.Fatalf("%+v, %d bytes", i, size)
			}
			must(t, err)
			defer c.Close()
			from := rapid.IntRange(0, len(content)).Draw(t, "from")
			got, err := io.ReadAll(io.NewSectionReader(c, int64(from), size))
			must(t, err)
			if !bytes.Equal(got, content[from:]) {
				t.Fatal("a range differs")
			}
			return blob.Check(ctx, d, i.Key)
		}))
		if seen != len(all) {
			t.Fatalf("%d contents, put %d", seen, len(all))
		}
	})
}

// A sender that breaks off leaves nothing behind, and the fault is the sender's own.
func TestABrokenSenderLeavesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "tep")
	d := blob.NewDisk(folder)
	gone := errors.New("line broke")
	if _, _, err := d.Put(ctx, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(gone))); !errors.Is(err, gone) {
		t.Fatal(err)
	}
	left, err := os.ReadDir(folder)
	must(t, err)
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAChangedContentIsNamed(t *testing.T) {
	folder := t.TempDir()
	d := blob.NewDisk(folder)
	k, _, err := d.Put(ctx, strings.NewReader("bản gốc"))
	must(t, err)
	path := filepath.Join(folder, k.String()[:2], k.String())
	must(t, os.WriteFile(path, []byte("bản sửa"), 0o600))
	if err := blob.Check(ctx, d, k); !fault.Is(err, "blob.damaged") {
		t.Errorf("%v", err)
	}
	must(t, os.WriteFile(path, []byte("bản"), 0o600))
	if _, _, err := d.Put(ctx, strings.NewReader("bản gốc")); err != nil || blob.Check(ctx, d, k) != nil {
		t.Error("a content cut short is not replaced by the whole one")
	}
	must(t, d.Remove(ctx, k))
	must(t, d.Remove(ctx, k))
	if err := blob.Check(ctx, d, k); !fault.Is(err, "blob.missing") {
		t.Errorf("%v", err)
	}
	if there, err := d.Has(ctx, k); there || err != nil {
		t.Error("removed and still there")
	}
}

// A folder that cannot be written says so.
func TestAFolderThatIsNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tep")
	must(t, os.WriteFile(file, nil, 0o600))
	if _, _, err := blob.NewDisk(file).Put(ctx, strings.NewReader("x")); !fault.Is(err, "blob.cannot_write") {
		t.Errorf("%v", err)
	}
	if err := blob.NewDisk(filepath.Join(t.TempDir(), "none")).Each(ctx, nil); err != nil {
		t.Errorf("a folder not yet made holds nothing: %v", err)
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add(strings.Repeat("0f", 32))
	f.Add("../../etc/passwd")
	f.Add(strings.Repeat("A", 64))
	f.Fuzz(func(t *testing.T, s string) {
		if k, err := blob.ParseKey(s); err == nil && k.String() != s {
			t.Errorf("%q reads as %s", s, k)
		}
	})
}
