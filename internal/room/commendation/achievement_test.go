package commendation_test

import (
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/room/commendation"
	"trucot/internal/testing/storetest"
)

// A dossier opens with what the records hold; the clerk leaves some out, until the office has appraised it.
func TestAchievementsComeFromTheRecords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		o.early = []commendation.Achievement{{Kind: "early", Title: "Việc mẫu", Ref: "NV-1", Due: calendar.MustParse("2025-06-10"), On: calendar.MustParse("2025-06-02")}}
		o.merit(t, 0, "wide")
		must(t, o.Assess(ctx, "vp", o.subjects[0], 2024, commendation.Excellent))
		must(t, o.Assess(ctx, "vp", o.subjects[0], 2023, commendation.Done)) // breaks the run
		id := o.propose(t, "ldtt", "p00")[0]
		n, err := o.Get(ctx, id)
		must(t, err)
		var kinds []string
		for _, a := range n.Chosen {
			kinds = append(kinds, a.Kind)
		}
		if len(kinds) != 3 || kinds[0] != "streak" || n.Chosen[0].Years != 2 || kinds[1] != "initiative" || n.Chosen[2].Ref != "NV-1" {
			t.Fatalf("%+v", n.Chosen)
		}
		must(t, o.Choose(ctx, "vp", id, []string{n.Chosen[2].Key(), "early/NV-9"}, " Kết quả tốt "))
		if n, err = o.Get(ctx, id); err != nil || len(n.Chosen) != 1 || n.Chosen[0].Kind != "early" || n.Report != "Kết quả tốt" {
			t.Errorf("%v %+v", err, n)
		}
		o.take(t, []string{id}, commendation.Endorse, commendation.Appraise)
		if err := o.Choose(ctx, "vp", id, nil, ""); !fault.Is(err, "commendation.not_now") {
			t.Error(err)
		}
	})
}

// Thematic and sudden awards follow their own rule, may come twice a year, and never count toward another title.
func TestThematicAndSuddenAwards(t *testing.T) {
	o := open(t, t.TempDir()+"/a.db")
	law, err := o.Law(commendation.State, 2025)
	must(t, err)
	for _, occasion := range commendation.Occasions()[1:] {
		if rule := law.Occasion(occasion); rule == nil || rule.Basis == "" || !rule.Verify() {
			t.Errorf("%s: %+v", occasion, rule)
		}
	}
	p := commendation.Proposal{Actor: "vp", Side: commendation.State, Year: 2025, Award: "giay_khen", Subjects: []string{"p00"}, Occasion: commendation.Sudden}
	if _, err := o.Propose(ctx, p); !fault.Is(err, "commendation.no_deed") {
		t.Error(err)
	}
	p.Report = "Dập đám cháy ở kho mẫu"
	first, err := o.Propose(ctx, p)
	must(t, err)
	second, err := o.Propose(ctx, p)
	must(t, err)
	if first[0].ID == second[0].ID || len(first[0].Chosen) != 0 {
		t.Errorf("%s %s", first[0].ID, second[0].ID)
	}
	o.take(t, []string{first[0].ID}, plain...)
	sim, err := o.Simulate(ctx, commendation.State, 2025)
	must(t, err)
	for _, v := range sim.Award("giay_khen").Verdicts {
		if v.Subject.ID == "p00" && v.Decided {
			t.Error("a sudden award counts as the year's")
		}
	}
	old, err := o.Law(commendation.State, 2023)
	must(t, err)
	if old.Occasion(commendation.Sudden) != nil {
		t.Error("a rule of 2024 is used for 2023")
	}
}

// Nothing is submitted while somebody's petition waits for an answer.
func TestAPetitionIsAnsweredFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		id := o.propose(t, "ldtt", "p00")[0]
		o.take(t, []string{id}, commendation.Endorse, commendation.Appraise)
		if err := o.Hear(ctx, "vp", id, " "); !fault.Is(err, "commendation.need_note") {
			t.Error(err)
		}
		must(t, o.Hear(ctx, "vp", id, "Đề nghị xem lại ngày công"))
		if _, err := o.Take(ctx, commendation.Step{Actor: "vp", IDs: []string{id}, Verb: commendation.Submit}); !fault.Is(err, "commendation.opinion_open") {
			t.Error(err)
		}
		if err := o.AnswerOpinion(ctx, "vp", id, 2, "x"); !fault.Is(err, "commendation.no_opinion") {
			t.Error(err)
		}
		must(t, o.AnswerOpinion(ctx, "vp", id, 1, "Đã đối chiếu bảng chấm công, đủ ngày"))
		o.take(t, []string{id}, commendation.Submit, commendation.Decide)
		if err := o.Hear(ctx, "vp", id, "muộn"); !fault.Is(err, "commendation.not_now") {
			t.Error(err)
		}
	})
}
