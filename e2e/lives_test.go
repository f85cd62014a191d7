package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"trucot/definitions"
	"trucot/e2e/browser"
	"trucot/internal/app"
	"trucot/internal/engine/dossier/script"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
)

// lives is the script of a whole life of each procedure, in its newest version. TestALifeOfEveryProcedure fails for a
// procedure that has none.
var lives = map[string]string{
	"conformity_mandatory": "2026/tron_vong", "conformity_voluntary": "2026/tron_vong", "initiative": "2012/tron_vong", "innovation_recognition": "2025/hoi_dong",
	"ip_portfolio": "2026/sang_che_nhanh", "ip_support": "2021/tron_vong", "measurement_verification": "2026/dinh_ky", "mission": "2025/tron_vong",
	"quality_inspection": "2026/theo_ke_hoach", "radiation_declaration": "2026/tron_vong", "radiation_incident_plan": "2026/tron_vong",
	"radiation_staff_certificate": "2026/tron_vong", "radiation_work_licence": "2026/cap_moi", "specialised_inspection": "2025/theo_ke_hoach",
	"st_enterprise": "2025/moi_thanh_lap", "st_organisation": "2025/tron_vong", "technology_appraisal": "2018/hoi_dong", "technology_transfer_contract": "2025/tron_vong",
	"verification_designation": "2025/tron_vong", "verification_registration": "2025/tron_vong",
}

// desks say who plays an actor of a definition: those outside the agency come to the one-stop desk.
var desks = map[string]string{
	"nguoi_nop": "motcua", "chu_tri": "motcua", "de_xuat": "motcua", "khach": "motcua", "mot_cua": "motcua", "nhan_mau": "motcua",
	"truong_phong": "phong", "chuyen_vien": "vien", "kiem_dinh_vien": "vien", "truong_doan": "vien", "ke_toan": "vien", "lanh_dao": "sep",
}

// staff are the people of these tests, each with one role, and the judges.
func staff(t *testing.T, a *app.App) {
	units(t, a)
	account(t, a, "motcua", "Nguyễn Thị Mai (mẫu)", people.OneStop)
	account(t, a, "phong", "Trần Văn Hùng (mẫu)", people.UnitHead)
	account(t, a, "vien", "Lê Thị Lan (mẫu)", people.Specialist)
	account(t, a, "sep", "Phạm Quang Minh (mẫu)", people.Leader)
	for i := range 9 {
		account(t, a, fmt.Sprint("hd-", i+1), fmt.Sprintf("Thành viên %d (mẫu)", i+1), people.CouncilMember)
	}
}

// office is an agency with a clock that is put forward and a tab for each who works in it.
type office struct {
	*agency
	day   *atomic.Int64
	asked *atomic.Int64 // applicants who have looked up their dossiers today: one every five minutes
	first *browser.Page
	tabs  map[string]*browser.Page
	in    map[string]bool // who is signed in today
}

func openOffice(t *testing.T) *office {
	o := &office{day: &atomic.Int64{}, asked: &atomic.Int64{}, tabs: map[string]*browser.Page{}, in: map[string]bool{}}
	o.day.Store(int64(calendar.MustParse("2021-01-04")))
	o.agency = serve(t, siteOptions, func() time.Time {
		return calendar.Date(o.day.Load()).Time().Add(8*time.Hour + 5*time.Minute*time.Duration(o.asked.Load()))
	}, staff)
	o.first = browser.New(t, axe)
	return o
}

// on puts the clock forward; everybody has to sign in again.
func (o *office) on(day calendar.Date) {
	if int64(day) > o.day.Load() {
		o.day.Store(int64(day))
		clear(o.in)
	}
}

// as is the tab of somebody who has signed in.
func (o *office) as(t *testing.T, account string) *browser.Page {
	t.Helper()
	p := o.tabs[account]
	if p == nil {
		p = o.first.Stranger()
		p.Size(1280, 900)
		o.tabs[account] = p
	}
	if o.in[account] {
		return p
	}
	o.in[account] = true
	link, _, err := o.People.NewLink(context.Background(), account)
	must(t, err)
	p.Open(o.url + link)
	p.Click("main form button")
	return p
}

// complete opens the folds of a form, fills its fields by name and ticks its boxes; what the form does not ask is left
// out, and given back.
func complete(p *browser.Page, form string, values map[string]string, boxes []string) []string {
	in, _ := json.Marshal(values)
	ticks, _ := json.Marshal(append([]string{}, boxes...))
	at, _ := json.Marshal(form)
	return browser.Eval[[]string](p, fmt.Sprintf(`((at, values, boxes) => {
		const form = document.querySelector(at), left = []
		if (!form) return ["form"]
		for (let e = form; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true
		for (const [name, value] of Object.entries(values)) {
			const e = form.elements[name]
			if (e) e.value = value; else left.push(name)
		}
		for (const name of boxes) { const e = form.elements[name]; if (e) e.checked = true; else left.push(name) }
		return left
	})(%s, %s, %s)`, at, in, ticks))
}

// typed are the fields of a step as they are typed in a form.
func typedFields(def *procedure.Procedure, s script.Step) map[string]string {
	out := map[string]string{}
	for id, v := range s.Fields {
		f := def.Field(id)
		rows, list := v.([]any)
		if !list {
			out["f."+id] = fmt.Sprint(v)
			continue
		}
		var lines []string
		for _, row := range rows {
			var cells []string
			for i := range f.Columns {
				cell, _ := row.(map[string]any)[f.Columns[i].ID].(string)
				cells = append(cells, cell)
			}
			lines = append(lines, strings.Join(cells, ";"))
		}
		out["f."+id] = strings.Join(lines, "\n")
	}
	return out
}

func papers(s script.Step) []string {
	var out []string
	for _, id := range s.Documents {
		out = append(out, "d."+id)
	}
	return out
}

// life is a dossier on its way through its script.
type life struct {
	def   *procedure.Procedure
	steps []script.Step
	code  string
	met   bool // its council has met
}

// TestALifeOfEveryProcedure takes a dossier of every procedure from the desk to its end in a browser: each step by who may
// take it, a council's vote on a telephone, and at last the applicant looks it up.
func TestALifeOfEveryProcedure(t *testing.T) {
	o := openOffice(t)
	all := o.scripts(t)
	for _, l := range all {
		o.file(t, l)
	}
	last := calendar.Date(0)
	for _, l := range all {
		last = max(last, l.steps[len(l.steps)-1].On)
	}
	o.on(last)
	for _, l := range all {
		for _, s := range l.steps[1:] {
			if !o.take(t, l, s) {
				break
			}
		}
		o.track(t, l)
		t.Logf("%s: %s", l.def.ID, l.code)
	}
}

// scripts are the lives, the oldest filing first.
func (o *office) scripts(t *testing.T) []*life {
	t.Helper()
	set, err := procedure.Load(definitions.Files)
	must(t, err)
	var out []*life
	for _, p := range set.All() {
		if p.Toy {
			continue
		}
		version, name, ok := strings.Cut(lives[p.ID], "/")
		if !ok {
			t.Errorf("%s has no life", p.ID)
		}
		if version != p.Version {
			continue
		}
		file := "procedures/" + p.ID + "/" + version + "/tests/" + name + ".txt"
		raw, err := fs.ReadFile(definitions.Files, file)
		must(t, err)
		s, faults := script.Parse(file, raw)
		must(t, faults.OrNil())
		out = append(out, &life{def: p, steps: s.Steps()})
	}
	if len(out) != len(lives) {
		t.Fatalf("%d lives of %d", len(out), len(lives))
	}
	slices.SortStableFunc(out, func(a, b *life) int { return int(a.steps[0].On - b.steps[0].On) })
	return out
}

// file hands a dossier in at the desk, or opens it where the agency does so itself.
func (o *office) file(t *testing.T, l *life) {
	t.Helper()
	s := l.steps[0]
	o.on(s.On)
	var p *browser.Page
	for _, actor := range l.def.Leaving(l.def.Initial)[0].Actor {
		if p == nil && (desks[actor] == "motcua" || desks[actor] == "vien") {
			p = o.as(t, desks[actor])
		}
	}
	p.Open(o.url + "/ho-so/moi?thu-tuc=" + l.def.ID)
	values := typedFields(l.def, s)
	values["don-vi"] = "qlcn"
	if s.Channel != "" {
		values["kenh"] = s.Channel
	}
	const form = `form[action="/ho-so"][method=post]`
	if left := complete(p, form, values, papers(s)); len(left) > 0 {
		t.Errorf("%s: the form of filing does not ask %v", l.def.ID, left)
	}
	p.Click(form + " button[type=submit]")
	at, err := url.Parse(p.URL())
	must(t, err)
	if !strings.HasSuffix(p.URL(), "?da=luu") {
		t.Fatalf("%s is not filed:\n%s", l.def.ID, p.Text())
	}
	l.code = strings.TrimPrefix(at.Path, "/ho-so/")
}

// take takes one step on the dossier's page by who may, and reads the new state there. It reports whether the life goes on.
func (o *office) take(t *testing.T, l *life, s script.Step) bool {
	t.Helper()
	step := l.def.Transition(s.Action)
	values := typedFields(l.def, s)
	if step.Council != "" {
		o.decide(t, l, step.Council, values)
	}
	p := o.as(t, desks[s.Role])
	p.Open(o.url + "/ho-so/" + l.code)
	values["ngay"] = s.On.String()
	if s.Assignee != "" {
		values["nguoi-xu-ly"] = "vien"
	}
	form := `form[action="/ho-so/` + l.code + "/" + s.Action + `"]`
	left := complete(p, form, values, papers(s))
	if slices.Contains(left, "form") {
		t.Errorf("%s: %s is not offered to %s:\n%s", l.def.ID, s.Action, s.Role, p.Text())
		return false
	}
	if len(left) > 0 {
		t.Errorf("%s: %s does not ask %v", l.def.ID, s.Action, left)
	}
	p.Click(form + " button[type=submit]")
	text := p.Text()
	if !strings.Contains(text, "Đã ghi nhận.") {
		t.Errorf("%s: %s by %s is refused:\n%s", l.def.ID, s.Action, s.Role, text)
		return false
	}
	if to := l.def.State(step.To); to != nil && !strings.Contains(text[:strings.Index(text, "Việc cần làm")], to.Label.In("vi")) {
		t.Errorf("%s: after %s the page does not say %q", l.def.ID, s.Action, to.Label.In("vi"))
	}
	return true
}

// decide has the first council of a life meet: its count then fills the field of the dossier. The later ones are decided
// on paper, as agencies do that keep their councils elsewhere.
func (o *office) decide(t *testing.T, l *life, council string, values map[string]string) {
	t.Helper()
	if l.met {
		return
	}
	l.met = true
	rule := &l.def.Councils[slices.IndexFunc(l.def.Councils, func(c procedure.Council) bool { return c.ID == council })]
	o.meet(t, l, rule)
	if rule.Result != nil {
		delete(values, "f."+rule.Result.Field)
	}
}

// track is the applicant's look at the end.
func (o *office) track(t *testing.T, l *life) {
	t.Helper()
	d, err := o.Dossiers.Get(context.Background(), l.code)
	must(t, err)
	if d.Applicant == "" {
		return // the agency's own
	}
	o.asked.Add(1)
	p := o.first
	p.Size(390, 844)
	p.Open(o.url + "/tra-cuu?ma=" + url.QueryEscape(l.code))
	p.Fill("#kiem-tra", d.Applicant)
	p.Click("main form button")
	if !strings.HasSuffix(p.URL(), "/tra-cuu/ho-so") {
		t.Errorf("the applicant %s is not let in:\n%s", d.Applicant, p.Text())
	}
	if n := p.Overflow(); n > 0 {
		t.Errorf("the applicant's page is %d px too wide", n)
	}
	p.Shot(os.Getenv("SHOTS"), "doi-"+l.def.ID)
}
