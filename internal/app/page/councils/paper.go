package councils

import (
	"bytes"
	"strconv"
	"strings"

	"trucot/internal/engine/council"
	"trucot/internal/engine/document"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// The official papers by their word in the address.
const (
	paperCount   = "kiem-phieu" // minutes of the count, once the urn is closed
	paperMinutes = "bien-ban"   // minutes of the meeting, once the council has concluded
	paperResult  = "ket-qua"    // notice of the result, likewise
)

// papersReady lists the papers that the council has come far enough for.
func papersReady(c *council.Council) []string {
	switch c.Stage {
	case council.Counted, council.Confirmed:
		return []string{paperCount}
	case council.Concluded:
		return []string{paperCount, paperMinutes, paperResult}
	}
	return nil
}

// paper answers with one paper as DOCX.
func (s *pages) paper(r *web.Request) error {
	c, err := s.get(r)
	if err != nil {
		return err
	}
	kind := r.PathValue("paper")
	var write func(*drawn)
	for _, ready := range papersReady(c) {
		if ready == kind {
			write = map[string]func(*drawn){paperCount: (*drawn).count, paperMinutes: (*drawn).minutes, paperResult: (*drawn).result}[kind]
		}
	}
	if write == nil {
		return fault.New(fault.NotFound, "councils.no_paper", "id", c.ID)
	}
	d, err := s.Head(r.Context(), c.Unit, c.MeetsOn)
	if err != nil {
		return err
	}
	t := func(key string, args ...any) string { return s.Words.T(lang.VI, key, args...) }
	x := &drawn{d, c, t, func(account string) string { return s.People.AccountName(r.Context(), account) }}
	d.TypeName, d.Number, d.To = t("councils.doc_type"), t("councils.doc_number"), nil
	d.Recipients = []string{t("councils.doc_recipients"), t("councils.doc_filed")}
	write(x)
	var out bytes.Buffer
	if err := d.WriteDOCX(&out); err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	h.Set("Content-Disposition", `attachment; filename="`+kind+"-"+strings.ToLower(c.ID)+`.docx"`)
	h.Set("Cache-Control", "no-store")
	_, err = out.WriteTo(r.W)
	return err
}

// drawn is a paper being written, in Vietnamese as the law wants it.
type drawn struct {
	*document.Document
	c    *council.Council
	t    say
	name func(account string) string
}

func (x *drawn) text(key string, args ...any) {
	x.Blocks = append(x.Blocks, document.Text(x.t("councils."+key, args...)))
}

// section opens the n-th part.
func (x *drawn) section(n int, key string) {
	x.Blocks = append(x.Blocks, document.Heading{Level: 1, Text: x.Layout.Heading(1, n) + " " + x.t("councils."+key)})
}

// on is a date as Vietnamese papers write it.
func on(d calendar.Date) string { return d.Written() }

// meeting says what council met when and where, and on which ground.
func (x *drawn) meeting() {
	c := x.c
	x.text("doc_council", "council", c.Title)
	if c.Decision != "" {
		x.text("doc_decision", "decision", c.Decision)
	}
	place := c.Place
	if place == "" {
		place = "……"
	}
	x.text("doc_meeting", "on", on(c.MeetsOn), "place", place)
	q := c.Quorum()
	x.text("doc_attendance", "present", q.Present, "members", q.Members, "absent", q.Members-q.Present)
	if n := len(c.Written); n > 0 {
		x.text("doc_written", "n", n)
	}
	x.text("doc_quorum", "share", c.Rules.Quorum.String(), "needed", q.Needed)
}

// table of the members with their seats and whether they were there.
func (x *drawn) memberTable() {
	cell := func(s string) document.Cell { return document.Cell{Text: s} }
	t := document.Table{Columns: []document.Column{{Width: 1, Align: document.Center}, {Width: 4}, {Width: 3.4}, {Width: 2.6}},
		Head: [][]document.Cell{{cell(x.t("councils.doc_no")), cell(x.t("councils.person")), cell(x.t("councils.role")), cell(x.t("councils.state"))}}}
	for i, m := range x.c.Members {
		seat, state := "", x.t("councils.absent")
		if s := x.c.Rules.Seat(m.Role); s != nil {
			seat = s.Label.In(lang.VI)
		}
		switch {
		case contains(x.c.Present, m.Account):
			state = x.t("councils.is_present")
		case contains(x.c.Written, m.Account):
			state = x.t("councils.in_writing")
		}
		t.Rows = append(t.Rows, []document.Cell{cell(strconv.Itoa(i + 1)), cell(x.name(m.Account)), cell(seat), cell(state)})
	}
	x.Blocks = append(x.Blocks, t)
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// outcomeTable is the count, one line a file.
func (x *drawn) outcomeTable() {
	cell := func(s string) document.Cell { return document.Cell{Text: s} }
	t := document.Table{Columns: []document.Column{{Width: 1, Align: document.Center}, {Width: 4}, {Width: 4}, {Width: 3}},
		Head: [][]document.Cell{{cell(x.t("councils.doc_no")), cell(x.t("councils.file_name")), cell(x.t("councils.votes")), cell(x.t("councils.result"))}}}
	for i, o := range x.c.Outcomes {
		result := outcomeWords(x.t, lang.VI, x.c, o)
		if o.Rank > 0 && len(x.c.Outcomes) > 1 {
			result += "; " + x.t("councils.doc_rank", "n", o.Rank)
		}
		t.Rows = append(t.Rows, []document.Cell{cell(strconv.Itoa(i + 1)), cell(fileLabel(x.c, o.File)), cell(votes(x.t, lang.VI, x.c, o)), {Text: result, Bold: true}})
	}
	x.Blocks = append(x.Blocks, t)
	x.criteriaTable()
	for _, line := range tieWords(x.t, lang.VI, x.c) {
		x.Blocks = append(x.Blocks, document.Text(line))
	}
}

// criteriaTable is the mean of each criterion, or how many found it met.
func (x *drawn) criteriaTable() {
	b := &x.c.Rules.Ballot
	if b.Kind != council.Score && b.Kind != council.Criteria {
		return
	}
	cell := func(s string) document.Cell { return document.Cell{Text: s} }
	head := []document.Cell{cell(x.t("councils.criterion"))}
	t := document.Table{Columns: []document.Column{{Width: 5}}}
	if b.Kind == council.Score {
		head, t.Columns = append(head, cell(x.t("councils.doc_max"))), append(t.Columns, document.Column{Width: 1.4, Align: document.Right})
	}
	for i := range x.c.Outcomes {
		head, t.Columns = append(head, cell(x.t("councils.file_n", "n", i+1))), append(t.Columns, document.Column{Width: 1.6, Align: document.Right})
	}
	t.Head = [][]document.Cell{head}
	for _, k := range b.Criteria {
		line := []document.Cell{cell(k.Label.In(lang.VI))}
		if b.Kind == council.Score {
			line = append(line, cell(points(lang.VI, k.Max)))
		}
		for _, o := range x.c.Outcomes {
			if b.Kind == council.Score {
				line = append(line, cell(points(lang.VI, o.Means[k.ID])))
			} else {
				line = append(line, cell(x.t("councils.doc_met", "n", o.Counts[k.ID], "all", x.c.Cast-o.Blank)))
			}
		}
		t.Rows = append(t.Rows, line)
	}
	x.Blocks = append(x.Blocks, t)
}

// count is the minutes of the count (biên bản kiểm phiếu).
func (x *drawn) count() {
	x.Subject = x.t("councils.doc_count_subject", "council", x.c.Title)
	x.section(1, "doc_meeting_head")
	x.meeting()
	if len(x.c.Tellers) > 0 {
		x.section(2, "doc_tellers")
		for _, account := range x.c.Tellers {
			x.Blocks = append(x.Blocks, document.Text("- "+x.name(account)))
		}
	} else {
		x.section(2, "doc_counted_by_chair")
	}
	x.section(3, "doc_result_head")
	out := len(x.c.Present) + len(x.c.Written)
	x.text("doc_ballots", "out", out, "in", x.c.Cast, "missing", out-x.c.Cast)
	x.outcomeTable()
	x.Blocks = append(x.Blocks, document.Text(rule(x.t, lang.VI, x.c)))
	x.provenance()
	x.Authority, x.Post, x.Name = "", x.t("councils.doc_teller_post"), ""
	if confirmed := x.c.Confirms(); len(confirmed) > 0 {
		x.Name = x.name(confirmed[0])
	}
}

// minutes is the minutes of the meeting (biên bản họp).
func (x *drawn) minutes() {
	x.Subject = x.t("councils.doc_minutes_subject", "council", x.c.Title)
	x.section(1, "doc_meeting_head")
	x.meeting()
	x.memberTable()
	x.section(2, "doc_course")
	if len(x.c.Papers) > 0 {
		x.text("doc_papers", "on", on(x.c.PapersOn), "papers", strings.Join(x.c.Papers, "; "))
	}
	for _, q := range x.c.Questions {
		x.Blocks = append(x.Blocks, document.Paragraph{Runs: []document.Run{{Text: x.t("councils.question_n", "n", q.Number) + " ", Bold: true}, {Text: q.Text}}})
		if q.Answer != "" {
			x.Blocks = append(x.Blocks, document.Paragraph{Runs: []document.Run{{Text: x.t("councils.answer") + " ", Bold: true}, {Text: q.Answer}}})
		}
	}
	x.text("doc_voted", "in", x.c.Cast)
	x.outcomeTable()
	x.section(3, "doc_conclusion")
	for _, line := range lines(x.c.Text) {
		x.Blocks = append(x.Blocks, document.Text(line))
	}
	if x.c.Secretary != "" {
		x.text("doc_recorder", "name", x.name(x.c.Secretary))
	}
	x.provenance()
	x.signedByChair()
}

// result is the notice of the result.
func (x *drawn) result() {
	x.TypeName, x.Number = x.t("councils.doc_notice"), x.t("councils.doc_notice_number")
	x.Subject = x.t("councils.doc_result_subject", "council", x.c.Title)
	x.text("doc_notice_intro", "council", x.c.Title, "on", on(x.c.MeetsOn))
	x.outcomeTable()
	for _, line := range lines(x.c.Text) {
		x.Blocks = append(x.Blocks, document.Text(line))
	}
	x.provenance()
	x.signedByChair()
}

func (x *drawn) signedByChair() {
	x.Authority, x.Post, x.Name = x.t("councils.doc_for_council"), x.t("councils.doc_chair"), ""
	if len(x.c.Members) > 0 {
		x.Name = x.name(x.c.Members[0].Account)
	}
}

// provenance says where the ballots can be counted again.
func (x *drawn) provenance() {
	text := x.t("councils.doc_provenance", "id", x.c.ID, "position", x.c.Position)
	x.Blocks = append(x.Blocks, document.Paragraph{Note: true, Runs: []document.Run{{Text: text, Italic: true}}})
}
