// Package onestop (trang giấy tờ một cửa) is the pages of the one-stop desk: papers and opinions on a dossier's page,
// their files, the dossiers about to be late, the logbook and the books of numbers. It owns no rules: room onestop
// decides which paper a dossier has and who signs it.
package onestop

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"trucot/internal/app/page/dossiers"
	"trucot/internal/engine/document"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/numbering"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/onestop"
)

type pages struct {
	desk     *onestop.Desk
	dossiers *dossier.Engine
	procs    *procedure.Set
	books    *numbering.Books
	who      *people.People
}

// Parts are what the pages stand on.
type Parts struct {
	Desk     *onestop.Desk
	Dossiers *dossier.Engine
	Procs    *procedure.Set
	Books    *numbering.Books
	Who      *people.People
}

func (p Parts) pages() *pages { return &pages{p.Desk, p.Dossiers, p.Procs, p.Books, p.Who} }

// Routes are the pages of the one-stop desk.
func Routes(p Parts) []web.Route {
	s := p.pages()
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/ho-so/{code}/phieu/{file}", Permission: people.ReadDossiers, Handler: s.file},
		web.FormRoute("/ho-so/{code}/phat-hanh", people.IssueDocuments, s.issue, nil),
		web.FormRoute("/ho-so/{code}/y-kien", people.ActOnDossiers, s.ask, nil),
		web.FormRoute("/ho-so/{code}/y-kien/{n}", people.ActOnDossiers, s.answer, nil),
		{Method: http.MethodGet, Pattern: "/sap-tre", Permission: people.ReadDossiers, Handler: s.soon},
		{Method: http.MethodGet, Pattern: "/so-theo-doi", Permission: people.ReadDossiers, Handler: s.logbook},
		{Method: http.MethodGet, Pattern: "/phi", Permission: people.ReadDossiers, Handler: s.fees},
		{Method: http.MethodGet, Pattern: "/giay-phep", Permission: people.ReadDossiers, Handler: s.credentials},
		{Method: http.MethodGet, Pattern: "/giay-phep/xuat", Permission: people.ReadDossiers, Handler: s.exportCredentials},
		{Method: http.MethodGet, Pattern: "/giay-phep/mot", Permission: people.ReadDossiers, Handler: s.credential},
		web.FormRoute("/giay-phep/cham-dut", people.ActOnDossiers, s.end, s.endAgain),
		{Method: http.MethodGet, Pattern: "/so-van-ban", Permission: people.ReadDossiers, Handler: s.numbers},
	}
}

// Panels are the papers and the opinions on a dossier's page.
func Panels(p Parts) []dossiers.Panel {
	s := p.pages()
	return []dossiers.Panel{s.papers, s.opinions}
}

// get reads a dossier that the reader may see; another unit's reads as none.
func (s *pages) get(r *web.Request) (*dossier.Dossier, error) {
	code := r.PathValue("code")
	d, err := s.dossiers.Get(r.Context(), code)
	if fault.KindOf(err) == fault.NotFound || err == nil && !people.Holds(r.Reader, people.ReadDossiers, d.Unit) {
		return nil, fault.New(fault.NotFound, "dossiers.unknown", "code", code)
	}
	return d, err
}

// forActing is get for what changes something.
func (s *pages) forActing(r *web.Request, p web.Permission) (*dossier.Dossier, error) {
	d, err := s.get(r)
	if err == nil && !people.Holds(r.Reader, p, d.Unit) {
		err = web.Forbidden()
	}
	return d, err
}

// dayOf reads an optional date of a form.
func dayOf(in url.Values, name string) (calendar.Date, error) {
	if text := in.Get(name); text != "" {
		return calendar.Parse(text)
	}
	return calendar.NoDate, nil
}

func path(code string) string { return "/ho-so/" + url.PathEscape(code) }

type papersPanel struct {
	*web.View
	Code    string
	Papers  []onestop.Paper
	Signers []onestop.Signer
	Issues  bool
	Verify  bool
	Warned  bool
}

// papers is the panel of a dossier's papers.
func (s *pages) papers(r *web.Request, v *web.View, d *dossier.Dossier) (templ.Component, error) {
	all, err := s.desk.Papers(r.Context(), d)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	p := papersPanel{View: v, Code: d.Code, Papers: all, Issues: people.Holds(r.Reader, people.IssueDocuments, d.Unit), Warned: s.dossiers.Warned(d)}
	for i := range all {
		p.Verify = p.Verify || all[i].Verify
		if p.Issues && all[i].Numbered() && all[i].Form.Leader && p.Signers == nil {
			if p.Signers, err = s.desk.Signers(r.Context(), r.Today()); err != nil {
				return nil, err
			}
		}
	}
	return papersView(p), nil
}

type opinionsPanel struct {
	*web.View
	Code     string
	Opinions []onestop.Opinion
	Acts     bool
	Open     bool
	Late     int
	Answered int
}

// opinions is the panel of the opinions asked of others.
func (s *pages) opinions(r *web.Request, v *web.View, d *dossier.Dossier) (templ.Component, error) {
	all, err := s.desk.Opinions(r.Context(), d.Code)
	if err != nil {
		return nil, err
	}
	p := opinionsPanel{View: v, Code: d.Code, Opinions: all, Acts: people.Holds(r.Reader, people.ActOnDossiers, d.Unit), Open: d.Open()}
	if len(all) == 0 && !(p.Acts && p.Open) {
		return nil, nil
	}
	for i := range all {
		if all[i].Answered() {
			p.Answered++
		}
		if all[i].Late || all[i].Overdue(r.Today()) {
			p.Late++
		}
	}
	return opinionsView(p), nil
}

// file answers with a paper as DOCX or PDF.
func (s *pages) file(r *web.Request) error {
	d, err := s.get(r)
	if err != nil {
		return err
	}
	id, ext, _ := strings.Cut(r.PathValue("file"), ".")
	paper, err := s.desk.Paper(r.Context(), d, id)
	if err != nil {
		return err
	}
	doc, err := s.desk.Write(r.Context(), d, paper, people.Holds(r.Reader, people.ActOnDossiers, d.Unit))
	if err != nil {
		return err
	}
	return send(r, doc, id+"-"+d.Code, ext)
}

// send answers with a document; what is neither DOCX nor PDF is not there.
func send(r *web.Request, doc *document.Document, name, ext string) error {
	var out bytes.Buffer
	write, kind, how := doc.WriteDOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment"
	switch ext {
	case "docx":
	case "pdf":
		write, kind, how = doc.WritePDF, "application/pdf", "inline"
	default:
		return fault.New(fault.NotFound, "onestop_page.bad_file", "ext", ext)
	}
	if err := write(&out); err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", how+`; filename="`+name+"."+ext+`"`)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(out.Len()))
	_, err := out.WriteTo(r.W)
	return err
}

// issue gives a paper its number and signature.
func (s *pages) issue(r *web.Request, in url.Values) (string, error) {
	d, err := s.forActing(r, people.IssueDocuments)
	if err != nil {
		return "", err
	}
	on, err := dayOf(in, "ngay")
	if err != nil {
		return "", err
	}
	_, err = s.desk.Issue(r.Context(), d, onestop.Issue{Paper: in.Get("giay"), Signer: in.Get("nguoi-ky"), Mandate: in.Get("uy-quyen") != "", Actor: r.Actor(), On: on})
	return path(d.Code) + "?da=luu#giay-to", err
}

func (s *pages) ask(r *web.Request, in url.Values) (string, error) {
	d, err := s.forActing(r, people.ActOnDossiers)
	if err != nil {
		return "", err
	}
	due, err := dayOf(in, "han")
	if err != nil {
		return "", err
	}
	_, err = s.desk.Ask(r.Context(), d, r.Actor(), onestop.Opinion{Agency: in.Get("co-quan"), Question: in.Get("noi-dung"), DueOn: due})
	return path(d.Code) + "?da=luu#lay-y-kien", err
}

func (s *pages) answer(r *web.Request, in url.Values) (string, error) {
	d, err := s.forActing(r, people.ActOnDossiers)
	if err != nil {
		return "", err
	}
	on, err := dayOf(in, "ngay")
	if err != nil {
		return "", err
	}
	n, _ := strconv.ParseInt(r.PathValue("n"), 10, 64) // unreadable = none, which is not found
	return path(d.Code) + "?da=luu#lay-y-kien", s.desk.Answer(r.Context(), d, r.Actor(), n, on, in.Get("tra-loi"))
}

// procedureName is a procedure's title, or its id where there is no definition.
func (s *pages) procedureName(tag lang.Tag) func(id, version string) string {
	return func(id, version string) string {
		if p, err := s.procs.Version(id, version); err == nil {
			return p.Title.In(tag)
		}
		return id
	}
}

// Reach is whose dossiers the reader may read.
func Reach(r *web.Request) dossier.Reach {
	units, without := people.Reach(r.Reader, people.ReadDossiers)
	return dossier.Reach{Units: units, Without: without}
}
