package e2e

import (
	"fmt"
	"strings"
	"testing"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/party"
)

// party drives the operations on the Party's organisations, applicants, congresses and planning.
func (d *driver) party(t *testing.T) {
	ctx, by := t.Context(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	must(t, d.a.People.OpenUnit(ctx, by, people.Unit{Code: "dbm", NameVI: "Đảng ủy mẫu", Side: people.Party, Kind: "dang_bo_co_so"}))
	must(t, d.a.People.OpenUnit(ctx, by, people.Unit{Code: "dbm1", NameVI: "Chi bộ mẫu", Parent: "dbm", Side: people.Party, Kind: "chi_bo"}))
	must(t, d.a.People.GrantRole(ctx, by, "tatca", people.Grant{Role: people.PartyOffice, Unit: "dbm"}))
	for _, id := range []string{"DV-00001", "DV-00002"} {
		_, err := d.a.Party.Receive(ctx, party.Entry{ID: id, Unit: "dbm1", Name: "Đảng viên mẫu", Decided: calendar.MustParse("1999-02-03"), Admitted: calendar.MustParse("1999-02-03"),
			Official: calendar.MustParse("2000-02-03"), Born: calendar.NoDate, On: calendar.MustParse("2021-06-01"), Actor: "test"})
		must(t, err)
	}
	last := func(out map[string]any) string {
		path := fmt.Sprint(out["path"])
		return path[strings.LastIndex(path, "/")+1:]
	}
	d.do("party-body-establish", fields{"code": "dbm2", "name": "Chi bộ hai mẫu", "kind": "chi_bo", "above": "dbm", "on": "2021-06-10", "basis": "01-QĐ/ĐU"})
	d.do("party-body-change", fields{"term": "2021–2023", "seats": []fields{{"member": "DV-00001", "post": "secretary"}}}, "ma", "dbm1", "viec", "dai-hoi")
	d.do("party-body-change", fields{"parts": []fields{{"code": "dbm3", "name": "Chi bộ ba mẫu"}, {"code": "dbm4", "name": "Chi bộ bốn mẫu"}}}, "ma", "dbm2", "viec", "tach")

	d.members(last)
	applicant := last(d.do("party-applicant-watch", fields{"name": "Quần chúng mẫu", "unit": "dbm1", "sex": "female", "born": "1995-05-20", "youth": true}))
	step := func(viec string, body fields) {
		t.Helper()
		d.do("party-applicant-act", body, "id", applicant, "viec", viec)
	}
	step("hoc", fields{})
	step("ho-so", fields{"sponsors": []fields{{"who": "DV-00001", "since": "2020-01-01"}, {"who": "youth"}}})
	step("chi-bo", fields{"for": 2, "of": 2})
	step("cap-uy", fields{"for": 5, "of": 5})
	step("quyet-dinh", fields{})
	step("le", fields{})

	_, err := d.a.Party.Receive(ctx, party.Entry{ID: "DV-00009", Unit: "dbm1", Name: "Đảng viên mẫu", Decided: calendar.MustParse("2020-05-04"), Admitted: calendar.MustParse("2020-05-20"),
		Official: calendar.NoDate, Born: calendar.NoDate, On: calendar.MustParse("2021-06-01"), Actor: "test"})
	must(t, err)
	for range 3 {
		d.do("party-member-act", fields{"cell": fields{"for": 1, "of": 3}}, "id", "DV-00009", "viec", "khong-dat")
	}
	d.do("party-member-act", fields{"number": "03-BC/CB"}, "id", "DV-00009", "viec", "bao-cao")
	if m := d.do("party-member", fields{}, "id", "DV-00009"); m["referred"] == nil || len(m["failed"].([]any)) != 3 {
		t.Error(m)
	}

	congress := last(d.do("party-congress-open", fields{"unit": "dbm", "term": "2020–2025", "on": today.String(), "positions": []fields{{"post": "secretary", "seats": 1}}}))
	d.do("party-congress-act", fields{"member": "DV-00002", "position": "secretary"}, "id", congress, "viec", "gioi-thieu")
	d.do("party-congress-act", fields{"votes": map[string]int{"DV-00002/secretary": 9}, "of": 9}, "id", congress, "viec", "ket-qua")
	if known, err := d.a.Party.Committees(ctx, "dbm"); err != nil || len(known) != 1 || known[0].Seats[0].Member != "DV-00002" {
		t.Error(known, err)
	}
	d.honours(last)
	plan := last(d.do("party-planning-open", fields{"unit": "dbm", "term": "2025–2030", "positions": []fields{{"title": "Bí thư", "seats": 1}}}))
	d.do("party-planning-act", fields{"member": "DV-00001", "position": "1"}, "id", plan, "viec", "gioi-thieu")
	out := d.do("party-planning-act", fields{"candidate": "DV-00001/1", "reason": "Xin rút (mẫu)"}, "id", plan, "viec", "rut")
	if x := d.do("party-plan", fields{}, "id", plan); strings.Contains(fmt.Sprint(x), "reason") {
		t.Error("sealed words are given out:", out, x)
	}
}

// members drives the operations on members and on what organisations do.
func (d *driver) members(last func(map[string]any) string) {
	d.t.Helper()
	member := last(d.do("party-member-add", fields{"name": "Đảng viên đến mẫu", "unit": "dbm1", "arrived": true, "decided": "1985-02-03", "admitted": "1985-02-03", "official": "1986-02-03", "on": "2021-06-10"}))
	d.do("party-member-act", fields{"years": 30, "on": "2021-06-12"}, "id", member, "viec", "huy-hieu")
	planned := last(d.do("party-record-add", fields{"unit": "dbm1", "title": "Sinh hoạt tháng 6 (mẫu)", "plan": true}, "loai", "sinh-hoat"))
	d.do("party-record-act", fields{"title": "Sinh hoạt tháng 6 (mẫu)", "on": "2021-06-11", "text": "Biên bản mẫu", "present": []string{member, "DV-00001"},
		"decisions": []fields{{"text": "Giao việc mẫu", "unit": "dbm1", "due": "15wd"}}}, "loai", "sinh-hoat", "id", planned, "viec", "xong")
	year := last(d.do("party-record-add", fields{"unit": "dbm1", "title": "Xếp loại mẫu", "results": []fields{{"subject": member, "class": "good", "votes": 2}}}, "loai", "xep-loai"))
	for id, said := range map[string]string{planned: "Biên bản mẫu", year: "good"} {
		rec, err := d.a.Party.Record(d.t.Context(), id)
		must(d.t, err)
		if !strings.Contains(fmt.Sprintf("%+v", *rec), said) || rec.Stage != party.Done {
			d.t.Errorf("%+v", *rec)
		}
	}
	for want := range 2 {
		paper := last(d.do("party-record-add", fields{"unit": "dbm1", "title": "Nghị quyết mẫu", "form": "NQ"}, "loai", "van-ban"))
		rec, err := d.a.Party.Record(d.t.Context(), paper)
		if must(d.t, err); !strings.HasPrefix(rec.Number, fmt.Sprintf("%02d", want+1)) {
			d.t.Errorf("document %d has the number %s", want+1, rec.Number)
		}
	}
}

// honours commends a member whom an assessment classed as excellent.
func (d *driver) honours(last func(map[string]any) string) {
	d.t.Helper()
	assessed := party.Record{Kind: "assessment", Unit: "dbm1", On: calendar.MustParse("2020-12-10"), Title: "Xếp loại mẫu", Until: calendar.NoDate, Results: []party.Result{{Subject: "DV-00001", Class: party.Excellent}}}
	for i := range 5 { // who went elsewhere since
		assessed.Results = append(assessed.Results, party.Result{Subject: fmt.Sprintf("DV-9%04d", i), Class: party.Good})
	}
	_, err := d.a.Party.Enter(d.t.Context(), "test", assessed, false)
	must(d.t, err)
	rec, err := d.a.Party.Record(d.t.Context(), last(d.do("party-honour", fields{"unit": "dbm", "award": "giay_khen_dv", "year": 2020, "on": "2021-02-03", "subjects": []string{"DV-00001"}})))
	must(d.t, err)
	if rec.Award != "giay_khen_dv" || rec.Year != 2020 || !strings.HasPrefix(rec.Number, "01-QĐ") {
		d.t.Errorf("%+v", *rec)
	}
	d.fetch("party-certificate", "/dang/so/khen-thuong/"+rec.ID+"/giay-khen/1")
}
