package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"trucot/internal/app"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/testing/postgres"
)

// The goals of the work list.
const (
	listPerSecond = 1500
	listP95       = 50 // ms, as JSON
	pageP95       = 80 // ms, as a page
	onePageP95    = 10 // ms, of a dossier
	firstVisit    = 120_000
	laterVisit    = 30_000
)

// listUnits share the generated dossiers; each has officialsPerUnit who work on the open ones.
const (
	listUnits        = 12
	officialsPerUnit = 6
)

// measureWorklist is the list and a dossier's page over many dossiers, on both engines.
func measureWorklist(ctx context.Context, o *options) ([]row, error) {
	server, err := postgres.Start(true)
	if err != nil {
		return nil, err
	}
	at, err := server.Create("worklist")
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(server) // it ends with its value
	var rows []row
	for _, place := range o.places(at) {
		some, err := worklistOn(ctx, o, place.name, o.folder(place, "list", o.dossiers), place.db)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", place.name, err)
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

func worklistOn(ctx context.Context, o *options, name, dir, db string) ([]row, error) {
	office, err := fillOffice(ctx, dir, db, o.dossiers, filled(dir))
	if err != nil {
		return nil, err
	}
	args := []string{"serve", "-data", dir, "-db", db}
	if o.profile != "" {
		args = append(args, "-profile", filepath.Join(o.profile, "list-"+name+".pprof"))
	}
	p, err := startSelf(ctx, args...)
	if err != nil {
		return nil, err
	}
	rows, err := office.measure(ctx, o, name, p)
	return rows, errors.Join(err, p.stop())
}

func (f *office) measure(ctx context.Context, o *options, name string, p *process) ([]row, error) {
	if err := firstAnswer(ctx, p.addr); err != nil {
		return nil, err
	}
	v := visitor{http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, "http://" + p.addr, ""}
	began := time.Now()
	paths, err := f.addresses(&v)
	if err != nil {
		return nil, err
	}
	rows := []row{{what: name + ": first list of a process", value: time.Since(began).Seconds(), unit: "s", note: fmt.Sprint(o.dossiers, " dossiers")}}
	asJSON, err := f.lists(ctx, o, p, paths, "/api/v1/ho-so?", "Authorization: Bearer "+f.token)
	if err != nil {
		return nil, err
	}
	if v.cookie, err = v.logIn(f.link); err != nil {
		return nil, err
	}
	found, err := wordSearches(&v, name)
	if err != nil {
		return nil, err
	}
	rows = append(rows, found...)
	asPage, err := f.lists(ctx, o, p, paths, "/ho-so?", "Accept-Encoding: gzip\r\nCookie: "+v.cookie)
	if err != nil {
		return nil, err
	}
	one, err := f.one(ctx, o, p, "Accept-Encoding: gzip\r\nCookie: "+v.cookie)
	if err != nil {
		return nil, err
	}
	first, later, err := v.weigh("/ho-so")
	if err != nil {
		return nil, err
	}
	speed := func(all []outcome) float64 {
		return medianOf(len(all), func(i int) float64 { return all[i].perSecond() })
	}
	p95 := func(all []outcome) float64 {
		return medianOf(len(all), func(i int) float64 { return quantile(all[i].latency, 0.95) })
	}
	cost := func(all []outcome) float64 {
		return medianOf(len(all), func(i int) float64 { return float64(all[i].cpu.Microseconds()) / 1000 / float64(all[i].commands) })
	}
	return append(rows,
		row{what: name + ": server processor time a list as JSON", value: cost(asJSON), unit: "ms"},
		row{what: name + ": server processor time a list as a page", value: cost(asPage), unit: "ms"},
		row{what: name + ": list as JSON", value: speed(asJSON), unit: "/s"}.atLeast(listPerSecond),
		row{what: name + ": list as JSON, p95", value: p95(asJSON), unit: "ms"}.atMost(listP95),
		row{what: name + ": list as a page", value: speed(asPage), unit: "/s"},
		row{what: name + ": list as a page, p95", value: p95(asPage), unit: "ms"}.atMost(pageP95),
		row{what: name + ": dossier page, one client, p95", value: p95(one), unit: "ms"}.atMost(onePageP95),
		row{what: name + ": list page with its assets, compressed", value: float64(first), unit: "bytes"}.atMost(firstVisit),
		row{what: name + ": list page alone, compressed", value: float64(later), unit: "bytes"}.atMost(laterVisit),
		row{what: name + ": memory of the server after that", value: p.memory(), unit: "MiB"}), nil
}

// lists loads the server with the lists, each client beginning at another place.
func (f *office) lists(ctx context.Context, o *options, p *process, paths []string, prefix, head string) ([]outcome, error) {
	var all []outcome
	for range o.runs {
		ran, err := load(ctx, p, o.clients, o.seconds, "", func(c, i int) (step, bool) {
			return step{path: prefix + paths[(c*31+i)%len(paths)], get: head}, true
		})
		if err != nil {
			return nil, err
		}
		all = append(all, ran)
	}
	return all, nil
}

func (f *office) one(ctx context.Context, o *options, p *process, head string) ([]outcome, error) {
	r := rand.New(rand.NewPCG(7, 7))
	var all []outcome
	for range o.runs {
		ran, err := load(ctx, p, 1, o.seconds, "", func(_, _ int) (step, bool) {
			i := r.IntN(o.dossiers)
			for listedAt(i) == listUnits-1 { // out of reach
				i = r.IntN(o.dossiers)
			}
			return step{path: fmt.Sprintf("/ho-so/000.00.00.H00-list-%07d", i), get: head}, true
		})
		if err != nil {
			return nil, err
		}
		all = append(all, ran)
	}
	return all, nil
}

// addresses are the lists that people look at: their views, filtered by unit, procedure and status, sorted by every
// key, with the pages after the first.
func (f *office) addresses(v *visitor) ([]string, error) {
	var out []string
	for u := range listUnits - 1 {
		unit := fmt.Sprint("&don-vi=phong_", u)
		out = append(out, "xem=open"+unit, "xem=late"+unit, "xem=all"+unit+"&sap=-nhan", "xem=soon"+unit, "xem=open&nguoi="+official(u, u%officialsPerUnit),
			fmt.Sprintf("xem=all&trang-thai=%d&sap=han", 1+u%10), "xem=all"+unit+"&sap=nop&trang-thai=10")
	}
	for _, p := range generatedProcedures {
		out = append(out, "xem=open&thu-tuc="+p, "xem=all&sap=-ma&thu-tuc="+p, "xem=waiting&thu-tuc="+p)
	}
	out = append(out, "xem=open", "xem=all", "xem=late&sap=nhan", "xem=open&nhom=don-vi", "xem=open&nhom=trang-thai")
	for _, path := range out[:len(out):len(out)] {
		for range 3 { // the pages after it
			next, err := v.next("/api/v1/ho-so?"+path, f.token)
			if err != nil {
				return nil, err
			}
			if next == "" {
				break
			}
			_, path, _ = strings.Cut(next, "?")
			out = append(out, path)
		}
	}
	return out, nil
}

// office is a data folder full of dossiers with a leader who may see them all but those of one unit.
type office struct{ token, link string }

func official(unit, i int) string { return fmt.Sprintf("cv%d-%d", unit, i) }

// fillOffice records n dossiers, nine of ten of them returned, through the ledger with every fold.
func fillOffice(ctx context.Context, dir, db string, n int, filled bool) (f *office, err error) {
	a, err := app.Open(ctx, app.Options{Data: dir, DB: db})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if filled {
		return officeKeys(ctx, a)
	}
	by := people.By{Actor: "bench"}
	err = a.People.OpenUnit(ctx, by, people.Unit{Code: "so", NameVI: "Sở mẫu", Side: people.State})
	for u := 0; u < listUnits && err == nil; u++ {
		err = a.People.OpenUnit(ctx, by, people.Unit{Code: fmt.Sprint("phong_", u), NameVI: fmt.Sprint("Phòng mẫu ", u), Parent: "so", Side: people.State})
		for i := 0; i < officialsPerUnit && err == nil; i++ {
			if err = a.People.OpenAccount(ctx, by, official(u, i), official(u, i)); err == nil {
				err = a.People.GrantRole(ctx, by, official(u, i), people.Grant{Role: people.Specialist, Unit: fmt.Sprint("phong_", u)})
			}
		}
	}
	if err != nil {
		return nil, err
	}
	if err := a.People.OpenAccount(ctx, by, "bench", "bench"); err != nil {
		return nil, err
	}
	for u := range listUnits - 1 { // the scope is on: one unit is out of reach
		if err := a.People.GrantRole(ctx, by, "bench", people.Grant{Role: people.Leader, Unit: fmt.Sprint("phong_", u)}); err != nil {
			return nil, err
		}
	}
	if err := fillDossiers(ctx, a, n); err != nil {
		return nil, err
	}
	if f, err = officeKeys(ctx, a); err != nil { // last: the link does not hold for long
		return nil, err
	}
	return f, markFilled(dir)
}

// officeKeys are new keys to a filled office.
func officeKeys(ctx context.Context, a *app.App) (*office, error) {
	_, token, err := a.People.NewToken(ctx, "bench", "bench", nil, 24*time.Hour)
	if err != nil {
		return nil, err
	}
	link, _, err := a.People.NewLink(ctx, "bench")
	return &office{token, link}, err
}

func fillDossiers(ctx context.Context, a *app.App, n int) error {
	today := calendar.OfTime(time.Now())
	var kinds []*procedure.Procedure
	for _, id := range generatedProcedures {
		p, err := a.Procedures.At(id, today)
		if err != nil {
			return err
		}
		kinds = append(kinds, p)
	}
	for first := 0; first < n; first += generatedAtOnce {
		batch := make([]ledger.Command, 0, generatedAtOnce)
		for i := first; i < min(n, first+generatedAtOnce); i++ {
			batch = append(batch, listed(kinds, i, n, today))
		}
		if _, err := a.Ledger.Append(ctx, batch...); err != nil {
			return err
		}
	}
	return nil
}

// listedAt is the number of the unit of the i-th dossier.
func listedAt(i int) int { return rand.New(rand.NewPCG(uint64(i), 4)).IntN(listUnits) }

// listed is the i-th of n dossiers: filed, received, and as far as it has come.
func listed(kinds []*procedure.Procedure, i, n int, today calendar.Date) ledger.Command {
	r := rand.New(rand.NewPCG(uint64(i), 3))
	p, unit := kinds[r.IntN(len(kinds))], listedAt(i)
	const years = 5 * 365
	on := today - years + calendar.Date(i*years/n)
	due := on + calendar.Date(12+r.IntN(20))
	to := p.States[len(p.States)-1]
	if open := i > n-n/10; open {
		to = p.States[1+r.IntN(len(p.States)-1)]
	} else {
		for _, s := range p.States {
			if s.Status == 10 {
				to = s
			}
		}
	}
	who := ""
	if to.Status > 2 {
		who = fmt.Sprintf(`,"assignee":%q`, official(unit, r.IntN(officialsPerUnit)))
	}
	data := func(state string, status, before int, more string) json.RawMessage {
		return fmt.Appendf(nil, `{"procedure":%q,"version":%q,"digest":%q,"action":"","from":"","to":%q,"status":%d,"prev_status":%d,"late":false%s,"title":%q,"applicant":%q,"dims":{}}`,
			p.ID, p.Version, p.Digest, state, status, before, more, fmt.Sprintf("Hồ sơ mẫu số %d về dây chuyền sản xuất và thiết bị", i), fmt.Sprintf("Công ty mẫu %d", r.IntN(20_000)))
	}
	dates := fmt.Sprintf(`,"due":"%s","received":"%s"`, due, on)
	return ledger.Command{Stream: fmt.Sprintf("dossier/000.00.00.H00-list-%07d", i), Actor: "bench", Unit: fmt.Sprint("phong_", unit), Events: []ledger.NewEvent{
		{Kind: "dossier.submitted", On: on, Data: data(p.States[1].ID, 1, 0, `,"channel":"direct"`)},
		{Kind: "dossier.received", On: on, Data: data(p.States[1].ID, 2, 1, dates)},
		{Kind: "dossier.stepped", On: min(due, today), Data: data(to.ID, to.Status, 2, dates+who)},
	}}
}

// visitor is a browser without a script.
type visitor struct {
	http.Client
	at     string
	cookie string
}

func (v *visitor) get(path string, head ...string) (*http.Response, error) {
	q, err := http.NewRequest(http.MethodGet, v.at+path, nil)
	if err != nil {
		return nil, err
	}
	for i := 0; i+1 < len(head); i += 2 {
		q.Header.Set(head[i], head[i+1])
	}
	if v.cookie != "" {
		q.Header.Set("Cookie", v.cookie)
	}
	res, err := v.Do(q)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return res, err
}

// wordSearches is what looking for words costs one reader: the first time, when the words are read, and then.
func wordSearches(v *visitor, name string) ([]row, error) {
	const n = 20
	took := make([]float64, n+1)
	for i := range took {
		began := time.Now()
		if _, _, err := v.fetch(fmt.Sprint("/ho-so?xem=all&q=ho+so+", i), "gzip"); err != nil {
			return nil, err
		}
		took[i] = float64(time.Since(began).Microseconds()) / 1000
	}
	return []row{{what: name + ": first search by words of a process", value: took[0] / 1000, unit: "s"},
		{what: name + ": search by words as a page, one client", value: medianOf(n, func(i int) float64 { return took[i+1] }), unit: "ms"}}, nil
}

// next is the address of the page after a list's page.
func (v *visitor) next(path, token string) (string, error) {
	res, err := v.get(path, "Authorization", "Bearer "+token)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var list struct{ Next string }
	return list.Next, json.NewDecoder(res.Body).Decode(&list)
}

func (v *visitor) logIn(link string) (cookie string, err error) {
	_, token, _ := strings.Cut(link, "t=")
	res, err := v.PostForm(v.at+"/vao", url.Values{"t": {token}})
	if err != nil {
		return "", err
	}
	res.Body.Close()
	for _, c := range res.Cookies() {
		if c.MaxAge >= 0 { // the others are taken back
			return c.Name + "=" + c.Value, nil
		}
	}
	return "", fmt.Errorf("no session: %s", res.Status)
}

// assetLinks are the addresses that a page loads; fonts are named by the style sheet, and a Vietnamese page needs the
// Latin and the Vietnamese one.
var assetLinks = regexp.MustCompile(`(?:href="|src="|url\()(/tinh/[^")]+)`)

// weigh is the bytes on the wire of a page with all it loads, and of the page alone.
func (v *visitor) weigh(path string) (first, later int, err error) {
	page, size, err := v.fetch(path, "gzip")
	if err != nil {
		return 0, 0, err
	}
	first, later = size, size
	seen := map[string]bool{}
	for todo := assetLinks.FindAllStringSubmatch(page, -1); len(todo) > 0; todo = todo[1:] {
		link := todo[0][1]
		if seen[link] || strings.Contains(link, "latin-ext") {
			continue
		}
		seen[link] = true
		text, size, err := v.fetch(link, "br")
		if err != nil {
			return 0, 0, err
		}
		first += size
		if strings.Contains(link, ".css") {
			if text, _, err = v.fetch(link, ""); err != nil {
				return 0, 0, err
			}
			todo = append(todo, assetLinks.FindAllStringSubmatch(text, -1)...)
		}
	}
	return first, later, nil
}

func (v *visitor) fetch(path, encoding string) (text string, size int, err error) {
	res, err := v.get(path, "Accept-Encoding", encoding)
	if err != nil {
		return "", 0, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(bufio.NewReader(res.Body))
	if err != nil || res.Header.Get("Content-Encoding") != "gzip" {
		return string(raw), len(raw), err
	}
	plain, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return "", 0, err
	}
	out, err := io.ReadAll(plain)
	return string(out), len(raw), err
}
