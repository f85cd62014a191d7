package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"trucot/internal/app"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/portal"
	"trucot/internal/testing/postgres"
)

// The goal of the search page.
const searchP95 = 35 // ms

// What the generated articles hold: about 150 words that come as often as in a language, and two words more in 15 % and in
// 0.15 % of them.
const (
	denseWords, denseEvery = "đậm đặc", 20 // three of so many
	rareWords, rareEvery   = "hiếm gặp", 667
	articleWords           = 150
)

// measureSearch is the search page over many articles with a filter, counted facets and snippets, on both engines.
func measureSearch(ctx context.Context, o *options) ([]row, error) {
	server, err := postgres.Start(true)
	if err != nil {
		return nil, err
	}
	at, err := server.Create("search")
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(server) // it ends with its value
	var rows []row
	for _, place := range o.places(at) {
		some, err := searchOn(ctx, o, place.name, o.folder(place, "search", o.articles), place.db)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", place.name, err)
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

func searchOn(ctx context.Context, o *options, name, dir, db string) ([]row, error) {
	link, err := fillNews(ctx, dir, db, o.articles, filled(dir))
	if err != nil {
		return nil, err
	}
	args := []string{"serve", "-data", dir, "-db", db}
	if o.profile != "" {
		args = append(args, "-profile", filepath.Join(o.profile, "search-"+name+".pprof"))
	}
	p, err := startSelf(ctx, args...)
	if err != nil {
		return nil, err
	}
	rows, err := searches(ctx, o, name, p, link)
	return rows, errors.Join(err, p.stop())
}

func searches(ctx context.Context, o *options, name string, p *process, link string) ([]row, error) {
	if err := firstAnswer(ctx, p.addr); err != nil {
		return nil, err
	}
	v := visitor{http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, "http://" + p.addr, ""}
	var err error
	if v.cookie, err = v.logIn(link); err != nil {
		return nil, err
	}
	address := func(words string) string { return "/tim-kiem?loai=news&q=" + url.QueryEscape(words) }
	began := time.Now()
	res, err := v.get(address(rareWords))
	if err != nil {
		return nil, err
	}
	res.Body.Close()
	rows := []row{{what: name + ": first search of a process, which reads every record", value: time.Since(began).Seconds(), unit: "s", note: fmt.Sprint(o.articles, " articles")}}
	for _, q := range []struct{ name, words string }{{"dense", denseWords}, {"rare", rareWords}} {
		var all []outcome
		for range o.runs {
			ran, err := load(ctx, p, o.clients, o.seconds, "", func(_, _ int) (step, bool) {
				return step{path: address(q.words), get: "Accept-Encoding: gzip\r\nCookie: " + v.cookie}, true
			})
			if err != nil {
				return nil, err
			}
			all = append(all, ran)
		}
		rows = append(rows,
			row{what: fmt.Sprintf("%s: %s query as a page, %d clients, p95", name, q.name, o.clients), unit: "ms",
				value: medianOf(len(all), func(i int) float64 { return quantile(all[i].latency, 0.95) })}.atMost(searchP95),
			row{what: name + ": " + q.name + " query as a page", unit: "/s", value: medianOf(len(all), func(i int) float64 { return all[i].perSecond() })},
			row{what: name + ": server processor time of one", unit: "ms",
				value: medianOf(len(all), func(i int) float64 {
					return float64(all[i].cpu.Microseconds()) / 1000 / float64(all[i].commands)
				})})
	}
	return append(rows, row{what: name + ": memory of the server after that", value: p.memory(), unit: "MiB"}), nil
}

// fillNews records n published articles through the ledger with every fold, and gives a link by which somebody logs in.
func fillNews(ctx context.Context, dir, db string, n int, filled bool) (link string, err error) {
	a, err := app.Open(ctx, app.Options{Data: dir, DB: db})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if filled {
		link, _, err = a.People.NewLink(ctx, "bench")
		return link, err
	}
	by := people.By{Actor: "bench", On: calendar.MustParse("2020-01-01")}
	if err := a.People.OpenUnit(ctx, by, people.Unit{Code: "so", NameVI: "Sở mẫu", Side: people.State}); err != nil {
		return "", err
	}
	if err := a.People.OpenAccount(ctx, by, "bench", "bench"); err != nil {
		return "", err
	}
	if err := a.People.GrantRole(ctx, by, "bench", people.Grant{Role: people.Leader, Unit: "so"}); err != nil {
		return "", err
	}
	vocabulary := syllables()
	for first := 0; first < n; first += generatedAtOnce {
		batch := make([]ledger.Command, 0, generatedAtOnce)
		for i := first; i < min(n, first+generatedAtOnce); i++ {
			batch = append(batch, published(vocabulary, i))
		}
		if _, err := a.Ledger.Append(ctx, batch...); err != nil {
			return "", err
		}
	}
	link, _, err = a.People.NewLink(ctx, "bench") // last: it does not hold for long
	return link, errors.Join(err, markFilled(dir))
}

// published is the i-th article, drafted and let out.
func published(vocabulary []string, i int) ledger.Command {
	r := rand.New(rand.NewPCG(uint64(i), 5))
	z := rand.NewZipf(r, 1.07, 8, uint64(len(vocabulary)-1))
	words := make([]string, articleWords, articleWords+2)
	for k := range words {
		words[k] = vocabulary[z.Uint64()]
	}
	if i%denseEvery < 3 {
		words = append(words, denseWords)
	}
	if i%rareEvery == 0 {
		words = append(words, rareWords)
	}
	id := fmt.Sprintf("2020-%06d", i)
	on := calendar.MustParse("2020-01-01") + calendar.Date(i%1500)
	content := portal.Content{Lang: "vi", Section: "hoat-dong", Title: "Tin đo thử " + strings.Join(words[:4], " "), Body: portal.ParseMarkup(strings.Join(words, " "))}
	return ledger.Command{Stream: "article/" + id, Actor: "bench", Unit: "so", Events: []ledger.NewEvent{
		{Kind: "article.drafted", On: on, Data: map[string]any{"id": id, "unit": "so", "side": people.State, "content": content}},
		{Kind: "article.stepped", On: on, Data: map[string]any{"step": portal.Approve, "publish_at": on.Time()}},
	}}
}

// syllables are 6,000 words that look Vietnamese.
func syllables() []string {
	onset := strings.Fields("b c ch d đ g h kh l m n ng nh ph qu r s t th tr v x")
	rhyme := strings.Fields("a an ang anh ao át ba côn iên uyên ông ình ương ước ểm ối ữ ổng ạch ịnh ế ờ ăn ân oa oài")
	out := make([]string, 6000)
	for i := range out {
		out[i] = onset[i%len(onset)] + rhyme[i/len(onset)%len(rhyme)] + strings.Repeat("h", i/(len(onset)*len(rhyme)))
	}
	return out
}
