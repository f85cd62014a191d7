package e2e

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"trucot/e2e/browser"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/conference"
)

// today is the tests' day.
var today = calendar.MustParse("2021-06-14")

// posted gives two people posts, so that somebody can be invited.
func posted(t *testing.T, a *agency) {
	t.Helper()
	ctx, by := context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	for _, p := range []people.Post{{Person: "p-khai", Unit: "so", TitleVI: "Giám đốc Sở"}, {Person: "p-hung", Unit: "qlcn", TitleVI: "Chuyên viên"}} {
		must(t, a.People.GivePost(ctx, by, p))
	}
}

// held is a guarded agency with a conference of each side, open in the hall; the guest from outside has a name that only the
// organisers see.
func held(t *testing.T) (a *agency, state, party *conference.Conference) {
	t.Helper()
	a, _ = guarded(t)
	posted(t, a)
	ctx := context.Background()
	for _, unit := range []string{"so", "du"} {
		occasion := map[string]string{"so": "so_ket", "du": "dang_so_ket"}[unit]
		c, err := a.Conferences.Prepare(ctx, "khai", conference.Head{Name: "Hội nghị mẫu bimat-" + unit, Occasion: occasion, Unit: unit, Day: today, Start: "09:00", Place: "Hội trường mẫu", Period: "2021-H1"})
		must(t, err)
		_, err = a.Conferences.AddGuests(ctx, "khai", c.ID, []conference.Invitee{{Person: "p-khai", Unit: "so", Post: "Giám đốc Sở", Role: conference.Chair},
			{Person: "p-hung", Unit: "qlcn", Post: "Chuyên viên", Role: conference.Delegate}, {Post: "Trưởng phòng", Body: "Sở Tài chính mẫu", Name: "Tên riêng bimat", Role: conference.Honoured}})
		must(t, err)
		must(t, a.Conferences.Move(ctx, "khai", c.ID, conference.Invite, ""))
		must(t, a.Conferences.ReplyTo(ctx, "", c.ID, 3, conference.Answer{Reply: conference.Substitute, Name: "Người thay bimat", Post: "Phó Trưởng phòng"}))
		must(t, a.Conferences.Move(ctx, "khai", c.ID, conference.Begin, ""))
		must(t, a.Conferences.CheckIn(ctx, "khai", c.ID, 3, conference.ByList))
		must(t, a.Conferences.Speak(ctx, "", c.ID, conference.From{Guest: 2}, "Tham luận mẫu", 7))
		must(t, a.Conferences.Ask(ctx, "", c.ID, conference.From{Guest: 3}, "Câu hỏi mẫu bimat-"+unit))
		must(t, a.Conferences.Conclude(ctx, "khai", c.ID, []conference.Conclusion{{Text: "Kết luận mẫu bimat-" + unit, Unit: map[string]string{"so": "qlcn", "du": "du"}[unit], Due: "15wd"}}))
		must(t, a.Conferences.SetThanks(ctx, "khai", c.ID, []conference.Thanks{{Who: "Sở Tài chính mẫu", Reason: "Phối hợp tốt"}}))
		c, err = a.Conferences.Get(ctx, c.ID)
		must(t, err)
		if state == nil {
			state = c
		} else {
			party = c
		}
	}
	return a, state, party
}

// shown are the pages of a conference that whoever reads it may open; kept those of whoever keeps it.
var (
	shown       = []string{"", "/dai-bieu", "/phat-bieu", "/man-hinh", "/tai-lieu", "/tai-lieu.pdf", "/tai/chuong-trinh", "/tai/thong-bao-ket-luan", "/tai/danh-sach-cam-on"}
	keepersOnly = []string{"/chuong-trinh", "/moi-them", "/diem-danh", "/ket-luan", "/cam-on", "/tin", "/giay-moi.pdf", "/dai-bieu/3/giay-moi.docx", "/tai/bien-ban", "/tai/danh-sach-dai-bieu"}
)

// TestConferencesStayWhereTheyBelong opens every page of a conference of each side as everybody, and looks for what only
// some may read.
func TestConferencesStayWhereTheyBelong(t *testing.T) {
	a, state, party := held(t)
	for who, c := range map[string]struct{ state, party int }{ // 0 nothing, 1 reads, 2 keeps
		"so": {2, 0}, "khai": {2, 0}, "xem": {1, 0}, "phong": {0, 0}, "hung": {1, 0}, "dang": {0, 2},
	} {
		r := a.reader(t, who)
		for at, right := range map[string]int{"/hoi-nghi/" + state.ID: c.state, "/hoi-nghi/" + party.ID: c.party} {
			for i, list := range [][]string{shown, keepersOnly} {
				for _, below := range list {
					status, page := r.get(at + below)
					if want := right > i; want != (status == http.StatusOK) || status >= 500 {
						t.Errorf("%s opens %s%s: %d, right %d", who, at, below, status, right)
					}
					if right < 2 && strings.Contains(page, "Tên riêng bimat") || right < 2 && strings.Contains(page, "Người thay bimat") {
						t.Errorf("%s reads a guest's name on %s", who, at+below)
					}
				}
			}
			if status, _ := r.get(at + "x"); status != http.StatusNotFound {
				t.Errorf("%s: %d for a conference that is not there", who, status)
			}
		}
		_, list := r.get("/hoi-nghi")
		if strings.Contains(list, "bimat-so") != (c.state > 0) || strings.Contains(list, "bimat-du") != (c.party > 0) {
			t.Errorf("%s sees the wrong list", who)
		}
		for _, path := range []string{"/so-cai", "/viec?xem=all", "/chi-dao", "/tim?q=bimat"} {
			if _, page := r.get(path); strings.Contains(page, "bimat-du") && c.party == 0 || strings.Contains(page, "Tên riêng bimat") {
				t.Errorf("%s reads of a conference on %s", who, path)
			}
		}
	}
	for e, err := range a.everything() {
		must(t, err)
		if strings.Contains(e, "Tên riêng bimat") || strings.Contains(e, "Người thay bimat") {
			t.Error("a name stands in the ledger")
		}
	}
}

// everything is the data of all events.
func (a *agency) everything() func(yield func(string, error) bool) {
	return func(yield func(string, error) bool) {
		for _, id := range []string{"HN-2021-1", "HN-2021-2"} {
			events, err := a.Ledger.Stream(context.Background(), "conference/"+id)
			for _, e := range events {
				if !yield(string(e.Data), err) {
					return
				}
			}
		}
	}
}

// TestConferencesAreWrittenByWhoKeepsThem sends every form as everybody who may not.
func TestConferencesAreWrittenByWhoKeepsThem(t *testing.T) {
	a, state, party := held(t)
	before := a.Ledger.Head()
	for _, who := range []string{"xem", "phong", "hung", "dang"} {
		r := a.reader(t, who)
		for _, c := range []*conference.Conference{state, party} {
			if who == "dang" && c == party {
				continue
			}
			at := "/hoi-nghi/" + c.ID
			for below, form := range map[string]url.Values{"/sua": {"ten": {"x"}}, "/buoc": {"buoc": {"closed"}}, "/chuong-trinh": {}, "/muc": {"muc": {"2"}}, "/dai-bieu": {"khach-chuc-danh": {"x"}, "khach-co-quan": {"y"}},
				"/dai-bieu/1/diem-danh": {}, "/dai-bieu/3/bo": {}, "/phat-bieu/1/goi": {}, "/ket-luan": {"ket-luan.0": {"x"}}, "/thong-bao": {"so": {"1/TB-X"}}, "/tai-lieu": {"phan": {"so-lieu"}},
				"/cam-on": {"ai.0": {"x"}, "ly-do.0": {"y"}}, "/anh": {"tep": {"x"}}, "/tin": {}} {
				if status, _ := r.post(at+below, form); status != http.StatusForbidden && status != http.StatusNotFound {
					t.Errorf("%s writes to %s%s: %d", who, at, below, status)
				}
			}
		}
		token, err := a.Conferences.Token(context.Background(), state.ID, 1)
		must(t, err)
		if status, _ := r.post("/moi/"+token+"/diem-danh", nil); status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("%s checks somebody in: %d", who, status)
		}
	}
	if now := a.Ledger.Head(); now != before {
		t.Errorf("%d events were recorded", now-before)
	}
}

// TestALinkOpensOneInvitation: a changed number, a changed code and a removed guest read alike; the link of a Party
// conference shows no more than the invitation does.
func TestALinkOpensOneInvitation(t *testing.T) {
	a, state, party := held(t)
	ctx := context.Background()
	stranger := reader{t, a.url, &http.Client{}}
	token, err := a.Conferences.Token(ctx, state.ID, 3)
	must(t, err)
	if status, page := stranger.get("/moi/" + token); status != http.StatusOK || !strings.Contains(page, "Câu hỏi mẫu bimat-so") {
		t.Errorf("the link does not open: %d", status)
	}
	parts := strings.Split(token, ".")
	for name, bad := range map[string]string{"another guest": parts[0] + ".2." + parts[2], "another conference": party.ID + ".3." + parts[2], "a wrong code": parts[0] + ".3." + strings.Repeat("0", len(parts[2])), "no code": parts[0] + ".3.", "nonsense": "x"} {
		if status, page := stranger.get("/moi/" + bad); status != http.StatusNotFound || strings.Contains(page, "bimat") {
			t.Errorf("%s opens: %d", name, status)
		}
	}
	closed, err := a.Conferences.Token(ctx, party.ID, 3)
	must(t, err)
	if status, page := stranger.get("/moi/" + closed); status != http.StatusOK || strings.Contains(page, "Kết luận mẫu") || strings.Contains(page, "Báo cáo công tác đảng") {
		t.Errorf("%d, or the link tells more than the invitation", status)
	}
	for range 5 {
		stranger.post("/moi/"+token+"/hoi", url.Values{"noi-dung": {"Hỏi thêm"}})
	}
	if status, page := stranger.post("/moi/"+token+"/hoi", url.Values{"noi-dung": {"Hỏi nữa"}}); status != http.StatusConflict || !strings.Contains(page, "đang chờ") || !strings.Contains(page, "Hỏi nữa") {
		t.Errorf("a link floods the hall: %d", status)
	}
}

// TestAConferenceFromInvitationToTask is a conference by its actors: the office prepares, a guest replies on a phone by the
// link, the desk checks in by the code, a question is asked and answered, and a conclusion becomes a unit's task.
func TestAConferenceFromInvitationToTask(t *testing.T) {
	a := start(t)
	posted(t, a)
	p := browser.New(t, axe)
	p.Size(1440, 900)
	a.signIn(t, p)
	p.Open(a.url + "/hoi-nghi/moi")
	p.Fill("#ten", "Hội nghị sơ kết 6 tháng đầu năm 2021 (mẫu)")
	browser.Eval[bool](p, `document.querySelector('#ngay').value = '2021-06-14', document.querySelector('#don-vi').value = 'so', true`)
	p.Fill("#gio", "9h")
	p.Fill("#noi", "Hội trường tầng 2")
	p.Fill("#ky", "2021-H1")
	p.Click("main form button")
	at := strings.TrimSuffix(p.URL(), "?da=luu")
	if !strings.Contains(p.Text(), "Phát biểu khai mạc") {
		t.Fatalf("the usual programme is missing:\n%s", p.Text())
	}
	id := at[strings.LastIndex(at, "/")+1:]
	p.Open(at + "/moi-them")
	p.Fill("#khach-chuc-danh", "Trưởng phòng")
	p.Fill("#khach-co-quan", "Sở Tài chính mẫu")
	p.Fill("#khach-ten", "Khách Mời Mẫu")
	p.Tick(`[value="p-khai so"]`)
	browser.Eval[bool](p, `document.querySelector('#vai-tro').value = 'chair', true`)
	p.Click("main form button")
	p.Open(at)
	p.Click(".kh-next button")
	if !strings.Contains(p.Text(), "Đã mời") {
		t.Fatalf("the invitations are not out:\n%s", p.Text())
	}

	ctx := context.Background()
	link := "/moi/" + a.token(t, id, "Khách Mời Mẫu")
	guest := p.Stranger()
	guest.Size(360, 740)
	guest.Open(a.url + link)
	guest.Tick("[value=attend]")
	guest.Click("main form button")
	if text := guest.Text(); !strings.Contains(text, "Đã ghi nhận câu trả lời") || guest.Overflow() > 0 {
		t.Errorf("the reply is not told, or the page is %d px too wide:\n%s", guest.Overflow(), text)
	}
	p.Open(at)
	p.Click(".kh-next button")
	guest.Open(a.url + link)
	guest.Fill("#loi", "Bao giờ giao kế hoạch?")
	guest.Click("button.ct-second")
	if text := guest.Text(); !strings.Contains(text, "Đã gửi.") {
		t.Fatalf("the question is not told to be sent:\n%s", text)
	}

	p.Size(360, 740)
	p.Open(a.url + link) // the officer's phone reads the code
	for until := time.Now().Add(20 * time.Second); !strings.Contains(p.URL(), "/diem-danh?den=") && time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
	}
	if text := p.Text(); !strings.Contains(text, "Đã điểm danh:") || !strings.Contains(text, "Khách Mời Mẫu") || !strings.Contains(text, "Có mặt lúc") {
		t.Errorf("the guest is not checked in:\n%s", text)
	}
	p.Size(1440, 900)
	p.Open(at + "/phat-bieu")
	browser.Eval[bool](p, `document.querySelector('#cau-hoi ~ ol details').open = true`)
	p.Fill(`[name=nguoi]`, "Văn phòng")
	p.Fill(`[name=tra-loi]`, "Trong tháng này.")
	p.Click(`[action$="/1/tra-loi"] button`)
	guest.Open(a.url + link)
	if !strings.Contains(guest.Text(), "Trong tháng này.") {
		t.Errorf("the answer does not reach the guest:\n%s", guest.Text())
	}
	p.Open(at + "/ket-luan")
	p.Fill("#ket-luan-0", "Phòng Quản lý công nghệ xây dựng kế hoạch thẩm định năm sau")
	browser.Eval[bool](p, `document.querySelector('#don-vi-0').value = 'qlcn', true`)
	p.Fill("#han-0", "20wd")
	p.Click("main form button")
	p.Fill("#so", "12/TB-SKHCN")
	p.Click(".kh-next button")
	if text := p.Text(); !strings.Contains(text, "12/TB-SKHCN") || !strings.Contains(text, "0/1 nhiệm vụ đã xong") {
		t.Fatalf("no notice, no task:\n%s", text)
	}
	c, err := a.Conferences.Get(ctx, id)
	must(t, err)
	list, _, err := a.Tasks.List(ctx, task.Filter{Reach: task.Reach{State: true}, Directive: c.Notice.Directive})
	must(t, err)
	if len(list) != 1 || list[0].Unit != "qlcn" || list[0].ID != c.Conclusions[0].Task {
		t.Errorf("%+v", list)
	}
	files, err := a.Attachments.List(ctx, "directive/"+c.Notice.Directive)
	if err != nil || len(files) != 1 {
		t.Errorf("the notice itself is not in the register: %v %v", files, err)
	}
}

// token is the secret of the guest with a name.
func (a *agency) token(t *testing.T, id, name string) string {
	t.Helper()
	ctx := context.Background()
	guests, err := a.Conferences.Guests(ctx, id)
	must(t, err)
	for _, g := range guests {
		called, err := a.Conferences.Name(ctx, g)
		must(t, err)
		if called == name {
			token, err := a.Conferences.Token(ctx, id, g.N)
			must(t, err)
			return token
		}
	}
	t.Fatal("nobody is called " + name)
	return ""
}

// TestConferencePagesInEveryWay looks at the pages wide and narrow, light and dark.
func TestConferencePagesInEveryWay(t *testing.T) {
	a, state, _ := held(t)
	p := browser.New(t, axe)
	token, err := a.Conferences.Token(context.Background(), state.ID, 3)
	must(t, err)
	look(t, p, "moi", a.url+"/moi/"+token, 360)
	a.signIn(t, p)
	at := "/hoi-nghi/" + state.ID
	for name, path := range map[string]string{"hoi-nghi": "/hoi-nghi", "hoi-nghi-moi": "/hoi-nghi/moi", "hn": at, "hn-chuong-trinh": at + "/chuong-trinh", "hn-dai-bieu": at + "/dai-bieu", "hn-moi-them": at + "/moi-them",
		"hn-diem-danh": at + "/diem-danh?den=" + strconv.Itoa(3), "hn-phat-bieu": at + "/phat-bieu", "hn-ket-luan": at + "/ket-luan", "hn-tai-lieu": at + "/tai-lieu", "hn-cam-on": at + "/cam-on", "hn-tin": at + "/tin", "hn-man-hinh": at + "/man-hinh"} {
		p.Colours("light")
		look(t, p, name+"-light", a.url+path, 1440)
		if slices.Contains([]string{"hn", "hn-dai-bieu", "hn-diem-danh", "hn-ket-luan", "hn-man-hinh"}, name) { // those that are opened on a phone
			p.Colours("dark")
			look(t, p, name+"-dark", a.url+path, 360)
		}
	}
}

// TestPhotosOfAConference: a captioned picture shows its caption and whom it shows to readers inside; neither a file of
// another row nor anybody unknown can be tagged, and the news has the caption alone.
func TestPhotosOfAConference(t *testing.T) {
	a, state, party := held(t)
	ctx := context.Background()
	var picture bytes.Buffer
	must(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30))))
	add := func(id string) string {
		f, err := a.Attachments.Add(ctx, attachment.Incoming{Owner: "conference/" + id, Name: "toan-canh.png", Actor: "khai", Unit: "so"}, bytes.NewReader(picture.Bytes()))
		must(t, err)
		return f.ID
	}
	own, other := add(state.ID), add(party.ID)
	keeper := a.reader(t, "so")
	at := "/hoi-nghi/" + state.ID
	form := url.Values{"tep": {own}, "chu-thich": {"Toàn cảnh hội nghị"}, "nguoi": {"Trần Văn Hùng (mẫu), Người Lạ"}, "ho-so": {"VB-1"}}
	if status, page := keeper.post(at+"/anh", form); status != http.StatusOK || !strings.Contains(page, "Toàn cảnh hội nghị") || !strings.Contains(page, "Trần Văn Hùng (mẫu)") || strings.Contains(page, "Người Lạ") {
		t.Errorf("%d, or the caption and the tags are wrong", status)
	}
	if status, _ := keeper.get("/tep/" + own + "/anh-nho"); status != http.StatusOK {
		t.Errorf("the small picture: %d", status)
	}
	form.Set("tep", other)
	if status, _ := keeper.post(at+"/anh", form); status != http.StatusNotFound {
		t.Errorf("a file of another conference is captioned: %d", status)
	}
	if status, _ := a.reader(t, "phong").get("/tep/" + own); status != http.StatusNotFound {
		t.Errorf("whoever does not see the conference sees its pictures: %d", status)
	}
	c, err := a.Conferences.Get(ctx, state.ID)
	must(t, err)
	n, err := a.Conferences.DraftNews(ctx, c)
	must(t, err)
	if len(n.Photos) != 1 || n.Photos[0].Caption == "" || len(n.Photos[0].People)+len(n.Photos[0].Records) > 0 {
		t.Errorf("%+v", n.Photos)
	}
}

// TestAnInvitedReaderOfAnotherUnitSeesTheConference: being on the list is enough for the state side, and not for the Party's.
func TestAnInvitedReaderOfAnotherUnitSeesTheConference(t *testing.T) {
	a, state, party := held(t)
	ctx := context.Background()
	r := a.reader(t, "phong")
	for _, c := range []*conference.Conference{state, party} {
		_, err := a.Conferences.AddGuests(ctx, "khai", c.ID, []conference.Invitee{{Person: "p-phong", Unit: "qlcn", Post: "Trưởng phòng", Role: conference.Delegate}})
		must(t, err)
	}
	for _, below := range []string{"", "/phat-bieu", "/dai-bieu", "/man-hinh"} {
		if status, page := r.get("/hoi-nghi/" + state.ID + below); status != http.StatusOK || strings.Contains(page, "Tên riêng bimat") {
			t.Errorf("%s: %d", below, status)
		}
		if status, _ := r.get("/hoi-nghi/" + party.ID + below); status != http.StatusNotFound {
			t.Errorf("%s of the Party: %d", below, status)
		}
	}
	if _, list := r.get("/hoi-nghi"); !strings.Contains(list, "bimat-so") || strings.Contains(list, "bimat-du") {
		t.Error("the list is wrong")
	}
	if status, _ := r.post("/hoi-nghi/"+state.ID+"/phat-bieu", url.Values{"noi-dung": {"Tôi hỏi"}}); status != http.StatusOK {
		t.Errorf("they cannot ask: %d", status)
	}
	if status, _ := r.get("/hoi-nghi/" + state.ID + "/ket-luan"); status != http.StatusForbidden {
		t.Errorf("they keep it: %d", status)
	}
}

// TestAScannerChecksInThroughTheAPI: the code of an invitation is enough for a program that keeps the conference, and no answer
// names a guest.
func TestAScannerChecksInThroughTheAPI(t *testing.T) {
	a, state, party := held(t)
	token, err := a.Conferences.Token(context.Background(), state.ID, 1)
	must(t, err)
	at := "/api/v1/hoi-nghi/" + state.ID
	keeper, reader := a.caller(t, "so"), a.caller(t, "xem")
	if status, _, _ := reader.raw("POST", at+"/diem-danh", `{"token":"`+token+`"}`); status != http.StatusForbidden {
		t.Errorf("a reader checks in: %d", status)
	}
	if status, _, raw := keeper.raw("POST", at+"/diem-danh", `{"token":"`+token+`"}`); status != http.StatusOK || !strings.Contains(raw, `"present":2`) {
		t.Errorf("%d %s", status, raw)
	}
	if status, _, _ := keeper.raw("POST", at+"/diem-danh", `{"token":"`+state.ID+`.1.0000000000000000"}`); status != http.StatusNotFound {
		t.Errorf("a made-up code: %d", status)
	}
	for _, path := range []string{"/api/v1/hoi-nghi", at} {
		if status, _, raw := reader.raw("GET", path, ""); status != http.StatusOK || !strings.Contains(raw, "bimat-so") || strings.Contains(raw, "Tên riêng") || strings.Contains(raw, "bimat-du") {
			t.Errorf("%s: %d %s", path, status, raw)
		}
	}
	if status, _, _ := keeper.raw("GET", "/api/v1/hoi-nghi/"+party.ID, ""); status != http.StatusNotFound {
		t.Errorf("the Party's conference: %d", status)
	}
}
