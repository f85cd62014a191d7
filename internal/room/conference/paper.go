package conference

import (
	"cmp"
	"context"
	"io"
	"strings"

	"rsc.io/qr"

	"trucot/internal/engine/document"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// The papers by their word in the address.
const (
	PaperProgramme  = "chuong-trinh"
	PaperGuests     = "danh-sach-dai-bieu"
	PaperMinutes    = "bien-ban"
	PaperNotice     = "thong-bao-ket-luan"
	PaperThanks     = "danh-sach-cam-on"
	PaperInvitation = "giay-moi"
)

// Papers lists those that a conference has enough for.
func (c *Conference) Papers() []string {
	out := []string{PaperProgramme, PaperGuests}
	if c.Begun != "" {
		out = append(out, PaperMinutes)
	}
	if len(c.Conclusions) > 0 {
		out = append(out, PaperNotice)
	}
	if len(c.Thanks) > 0 {
		out = append(out, PaperThanks)
	}
	return out
}

// Paper is one of the papers, in the layout of the conference's side. Error: fault.NotFound "conference.no_paper".
func (r *Room) Paper(ctx context.Context, c *Conference, kind string) (*document.Document, error) {
	switch kind {
	case PaperProgramme:
		return r.programmePaper(ctx, c)
	case PaperGuests:
		return r.guestPaper(ctx, c, true)
	case PaperMinutes:
		return r.minutesPaper(ctx, c)
	case PaperNotice:
		return r.noticePaper(ctx, c)
	case PaperThanks:
		return r.thanksPaper(ctx, c)
	}
	return nil, fault.New(fault.NotFound, "conference.no_paper")
}

// paper is an empty paper of a conference: its head, kind and subject.
func (r *Room) paper(ctx context.Context, c *Conference, on calendar.Date, kind, symbol, subject string) (*document.Document, error) {
	d, err := r.opts.Head(ctx, c.Unit, c.Side, on)
	if err != nil {
		return nil, err
	}
	d.TypeName, d.Subject, d.Title = r.text("conference.paper_"+kind), subject, subject
	if symbol != "" {
		by := cmp.Or(r.opts.Symbol(c.Side), "……")
		d.Number = "       /" + symbol + "-" + by
		if c.party() {
			d.Number = "       -" + symbol + "/" + by
		}
	}
	return d, nil
}

func cells(texts ...string) []document.Cell {
	out := make([]document.Cell, len(texts))
	for i, t := range texts {
		out[i].Text = t
	}
	return out
}

func columns(widths ...float64) []document.Column {
	out := make([]document.Column, len(widths))
	for i, w := range widths {
		out[i] = document.Column{Width: w, Align: document.Left}
	}
	out[0].Align = document.Center
	return out
}

// labelled is a paragraph that opens with a word in bold.
func labelled(label, text string) document.Paragraph {
	return document.Paragraph{Runs: []document.Run{{Text: label + ": ", Bold: true}, {Text: text}}}
}

func centred(text string, bold bool) document.Paragraph {
	return document.Paragraph{Align: document.Center, Runs: []document.Run{{Text: text, Bold: bold}}}
}

// when is the time of a conference in words: "08 giờ 00, thứ Sáu, ngày 19/12/2025", or from when to when in how many
// sessions.
func (r *Room) when(c *Conference) string {
	from := r.text("conference.when", "hour", c.Start[:2], "minute", c.Start[3:], "weekday", c.Day.WeekdayName(lang.VI), "day", c.Day.Written())
	switch last := c.LastDay(); {
	case last != c.Day:
		return r.text("conference.when_to", "from", from, "weekday", last.WeekdayName(lang.VI), "day", last.Written(), "n", len(c.Sessions)+1)
	case len(c.Sessions) > 0:
		return r.text("conference.when_day", "from", from, "n", len(c.Sessions)+1)
	}
	return from
}

// sitting names a session: "Buổi sáng thứ Năm, ngày 18/12/2025".
func (r *Room) sitting(s *Sitting) string {
	return r.text("conference.session_"+s.Part(), "weekday", s.Day.WeekdayName(lang.VI), "day", s.Day.Written())
}

// programmeTable is the programme, with a line above each session where there are several.
func (r *Room) programmeTable(c *Conference) document.Table {
	t := document.Table{Columns: columns(1.4, 6, 3), Head: [][]document.Cell{cells(r.text("conference.col_time"), r.text("conference.col_what"), r.text("conference.col_who"))}}
	all := c.Sittings()
	for i := range all {
		if s := &all[i]; len(all) > 1 {
			t.Rows = append(t.Rows, []document.Cell{{Text: r.text("conference.session_hours", "session", r.sitting(s), "from", s.Start, "to", s.End()), ColSpan: len(t.Columns), Bold: true, Align: document.Left}})
		}
		for _, x := range all[i].Slots {
			t.Rows = append(t.Rows, cells(x.At, x.What, x.Who))
		}
	}
	return t
}

func (r *Room) programmePaper(ctx context.Context, c *Conference) (*document.Document, error) {
	d, err := r.paper(ctx, c, calendar.NoDate, PaperProgramme, "", c.Name)
	if err != nil {
		return nil, err
	}
	d.Layout, d.Post, d.Name, d.Authority = d.Layout.Unended(), "", "", ""
	d.Blocks = []document.Block{labelled(r.text("conference.time"), r.when(c)), labelled(r.text("conference.place"), c.Place), r.programmeTable(c)}
	return d, nil
}

// guestPaper lists who is invited. Names stand in it only for who keeps the list.
func (r *Room) guestPaper(ctx context.Context, c *Conference, names bool) (*document.Document, error) {
	d, err := r.paper(ctx, c, calendar.NoDate, PaperGuests, "", c.Name)
	if err != nil {
		return nil, err
	}
	guests, err := r.Guests(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	sittings := c.Sittings()
	t := document.Table{Columns: columns(0.8, 5.5, 2.2), Head: [][]document.Cell{cells(r.text("conference.col_no"), r.text("conference.col_post"), r.text("conference.col_role"))}}
	if names {
		t.Columns = columns(0.7, 3, 4.9, 1.7)
		t.Head[0] = cells(r.text("conference.col_no"), r.text("conference.col_name"), r.text("conference.col_post"), r.text("conference.col_role"))
	}
	for i := range sittings {
		head := r.text("conference.col_present")
		if len(sittings) > 1 {
			head = r.text("conference.col_session_"+sittings[i].Part(), "day", sittings[i].Day.Written())
		}
		t.Columns = append(t.Columns, document.Column{Width: 1.3, Align: document.Center})
		t.Head[0] = append(t.Head[0], document.Cell{Text: head})
	}
	for i, g := range guests {
		row := []string{itoa(i + 1)}
		if names {
			name, err := r.Name(ctx, g)
			if err != nil {
				return nil, err
			}
			row = append(row, name)
		}
		row = append(row, r.Title(ctx, g), r.text("conference.role_"+string(g.Role)))
		for n := range sittings {
			at := ""
			if v := g.Visit(n); v != nil {
				at = v.At
			}
			row = append(row, at)
		}
		t.Rows = append(t.Rows, cells(row...))
	}
	d.Layout, d.Post, d.Name, d.Authority = d.Layout.Unended(), "", "", ""
	d.Blocks = []document.Block{document.Text(r.countText(Count(guests), c)), t}
	return d, nil
}

// countText says how many were invited and came.
func (r *Room) countText(n Counts, c *Conference) string {
	if c.Begun == "" {
		return r.text("conference.count_before", "invited", n.Invited, "attend", n.Attend+n.Substitutes, "absent", n.Absent, "silent", n.Silent)
	}
	return r.text("conference.count_after", "invited", n.Invited, "present", n.Present, "late", n.Late, "absent", n.Invited-n.Present)
}

// chairs are the posts of those in the chair, or with names.
func (r *Room) chairs(ctx context.Context, c *Conference, role Role, names bool) (string, error) {
	guests, err := r.Guests(ctx, c.ID)
	var out []string
	for _, g := range guests {
		if g.Role != role {
			continue
		}
		text := r.Title(ctx, g)
		if names {
			name, err := r.Name(ctx, g)
			if err != nil {
				return "", err
			}
			if name != "" {
				text = r.text("conference.person", "name", name, "post", text)
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, "; "), err
}

// minutesPaper is the minutes from what was recorded.
func (r *Room) minutesPaper(ctx context.Context, c *Conference) (*document.Document, error) {
	d, err := r.paper(ctx, c, c.Day, PaperMinutes, "BB", c.Name)
	if err != nil {
		return nil, err
	}
	guests, err := r.Guests(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	chair, err := r.chairs(ctx, c, Chair, true)
	if err != nil {
		return nil, err
	}
	secretary, err := r.chairs(ctx, c, Secretary, true)
	if err != nil {
		return nil, err
	}
	begun := cmp.Or(c.Begun, c.Start)
	d.Blocks = []document.Block{document.Text(r.text("conference.minutes_opening", "hour", begun[:2], "minute", begun[3:], "day", c.Day.Written(), "place", c.Place, "agency", d.Issuer, "name", c.Name)),
		labelled(r.text("conference.role_chair"), chair)}
	if secretary != "" {
		d.Blocks = append(d.Blocks, labelled(r.text("conference.role_secretary"), secretary))
	}
	d.Blocks = append(d.Blocks, labelled(r.text("conference.attendance"), r.countText(Count(guests), c)))
	if all := c.Sittings(); len(all) > 1 {
		for i := range all {
			n := CountAt(guests, i)
			d.Blocks = append(d.Blocks, document.Text(r.text("conference.session_count", "session", r.sitting(&all[i]), "present", n.Present, "late", n.Late)))
		}
	}
	n := 0
	section := func(key string) {
		n++
		d.Blocks = append(d.Blocks, document.Heading{Level: 1, Text: d.Layout.Heading(1, n) + " " + r.text(key)})
	}
	section("conference.minutes_programme")
	d.Blocks = append(d.Blocks, r.programmeTable(c))
	talks, err := r.Talks(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if err := r.minutesTalks(ctx, c, d, talks, section); err != nil {
		return nil, err
	}
	section("conference.minutes_conclusions")
	d.Blocks = append(d.Blocks, r.conclusionBlocks(ctx, c)...)
	if c.Ended != "" {
		key := "conference.minutes_end"
		if c.LastDay() != c.Day {
			key = "conference.minutes_end_on"
		}
		d.Blocks = append(d.Blocks, document.Text(r.text(key, "hour", c.Ended[:2], "minute", c.Ended[3:], "day", c.LastDay().Written())))
	}
	r.twoSign(ctx, d, guests)
	return d, nil
}

// minutesTalks are the speeches that were held and the questions with their answers.
func (r *Room) minutesTalks(ctx context.Context, c *Conference, d *document.Document, talks []*Talk, section func(string)) error {
	speeches, questions := Split(talks)
	said := 0
	for _, t := range speeches {
		if t.Called == "" {
			continue
		}
		if said++; said == 1 {
			section("conference.minutes_speeches")
		}
		who, err := r.Speaker(ctx, c, t)
		if err != nil {
			return err
		}
		text := t.Text
		if t.Gist != "" {
			text += ". " + t.Gist
		}
		d.Blocks = append(d.Blocks, labelled(itoa(said)+". "+who, text))
	}
	for i, t := range questions {
		if i == 0 {
			section("conference.minutes_questions")
		}
		who, err := r.Speaker(ctx, c, t)
		if err != nil {
			return err
		}
		answer := r.text("conference.unanswered")
		if t.Answer != "" {
			answer = r.text("conference.answered", "who", t.Answerer, "text", t.Answer)
		}
		question := labelled(r.text("conference.question_by", "n", i+1, "who", who), t.Text)
		question.Keep = true
		d.Blocks = append(d.Blocks, question, document.Text(answer))
	}
	return nil
}

// Speaker is whose speech or question it is, by post: guests without a name.
func (r *Room) Speaker(ctx context.Context, c *Conference, t *Talk) (string, error) {
	if t.Guest == 0 {
		return r.text("conference.a_reader"), nil
	}
	g, err := r.Guest(ctx, c.ID, t.Guest)
	if fault.Is(err, "conference.no_such_guest") {
		return r.text("conference.a_reader"), nil
	}
	if err != nil {
		return "", err
	}
	return r.Title(ctx, g), nil
}

// twoSign puts the secretary at the left and the chair at the right.
func (r *Room) twoSign(ctx context.Context, d *document.Document, guests []*Guest) {
	names := map[Role]string{}
	for _, g := range guests {
		if names[g.Role] == "" && (g.Role == Chair || g.Role == Secretary) {
			names[g.Role], _ = r.Name(ctx, g) // a name that is gone leaves room to sign
		}
	}
	d.Post, d.Name, d.Authority = "", "", ""
	d.Blocks = append(d.Blocks, d.Layout.SignedByTwo(document.Signature{Post: r.text("conference.role_secretary"), Name: names[Secretary]},
		document.Signature{Post: r.text("conference.role_chair"), Name: names[Chair]}))
}

// conclusionBlocks are the conclusions, numbered, each with who does it by when.
func (r *Room) conclusionBlocks(ctx context.Context, c *Conference) []document.Block {
	var out []document.Block
	for i, x := range c.Conclusions {
		runs := []document.Run{{Text: itoa(i+1) + ". ", Bold: true}, {Text: x.Text}}
		if x.Unit != "" {
			runs[1].Text = strings.TrimRight(x.Text, ". ") + ". "
			runs = append(runs, document.Run{Text: r.owes(ctx, x), Italic: true})
		}
		out = append(out, document.Paragraph{Runs: runs})
	}
	if len(out) == 0 {
		out = append(out, document.Text(r.text("conference.no_conclusions_yet")))
	}
	return out
}

// owes says which unit does it, what it hands in and by when.
func (r *Room) owes(ctx context.Context, x Conclusion) string {
	text := r.text("conference.owes", "unit", r.unitName(ctx, x.Unit))
	if x.Product != "" {
		text += r.text("conference.owes_product", "product", x.Product)
	}
	if x.Due != "" {
		text += r.text("conference.owes_due", "due", dueText(x.Due))
	}
	return text + "."
}

// dueText is a deadline in words.
func dueText(due string) string {
	if day, err := calendar.Parse(due); err == nil {
		return day.Written()
	}
	if span, err := calendar.ParseDuration(due); err == nil {
		return span.Name(lang.VI)
	}
	return due
}

// noticePaper is the notice of conclusions (thông báo kết luận).
func (r *Room) noticePaper(ctx context.Context, c *Conference) (*document.Document, error) {
	on := calendar.NoDate
	if c.Notice != nil {
		on = c.Notice.On
	}
	d, err := r.paper(ctx, c, on, PaperNotice, "TB", r.text("conference.notice_about", "name", c.Name))
	if err != nil {
		return nil, err
	}
	if c.Notice != nil {
		d.Number = c.Notice.Number
	}
	chair, err := r.chairs(ctx, c, Chair, false)
	if err != nil {
		return nil, err
	}
	d.Blocks = append([]document.Block{document.Text(r.text("conference.notice_opening", "day", c.Day.Written(), "place", c.Place, "agency", d.Issuer, "name", c.Name, "chair", chair))}, r.conclusionBlocks(ctx, c)...)
	d.Blocks = append(d.Blocks, document.Text(r.text("conference.notice_closing")))
	d.Recipients = []string{r.text("conference.to_units"), r.text("conference.filed_" + string(c.Side))}
	return d, nil
}

func (r *Room) thanksPaper(ctx context.Context, c *Conference) (*document.Document, error) {
	d, err := r.paper(ctx, c, calendar.NoDate, PaperThanks, "", r.text("conference.thanks_about", "name", c.Name))
	if err != nil {
		return nil, err
	}
	t := document.Table{Columns: columns(0.8, 4, 5), Head: [][]document.Cell{cells(r.text("conference.col_no"), r.text("conference.col_thanked"), r.text("conference.col_reason"))}}
	for i, x := range c.Thanks {
		t.Rows = append(t.Rows, cells(itoa(i+1), x.Who, x.Reason))
	}
	d.Layout = d.Layout.Unended()
	d.Blocks = []document.Block{document.Text(r.text("conference.thanks_opening", "agency", d.Issuer, "name", c.Name)), t}
	return d, nil
}

// Invitation is the invitation of one guest. site is "https://host", before the secret link that its code opens.
func (r *Room) InvitationPaper(ctx context.Context, c *Conference, g *Guest, site string) (*document.Document, error) {
	d, err := r.paper(ctx, c, r.Today(), PaperInvitation, "GM", c.Name)
	if err != nil {
		return nil, err
	}
	token, err := r.Token(ctx, c.ID, g.N)
	if err != nil {
		return nil, err
	}
	link := strings.TrimRight(site, "/") + LinkPath(token)
	picture, err := qr.Encode(link, qr.M)
	if err != nil {
		return nil, fault.New(fault.Internal, "conference.no_code").Because(err)
	}
	d.Corner = &document.Picture{PNG: picture.PNG(), Alt: r.text("conference.code_alt"), Width: 30, Height: 30}
	name, err := r.Name(ctx, g)
	if err != nil {
		return nil, err
	}
	chair, err := r.chairs(ctx, c, Chair, false)
	if err != nil {
		return nil, err
	}
	who := r.Title(ctx, g)
	if name != "" {
		who = r.text("conference.person", "name", name, "post", who)
	}
	d.Blocks = []document.Block{document.Text(r.text("conference.invite", "agency", d.Issuer)), centred(who, true),
		document.Text(r.text("conference.invite_to", "name", c.Name)),
		labelled(r.text("conference.role_chair"), chair), labelled(r.text("conference.time"), r.when(c)), labelled(r.text("conference.place"), c.Place),
		document.Text(r.text("conference.invite_reply"))}
	if !c.party() { // a Party paper has a list of recipients of its own kind
		d.Recipients = []string{r.text("conference.as_above"), r.text("conference.filed_state")}
	}
	return d, nil
}

// LinkPath is the address of a guest's own page.
func LinkPath(token string) string { return "/moi/" + token }

// WriteInvitations writes the invitations of all guests into one PDF, to be printed at once.
func (r *Room) WriteInvitations(ctx context.Context, w io.Writer, c *Conference, site string) error {
	guests, err := r.Guests(ctx, c.ID)
	if err != nil {
		return err
	}
	var all []*document.Document
	for _, g := range guests {
		d, err := r.InvitationPaper(ctx, c, g, site)
		if err != nil {
			return err
		}
		all = append(all, d)
	}
	if len(all) == 0 {
		return fault.New(fault.Conflict, "conference.no_guest")
	}
	return document.WritePDFs(w, all)
}
