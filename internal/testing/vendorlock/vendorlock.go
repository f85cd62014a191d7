// Package vendorlock checks that vendored files are the ones their vendor.lock names: package, version,
// licence and hash.
package vendorlock

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// columns of a vendor.lock, separated by tabs: file, package, version, licence, package integrity, path
// in the package, sha256 of the file.
const columns = 7

// Check compares dir/vendor.lock with the files below dir. Files matched by own (path.Match on the path
// from dir) are ours and stand in no lock.
func Check(t *testing.T, dir string, own ...string) {
	t.Helper()
	locked := read(t, filepath.Join(dir, "vendor.lock"))
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		check(t, path, filepath.ToSlash(name), locked, own)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range locked {
		t.Errorf("%s stands in vendor.lock and is not there", name)
	}
}

func check(t *testing.T, path, name string, locked map[string]string, own []string) {
	t.Helper()
	want, ok := locked[name]
	delete(locked, name)
	if !ok {
		mine := slices.ContainsFunc(own, func(p string) bool { m, _ := filepath.Match(p, name); return m })
		if !mine && name != "vendor.lock" && !strings.HasPrefix(filepath.Base(name), "LICENSE") {
			t.Errorf("%s is vendored and stands in no vendor.lock", name)
		}
		return
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != want {
		t.Errorf("%s is not the file of vendor.lock", name)
	}
}

// read gives file → sha256.
func read(t *testing.T, path string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, line := range bytes.Split(bytes.TrimSpace(b), []byte("\n")) {
		if bytes.HasPrefix(line, []byte("#")) {
			continue
		}
		f := strings.Split(string(line), "\t")
		if len(f) != columns || slices.Contains(f, "") {
			t.Fatalf("vendor.lock: %q has not %d filled columns", line, columns)
		}
		m[f[0]] = f[6]
	}
	return m
}
