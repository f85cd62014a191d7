package e2e

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/url"
	"strings"
	"testing"

	"trucot/internal/app/api"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/conference"
	"trucot/internal/room/report/campaign"
)

// tiny is a picture, in the smallest file.
func tiny(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))))
	return b.String()
}

func (d *driver) work() {
	e := fields{"kind": "inspection", "unit": "tdc", "on": "2021-06-10", "title": "Kiểm tra đo lường (mẫu)", "amounts": fields{"fines": 7.5}}
	_, id, _ := strings.Cut(fmt.Sprint(d.do("activity-enter", e)["stream"]), "/")
	e["amounts"], e["reason"] = fields{"fines": 9}, "Nhầm số"
	delete(e, "kind")
	d.do("activity-change", e, "id", id)
	d.do("activity-change", fields{"do": "rut", "reason": "Trùng"}, "id", id)
	d.do("figure-set", fields{"indicator": "info.articles", "unit": "so", "period": "2021", "role": "target", "value": "1.200"})
}

func (d *driver) conference(t *testing.T) {
	must(t, d.a.People.GivePost(t.Context(), people.By{Actor: "test", On: today}, people.Post{Person: "p-hung", Unit: "qlcn", TitleVI: "Chuyên viên"}))
	head := fields{"name": "Hội nghị mẫu", "occasion": "so_ket", "unit": "so", "day": today.String(), "start": "09:00", "place": "Hội trường mẫu", "period": "2021-H1"}
	id := fmt.Sprint(d.do("conference-prepare", head)["id"])
	do := func(op string, body fields, more ...string) {
		t.Helper()
		d.do(op, body, append([]string{"id", id}, more...)...)
	}
	do("conference-change", head)
	do("conference-programme", fields{"items": []fields{{"what": "Khai mạc", "who": "Ban tổ chức", "minutes": 10}, {"what": "Thảo luận", "minutes": 30}}})
	do("conference-invite", fields{"units": []string{"so", "qlcn"}, "role": "delegate", "post": "Trưởng phòng", "body": "Sở Tài chính mẫu", "name": "Khách mẫu", "guest_role": "guest"})
	do("conference-guest", fields{"role": "chair"}, "n", "1", "what", "vai-tro")
	do("conference-move", fields{"step": "invited"})
	token, err := d.a.Conferences.Token(t.Context(), id, 2)
	must(t, err)
	do("conference-check-in", fields{"token": token})
	do("conference-move", fields{"step": "began"})
	do("conference-item", fields{"item": 2})
	do("conference-ask", fields{"text": "Khi nào xong?"})
	do("conference-talk", fields{"who": "Chủ trì", "answer": "Trong quý III."}, "n", "1", "what", "tra-loi")
	do("conference-pack", fields{"parts": []string{}})
	do("conference-thank", fields{"thanks": []fields{{"who": "Sở Tài chính mẫu", "reason": "Phối hợp tốt"}}})
	do("conference-conclude", fields{"conclusions": []fields{{"text": "Xây dựng kế hoạch (mẫu)", "unit": "qlcn", "due": "15wd"}}})
	do("conference-move", fields{"step": "closed"})
	do("conference-issue", fields{"number": "1/TB-X"})
	status, _, f := d.call("POST", "/api/v1/tep?"+url.Values{"of": {"conference/" + id}, "name": {"hop.png"}}.Encode(), tiny(t))
	if status != 201 {
		t.Fatal(status, f)
	}
	do("conference-photo", fields{"file": f["id"], "caption": "Toàn cảnh", "people": []string{"p-hung"}})
	do("conference-news", fields{})
	c, err := d.a.Conferences.Get(t.Context(), id)
	must(t, err)
	if len(c.Programme) != 2 || c.Programme[1].Minutes != 30 || c.Item != 2 || len(c.Thanks) != 1 || c.Thanks[0].Reason != "Phối hợp tốt" || c.News == "" || len(c.Photos) != 1 || len(c.Photos[0].People) != 1 {
		t.Errorf("%+v", c)
	}
	guests, err := d.a.Conferences.Guests(t.Context(), id)
	must(t, err)
	if guests[0].Role != conference.Chair || len(guests) < 3 {
		t.Errorf("%d guests, the first %+v", len(guests), guests[0])
	}
}

func (d *driver) campaign(t *testing.T) {
	ctx := context.Background()
	campaigner(t, d.a.App)
	id := fmt.Sprint(d.do("campaign-open", fields{"regime": "so-ket-6-thang", "period": "2021-H1", "external": []string{"tdc"}})["id"])
	at := []string{"id", id, "unit", "qlcn"}
	d.do("campaign-part-save", fields{"estimate": fields{"info.articles": 16.5}, "why": fields{"info.articles": "Mở chuyên mục (mẫu)"}, "limitations": "Tin chậm (mẫu)", "causes": "Thiếu người (mẫu)"}, at...)
	c, err := d.a.Campaigns.Get(ctx, id)
	must(t, err)
	p, err := d.a.Campaigns.Part(ctx, id, "qlcn")
	must(t, err)
	if row := p.Entered.Rows["info.articles"]; row.Estimate != 16500 || row.Why != "Mở chuyên mục (mẫu)" || p.Entered.Limitations != "Tin chậm (mẫu)" {
		t.Errorf("%+v", p.Entered)
	}
	var book bytes.Buffer
	outside, err := d.a.Campaigns.Part(ctx, id, "tdc")
	must(t, err)
	must(t, d.a.Campaigns.WriteTemplate(&book, c, outside))
	d.do("campaign-part-import?name=tdc.xlsx", book.String(), "id", id, "unit", "tdc")
	why := map[string]string{}
	lines, err := d.a.Campaigns.Prefill(ctx, c, p)
	must(t, err)
	for _, l := range lines {
		why[l.Indicator] = "Lý do mẫu"
	}
	d.do("campaign-part-save", fields{"why": why}, at...)
	d.do("campaign-part-submit", fields{}, at...)
	d.do("campaign-part-return", fields{"reason": "Bổ sung (mẫu)"}, at...)
	d.do("campaign-act", fields{"due": "2021-06-30", "units": []string{"qlcn"}}, "id", id, "step", "xin-y-kien")
	d.written(id)
	d.do("campaign-act", fields{"reason": "Trùng đợt (mẫu)"}, "id", id, "step", "huy")
	pack, keys := d.packed(t)
	if raw := d.do("campaign-join", fields{"keys": keys, "packages": []fields{{"name": "a.goi.json", "content": pack}}}); raw == nil {
		t.Error("nothing was joined")
	}
}

// written writes a section of a campaign's report and reads it back, with the sums that it quotes.
func (d *driver) written(id string) {
	d.t.Helper()
	at := []string{"id", id}
	sections := func() []any { return d.do("campaign-draft", "", at...)["sections"].([]any) }
	section := func() map[string]any { return sections()[len(sections())-1].(map[string]any) }
	name := fmt.Sprint(section()["id"])
	d.do("campaign-write", fields{"text": "Đã tiếp nhận {{dossier.received}} hồ sơ (mẫu)."}, append(at, "section", name)...)
	if s := section(); s["written"] != true || !strings.Contains(fmt.Sprint(s["text"]), "{{dossier.received}}") || strings.Contains(fmt.Sprint(s["printed"]), "{{") {
		d.t.Error(s)
	}
	path := api.Base + "/bao-cao/dot/" + id + "/noi-dung/" + name
	for body, code := range map[string]string{`{"text":"{{khong.co}}"}`: "campaign.unknown_token", `{"text":"{{"}`: "campaign.broken_token"} {
		if status, _, p := d.call("PUT", path, body); status != 422 || p["code"] != code {
			d.t.Errorf("%s answers %d %v", body, status, p)
		}
	}
	sums := d.do("campaign-sums", "", at...)
	if all := sums["sums"].([]any); len(all) < 10 || sums["version"] == nil || !strings.Contains(fmt.Sprint(sums["missing"]), "qlcn") {
		d.t.Error(sums)
	}
	if records := d.do("campaign-part-records?limit=1", "", append(at, "unit", "qlcn", "figure", "dossier.received")...); len(records["items"].([]any)) != 1 || records["next"] == 0.0 {
		d.t.Error(records)
	}
	one := d.do("campaign-sum", "", append(at, "indicator", "dossier.received")...)
	if parts := one["parts"].([]any); len(parts) < 2 || one["own"] == nil || one["total"] != nil {
		d.t.Error(one)
	}
}

// packed is the signed package of a campaign that is issued, with the keys of its installation.
func (d *driver) packed(t *testing.T) (pack []byte, keys []string) {
	t.Helper()
	ctx := context.Background()
	by := campaign.By{Actor: "vanphong"}
	c, err := d.a.Campaigns.Open(ctx, campaign.Opening{Regime: "tong-ket-nam", Period: "2020", AsOf: calendar.NoDate, Due: calendar.NoDate, DueBy: calendar.NoDate}, by)
	must(t, err)
	pack, err = d.a.Campaigns.Pack(ctx, c.ID)
	must(t, err)
	keys, err = d.a.Ledger.Verifiers(ctx)
	must(t, err)
	return pack, keys
}

func (d *driver) article(t *testing.T) {
	must(t, d.a.People.GrantRole(t.Context(), people.By{Actor: "test", On: today}, "tatca", people.Grant{Role: people.GeneralOffice, Unit: people.Everywhere}))
	draft := fields{"unit": "so", "lang": "vi", "section": "hoat-dong", "title": "Tin mẫu", "lead": "Tóm tắt mẫu", "text": "Đoạn văn mẫu.", "tags": []string{"mẫu", "thử"}}
	_, id, _ := strings.Cut(fmt.Sprint(d.do("article-draft", draft)["stream"]), "/")
	draft["title"] = "Tin mẫu đã sửa"
	d.do("article-change", draft, "id", id)
	if stream := d.do("article-import?"+url.Values{"name": {"tin.txt"}, "unit": {"so"}}.Encode(), "Tin nhập từ tệp (mẫu)\n\n12/06/2021\n\nĐoạn mở đầu của tin mẫu.\n\nĐoạn sau của tin mẫu.")["stream"]; stream == nil {
		t.Error("a file made no draft")
	}
	d.do("article-picture?"+url.Values{"name": {"hop.png"}, "alt": {"Quang cảnh"}}.Encode(), tiny(t), "id", id)
	d.do("article-act", fields{}, "id", id, "step", "trinh")
	d.do("article-act", fields{}, "id", id, "step", "chuyen")
	d.do("article-act", fields{"reason": "Viết lại (mẫu)"}, "id", id, "step", "tra-lai")
	status, _, got := d.call("GET", "/api/v1/bien-tap/"+id, "")
	if status != 200 || got["title"] != "Tin mẫu đã sửa" || !strings.Contains(fmt.Sprint(got["text"]), "Đoạn văn mẫu.") || len(got["tags"].([]any)) != 2 {
		t.Error(status, got)
	}
	status, _, list := d.call("GET", "/api/v1/bien-tap?q=da+sua", "")
	if items, _ := list["items"].([]any); status != 200 || len(items) != 1 {
		t.Error(status, list)
	}
}
