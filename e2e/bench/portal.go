package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"trucot/internal/app"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/portal"
)

// The goals of a public article.
const (
	readers          = 64
	articlePerSecond = 5000
	articleP95       = 25 // ms
	articleMemory    = 60 // MiB
	perVisit         = 10 // requests of one visitor
)

// measurePortal is one public article under load: the whole page, the copy that still holds, and whether each visit is
// counted once, also when the server is killed a second after the last.
func measurePortal(ctx context.Context, o *options) ([]row, error) {
	dir := filepath.Join(o.dir, "portal")
	path, err := publishOne(ctx, dir)
	if err != nil {
		return nil, err
	}
	p, err := servePortal(ctx, o, dir)
	if err != nil {
		return nil, err
	}
	if err := firstAnswer(ctx, p.addr); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	tag, err := tagOf(ctx, p.addr, path)
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	var visitors atomic.Int64
	var whole, held []outcome
	for run := range o.runs {
		for _, kind := range []struct {
			to   *[]outcome
			name string
			head string
		}{{&whole, "w", "Accept-Encoding: gzip"}, {&held, "h", "If-None-Match: " + tag}} {
			ran, err := load(ctx, p, readers, o.seconds, "", func(c, i int) (step, bool) {
				if i%perVisit == 0 {
					visitors.Add(1)
				}
				return step{path: path, get: fmt.Sprintf("User-Agent: Mozilla/5.0 %s%d-%d-%d\r\n%s", kind.name, run, c, i/perVisit, kind.head)}, true
			})
			if err != nil {
				return nil, errors.Join(err, p.stop())
			}
			*kind.to = append(*kind.to, ran)
		}
	}
	memory := p.memory()
	time.Sleep(1100 * time.Millisecond) // what is younger than a second may be lost
	if err := p.cmd.Process.Kill(); err != nil {
		return nil, err
	}
	_ = p.cmd.Wait() // it was killed
	counted, err := countedViews(ctx, dir, path)
	if err != nil {
		return nil, err
	}
	speed := func(all []outcome) float64 {
		return medianOf(len(all), func(i int) float64 { return all[i].perSecond() })
	}
	p95 := func(all []outcome) float64 {
		return medianOf(len(all), func(i int) float64 { return quantile(all[i].latency, 0.95) })
	}
	return []row{
		row{what: "article, 64 readers", value: speed(whole), unit: "/s"}.atLeast(articlePerSecond),
		row{what: "article, p95", value: p95(whole), unit: "ms"}.atMost(articleP95),
		{what: "article that the browser has (304), 64 readers", value: speed(held), unit: "/s"},
		{what: "article that the browser has (304), p95", value: p95(held), unit: "ms"},
		row{what: "memory of the server after that", value: memory, unit: "MiB"}.atMost(articleMemory),
		row{what: "views less visits, after kill -9", value: float64(counted - visitors.Load()), unit: "", note: fmt.Sprintf("%d visits", visitors.Load())}.atMost(0).atLeast(0),
	}, nil
}

// servePortal runs the program itself, which gives back the memory of its start; this one where a profile is wanted.
func servePortal(ctx context.Context, o *options, dir string) (*process, error) {
	if o.profile == "" && o.program != "" {
		return start(ctx, o.program, "serve", "--data", dir, "--addr", "127.0.0.1:0")
	}
	args := []string{"serve", "-data", dir}
	if o.profile != "" {
		args = append(args, "-profile", filepath.Join(o.profile, "portal.pprof"))
	}
	return startSelf(ctx, args...)
}

// publishOne makes an agency with a public article of usual length and gives its path.
func publishOne(ctx context.Context, dir string) (path string, err error) {
	a, err := app.Open(ctx, app.Options{Data: dir})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.People.OpenUnit(ctx, people.By{Actor: "bench", On: calendar.MustParse("2020-01-01")}, people.Unit{Code: "so", NameVI: "Sở đo thử", Side: people.State}); err != nil {
		return "", err
	}
	text := strings.Repeat("Hội nghị nghe báo cáo, thảo luận và thống nhất các nhiệm vụ trọng tâm của sáu tháng cuối năm, giao từng đơn vị chủ trì. ", 6)
	for n := range 12 {
		x, err := a.Portal.Enter(ctx, "viet", "so", portal.Content{Section: "hoat-dong", Title: fmt.Sprintf("Tin đo thử số %d về hội nghị sơ kết công tác", n+1), Lead: text[:300],
			Body: portal.ParseMarkup(strings.Repeat(text+"\n", 12)), Author: "Người viết mẫu"})
		if err != nil {
			return "", err
		}
		for i, by := range []string{"viet", "bien", "duyet"} {
			m := portal.Move{Step: portal.Moves()[i], Version: int64(i + 1)}
			if err := a.Portal.Take(ctx, by, x.ID, m); err != nil {
				return "", err
			}
		}
		path = x.Path()
	}
	return path, nil
}

// tagOf is the tag of a page. It asks as a program, which is not counted.
func tagOf(ctx context.Context, addr, path string) (string, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		return "", err
	}
	return resp.Header.Get("Etag"), resp.Body.Close()
}

func countedViews(ctx context.Context, dir, path string) (int64, error) {
	a, err := app.Open(ctx, app.Options{Data: dir})
	if err != nil {
		return 0, err
	}
	n, err := a.Portal.Views(ctx, strings.Split(path, "/")[3])
	return n, errors.Join(err, a.Close())
}
