package e2e

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"trucot/internal/app/page/attachments"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/council"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/directive"
	"trucot/internal/room/directive/schedule"
)

// kept is a thing that not everybody may see: the addresses that lead to it, and the words that only it holds.
type kept struct {
	word  string
	paths []string
}

// keepers is an agency in which each thing of the workspace exists once where few may see it. Every word begins with
// "bimat", so that a search finds them all.
func keepers(t *testing.T) (a *agency, things map[string]*kept) {
	t.Helper()
	a, _ = guarded(t)
	a.outside(t)
	ctx := context.Background()
	things = map[string]*kept{}
	keep := func(name string, paths ...string) *kept {
		things[name] = &kept{"bimat-" + strings.ReplaceAll(name, " ", "-"), append(paths, fmt.Sprint("/so-cai/", a.Ledger.Head()))}
		return things[name]
	}
	file := func(name, owner, unit string) {
		word := "bimat-" + strings.ReplaceAll(name, " ", "-")
		f, err := a.Attachments.Add(ctx, attachment.Incoming{Owner: owner, Name: word + ".txt", Actor: "khai", Unit: unit}, strings.NewReader(word))
		must(t, err)
		keep(name, attachments.Path(f), attachments.Path(f)+"/noi-dung", attachments.Path(f)+"/anh-nho", "/tep?noi="+owner)
	}
	code := a.initiative(t)
	_, err := a.Dossiers.Comment(ctx, code, "bimat-comment", "hung", func(string) bool { return true })
	must(t, err)
	keep("comment", "/ho-so/"+code, "/ho-so/"+code+"/xem", "/ho-so/"+code+"?ngay=2021-06-08", "/ho-so/"+code+"/phieu/tiep-nhan.docx", "/api/v1/ho-so/"+code)
	file("dossier file", "dossier/"+code, "qlcn")
	for _, unit := range []string{"qlcn", "du"} {
		job, err := a.Tasks.Assign(ctx, task.Assignment{Title: "bimat-task-" + unit, Unit: unit, Due: "15wd", On: calendar.NoDate, Actor: "khai"})
		must(t, err)
		keep("task "+unit, "/viec/"+job.ID, "/viec/"+job.ID+"/sua", "/api/v1/viec/"+job.ID, "/api/v1/viec/"+job.ID+"/lich-su")
		file("task file "+unit, "task/"+job.ID, unit)
	}
	doc, err := a.Directives.Add(ctx, "khai", directive.Document{Kind: "ke_hoach", Symbol: "7-KH/ĐU", Issuer: "Đảng uỷ Sở", Date: calendar.MustParse("2021-06-01"), Summary: "bimat-directive", Unit: "du", EndedOn: calendar.NoDate})
	must(t, err)
	keep("directive", "/chi-dao/"+doc.ID, "/api/v1/chi-dao/"+doc.ID)
	file("directive file", "directive/"+doc.ID, "du")
	c, err := a.Councils.Form(ctx, council.Founding{Dossier: code, Rule: "sang_kien", Decision: "bimat-council", Secretary: "hung", Actor: "hung", Key: "k"})
	must(t, err)
	keep("council", "/hoi-dong/"+c.ID, "/hoi-dong/"+c.ID+"/phieu", "/hoi-dong/"+c.ID+"/tai/kiem-phieu")
	_, err = a.Councils.Seat(ctx, c.ID, council.By{Actor: "hung"}, council.Seating{Account: "hd-1", Role: "chu_tich", Organisation: "Trường Đại học Mẫu"})
	must(t, err)
	_, err = a.Councils.Declare(ctx, c.ID, council.By{Actor: "hd-1"}, "hd-1", []string{"tac_gia"})
	must(t, err)
	keep("conflict").paths = []string{fmt.Sprint("/so-cai/", a.Ledger.Head())}
	_, err = a.Schedule.Enter(ctx, "khai", schedule.Item{Unit: "so", On: calendar.MustParse("2021-06-16"), Start: "08:00", Content: "bimat-draft", Place: "Phòng họp", Chair: "khai"})
	must(t, err)
	keep("draft")
	return a, things
}

// TestEveryThingOfTheWorkspaceStaysWhereItBelongs opens each thing by its addresses as each reader, and looks for its
// words on every list, search, table and answer of the API that takes no name.
func TestEveryThingOfTheWorkspaceStaysWhereItBelongs(t *testing.T) {
	a, things := keepers(t)
	ctx, by := context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	account(t, a.App, "tdc", "tdc")
	must(t, a.People.GrantRole(ctx, by, "tdc", people.Grant{Role: people.UnitHead, Unit: "tdc"}))
	party := []string{"task du", "task file du", "directive", "directive file"}
	state := []string{"comment", "dossier file", "task qlcn", "task file qlcn", "council", "conflict", "draft"}
	var all []string
	all = append(append(all, party...), state...)
	for who, closed := range map[string][]string{
		"":      all,
		"hd-2":  all,
		"tdc":   all,
		"dang":  state,
		"so":    party,
		"xem":   append([]string{"conflict", "draft"}, party...),
		"phong": append([]string{"draft"}, party...),
	} {
		r := reader{t: t, url: a.url, c: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
		if who != "" {
			r = a.reader(t, who)
		}
		for _, name := range closed {
			for _, path := range things[name].paths {
				if status, _ := r.get(path); status < 300 || status >= 500 {
					t.Errorf("%q opens the %s (%s): %d", who, name, path, status)
				}
			}
		}
		for _, path := range a.lists(ctx) {
			_, page := r.get(path)
			for _, name := range closed {
				if strings.Contains(unpacked(page), things[name].word) {
					t.Errorf("%q reads of the %s on %s", who, name, path)
				}
			}
		}
	}
}

// lists are the addresses without a name in them: every route that only shows, asked for all there is.
func (a *agency) lists(ctx context.Context) []string {
	var out []string
	for _, rt := range a.Site(ctx, siteOptions).Routes() {
		path := strings.TrimSuffix(rt.Pattern, "{$}")
		if rt.Method != http.MethodGet || strings.Contains(path, "{") {
			continue
		}
		for _, query := range []string{"", "?xem=all&q=bimat", "?xem=all&don-vi=so&unit=so&dinh-dang=csv", "?xem=all&dinh-dang=xlsx&tuan=2021-W24&ben=state"} {
			out = append(out, path+query)
		}
	}
	return out
}

// unpacked is what an answer says; the parts of an office file one after the other.
func unpacked(body string) string {
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	if err != nil {
		return body
	}
	var out strings.Builder
	for _, f := range z.File {
		if r, err := f.Open(); err == nil {
			io.Copy(&out, r)
			r.Close()
		}
	}
	return out.String()
}

// TestAnothersThingReadsAsNone: the page about a thing out of reach is the page about one that is not there.
func TestAnothersThingReadsAsNone(t *testing.T) {
	a, things := keepers(t)
	account(t, a.App, "tdc", "tdc")
	must(t, a.People.GrantRole(context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}, "tdc", people.Grant{Role: people.UnitHead, Unit: "tdc"}))
	r := a.reader(t, "tdc")
	for _, name := range []string{"comment", "dossier file", "task qlcn", "task du", "task file du", "directive", "council"} {
		path := things[name].paths[0]
		cut := strings.LastIndex(path, "/") + 1
		was, hidden := r.get(path)
		is, none := r.get(path[:cut] + "nosuch")
		if was != is || strings.ReplaceAll(hidden, path[cut:], "") != strings.ReplaceAll(none, "nosuch", "") {
			t.Errorf("%s: %d and %d, or the pages differ", path, was, is)
		}
	}
}

// TestAnInvitationLeadsToItsCouncil: a notice names the council to those who sit in it, and nothing to those who do no more.
func TestAnInvitationLeadsToItsCouncil(t *testing.T) {
	a, _ := guarded(t)
	a.outside(t)
	at := a.ready(t, a.initiative(t))
	must(t, a.Notify.Step(context.Background()))
	if _, page := a.reader(t, "hd-1").get("/thong-bao"); !strings.Contains(page, at) {
		t.Errorf("the notice does not lead to %s", at)
	}
}
