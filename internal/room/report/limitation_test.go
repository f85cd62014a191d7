package report

import (
	"bytes"
	"context"
	"testing"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// TestALimitationGoesRound: named in one report, given out, done; the next report says each of these, a frozen one stays as
// it was, and one frozen before there were tasks keeps its words.
func TestALimitationGoesRound(t *testing.T) {
	ctx, at := context.Background(), summer()
	r := openRoom(t, func() time.Time { return at })
	task := Repair{ID: "NV-1", Title: "Khắc phục", Unit: "Phòng mẫu", Due: calendar.MustParse("2021-06-30"), DoneOn: calendar.NoDate}
	var doneFrom int64 // ledger position from which the task is known to be done
	r.opts.Repair = func(_ context.Context, id string, knownAt int64) (*Repair, error) {
		now := task
		if doneFrom > 0 && (knownAt == 0 || knownAt >= doneFrom) {
			now.DoneOn, now.Evidence = calendar.MustParse("2021-06-17"), "12/BC"
		}
		return &now, nil
	}
	on := calendar.MustParse("2021-06-10")
	note := func(text string) {
		if err := r.AddNote(ctx, "sk", "2020-H2", Note{Kind: "limitation", Side: "state", Text: text}, on, "vp"); err != nil {
			t.Fatal(err)
		}
	}
	note("Chậm giải ngân.")
	list, err := r.Limitations(ctx, "sk", "2020-H2", "state", 0)
	if err != nil || len(list) != 1 || list[0].State() != "unassigned" {
		t.Fatal(list, err)
	}
	position := list[0].Position
	q := Request{Regime: "so-ket-6-thang", Period: "2021-H1", Unit: "sk", AsOf: calendar.NoDate}
	says := func(want string) {
		t.Helper()
		rep, err := r.Build(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains([]byte(plainText(rep)), []byte(want)) {
			t.Errorf("the report does not say %q", want)
		}
	}
	says("Chậm giải ngân: chưa giao việc khắc phục.")
	if err := r.AssignLimitation(ctx, "sk", "2020-H2", position+1, "NV-1", on, "vp"); !fault.Is(err, "report.no_such_limitation") {
		t.Error(err)
	}
	if err := r.AssignLimitation(ctx, "sk", "2020-H2", position, "NV-1", on, "vp"); err != nil {
		t.Fatal(err)
	}
	says("đang khắc phục – Phòng mẫu thực hiện (nhiệm vụ NV-1, hạn 30/6/2021)")
	frozen, err := r.Freeze(ctx, q, "vp")
	if err != nil {
		t.Fatal(err)
	}
	note("Một hạn chế ghi sau khi chốt.")
	doneFrom = r.ledger.Head()
	says("đã khắc phục ngày 17/6/2021 – Phòng mẫu (nhiệm vụ NV-1; 12/BC)")
	again, err := r.Rebuild(ctx, frozen.Frozen)
	if err != nil {
		t.Fatal(err)
	}
	if docx, xlsx := files(t, again); sumOf(docx) != frozen.Frozen.DOCX || sumOf(xlsx) != frozen.Frozen.XLSX {
		t.Error("the frozen files changed when the task was done")
	}
	old := *frozen.Frozen
	old.Edition = 0
	before, err := r.Rebuild(ctx, &old)
	if err != nil {
		t.Fatal(err)
	}
	if text := plainText(before); !bytes.Contains([]byte(text), []byte("Chậm giải ngân: đang tiếp tục khắc phục.")) {
		t.Error("a report of the first edition lost its words")
	}
}
