package conference

import (
	"context"
	"slices"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Newsroom takes the draft of the news and gives its id there.
type Newsroom interface {
	Draft(ctx context.Context, actor string, n News) (id string, err error)
}

// News is the draft of a news item about a conference. It names posts and units, no persons: the editor adds the names
// that the agency makes public.
type News struct {
	Title, Lead string
	Paragraphs  []NewsParagraph
	Photos      []Photo // captions alone are for the public
	Unit        string
	Conference  string
	Side        people.Side // a draft of the Party's stays among its own editors until they publish it
}

// NewsParagraph is pieces of text; a piece with an indicator is that figure.
type NewsParagraph []NewsPiece

// NewsPiece is text, or a figure bound to where it comes from.
type NewsPiece struct {
	Text              string
	Indicator, Period string
}

// Text is the draft as plain text, paragraphs apart.
func (n *News) Text() string {
	out := []string{n.Title, n.Lead}
	for _, p := range n.Paragraphs {
		var b strings.Builder
		for _, piece := range p {
			b.WriteString(piece.Text)
		}
		out = append(out, b.String())
	}
	return strings.Join(out, "\n\n")
}

// DraftNews writes the draft from what was recorded.
func (r *Room) DraftNews(ctx context.Context, c *Conference) (*News, error) {
	head, err := r.opts.Head(ctx, c.Unit, c.Side, c.Day)
	if err != nil {
		return nil, err
	}
	guests, err := r.Guests(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	chair, err := r.chairs(ctx, c, Chair, false)
	if err != nil {
		return nil, err
	}
	count := Count(guests)
	n := &News{Title: c.Name, Unit: c.Unit, Conference: c.ID, Side: c.Side, Photos: slices.Clone(c.Photos),
		Lead: r.text("conference.news_lead", "when", r.newsWhen(c), "place", c.Place, "agency", head.Issuer, "name", c.Name, "chair", chair, "n", count.Present)}
	for i := range n.Photos {
		n.Photos[i].People, n.Photos[i].Records = nil, nil
	}
	r.newsGuests(ctx, guests, n)
	if err := r.newsFigures(c, n); err != nil {
		return nil, err
	}
	if err := r.newsTalks(ctx, c, n); err != nil {
		return nil, err
	}
	parts, err := r.Parts(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		if p.News != "" && slices.Contains(c.Pack, p.Key) {
			n.say(p.News)
		}
	}
	if len(c.Conclusions) > 0 {
		n.say(r.text("conference.news_conclusions"))
		for i, x := range c.Conclusions {
			n.say(itoa(i+1) + ". " + x.Text)
		}
	}
	return n, nil
}

// newsGuests says which honoured guests were there, by their posts.
func (r *Room) newsGuests(ctx context.Context, guests []*Guest, n *News) {
	var there []string
	for _, g := range guests {
		if g.Role == Honoured && g.Present {
			there = append(there, r.Title(ctx, g))
		}
	}
	if len(there) > 0 {
		n.say(r.text("conference.news_guests", "guests", strings.Join(there, "; ")))
	}
}

// newsTalks says how much was spoken and asked, and what the minutes have of each speech, by the speaker's post.
func (r *Room) newsTalks(ctx context.Context, c *Conference, n *News) error {
	talks, err := r.Talks(ctx, c.ID)
	if err != nil {
		return err
	}
	speeches, questions := Split(talks)
	switch {
	case len(speeches) > 0 && len(questions) > 0:
		n.say(r.text("conference.news_talks", "speeches", len(speeches), "questions", len(questions)))
	case len(speeches) > 0:
		n.say(r.text("conference.news_speeches", "n", len(speeches)))
	case len(questions) > 0:
		n.say(r.text("conference.news_questions", "n", len(questions)))
	}
	for _, t := range speeches {
		if t.Gist == "" {
			continue
		}
		who, err := r.Speaker(ctx, c, t)
		if err != nil {
			return err
		}
		n.say(r.text("conference.news_gist", "who", who, "gist", t.Gist))
	}
	return nil
}

// newsWhen is the time as news begin with it: "Sáng ngày 19/12/2025", "Ngày …", "Từ ngày … đến ngày …".
func (r *Room) newsWhen(c *Conference) string {
	all := c.Sittings()
	key := "conference.news_" + all[0].Part()
	switch {
	case c.LastDay() != c.Day:
		key = "conference.news_days"
	case len(all) > 1:
		key = "conference.news_day"
	}
	return r.text(key, "day", c.Day.Format(lang.VI), "to", c.LastDay().Format(lang.VI))
}

func (n *News) say(text string) { n.Paragraphs = append(n.Paragraphs, NewsParagraph{{Text: text}}) }

// newsFigures are the results, each number bound to its figure.
func (r *Room) newsFigures(c *Conference, n *News) error {
	figures, err := r.Figures(c, lang.VI)
	if err != nil || len(figures) == 0 {
		return err
	}
	p := NewsParagraph{{Text: r.text("conference.news_results", "period", figures[0].Period.Name(lang.VI)) + " "}}
	for i, f := range figures {
		if i > 0 {
			p = append(p, NewsPiece{Text: "; "})
		}
		number := NewsPiece{Text: Shown(f.This), Indicator: f.Indicator, Period: f.Period.Code}
		if c.party() { // the public may not open the Party's records
			number.Indicator, number.Period = "", ""
		}
		p = append(p, NewsPiece{Text: lowerFirst(f.Label) + ": "}, number,
			NewsPiece{Text: " " + f.Measure + r.text("conference.news_before", "value", Shown(f.Previous))})
	}
	n.Paragraphs = append(n.Paragraphs, append(p, NewsPiece{Text: "."}))
	return nil
}

func lowerFirst(s string) string {
	runes := []rune(s)
	if len(runes) > 1 && strings.ToUpper(string(runes[1])) == string(runes[1]) && string(runes[1]) != " " {
		return s // an abbreviation
	}
	return strings.ToLower(string(runes[:1])) + string(runes[1:])
}

// HandToNewsroom gives the draft to the newsroom, once. Errors: conference.no_newsroom, conference.news_given,
// conference.not_now, those of the newsroom.
func (r *Room) HandToNewsroom(ctx context.Context, actor, id string) error {
	if r.opts.Newsroom == nil {
		return fault.New(fault.Conflict, "conference.no_newsroom")
	}
	c, err := r.Get(ctx, id)
	if err != nil {
		return err
	}
	if c.News != "" {
		return fault.New(fault.Conflict, "conference.news_given")
	}
	n, err := r.DraftNews(ctx, c)
	if err != nil {
		return err
	}
	draft, err := r.opts.Newsroom.Draft(ctx, actor, *n)
	if err != nil {
		return err
	}
	return r.set(ctx, actor, id, recording, "news_drafted", func(c *Conference) error { c.News = draft; return nil })
}

// HasNewsroom reports whether a draft can be handed on.
func (r *Room) HasNewsroom() bool { return r.opts.Newsroom != nil }
