package main

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be the servers that it starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "serve" || os.Args[1] == "bare") {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestBothServersTakeTheSameCommands(t *testing.T) {
	o := &options{runs: 1, seconds: 300 * time.Millisecond, clients: 4, dir: t.TempDir()}
	ours, theirs, err := pairs(t.Context(), o, 0)
	if err != nil {
		t.Fatal(err)
	}
	if ours[0].commands == 0 || theirs[0].commands == 0 || len(ours[0].latency) != ours[0].commands {
		t.Errorf("%d and %d commands", ours[0].commands, theirs[0].commands)
	}
}

func TestAnOfficeWorksWithoutErrors(t *testing.T) {
	rows, err := office1000(t.Context(), &options{dossiers: 300, dir: t.TempDir()}, 10, 50*time.Millisecond, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if rows[0].value < 100 || rows[1].value != 0 {
		t.Errorf("%v answers, %v errors: %s", rows[0].value, rows[1].value, rows[1].note)
	}
}

func TestGeneratedDossiersCount(t *testing.T) {
	dir := t.TempDir()
	if _, err := generate(t.Context(), dir, 700); err != nil {
		t.Fatal(err)
	}
	o := &options{runs: 1}
	if rows, err := reportRows(t.Context(), o, dir); err != nil || len(rows) != 2 {
		t.Errorf("%v %v", rows, err)
	}
}

func TestFiguresOfGoBenchmarks(t *testing.T) {
	got := benchFigures([]byte("goos: linux\nBenchmarkCube-2   5   900 ns/op   8.5 B/event\nBenchmarkCube-2   5   1000 ns/op   8.6 B/event\nBenchmarkCube-2   5   800 ns/op   8.4 B/event\nPASS\n"))
	if len(got) != 2 || got["Cube ns/op"] != 900 || got["Cube B/event"] != 8.5 {
		t.Error(got)
	}
	if _, err := rowsOf(got, []figureRow{{key: "Columns ns/op"}}); err == nil {
		t.Error("a missing figure was not noticed")
	}
}

func TestAnswersAreRead(t *testing.T) {
	read := func(s string) error { return readAnswer(bufio.NewReader(strings.NewReader(s)), step{path: "/x"}) }
	if err := read("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"); err != nil {
		t.Error(err)
	}
	if err := read("HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\n\r\nlost"); err == nil || !strings.Contains(err.Error(), "lost") {
		t.Error(err)
	}
	if err := read("HTTP/1.1 200 OK\r\n\r\n"); err == nil {
		t.Error("an answer without a length was taken")
	}
}

func TestGoals(t *testing.T) {
	if r := (row{value: 3}).atMost(2); r.met != missed || r.goal != "≤ 2" {
		t.Error(r)
	}
	if r := (row{value: 3}).atLeast(3); r.met != reached {
		t.Error(r)
	}
	if m := median([]float64{9, 1, 5}); m != 5 {
		t.Error(m)
	}
}

func TestTheListIsMeasured(t *testing.T) {
	o := &options{runs: 1, seconds: 200 * time.Millisecond, clients: 4, dossiers: 600, dir: t.TempDir()}
	rows, err := worklistOn(t.Context(), o, "SQLite", o.dir+"/list", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.value <= 0 && r.unit != "ms" { // processor time is told in ticks of 10 ms
			t.Errorf("%s: %v", r.what, r.value)
		}
	}
}

func TestTheArticleIsMeasured(t *testing.T) {
	rows, err := measurePortal(t.Context(), &options{runs: 1, seconds: 200 * time.Millisecond, dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if last := rows[len(rows)-1]; rows[0].value <= 0 || last.value != 0 {
		t.Errorf("%v a second; views less visits: %v", rows[0].value, last.value)
	}
}
