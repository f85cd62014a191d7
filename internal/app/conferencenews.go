package app

import (
	"context"
	"net/url"

	news "trucot/internal/app/page/portal"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/conference"
	"trucot/internal/room/portal"
)

// conferenceNews hands what conferences tell to the portal's editors.
type conferenceNews struct{ app *App }

// conferenceSections are where the news of a conference of each side begins; the editor may move it.
var conferenceSections = map[people.Side]string{people.State: "hoat-dong", people.Party: "cong-tac-dang"}

// Draft enters the article in the name of who asked for it. Errors: web.forbidden for somebody who may not write in the unit.
func (n conferenceNews) Draft(ctx context.Context, actor string, x conference.News) (string, error) {
	id, err := n.app.People.Reader(ctx, actor)
	if err != nil {
		return "", err
	}
	a, err := n.app.Portal.Draft(ctx, id, x.Unit, articleOf(x))
	if err != nil {
		return "", err
	}
	return a.ID, nil
}

// articleOf lays the news out as an article: its figures open their records, and each photo's caption
// waits for the editor to put the photo that may be shown.
func articleOf(x conference.News) portal.Content {
	c := portal.Content{Lang: lang.VI, Section: conferenceSections[x.Side], Title: x.Title, Lead: x.Lead}
	for _, paragraph := range x.Paragraphs {
		b := portal.Block{Kind: portal.Paragraph}
		for _, piece := range paragraph {
			run := portal.Run{Text: piece.Text}
			if piece.Indicator != "" {
				run.Link = portal.Ref{Kind: portal.RefFigure, ID: piece.Indicator, Period: piece.Period}.String()
			}
			b.Text = append(b.Text, run)
		}
		c.Body = append(c.Body, b)
	}
	for _, p := range x.Photos {
		c.Body = append(c.Body, portal.Block{Kind: portal.Photo, Text: []portal.Run{{Text: p.Caption}}})
	}
	return c
}

// conferenceRecord is what everybody may know of a conference of the State's side that was made public.
func (a *App) conferenceRecord(ctx context.Context, ref portal.Ref, tag lang.Tag) (*news.Record, error) {
	c, err := a.Conferences.Get(ctx, ref.ID)
	if err != nil || c.Side != people.State || c.Status != conference.Published {
		return nil, gone(err)
	}
	t := func(key string) string { return a.Catalog.T(tag, "news.record_"+key) }
	return &news.Record{Kind: t("conference"), Title: c.Name, Path: "/hoi-nghi/" + url.PathEscape(c.ID), Permission: people.ReadConferences, Unit: c.Unit,
		Facts: [][2]string{{t("day"), dayText(c.Day)}, {t("place"), c.Place}}}, nil
}
