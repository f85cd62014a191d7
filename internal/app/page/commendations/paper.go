package commendations

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

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
func papersReady(n *commendation.Nomination) []string {
	switch n.Stage {
	case commendation.Decided, commendation.Conferred:
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
}

// paper answers with one paper as DOCX.
func (s *pages) paper(r *web.Request) error {
	n, err := s.get(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	kind := r.PathValue("paper")
	var write func(*drawn)
	for _, ready := range papersReady(n) {
		if ready == kind {
			write = map[string]func(*drawn){paperReport: (*drawn).report, paperSubmission: (*drawn).submission, paperDecision: (*drawn).decision, paperCertificate: (*drawn).certificate, paperConferral: (*drawn).conferral}[kind]
		}
	}
	if write == nil {
		return fault.New(fault.NotFound, "commendations.no_paper", "id", n.ID)
	}
	x, err := s.draw(r, n, kind)
	if err != nil {
		return err
	}
	write(x)
	var out bytes.Buffer
	if err := x.WriteDOCX(&out); err != nil {
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
		place: func(n *commendation.Nomination) string { return s.People.UnitName(ctx, n.Unit, lang.VI) }}
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

// legal names a legal text as a basis: "Luật … số 06/2022/QH15", "Nghị định số 98/2023/NĐ-CP của Chính phủ …".
func (x *drawn) legal(b commendation.Basis) string {
	key := "commendations.doc_basis"
	if strings.HasSuffix(b.Symbol, "/NĐ-CP") {
		key = "commendations.doc_basis_decree"
	}
	return x.t(key, "title", b.Title.In(lang.VI), "symbol", b.Symbol)
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
	for _, b := range x.law.Legal {
		x.Basis = append(x.Basis, x.legal(b))
	}
	subject := "commendations.doc_people"
	if n.Group {
		subject = "commendations.doc_units"
	}
	x.text("doc_submission_text", "award", n.Title, "for", x.reason(), "n", x.t(subject, "n", len(x.all)))
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

// large are lines of a certificate in letters of their own size, in points.
func (x *drawn) large(size float64, lines ...document.Cell) {
	t := document.Table{Plain: true, Size: size, Columns: []document.Column{{Width: 1, Align: document.Center}}}
	for _, line := range lines {
		t.Rows = append(t.Rows, []document.Cell{line})
	}
	x.Blocks = append(x.Blocks, t)
}

// decision names the award, the money and who carries it out, with the list as its appendix.
func (x *drawn) decision() {
	n := x.n
	x.Number, x.TypeName, x.Subject = n.Decision, x.t("commendations.doc_decision"), x.t("commendations.doc_decision_about", "award", n.Title, "for", x.reason())
	for _, b := range x.law.Legal {
		x.Basis = append(x.Basis, x.legal(b))
	}
	if n.Council != "" {
		x.Basis = append(x.Basis, x.t("commendations.doc_basis_council", "council", n.Council))
	}
	subject := "commendations.doc_people"
	if n.Group {
		subject = "commendations.doc_units"
	}
	x.centred(true, x.t("commendations.doc_decides"))
	x.article(1, "award", n.Title, "for", x.reason(), "n", x.t(subject, "n", len(x.all)))
	x.article(2, "money", money(n.Money), "salary", money(n.BaseSalary), "total", money(n.Money*int64(len(x.all))))
	x.article(3)
	x.Recipients = []string{x.t("commendations.doc_to"), x.t("commendations.doc_filed")}
	x.Blocks = append(x.Blocks, document.Section{Restart: true})
	x.centred(true, x.t("commendations.doc_list"))
	x.centred(false, x.t("commendations.doc_with", "decision", n.Decision, "on", n.DecidedOn.Written()))
	x.table(true)
}

// certificate is one a subject; the layout's head and the signer's name frame it.
func (x *drawn) certificate() {
	n := x.n
	x.Layout, x.Landscape = x.Layout.Unended(), true
	x.Number, x.TypeName = n.Decision, x.t("commendations.doc_form_"+x.a.Form)
	award := n.Title
	verb := "commendations.doc_give"
	if x.a.Form != "certificate" {
		verb = "commendations.doc_reward"
	}
	bold := func(text string) document.Cell { return document.Cell{Text: text, Bold: true} }
	x.large(14, bold(x.Post), document.Cell{Text: x.t(verb)})
	x.large(22, bold(strings.ToUpper(x.name(n))))
	below := []document.Cell{}
	if !n.Group {
		below = append(below, document.Cell{Text: x.place(n)})
	}
	if x.a.Form == "certificate" {
		below = append(below, bold(x.t("commendations.doc_has", "award", award)))
	}
	x.large(14, append(below, document.Cell{Text: x.t("commendations.doc_done", "for", x.reason())})...)
	x.Blocks = append(x.Blocks, document.Paragraph{Note: true, Align: document.Center, Runs: []document.Run{{Text: x.t("commendations.doc_entered", "decision", n.Decision, "on", n.DecidedOn.Written()), Italic: true}}})
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
	t := document.Table{Columns: []document.Column{{Width: 1, Align: document.Center}, {Width: 4}, {Width: 5}},
		Head: [][]document.Cell{{cell(x.t("commendations.doc_no")), cell(x.t("commendations.who")), cell(x.t("commendations.unit"))}}}
	if withMoney {
		t.Columns = append(t.Columns, document.Column{Width: 2.6, Align: document.Right})
		t.Head[0] = append(t.Head[0], cell(x.t("commendations.money")))
	}
	for i, n := range x.all {
		line := []document.Cell{cell(strconv.Itoa(i + 1)), cell(x.name(n)), cell(x.place(n))}
		if withMoney {
			line = append(line, cell(money(n.Money)))
		}
		t.Rows = append(t.Rows, line)
	}
	x.Blocks = append(x.Blocks, t)
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
