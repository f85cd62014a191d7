package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
)

// meet has a council decide on a dossier: the secretary forms it and sends the papers, the members declare and vote, the
// first of them on a telephone and in sight, everybody for; the count is confirmed and concluded.
func (o *office) meet(t *testing.T, l *life, rule *procedure.Council) {
	t.Helper()
	secretary := o.reader(t, "vien")
	send := func(r reader, path string, in url.Values) {
		t.Helper()
		if status, page := r.post(path, in); status != http.StatusOK {
			t.Fatalf("%s answers %d: %s", path, status, page[strings.Index(page, "<main"):])
		}
	}
	send(secretary, "/hoi-dong", url.Values{"ho-so": {l.code}, "loai": {rule.ID}, "thu-ky": {"vien"}, "quyet-dinh": {"12/QĐ-SKHCN"}, "khoa": {l.code}})
	at := "/hoi-dong/" + o.council(t).ID
	seats := seatsOf(rule)
	roll := url.Values{}
	for i, seat := range seats {
		id := fmt.Sprint("hd-", i+1)
		send(secretary, at+"/thanh-vien", url.Values{"tai-khoan": {id}, "vi-tri": {seat}, "noi-cong-tac": {"Trường Đại học Mẫu"}})
		send(o.reader(t, id), at+"/khai", url.Values{})
		roll.Set("co-mat."+id, "co")
	}
	today := calendar.Date(o.day.Load())
	send(secretary, at+"/hop", url.Values{"ngay": {(today + 20).String()}, "dia-diem": {"Phòng họp tầng 2"}})
	send(secretary, at+"/tai-lieu", url.Values{"tai-lieu": {"Hồ sơ đề nghị"}})
	o.on(today + 20)
	secretary = o.reader(t, "vien")
	send(secretary, at+"/diem-danh", roll)
	send(secretary, at+"/mo", url.Values{})
	o.voteOnATelephone(t, l, at, rule)
	for i := 1; i < len(seats); i++ {
		ballot := url.Values{"khoa": {"phieu"}, "gui": {"1"}}
		for name, value := range inFavour(rule) {
			ballot.Set(name, value)
		}
		send(o.reader(t, fmt.Sprint("hd-", i+1)), at+"/phieu", ballot)
	}
	send(secretary, at+"/dong", url.Values{})
	send(o.reader(t, "hd-1"), at+"/xac-nhan", url.Values{})
	send(secretary, at+"/ket-luan", url.Values{"ket-luan": {"Hội đồng thống nhất đề nghị."}})
}

// voteOnATelephone is the first member's ballot.
func (o *office) voteOnATelephone(t *testing.T, l *life, at string, rule *procedure.Council) {
	t.Helper()
	p := o.as(t, "hd-1")
	p.Size(390, 844)
	p.Open(o.url + at + "/phieu")
	if n := p.Overflow(); n > 0 {
		t.Errorf("the ballot is %d px too wide", n)
	}
	const form = ".kh-sheet form"
	for name, value := range inFavour(rule) {
		at := `[name="` + name + `"]`
		if strings.HasPrefix(name, "p.") && rule.Ballot.Kind == procedure.BallotScore {
			p.Fill(at, value)
		} else {
			p.Tick(at + `[value="` + value + `"]`)
		}
	}
	p.Shot(os.Getenv("SHOTS"), "phieu-"+l.def.ID)
	p.Click(form + " button")
	p.Click("button[name=gui]")
	if text := p.Text(); !strings.Contains(text, "Đã nhận phiếu của bạn.") {
		t.Fatalf("the ballot was not received:\n%s", text)
	}
}

// seatsOf fills the smallest council that the rule allows.
func seatsOf(rule *procedure.Council) []string {
	var seats []string
	spare := ""
	for _, r := range rule.Roles {
		for range r.Min {
			seats = append(seats, r.ID)
		}
		if r.Max == 0 {
			spare = r.ID
		}
	}
	for len(seats) < rule.Size.Min {
		seats = append(seats, spare)
	}
	return seats
}

// inFavour is a ballot for the first file of a council: full marks, every criterion met, the best level, or yes.
func inFavour(rule *procedure.Council) map[string]string {
	out := map[string]string{}
	switch b := rule.Ballot; b.Kind {
	case procedure.BallotScore, procedure.BallotCriteria:
		for _, c := range b.Criteria {
			out["p.1."+c.ID] = "1"
			if b.Kind == procedure.BallotScore {
				out["p.1."+c.ID] = fmt.Sprint(c.Weight)
			}
		}
	case procedure.BallotRating:
		out["c.1"] = b.Levels[0].ID
	default:
		out["c.1"] = "yes"
	}
	return out
}
