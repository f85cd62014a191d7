package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// desk is an agency with dossiers in work and a token that may move them.
type desk struct {
	*App
	site  http.Handler
	token string
	codes []string
	at    []atomic.Int32 // steps taken of each dossier
}

func newDesk(b *testing.B, dossiers int) *desk {
	b.Helper()
	ctx := context.Background()
	a, err := Open(ctx, Options{Data: b.TempDir(), Clock: func() time.Time { return time.Date(2021, 6, 14, 3, 0, 0, 0, time.UTC) }})
	check(b, err)
	b.Cleanup(func() { a.Close() })
	by := people.By{Actor: "bench"}
	check(b, a.People.OpenUnit(ctx, by, people.Unit{Code: "so", NameVI: "Sở mẫu", Side: people.State}))
	check(b, a.People.OpenAccount(ctx, by, "may", "may"))
	for _, r := range []people.Role{people.Leader, people.Specialist} {
		check(b, a.People.GrantRole(ctx, by, "may", people.Grant{Role: r, Unit: "so"}))
	}
	d := &desk{App: a, at: make([]atomic.Int32, dossiers)}
	_, d.token, err = a.People.NewToken(ctx, "may", "bench", nil, time.Hour)
	check(b, err)
	for range dossiers {
		d.codes = append(d.codes, d.open(b))
	}
	d.site = a.Site(ctx, SiteOptions{Log: slog.New(slog.DiscardHandler)})
	return d
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (d *desk) open(b *testing.B) string {
	b.Helper()
	ctx, on := context.Background(), calendar.MustParse("2021-06-14")
	x, err := d.Dossiers.Open(ctx, dossier.Filing{Procedure: "book_loan", On: on, Actor: "may", Unit: "so", Documents: []string{"the"},
		Fields: map[string]any{"ten_sach": "Sách mẫu", "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1}})
	check(b, err)
	for _, action := range []string{"tiep_nhan", "phan_cong"} {
		_, err = d.Dossiers.Act(ctx, dossier.Act{Code: x.Code, Action: action, On: on, Actor: "may"})
		check(b, err)
	}
	return x.Code
}

// next is the address and body of a dossier's next step: to signature and back again.
func (d *desk) next(i int) (path, body string) {
	if d.at[i].Add(1)%2 == 1 {
		return "/api/v1/ho-so/" + d.codes[i] + "/trinh", `{}`
	}
	return "/api/v1/ho-so/" + d.codes[i] + "/tra_lai", `{"fields":{"ly_do":"xem lại"}}`
}

func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkTransition takes authenticated JSON steps without a network: the server's own CPU a command.
func BenchmarkTransition(b *testing.B) {
	d := newDesk(b, 32)
	var turn atomic.Int64
	before := cpu()
	b.ResetTimer()
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		i := int(turn.Add(1)-1) % len(d.codes)
		for pb.Next() {
			path, body := d.next(i)
			r := httptest.NewRequest("POST", path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+d.token)
			w := httptest.NewRecorder()
			d.site.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Errorf("%d %s", w.Code, w.Body)
				return
			}
		}
	})
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

// BenchmarkTransitionHTTP does the same over loopback with 32 clients: commands a second and the 95th
// percentile. Its CPU is the clients' too.
func BenchmarkTransitionHTTP(b *testing.B) {
	const clients = 32
	d := newDesk(b, clients)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(b, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, ln, d.site) }()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	took := make([][]time.Duration, clients)
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	began := time.Now()
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				at := time.Now()
				if err := d.post(client, ln.Addr().String(), i); err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(at))
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "commands/s")
	all := slices.Concat(took...)
	slices.Sort(all)
	if len(all) > 0 {
		b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "p95-ms")
	}
	stop()
	check(b, <-done)
}

func (d *desk) post(client *http.Client, host string, i int) error {
	path, body := d.next(i)
	r, err := http.NewRequest("POST", "http://"+host+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%d %s", resp.StatusCode, text)
	}
	return err
}
