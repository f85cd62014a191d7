package filing_test

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/filing"
	"trucot/internal/testing/storetest"
)

// TestASecondFactOpensTheDossier: each of them, written as people write, and nothing else.
func TestASecondFactOpensTheDossier(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newDesk(t, at)
		code := o.filed(t).Code
		for fact, opens := range map[string]bool{"5678": true, "0912 345 678": true, "9106": true, "0100109106": true, "benh vien da khoa mau": true, " BỆNH VIỆN  ĐA KHOA MẪU ": true,
			"1234": false, "": false, "678": false, "Bệnh viện": false, "mẫu": false, "14/06/2021": false} {
			o.now = o.now.Add(time.Hour) // the limit on guesses has its own test
			pass, err := o.Prove(o.ctx, strings.ToLower(code), fact, "a")
			if (err == nil) != opens || err != nil && !fault.Is(err, "filing.no_track") {
				t.Errorf("%q: %v", fact, err)
			}
			if err == nil {
				if got, err := o.Passed(o.ctx, pass); err != nil || got != code {
					t.Errorf("the pass opens %q, %v", got, err)
				}
			}
		}
		_, unknown := o.Prove(o.ctx, "000.00.00.H00-210614-9999", "5678", "b")
		_, wrong := o.Prove(o.ctx, code, "0000", "b")
		if unknown == nil || wrong == nil || unknown.Error() != wrong.Error() {
			t.Errorf("a code that is not there tells: %v, %v", unknown, wrong)
		}
	})
}

func TestAPassRunsOutAndCannotBeMade(t *testing.T) {
	o := newDesk(t, filepath.Join(t.TempDir(), "t.db"))
	code := o.filed(t).Code
	pass, err := o.Prove(o.ctx, code, "5678", "a")
	must(t, err)
	party, err := o.ledger.Stream(o.ctx, "filing/"+code)
	must(t, err)
	token := string(party[0].Data)
	token = token[strings.Index(token, "vault1:"):]
	token = token[:strings.IndexByte(token, '"')]
	for name, forged := range map[string]string{"nothing": "", "another's token": token, "changed": pass[:len(pass)-2] + "AA", "words": "9999999999 " + code} {
		if _, err := o.Passed(o.ctx, forged); !fault.Is(err, "filing.pass_over") {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.now = o.now.Add(31 * time.Minute)
	if _, err := o.Passed(o.ctx, pass); !fault.Is(err, "filing.pass_over") {
		t.Errorf("the pass holds for ever: %v", err)
	}
}

// TestTrackingTellsOnlyWhatItMay: the facts of the public page, and none of the officers', of the notes, of the form.
func TestTrackingTellsOnlyWhatItMay(t *testing.T) {
	o := newDesk(t, filepath.Join(t.TempDir(), "t.db"))
	code := o.filed(t).Code
	o.now = o.now.Add(24 * time.Hour)
	_, err := o.dossiers.Act(o.ctx, dossier.Act{Code: code, Action: "yeu_cau_bo_sung", On: calendar.NoDate, Actor: "canbo.hung", Role: "mot_cua", Assignee: "canbo.lan",
		Fields: map[string]any{"ly_do": "Thiếu phiếu khai báo thiết bị"}, Note: "nghi ngờ hồ sơ giả"})
	must(t, err)
	track, err := o.Track(o.ctx, code)
	must(t, err)
	text := fmt.Sprintf("%+v", *track)
	for _, hidden := range []string{"canbo", "nghi ngờ", "Bệnh viện", "Cấp phép máy", "Người mẫu", "912345678", "XG-1"} {
		if strings.Contains(text, hidden) {
			t.Errorf("tracking tells %q", hidden)
		}
	}
	if track.Reason != "Thiếu phiếu khai báo thiết bị" || track.Status != dossier.AwaitSupplement || len(track.History) != 2 {
		t.Errorf("%+v", track)
	}
	var actions []string
	for _, s := range track.Steps {
		actions = append(actions, s.Action)
	}
	if got := strings.Join(actions, " "); got != "nop_bo_sung rut" {
		t.Errorf("who filed may do: %s", got)
	}
}

func TestWhoFiledSupplementsOnceAndWithdraws(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newDesk(t, at)
		code := o.filed(t).Code
		ask := dossier.Act{Code: code, Action: "yeu_cau_bo_sung", On: calendar.NoDate, Role: "mot_cua", Fields: map[string]any{"ly_do": "Thiếu giấy"}}
		_, err := o.dossiers.Act(o.ctx, ask)
		must(t, err)
		if err := o.Reply(o.ctx, code, filing.Reply{Action: "tiep_nhan", Key: "x"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("who filed receives their own dossier: %v", err)
		}
		must(t, o.Supplement(o.ctx, code, "khai_bao", "phiếu (mẫu).pdf", "a", strings.NewReader(pdf)))
		for range 2 { // the button was pressed twice
			must(t, o.Reply(o.ctx, code, filing.Reply{Action: "nop_bo_sung", Text: "Đã gửi bưu chính, gọi 0912345678", Key: "k"}))
		}
		if _, err := o.dossiers.Act(o.ctx, ask); !fault.Is(err, "dossier.second_supplement") {
			t.Errorf("the agency asks twice: %v", err)
		}
		if err := o.Supplement(o.ctx, code, "khai_bao", "muộn.pdf", "a", strings.NewReader(pdf)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a file comes after the supplement: %v", err)
		}
		if d, err := o.dossiers.Get(o.ctx, code); err != nil || strings.Join(d.Track.Documents, " ") != "khai_bao" {
			t.Errorf("the paper of the supplement is not there: %+v, %v", d.Track.Documents, err)
		}
		party, err := o.Party(o.ctx, code)
		must(t, err)
		if len(party.Answers) != 1 || !strings.Contains(party.Answers[0].Text, "bưu chính") || party.Phone != "5678" {
			t.Errorf("%+v", party)
		}
		events, err := o.ledger.Stream(o.ctx, "filing/"+code)
		must(t, err)
		if strings.Contains(string(events[len(events)-1].Data), "bưu chính") {
			t.Error("the answer stands in the clear")
		}
		must(t, o.Reply(o.ctx, code, filing.Reply{Action: "rut", Key: "w"}))
		if d, err := o.dossiers.Get(o.ctx, code); err != nil || d.Status != dossier.Withdrawn {
			t.Errorf("%+v, %v", d, err)
		}
	})
}

// TestAResultHeldNeedsNoPaper: what the agency issued to the same organisation stands for the paper, while it is in force.
func TestAResultHeldNeedsNoPaper(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newDesk(t, at)
		const name = "Bệnh viện Đa khoa mẫu"
		earlier, err := o.dossiers.Open(o.ctx, dossier.Filing{Procedure: "radiation_incident_plan", On: calendar.NoDate, Unit: "so",
			Fields: map[string]any{"noi_dung": "Phê duyệt kế hoạch (mẫu)", "co_so": name, "loai": first(t, "radiation_incident_plan", "loai"), "loai_nguon": first(t, "radiation_incident_plan", "loai_nguon"),
				"so_nhan_vien": 3, "ket_luan": "phe_duyet"}})
		must(t, err)
		p, err := o.dossiers.Procedure(o.ctx, earlier)
		must(t, err)
		var papers []string
		for _, d := range p.Documents {
			papers = append(papers, d.ID)
		}
		for _, action := range []string{"tiep_nhan", "phan_cong", "trinh", "ky"} {
			_, err := o.dossiers.Act(o.ctx, dossier.Act{Code: earlier.Code, Action: action, On: calendar.NoDate, Documents: papers, Fields: map[string]any{}})
			must(t, err)
		}
		service, err := o.Service("radiation_work_licence")
		must(t, err)
		plan := service.Document("ung_pho")
		c, err := o.Held(o.ctx, plan, name)
		must(t, err)
		if c == nil || c.Dossier != earlier.Code {
			t.Fatalf("the plan is not held: %+v", c)
		}
		if other, err := o.Held(o.ctx, plan, "Bệnh viện khác"); other != nil || err != nil {
			t.Errorf("somebody else holds it too: %+v %v", other, err)
		}
		d, secret := o.start(t, "radiation_work_licence")
		for key, in := range licence {
			o.answer(t, d, secret, key, in)
		}
		o.answer(t, d, secret, "giay-ung_pho", url.Values{"cach": {filing.PaperHeld}})
		sent, err := o.Send(o.ctx, d.ID, secret)
		must(t, err)
		if got := strings.Join(sent.Track.Documents, " "); got != "ung_pho" {
			t.Errorf("the papers are %q", got)
		}
		party, err := o.Party(o.ctx, sent.Code)
		must(t, err)
		if len(party.Held) != 1 || party.Held[0].Number != c.Number {
			t.Errorf("%+v", party)
		}
	})
}

// first is the first option of a choice.
func first(t testing.TB, id, field string) string {
	t.Helper()
	procs, err := shipped()
	must(t, err)
	p, err := procs.At(id, calendar.MustParse("2021-06-14"))
	must(t, err)
	return p.Field(field).Options[0].ID
}

func TestHostileInputIsRefusedAtItsInput(t *testing.T) {
	o := newDesk(t, filepath.Join(t.TempDir(), "t.db"))
	p, err := o.Service("radiation_work_licence")
	must(t, err)
	rules, err := o.Rules()
	must(t, err)
	long := strings.Repeat("ă", 5000)
	for _, c := range []struct {
		step, input string
		in          url.Values
	}{
		{filing.ApplicantStep, "f.co_so", url.Values{"dien-thoai": {"0912345678"}}},
		{filing.ApplicantStep, "dien-thoai", url.Values{"f.co_so": {"Cơ sở mẫu"}}},
		{filing.ApplicantStep, "dien-thoai", url.Values{"f.co_so": {"Cơ sở mẫu"}, "dien-thoai": {"12' or 1=1"}}},
		{filing.ApplicantStep, "so-dinh-danh", url.Values{"f.co_so": {"Cơ sở mẫu"}, "dien-thoai": {"0912345678"}, "so-dinh-danh": {"123"}}},
		{filing.ApplicantStep, "so-dinh-danh", url.Values{"f.co_so": {"Cơ sở mẫu"}, "dien-thoai": {"0912345678"}, "so-dinh-danh": {"không có"}}},
		{filing.ApplicantStep, "thu-dien-tu", url.Values{"f.co_so": {"Cơ sở mẫu"}, "dien-thoai": {"0912345678"}, "thu-dien-tu": {"a@b\r\nBcc: c@d"}}},
		{"muc-noi_dung", "f.noi_dung", url.Values{"f.noi_dung": {long}}},
		{"muc-loai", "f.loai", url.Values{"f.loai": {"khong_co"}}},
		{"muc-so_thiet_bi", "f.so_thiet_bi", url.Values{"f.so_thiet_bi": {"1e9"}}},
		{"muc-so_thiet_bi", "f.so_thiet_bi", url.Values{"f.so_thiet_bi": {"NaN"}}},
		{"giay-don", "cach", url.Values{"cach": {filing.PaperNone}}},
		{"giay-don", "cach", url.Values{"cach": {filing.PaperHeld}}},
		{"giay-don", "cach", url.Values{}},
	} {
		d := &filing.Draft{Procedure: p.ID, Values: map[string]any{}, Papers: map[string]string{}, Seen: map[string]bool{}}
		problems := d.Answer(p, rules, d.Step(p, o.today(), c.step), c.in, lang.VI)
		if len(problems) != 1 || problems[0].Input != c.input {
			t.Errorf("%s %.60v: %v", c.step, c.in, problems)
		}
		if len(d.Values)+len(d.Papers)+len(d.Seen) > 0 {
			t.Errorf("%s %.60v changed the draft", c.step, c.in)
		}
	}
	for _, id := range []string{"book_loan", "one_stop", "specialised_inspection", "../x", ""} {
		if _, _, err := o.Start(o.ctx, id, "a"); !fault.Is(err, "filing.no_service") {
			t.Errorf("%q can be filed: %v", id, err)
		}
	}
}

// FuzzAnswers: whatever is typed, a question takes it or says what is wrong, and what it takes can be read back.
func FuzzAnswers(f *testing.F) {
	f.Add("1.250.000", uint8(0))
	f.Add("ngày 31 tháng 2 năm 2021", uint8(1))
	f.Add("a;b\n;;c", uint8(2))
	procs, err := shipped()
	must(f, err)
	var fields []*procedure.Field
	for _, p := range procs.All() {
		fields = append(fields, p.AskedAtFiling()...)
	}
	f.Fuzz(func(t *testing.T, text string, which uint8) {
		field := fields[int(which)%len(fields)]
		for _, input := range []string{filing.FieldInput + field.ID, filing.RowInput + field.ID + ".0." + field.ID} {
			v, problem := filing.ReadField(field, url.Values{input: {text}}, lang.VI)
			if problem != nil || v == nil {
				continue
			}
			if again, err := field.Read(v); err != nil || fmt.Sprint(again) != fmt.Sprint(v) {
				t.Errorf("%q reads as %v, then %v, %v", text, v, again, err)
			}
		}
	})
}

// TestTheTableIsAFold: rebuilt from the ledger it is what it was.
func TestTheTableIsAFold(t *testing.T) {
	o := newDesk(t, filepath.Join(t.TempDir(), "t.db"))
	code := o.filed(t).Code
	_, err := o.dossiers.Act(o.ctx, dossier.Act{Code: code, Action: "yeu_cau_bo_sung", On: calendar.NoDate, Role: "mot_cua", Fields: map[string]any{"ly_do": "Thiếu giấy"}})
	must(t, err)
	must(t, o.Reply(o.ctx, code, filing.Reply{Action: "nop_bo_sung", Text: "Đã gửi", Key: "k"}))
	row := func() (out string) {
		var data, answers string
		var position int64
		must(t, o.db.QueryRow(o.ctx, "select data, answers, position from filing_party").Scan(&data, &answers, &position))
		return fmt.Sprint(data, answers, position)
	}
	before := row()
	_, err = o.ledger.Rebuild(o.ctx)
	must(t, err)
	if after := row(); after != before {
		t.Errorf("%s\nwas\n%s", after, before)
	}
}
