package commendation_test

import (
	"strings"
	"testing"
	"time"

	"trucot/internal/engine/council"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/commendation"
	"trucot/internal/testing/storetest"
)

// consulted is a nomination about which the public is asked.
func consulted(t *testing.T, o *office) string {
	t.Helper()
	o.merit(t, 0, "wide")
	for _, year := range []int{2024, 2025} {
		must(t, o.Enter(ctx, "vp", o.subjects[0], commendation.State, commendation.Held{Award: "cstd_tinh", Year: year, Decision: "mẫu"}))
	}
	ids := o.propose(t, "cstd_toan_quoc", "p00")
	o.take(t, ids, commendation.Endorse, commendation.Appraise, commendation.SendOn)
	o.votes.c.Stage = council.Confirmed
	o.take(t, ids, commendation.TakeVote, commendation.Consult)
	return ids[0]
}

var voice = commendation.Voice{Name: " Nguyễn Văn Mẫu ", Reach: "0912 345 678", Text: "Đề nghị xem lại số liệu (mẫu)\nở báo cáo"}

// What the public sends is sealed, waits in the same list, must be answered before the list is submitted, and can be erased.
func TestThePublicIsHeardBeforeTheSubmission(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		id := consulted(t, o)
		code, err := o.Send(ctx, id, "192.0.2.1", voice)
		must(t, err)
		list, total, waiting, err := o.Opinions(ctx, id, 10, 0)
		must(t, err)
		if total != 1 || waiting != 1 || list[0].Code != code || strings.Contains(list[0].Sealed, "Nguyễn") || list[0].Text != "" {
			t.Fatalf("%d %d %+v", total, waiting, list)
		}
		got, err := o.Voice(ctx, list[0])
		if must(t, err); got.Name != "Nguyễn Văn Mẫu" || got.Text != voice.Text {
			t.Errorf("%+v", got)
		}
		must(t, o.l.Scan(ctx, 1, func(e ledger.Event) error {
			if strings.Contains(string(e.Data), "0912") || strings.Contains(string(e.Data), "số liệu (mẫu)") {
				t.Errorf("the ledger keeps it in the open: %s", e.Data)
			}
			return nil
		}))
		if err := o.EraseOpinion(ctx, "vp", id, list[0].Number); !fault.Is(err, "commendation.answer_first") {
			t.Error(err)
		}
		o.now = o.now.AddDate(0, 0, 30) // the time for opinions is over
		if _, err := o.Take(ctx, commendation.Step{Actor: "vp", IDs: []string{id}, Verb: commendation.Submit}); !fault.Is(err, "commendation.opinion_open") {
			t.Error(err)
		}
		must(t, o.AnswerOpinion(ctx, "vp", id, list[0].Number, "Đã đối chiếu"))
		must(t, o.EraseOpinion(ctx, "vp", id, list[0].Number))
		if list, _, waiting, err = o.Opinions(ctx, id, 10, 0); err != nil || waiting != 0 || !list[0].Erased || list[0].Answer == "" || list[0].Sealed != "" {
			t.Errorf("%v %d %+v", err, waiting, list)
		}
		o.take(t, []string{id}, commendation.Submit)
		must(t, o.Hear(ctx, "vp", id, "Kiến nghị muộn"))
		if _, err := o.Take(ctx, commendation.Step{Actor: "vp", IDs: []string{id}, Verb: commendation.Decide, Decision: "1/QĐ"}); !fault.Is(err, "commendation.opinion_open") {
			t.Errorf("decided over an open petition: %v", err)
		}
	})
}

// Only what the public is asked about today is shown to it, and one sender cannot flood the office.
func TestThePublicSendsOnlyWhatItIsAsked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		quiet := o.propose(t, "ldtt", "p01")[0]
		id := consulted(t, o)
		if list, total, err := o.Consulted(ctx, 10, 0); err != nil || total != 1 || len(list) != 1 || list[0].ID != id {
			t.Errorf("%v %d %v", err, total, list)
		}
		if _, err := o.Send(ctx, quiet, "192.0.2.1", voice); !fault.Is(err, "commendation.not_asked") {
			t.Error(err)
		}
		for name, c := range map[string]struct {
			v   commendation.Voice
			key string
		}{
			"nobody":      {commendation.Voice{Reach: voice.Reach, Text: "x"}, "commendation.voice_name"},
			"unreachable": {commendation.Voice{Name: "A", Reach: "gần chợ", Text: "x"}, "commendation.voice_reach"},
			"no words":    {commendation.Voice{Name: "A", Reach: "a@mau.vn", Text: " \n"}, "commendation.voice_text"},
			"long":        {commendation.Voice{Name: "A", Reach: "a@mau.vn", Text: strings.Repeat("ờ", 2001)}, "commendation.voice_long"},
		} {
			if _, err := o.Send(ctx, id, "192.0.2.1", c.v); !fault.Is(err, c.key) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for i := range 4 {
			_, err := o.Send(ctx, id, "192.0.2.2", voice)
			if fault.Is(err, "commendation.too_many_voices") != (i == 3) {
				t.Error(i, err)
			}
		}
		o.now = o.now.Add(10 * time.Minute)
		if _, err := o.Send(ctx, id, "192.0.2.2", voice); err != nil {
			t.Error(err)
		}
		o.now = o.now.AddDate(0, 0, 30)
		if _, total, err := o.Consulted(ctx, 10, 0); err != nil || total != 0 {
			t.Error(total, err)
		}
		if _, err := o.Send(ctx, id, "192.0.2.3", voice); !fault.Is(err, "commendation.not_asked") {
			t.Error(err)
		}
	})
}
