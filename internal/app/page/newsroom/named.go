package newsroom

import (
	"net/url"
	"slices"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/portal"
)

// tieSlug is the step that ties words of the text to a directive of the register.
const tieSlug = "van-ban"

// named is a directive that an article names, as the editor sees it.
type named struct {
	portal.Mention
	Title, Path string // of what it is tied to, where the reader may see that
}

// registers is where in the register of directives the reader may look for an article of a unit: what only Party readers see is not
// named in an article of the other side.
func (s *pages) registers(r *web.Request, unit string) portal.Reach {
	state, units := people.Sides(r.Reader, people.ReadDirectives)
	party, err := s.People.Units(r.Context(), r.Today(), people.Party)
	isParty := func(code string) bool {
		return slices.ContainsFunc(party, func(u people.Unit) bool { return u.Code == code })
	}
	if err != nil || !isParty(unit) {
		units = slices.DeleteFunc(units, isParty)
	}
	return portal.Reach{State: state, Units: units}
}

// named lists the directives that an article names: tied ones, those of which the register has several, and those it does not have.
func (s *pages) named(r *web.Request, a *portal.Article) ([]named, error) {
	list, err := s.News.Mentions(r.Context(), s.registers(r, a.Unit), a.Content)
	var out []named
	for _, m := range list {
		x := named{Mention: m}
		if m.Tied {
			rec, err := s.Record(r.Context(), portal.Ref{Kind: portal.RefDirective, ID: m.ID}, r.Lang)
			if err != nil {
				return nil, err
			}
			if rec != nil {
				x.Title, x.Path = rec.Title, rec.Path
			}
		}
		out = append(out, x)
	}
	return out, err
}

// tie ties words of the article to one of the directives that they may mean. Error: newsroom.no_choice.
func (s *pages) tie(r *web.Request, a *portal.Article, in url.Values) error {
	if !s.may(r, a, portal.Edit) && !s.may(r, a, portal.Correct) {
		return web.Forbidden()
	}
	list, err := s.News.Mentions(r.Context(), s.registers(r, a.Unit), a.Content)
	if err != nil {
		return err
	}
	words, id := in.Get("chu"), in.Get("van-ban")
	offered := slices.ContainsFunc(list, func(m portal.Mention) bool {
		return m.Words == words && slices.ContainsFunc(m.Of, func(c portal.Choice) bool { return c.ID == id })
	})
	if !offered {
		return fault.New(fault.Invalid, "newsroom.no_choice", "words", words)
	}
	c := a.Content
	c.Body = portal.ParseMarkup(portal.Markup(c.Body))
	if err := c.LinkWords(words, id); err != nil {
		return err
	}
	return s.News.Write(r.Context(), r.Actor(), a.ID, web.Seen(in, a.Version), c, in.Get("dinh-chinh"))
}
