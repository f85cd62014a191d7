// Package shared finds the real input that some tests read and that is not part of the repository: a
// folder "shared" beside the checkout.
package shared

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir is the path of a file or folder inside ../shared of the checkout. Where the folder is absent the
// test is skipped with a word, and fails under CI=true, where it must be there.
func Dir(t testing.TB, elem ...string) string {
	t.Helper()
	at, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(at)
		if up == at {
			t.Fatal("shared: no go.mod above the test")
		}
		at = up
	}
	dir := filepath.Join(append([]string{filepath.Dir(at), "shared"}, elem...)...)
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("shared: %s is missing and CI=true", filepath.Join(elem...))
		}
		t.Skipf("shared: %s is not beside the checkout; this test reads real input from it", filepath.Join(elem...))
	}
	return dir
}
