package ledger_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

// wait waits for what another goroutine or process will do.
func wait(t *testing.T, done func() bool) {
	t.Helper()
	for range 3000 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not happen within 30 seconds")
}

// killEnv tells the test binary to be the process that is killed: the address of its database.
const killEnv = "TRUCOT_TEST_KILL"

// child appends 10,000 commands from 32 goroutines and prints the position of each acknowledged one;
// false in the test process itself.
func child() bool {
	at := os.Getenv(killEnv)
	if at == "" {
		return false
	}
	db, err := store.Open(ctx, at)
	if err != nil {
		panic(err)
	}
	l, err := ledger.Open(ctx, db, withLoans())
	if err != nil {
		panic(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	for g := range 32 {
		wg.Go(func() {
			for i := range 10_000 / 32 {
				c := lend(fmt.Sprintf("book/%d-%d-%d", os.Getpid(), g, i/3), int64(i%3), "An")
				c.Key = fmt.Sprintf("%d-%d-%d", os.Getpid(), g, i)
				r, err := l.Append(ctx, c)
				if err != nil {
					panic(err)
				}
				mu.Lock()
				fmt.Println(r[0].Position)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return true
}

func TestEveryAcknowledgedCommandSurvivesAKill(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		var acknowledged []int64
		for range 3 {
			acknowledged = append(acknowledged, killed(t, at)...)
		}
		l, db, _ := start(t, at, withLoans())
		if len(acknowledged) == 0 {
			t.Fatal("nothing was acknowledged before the kill")
		}
		for _, p := range acknowledged {
			if p > l.Head() {
				t.Fatalf("event %d was acknowledged and is lost; the head is %d", p, l.Head())
			}
		}
		positions(t, l)
		if n, _ := loanRows(t, db); n != l.Head() {
			t.Fatalf("%d rows for %d events", n, l.Head())
		}
		report, err := l.Verify(ctx)
		if err != nil || !report.Sound() || report.Events != l.Head() {
			t.Fatalf("%+v %v", report, err)
		}
		rebuilt, err := l.Rebuild(ctx)
		if err != nil || !rebuilt[0].Equal() {
			t.Fatalf("%+v %v", rebuilt, err)
		}
		fillLoans(t, l, 10)
	})
}

// killed runs the child until it has acknowledged a random number of commands, kills it, and returns
// the positions it had printed.
func killed(t *testing.T, at string) (acknowledged []int64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killEnv+"="+at)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	limit := 500 + rand.IntN(4000)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		p, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			break // the kill cut the line
		}
		if acknowledged = append(acknowledged, p); len(acknowledged) == limit {
			cmd.Process.Kill()
		}
	}
	if err := cmd.Wait(); err == nil || len(acknowledged) < limit {
		t.Fatalf("the process ended by itself after %d commands: %v\n%s", len(acknowledged), err, complaint.String())
	}
	return acknowledged
}
