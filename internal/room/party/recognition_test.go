package party

import (
	"path/filepath"
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/testing/storetest"
)

// A vote that falls short may be repeated as often as the rules say; then the committee above decides.
func TestARecognitionThatFallsShortGoesUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		m, err := o.Admit(o.ctx, blank())
		o.must(err)
		step := func(on string, cell, committee Votes) Step {
			return Step{ID: m.ID, On: day(on), Actor: "vp", Votes: cell, Committee: committee}
		}
		waits := func(what string) {
			t.Helper()
			due, err := o.Recognitions(o.ctx, []string{"cb1"})
			if err != nil || len(due) != 1 || due[0].What != what || (due[0].Last == calendar.NoDate) != (what != "recognise") {
				t.Errorf("%+v %v, want %s", due, err, what)
			}
		}
		_, err = o.Fall(o.ctx, step("2025-08-19", Votes{5, 10}, Votes{}))
		o.fails(err, "party.probation_runs")
		for _, bad := range []Step{step("2025-08-25", Votes{}, Votes{}), step("2025-08-25", Votes{11, 10}, Votes{}), step("2025-08-25", Votes{7, 10}, Votes{})} {
			_, err = o.Fall(o.ctx, bad)
			o.fails(err, "party.bad_votes")
		}
		_, err = o.Fall(o.ctx, step("2025-08-25", Votes{7, 10}, Votes{6, 9}))
		o.fails(err, "party.votes_reached")
		_, err = o.Refer(o.ctx, step("2025-08-25", Votes{}, Votes{}))
		o.fails(err, "party.votes_left")
		// the cell falls short, the committee does, the cell again
		for i, s := range []Step{step("2025-08-25", Votes{5, 10}, Votes{}), step("2025-08-29", Votes{7, 10}, Votes{5, 9}), step("2025-09-05", Votes{6, 10}, Votes{9, 9})} {
			waits("recognise")
			if m, err = o.Fall(o.ctx, s); err != nil || m.State != Probation || len(m.Failed) != i+1 {
				t.Fatal(m, err)
			}
		}
		if last := m.Failed[2]; last.On != day("2025-09-05") || last.Cell != (Votes{6, 10}) || last.Committee != (Votes{}) {
			t.Errorf("%+v: a committee votes only on whom the cell proposes", last)
		}
		waits("refer")
		_, err = o.Fall(o.ctx, step("2025-09-06", Votes{5, 10}, Votes{}))
		o.fails(err, "party.goes_up")
		_, err = o.Recognise(o.ctx, step("2025-09-06", Votes{10, 10}, Votes{9, 9}))
		o.fails(err, "party.goes_up")
		m, err = o.Refer(o.ctx, Step{ID: m.ID, On: day("2025-09-08"), Actor: "vp", Number: " 07-BC/CB "})
		o.must(err)
		if r := m.Referred; r == nil || r.To != "du" || r.On != day("2025-09-08") || r.Number != "07-BC/CB" {
			t.Errorf("%+v", m.Referred)
		}
		waits("above")
		_, err = o.Refer(o.ctx, step("2025-09-09", Votes{}, Votes{}))
		o.fails(err, "party.not_now")
		_, err = o.Recognise(o.ctx, step("2025-09-10", Votes{}, Votes{5, 9}))
		o.fails(err, "party.too_few_votes")
		m, err = o.Recognise(o.ctx, step("2025-09-10", Votes{}, Votes{6, 9}))
		o.must(err)
		if m.State != Official || m.Official != day("2025-08-20") || len(m.Failed) != 3 || m.Referred == nil {
			t.Errorf("%+v", m)
		}
	})
}

// The number of votes is each version's own.
func TestHowManyVotesMayFallShortIsDated(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "trucot.db"))
	rules, err := o.Rules()
	o.must(err)
	m := &Member{Failed: make([]FailedVote, 1)}
	for _, c := range []Charter{{RecogniseVotes: 1}, {RecogniseVotes: 2}} {
		if c.Stuck(m) != (c.RecogniseVotes == 1) {
			t.Error(c.RecogniseVotes)
		}
	}
	for _, c := range rules.Charters {
		if c.RecogniseVotes < 1 {
			t.Error(c.ID, "lets a case go up unvoted")
		}
	}
}
