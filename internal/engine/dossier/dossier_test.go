package dossier_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"trucot/definitions"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

const agency = "000.00.14.H62"

// office is an engine over an empty database whose clock the test sets.
type office struct {
	*dossier.Engine
	ctx    context.Context
	db     *store.DB
	ledger *ledger.Ledger
	cal    *calendar.Calendar
	now    time.Time
}

func workingCalendar(t testing.TB) *calendar.Calendar {
	t.Helper()
	cal, err := calendar.Load(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func procedures(t testing.TB) *procedure.Set {
	t.Helper()
	files, err := fs.Sub(definitions.Files, "procedures")
	if err != nil {
		t.Fatal(err)
	}
	set, err := procedure.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func newOffice(t testing.TB, at string) *office {
	t.Helper()
	o := &office{ctx: context.Background(), db: storetest.Open(t, at), cal: workingCalendar(t), now: time.Date(2021, 12, 1, 5, 0, 0, 0, time.UTC)}
	o.open(t, procedures(t))
	return o
}

// open opens the ledger and an engine with these definitions over the same database.
func (o *office) open(t testing.TB, procs *procedure.Set) {
	t.Helper()
	clock := func() time.Time { return o.now }
	l, err := ledger.Open(o.ctx, o.db, ledger.Options{Folds: []ledger.Fold{dossier.Fold()}, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	o.ledger = l
	seal := func(_ context.Context, _, plain string) (string, error) { return fmt.Sprintf("%x", plain), nil }
	o.Engine = dossier.New(l, o.db, procs, o.cal, dossier.Options{AgencyCode: agency, Clock: clock, Seal: seal})
}

func day(s string) calendar.Date { return calendar.MustParse(s) }

func loan(on string) dossier.Filing {
	return dossier.Filing{Procedure: "book_loan", On: day(on), Actor: "sample", Unit: "thu_vien", Documents: []string{"the"},
		Fields: map[string]any{"ten_sach": "Truyện Kiều", "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 2}}
}

func (o *office) file(t testing.TB, on string) *dossier.Dossier {
	t.Helper()
	d, err := o.Open(o.ctx, loan(on))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// steps takes "action date" steps one after another.
func (o *office) steps(t testing.TB, code string, steps ...string) *dossier.Dossier {
	t.Helper()
	var d *dossier.Dossier
	for _, s := range steps {
		action, on, _ := strings.Cut(s, " ")
		var err error
		fields := map[string]any{}
		switch action {
		case "yeu_cau_giai_trinh", "yeu_cau_bo_sung", "tu_choi_tiep_nhan", "dung", "tra_lai":
			fields["ly_do"] = "lý do mẫu"
		}
		if d, err = o.Act(o.ctx, dossier.Act{Code: code, Action: action, On: day(on), Actor: "sample", Fields: fields}); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return d
}

func TestCodesAreUniqueUnderConcurrency(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		var wg sync.WaitGroup
		codes := make(chan string, 64)
		for range 8 {
			wg.Go(func() {
				for range 8 {
					d, err := o.Open(o.ctx, loan("2021-06-14"))
					if err != nil {
						t.Error(err)
						return
					}
					codes <- d.Code
				}
			})
		}
		wg.Wait()
		close(codes)
		seen := map[string]bool{}
		for c := range codes {
			seen[c] = true
		}
		if len(seen) != 64 || !seen[agency+"-210614-0001"] || !seen[agency+"-210614-0064"] {
			t.Errorf("%d codes", len(seen))
		}
		// another engine over the same database goes on where this one stopped
		o.ledger.Close()
		o.open(t, procedures(t))
		if d := o.file(t, "2021-06-14"); d.Code != agency+"-210614-0065" {
			t.Errorf("next code %s", d.Code)
		}
	})
}

func TestTwoWritersOfOneDossier(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	d := o.file(t, "2021-06-14")
	act := dossier.Act{Code: d.Code, Action: "tiep_nhan", On: day("2021-06-14"), Expect: d.Stream, Actor: "a"}
	if _, err := o.Act(o.ctx, act); err != nil {
		t.Fatal(err)
	}
	act.Action, act.Actor = "rut", "b"
	if _, err := o.Act(o.ctx, act); fault.KindOf(err) != fault.Conflict || !fault.Is(err, "dossier.changed") {
		t.Errorf("the second writer gets %v", err)
	}
}

func TestARepeatedKeyWritesNothing(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	d := o.file(t, "2021-06-14")
	act := dossier.Act{Code: d.Code, Action: "tiep_nhan", On: day("2021-06-14"), Key: "form-7"}
	first, err := o.Act(o.ctx, act)
	if err != nil {
		t.Fatal(err)
	}
	again, err := o.Act(o.ctx, act)
	if err != nil || again.Stream != first.Stream || again.State != first.State {
		t.Errorf("%+v %v", again, err)
	}
	act.Key = ""
	if _, err := o.Act(o.ctx, act); !fault.Is(err, "dossier.not_from_state") {
		t.Errorf("without the key: %v", err)
	}
}

func TestBadDays(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	if _, err := o.Open(o.ctx, loan("2021-12-02")); !fault.Is(err, "dossier.future") {
		t.Errorf("tomorrow: %v", err)
	}
	if _, err := o.Open(o.ctx, loan("1948-06-14")); !fault.Is(err, "procedure.not_in_force") {
		t.Errorf("1948: %v", err)
	}
	d := o.file(t, "2021-06-14")
	if _, err := o.Act(o.ctx, dossier.Act{Code: d.Code, Action: "tiep_nhan", On: day("2021-06-13")}); !fault.Is(err, "dossier.before_last") {
		t.Errorf("the day before: %v", err)
	}
	if _, err := o.Act(o.ctx, dossier.Act{Code: d.Code, Action: "tiep_nhn"}); !fault.Is(err, "dossier.unknown_action_near") {
		t.Error(err)
	}
	if _, err := o.Act(o.ctx, dossier.Act{Code: "x", Action: "tiep_nhan"}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

// A dossier goes on under the text it was received under, whether the file has been edited or removed since.
func TestADefinitionChangesUnderOpenDossiers(t *testing.T) {
	shipped, err := fs.Sub(definitions.Files, "procedures")
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) []byte {
		raw, err := fs.ReadFile(shipped, name)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	base, book := read("one_stop/2018/procedure.yaml"), string(read("book_loan/2018/procedure.yaml"))
	load := func(text string) *procedure.Set {
		files := fstest.MapFS{"one_stop/2018/procedure.yaml": {Data: base}}
		if text != "" {
			files["book_loan/2018/procedure.yaml"] = &fstest.MapFile{Data: []byte(text)}
		}
		set, err := procedure.Load(files)
		if err != nil {
			t.Fatal(err)
		}
		return set
	}
	for name, now := range map[string]string{
		"edited":  strings.Replace(book, "duration: 5wd", "duration: 1wd", 1),
		"removed": "",
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
			d := o.file(t, "2021-03-01")
			o.ledger.Close()
			o.open(t, load(now))
			d = o.steps(t, d.Code, "tiep_nhan 2021-03-01")
			if d.DueOn != day("2021-03-08") {
				t.Errorf("due %s, want five working days as when it was filed", d.DueOn)
			}
			if h, err := o.History(o.ctx, d.Code); err != nil || h[1].Label.In("en") != "Receive" {
				t.Errorf("%+v %v", h, err)
			}
		})
	}
	t.Run("text lost", func(t *testing.T) {
		o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
		o.open(t, load(""))
		if _, err := o.Open(o.ctx, loan("2021-03-01")); !fault.Is(err, "procedure.unknown") {
			t.Error(err)
		}
	})
}

func TestPersonalValuesAreSealedOrRefused(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	f := loan("2021-06-14")
	f.Fields["dien_thoai"] = "0900000000"
	d, err := o.Open(o.ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(d.Fields["dien_thoai"]); strings.Contains(s, "0900000000") || !strings.Contains(s, "sealed") {
		t.Errorf("recorded as %s", s)
	}
	bare := dossier.New(o.ledger, o.db, procedures(t), o.cal, dossier.Options{AgencyCode: agency, Clock: func() time.Time { return o.now }})
	if _, err := bare.Open(o.ctx, f); !fault.Is(err, "dossier.no_seal") {
		t.Errorf("without a key store: %v", err)
	}
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	f := loan("2021-06-14")
	f.Fields = map[string]any{"so_cuon": "nhiều", "loai": "lạ", "dat_coc": 1.5, "the_het_han": "14/6/2021", "cuon": []any{map[string]any{"gia": 1}}, "tensach": "x"}
	_, err := o.Open(o.ctx, f)
	var list fault.List
	if !errors.As(err, &list) || len(list) != 6 {
		t.Fatalf("%v", err)
	}
	f.Fields = map[string]any{"so_cuon": 1}
	if _, err = o.Open(o.ctx, f); !errors.As(err, &list) || len(list) != 3 || list[0].Key != "procedure.field_missing" {
		t.Errorf("%v", err)
	}
}

func TestLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		var codes []string
		for i := range 6 {
			f := loan(fmt.Sprintf("2021-03-0%d", 1+i%3))
			f.Unit = []string{"phong_a", "phong_b"}[i%2]
			f.Fields["ten_sach"] = []string{"Đất rừng phương Nam", "Số đỏ 100%"}[i%2]
			d, err := o.Open(o.ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, d.Code)
		}
		o.steps(t, codes[0], "tiep_nhan 2021-03-05")
		o.steps(t, codes[1], "rut 2021-03-05")
		for name, c := range map[string]struct {
			f    dossier.Filter
			want int
		}{
			"all":            {dossier.Filter{}, 6},
			"procedure":      {dossier.Filter{Procedure: "book_loan"}, 6},
			"other":          {dossier.Filter{Procedure: "x"}, 0},
			"one unit":       {dossier.Filter{Units: []string{"phong_a"}}, 3},
			"two units":      {dossier.Filter{Units: []string{"phong_a", "phong_b"}}, 6},
			"part of a name": {dossier.Filter{Units: []string{"phong"}}, 0},
			"status":         {dossier.Filter{Status: dossier.Withdrawn}, 1},
			"open":           {dossier.Filter{Open: true}, 5},
			"overdue":        {dossier.Filter{Overdue: day("2021-04-01")}, 1},
			"not overdue":    {dossier.Filter{Overdue: day("2021-03-12")}, 0},
			"without marks":  {dossier.Filter{Text: "dat rung"}, 3},
			"with marks":     {dossier.Filter{Text: "ĐẤT RỪNG"}, 3},
			"a percent sign": {dossier.Filter{Text: "100%"}, 3},
			"by code":        {dossier.Filter{Text: codes[2]}, 1},
			"together":       {dossier.Filter{Procedure: "book_loan", Units: []string{"phong_a"}, Open: true, Text: "nam"}, 3},
		} {
			rows, total, err := o.List(o.ctx, c.f)
			if err != nil || total != c.want || len(rows) != c.want {
				t.Errorf("%s: %d rows, total %d, %v; want %d", name, len(rows), total, err, c.want)
			}
		}
		rows, total, err := o.List(o.ctx, dossier.Filter{Limit: 2, Offset: 1})
		if err != nil || total != 6 || len(rows) != 2 {
			t.Errorf("a page: %d of %d, %v", len(rows), total, err)
		}
		if rows, _, _ = o.List(o.ctx, dossier.Filter{}); rows[0].Code != codes[0] || rows[5].Code != codes[1] {
			t.Errorf("the one that is due comes first, the withdrawn last: %v", rows)
		}
	})
}

func TestCredentialsAreNumberedWithoutGaps(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	var wg sync.WaitGroup
	numbers := make(chan string, 12)
	for range 12 {
		d := o.file(t, "2021-06-14")
		o.steps(t, d.Code, "tiep_nhan 2021-06-14", "phan_cong 2021-06-14", "trinh 2021-06-15")
		wg.Go(func() {
			d, err := o.Act(o.ctx, dossier.Act{Code: d.Code, Action: "ky", On: day("2021-06-16")})
			if err != nil {
				t.Error(err)
				return
			}
			numbers <- d.Track.Issued[0].Number
		})
	}
	wg.Wait()
	close(numbers)
	seen := map[string]bool{}
	for n := range numbers {
		seen[n] = true
	}
	for i := 1; i <= 12; i++ {
		if n := fmt.Sprintf("%04d/2021/PM", i); !seen[n] {
			t.Errorf("no %s among %v", n, seen)
		}
	}
	c, err := o.Credential(o.ctx, "book_loan", "0001/2021/PM")
	if err != nil || c.Until != day("2021-07-15") {
		t.Errorf("%+v %v", c, err)
	}
	if err := o.EndCredential(o.ctx, "book_loan", c.Number, "chan", day("2021-06-20"), "a", ""); !fault.Is(err, "dossier.bad_end_reason") {
		t.Error(err)
	}
	if err := o.EndCredential(o.ctx, "book_loan", c.Number, "mat_sach", day("2021-06-20"), "a", ""); err != nil {
		t.Error(err)
	}
	if c, err = o.Credential(o.ctx, "book_loan", c.Number); err != nil || c.EndedOn != day("2021-06-20") || c.EndReason != "mat_sach" {
		t.Errorf("%+v %v", c, err)
	}
	if err := o.EndCredential(o.ctx, "book_loan", c.Number, "mat_sach", day("2021-06-21"), "a", ""); !fault.Is(err, "dossier.credential_ended") {
		t.Error(err)
	}
}
