// Package portal (trang cổng thông tin) is the agency's news for everybody: the front page, sections, the article with its
// pictures, stars and views, what a figure or decision in it stands on, the archive by day, feeds and what search engines
// read. No page asks who the reader is, and all work without a script. Pages are made once for many readers.
//
// It owns no rules: package room/portal says what is public.
package portal

import (
	"context"
	"net/http"
	"strconv"

	"trucot/internal/engine/attachment"
	"trucot/internal/engine/search"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/portal"
)

// Record is the public part of a record that an article names.
type Record struct {
	Kind  string      // as a word for people
	Title string      // what it is
	Facts [][2]string // name and value
	Note  string      // how far to trust it, "" for nothing to say

	Path       string         // its page inside the agency, for those who may open it
	Permission web.Permission // that this needs in Unit
	Unit       string
}

// Parts are what the pages work on.
type Parts struct {
	News  *portal.Engine
	Files *attachment.Engine
	// Record gives the public part of what an article names, nil where there is none or it is not for everybody.
	Record func(ctx context.Context, ref portal.Ref, tag lang.Tag) (*Record, error)
	Find   func(context.Context, search.Query) (search.Result, error)
	// Service is the name of a service that anyone may file for, "" where there is none of the id.
	Service func(id string, tag lang.Tag) string
}

type pages struct {
	Parts
	made cache
}

// Routes are the public pages of the news.
func Routes(p Parts) []web.Route {
	s := &pages{Parts: p, made: newCache()}
	var out []web.Route
	get := func(pattern string, h web.Handler) {
		out = append(out, web.Route{Method: http.MethodGet, Pattern: pattern, Permission: web.Public, Handler: s.outside(h)})
	}
	for _, t := range []struct {
		base string
		tag  lang.Tag
	}{{"/tin-tuc", lang.VI}, {"/tin-tuc/en", lang.EN}} {
		in := func(h web.Handler) web.Handler {
			return func(r *web.Request) error { r.Lang = t.tag; return h(r) }
		}
		get(t.base, in(s.front))
		get(t.base+"/muc/{section}", in(s.section))
		get(t.base+"/the/{tag}", in(s.tag))
		get(t.base+"/luu-tru", in(s.archive))
		get(t.base+"/tim", in(s.search))
		get(t.base+"/{year}", in(s.year))
		get(t.base+"/{year}/{month}", in(s.month))
		get(t.base+"/{year}/{month}/{day}", in(s.day))
		get(t.base+"/atom.xml", in(s.feed))
		get(t.base+"/muc/{section}/atom.xml", in(s.feed))
	}
	get("/tin-tuc/bai/{id}", s.article)
	get("/tin-tuc/bai/{id}/{slug}", s.article)
	get("/tin-tuc/bai/{id}/can-cu/{n}", s.basis)
	get("/tin-tuc/anh/{file}", s.picture)
	get("/tin-tuc/anh/{file}/nho", s.thumbnail)
	get("/sitemap.xml", s.sitemap)
	get("/robots.txt", s.robots)
	return append(out, web.Route{Method: http.MethodPost, Pattern: "/tin-tuc/bai/{id}/danh-gia", Permission: web.Public, Handler: s.outside(s.rate)})
}

// outside shows what went wrong in the public frame, with a way on.
func (s *pages) outside(h web.Handler) web.Handler {
	return func(r *web.Request) error {
		err := h(r)
		if err == nil || fault.KindOf(err) == fault.Internal {
			return err
		}
		v := r.View(r.T("news.trouble"))
		return r.Render(web.Status(fault.KindOf(err)), trouble(v, base(r.Lang), r.ErrorText(err)))
	}
}

// base is where the pages of a language begin.
func base(tag lang.Tag) string {
	if tag == lang.EN {
		return "/tin-tuc/en"
	}
	return "/tin-tuc"
}

// otherLang is the other of the two languages.
func otherLang(tag lang.Tag) lang.Tag {
	if tag == lang.EN {
		return lang.VI
	}
	return lang.EN
}

// noPage is for an address below the news that leads nowhere.
func noPage(path string) error { return fault.New(fault.NotFound, "news.no_page", "path", path) }

// pageNumber is the number of a list's page, from 1.
func pageNumber(r *web.Request) int {
	n, _ := strconv.Atoi(r.Query("trang")) // an unreadable one is the first
	return min(max(n, 1), farthest)
}

// farthest is how many pages one can turn; older news are found by date.
const farthest = 500
