package commendations

import (
	"bytes"
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
	paperDecision    = "quyet-dinh" // with everybody of the same decision
	paperCertificate = "bang"       // the certificate itself
	paperConferral   = "danh-sach"  // list for the conference
)

// papersReady lists the papers that the nomination has come far enough for.
func papersReady(n *commendation.Nomination) []string {
	switch n.Stage {
	case commendation.Decided, commendation.Conferred:
		return []string{paperReport, paperDecision, paperCertificate, paperConferral}
	}
	return []string{paperReport}
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
			write = map[string]func(*drawn){paperReport: (*drawn).report, paperDecision: (*drawn).decision, paperCertificate: (*drawn).certificate, paperConferral: (*drawn).conferral}[kind]
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
	if kind == paperReport {
		unit, on = n.Unit, n.LastOn
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
	if x.law, err = s.Room.Law(n.Side, n.Year); err != nil || n.Decision == "" {
		return x, err
	}
	f := commendation.Filter{Year: n.Year, Award: n.Award, Decision: n.Decision, Limit: 1 << 30}
	f.Units, f.Without = reach(r)
	x.all, _, err = s.Room.List(ctx, f)
	return x, err
}

func (x *drawn) text(key string, args ...any) {
	x.Blocks = append(x.Blocks, document.Text(x.t("commendations."+key, args...)))
}

// centred is a line of a certificate.
func (x *drawn) centred(bold bool, text string) {
	x.Blocks = append(x.Blocks, document.Paragraph{Align: document.Center, Runs: []document.Run{{Text: text, Bold: bold}}})
}

// decision names the award, the money and who carries it out, with the list as its appendix.
func (x *drawn) decision() {
	n := x.n
	x.Number, x.TypeName, x.Subject = n.Decision, x.t("commendations.doc_decision"), x.t("commendations.doc_decision_about", "award", n.Title, "year", strconv.Itoa(n.Year))
	for _, b := range x.law.Legal {
		x.Basis = append(x.Basis, x.t("commendations.doc_basis", "title", b.Title.In(lang.VI), "symbol", b.Symbol))
	}
	if n.Council != "" {
		x.Basis = append(x.Basis, x.t("commendations.doc_basis_council", "council", n.Council))
	}
	subject := "commendations.doc_people"
	if n.Group {
		subject = "commendations.doc_units"
	}
	x.text("doc_article1", "award", n.Title, "year", strconv.Itoa(n.Year), "n", x.t(subject, "n", len(x.all)))
	x.text("doc_article2", "money", money(n.Money), "salary", money(n.BaseSalary), "total", money(n.Money*int64(len(x.all))))
	x.text("doc_article3")
	x.Recipients = []string{x.t("commendations.doc_to"), x.t("commendations.doc_filed")}
	x.Blocks = append(x.Blocks, document.Section{Restart: true})
	x.centred(true, x.t("commendations.doc_list"))
	x.centred(false, x.t("commendations.doc_with", "decision", n.Decision, "on", n.DecidedOn.Format(lang.VI)))
	x.table(true)
}

// certificate is one a subject; the layout's head and the signer's name frame it.
func (x *drawn) certificate() {
	n := x.n
	x.Layout, x.Landscape = x.Layout.Unended(), true
	x.Number, x.TypeName = n.Decision, x.t("commendations.doc_form_"+x.a.Form)
	x.Subject = x.Post
	award := n.Title
	verb := "commendations.doc_give"
	if x.a.Form != "certificate" {
		verb = "commendations.doc_reward"
	}
	x.centred(false, x.t(verb))
	x.centred(true, strings.ToUpper(x.name(n)))
	if !n.Group {
		x.centred(false, x.place(n))
	}
	x.centred(true, award)
	x.centred(false, x.t("commendations.doc_for", "year", strconv.Itoa(n.Year)))
	x.Blocks = append(x.Blocks, document.Paragraph{Note: true, Align: document.Center, Runs: []document.Run{{Text: x.t("commendations.doc_entered", "decision", n.Decision, "on", n.DecidedOn.Format(lang.VI)), Italic: true}}})
}

// conferral is the list that the conference reads out.
func (x *drawn) conferral() {
	x.Layout = x.Layout.Unended()
	x.TypeName, x.Subject = x.t("commendations.doc_list"), x.t("commendations.doc_conferral_about", "award", x.n.Title, "year", strconv.Itoa(x.n.Year))
	x.text("doc_conferral", "decision", x.n.Decision, "on", x.n.DecidedOn.Format(lang.VI))
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
	for _, m := range n.Merits {
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
