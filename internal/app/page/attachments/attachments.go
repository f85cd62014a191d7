// Package attachments (trang tệp đính kèm) is how files come in and go out over the web: the part of a page that lists
// the files of a row, handing one in, by a plain form or in pieces over a bad line, looking at one, and withdrawing it.
// The same pages serve dossiers, tasks and directives: each row's own package says whether the reader may see it.
//
// It owns no rules: package attachment decides which files are taken.
package attachments

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"trucot/internal/engine/attachment"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// Row is what a file hangs on, as far as these pages need to know it.
type Row struct {
	Unit  string
	Title string
	Path  string // its page
	Slots []Slot
	With  []string // accounts of other units that work on it: they see its files and add to them
}

// Slot is a paper that a row asks for.
type Slot struct {
	ID, Form string
	Label    procedure.Text
	Required bool
	OnPaper  bool // ticked off as handed in
}

// Kind answers for the rows of one kind of stream.
type Kind struct {
	Read web.Permission   // in the row's unit, to see its files
	Add  []web.Permission // any of these, to add and withdraw
	Find func(ctx context.Context, id string) (Row, error)
}

// Options of the pages.
type Options struct {
	Files *attachment.Engine
	Who   *people.People
	Kinds map[string]Kind // by the first part of the owner's stream
	// Opened is told of every opening of a file that is a person's data, in the row's unit, before a byte of it is given
	// out: sent = the file itself, else what a page shows of it. An error keeps it closed. nil = nobody keeps such a log.
	Opened func(r *web.Request, f *attachment.File, unit string, sent bool) error
}

// Pages are the pages of files.
type Pages struct{ Options }

// New makes the pages.
func New(o Options) *Pages { return &Pages{o} }

// MaxBody is what one request may carry, in bytes; the rules' own limits are lower.
const MaxBody = 256 << 20

// Routes are the pages of files. Who may do what depends on the row, so every handler asks for it.
func (s *Pages) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/tep", Permission: web.SignedIn, Handler: s.row},
		{Method: http.MethodPost, Pattern: "/tep", Permission: web.SignedIn, Handler: s.add, MaxBody: MaxBody},
		{Method: http.MethodGet, Pattern: "/tep/{file}", Permission: web.SignedIn, Handler: s.one},
		{Method: http.MethodGet, Pattern: "/tep/{file}/noi-dung", Permission: web.SignedIn, Handler: s.content},
		{Method: http.MethodGet, Pattern: "/tep/{file}/anh-nho", Permission: web.SignedIn, Handler: s.thumbnail},
		web.FormRoute("/tep/{file}/rut", web.SignedIn, s.withdraw, s.withdrawAgain),
		{Method: http.MethodPost, Pattern: "/tai-len", Permission: web.SignedIn, Handler: s.begin},
		{Method: http.MethodHead, Pattern: "/tai-len/{upload}", Permission: web.SignedIn, Handler: s.progress},
		{Method: http.MethodPatch, Pattern: "/tai-len/{upload}", Permission: web.SignedIn, Handler: s.piece, MaxBody: MaxBody},
		web.FormRoute("/tai-len/{upload}/bo", web.SignedIn, s.abandon, nil),
		{Method: http.MethodHead, Pattern: "/api/v1/tai-len/{upload}", Permission: web.SignedIn, Handler: s.progress},
		{Method: http.MethodPatch, Pattern: "/api/v1/tai-len/{upload}", Permission: web.SignedIn, Handler: s.piece, MaxBody: MaxBody},
		{Method: http.MethodGet, Pattern: "/api/v1/tep/{file}/noi-dung", Permission: web.SignedIn, Handler: s.content},
	}
}

// find gives the row of an owner that the reader may see, and whether they may add to it. A row out of reach, one that is
// not there and one of no known kind read alike.
func (s *Pages) find(r *web.Request, owner string) (row Row, add bool, err error) {
	name, id, _ := strings.Cut(owner, "/")
	kind, known := s.Kinds[name]
	if known {
		row, err = kind.Find(r.Context(), id)
	}
	switch {
	case err != nil && fault.KindOf(err) != fault.NotFound:
		return Row{}, false, err
	case known && err == nil && slices.Contains(row.With, r.Actor()):
		return row, true, nil
	case !known || err != nil || !people.Holds(r.Reader, kind.Read, row.Unit):
		return Row{}, false, attachment.NotFound(owner)
	}
	for _, p := range kind.Add {
		add = add || people.Holds(r.Reader, p, row.Unit)
	}
	return row, add, nil
}

// addable is find for those who write.
func (s *Pages) addable(r *web.Request, owner string) (Row, error) {
	row, add, err := s.find(r, owner)
	if err == nil && !add {
		err = web.Forbidden()
	}
	return row, err
}

// get reads a file that the reader may see.
func (s *Pages) get(r *web.Request) (*attachment.File, Row, bool, error) {
	f, err := s.Files.Get(r.Context(), r.PathValue("file"))
	if err != nil {
		return nil, Row{}, false, err
	}
	row, add, err := s.find(r, f.Owner)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		err = attachment.NotFound(f.ID) // the same as for a file that is not there
	}
	return f, row, add, err
}

// opened tells the log of a person's data.
func (s *Pages) opened(r *web.Request, f *attachment.File, row Row, sent bool) error {
	if s.Opened == nil || !s.Files.Personal(f.Owner) {
		return nil
	}
	return s.Opened(r, f, row.Unit, sent)
}

// Path is a file's page.
func Path(f *attachment.File) string { return "/tep/" + f.ID }

// rowPath is the page of all files of a row.
func rowPath(owner string) string { return "/tep?" + url.Values{"noi": {owner}}.Encode() }
