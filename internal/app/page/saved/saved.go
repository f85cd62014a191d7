// Package saved (bộ lọc đã lưu) keeps a list as it is filtered, sorted and laid out under a name, on every page that shows a
// list of work. It owns the form and its two routes; the dossiers' engine keeps the views, each page says what its list may be
// asked.
package saved

import (
	"context"
	"embed"
	"net/http"
	"net/url"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of this package, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }

// Book keeps the views.
type Book interface {
	SaveView(ctx context.Context, v dossier.View) (dossier.View, error)
	RemoveView(ctx context.Context, id, account string) error
	Views(ctx context.Context, list, account string, units, without []string) ([]dossier.View, error)
}

// List is a page whose views can be saved.
type List struct {
	Book      Book
	Path      string                                       // "/viec"
	Read, Act web.Permission                               // to see the list; to share a view with a unit
	Reach     func(*web.Request) (units, without []string) // of Read
	Clean     func(url.Values) url.Values                  // leaves what the list may be asked
}

// Bar is what the page shows of the saved views.
type Bar struct {
	View      *web.View
	Path      string
	Query     string // of the list as it stands
	Views     []dossier.View
	Removable string        // id of the view that is shown, where it is the reader's own
	Units     []people.Unit // with whom it may be shared; nil = with nobody
}

// Routes are the two forms of the bar.
func (l List) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodPost, Pattern: l.Path + "/bo-loc", Permission: l.Read, Handler: l.save},
		{Method: http.MethodPost, Pattern: l.Path + "/bo-loc/xoa", Permission: l.Read, Handler: l.remove},
	}
}

// Bar is the bar of a list that was asked for query; units are those that the reader may see.
func (l List) Bar(r *web.Request, v *web.View, query url.Values, units []people.Unit) (Bar, error) {
	b := Bar{View: v, Path: l.Path, Query: l.Clean(query).Encode()}
	if r.Can(l.Act, "") {
		b.Units = units
	}
	of, without := l.Reach(r)
	var err error
	b.Views, err = l.Book.Views(r.Context(), l.Path, r.Actor(), of, without)
	for _, v := range b.Views {
		if v.Query == b.Query && v.Owner == r.Actor() {
			b.Removable = v.ID
		}
	}
	return b, err
}

func (l List) save(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	asked, err := url.ParseQuery(in.Get("loc"))
	if err != nil {
		return fault.New(fault.Invalid, "saved.bad_list")
	}
	v := dossier.View{Title: in.Get("ten"), List: l.Path, Query: l.Clean(asked).Encode(), Owner: r.Actor(), Unit: in.Get("don-vi")}
	if v.Unit != "" {
		if err := r.Require(l.Act, v.Unit); err != nil {
			return err
		}
	}
	if v, err = l.Book.SaveView(r.Context(), v); err != nil {
		return err
	}
	return r.Go(v.Path() + "&da=luu")
}

func (l List) remove(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	if err := l.Book.RemoveView(r.Context(), in.Get("id"), r.Actor()); err != nil {
		return err
	}
	return r.Go(l.Path + "?da=luu")
}
