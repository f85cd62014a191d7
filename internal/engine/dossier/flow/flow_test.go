package flow_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/definitions"
	"trucot/internal/app"
	"trucot/internal/engine/dossier/flow"
	"trucot/internal/kernel/calendar"
	"trucot/internal/testing/shared"
)

func day(s string) calendar.Date { return calendar.MustParse(s) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func shipped(t testing.TB) *calendar.Calendar {
	t.Helper()
	cal, err := calendar.Load(definitions.Files)
	must(t, err)
	return cal
}

// trace makes a dossier from "state day" pairs; due and finished may be empty.
func trace(code, due, finished string, pairs ...string) *flow.Trace {
	t := &flow.Trace{Code: code, Due: calendar.NoDate, Finished: calendar.NoDate, Received: day(pairs[1]), Open: finished == ""}
	if due != "" {
		t.Due = day(due)
	}
	if finished != "" {
		t.Finished = day(finished)
	}
	for i := 0; i < len(pairs); i += 2 {
		t.Steps = append(t.Steps, flow.Step{State: pairs[i], On: day(pairs[i+1]), Due: t.Due})
	}
	return t
}

// TestAMapWorkedByHand: four dossiers in June 2021, whose first day is a Tuesday without holidays after it.
func TestAMapWorkedByHand(t *testing.T) {
	m := flow.Mine([]*flow.Trace{
		trace("a", "2021-06-10", "2021-06-08", "nhan", "2021-06-01", "xu_ly", "2021-06-02", "xong", "2021-06-08"),
		trace("b", "2021-06-10", "2021-06-15", "nhan", "2021-06-01", "xu_ly", "2021-06-04", "xong", "2021-06-15"),
		trace("c", "2021-06-10", "2021-06-10", "nhan", "2021-06-01", "xu_ly", "2021-06-02", "nhan", "2021-06-03", "xu_ly", "2021-06-04", "xong", "2021-06-10"),
		trace("d", "2021-06-30", "", "nhan", "2021-06-11", "xu_ly", "2021-06-14"),
	}, shipped(t), day("2021-06-16"))
	if m.Cases != 4 || m.Open != 1 || m.Late != 1 || m.Reworked != 1 || m.Distinct != 3 || m.Start != "nhan" {
		t.Errorf("%+v", m)
	}
	if got, want := m.Variants[0], (flow.Variant{States: []string{"nhan", "xu_ly", "xong"}, Count: 2, Late: 1, Wait: flow.Wait{N: 2, Median: 5, P90: 10, Total: 15}}); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the commonest way is %+v, want %+v", got, want)
	}
	i := slices.IndexFunc(m.Nodes, func(n flow.Node) bool { return n.State == "xu_ly" })
	// stays: a 2→8 = 4, b 4→15 = 7, c 2→3 = 1 and 4→10 = 4
	if got, want := m.Nodes[i], (flow.Node{State: "xu_ly", Cases: 4, Visits: 5, Returns: 1, Here: 1, Wait: flow.Wait{N: 4, Median: 4, P90: 7, Total: 16}, Share: 695}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if b := m.Bottlenecks(1); len(b) != 1 || b[0].State != "xu_ly" {
		t.Errorf("%+v", b)
	}
}

// TestTheForecastCountsDossiersLikeThisOne: of those still waiting after as long, how many needed longer than is left.
func TestTheForecastCountsDossiersLikeThisOne(t *testing.T) {
	cal, today := shipped(t), day("2021-06-30")
	var past []*flow.Trace
	for i := range 12 { // 12 dossiers that stayed 1 … 12 working days from 1 June
		end := day("2021-06-01")
		for range i + 1 {
			end = cal.Next(end)
		}
		past = append(past, trace(fmt.Sprint("p", i), "2021-06-30", end.String(), "xu_ly", "2021-06-01", "xong", end.String()))
	}
	m := flow.Learn(past, cal, today)
	for _, c := range []struct{ elapsed, allowed, late, of int }{{0, 12, 0, 12}, {0, 6, 6, 12}, {6, 8, 4, 7}, {12, 5, 1, 1}, {13, 20, 0, 0}} {
		if late, of := m.Chance("xu_ly", c.elapsed, c.allowed); late != c.late || of != c.of {
			t.Errorf("after %d of %d: %d of %d, want %d of %d", c.elapsed, c.allowed, late, of, c.late, c.of)
		}
	}
	open := trace("x", "2021-07-02", "", "xu_ly", "2021-06-30")
	if got := m.AtRisk([]*flow.Trace{open}, cal, today); len(got) != 1 || got[0].Late != 10 || got[0].Of != 12 {
		t.Errorf("%+v", got)
	}
	if got := m.AtRisk([]*flow.Trace{trace("x", "2021-07-30", "", "xu_ly", "2021-06-30")}, cal, today); len(got) != 0 {
		t.Errorf("enough time, and yet %+v", got)
	}
	if got := m.AtRisk([]*flow.Trace{trace("x", "2021-07-02", "", "moi", "2021-06-30")}, cal, today); len(got) != 0 {
		t.Errorf("nothing is known of the state, and yet %+v", got)
	}
}

// TestNothingGetsLost: whatever ways dossiers take, each stands in one variant or behind the most common ones, every visit
// of a state but the last of a trace is left over one edge, and a trial never counts a dossier twice.
func TestNothingGetsLost(t *testing.T) {
	cal := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		var traces []*flow.Trace
		steps := 0
		for i := range rapid.IntRange(0, 40).Draw(t, "dossiers") {
			on := day("2021-01-04") + calendar.Date(rapid.IntRange(0, 200).Draw(t, "from"))
			one := &flow.Trace{Code: fmt.Sprint(i), Received: on, Due: on + 30, Finished: calendar.NoDate, Open: true}
			for range rapid.IntRange(1, 6).Draw(t, "steps") {
				one.Steps = append(one.Steps, flow.Step{State: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "state"), On: on, Due: one.Due})
				on += calendar.Date(rapid.IntRange(0, 20).Draw(t, "stay"))
			}
			if rapid.Bool().Draw(t, "done") {
				one.Finished, one.Open = one.Last().On, false
			}
			steps += len(one.Steps)
			traces = append(traces, one)
		}
		m := flow.Mine(traces, cal, day("2021-12-01"))
		visits, edges, variants := 0, 0, 0
		for _, n := range m.Nodes {
			visits += n.Visits
		}
		for _, e := range m.Edges {
			edges += e.Count
		}
		for _, v := range m.Variants {
			variants += v.Count
		}
		if visits != steps || edges != steps-len(traces) || m.Cases != len(traces) || variants > m.Cases || m.Distinct <= len(m.Variants) && variants != m.Cases {
			t.Fatalf("%d visits of %d, %d edges, %d of %d dossiers in variants", visits, steps, edges, variants, m.Cases)
		}
		if r := flow.Try(traces, cal, day("2021-12-01")); r.Hit > r.Said || r.Hit > r.Late || r.Said+r.Unsure > r.Tried || r.Tried > len(traces) {
			t.Fatalf("%+v", r)
		}
	})
}

// TestTheForecastOnARealLog tries the forecast on the receipt phase of 1,434 building permits, each looked at once when half of its time was
// over, having learned from earlier ones only. The figures are what it does, so that a change that makes it worse is seen.
func TestTheForecastOnARealLog(t *testing.T) {
	log := shared.Dir(t, "data", "event-logs", "receipt.csv")
	ctx := context.Background()
	a, err := app.Open(ctx, app.Options{Data: t.TempDir(), Clock: func() time.Time { return time.Date(2021, 6, 14, 2, 0, 0, 0, time.UTC) }})
	must(t, err)
	defer a.Close()
	_, err = a.ImportLog(ctx, app.LogImport{Path: log, Name: "receipt", Actor: "test"})
	must(t, err)
	v, err := a.Flow.View(ctx, flow.Query{Procedure: "imported/receipt"})
	must(t, err)
	if v.Cases != 1434 || len(v.Nodes) != 28 { // 27 activities and the end
		t.Errorf("%d cases, %d activities", v.Cases, len(v.Nodes))
	}
	want := flow.Trial{From: day("2011-08-08"), To: day("2012-05-13"), Learned: 833, Tried: 269, Late: 103, Unsure: 13, Said: 5, Hit: 3}
	if v.Trial != want || v.Trial.Useful() {
		t.Errorf("%+v, want %+v: too little is said to be worth anything, since the log ends long before the permits do", v.Trial, want)
	}
}
