package report

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// summer is a day on which the first half of 2021 is being reviewed.
func summer() time.Time { return time.Date(2021, 6, 18, 3, 0, 0, 0, time.UTC) }

// fact is one dossier step or activity, n times on a day.
type fact struct {
	n    int
	kind string
	on   string
	data map[string]any
}

// feed records facts of two first halves: one dossier procedure that runs late, activities, Party facts.
func feed(t testing.TB, r *Room, facts []fact) {
	t.Helper()
	for i, f := range facts {
		for k := range f.n {
			_, err := r.ledger.Append(context.Background(), ledger.Command{Stream: fmt.Sprintf("test/%d-%d", i, k), Expect: ledger.AnyVersion, Unit: "sk",
				Events: []ledger.NewEvent{{Kind: f.kind, On: calendar.MustParse(f.on), Data: f.data}}})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func dossier(procedure string, more ...any) map[string]any {
	d := map[string]any{"procedure": procedure, "due": "2021-05-10", "dims": map[string]string{"channel": "online"}}
	for i := 0; i+1 < len(more); i += 2 {
		d[more[i].(string)] = more[i+1]
	}
	return d
}

func activity(kind string, amounts map[string]float64) map[string]any {
	return map[string]any{"dims": map[string]string{"kind": kind}, "amounts": amounts}
}

func halves() []fact {
	var out []fact
	for _, half := range []struct {
		on                             string
		received, finished, late, open int
	}{{"2020-04-10", 40, 36, 1, 2}, {"2021-04-12", 46, 40, 3, 0}} {
		out = append(out,
			fact{half.received, "dossier.received", half.on, dossier("technology_appraisal")},
			fact{half.finished - half.late, "dossier.finished", half.on, dossier("technology_appraisal", "late", false, "working_days", 9)},
			fact{half.late, "dossier.finished", half.on, dossier("technology_appraisal", "late", true, "working_days", 21)},
			fact{3, "dossier.received", half.on, dossier("radiation_work_licence")},
			fact{1, "activity.recorded", half.on, activity("ip_guidance", map[string]float64{"count": 32})},
			fact{2, "activity.recorded", half.on, activity("inspection", map[string]float64{"subjects": 5, "fines": 12.5, "sanctions": 1})},
			fact{1, "party.member_admitted", half.on, map[string]any{"dims": map[string]string{"sex": "female", "youth": "yes"}}},
			fact{2, "party.member_made_official", half.on, map[string]any{}},
			fact{1, "party.study_held", half.on, map[string]any{"amounts": map[string]float64{"attendance": 120}}})
	}
	return append(out,
		fact{1, "party.member_moved_in", "2019-03-01", map[string]any{"amounts": map[string]float64{"count": 58}}},
		fact{1, "activity.recorded", "2021-03-01", activity("dosimeter", map[string]float64{"count": 310})})
}

func reviewRoom(t testing.TB) *Room {
	t.Helper()
	r := openRoom(t, summer)
	feed(t, r, halves())
	ctx := context.Background()
	notes := []struct {
		period string
		Note
	}{
		{"2020-H2", Note{Kind: "limitation", Side: "state", Text: "Việc chuyển giao kết quả nghiên cứu vào sản xuất còn chậm."}},
		{"2020-H2", Note{Kind: "limitation", Side: "state", Text: "Số đơn đăng ký sở hữu công nghiệp còn ít."}},
		{"2021-H1", Note{Kind: "limitation", Side: "state", Text: "Phối hợp với các huyện trong quản lý đo lường chưa thường xuyên."}},
		{"2021-H1", Note{Kind: "task", Side: "state", Text: "Tổ chức Hội nghị kết nối cung – cầu công nghệ trong quý III."}},
		{"2021-H1", Note{Kind: "strength", Side: "party", Text: "Nội bộ đoàn kết, kỷ luật phát ngôn được giữ vững."}},
	}
	for _, n := range notes {
		if err := r.AddNote(ctx, "sk", n.period, n.Note, calendar.MustParse("2021-06-01"), "van_phong"); err != nil {
			t.Fatal(err)
		}
	}
	past, err := r.Notes(ctx, "sk", "2020-H2", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.ResolveLimitation(ctx, "sk", "2020-H2", past[0].Position, "đã bàn giao 04 kết quả cho doanh nghiệp.", calendar.MustParse("2021-05-20"), "van_phong"); err != nil {
		t.Fatal(err)
	}
	return r
}

// plainText is the review as a reader hears it.
func plainText(rep *Report) string {
	var b strings.Builder
	b.WriteString(rep.Subject + "\n")
	for _, p := range rep.Opening {
		b.WriteString(p.Text() + "\n")
	}
	var walk func([]Section)
	walk = func(sections []Section) {
		for _, s := range sections {
			fmt.Fprintf(&b, "\n%s %s\n", s.Number, s.Title)
			for _, x := range s.Blocks {
				switch {
				case x.Paragraph != nil:
					if x.Paragraph.Item {
						b.WriteString("- ")
					}
					b.WriteString(x.Paragraph.Text() + "\n")
				case x.Table != nil:
					b.WriteString("[" + x.Table.Title + "]\n")
					for _, r := range x.Table.Rows {
						fmt.Fprintf(&b, "  %s | %s | %s | %s | %s | %s\n", r.Label, r.Measure, rep.cell(r.This), rep.cell(r.Previous), signed(r.Change), signed(r.ChangePct))
					}
				default:
					b.WriteString("(" + x.Chart.Title + ")\n")
				}
			}
			walk(s.Sections)
		}
	}
	walk(rep.Sections)
	return b.String()
}

func build(t testing.TB, r *Room, regime, period string) *Report {
	t.Helper()
	rep, err := r.Build(t.Context(), Request{Regime: regime, Period: period, Unit: "sk", AsOf: calendar.NoDate})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestReviews(t *testing.T) {
	r := reviewRoom(t)
	for _, c := range []struct{ regime, period string }{{"so-ket-6-thang", "2021-H1"}, {"dang-so-ket", "2021-H1"}} {
		golden(t, c.regime+".txt", []byte(plainText(build(t, r, c.regime, c.period))))
	}
	// A period in which nothing was recorded still reads as a report.
	golden(t, "tong-ket-nam-empty.txt", []byte(plainText(build(t, openRoom(t, summer), "tong-ket-nam", "2019"))))
}

func TestShippedOutlinesAndFormsAreSound(t *testing.T) {
	r := testRoom(t)
	if err := r.Regimes.Lint(r.figures.Definitions()); err != nil {
		t.Error(err)
	}
}

func TestPeriodsOfRegimes(t *testing.T) {
	r := testRoom(t)
	for _, c := range []struct{ regime, period string }{{"so-ket-6-thang", "2021"}, {"tong-ket-nam", "2021-H1"}, {"tkth-26-2015", "2021-H1"}} {
		_, err := r.Build(t.Context(), Request{Regime: c.regime, Period: c.period, AsOf: calendar.NoDate})
		if !fault.Is(err, "report.period_kind") {
			t.Errorf("%s %s: %v", c.regime, c.period, err)
		}
	}
	if _, err := r.Build(t.Context(), Request{Regime: "khong-co", Period: "2021"}); !fault.Is(err, "report.no_such_regime") {
		t.Errorf("unknown regime: %v", err)
	}
}

func files(t testing.TB, rep *Report) (docx, xlsx []byte) {
	t.Helper()
	var d, x bytes.Buffer
	if err := rep.WriteDOCX(&d); err != nil {
		t.Fatal(err)
	}
	if err := rep.WriteXLSX(&x); err != nil {
		t.Fatal(err)
	}
	return d.Bytes(), x.Bytes()
}

// A frozen report is rebuilt byte for byte after late entries and another day; the late entries show as
// changes with the events that did them.
func TestFreeze(t *testing.T) {
	day := summer()
	r := openRoom(t, func() time.Time { return day })
	feed(t, r, halves())
	q := Request{Regime: "so-ket-6-thang", Period: "2021-H1", Unit: "sk", AsOf: calendar.NoDate}
	rep, err := r.Freeze(t.Context(), q, "van_thu")
	if err != nil {
		t.Fatal(err)
	}
	docx, xlsx := files(t, rep)
	frozen, err := r.LastFrozen(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if none, err := r.Changes(t.Context(), frozen); err != nil || len(none) > 0 {
		t.Fatalf("changes right after freezing: %v, %v", none, err)
	}
	day = day.AddDate(0, 1, 0)
	feed(t, r, []fact{{0, "", "", nil}, {0, "", "", nil}})
	late := []fact{{1, "dossier.received", "2021-05-05", dossier("measurement_verification", "title", "Cân ô tô")}}
	for i := range late {
		if _, err := r.ledger.Append(t.Context(), ledger.Command{Stream: "late/1", Unit: "sk", Events: []ledger.NewEvent{{Kind: late[i].kind, On: calendar.MustParse(late[i].on), Data: late[i].data}}}); err != nil {
			t.Fatal(err)
		}
	}
	again, err := r.Rebuild(t.Context(), frozen)
	if err != nil {
		t.Fatal(err)
	}
	docx2, xlsx2 := files(t, again)
	if !bytes.Equal(docx, docx2) || !bytes.Equal(xlsx, xlsx2) {
		t.Error("the rebuilt files differ from the frozen ones")
	}
	now, _ := files(t, build(t, r, q.Regime, q.Period))
	if bytes.Equal(docx, now) {
		t.Error("a report built after a late entry is the same as before it")
	}
	changes, err := r.Changes(t.Context(), frozen)
	if err != nil {
		t.Fatal(err)
	}
	var refs []string
	for _, c := range changes {
		refs = append(refs, fmt.Sprintf("%s %s→%s by %d", c.Ref, c.Value, c.Now, len(c.Records)))
		if len(c.Records) != 1 || c.Records[0].Stream != "late/1" {
			t.Errorf("%s: events %+v", c.Ref, c.Records)
		}
	}
	want := "dossier.received 49→50 by 1"
	if !strings.Contains(strings.Join(refs, "\n"), want) {
		t.Errorf("changes:\n%s\nwant among them: %s", strings.Join(refs, "\n"), want)
	}
}

// A half-year review over a million recorded steps: figures, charts and the document.
func BenchmarkReview(b *testing.B) {
	r := openRoom(b, summer)
	batch := make([]ledger.Event, 0, 1000)
	data := []byte(`{"procedure":"technology_appraisal","late":false,"working_days":9,"dims":{"channel":"online","field":"cn"}}`)
	for i := range 1_000_000 {
		kind := "dossier.received"
		if i%2 == 1 {
			kind = "dossier.finished"
		}
		batch = append(batch, ledger.Event{Position: int64(i + 1), Stream: "dossier/x", Version: int64(i + 1), Kind: kind, Unit: "sk",
			EffectiveOn: calendar.MustParse("2020-01-01") + calendar.Date(i%500), Data: data})
		if len(batch) == cap(batch) {
			r.figures.Feed(batch)
			batch = batch[:0]
		}
	}
	for b.Loop() {
		rep, err := r.Build(b.Context(), Request{Regime: "so-ket-6-thang", Period: "2021-H1", Unit: "sk"})
		if err != nil {
			b.Fatal(err)
		}
		if err := rep.WriteDOCX(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

// A unit that nobody knows has no figures of its own, and must not be given everybody's.
func TestReportOfAnUnknownUnitIsRefused(t *testing.T) {
	_, err := openRoom(t, summer).Build(t.Context(), Request{Regime: "so-ket-6-thang", Period: "2021-H1", Unit: "nowhere", AsOf: calendar.NoDate})
	if !fault.Is(err, "report.unknown_unit") {
		t.Errorf("%v", err)
	}
}
