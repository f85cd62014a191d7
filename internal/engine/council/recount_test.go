package council

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
)

// closedVote is a council's events, from forming to closing, with two ballots.
func closedVote(t *testing.T, change func(f *fact)) []ledger.Event {
	t.Helper()
	c := &Council{ID: "HD-1", Rules: Rules{Ballot: Ballot{Kind: YesNo, Share: Share{1, 2}}}, Files: one, MeetsOn: calendar.NoDate, PapersOn: calendar.NoDate, EndedOn: calendar.NoDate,
		Members: []Member{{Account: "a"}, {Account: "b"}}, Present: []string{"a", "b"}}
	var ballots []Sealed
	for account, choice := range map[string]string{"a": Yes, "b": No} {
		b, err := sealedBallot("HD-1", account, Paper{"1": {Choice: choice}})
		if err != nil {
			t.Fatal(err)
		}
		ballots = append(ballots, b)
	}
	slices.SortFunc(ballots, byCommitment)
	outcomes, err := count(c, 2, ballots)
	if err != nil {
		t.Fatal(err)
	}
	closing := &fact{Ballots: ballots, Base: 2, Outcomes: outcomes}
	change(closing)
	var out []ledger.Event
	for i, e := range []struct {
		kind string
		f    *fact
	}{{kindFormed, &fact{Council: c}}, {kindOpened, &fact{}}, {kindVoted, &fact{Account: "a"}}, {kindVoted, &fact{Account: "b"}}, {kindClosed, closing}} {
		data, err := json.Marshal(e.f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, ledger.Event{Version: int64(i + 1), Kind: e.kind, Data: data})
	}
	return out
}

// TestARecountNamesWhatWasTouched: each change of the published ballots is told by its word.
func TestARecountNamesWhatWasTouched(t *testing.T) {
	for want, change := range map[string]func(f *fact){
		"":       func(*fact) {},
		"voters": func(f *fact) { f.Ballots = f.Ballots[:1] },
		"order":  func(f *fact) { slices.Reverse(f.Ballots) },
		"commitment": func(f *fact) {
			f.Ballots[0].Paper = json.RawMessage(`{"1":{"choice":"yes"}}`)
			f.Ballots[1].Paper = f.Ballots[0].Paper
		},
		"paper":   func(f *fact) { f.Ballots[0].Paper = json.RawMessage(`{"1":{"choice":"maybe"}}`) },
		"base":    func(f *fact) { f.Base = 1 },
		"outcome": func(f *fact) { f.Outcomes[0].Passed = false },
	} {
		r, err := recount("HD-1", closedVote(t, change))
		if err != nil {
			t.Fatal(err)
		}
		named := slices.ContainsFunc(r.Faults, func(word string) bool { return strings.HasPrefix(word, want) })
		if r.OK != (want == "") || want != "" && !named {
			t.Errorf("%q: %+v", want, r)
		}
	}
}
