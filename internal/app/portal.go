package app

import (
	"cmp"
	"context"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trucot/internal/app/page/newsroom"
	news "trucot/internal/app/page/portal"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/engine/search"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
	"trucot/internal/room/portal"
)

// openPortal opens the news. What the portal shows is read when it is first asked for.
func (a *App) openPortal(ctx context.Context, o Options) error {
	var err error
	a.Portal, err = portal.New(ctx, a.Ledger, a.DB, a.People, portal.Options{Clock: o.Clock, Cited: a.cited,
		Rules: func() (*portal.Rules, error) { return portal.LoadRules(Definitions(o.Data)) }})
	return err
}

// cited finds the directives that a text names, as far as a reach allows the register to be looked into. What the register does not
// have keeps its symbol, under which it may come; what it has under one symbol several times, and a name alone, are tied to no
// guess.
func (a *App) cited(ctx context.Context, reach portal.Reach) (func(string) ([]portal.Citation, error), error) {
	finder, err := a.Directives.Finder(ctx, directive.Filter{State: reach.State, Units: reach.Units})
	if err != nil {
		return nil, err
	}
	return func(text string) ([]portal.Citation, error) {
		found, err := finder.Find(ctx, text)
		var out []portal.Citation
		for _, m := range found {
			c := portal.Citation{Start: m.Start, End: m.End}
			switch {
			case len(m.Of) == 1:
				c.ID = m.Of[0].ID
			case len(m.Of) == 0 && m.Symbol != "":
				c.ID = unregistered(m.Citation)
			}
			for _, d := range m.Of {
				c.Of = append(c.Of, portal.Choice{ID: d.ID, Label: a.directiveLabel(d)})
			}
			out = append(out, c)
		}
		return out, err
	}, nil
}

// unregistered is under what a directive may come into the register: its identity where the text says all of it, else its symbol.
func unregistered(c directive.Citation) string {
	if on, err := calendar.Parse(c.Date); err == nil && c.Issuer != "" {
		return directive.ID(c.Issuer, c.Symbol, "", on)
	}
	return c.Symbol
}

// directiveLabel tells one directive from others of its symbol or name.
func (a *App) directiveLabel(d *directive.Document) string {
	text := d.Label() + " – " + d.Issuer
	if d.Date != calendar.NoDate {
		text += ", " + dayText(d.Date)
	}
	return text
}

func (a *App) newsParts() news.Parts {
	service := func(id string, tag lang.Tag) string {
		p, err := a.Filing.Service(id)
		if err != nil {
			return ""
		}
		return p.Title.In(tag)
	}
	return news.Parts{News: a.Portal, Files: a.Attachments, Find: a.Find, Record: a.Record, Service: service}
}

func (a *App) newsroomParts() newsroom.Parts {
	return newsroom.Parts{News: a.Portal, Files: a.Attachments, People: a.People, Record: a.Record,
		Marks: func() (*portal.Marks, error) { return portal.LoadMarks(Definitions(a.data)) }}
}

// Record is the public part of what an article names; nil for what is not there or not for everybody: nothing of the Party's
// side, nothing personal.
func (a *App) Record(ctx context.Context, ref portal.Ref, tag lang.Tag) (*news.Record, error) {
	switch ref.Kind {
	case portal.RefFigure:
		return a.figureRecord(ctx, ref, tag)
	case portal.RefDossier:
		return a.dossierRecord(ctx, ref, tag)
	case portal.RefDirective:
		return a.directiveRecord(ctx, ref, tag)
	case portal.RefConference:
		return a.conferenceRecord(ctx, ref, tag)
	}
	return nil, nil
}

func (a *App) figureRecord(ctx context.Context, ref portal.Ref, tag lang.Tag) (*news.Record, error) {
	def, ok := a.Indicators.Definitions().Get(ref.ID)
	period, err := calendar.ParsePeriod(ref.Period)
	if !ok || err != nil || strings.HasPrefix(ref.ID, "party.") { // the Party's figures are for its own readers
		return nil, nil
	}
	units, err := a.People.Units(ctx, calendar.OfTime(a.clock()), people.State)
	if err != nil {
		return nil, err
	}
	q := indicator.Query{Period: period, AsOf: calendar.NoDate, Units: []string{""}}
	for _, u := range units {
		q.Units = append(q.Units, u.Code)
	}
	fig, err := a.Indicators.Figure(q, ref.ID)
	if err != nil {
		return nil, err
	}
	t := func(key string) string { return a.Catalog.T(tag, "news.record_"+key) }
	value := fig.Arising
	if def.Type == indicator.Stock {
		value = fig.Closing
	}
	r := &news.Record{Kind: t("figure"), Title: def.Title.In(tag), Path: "/so-lieu/" + url.PathEscape(ref.ID) + "?period=" + url.QueryEscape(ref.Period), Permission: people.ReadFigures,
		Facts: [][2]string{{t("period"), period.Name(tag)}, {t("value"), strings.TrimSpace(valueText(tag, value, def.Places) + " " + def.Measure.In(tag))}, {t("figure_id"), ref.ID}}}
	if text := def.Provenance.Source.In(tag); text != "" {
		r.Facts = append(r.Facts, [2]string{t("source"), text})
	}
	r.Note = def.Provenance.Limits.In(tag)
	return r, nil
}

func (a *App) dossierRecord(ctx context.Context, ref portal.Ref, tag lang.Tag) (*news.Record, error) {
	d, err := a.Dossiers.Get(ctx, ref.ID)
	if err != nil {
		return nil, gone(err)
	}
	if state, err := a.onStateSide(ctx, d.Unit); err != nil || !state {
		return nil, err
	}
	t := func(key string) string { return a.Catalog.T(tag, "news.record_"+key) }
	r := &news.Record{Kind: t("dossier"), Title: d.Code, Path: "/ho-so/" + url.PathEscape(d.Code), Permission: people.ReadDossiers, Unit: d.Unit}
	if p, err := a.Procedures.Version(d.Procedure, d.Version); err == nil {
		r.Facts = append(r.Facts, [2]string{t("procedure"), p.Title.In(tag)})
		if st := p.State(d.State); st != nil {
			r.Facts = append(r.Facts, [2]string{t("state"), st.Label.In(tag)})
		}
	}
	r.Facts = append(r.Facts, [2]string{t("submitted"), dayText(d.SubmittedOn)})
	return r, nil
}

// directiveRecord shows a directive of the register; one that is only cited, with nothing known of it, is none.
func (a *App) directiveRecord(ctx context.Context, ref portal.Ref, tag lang.Tag) (*news.Record, error) {
	d, err := a.Directives.Get(ctx, ref.ID)
	if fault.KindOf(err) == fault.NotFound {
		var all []*directive.Document
		all, err = a.Directives.Called(ctx, ref.ID)
		if all = slices.DeleteFunc(all, func(d *directive.Document) bool { return d.Side != people.State }); len(all) == 1 {
			d = all[0] // of several nobody can say which the writer meant
		}
	}
	if err != nil || d == nil || d.Side != people.State {
		return nil, gone(err)
	}
	t := func(key string) string { return a.Catalog.T(tag, "news.record_"+key) }
	title := d.Label()
	if lists, err := a.Directives.Lists(); err == nil && d.Symbol != "" { // a name says its kind
		title = strings.TrimSpace(lists.KindName(d.Kind, tag) + " " + title)
	}
	r := &news.Record{Kind: t("directive"), Title: title, Path: "/chi-dao/" + url.PathEscape(d.ID), Permission: people.ReadDirectives, Unit: d.Unit,
		Facts: [][2]string{{t("issuer"), d.Issuer}}}
	if d.Date != calendar.NoDate {
		r.Facts = append(r.Facts, [2]string{t("date"), dayText(d.Date)})
	}
	if d.Summary != "" {
		r.Facts = append(r.Facts, [2]string{t("summary"), d.Summary})
	}
	force := "in_force"
	if !d.InForce(calendar.OfTime(a.clock())) {
		force = "ended"
	}
	r.Facts = append(r.Facts, [2]string{t("force"), t(force)})
	return r, nil
}

func (a *App) onStateSide(ctx context.Context, unit string) (bool, error) {
	if unit == "" {
		return true, nil
	}
	u, err := a.People.Unit(ctx, unit, calendar.OfTime(a.clock()))
	return err == nil && u.Side == people.State, gone(err)
}

// newsDoc is a public article for the search; it belongs to everybody.
func newsDoc(x *portal.Article) search.Doc {
	d := indexed("news", x.ID, people.State, "", calendar.OfTime(x.PublishAt), x.Title, x.Plain())
	d.Facets = append(d.Facets, "lang:"+string(x.Lang))
	return d
}

func (a *App) oneArticle(ctx context.Context, id string) ([]search.Doc, error) {
	x, err := a.Portal.Get(ctx, id)
	if err != nil || !x.Public(a.clock()) {
		return nil, gone(err)
	}
	return []search.Doc{newsDoc(x)}, nil
}

func (a *App) allArticles(ctx context.Context, put func(...search.Doc)) error {
	for after := ""; ; {
		page, err := a.Portal.After(ctx, after, searchPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, x := range page {
			if x.Public(a.clock()) {
				put(newsDoc(x))
			}
			after = x.ID
		}
	}
}

// indexDue puts in the articles whose hour came since the last search, or since the event to which the file goes: no event
// tells of it.
func (a *App) indexDue(ctx context.Context) error {
	f := &a.finder
	stamp, err := a.Portal.Stamp(ctx) // costs nothing while nothing changes, CameOut looks at every article
	if err != nil || stamp == f.news {
		return err
	}
	now := a.clock()
	ids, err := a.Portal.CameOut(ctx, f.due, now)
	if err != nil {
		return err
	}
	for _, id := range ids {
		docs, err := a.oneArticle(ctx, id)
		if err != nil {
			return err
		}
		f.index.Put(docs...)
	}
	f.due, f.news = now, stamp
	return nil
}

// ArticleFile is one file to make an article of.
type ArticleFile struct {
	Path, Unit, Section, Actor string
}

// ReadArticle is what was made of a file.
type ReadArticle struct {
	File       string    `json:"file"`
	ID         string    `json:"id"`
	Title      string    `json:"title"`
	Dated      time.Time `json:"dated,omitzero"`
	Lead       string    `json:"lead,omitempty"`
	Author     string    `json:"author,omitempty"`
	Source     string    `json:"source,omitempty"`
	Captions   []string  `json:"captions,omitempty"`
	Blocks     int       `json:"blocks"`
	Directives []string  `json:"directives,omitempty"` // tied to the register, or to their symbol
	Doubtful   []string  `json:"doubtful,omitempty"`   // the register has several of them: the editor chooses
	Unknown    []string  `json:"unknown,omitempty"`    // named without symbol, and not in the register
}

// ImportArticle makes a draft of a file, the directives in it bound to their register. Errors: those of Marks.ReadArticle and
// Engine.Enter, app.no_file.
func (a *App) ImportArticle(ctx context.Context, q ArticleFile) (*ReadArticle, error) {
	raw, err := readLimited(q.Path)
	if err != nil {
		return nil, err
	}
	news := a.newsroomParts()
	if q.Unit == "" {
		q.Unit = a.root(ctx, calendar.OfTime(a.clock()), people.State)
	}
	got, err := news.Read(ctx, portal.Reach{State: true}, web.Upload{Name: filepath.Base(q.Path), Data: raw})
	if err != nil {
		return nil, err
	}
	c := got.Content
	c.Section = cmp.Or(q.Section, c.Section)
	body := c.Body
	c.Body = portal.WithoutPhotos(body)
	x, err := a.Portal.Enter(ctx, q.Actor, q.Unit, c)
	if err != nil {
		return nil, err
	}
	if err := news.Keep(ctx, q.Actor, x, body, got.Pictures); err != nil {
		return nil, err
	}
	if x, err = a.Portal.Get(ctx, x.ID); err != nil {
		return nil, err
	}
	out := &ReadArticle{File: q.Path, ID: x.ID, Title: x.Title, Dated: x.Dated, Lead: x.Lead, Author: x.Author, Source: x.Source, Blocks: len(x.Body)}
	for _, m := range got.Directives {
		switch {
		case m.ID != "":
			out.Directives = append(out.Directives, m.Words)
		case len(m.Of) > 0:
			out.Doubtful = append(out.Doubtful, m.Words)
		default:
			out.Unknown = append(out.Unknown, m.Words)
		}
	}
	for _, b := range x.Body {
		if b.Kind == portal.Photo {
			out.Captions = append(out.Captions, portal.Words(b.Text))
		}
	}
	return out, nil
}

// maxArticleFile bounds a file that an article is made of, in bytes.
const maxArticleFile = 64 << 20

func readLimited(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.NotFound, "app.no_article_file", "path", path).Because(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxArticleFile+1))
	if err == nil && len(raw) > maxArticleFile {
		err = fault.New(fault.TooLarge, "app.article_file_too_large", "path", path, "limit", maxArticleFile>>20)
	}
	return raw, err
}

// valueText is a figure in the reader's language, with at least its decimal places.
func valueText(tag lang.Tag, v indicator.Value, places int) string {
	if v == indicator.NoValue {
		return "–"
	}
	return lang.Decimal(tag, int64(v.Round(places)))
}

func dayText(d calendar.Date) string {
	if d == calendar.NoDate {
		return "–"
	}
	return d.Format(lang.VI)
}
