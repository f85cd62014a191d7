package sample

import (
	"context"

	"trucot/internal/app"
	"trucot/internal/engine/dossier"
)

// talkWords are what is said around the dossiers.
type talkWords struct {
	Views []struct {
		Title string `def:"title,required"`
		Query string `def:"query,required"`
		Owner string `def:"owner,required"`
	} `def:"views"`
	Remarks []string `def:"remarks"`
	Link    string   `def:"link"`
}

// talk leaves saved views, remarks and a link: on the open dossiers that are due first.
func talk(ctx context.Context, a *app.App) error {
	var w talkWords
	if err := read("talk.yaml", &w); err != nil {
		return err
	}
	for _, v := range w.Views {
		if _, err := a.Dossiers.SaveView(ctx, dossier.View{Title: v.Title, Query: v.Query, Owner: v.Owner}); err != nil {
			return err
		}
	}
	rows, _, err := a.Dossiers.List(ctx, dossier.Filter{Open: true, Limit: len(w.Remarks)})
	if err != nil {
		return err
	}
	for i, r := range rows {
		who := r.Assignee
		if who == "" {
			who = actor
		}
		if _, err := a.Dossiers.Comment(ctx, r.Code, w.Remarks[i], who, func(string) bool { return false }); err != nil {
			return err
		}
	}
	if len(rows) < 2 {
		return nil
	}
	return a.Dossiers.Link(ctx, rows[0].Code, rows[1].Code, w.Link, actor)
}
