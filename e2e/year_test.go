package e2e

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/kernel/ledger/verifier"
)

// TestFromResolutionToResult plays the whole year through the browser, without a script, by its actors: a directive becomes a task
// that a head finishes; units hand their parts in, the office writes, the leader signs, the report is frozen; a conference hears it
// and concludes; its conclusion becomes a task, its news an article that a stranger reads and whose figure opens; and the ledger,
// exported, vouches for all of it.
func TestFromResolutionToResult(t *testing.T) {
	a := start(t)
	campaigner(t, a.App)
	posted(t, a)
	office := browser.New(t, axe)
	actor := func(account string) *browser.Page {
		p := office.Stranger()
		p.Scripts(false)
		a.as(t, p, account)
		return p
	}
	office.Scripts(false)
	a.as(t, office, "vanphong")
	head, leader := actor("truong"), actor("giamdoc")
	says := func(p *browser.Page, what string, words ...string) {
		t.Helper()
		text := p.Text()
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Fatalf("%s: no %q at %s in\n%s", what, w, p.URL(), text)
			}
		}
	}

	// chỉ đạo → nhiệm vụ → kết quả
	office.Open(a.url + "/chi-dao/moi")
	office.Fill("#van-ban", "CHÍNH PHỦ\nSố: 76/NQ-CP\nHà Nội, ngày 15 tháng 7 năm 2020\nNGHỊ QUYẾT\nVề cải cách thủ tục hành chính")
	office.Click(`form[action="/chi-dao/nhan-dien"] button`)
	browser.Eval[bool](office, `document.querySelector('form[action="/chi-dao"] [name="don-vi"]').value = 'so', true`)
	office.Click(`form[action="/chi-dao"] button`)
	says(office, "entering a directive", "76/NQ-CP")
	office.Click(`.kh-acts a[href^="/viec/moi"]`)
	office.Fill("#nd", "Rà soát thủ tục thẩm định công nghệ (mẫu)")
	office.Fill("#han", "10wd")
	browser.Eval[bool](office, `document.querySelector('form[action="/viec"] [name="don-vi"]').value = 'qlcn', true`)
	office.Click(`form[action="/viec"] button`)
	says(office, "giving out a task", "còn 10 ngày làm việc")
	task := office.URL()
	head.Open(task)
	unfold(head)
	head.Fill(`form[action$="/hoan-thanh"] [name="minh-chung"]`, "Báo cáo 12/BC-QLCN (mẫu)")
	head.Click(`form[action$="/hoan-thanh"] button`)
	office.Open(task)
	unfold(office)
	office.Click(`form[action$="/xac-nhan"] button`)
	says(office, "confirming a task", "Đã xác nhận")

	// đợt báo cáo → báo cáo đã chốt
	office.Open(a.url + "/bao-cao/dot/moi?che-do=so-ket-6-thang&ky=2021-H1")
	office.Click("main form button")
	round := a.url + "/bao-cao/dot/so-ket-6-thang-2021-h1"
	for unit, p := range map[string]*browser.Page{"qlcn": head, "tdc": actor("truongtdc")} {
		p.Open(round + "/phan/" + unit)
		explainRest(p)
		p.Click(`button[formaction$="/nop"]`)
		says(p, "handing a part in", "Đã nộp ngày")
	}
	office.Open(round + "/tong-hop")
	says(office, "consolidating", "21") // three batches of seven articles
	leader.Open(round)
	unfold(leader)
	leader.Click(`form[action$="/ky"] button`)
	says(leader, "signing", "Đã ký")
	office.Open(round)
	office.Click(`form[action$="/ban-hanh"] button`)
	says(office, "issuing", "Đã ban hành", "01/BC-")

	// hội nghị → kết luận → nhiệm vụ
	office.Open(a.url + "/hoi-nghi/moi")
	office.Fill("#ten", "Hội nghị sơ kết 6 tháng đầu năm 2021 (mẫu)")
	browser.Eval[bool](office, `document.querySelector('#ngay').value = '2021-06-14', document.querySelector('#don-vi').value = 'so', true`)
	office.Fill("#gio", "9h")
	office.Fill("#noi", "Hội trường tầng 2")
	office.Fill("#ky", "2021-H1")
	office.Click("main form button")
	hall := strings.TrimSuffix(office.URL(), "?da=luu")
	office.Open(hall + "/moi-them")
	office.Fill("#khach-chuc-danh", "Trưởng phòng")
	office.Fill("#khach-co-quan", "Sở Tài chính mẫu")
	office.Tick(`[value="p-khai so"]`)
	browser.Eval[bool](office, `document.querySelector('#vai-tro').value = 'chair', true`)
	office.Click("main form button")
	next := func() {
		t.Helper()
		office.Open(hall)
		office.Click(".kh-next button")
	}
	next() // mời
	says(office, "inviting", "Đã mời")
	next() // khai mạc
	says(office, "opening", "Đang diễn ra")
	office.Open(hall + "/ket-luan")
	office.Fill("#ket-luan-0", "Phòng Quản lý công nghệ xây dựng kế hoạch thẩm định năm sau")
	browser.Eval[bool](office, `document.querySelector('#don-vi-0').value = 'qlcn', true`)
	office.Fill("#han-0", "20wd")
	office.Click("main form button")
	says(office, "writing conclusions", "Ban hành thông báo, giao nhiệm vụ")
	office.Fill("#so", "12/TB-SKHCN")
	office.Click(".kh-next button")
	says(office, "concluding", "12/TB-SKHCN", "0/1 nhiệm vụ đã xong")
	next() // bế mạc
	next() // công bố
	says(office, "publishing the conference", "Đã công bố")
	head.Open(a.url + "/viec?xem=unit")
	says(head, "the conclusion's task", "xây dựng kế hoạch thẩm định năm sau")

	// tin → người đọc
	office.Open(hall + "/tin")
	office.Click(`main form button`)
	article := browser.Eval[string](office, `document.querySelector('main a[href^="/bien-tap/"]').getAttribute("href")`)
	office.Open(a.url + article)
	office.Click(`form[action$="/trinh"] button`)
	office.Click(`form[action$="/chuyen"] button`)
	leader.Open(a.url + article)
	unfold(leader)
	leader.Click(`form[action$="/duyet"] button`)
	stranger := office.Stranger()
	stranger.Scripts(false)
	stranger.Open(a.url + "/tin-tuc")
	stranger.Click(`main a[href*="hoi-nghi-so-ket"]`)
	says(stranger, "reading the news", "Hội nghị sơ kết 6 tháng đầu năm 2021 (mẫu)", "Hội trường tầng 2")
	stranger.Click(".tt-ref")
	says(stranger, "a figure of the news", "Giá trị tính từ sổ cái")

	var export bytes.Buffer
	_, err := a.Ledger.Export(context.Background(), &export)
	must(t, err)
	if r, err := verifier.Check(&export, verifier.Options{}); err != nil || r.Events != a.Ledger.Head() {
		t.Errorf("the export vouches for %d of %d events: %v", r.Events, a.Ledger.Head(), err)
	}
	if status, _, _ := a.visit(t, "/so-cai", person); status == http.StatusOK {
		t.Errorf("a stranger reads the ledger: %d", status)
	}
}
