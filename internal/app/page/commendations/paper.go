package commendations

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"trucot/internal/engine/document"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/commendation"
)

// The official papers by their word in the address.
const (
	paperReport      = "bao-cao"    // the nominee's report of achievements, from the records
	paperSubmission  = "to-trinh"   // to whoever decides, with everybody of the same award and step
	paperDecision    = "quyet-dinh" // with everybody of the same decision
	paperCertificate = "bang"       // the certificate itself
	paperConferral   = "danh-sach"  // list for the conference
)

// papersReady lists the papers that the nomination has come far enough for.
// The decision and the certificate of a higher level are not the agency's to write.
func papersReady(n *commendation.Nomination, a *commendation.Award) []string {
	switch n.Stage {
	case commendation.Decided, commendation.Conferred:
		if a.Level != "" {
			return []string{paperReport, paperSubmission, paperConferral}
		}
		return []string{paperReport, paperSubmission, paperDecision, paperCertificate, paperConferral}
	case commendation.Reported, commendation.Endorsed:
		return []string{paperReport}
	}
	return []string{paperReport, paperSubmission}
}

// drawn is a paper being written, in Vietnamese as the law wants it.
type drawn struct {
	*document.Document
	n     *commendation.Nomination
	a     *commendation.Award
	law   *commendation.Law
	all   []*commendation.Nomination // of the same decision, those in the reader's reach
	t     say
	name  func(*commendation.Nomination) string
	place func(*commendation.Nomination) string
	post  func(*commendation.Nomination) string // with the unit
}

// paper answers with one paper as DOCX.
func (s *pages) paper(r *web.Request) error {
	n, err := s.get(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	kind := r.PathValue("paper")
	a, err := s.Room.Award(n)
	if err != nil {
		return err
	}
	if !slices.Contains(papersReady(n, a), kind) {
		return fault.New(fault.NotFound, "commendations.no_paper", "id", n.ID)
	}
	x, err := s.draw(r, n, kind)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if kind == paperCertificate {
		err = x.certificate().WriteDOCX(&out)
	} else {
		map[string]func(*drawn){paperReport: (*drawn).report, paperSubmission: (*drawn).submission, paperDecision: (*drawn).decision, paperConferral: (*drawn).conferral}[kind](x)
		err = x.WriteDOCX(&out)
	}
	if err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	h.Set("Content-Disposition", `attachment; filename="`+kind+"-"+strconv.Itoa(n.Year)+"-"+strings.ReplaceAll(n.Award, "_", "-")+`.docx"`)
	h.Set("Cache-Control", "no-store")
	_, err = out.WriteTo(r.W)
	return err
}

func (s *pages) draw(r *web.Request, n *commendation.Nomination, kind string) (*drawn, error) {
	ctx := r.Context()
	host, err := s.Room.Host(ctx)
	if err != nil {
		return nil, err
	}
	unit, on := host, n.DecidedOn
	switch kind {
	case paperReport:
		unit, on = n.Unit, n.LastOn
	case paperSubmission:
		on = calendar.NoDate // the office dates and numbers it when it is sent
	}
	d, err := s.Head(ctx, unit, on)
	if err != nil {
		return nil, err
	}
	x := &drawn{Document: d, n: n, t: func(key string, args ...any) string { return s.Words.T(lang.VI, key, args...) },
		name:  func(n *commendation.Nomination) string { return s.name(ctx, lang.VI, n.Subject, n.Unit, n.Group) },
		place: func(n *commendation.Nomination) string { return s.People.UnitName(ctx, n.Unit, lang.VI) },
		post:  func(n *commendation.Nomination) string { return s.post(ctx, n) }}
	if x.a, err = s.Room.Award(n); err != nil {
		return nil, err
	}
	if x.law, err = s.Room.Law(n.Side, n.Year); err != nil || kind == paperReport {
		return x, err
	}
	f := commendation.Filter{Year: n.Year, Award: n.Award, Decision: n.Decision, Limit: 1 << 30}
	if n.Decision == "" {
		f.Stage = n.Stage
	}
	f.Units, f.Without = reach(r)
	x.all, _, err = s.Room.List(ctx, f)
	x.all = slices.DeleteFunc(x.all, func(o *commendation.Nomination) bool { return o.Occasion != n.Occasion })
	return x, err
}

// post is a person's post and unit on the day of the decision, the unit alone where no post is on record.
func (s *pages) post(ctx context.Context, n *commendation.Nomination) string {
	unit := s.People.UnitName(ctx, n.Unit, lang.VI)
	posts, err := s.People.Posts(ctx, n.DecidedOn)
	if err != nil {
		return unit
	}
	for _, p := range posts {
		if p.Person == n.Subject && p.Unit == n.Unit {
			return p.TitleVI + ", " + unit
		}
	}
	return unit
}

func (x *drawn) text(key string, args ...any) {
	x.Blocks = append(x.Blocks, document.Text(x.t("commendations."+key, args...)))
}

// centred is a line of a certificate.
func (x *drawn) centred(bold bool, text string) {
	x.Blocks = append(x.Blocks, document.Paragraph{Align: document.Center, Runs: []document.Run{{Text: text, Bold: bold}}})
}

// reason is what an award is given for.
func (x *drawn) reason() string {
	return x.t("commendations.doc_for_"+x.n.Occasion, "year", strconv.Itoa(x.n.Year))
}

// grounds are the legal texts in force on a day: "Luật … số 06/2022/QH15", "Nghị định số 98/2023/NĐ-CP ngày … của Chính phủ …".
func (x *drawn) grounds(on calendar.Date) []string {
	var out []string
	for _, b := range x.law.Legal {
		day, key := "", "commendations.doc_basis"
		if b.On != 0 {
			if b.On > on {
				continue
			}
			day = x.t("commendations.doc_basis_day", "on", b.On.Long(lang.VI))
		}
		title := b.Title.In(lang.VI)
		if strings.HasSuffix(b.Symbol, "/NĐ-CP") {
			key, title = "commendations.doc_basis_decree", inSentence(title)
		}
		out = append(out, x.t(key, "title", title, "symbol", b.Symbol, "day", day))
	}
	return out
}

// count is how many the paper is about, "01 cá nhân": numbers below ten take a nought.
func (x *drawn) count() string {
	subject := "commendations.doc_people"
	if x.n.Group {
		subject = "commendations.doc_units"
	}
	return x.t(subject, "n", fmt.Sprintf("%02d", len(x.all)))
}

// article is "Điều n." in bold and its text.
func (x *drawn) article(n int, args ...any) {
	no := strconv.Itoa(n)
	x.Blocks = append(x.Blocks, document.Paragraph{Runs: []document.Run{{Text: x.t("commendations.doc_article", "n", no) + " ", Bold: true}, {Text: x.t("commendations.doc_article"+no, args...)}}})
}

// submission asks whoever decides for the awards, with how the council voted.
func (x *drawn) submission() {
	n := x.n
	x.TypeName, x.Subject = x.t("commendations.doc_submission"), x.t("commendations.doc_decision_about", "award", n.Title, "for", x.reason())
	x.Number = x.t("commendations.doc_submission_number")
	to := "commendations.doc_to_agency"
	if x.a.Level != "" {
		to = "commendations.doc_to_" + x.a.Level
	} else { // whoever decides does not ask himself
		x.Authority, x.Post, x.Name = "", x.t("commendations.doc_office_head"), ""
	}
	x.To = []string{x.t(to)}
	x.Basis = x.grounds(n.LastOn)
	x.text("doc_submission_text", "award", n.Title, "for", x.reason(), "n", x.count())
	if n.Base > 0 {
		x.text("doc_submission_vote", "council", n.Council, "base", n.Base)
	}
	x.submitted()
	x.text("doc_submission_asks")
	x.Recipients = []string{x.t("commendations.doc_as_above"), x.t("commendations.doc_filed")}
}

// submitted lists everybody submitted with the vote and what they did.
func (x *drawn) submitted() {
	t := document.Table{Columns: []document.Column{{Width: 0.8, Align: document.Center}, {Width: 3}, {Width: 3.2}, {Width: 4.4}, {Width: 1.4, Align: document.Center}},
		Head: [][]document.Cell{{{Text: x.t("commendations.doc_no")}, {Text: x.t("commendations.who")}, {Text: x.t("commendations.unit")}, {Text: x.t("commendations.evidence")}, {Text: x.t("commendations.doc_votes")}}}}
	for i, n := range x.all {
		votes := "–"
		if n.Base > 0 {
			votes = strconv.Itoa(n.For) + "/" + strconv.Itoa(n.Base)
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: strconv.Itoa(i + 1)}, {Text: x.name(n)}, {Text: x.place(n)}, {Text: x.summary(n)}, {Text: votes}})
	}
	x.Blocks = append(x.Blocks, t)
}

// summary is a nominee's year in a line.
func (x *drawn) summary(n *commendation.Nomination) string {
	var out []string
	if n.Class != "" && n.Occasion == "" {
		out = append(out, x.t("commendation.class_"+string(n.Class)))
	}
	for _, a := range n.Chosen {
		if a.Kind != "early" {
			out = append(out, achievement(x.t, lang.VI, a))
		}
	}
	if n.Work.Early > 0 && n.Occasion == "" {
		out = append(out, x.t("commendations.doc_early", "n", n.Work.Early))
	}
	if n.Occasion != "" {
		out = append(out, n.Report)
	}
	return strings.Join(out, "; ")
}

// decision names the award, the money and who carries it out, with the list as its appendix.
func (x *drawn) decision() {
	n := x.n
	x.Number, x.TypeName, x.Subject = n.Decision, x.t("commendations.doc_decision"), x.t("commendations.doc_decision_about", "award", n.Title, "for", x.reason())
	x.centred(true, strings.ToUpper(x.Post+" "+x.Issuer))
	grounds := x.grounds(n.DecidedOn)
	if n.Council != "" {
		grounds = append(grounds, x.t("commendations.doc_basis_council", "council", n.Council))
	}
	grounds = append(grounds, x.t("commendations.doc_at_request"))
	for i, text := range grounds {
		end := ";"
		if i == len(grounds)-1 {
			end = "."
		}
		x.Blocks = append(x.Blocks, document.Paragraph{Runs: []document.Run{{Text: text + end, Italic: true}}})
	}
	x.centred(true, x.t("commendations.doc_decides"))
	x.article(1, "award", n.Title, "for", x.reason(), "n", x.count())
	x.article(2, "money", money(n.Money), "salary", money(n.BaseSalary), "total", money(n.Money*int64(len(x.all))))
	x.article(3)
	x.Recipients = []string{x.t("commendations.doc_to"), x.t("commendations.doc_filed")}
	x.Blocks = append(x.Blocks, document.Section{Restart: true})
	x.centred(true, x.t("commendations.doc_list"))
	x.centred(false, x.t("commendations.doc_with", "decision", n.Decision, "on", n.DecidedOn.Written()))
	x.table(true)
}

// certificate is one a subject.
func (x *drawn) certificate() *document.Certificate {
	n := x.n
	c := &document.Certificate{Layout: x.Layout, Giver: strings.ToUpper(x.Post + " " + x.Issuer), Verb: x.t("commendations.doc_reward"), Form: x.t("commendations.doc_form_" + x.a.Form),
		To: x.name(n), For: x.deed(), Place: x.Place, Date: n.DecidedOn, Authority: x.Authority, Post: x.Post, Name: x.Name, Title: n.Title, Label: x.Label,
		Left: []string{x.t("commendations.doc_entered", "decision", n.Decision, "on", n.DecidedOn.Long(lang.VI)), x.t("commendations.doc_register")}}
	if !n.Group {
		c.Of = x.post(n)
	}
	if x.a.Form == "certificate" { // of a title, which stands where a letter's name does
		c.Verb, c.Form = x.t("commendations.doc_give"), strings.ToUpper(n.Title)
	}
	return c
}

// longestDeed is how many characters of a deed a certificate has room for.
const longestDeed = 180

// deed is what a certificate is given for: the deed itself where there is one and it is short.
func (x *drawn) deed() string {
	first, _, _ := strings.Cut(x.n.Report, "\n")
	first = strings.TrimRight(strings.TrimSpace(first), ". ")
	if x.n.Occasion != "" && first != "" && utf8.RuneCountInString(first) <= longestDeed {
		return x.t("commendations.doc_done_deed", "deed", inSentence(first))
	}
	return x.t("commendations.doc_done_"+x.n.Occasion, "year", strconv.Itoa(x.n.Year))
}

// conferral is the list that the conference reads out.
func (x *drawn) conferral() {
	x.Layout = x.Layout.Unended()
	x.TypeName, x.Subject = x.t("commendations.doc_list"), x.t("commendations.doc_conferral_about", "award", x.n.Title, "year", strconv.Itoa(x.n.Year))
	x.text("doc_conferral", "decision", x.n.Decision, "on", x.n.DecidedOn.Written())
	x.table(false)
	x.Recipients = []string{x.t("commendations.doc_filed")}
}

// report is the achievements as the records had them when they were handed in.
func (x *drawn) report() {
	n := x.n
	x.Post, x.Name = x.t("commendations.doc_reporter"), x.name(n)
	x.TypeName, x.Subject = x.t("commendations.doc_report"), x.t("commendations.doc_report_about", "award", n.Title, "year", strconv.Itoa(n.Year))
	x.text("doc_who", "name", x.name(n), "unit", x.place(n))
	if !n.Group {
		x.text("doc_class", "class", x.t("commendation.class_"+string(n.Class)))
		x.text("doc_work", "done", n.Work.Done, "on_time", n.Work.OnTime, "early", n.Work.Early, "overdue", n.Work.Overdue)
	}
	for _, a := range n.Chosen {
		line := achievement(x.t, lang.VI, a)
		if a.Ref != "" {
			line += " [" + a.Ref + "]"
		}
		x.Blocks = append(x.Blocks, document.Text("- "+line+"."))
	}
	for _, m := range n.Merits {
		if len(n.Chosen) > 0 {
			break // told above
		}
		x.text("doc_merit", "kind", x.t("commendation.merit_"+m.Kind), "title", m.Title, "source", m.Source+m.Code, "scope", x.t("commendation.scope_"+m.Scope))
	}
	for _, paragraph := range strings.Split(n.Report, "\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			x.Blocks = append(x.Blocks, document.Text(paragraph))
		}
	}
}

// table lists everybody of the decision, with the money or with what they are commended for.
func (x *drawn) table(withMoney bool) {
	cell := func(s string) document.Cell { return document.Cell{Text: s} }
	who := "commendations.doc_person"
	if x.n.Group {
		who = "commendations.doc_unit"
	}
	t := document.Table{Columns: []document.Column{{Width: 1, Align: document.Center}, {Width: 4}}, Head: [][]document.Cell{{cell(x.t("commendations.doc_no")), cell(x.t(who))}}}
	if !x.n.Group {
		t.Columns, t.Head[0] = append(t.Columns, document.Column{Width: 5}), append(t.Head[0], cell(x.t("commendations.unit")))
	}
	if withMoney {
		t.Columns = append(t.Columns, document.Column{Width: 2.6, Align: document.Right})
		t.Head[0] = append(t.Head[0], cell(x.t("commendations.money")))
	}
	for i, n := range x.all {
		line := []document.Cell{cell(strconv.Itoa(i + 1)), cell(x.name(n))}
		if !n.Group {
			line = append(line, cell(x.place(n)))
		}
		if withMoney {
			line = append(line, cell(money(n.Money)))
		}
		t.Rows = append(t.Rows, line)
	}
	x.Blocks = append(x.Blocks, t)
}

// inSentence begins a text with a small letter, for the middle of a sentence.
func inSentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// money is an amount in đồng as Vietnamese papers write it.
func money(n int64) string { return lang.Integer(lang.VI, n) }

// shownDate is a day, or a dash where there is none.
func shownDate(v *web.View, d calendar.Date) string {
	if d == 0 {
		return "—"
	}
	return v.Date(d)
}
