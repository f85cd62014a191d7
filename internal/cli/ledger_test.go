package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trucot/internal/app"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

// office is a data folder for the commands of one test.
type office struct {
	t    *testing.T
	args []string
	open app.Options
}

func newOffice(t *testing.T, db string) office {
	o := office{t: t, open: app.Options{Data: filepath.Join(t.TempDir(), "data")}}
	o.args = []string{"--data", o.open.Data}
	if store.IsPostgres(db) {
		o.open.DB, o.args = db, append(o.args, "--db", db)
	}
	return o
}

// run returns exit code, standard output and standard error.
func (o office) run(args ...string) (int, string, string) {
	o.t.Helper()
	var out, err bytes.Buffer
	env := &Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err, Lang: lang.EN, Ctx: context.Background()}
	code := Main(append(append([]string(nil), o.args...), args...), env)
	return code, out.String(), err.String()
}

// good runs a command that must succeed.
func (o office) good(args ...string) string {
	o.t.Helper()
	code, out, err := o.run(args...)
	if code != 0 || err != "" {
		o.t.Fatalf("%v: exit %d\n%s%s", args, code, out, err)
	}
	return out
}

// bad runs a command that must fail and say the words.
func (o office) bad(words string, args ...string) string {
	o.t.Helper()
	code, out, err := o.run(args...)
	if code != 1 || !strings.Contains(err, words) {
		o.t.Fatalf("%v: exit %d, expected %q in\n%s", args, code, words, err)
	}
	return out
}

// record appends n events and runs fn on the open agency.
func (o office) record(n int, fn func(*app.App)) {
	o.t.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, o.open)
	if err != nil {
		o.t.Fatal(err)
	}
	defer a.Close()
	for i := range n {
		_, err := a.Ledger.Append(ctx, ledger.Command{Stream: fmt.Sprintf("note/%d", i%7), Expect: ledger.AnyVersion, Actor: "desk", Unit: "office",
			Events: []ledger.NewEvent{{Kind: "note.written", On: calendar.MustParse("2021-06-14"), Data: map[string]int{"n": i}}}})
		if err != nil {
			o.t.Fatal(err)
		}
	}
	if fn != nil {
		fn(a)
	}
}

func fields(t *testing.T, line string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatalf("%v in %q", err, line)
	}
	return m
}

func TestALedgerTravelsFromOneOfficeToAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db string) {
		here, there := newOffice(t, db), newOffice(t, "")
		key := fields(t, here.good("init", "--json"))["verifier"].(string)
		here.record(300, nil)
		note := filepath.Join(t.TempDir(), "note.txt")
		if err := os.WriteFile(note, []byte(here.good("ledger", "checkpoint")), 0o600); err != nil {
			t.Fatal(err)
		}
		here.record(10, nil)
		if x := fields(t, here.good("ledger", "verify", "--json")); x["sound"] != true || x["events"] != 310.0 || len(x["problems"].([]any)) != 0 {
			t.Fatal(x)
		}
		file := filepath.Join(t.TempDir(), "ledger.gz")
		out := fields(t, here.good("ledger", "export", file, "--json"))
		x := fields(t, there.good("ledger", "verify", "--export", file, "--key", key, "--checkpoint", note, "--json"))
		if x["sound"] != true || x["root"] != out["root"] {
			t.Fatal(x, out)
		}
		in := fields(t, there.good("ledger", "import", file, "--json"))
		if in["events"] != 310.0 || in["root"] != out["root"] || in["origin"] != out["origin"] {
			t.Fatal(in, out)
		}
		there.good("ledger", "rebuild")
		there.bad("310 events already", "ledger", "import", file)
		broken, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, broken[:len(broken)/2], 0o600); err != nil {
			t.Fatal(err)
		}
		there.bad(file, "ledger", "verify", "--export", file)
	})
}

func TestVerifyNamesTheEventAndFails(t *testing.T) {
	o := newOffice(t, "")
	ctx := context.Background()
	o.record(20, func(a *app.App) {
		err := a.DB.Update(ctx, func(tx store.Tx) error {
			_, err := tx.Exec(ctx, "update event set actor = 'nobody' where position = 7")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	x := fields(t, o.bad("1 problem", "ledger", "verify", "--json"))
	problem := x["problems"].([]any)[0].(map[string]any)
	if x["sound"] != false || problem["position"] != 7.0 || problem["problem"] != "ledger.event_changed" {
		t.Fatal(x)
	}
	o.bad("Event 7 was changed", "ledger", "verify")
}

func TestAnOpenOfficeIsNotOpenedTwice(t *testing.T) {
	o := newOffice(t, "")
	o.record(1, func(*app.App) {
		o.bad(fmt.Sprintf("open in another process (id %d)", os.Getpid()), "ledger", "checkpoint")
	})
	o.good("ledger", "checkpoint")
}

func TestTilesLieWhereReadersLookForThem(t *testing.T) {
	o := newOffice(t, "")
	o.record(300, nil)
	dir := t.TempDir()
	o.good("ledger", "export", "--tiles", dir)
	for path, size := range map[string]int64{
		"tile/0/000": 256 * 32, "tile/0/001.p/44": 44 * 32, "tile/1/000.p/1": 32,
		"tile/entries/000": 256 * 34, "tile/entries/001.p/44": 44 * 34,
	} {
		if info, err := os.Stat(filepath.Join(dir, path)); err != nil || info.Size() != size {
			t.Error(path, err)
		}
	}
	if note, err := os.ReadFile(filepath.Join(dir, "checkpoint")); err != nil || !bytes.Contains(note, []byte("\n300\n")) {
		t.Error(string(note), err)
	}
}

func TestLedgerCommandsSayWhatIsMissing(t *testing.T) {
	o := newOffice(t, "")
	o.bad("There is no ledger here", "ledger", "verify")
	o.bad("not said where", "ledger", "export")
	o.bad("cannot be written", "ledger", "export", filepath.Join(t.TempDir(), "missing", "a.gz"))
	o.bad("cannot be read", "ledger", "import", filepath.Join(t.TempDir(), "a.gz"))
	o.bad("no fold named", "ledger", "rebuild", "nothing")
	o.bad("number of clients", "ledger", "append-bench", "--clients", "0")
}

func TestAppendBenchPrintsTheRatio(t *testing.T) {
	o := newOffice(t, "")
	x := fields(t, o.good("ledger", "append-bench", "--clients", "4", "--seconds", "0.1", "--json"))
	if x["engine"] != "sqlite" || x["clients"] != 4.0 || x["ratio"].(float64) <= 0 {
		t.Fatal(x)
	}
	left, err := os.ReadDir(o.open.Data)
	if err != nil || len(left) != 0 {
		t.Fatal("the measurement left something behind", left, err)
	}
}
