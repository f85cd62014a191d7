package vault_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/vault"
	"trucot/internal/testing/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var ctx = context.Background()

func TestWhatIsSealedOpensUntilItsPersonIsErased(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		db := storetest.Open(t, at)
		key := filepath.Join(t.TempDir(), "vault.key")
		v, err := vault.Open(ctx, db, key)
		if err != nil {
			t.Fatal(err)
		}
		seal := func(person, text string) string {
			t.Helper()
			token, err := v.Seal(ctx, person, text)
			if err != nil || !vault.Sealed(token) || strings.Contains(token, text) {
				t.Fatal(token, err)
			}
			return token
		}
		first, again, other := seal("p1", "012345678901"), seal("p1", "012345678901"), seal("p2", "Đỗ Thị B (mẫu)")
		if first == again {
			t.Error("equal texts gave equal tokens")
		}
		v, err = vault.Open(ctx, db, key) // the keys outlive the process
		if err != nil {
			t.Fatal(err)
		}
		for token, want := range map[string]string{first: "012345678901", again: "012345678901", other: "Đỗ Thị B (mẫu)"} {
			if got, err := v.Open(ctx, token); got != want || err != nil {
				t.Fatal(got, err)
			}
		}
		for range 2 {
			if err := v.Erase(ctx, "p1"); err != nil {
				t.Fatal(err)
			}
		}
		for _, token := range []string{first, again} {
			if got, err := v.Open(ctx, token); !fault.Is(err, "vault.erased") {
				t.Fatal(got, err)
			}
		}
		if got, err := v.Open(ctx, other); got == "" || err != nil {
			t.Fatal(err)
		}
		if fresh := seal("p1", "new"); fresh == "" {
			t.Fatal("an erased person can begin anew")
		}
		if got, err := v.Open(ctx, first); err == nil {
			t.Fatal("a new key opened old data:", got)
		}
	})
}

func TestATokenIsNotForgedOrMoved(t *testing.T) {
	v, err := vault.Open(ctx, storetest.Open(t, filepath.Join(t.TempDir(), "a.db")), filepath.Join(t.TempDir(), "vault.key"))
	if err != nil {
		t.Fatal(err)
	}
	mine, _ := v.Seal(ctx, "p1", "secret")
	yours, _ := v.Seal(ctx, "p2", "secret")
	part := strings.Split(mine, ":")
	flipped := []byte(part[2])
	flipped[10] ^= 1
	for _, token := range []string{
		"", "secret", "vault1:", "vault1::", "vault1:cDE:", "vault1:cDE:AAAA", "vault1:!:" + part[2],
		part[0] + ":" + part[1] + ":" + string(flipped),
		part[0] + ":" + strings.Split(yours, ":")[1] + ":" + part[2],
	} {
		if got, err := v.Open(ctx, token); !fault.Is(err, "vault.bad_token") {
			t.Errorf("%s: %q %v", token, got, err)
		}
	}
	for _, c := range []struct{ person, text string }{{"", "a"}, {"p1", strings.Repeat("a", 1<<18+1)}} {
		if _, err := v.Seal(ctx, c.person, c.text); !fault.Is(err, "vault.not_sealable") {
			t.Error(err)
		}
	}
}

func TestAnotherMasterKeyIsNoticed(t *testing.T) {
	db := storetest.Open(t, filepath.Join(t.TempDir(), "a.db"))
	dir := t.TempDir()
	v, err := vault.Open(ctx, db, filepath.Join(dir, "one.key"))
	if err != nil {
		t.Fatal(err)
	}
	token, err := v.Seal(ctx, "p1", "secret")
	if err != nil {
		t.Fatal(err)
	}
	if v, err = vault.Open(ctx, db, filepath.Join(dir, "two.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open(ctx, token); !fault.Is(err, "vault.wrong_master") {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "two.key"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(ctx, db, filepath.Join(dir, "two.key")); !fault.Is(err, "vault.key_damaged") {
		t.Fatal(err)
	}
}

func TestAnErasedKeyLeavesTheFile(t *testing.T) {
	at := filepath.Join(t.TempDir(), "a.db")
	v, err := vault.Open(ctx, storetest.Open(t, at), filepath.Join(t.TempDir(), "vault.key"))
	if err != nil {
		t.Fatal(err)
	}
	const person = "person-to-forget"
	if _, err := v.Seal(ctx, person, "secret"); err != nil {
		t.Fatal(err)
	}
	if err := v.Erase(ctx, person); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{at, at + "-wal"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte(person)) {
			t.Errorf("%s still has the row", filepath.Base(name))
		}
	}
}

func FuzzOpen(f *testing.F) {
	v, err := vault.Open(ctx, storetest.Open(f, filepath.Join(f.TempDir(), "a.db")), filepath.Join(f.TempDir(), "vault.key"))
	if err != nil {
		f.Fatal(err)
	}
	token, err := v.Seal(ctx, "p1", "secret")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add("vault1:" + base64.RawURLEncoding.EncodeToString([]byte("p1")) + ":")
	f.Add("vault1:cDE:AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := v.Open(ctx, s); err == nil && got != "secret" {
			t.Fatal(got)
		}
	})
}
