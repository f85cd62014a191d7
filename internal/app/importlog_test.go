package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trucot/internal/app"
	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/shared"
)

func opened(t testing.TB) *app.App {
	t.Helper()
	a, err := app.Open(context.Background(), app.Options{Data: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func imported(t testing.TB, a *app.App, q app.LogImport) *app.LogImported {
	t.Helper()
	q.Actor = "test"
	done, err := a.ImportLog(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func logFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What the ledger holds after an import, recounted from its events alone, is what the log holds and what
// its planned and actual ends say.
func TestTheLedgerHoldsTheReceiptLog(t *testing.T) {
	for _, file := range []string{"08_receipt.xes.gz", "receipt.csv"} {
		t.Run(file, func(t *testing.T) {
			a := opened(t)
			done := imported(t, a, app.LogImport{Path: shared.Dir(t, "data", "event-logs", file)})
			kinds, activities := map[string]int{}, map[string]bool{}
			late, onTime := 0, 0
			err := a.Ledger.Scan(context.Background(), 0, func(e ledger.Event) error {
				var d struct {
					Action string `json:"action"`
					Late   bool   `json:"late"`
				}
				if err := json.Unmarshal(e.Data, &d); err != nil {
					return err
				}
				kinds[e.Kind]++
				if e.Kind == "dossier.stepped" {
					activities[d.Action] = true
				}
				if e.Kind == "dossier.finished" {
					if d.Late {
						late++
					} else {
						onTime++
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if kinds["dossier.imported"] != 1434 || kinds["dossier.stepped"] != 8577 || len(activities) != 27 || late != 389 || onTime != 940 {
				t.Errorf("%v, %d activities, %d late, %d on time", kinds, len(activities), late, onTime)
			}
			if done.Cases != 1434 || done.Events != 8577 || done.Activities != 27 || done.Late != late || done.OnTime != onTime || done.Open != 105 {
				t.Errorf("%+v", done)
			}
		})
	}
}

// The dossier tables take imported events as they take the agency's own.
func TestImportedCasesAreDossiers(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{dossier.Fold()}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a := &app.App{DB: db, Ledger: l}
	imported(t, a, app.LogImport{Path: shared.Dir(t, "data", "event-logs", "receipt.csv"), Unit: "mot_cua"})
	engine := dossier.New(l, db, nil, nil, dossier.Options{})
	count := func(f dossier.Filter) int {
		_, n, err := engine.List(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if all, open, finished := count(dossier.Filter{Procedure: "imported/receipt"}), count(dossier.Filter{Open: true}), count(dossier.Filter{Status: 9}); all != 1434 || open != 105 || finished != 1329 {
		t.Errorf("%d dossiers, %d open, %d finished", all, open, finished)
	}
	d, err := engine.Get(ctx, "receipt:case-10028")
	if err != nil {
		t.Fatal(err)
	}
	if d.ReceivedOn.String() != "2011-10-10" || d.DueOn.String() != "2011-12-05" || d.FinishedOn.String() != "2011-12-05" || !d.Late || d.Unit != "mot_cua" ||
		d.Title != "case-10028" || string(d.Fields["channel"]) == "" {
		t.Errorf("%+v", d)
	}
	still, err := engine.Get(ctx, "receipt:case-10011")
	if err != nil || still.FinishedOn != calendar.NoDate || !still.Open() || still.Late {
		t.Errorf("%+v %v", still, err)
	}
	history, err := engine.History(ctx, "receipt:case-10011")
	if err != nil || len(history) < 3 || history[1].Action != "Confirmation of receipt" || history[1].On.String() != "2011-10-11" {
		t.Errorf("%+v %v", history, err)
	}
}

func TestImportingAgainWritesNothing(t *testing.T) {
	a := opened(t)
	path := logFile(t, "nhat-ky.csv", "case_id,activity,timestamp\nc1,nhận,2021-06-14\nc1,trả,2021-06-15\nc2,nhận,2021-06-16\n")
	if done := imported(t, a, app.LogImport{Path: path}); done.Imported != 2 || done.Already != 0 {
		t.Fatalf("%+v", done)
	}
	head := a.Ledger.Head()
	if done := imported(t, a, app.LogImport{Path: path}); done.Imported != 0 || done.Already != 2 || a.Ledger.Head() != head {
		t.Errorf("%+v, head %d → %d", done, head, a.Ledger.Head())
	}
}

func TestACaseThatChangedIsLeftAsItWasAndSaid(t *testing.T) {
	a := opened(t)
	imported(t, a, app.LogImport{Name: "l", Path: logFile(t, "a.csv", "case_id,activity\nc1,a\nc2,a\n")})
	done := imported(t, a, app.LogImport{Name: "l", Path: logFile(t, "b.csv", "case_id,activity\nc1,a\nc2,b\nc3,a\n")})
	if done.Already != 1 || done.Changed != 1 || done.Imported != 1 || len(done.Notes) != 1 || done.Notes[0].Key != "app.log_case_changed" {
		t.Fatalf("%+v %v", done, done.Notes)
	}
	events, err := a.Ledger.Stream(context.Background(), "dossier/l:c2")
	if err != nil || len(events) != 2 || !strings.Contains(string(events[1].Data), `"action":"a"`) {
		t.Errorf("%v %v", events, err)
	}
}

func TestABadFileWritesNothing(t *testing.T) {
	a := opened(t)
	rows := strings.Repeat("c1,a\n", 5000)
	_, err := a.ImportLog(context.Background(), app.LogImport{Path: logFile(t, "x.csv", "case_id,activity\n"+rows+"c2\n")})
	if !fault.Is(err, "eventlog.csv_fields") || a.Ledger.Head() != 0 {
		t.Errorf("%v, head %d", err, a.Ledger.Head())
	}
}

func TestRepeatedAndEmptyCaseIDsStayApart(t *testing.T) {
	a := opened(t)
	trace := `<trace><string key="concept:name" value="c"/><event><string key="concept:name" value="a"/></event></trace>`
	path := logFile(t, "x.xes", "<log>"+trace+trace+`<trace><event/></trace></log>`)
	if done := imported(t, a, app.LogImport{Path: path}); done.Imported != 3 || done.Changed != 0 {
		t.Errorf("%+v", done)
	}
}

// An exported log, read into an empty agency, gives the same counts, span and lateness; and an export of
// that is the same cases again.
func TestExportAndImportGiveEqualStatistics(t *testing.T) {
	for _, file := range []string{"08_receipt.xes.gz", "receipt.csv", "running-example.csv", "roadtraffic100traces.xes",
		"partial_order_example.xes", "xes_20.xes", "ocel/ocel20_example.sqlite"} {
		t.Run(file, func(t *testing.T) {
			a, b := opened(t), opened(t)
			first := imported(t, a, app.LogImport{Path: shared.Dir(t, "data", "event-logs", filepath.FromSlash(file))})
			var out bytes.Buffer
			cases, events, err := a.ExportXES(context.Background(), &out, "")
			if err != nil || cases != first.Cases || events != first.Events {
				t.Fatalf("%d cases, %d events exported: %v", cases, events, err)
			}
			second := imported(t, b, app.LogImport{Path: logFile(t, "out.xes", out.String())})
			first.File, first.Format, first.Version, first.Name, first.Mapping = second.File, second.Format, second.Version, second.Name, second.Mapping
			first.Warnings, first.Notes = second.Warnings, second.Notes
			x, _ := json.Marshal(first)
			y, _ := json.Marshal(second)
			if string(x) != string(y) {
				t.Errorf("imported\n%s\nre-imported\n%s", x, y)
			}
		})
	}
}

func TestExportKeepsPersonalDataInTheHouse(t *testing.T) {
	a := opened(t)
	on := calendar.MustParse("2021-06-14")
	own := map[string]any{"procedure": "book_loan", "version": "2018", "action": "tiep_nhan", "title": "Hồ sơ của Nguyễn Thị Mẫu", "applicant": "Nguyễn Thị Mẫu",
		"fields": map[string]any{"phone": "0912345678"}, "dims": map[string]string{"channel": "direct"}, "due": "2021-06-30", "status": 2}
	_, err := a.Ledger.Append(context.Background(), ledger.Command{Stream: "dossier/000.00.14.H62-210614-0001", Actor: "mau.nt", Unit: "vp",
		Events: []ledger.NewEvent{{Kind: "dossier.received", On: on, Data: own}}})
	if err != nil {
		t.Fatal(err)
	}
	imported(t, a, app.LogImport{Path: logFile(t, "x.csv", "case_id,activity,resource\nc1,a,Trần Văn Mẫu\n")})
	var out bytes.Buffer
	if _, _, err := a.ExportXES(context.Background(), &out, "book_loan"); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Contains(got, "Mẫu") || strings.Contains(got, "mau.nt") || strings.Contains(got, "0912345678") ||
		!strings.Contains(got, "000.00.14.H62-210614-0001") || !strings.Contains(got, `key="trucot:channel" value="direct"`) ||
		!strings.Contains(got, `key="due" value="2021-06-30T23:59:59.999+07:00"`) || strings.Contains(got, "c1") {
		t.Errorf("exported:\n%s", got)
	}
	out.Reset()
	if cases, _, err := a.ExportXES(context.Background(), &out, ""); err != nil || cases != 2 || strings.Contains(out.String(), "Trần") {
		t.Errorf("%d cases, %v:\n%s", cases, err, out.String())
	}
}
