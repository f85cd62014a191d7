package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"trucot/internal/app"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
)

// The goals of an office at work.
const (
	officePeople = 1000
	officeP99    = 300 // ms
	officeMiB    = 400e6 / (1 << 20)
)

// officePace is how often each person does something; a turn in five is a step of a dossier.
const officePace = 10 * time.Second

// colleague is somebody signed in, with their unit and the dossiers that they bring forward.
type colleague struct {
	session string
	unit    string
	own     []string
	done    int // steps taken
}

// measureOffice is a thousand people signed in, each of whom looks at a page or takes a step every ten seconds, over
// o.dossiers dossiers and with the permission scope on. It lasts as long as -for, at least three turns of everybody.
func measureOffice(ctx context.Context, o *options) ([]row, error) {
	return office1000(ctx, o, officePeople, officePace, max(o.seconds, 3*officePace))
}

func office1000(ctx context.Context, o *options, n int, pace, length time.Duration) ([]row, error) {
	dir := filepath.Join(o.dir, "office")
	if _, err := fillOffice(ctx, dir, "", o.dossiers, false); err != nil {
		return nil, err
	}
	all, err := signIn(ctx, dir, n, int(length/pace)/(5*len(lives[1].steps))+1)
	if err != nil {
		return nil, err
	}
	args := []string{"serve", "-data", dir}
	if o.profile != "" {
		args = append(args, "-profile", filepath.Join(o.profile, "office.pprof"))
	}
	p, err := startSelf(ctx, args...)
	if err != nil {
		return nil, err
	}
	if err := firstAnswer(ctx, p.addr); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	before := p.cpu()
	latency, failed := dayOf(ctx, p.addr, all, pace, length, o.dossiers)
	cpu, peak := p.cpu()-before, p.peak()
	slices.Sort(latency)
	rows := []row{
		{what: fmt.Sprintf("%d people, %s: answers", n, length), value: float64(len(latency)), note: fmt.Sprint(o.dossiers, " dossiers")},
		row{what: "errors", value: float64(len(failed))}.atMost(0),
		{what: "latency p50", value: quantile(latency, 0.5), unit: "ms"},
		row{what: "latency p99", value: quantile(latency, 0.99), unit: "ms"}.atMost(officeP99),
		{what: "server processor time an answer", value: float64(cpu.Microseconds()) / 1000 / float64(max(1, len(latency))), unit: "ms"},
		row{what: "most memory of the server", value: peak, unit: "MiB"}.atMost(officeMiB),
	}
	if len(failed) > 0 {
		rows[1].note = failed[0].Error()
	}
	return rows, p.stop()
}

// signIn gives each person an account with a scope, a task, dossiers of their own, and a session.
func signIn(ctx context.Context, dir string, n, dossiers int) (all []*colleague, err error) {
	a, err := app.Open(ctx, app.Options{Data: dir})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	all = make([]*colleague, n)
	for i := range all {
		all[i] = &colleague{unit: fmt.Sprint("phong_", i%listUnits)}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(64) // the ledger commits them together
	for i, c := range all {
		group.Go(func() error { return c.arrive(ctx, a, fmt.Sprint("nv-", i), dossiers) })
	}
	return all, group.Wait()
}

func (c *colleague) arrive(ctx context.Context, a *app.App, id string, dossiers int) error {
	by := people.By{Actor: "bench"}
	if err := a.People.OpenAccount(ctx, by, id, id); err != nil {
		return err
	}
	for _, role := range []people.Role{people.OneStop, people.UnitHead, people.Specialist} {
		if err := a.People.GrantRole(ctx, by, id, people.Grant{Role: role, Unit: c.unit}); err != nil {
			return err
		}
	}
	if _, err := a.Tasks.Assign(ctx, task.Assignment{External: id, Title: "Việc mẫu của " + id, Unit: c.unit, Owner: id, Due: "15wd", On: calendar.NoDate, Actor: "bench"}); err != nil {
		return err
	}
	for range dossiers {
		l := &lives[1]
		d, err := a.Dossiers.Open(ctx, dossier.Filing{Procedure: l.procedure, On: calendar.NoDate, Actor: id, Unit: c.unit, Fields: l.fields, Documents: l.documents})
		if err != nil {
			return err
		}
		c.own = append(c.own, d.Code)
	}
	link, _, err := a.People.NewLink(ctx, id)
	if err != nil {
		return err
	}
	_, token, _ := strings.Cut(link, "t=")
	c.session, err = a.People.UseLink(ctx, token, people.Visit{})
	return err
}

// dayOf lets everybody work for a time. Each begins at another moment, and waits for the next turn of theirs whatever
// the answer took, as people do.
func dayOf(ctx context.Context, addr string, all []*colleague, pace, length time.Duration, dossiers int) (latency []float64, failed []error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: len(all), DisableCompression: true}, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	began := time.Now()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i, c := range all {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 11))
			for turn, at := i, began.Add(pace*time.Duration(i)/time.Duration(len(all))); at.Before(began.Add(length)); turn, at = turn+1, at.Add(pace) {
				select {
				case <-time.After(time.Until(at)):
				case <-ctx.Done():
					return
				}
				from := time.Now()
				err := c.turn(ctx, client, "http://"+addr, turn, r.IntN(dossiers))
				took := float64(time.Since(from)) / float64(time.Millisecond)
				mu.Lock()
				if latency = append(latency, took); err != nil {
					failed = append(failed, err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return latency, failed
}

// turn is one thing that somebody does: the first page, the list, a dossier, the tasks, a step.
func (c *colleague) turn(ctx context.Context, client *http.Client, at string, turn, any int) error {
	if steps := lives[1].steps; turn%5 == 4 && c.done < len(c.own)*len(steps) {
		code, s := c.own[c.done/len(steps)], steps[c.done%len(steps)]
		c.done++
		return c.send(ctx, client, http.MethodPost, at+"/ho-so/"+code+"/"+s.action, formOf(s), http.StatusSeeOther)
	}
	for "phong_"+fmt.Sprint(listedAt(any)) != c.unit { // the next one in reach
		any = max(0, any-1)
		if any == 0 {
			return c.send(ctx, client, http.MethodGet, at+"/ho-so/"+c.own[0], nil, http.StatusOK)
		}
	}
	path := []string{"/", "/ho-so", fmt.Sprintf("/ho-so/000.00.00.H00-list-%07d", any), "/viec", "/ho-so/" + c.own[0]}[turn%5]
	return c.send(ctx, client, http.MethodGet, at+path, nil, http.StatusOK)
}

// formOf is a step's fields as its form sends them.
func formOf(s lifeStep) url.Values {
	var fields map[string]any
	in := url.Values{}
	if json.Unmarshal([]byte(s.fields), &fields) == nil {
		for name, v := range fields {
			in.Set("f."+name, fmt.Sprint(v))
		}
	}
	return in
}

func (c *colleague) send(ctx context.Context, client *http.Client, method, address string, form url.Values, want int) error {
	q, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	if method == http.MethodPost {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	q.Header.Set("Accept-Encoding", "gzip")
	q.AddCookie(&http.Cookie{Name: "trucot", Value: c.session})
	res, err := client.Do(q)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != want {
		return fmt.Errorf("%s %s: %s", method, strings.TrimPrefix(address, "http://"), res.Status)
	}
	return nil
}
