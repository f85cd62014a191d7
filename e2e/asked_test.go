package e2e

import (
	"os"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/engine/council"
)

// TestTheApplicantAnswersTheCouncil on a telephone without a script: who proves to know the dossier reads the question, not
// who asked, and answers until the council meets.
func TestTheApplicantAnswersTheCouncil(t *testing.T) {
	a := start(t)
	a.outside(t)
	code := a.initiative(t)
	d, err := a.Dossiers.Get(t.Context(), code)
	must(t, err)
	_, err = a.Councils.Form(t.Context(), council.Founding{Dossier: code, Rule: "sang_kien", Secretary: "hung", Decision: "12/QĐ-SKHCN", Actor: "hung"})
	must(t, err)
	id := a.council(t).ID
	_, err = a.Councils.Ask(t.Context(), id, council.By{Actor: "hung"}, "Giải pháp đã áp dụng ở đâu?")
	must(t, err)
	p := browser.New(t, axe)
	p.Size(360, 740)
	p.Scripts(false)
	p.Open(a.url + "/tra-cuu?ma=" + code)
	p.Fill("#kiem-tra", d.Applicant)
	p.Click("main form button")
	if text := p.Text(); !strings.Contains(text, "Giải pháp đã áp dụng ở đâu?") || strings.Contains(text, "Hùng") {
		t.Fatalf("the question is not there, or who asked is:\n%s", text)
	}
	p.Click("form[action$='/cau-hoi'] button")
	if text := p.Text(); !strings.Contains(text, "Chưa có nội dung trả lời") {
		t.Errorf("an empty answer is not refused:\n%s", text)
	}
	p.Fill("textarea[name=tra-loi]", "Tại hai vườn ươm.")
	p.Click("form[action$='/cau-hoi'] button")
	if got := a.council(t).Questions[0].Answer; got != "Tại hai vườn ươm." || !strings.Contains(p.Text(), got) {
		t.Errorf("the answer is %q:\n%s", got, p.Text())
	}
	if n := p.Overflow(); n > 0 {
		t.Errorf("the page is %d px too wide", n)
	}
	p.Shot(os.Getenv("SHOTS"), "cau-hoi")
	if _, page := a.reader(t, "khai").get("/hoi-dong/" + id); !strings.Contains(page, "Tại hai vườn ươm.") {
		t.Error("the council does not read the answer")
	}
}
