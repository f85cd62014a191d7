package sample

import (
	"bytes"
	"fmt"
	"image"
	_ "image/png" // the sample's pictures
	"regexp"
	"strings"
	"time"

	"trucot/internal/engine/attachment"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/portal"
)

// newsWords is news.yaml.
type newsWords struct {
	Note     string       `def:"note,required"`
	Articles []sampleNews `def:"articles,required"`
}

// sampleNews is one article and how far it came.
type sampleNews struct {
	Section    string        `def:"section,required"`
	Lang       string        `def:"lang"`
	Pair       int           `def:"pair"` // n-th of the articles
	Unit       string        `def:"unit,required"`
	Writer     string        `def:"writer,required"`
	Editor     string        `def:"editor,required"`
	Approver   string        `def:"approver"` // none: it waits for the editor
	Written    calendar.Date `def:"written,required"`
	Publish    string        `def:"publish"` // hour at which it comes out; "" = at once
	Dossier    string        `def:"dossier"` // procedure
	Title      string        `def:"title,required"`
	Lead       string        `def:"lead,required"`
	Tags       []string      `def:"tags"`
	Author     string        `def:"author"`
	Source     string        `def:"source"`
	Correction string        `def:"correction"`
	Picture    *samplePhoto  `def:"picture"`
	Body       string        `def:"body,required"`
}

type samplePhoto struct {
	Name    string `def:"name,required"`
	Title   string `def:"title,required"`
	Alt     string `def:"alt,required"`
	Caption string `def:"caption,required"`
	Bars    []struct {
		VI string `def:"vi,required"`
		Of string `def:"of,required"` // indicator@period
	} `def:"bars,required"`
}

// news plans the articles: written, passed on, approved, one corrected.
func (s *simulation) news() error {
	var w newsWords
	if err := read("news.yaml", &w); err != nil {
		return err
	}
	ids := make([]string, len(w.Articles))
	for n, x := range w.Articles {
		s.at(x.Written, func(calendar.Date) error {
			return s.alone(func() (err error) {
				ids[n], err = s.article(x, w.Note, ids)
				return err
			})
		})
	}
	return nil
}

// pairID is the article that this one is the other language of.
func (x sampleNews) pairID(ids []string) string {
	if x.Pair == 0 {
		return ""
	}
	return ids[x.Pair-1]
}

func (s *simulation) article(x sampleNews, note string, ids []string) (string, error) {
	body, err := s.bound(x)
	if err != nil {
		return "", err
	}
	c := portal.Content{Lang: lang.Tag(x.Lang), Pair: x.pairID(ids), Section: x.Section, Title: x.Title, Lead: x.Lead, Tags: x.Tags, Author: x.Author, Source: x.Source, Body: portal.ParseMarkup(body)}
	if _, err := s.app.Portal.LinkDirectives(s.ctx, portal.Reach{State: true}, &c); err != nil {
		return "", err
	}
	a, err := s.app.Portal.Enter(s.ctx, x.Writer, x.Unit, c)
	if err != nil {
		return "", err
	}
	if x.Picture != nil {
		if err := s.photo(a, x, note); err != nil {
			return "", err
		}
	}
	moves := []portal.Move{{Step: portal.Submit}}
	if x.Approver != "" {
		moves = append(moves, portal.Move{Step: portal.Forward}, portal.Move{Step: portal.Approve})
	}
	by := map[portal.Step]string{portal.Submit: x.Writer, portal.Forward: x.Editor, portal.Approve: x.Approver}
	for _, m := range moves {
		s.clock.tick()
		if a, err = s.app.Portal.Get(s.ctx, a.ID); err != nil {
			return "", err
		}
		m.Version = a.Version
		if m.Step == portal.Approve && x.Publish != "" {
			if m.At, err = time.ParseInLocation("2006-01-02 15:04", x.Publish, calendar.Zone); err != nil {
				return "", err
			}
		}
		if err := s.app.Portal.Take(s.ctx, by[m.Step], a.ID, m); err != nil {
			return "", err
		}
	}
	if x.Correction != "" {
		s.clock.tick()
		if a, err = s.app.Portal.Get(s.ctx, a.ID); err == nil {
			err = s.app.Portal.Write(s.ctx, x.Approver, a.ID, a.Version, a.Content, x.Correction)
		}
	}
	return a.ID, err
}

// place is where a text takes a value of the agency: {so-lieu:indicator@period} or {ho-so}.
var place = regexp.MustCompile(`\{(so-lieu:([^@}]+)@([^}]+)|ho-so)\}`)

// bound puts the agency's own figures and dossiers into a text.
func (s *simulation) bound(x sampleNews) (string, error) {
	var failed error
	body := place.ReplaceAllStringFunc(x.Body, func(at string) string {
		m := place.FindStringSubmatch(at)
		text, err := "", error(nil)
		if m[1] == "ho-so" {
			text, err = s.lastDossier(x.Dossier)
		} else {
			text, err = s.figure(m[2], m[3], lang.Tag(x.Lang))
			text = "[" + text + "](" + m[1] + ")"
		}
		if err != nil {
			failed = err
		}
		return text
	})
	return body, failed
}

func (s *simulation) lastDossier(procedure string) (string, error) {
	rows, _, err := s.app.Dossiers.List(s.ctx, dossier.Filter{Procedure: procedure, Order: dossier.ByFiling, Limit: 1, Overdue: calendar.NoDate})
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return "[hồ sơ " + rows[0].Code + "](ho-so:" + rows[0].Code + ")", nil
}

// figure is a figure as the portal will show it when its words are pressed.
func (s *simulation) figure(id, period string, tag lang.Tag) (string, error) {
	if tag == "" {
		tag = lang.VI
	}
	rec, err := s.app.Record(s.ctx, portal.Ref{Kind: portal.RefFigure, ID: id, Period: period}, tag)
	if err != nil {
		return "", err
	}
	if rec == nil {
		return "", fault.New(fault.Internal, "lang.internal_error").Because(fmt.Errorf("news.yaml: no figure %s in %s", id, period))
	}
	value, _, _ := strings.Cut(rec.Facts[1][1], " ")
	if strings.HasSuffix(rec.Facts[1][1], "%") {
		value += "%"
	}
	return value, nil
}

// photo draws the article's picture and lays it behind its first paragraph.
func (s *simulation) photo(a *portal.Article, x sampleNews, note string) error {
	drawn := sampleFile{Name: x.Picture.Name, Title: x.Picture.Title}
	for _, b := range x.Picture.Bars {
		id, code, _ := strings.Cut(b.Of, "@")
		period, err := calendar.ParsePeriod(code)
		if err != nil {
			return err
		}
		fig, err := s.app.Indicators.Figure(indicator.Query{Period: period, AsOf: calendar.NoDate}, id)
		if err != nil {
			return err
		}
		drawn.Bars = append(drawn.Bars, struct {
			VI string `def:"vi,required"`
			N  int    `def:"n,required"`
		}{b.VI, int(fig.Arising.Float())})
	}
	raw, err := drawn.draw(note)
	if err != nil {
		return err
	}
	f, err := s.app.Attachments.Add(s.ctx, attachment.Incoming{Owner: "article/" + a.ID, Name: x.Picture.Name, Actor: x.Writer, Unit: x.Unit}, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	c := a.Content
	c.Pictures = []portal.Picture{{File: f.ID, Alt: x.Picture.Alt, Width: size.Width, Height: size.Height}}
	photo := portal.Block{Kind: portal.Photo, Photo: f.ID, Text: []portal.Run{{Text: x.Picture.Caption}}}
	c.Body = append(append([]portal.Block{c.Body[0]}, photo), c.Body[1:]...)
	return s.app.Portal.Write(s.ctx, x.Writer, a.ID, a.Version, c, "")
}
