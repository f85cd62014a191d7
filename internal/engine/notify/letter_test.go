package notify_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trucot/internal/engine/notify"
	"trucot/internal/kernel/ledger"
)

// TestALetterNamesACodeAndNobody: each matter has its words in both languages, once, and only with a mail server.
func TestALetterNamesACodeAndNobody(t *testing.T) {
	for matter, want := range map[notify.Matter][]string{
		notify.DraftKept:        {"mã để tiếp tục điền hồ sơ HS-1", "code to go on with draft HS-1", "Mã bí mật: ABCD", "https://x/nop-ho-so"},
		notify.CitizenReceived:  {"Hồ sơ HS-1: đã được tiếp nhận", "dossier HS-1 was received", "https://x/tra-cuu"},
		notify.CitizenAsked:     {"Hồ sơ HS-1: cần bổ sung", "dossier HS-1 needs a supplement", "https://x/tra-cuu"},
		notify.CitizenCompleted: {"Hồ sơ HS-1: đã có kết quả giải quyết", "dossier HS-1 has its outcome", "https://x/tra-cuu"},
	} {
		o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
		l := notify.Letter{ID: "1", To: o.seal(t, "dan@example.vn"), Matter: matter, Code: "HS-1"}
		if matter == notify.DraftKept {
			l.Secret = o.seal(t, "ABCD")
		}
		o.Reach(notify.Outside{Base: "https://x"})
		must(t, o.Write(o.ctx, l))
		must(t, o.Step(o.ctx))
		o.Reach(notify.Outside{Base: "https://x", Mail: &o.mail})
		must(t, o.Step(o.ctx))
		if len(o.mail.sent) != 0 {
			t.Fatal("a letter from before there was mail:", o.mail.sent)
		}
		for range 2 {
			must(t, o.Write(o.ctx, l))
			must(t, o.Step(o.ctx))
		}
		if len(o.mail.sent) != 1 || !strings.HasPrefix(o.mail.sent[0], "dan@example.vn\n") {
			t.Fatal(matter, o.mail.sent)
		}
		for _, w := range want {
			if !strings.Contains(o.mail.sent[0], w) {
				t.Errorf("no %q in %s", w, o.mail.sent[0])
			}
		}
		if _, letter, _ := strings.Cut(o.mail.sent[0], "\n"); strings.Contains(letter, "dan@") || strings.Contains(letter, "⟦") {
			t.Error(letter)
		}
	}
}

// TestOldEventsMakeNoLetters: who sets up mail late writes to nobody about last week; who was erased is not written to.
func TestOldEventsMakeNoLetters(t *testing.T) {
	for name, c := range map[string]struct {
		age   time.Duration
		erase bool
		want  int
	}{"fresh": {time.Hour, false, 1}, "old": {72 * time.Hour, false, 0}, "erased": {time.Hour, true, 0}} {
		o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
		to := o.seal(t, "dan@example.vn")
		o.letter = func(_ context.Context, e ledger.Event) (*notify.Letter, error) {
			return &notify.Letter{ID: e.Stream, To: to, Matter: notify.CitizenReceived, Code: "HS-1"}, nil
		}
		o.Reach(notify.Outside{Mail: &o.mail})
		o.happen(t, "dossier/HS-1", "so", "khai", "")
		o.now = o.now.Add(c.age)
		if c.erase {
			must(t, o.vault.Erase(o.ctx, "HS-1"))
		}
		must(t, o.Step(o.ctx))
		if len(o.mail.sent) != c.want {
			t.Errorf("%s: %v", name, o.mail.sent)
		}
	}
}

// TestALetterIsTriedAgain when the mail server does not take it.
func TestALetterIsTriedAgain(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	o.Reach(notify.Outside{Mail: &o.mail})
	o.mail.fail = errors.New("down")
	must(t, o.Write(o.ctx, notify.Letter{ID: "1", To: o.seal(t, "dan@example.vn"), Matter: notify.CitizenReceived, Code: "HS-1"}))
	must(t, o.Step(o.ctx))
	o.mail.fail, o.now = nil, o.now.Add(time.Minute)
	must(t, o.Step(o.ctx))
	if len(o.mail.sent) != 2 {
		t.Error(o.mail.sent)
	}
}
