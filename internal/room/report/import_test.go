package report

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"trucot/definitions"
	"trucot/internal/engine/document"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/shared"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func testForms(t testing.TB) *Forms {
	t.Helper()
	forms, err := LoadForms(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	return forms
}

// testRoom is a room over an empty ledger on 10 February 2018, the season of annual statistics.
func testRoom(t testing.TB) *Room {
	t.Helper()
	clock := func() time.Time { return time.Date(2018, 2, 10, 3, 0, 0, 0, time.UTC) }
	return openRoom(t, clock)
}

var (
	shippedRegimes = sync.OnceValues(func() (*Regimes, error) { return Load(definitions.Files) })
	shippedLayouts = sync.OnceValues(func() (*document.Layouts, error) { return document.LoadLayouts(definitions.Files) })
	shippedFigures = sync.OnceValues(func() (*indicator.Definitions, error) {
		folder, err := fs.Sub(definitions.Files, "indicators")
		if err != nil {
			return nil, err
		}
		defs, err := indicator.Load(folder)
		if err != nil {
			return nil, err
		}
		regimes, err := shippedRegimes()
		if err != nil {
			return nil, err
		}
		return defs, defs.Add(regimes.Forms.Definitions()...)
	})
)

// shipped are the definitions that the program ships, read once for all tests.
func shipped(t testing.TB) (*Regimes, *indicator.Definitions, *document.Layouts) {
	t.Helper()
	regimes, err := shippedRegimes()
	if err != nil {
		t.Fatal(err)
	}
	defs, err := shippedFigures()
	if err != nil {
		t.Fatal(err)
	}
	layouts, err := shippedLayouts()
	if err != nil {
		t.Fatal(err)
	}
	return regimes, defs, layouts
}

// openRoom is a room over an empty ledger at the clock's time, with its figures following.
func openRoom(t testing.TB, clock func() time.Time) *Room {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	l, err := ledger.Open(t.Context(), db, ledger.Options{Folds: []ledger.Fold{Fold()}, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	regimes, defs, layouts := shipped(t)
	figures, err := indicator.New(defs, indicator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	l.Follow(figures.Feed)
	return New(l, db, regimes, figures, layouts.At, Options{Clock: clock, Agency: testAgency, Files: blob.NewDisk(t.TempDir())})
}

func testAgency(unit, side string, on calendar.Date) Agency {
	if side == "party" {
		return Agency{Parent: "ĐẢNG ỦY CÁC CƠ QUAN TỈNH MẪU", Name: "Đảng ủy Sở Khoa học và Công nghệ", Symbol: "ĐU", Place: "Mẫu", Authority: "T/M ĐẢNG ỦY", Post: "BÍ THƯ"}
	}
	if unit == "" || unit == "nowhere" {
		return Agency{}
	}
	return Agency{Units: []string{unit}}
}

func importFile(t testing.TB, r *Room, path string, o ImportOptions) []Imported {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := r.Import(context.Background(), Source{Name: path, Data: raw}, o)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return out
}

func glob(t testing.TB, elem ...string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shared.Dir(t, "data", "official-forms"), filepath.Join(elem...)))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %v (%v)", elem, err)
	}
	return files
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update rewrites it):\n%s", name, got)
	}
}

// The six forms of one province: every sum that does not hold, and nothing else, first as imported and
// then again from the ledger.
func TestFaultsOfOneProvince(t *testing.T) {
	r := testRoom(t)
	var got, again bytes.Buffer
	imported := json.NewEncoder(&got)
	imported.SetEscapeHTML(false)
	for _, f := range glob(t, "tkth-filled-quang-tri", "*.json") {
		for _, im := range importFile(t, r, f, ImportOptions{}) {
			if len(im.Notes) > 0 {
				t.Errorf("%s: unexpected notes: %v", im.File, im.Notes)
			}
			for _, d := range im.Discrepancies {
				imported.Encode(d)
			}
		}
	}
	golden(t, "faults-quang-tri-2017.jsonl", got.Bytes())
	list, err := r.Faults(t.Context(), "", "2017-S", 0)
	if err != nil {
		t.Fatal(err)
	}
	ledgered := json.NewEncoder(&again)
	ledgered.SetEscapeHTML(false)
	for _, d := range list {
		ledgered.Encode(d)
	}
	if again.String() != got.String() {
		t.Errorf("from the ledger:\n%s\nas imported:\n%s", again.String(), got.String())
	}
}

func TestBlankFormsAreRecognised(t *testing.T) {
	r := testRoom(t)
	for _, pattern := range []string{"tkth-blank", "cs-blank"} {
		for _, f := range glob(t, pattern, "*.json") {
			want := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "form"), ".json")
			got := importFile(t, r, f, ImportOptions{})
			if len(got) != 1 || got[0].Form.Code != want || !got[0].Blank || len(got[0].Notes) > 0 {
				t.Errorf("%s: got %+v", filepath.Base(f), got)
			}
		}
	}
	if r.ledger.Head() != 0 {
		t.Errorf("blank forms wrote %d events", r.ledger.Head())
	}
}

// Without its number line a form is known by its title, and without that by its rows.
func TestFormsAreRecognisedWithoutTheirNumber(t *testing.T) {
	forms := testForms(t)
	for _, f := range glob(t, "tkth-filled-quang-tri", "*.json") {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := readBook(t.Context(), f, raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, withTitle := range []bool{true, false} {
			first := b.sheets[0].rows[0]
			first[0].text = ""
			if !withTitle {
				first[1].text = ""
			}
			s := segments(b)[0]
			form, err := forms.recognise(s, f)
			want := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "form"), ".json")
			switch {
			case want == "05" || want == "06": // twins of 05CS and 06CS, row for row
				if !fault.Is(err, "report.form_ambiguous") {
					t.Errorf("%s (title %v): got %v, %v; two forms fit", filepath.Base(f), withTitle, form, err)
				}
			case err != nil || form.Code != want:
				t.Errorf("%s (title %v): got %v, %v", filepath.Base(f), withTitle, form, err)
			}
		}
	}
}

func TestHTMLNamedXLS(t *testing.T) {
	r := testRoom(t)
	want := map[string]struct {
		unit        string
		cells       int
		row, column string
		value       string
	}{
		"Bieu02CS_2_01_08_2018.xls":  {"Ban Dân vận Tỉnh ủy", 21, "11", "3", "1"},
		"Bieu03CS_43_01_08_2018.xls": {"Ban Quản lý di tích tỉnh Quảng Trị", 8, "12", "4", "204"},
	}
	for _, f := range glob(t, "html-named-xls", "*.xls") {
		got := importFile(t, r, f, ImportOptions{})
		w := want[filepath.Base(f)]
		if len(got) != 2 || got[0].UnitName != w.unit || got[0].Recorded != w.cells || !got[1].Blank || len(got[0].Discrepancies) > 0 {
			t.Errorf("%s: got %+v", filepath.Base(f), got)
			continue
		}
		if e, ok := got[0].Table.Entry(w.row, w.column); !ok || e.Value.String() != w.value {
			t.Errorf("%s row %s column %s = %v, want %s", filepath.Base(f), w.row, w.column, e, w.value)
		}
	}
}

func TestImportingAgainWritesNothing(t *testing.T) {
	r := testRoom(t)
	f := glob(t, "tkth-filled-quang-tri", "form06.json")[0]
	first := importFile(t, r, f, ImportOptions{})[0]
	head := r.ledger.Head()
	again := importFile(t, r, f, ImportOptions{})[0]
	if again.Recorded != 0 || again.Unchanged != first.Recorded || r.ledger.Head() != head {
		t.Errorf("second import recorded %d, unchanged %d, head %d → %d", again.Recorded, again.Unchanged, head, r.ledger.Head())
	}
}

// A corrected file records only the cells that differ; a cleared cell is blank again; what was known
// before stays readable.
func TestCorrection(t *testing.T) {
	r := testRoom(t)
	ctx := t.Context()
	head := `[["Biểu 11/TKTH-KHCN-ĐP"],["(Có đến ngày 31/12 năm 2017)"],["Đơn vị báo cáo:","Sở A"],["","Mã số","Số lượng"],["A","B","1"],`
	for i, body := range []string{`["TỔNG SỐ","01","5"],["","02","3"],["","03","2"]]`, `["TỔNG SỐ","01","6"],["","02","3"]]`} {
		im, err := r.Import(ctx, Source{Name: "a.json", Data: []byte(head + body)}, ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if want := []int{3, 2}[i]; im[0].Recorded != want || im[0].Unit != "so-a" {
			t.Errorf("import %d recorded %d for %q, want %d", i, im[0].Recorded, im[0].Unit, want)
		}
	}
	form, _ := r.Forms.Get("tkth-26-2015/11")
	now, err := r.Table(ctx, form, "so-a", "2017-S", 0)
	if err != nil {
		t.Fatal(err)
	}
	before, err := r.Table(ctx, form, "so-a", "2017-S", 4)
	if err != nil {
		t.Fatal(err)
	}
	if e, _ := now.Entry("01", "1"); e.Value.String() != "6" || now.Len() != 2 {
		t.Errorf("now: %+v", now.cells)
	}
	if e, _ := before.Entry("01", "1"); e.Value.String() != "5" || before.Len() != 3 {
		t.Errorf("as known at 4: %+v", before.cells)
	}
}

func TestWhatAFormMayLookLike(t *testing.T) {
	const head = `[["Biểu 09/TKTH-KHCN-ĐP"],["năm 2016"],["Đơn vị báo cáo: Sở A"],["A","B","C","1","2","3","4"],`
	cases := []struct {
		name, rows, cell, value string
		notes                   []string
	}{
		{"Vietnamese thousands and decimals", `["1. Số người","01","Người","1.234,5","1.234,5","",""]`, "01.1", "1234.5", nil},
		{"English thousands and decimals", `["1. Số người","01","Người","1,234.5","1,234.5"]`, "01.1", "1234.5", nil},
		{"blank, stroke, dots and X are no numbers", `["","01","Người","7","-","…","7"]`, "01.1", "7", nil},
		{"found by its label", `["5. Số nhân viên bức xạ","","Người","4","4","",""]`, "05.1", "4", nil},
		{"code without its zero", `["","5","Người","4","4","",""]`, "05.1", "4", nil},
		{"another unit of measure", `["","07","Nghìn thiết bị","4","4","",""]`, "07.1", "4", []string{"report.note_measure"}},
		{"unknown row", `["","01","Người","4","4"],["13. Lạ","13","Người","9"]`, "01.1", "4", []string{"report.note_unknown_row"}},
		{"beyond the last column", `["","01","Người","4","4","","","99"]`, "01.1", "4", []string{"report.note_unknown_column"}},
		{"not a number", `["","01","Người","4","bốn"]`, "01.1", "4", []string{"report.note_not_a_number"}},
		{"row twice", `["","01","Người","4","4"],["","01","Người","5"]`, "01.1", "4", []string{"report.note_row_twice"}},
		{"code and label of two rows", `["5. Số nhân viên bức xạ","03","Tổ chức","4","4"]`, "03.1", "4", []string{"report.note_label_elsewhere"}},
		{"one group of three, settled by the sums", `["","01","Người","2,500","1,250","1,250",""]`, "01.1", "2500", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := testRoom(t)
			im, err := r.Import(t.Context(), Source{Name: "a.json", Data: []byte(head + c.rows + "]")}, ImportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			row, column, _ := strings.Cut(c.cell, ".")
			if e, _ := im[0].Table.Entry(row, column); e.Value.String() != c.value {
				t.Errorf("%s = %q, want %s (%+v)", c.cell, e.Value, c.value, im[0].Numbers)
			}
			var keys []string
			for _, n := range im[0].Notes {
				keys = append(keys, n.Key)
			}
			if strings.Join(keys, " ") != strings.Join(c.notes, " ") {
				t.Errorf("notes %v, want %v", keys, c.notes)
			}
		})
	}
}

func TestRefusedFiles(t *testing.T) {
	table := `["A","B","1"],["","01","5"]]`
	cases := []struct{ name, file, key string }{
		{"neither table nor form", "xin chào", "report.form_not_recognised"},
		{"broken JSON", `[["Biểu`, "read.bad_json"},
		{"no form in it", `[["Danh sách cán bộ"],["Nguyễn Văn A"]]`, "report.form_not_recognised"},
		{"unknown form number", `[["Biểu 77/TKTH-KHCN-ĐP"],` + table, "report.form_unknown"},
		{"no reporting unit", `[["Biểu 11/TKTH-KHCN-ĐP năm 2016"],` + table, "report.unit_missing"},
		{"no year", `[["Biểu 11/TKTH-KHCN-ĐP"],["Đơn vị báo cáo: Sở A"],` + table, "report.period_missing"},
		{"a year that has not ended", `[["Biểu 11/TKTH-KHCN-ĐP năm 2018"],["Đơn vị báo cáo: Sở A"],` + table, "report.period_open"},
		{"no row of column marks", `[["Biểu 11/TKTH-KHCN-ĐP năm 2016"],["Đơn vị báo cáo: Sở A"],["TỔNG SỐ","01","5"]]`, "report.no_code_row"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := testRoom(t)
			_, err := r.Import(t.Context(), Source{Name: "a.json", Data: []byte(c.file)}, ImportOptions{})
			if !fault.Is(err, c.key) {
				t.Errorf("got %v, want %s", err, c.key)
			}
			if r.ledger.Head() != 0 {
				t.Error("a refused file wrote events")
			}
		})
	}
}

// The shipped sample is the same province's figures: the same sums do not hold in it.
func TestShippedSampleIsTheRealProvince(t *testing.T) {
	r, real := testRoom(t), testRoom(t)
	done, err := r.ImportSample(t.Context(), definitions.Files, "samples/quang-tri-2017", "demo")
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range glob(t, "tkth-filled-quang-tri", "*.json") {
		want := importFile(t, real, f, ImportOptions{})[0]
		got := done[i]
		if got.Unit != want.Unit || got.Period != want.Period || got.Table.Len() != want.Table.Len() {
			t.Errorf("%s: %s %s %d cells, want %s %s %d", got.File, got.Unit, got.Period, got.Table.Len(), want.Unit, want.Period, want.Table.Len())
		}
		want.Table.each(func(at cellAt, e Entry) {
			if v, _ := got.Table.Get(at); v != e.Value {
				t.Errorf("%s %v: %s, want %s", got.File, at, v, e.Value)
			}
		})
	}
}

func BenchmarkImportForm(b *testing.B) {
	r := testRoom(b)
	path := glob(b, "tkth-filled-quang-tri", "form01.json")[0]
	raw, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := r.Import(b.Context(), Source{Name: path, Data: raw}, ImportOptions{Unit: "u" + time.Now().Format("150405.000000000")}); err != nil {
			b.Fatal(err)
		}
	}
}

// A cell filled in after a forms report was frozen is a change, and the report stays what it was.
func TestFrozenFormsAndLaterCells(t *testing.T) {
	r := testRoom(t)
	head := `[["Biểu 11/TKTH-KHCN-ĐP năm 2016"],["Đơn vị báo cáo: Sở A"],["A","B","1"],["","01","6"]`
	for i, body := range []string{`]`, `,["","09","2"]]`} {
		if i == 1 {
			if _, err := r.Freeze(t.Context(), Request{Regime: "tkth-26-2015", Period: "2016", Unit: "so-a"}, "van_thu"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.Import(t.Context(), Source{Name: "a.json", Data: []byte(head + body)}, ImportOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	frozen, err := r.LastFrozen(t.Context(), Request{Regime: "tkth-26-2015", Period: "2016", Unit: "so-a"})
	if err != nil {
		t.Fatal(err)
	}
	changes, err := r.Changes(t.Context(), frozen)
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) != 1 || changes[0].Indicator != "tkth11.09.1" || changes[0].Value != indicator.NoValue || changes[0].Now != indicator.Of(2) || len(changes[0].Records) != 1 {
		t.Errorf("changes: %+v", changes)
	}
	rep, err := r.Rebuild(t.Context(), frozen)
	if err != nil {
		t.Fatal(err)
	}
	if d, _ := files(t, rep); sumOf(d) != frozen.DOCX {
		t.Errorf("rebuilt %s, frozen %s", sumOf(d), frozen.DOCX)
	}
}

// The workbook that the program writes can be imported again: every form, every cell, by one file.
func TestOwnWorkbookComesBack(t *testing.T) {
	r, again := testRoom(t), testRoom(t)
	if _, err := r.ImportSample(t.Context(), definitions.Files, "samples/quang-tri-2017", "demo"); err != nil {
		t.Fatal(err)
	}
	rep, err := r.Build(t.Context(), Request{Regime: "tkth-26-2015", Period: "2017"})
	if err != nil {
		t.Fatal(err)
	}
	_, xlsx := files(t, rep)
	got, err := again.Import(t.Context(), Source{Name: "bieu.xlsx", Data: xlsx}, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(rep.Tables) {
		t.Fatalf("%d forms came back of %d", len(got), len(rep.Tables))
	}
	for i, want := range rep.Tables {
		if len(got[i].Notes) > 0 {
			t.Errorf("form %s: %v", want.Form.Code, got[i].Notes)
		}
		if got[i].Form != again.Forms.byID[want.Form.ID] || got[i].Table.Len() != want.Len() {
			t.Errorf("form %s: %s with %d cells, want %d", want.Form.Code, got[i].Form.Code, got[i].Table.Len(), want.Len())
		}
		want.each(func(at cellAt, e Entry) {
			if v := got[i].Table.value(at); v != e.Value {
				t.Errorf("form %s %v: %s, want %s", want.Form.Code, at, v, e.Value)
			}
		})
	}
}
