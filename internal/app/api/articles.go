package api

import (
	"net/http"
	"net/url"
	"time"

	"trucot/internal/app/page/newsroom"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/web"
	"trucot/internal/room/portal"
)

func (s *service) articleOps() []operation {
	const one = "/bien-tap/{id}"
	lay := op("article-picture", http.MethodPost, one+"/anh", people.WriteNews, s.layPicture)
	lay.maxBody = maxPicture
	read := op("article-import", http.MethodPost, "/bien-tap/nhap", people.WriteNews, s.importArticle)
	read.maxBody = maxPicture
	return []operation{
		read,
		op("article-list", http.MethodGet, "/bien-tap", people.ReadNews, s.listArticles),
		op("article-get", http.MethodGet, one, people.ReadNews, s.getArticle),
		makes[articleDraft](s, "article-draft", "/bien-tap"),
		alters[articleDraft](s, "article-change", one+"/sua"),
		alters[articleStep](s, "article-act", one+"/{step}"),
		lay,
	}
}

// maxPicture bounds a picture, in bytes.
const maxPicture = 31 << 20

// articleDraft is an article as its form takes it. Text is in the form's own marks, Dated in the agency's time.
type articleDraft struct {
	Unit       string   `json:"unit,omitempty" form:"don-vi" maxLength:"100" example:"so"` // of a new one
	Lang       string   `json:"lang" form:"ngon-ngu" enum:"vi,en"`
	Pair       string   `json:"pair,omitempty" form:"cap" maxLength:"100"`
	Section    string   `json:"section" form:"muc" minLength:"1" maxLength:"100" example:"hoat-dong"`
	Title      string   `json:"title" form:"tieu-de" minLength:"1" maxLength:"500"`
	Lead       string   `json:"lead,omitempty" form:"sapo" maxLength:"4000"`
	Text       string   `json:"text" form:"noi-dung" maxLength:"500000"`
	Tags       []string `json:"tags,omitempty" form:"the,commas" maxItems:"50"`
	Author     string   `json:"author,omitempty" form:"tac-gia" maxLength:"300"`
	Source     string   `json:"source,omitempty" form:"nguon" maxLength:"500"`
	Dated      string   `json:"dated,omitempty" form:"ngay-goc" maxLength:"16" example:"2026-03-02T08:00"`
	Correction string   `json:"correction,omitempty" form:"dinh-chinh" maxLength:"1000"` // what is put right, of a public one
}

// articleStep is what any editorial step says.
type articleStep struct {
	Reason string `json:"reason,omitempty" form:"ly-do" maxLength:"2000"`
	At     string `json:"at,omitempty" form:"dang-luc" maxLength:"16" example:"2026-03-02T08:00"` // to publish

	Words      string `json:"words,omitempty" form:"chu" maxLength:"300"`              // of the text, that are tied
	Directive  string `json:"directive,omitempty" form:"van-ban" maxLength:"100"`      // to this one of the register
	Correction string `json:"correction,omitempty" form:"dinh-chinh" maxLength:"1000"` // where the article is public
}

type newPicture struct {
	ID      string `path:"id" maxLength:"100"`
	Key     string `header:"Idempotency-Key" maxLength:"200"`
	Name    string `query:"name" required:"true" maxLength:"300" example:"hop.jpg"`
	Alt     string `query:"alt" required:"true" maxLength:"500"`
	Caption string `query:"caption" maxLength:"500"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// layPicture lays a picture at the end of an article.
func (s *service) layPicture(r *web.Request, in *newPicture) (*reply[Done], error) {
	return s.done(r, Versioned{Key: in.Key}, func() (string, error) {
		return s.News.Lay(r, url.Values{"mo-ta": {in.Alt}, "chu-thich": {in.Caption}}, web.Upload{Name: in.Name, Data: in.RawBody})
	})
}

type articleFile struct {
	Key     string `header:"Idempotency-Key" maxLength:"200"`
	Name    string `query:"name" required:"true" maxLength:"300" example:"hoi-nghi.docx"`
	Unit    string `query:"unit" required:"true" maxLength:"100" example:"so"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// importArticle makes a draft of a file, its pictures and the directives that it names kept.
func (s *service) importArticle(r *web.Request, in *articleFile) (*reply[Done], error) {
	return s.done(r, Versioned{Key: in.Key}, func() (string, error) {
		return s.News.Import(r, in.Unit, web.Upload{Name: in.Name, Data: in.RawBody})
	})
}

// ArticleHead is an article in a list.
type ArticleHead struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Lang      string    `json:"lang"`
	Section   string    `json:"section"`
	Unit      string    `json:"unit"`
	State     string    `json:"state"`
	PublishAt time.Time `json:"publish_at,omitzero"`
}

// Article is an article as it stands. Text is in the form's own marks.
type Article struct {
	ArticleHead
	Lead    string   `json:"lead,omitempty"`
	Text    string   `json:"text"`
	Tags    []string `json:"tags"`
	Author  string   `json:"author,omitempty"`
	Source  string   `json:"source,omitempty"`
	Pair    string   `json:"pair,omitempty"`
	Version int64    `json:"version"`

	Pictures []portal.Picture `json:"pictures"`
}

type articleFilter struct {
	Paging
	State string `query:"state" enum:"draft,editing,approving,approved,withdrawn"`
	Text  string `query:"q" maxLength:"200"`
}

func headOf(h portal.Head) ArticleHead {
	out := ArticleHead{ID: h.ID, Title: h.Title, Lang: string(h.Lang), Section: h.Section, Unit: h.Unit, State: string(h.State)}
	if h.State == portal.Approved {
		out.PublishAt = h.At.UTC()
	}
	return out
}

func (s *service) listArticles(r *web.Request, in *articleFilter) (*reply[list[ArticleHead]], error) {
	return listed(r, in.Paging, func(after string, n int) ([]portal.Head, error) {
		return s.News.News.DeskAfter(r.Context(), portal.Desk{Reach: newsroom.Reach(r), State: portal.State(in.State), Text: in.Text, Limit: n}, after)
	}, plain(headOf), func(h ArticleHead) string { return h.ID })
}

type oneArticle struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *service) getArticle(r *web.Request, _ *oneArticle) (*reply[Article], error) {
	a, err := s.News.Get(r)
	if err != nil {
		return nil, err
	}
	head := headOf(portal.Head{ID: a.ID, Title: a.Title, Lang: a.Lang, Section: a.Section, Unit: a.Unit, State: a.State, At: a.PublishAt})
	return tagged(r, quoted(a.Version), Article{ArticleHead: head, Lead: a.Lead, Text: portal.Markup(a.Body), Tags: some(a.Tags), Author: a.Author, Source: a.Source, Pair: a.Pair, Version: a.Version, Pictures: some(a.Pictures)})
}
