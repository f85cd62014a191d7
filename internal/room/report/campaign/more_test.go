package campaign_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/room/report/campaign"
)

func sums(t testing.TB, o *office, p *campaign.Paper) (docx, xlsx string) {
	t.Helper()
	var b bytes.Buffer
	must(t, o.WriteDOCX(&b, p))
	d := sha256.Sum256(b.Bytes())
	b.Reset()
	must(t, o.WriteXLSX(&b, p))
	x := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(d[:]), hex.EncodeToString(x[:])
}

func place(t testing.TB) string { return filepath.Join(t.TempDir(), "t.db") }

var plain = campaign.Opening{Regime: "so-ket-6-thang", Period: "2025-H1", AsOf: calendar.NoDate, Due: calendar.NoDate, DueBy: calendar.NoDate}

// Which step may be taken at which stage of a part.
func TestStepsOfAPart(t *testing.T) {
	steps := map[string]func(o *office, id string) error{
		"save": func(o *office, id string) error {
			_, err := o.Save(o.ctx, id, "qlkh", campaign.Entered{}, by)
			return err
		},
		"submit": func(o *office, id string) error { _, err := o.Submit(o.ctx, id, "qlkh", by); return err },
		"return": func(o *office, id string) error { _, err := o.Return(o.ctx, id, "qlkh", "thiếu", by); return err },
	}
	for _, c := range []struct {
		before []string
		refuse map[string]string
	}{
		{nil, map[string]string{"return": "campaign.not_in"}},
		{[]string{"submit"}, map[string]string{"save": "campaign.already_in", "submit": "campaign.already_in"}},
		{[]string{"submit", "return"}, map[string]string{"return": "campaign.not_in"}},
		{[]string{"submit", "return", "submit"}, map[string]string{"save": "campaign.already_in", "submit": "campaign.already_in"}},
		{[]string{"cancel"}, map[string]string{"save": "campaign.wrong_stage", "submit": "campaign.wrong_stage", "return": "campaign.wrong_stage"}},
	} {
		o := newOffice(t, place(t))
		for name, step := range steps {
			t.Run(strings.Join(append(c.before, name), " "), func(t *testing.T) {
				id := o.open(t, plain).ID
				for _, b := range c.before {
					if b == "cancel" {
						_, err := o.Cancel(o.ctx, id, "hoãn", by)
						must(t, err)
						continue
					}
					must(t, steps[b](o, id))
				}
				if err := step(o, id); c.refuse[name] == "" {
					must(t, err)
				} else {
					refused(t, err, c.refuse[name])
				}
			})
		}
	}
}

// Which step may be taken at which stage of a campaign.
func TestStepsOfACampaign(t *testing.T) {
	steps := map[string]func(*office, string) error{
		"ask": func(o *office, id string) error {
			_, err := o.AskComments(o.ctx, id, day("2025-06-20"), []string{"qlkh"}, by)
			return err
		},
		"say": func(o *office, id string) error {
			_, err := o.Say(o.ctx, id, "qlkh", "", "Nhất trí", by)
			return err
		},
		"answer": func(o *office, id string) error { _, err := o.Answer(o.ctx, id, 1, "Tiếp thu", by); return err },
		"sign": func(o *office, id string) error {
			_, err := o.Sign(o.ctx, id, "đơn vị mới thành lập", by)
			return err
		},
		"reopen": func(o *office, id string) error { _, err := o.Reopen(o.ctx, id, "bổ sung", by); return err },
		"issue":  func(o *office, id string) error { _, err := o.Issue(o.ctx, id, "", by); return err },
		"cancel": func(o *office, id string) error { _, err := o.Cancel(o.ctx, id, "hoãn", by); return err },
	}
	const stage = "campaign.wrong_stage"
	for _, c := range []struct {
		before []string
		refuse map[string]string
	}{
		{nil, map[string]string{"say": stage, "answer": "campaign.no_such_comment", "reopen": stage, "issue": stage}},
		{[]string{"ask"}, map[string]string{"answer": "campaign.no_such_comment", "issue": stage}},
		{[]string{"ask", "say"}, map[string]string{"sign": "campaign.unanswered", "issue": stage}},
		{[]string{"ask", "say", "answer", "sign"}, map[string]string{"ask": stage, "say": stage, "answer": stage, "sign": stage}},
		{[]string{"sign", "reopen"}, map[string]string{"say": stage, "answer": "campaign.no_such_comment", "reopen": stage, "issue": stage}},
		{[]string{"sign", "issue"}, map[string]string{"ask": stage, "say": stage, "answer": stage, "sign": stage, "reopen": stage, "issue": stage, "cancel": stage}},
	} {
		o := newOffice(t, place(t))
		for name, step := range steps {
			t.Run(strings.Join(append(c.before, name), " "), func(t *testing.T) {
				id := o.open(t, plain).ID // another campaign of the same period each time
				for _, b := range c.before {
					must(t, steps[b](o, id))
				}
				if err := step(o, id); c.refuse[name] == "" {
					must(t, err)
				} else {
					refused(t, err, c.refuse[name])
				}
			})
		}
	}
}

func TestASignatureWithoutSomePartsSaysWhy(t *testing.T) {
	o := newOffice(t, place(t))
	id := o.open(t, plain).ID
	_, err := o.Sign(o.ctx, id, " ", by)
	refused(t, err, "campaign.parts_missing")
	c, err := o.Sign(o.ctx, id, "đơn vị đang sắp xếp lại", by)
	must(t, err)
	if c.Signed.Missing == "" {
		t.Error("the reason was not kept")
	}
}

func TestExplanationsAreAskedBeyondBothThresholds(t *testing.T) {
	rule := campaign.Threshold{Percent: 20, Least: 5}
	no := indicator.NoValue
	for _, c := range []struct {
		then, now indicator.Value
		want      bool
	}{
		{indicator.Of(100), indicator.Of(120), false}, {indicator.Of(100), indicator.Of(121), true}, {indicator.Of(100), indicator.Of(79), true},
		{indicator.Of(4), indicator.Of(8), false}, {indicator.Of(4), indicator.Of(9), true}, {0, indicator.Of(4), false}, {0, indicator.Of(5), true},
		{indicator.Of(9), 0, true}, {no, indicator.Of(50), false}, {indicator.Of(50), no, false}, {indicator.Of(7), indicator.Of(7), false},
	} {
		if got := rule.Moved(c.then, c.now); got != c.want {
			t.Errorf("from %s to %s: %v", c.then, c.now, got)
		}
	}
}

// Whatever units hand in and whatever is settled, the total is the sum of what was handed in less what was settled, and no
// double count goes unseen.
func TestTotalsAddUp(t *testing.T) {
	o := newOffice(t, place(t))
	units := []string{"qlkh", "qlcn", "tdc", "ktdl"}
	owner := map[string]string{}
	var records []string
	for i, n := range []int{3, 1, 4, 1, 5} {
		stream := o.record(t, units[i%4], "2025-03-03", n, "")
		records, owner[stream] = append(records, stream), units[i%4]
	}
	rapid.Check(t, func(r *rapid.T) {
		id := o.open(t, plain).ID
		want := indicator.Value(0)
		holders := map[string]int{}
		for _, u := range units {
			claims := []string{}
			for _, s := range records {
				if owner[s] == u {
					holders[s]++
				} else if rapid.Bool().Draw(r, "claims") {
					claims = append(claims, campaign.Key(s))
					holders[s]++
				}
			}
			_, err := o.Save(o.ctx, id, u, entered(row(indicator.NoValue, indicator.NoValue, "x", claims...)), by)
			must(t, err)
			p, err := o.Submit(o.ctx, id, u, by)
			must(t, err)
			if l := p.Line(articles); l != nil && l.Actual != indicator.NoValue {
				want += l.Actual
			}
		}
		x, err := o.Consolidate(o.ctx, id, 0)
		must(t, err)
		doubled := 0
		for _, k := range holders {
			if k > 1 {
				doubled++
			}
		}
		if len(x.Doubles) != doubled {
			t.Fatalf("%d double counts seen, %d made", len(x.Doubles), doubled)
		}
		off := indicator.Value(0)
		for i := range x.Doubles {
			d := &x.Doubles[i]
			if !rapid.Bool().Draw(r, "settle") {
				continue
			}
			keeper := rapid.SampledFrom(d.Held).Draw(r, "keeper").Unit
			_, err := o.Settle(o.ctx, id, d.Key(), keeper, "thỏa thuận", by)
			must(t, err)
			for _, h := range d.Held {
				if h.Unit != keeper {
					off += h.Value
				}
			}
		}
		if x, err = o.Consolidate(o.ctx, id, 0); err != nil {
			t.Fatal(err)
		}
		s := x.Sum(articles)
		if s.Units != want || s.Total != want-off || s.Doubled != off {
			t.Fatalf("units %s doubled %s total %s; want %s less %s", s.Units, s.Doubled, s.Total, want, off)
		}
		if settledAll := x.Open() == 0; settledAll && s.Total != s.Own {
			t.Fatalf("all settled, and still %s beside the agency's %s", s.Total, s.Own)
		}
	})
}

func TestTheTextSaysWhereATokenIsWrong(t *testing.T) {
	o := newOffice(t, place(t))
	id := o.open(t, plain).ID
	s, err := definitionsOnce()
	must(t, err)
	for text, want := range map[string]string{
		"Một dòng.\nĐăng {{info.article}} tin": "dòng 2, cột 6: không có số liệu “info.article”. Gần nhất: info.articles",
		"Đăng {{info.articles tin":             "dòng 1, cột 6: dấu ngoặc nhọn không đủ đôi",
	} {
		_, err := o.Write(o.ctx, id, "info", text, by)
		if got := s.words.Error("vi", err); !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	_, err = o.Write(o.ctx, id, "nowhere", "x", by)
	refused(t, err, "campaign.unknown_section")
}

func TestAUnitWithoutTheSystemHandsInAWorkbook(t *testing.T) {
	o := newOffice(t, place(t))
	with := plain
	with.External = []string{"qlcn"}
	c := o.open(t, with)
	p, err := o.Part(o.ctx, c.ID, "qlcn")
	must(t, err)
	var b bytes.Buffer
	must(t, o.WriteTemplate(&b, c, p))

	filled := fill(t, b.Bytes(), articles, map[string]any{"D": 12, "E": "15", "G": "NV-250101-001, NV-250101-002"})
	got, err := o.Import(o.ctx, c.ID, "qlcn", "mau.xlsx", filled, by)
	must(t, err)
	l := got.Line(articles)
	if l == nil || l.Actual != indicator.Of(12) || l.Estimate != indicator.Of(15) || len(l.Of) != 2 || got.Imported != "mau.xlsx" || got.Stage != campaign.Submitted {
		t.Fatalf("imported %+v of %+v", l, got)
	}
	_, err = o.Import(o.ctx, c.ID, "qlkh", "mau.xlsx", filled, by)
	refused(t, err, "campaign.not_external")

	_, err = o.Return(o.ctx, c.ID, "qlcn", "nhầm số", by)
	must(t, err)
	_, err = o.Import(o.ctx, c.ID, "qlcn", "mau.xlsx", fill(t, b.Bytes(), articles, map[string]any{"A": "info.nothing", "D": "nhiều"}), by)
	refused(t, err, "campaign.book_unknown_code")
	_, err = o.Import(o.ctx, c.ID, "qlcn", "mau.xlsx", fill(t, b.Bytes(), articles, map[string]any{"D": "nhiều", "E": -3}), by)
	var list fault.List
	if !errors.As(err, &list) || len(list) != 2 || list[0].Args["cell"] == "" {
		t.Errorf("two wrong cells were told as %v", err)
	}
	other := o.open(t, with)
	_, err = o.Import(o.ctx, other.ID, "qlcn", "mau.xlsx", filled, by)
	refused(t, err, "campaign.book_other")
	_, err = o.Import(o.ctx, c.ID, "qlcn", "x.csv", []byte("a,b\n1,2\n"), by)
	refused(t, err, "campaign.book_unknown")
}

// fill writes cells into the row of a figure.
func fill(t testing.TB, book []byte, code string, cells map[string]any) []byte {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(book))
	must(t, err)
	name := x.GetSheetName(0)
	at, err := x.SearchSheet(name, code)
	must(t, err)
	if len(at) != 1 {
		t.Fatalf("%s stands %d times in the workbook", code, len(at))
	}
	for column, v := range cells {
		must(t, x.SetCellValue(name, column+at[0][1:], v))
	}
	var b bytes.Buffer
	must(t, x.Write(&b))
	return b.Bytes()
}

func TestAPackageThatWasTouchedSaysWhat(t *testing.T) {
	o := newOffice(t, place(t))
	o.record(t, "qlkh", "2025-03-03", 3, "")
	id := o.open(t, plain).ID
	o.handIn(t, id, "qlkh")
	data, err := o.Pack(o.ctx, id)
	must(t, err)
	keys, err := o.ledger.Verifiers(o.ctx)
	must(t, err)
	p, err := campaign.OpenPackage("goi.json", data, keys)
	must(t, err)
	if len(p.Units) != 4 || p.Checkpoint == "" {
		t.Fatalf("package %+v", p)
	}
	for _, c := range []struct{ name, old, new, key, what string }{
		{"a figure", `"total": 3`, `"total": 4`, "campaign.package_changed", "figure info.articles"},
		{"a unit", `"info.articles": 3`, `"info.articles": 4`, "campaign.package_changed", "unit qlkh"},
		{"the head", `"period": "2025-H1"`, `"period": "2025-H2"`, "campaign.package_changed", "head"},
		{"a unit's name", `"unit": "tdc"`, `"unit": "tdd"`, "campaign.package_changed", "unit tdc; unit tdd"},
		{"the manifest", `figure info.articles`, `figure info.articled`, "campaign.package_unsigned", ""},
	} {
		touched := bytes.Replace(data, []byte(c.old), []byte(c.new), 1)
		if bytes.Equal(touched, data) {
			t.Fatalf("%s: nothing to touch", c.name)
		}
		_, err := campaign.OpenPackage("goi.json", touched, keys)
		refused(t, err, c.key)
		var f *fault.Error
		if errors.As(err, &f); c.what != "" && f.Args["what"] != c.what {
			t.Errorf("%s: named %v, want %s", c.name, f.Args["what"], c.what)
		}
	}
	other := newOffice(t, place(t))
	foreign, err := other.ledger.Verifiers(other.ctx)
	must(t, err)
	_, err = campaign.OpenPackage("goi.json", data, foreign)
	refused(t, err, "campaign.package_unsigned")
	_, err = campaign.OpenPackage("goi.json", data, []string{"khóa"})
	refused(t, err, "campaign.bad_key")
	_, err = campaign.OpenPackage("goi.json", []byte("{}"), keys)
	refused(t, err, "campaign.package_unreadable")

	_, err = campaign.Join([]*campaign.Package{p, p})
	refused(t, err, "campaign.package_twice")
	second := reopened(t, other)
	joined, err := campaign.Join([]*campaign.Package{p, second})
	must(t, err)
	for _, j := range joined {
		if j.Indicator == articles && (j.Sum != indicator.Of(8) || j.Each[1] != indicator.Of(5)) {
			t.Errorf("joined %+v", j)
		}
	}
}

// reopened is another agency's package of the same period, read back.
func reopened(t testing.TB, o *office) *campaign.Package {
	t.Helper()
	o.record(t, "tdc", "2025-03-03", 5, "")
	id := o.open(t, plain).ID
	_, err := o.Save(o.ctx, id, "tdc", entered(row(indicator.NoValue, indicator.NoValue, "mới")), by)
	must(t, err)
	o.handIn(t, id, "tdc")
	data, err := o.Pack(o.ctx, id)
	must(t, err)
	keys, err := o.ledger.Verifiers(o.ctx)
	must(t, err)
	p, err := campaign.OpenPackage("goi-2.json", data, keys)
	must(t, err)
	return p
}

func TestCutOffsDifferByTheEventsBetweenThem(t *testing.T) {
	o := newOffice(t, place(t))
	for _, on := range []string{"2025-01-05", "2025-06-10", "2025-07-01", "2025-12-20"} {
		o.record(t, "qlkh", on[:10], 2, "")
	}
	o.set("2026-01-20")
	o.record(t, "qlkh", "2026-01-10", 7, "")
	marks, err := o.Marks(o.ctx, articles, day("2024-12-15"), []calendar.Date{day("2025-12-31"), day("2025-06-14"), day("2026-01-18")}, nil)
	must(t, err)
	got, _ := json.Marshal(marks)
	if len(marks) != 3 || marks[0].Value != indicator.Of(4) || marks[1].Value != indicator.Of(8) || marks[2].Value != indicator.Of(15) {
		t.Fatalf("marks %s", got)
	}
	for i, m := range marks {
		var sum indicator.Value
		for _, r := range m.Between {
			sum += r.Value
		}
		if sum != m.Added || m.More != 0 {
			t.Errorf("mark %d: events add %s, the figure %s", i, sum, m.Added)
		}
	}
	_, err = o.Marks(o.ctx, articles, day("2024-12-15"), nil, nil)
	refused(t, err, "campaign.no_marks")
}

func TestLateUnitsAreRemindedThenEscalated(t *testing.T) {
	o := newOffice(t, place(t))
	o.open(t, plain) // ktdl owes by 13 June, the others by 18 June
	for _, c := range []struct {
		today string
		want  string
	}{{"2025-06-09", ""}, {"2025-06-10", "ktdl"}, {"2025-06-16", "ktdl! qlcn qlkh tdc"}, {"2025-06-17", "ktdl!! qlcn qlkh tdc"}} {
		found, err := o.Watch(context.Background(), day(c.today))
		must(t, err)
		var got []string
		for _, w := range found {
			name := w.Unit
			if w.Late {
				name += "!"
			}
			if w.Escalate {
				name += "!"
			}
			got = append(got, name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.today, got, c.want)
		}
	}
}

func TestThePartySideHasItsOwnLayoutAndNumber(t *testing.T) {
	o := newOffice(t, place(t))
	c := o.open(t, campaign.Opening{Regime: "dang-so-ket", Period: "2025-H1", AsOf: calendar.NoDate, Due: calendar.NoDate, DueBy: calendar.NoDate})
	o.handIn(t, c.ID, "du", "cb1")
	_, err := o.Sign(o.ctx, c.ID, "", by)
	must(t, err)
	_, err = o.Issue(o.ctx, c.ID, "", by)
	refused(t, err, "campaign.no_number")
	c, err = o.Issue(o.ctx, c.ID, "12-BC/ĐU", by)
	must(t, err)
	if c.Frozen.Paper.Side != "party" || c.Number != "12-BC/ĐU" {
		t.Errorf("issued %+v", c.Frozen.Paper)
	}
	var b bytes.Buffer
	must(t, o.WriteDOCX(&b, &c.Frozen.Paper))
	with := plain
	with.Units = []string{"cb1"}
	_, err = o.Open(o.ctx, with, by)
	refused(t, err, "campaign.not_below")
}

// The Party's report tells of the agency's work too, which no cell hands in: those figures are the agency's own count.
func TestThePartysReportCountsTheAgencysWork(t *testing.T) {
	o := newOffice(t, place(t))
	o.fact(t, "tdc", "2025-03-03", 12, "activity/a", "activity.recorded", "instrument_verified")
	o.fact(t, "cb1", "2025-03-03", 3, "activity/b", "party.training_attended", "")
	o.fact(t, "du", "2025-03-03", 2, "activity/c", "party.training_attended", "")
	c := o.open(t, campaign.Opening{Regime: "dang-so-ket", Period: "2025-H1", AsOf: calendar.NoDate, Due: calendar.NoDate, DueBy: calendar.NoDate, Units: []string{"du", "cb1"}})
	part, err := o.Part(o.ctx, c.ID, "cb1")
	must(t, err)
	lines, err := o.Prefill(o.ctx, c, part)
	must(t, err)
	if len(lines) == 0 || len(lines) == len(c.Figures) {
		t.Fatalf("a cell hands in %d of %d figures", len(lines), len(c.Figures))
	}
	for _, l := range lines { // what is not the cell's own is not there, not even as 0
		if !strings.HasPrefix(l.Indicator, "party.") {
			t.Error("the cell is asked for", l.Indicator)
		}
	}
	_, err = o.Save(o.ctx, c.ID, "cb1", campaign.Entered{Rows: map[string]campaign.Row{"tdc.instruments": {Actual: indicator.NoValue, Estimate: indicator.One}}}, by)
	refused(t, err, "campaign.unknown_figure")
	o.handIn(t, c.ID, "du", "cb1")
	x, err := o.Consolidate(o.ctx, c.ID, 0)
	must(t, err)
	for id, want := range map[string][2]indicator.Value{"tdc.instruments": {indicator.NoValue, 12 * indicator.One}, "party.training": {5 * indicator.One, 5 * indicator.One}} {
		if s := x.Sum(id); s.Units != want[0] || s.Total != want[1] {
			t.Errorf("%s: %+v", id, s)
		}
	}
}
