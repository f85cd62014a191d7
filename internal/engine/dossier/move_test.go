package dossier_test

import (
	"slices"
	"testing"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/dossier/worklist"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/testing/storetest"
)

// A move changes the unit and who works on it, and nothing else; lists, counts and owed fees follow, a past day does not.
func TestMove(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		before := o.steps(t, o.file(t, "2021-03-01").Code, "tiep_nhan 2021-03-01", "phan_cong 2021-03-02")
		if _, err := o.HandOver(o.ctx, dossier.HandOver{Code: before.Code, To: "hai"}); err != nil {
			t.Fatal(err)
		}
		if n := o.inUnit(t, "thu_vien"); n != 1 { // the index is there before the move
			t.Fatalf("%d in the old unit", n)
		}
		d, err := o.Move(o.ctx, dossier.Move{Code: before.Code, To: "phong_doc", On: day("2021-03-10"), Reason: " sáp nhập ", Expect: before.Stream + 1, Actor: "a"})
		if err != nil || d.Unit != "phong_doc" || d.Assignee != "" || d.State != before.State || d.Status != before.Status || d.DueOn != before.DueOn ||
			d.Title != before.Title || d.ReceivedOn != before.ReceivedOn || len(d.Fields) != len(before.Fields) || d.LastOn != day("2021-03-10") || d.Stream != before.Stream+3 {
			t.Fatalf("%+v became %+v, %v", before, d, err)
		}
		if old, now := o.inUnit(t, "thu_vien"), o.inUnit(t, "phong_doc"); old != 0 || now != 1 {
			t.Errorf("%d in the old unit and %d in the new one", old, now)
		}
		for on, unit := range map[string]string{"2021-03-09": "thu_vien", "2021-03-10": "phong_doc"} {
			was, err := o.AsOf(o.ctx, d.Code, day(on))
			past, err2 := o.AllAsOf(o.ctx, dossier.Reach{}, "", day(on))
			rows, _ := past.List(dossier.Filter{})
			if err != nil || err2 != nil || was.Unit != unit || len(rows) != 1 || rows[0].Unit != unit {
				t.Errorf("on %s: %+v, %+v, %v %v", on, was, rows, err, err2)
			}
		}
		history, err := o.History(o.ctx, d.Code)
		last := history[len(history)-2:]
		if err != nil || last[0].Between == nil || *last[0].Between != (dossier.Moved{From: "thu_vien", To: "phong_doc"}) || last[0].Unit != "thu_vien" || last[1].Unit != "phong_doc" || last[1].Note != "sáp nhập" {
			t.Errorf("%+v, %v", last, err)
		}
		if d, err = o.Move(o.ctx, dossier.Move{Code: d.Code, To: "thu_vien", Give: "ba", On: day("2021-03-11"), Reason: "nhầm"}); err != nil || d.Assignee != "ba" || d.Unit != "thu_vien" {
			t.Errorf("with somebody named: %+v, %v", d, err)
		}
		report, err := o.ledger.Rebuild(o.ctx)
		if err != nil || slices.ContainsFunc(report, func(r ledger.Rebuilt) bool { return !r.Equal() }) {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// inUnit counts the open dossiers of a unit as the lists do.
func (o *office) inUnit(t *testing.T, unit string) int {
	t.Helper()
	by, err := o.CountBy(o.ctx, dossier.Filter{Open: true}, worklist.Unit)
	n, err2 := o.Count(o.ctx, dossier.Filter{Units: []string{unit}, Open: true})
	if err != nil || err2 != nil || by[unit] != n[0] {
		t.Fatalf("%v, %v, %v %v", by, n, err, err2)
	}
	return n[0]
}

func TestWhatCannotBeMoved(t *testing.T) {
	o := newOffice(t, t.TempDir()+"/a.db")
	d := o.steps(t, o.file(t, "2021-03-01").Code, "tiep_nhan 2021-03-08")
	good := dossier.Move{Code: d.Code, To: "phong_doc", Reason: "nhầm phòng", Expect: d.Stream}
	for want, change := range map[string]func(*dossier.Move){
		"dossier.changed":     func(m *dossier.Move) { m.Expect-- },
		"dossier.same_unit":   func(m *dossier.Move) { m.To = d.Unit },
		"dossier.need_reason": func(m *dossier.Move) { m.Reason = " " },
		"dossier.before_last": func(m *dossier.Move) { m.On = day("2021-03-05") },
		"dossier.future":      func(m *dossier.Move) { m.On = day("2031-03-05") },
		"dossier.not_found":   func(m *dossier.Move) { m.Code = "x" },
	} {
		m := good
		change(&m)
		if _, err := o.Move(o.ctx, m); !fault.Is(err, want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	m := good
	m.On = day("2021-03-10")
	if _, err := o.Move(o.ctx, m); err != nil {
		t.Fatal(err)
	}
	early := dossier.Act{Code: d.Code, Action: "rut", On: day("2021-03-09"), Fields: map[string]any{}}
	if _, err := o.Act(o.ctx, early); !fault.Is(err, "dossier.before_last") {
		t.Errorf("a step of the days before, when another unit had it: %v", err)
	}
	o.steps(t, d.Code, "rut 2021-03-10")
	if _, err := o.Move(o.ctx, dossier.Move{Code: d.Code, To: "kho", Reason: "x"}); !fault.Is(err, "dossier.closed") {
		t.Errorf("ended: %v", err)
	}
}

// What is asked for is collected by the unit that has the dossier; what was paid stays in the book of the one that took it.
func TestOwedFeesFollowAMove(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		file := func() string {
			d, err := o.Open(o.ctx, dossier.Filing{Procedure: "radiation_work_licence", On: day("2021-03-01"), Unit: "atbx", Fields: map[string]any{
				"noi_dung": "Cấp giấy phép (mẫu)", "co_so": "Phòng khám mẫu", "loai": "cap_moi", "cong_viec": "x_quang_y_te", "so_thiet_bi": 1}})
			if err != nil {
				t.Fatal(err)
			}
			return o.steps(t, d.Code, "thong_bao_phi 2021-03-01").Code
		}
		owed, paid := file(), file()
		o.steps(t, paid, "nop_phi 2021-03-02")
		for _, code := range []string{owed, paid} {
			if _, err := o.Move(o.ctx, dossier.Move{Code: code, To: "vp", Reason: "sáp nhập"}); err != nil {
				t.Fatal(err)
			}
		}
		for unit, want := range map[string]string{"atbx": paid, "vp": owed} {
			fees, err := o.Fees(o.ctx, dossier.Reach{Units: []string{unit}}, day("2021-01-01"), day("2021-12-31"), 9, 0)
			if err != nil || len(fees) != 1 || fees[0].Dossier != want || (fees[0].PaidOn == calendar.NoDate) != (want == owed) {
				t.Errorf("%s: %+v, %v", unit, fees, err)
			}
		}
	})
}
