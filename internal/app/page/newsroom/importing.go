package newsroom

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"image"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	public "trucot/internal/app/page/portal"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/portal"
)

// maxImport bounds the files of one import, and the form that comes back with what was read from them, in bytes.
const maxImport = 48 << 20

// mostFiles is how many files one import reads.
const mostFiles = 10

// Read is what was found in one file: an article to be corrected, the directives that it names, its pictures.
type Read struct {
	Content    portal.Content
	Directives []portal.Mention
	Pictures   []portal.Found
}

// Read reads a file as the program's own import does, and ties the directives in it to their register as far as reach lets it look.
// Errors: those of portal.Marks.ReadArticle.
func (p Parts) Read(ctx context.Context, reach portal.Reach, up web.Upload) (*Read, error) {
	marks, err := p.Marks()
	if err != nil {
		return nil, err
	}
	c, found, err := marks.ReadArticle(ctx, up.Name, bytes.NewReader(up.Data), int64(len(up.Data)))
	if err != nil {
		return nil, err
	}
	c.Section = usualSection
	named, err := p.News.LinkDirectives(ctx, reach, &c)
	return &Read{Content: c, Directives: named, Pictures: found}, err
}

// usualSection is where an imported article stands until somebody chooses.
const usualSection = "hoat-dong"

// Keep hangs the pictures that came with a file on the draft made of it, and puts them where body has them.
func (p Parts) Keep(ctx context.Context, actor string, a *portal.Article, body []portal.Block, found []portal.Found) error {
	c := a.Content
	c.Body = slices.Clone(body)
	kept := 0
	for _, pic := range found {
		size, _, err := image.DecodeConfig(bytes.NewReader(pic.Data))
		at := slices.IndexFunc(c.Body, func(b portal.Block) bool { return b.Kind == portal.Photo && b.Photo == pic.ID })
		if err != nil || at < 0 { // a drawing that browsers do not show, or one that was taken out of the text
			continue
		}
		f, err := p.Files.Add(ctx, attachment.Incoming{Owner: "article/" + a.ID, Name: pic.Name, Actor: actor, Unit: a.Unit}, bytes.NewReader(pic.Data))
		if err != nil {
			return err
		}
		c.Body[at].Photo = f.ID
		kept++
		if c.Picture(f.ID) == nil {
			c.Pictures = append(c.Pictures, portal.Picture{File: f.ID, Alt: cmp.Or(portal.Words(c.Body[at].Text), c.Title), Width: size.Width, Height: size.Height})
		}
	}
	if kept == 0 {
		return nil
	}
	return p.News.Write(ctx, actor, a.ID, a.Version, c, "")
}

type importPage struct {
	*web.View
	Items   []readItem
	Rules   *portal.Rules
	Units   []people.Unit
	Unit    string
	Trouble string
}

// readItem is one file as the form shows it, before and after it was corrected.
type readItem struct {
	File, Title, Lead, Dated, Author, Source, Section, Body string
	Captions, Directives, Untied                            []string
	Pictures                                                []portal.Found
	Look                                                    string // the text as readers will see it
	Skip                                                    bool
	Trouble                                                 string
}

func (s *pages) blankImport(r *web.Request) error { return s.showImport(r, &importPage{}, nil) }

func (s *pages) showImport(r *web.Request, p *importPage, trouble error) error {
	p.View = r.View(r.T("newsroom.import"), web.Crumb{Title: r.T("newsroom.title"), Path: "/bien-tap"})
	var err error
	if p.Rules, err = s.News.Rules(); err != nil {
		return err
	}
	units, err := s.People.Units(r.Context(), r.Today(), "")
	if err != nil {
		return err
	}
	p.Units = slices.DeleteFunc(units, func(u people.Unit) bool { return !r.Can(people.WriteNews, u.Code) })
	for i := range p.Items {
		s.lookAt(&p.Items[i], p.View)
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, importView(p))
}

// lookAt shows an item's text as readers will see it, its pictures from the form itself.
func (s *pages) lookAt(x *readItem, v *web.View) {
	body, _ := portal.Clean(portal.ParseMarkup(x.Body)) // what is too long is said when it is saved
	a := &portal.Article{Content: portal.Content{Body: body}}
	data := map[string]string{}
	for _, pic := range x.Pictures {
		size, _, err := image.DecodeConfig(bytes.NewReader(pic.Data))
		if err == nil {
			a.Pictures = append(a.Pictures, portal.Picture{File: pic.ID, Alt: x.Title, Width: size.Width, Height: size.Height})
			data[pic.ID] = "data:" + http.DetectContentType(pic.Data) + ";base64," + base64.StdEncoding.EncodeToString(pic.Data)
		}
	}
	w := public.Writer{Article: a, Caption: v.T("newsroom.no_picture"), Ref: func(portal.Ref) string { return "" }, Picture: func(file string) string { return data[file] }}
	x.Look = w.HTML()
	x.Captions = nil
	for _, b := range body {
		if text := portal.Words(b.Text); b.Kind == portal.Photo && text != "" {
			x.Captions = append(x.Captions, text)
		}
	}
}

// importFiles reads files for a preview, or makes drafts of what was read and corrected. Nothing is kept between the two:
// what was read travels with the form.
func (s *pages) importFiles(r *web.Request) error {
	in, _, err := r.FormWithFile("tep")
	if err != nil {
		return err
	}
	if in.Get("viec") == "luu" {
		return s.draftAll(r, in)
	}
	p := &importPage{}
	var ups []web.Upload
	if r.MultipartForm != nil {
		if ups, err = r.Uploads("tep"); err != nil {
			return err
		}
	}
	ups = slices.DeleteFunc(ups, func(u web.Upload) bool { return u.Name == "" })
	switch {
	case len(ups) == 0:
		return s.showImport(r, p, fault.New(fault.Invalid, "newsroom.no_import_file"))
	case len(ups) > mostFiles:
		return s.showImport(r, p, fault.New(fault.TooLarge, "newsroom.many_files", "most", mostFiles))
	}
	for _, up := range ups {
		p.Items = append(p.Items, s.readItem(r, up))
	}
	return s.showImport(r, p, nil)
}

// readItem is a file as read; one that cannot be read says why and does not stop the others.
func (s *pages) readItem(r *web.Request, up web.Upload) readItem {
	got, err := s.Read(r.Context(), s.registers(r, ""), up)
	if err != nil {
		return readItem{File: up.Name, Trouble: r.ErrorText(err), Skip: true}
	}
	c := got.Content
	x := readItem{File: up.Name, Title: c.Title, Lead: c.Lead, Author: c.Author, Source: c.Source, Section: c.Section, Body: portal.Markup(c.Body), Pictures: got.Pictures}
	for _, m := range got.Directives {
		if m.ID != "" {
			x.Directives = append(x.Directives, m.Words)
		} else {
			x.Untied = append(x.Untied, m.Words)
		}
	}
	if !c.Dated.IsZero() {
		x.Dated = c.Dated.In(calendar.Zone).Format(minute)
	}
	return x
}

// typed reads the items back from the form.
func typed(in url.Values) []readItem {
	var out []readItem
	for i := 0; i < mostFiles && in.Has("ten-tep."+strconv.Itoa(i)); i++ {
		get := func(name string) string { return in.Get(name + "." + strconv.Itoa(i)) }
		x := readItem{File: get("ten-tep"), Title: get("tieu-de"), Lead: get("sapo"), Dated: get("ngay-goc"), Author: get("tac-gia"), Source: get("nguon"), Section: get("muc"), Body: get("noi-dung"),
			Skip: get("lay") == ""}
		if named := get("chi-dao"); named != "" {
			x.Directives = strings.Split(named, "\n")
		}
		if named := get("chua-gan"); named != "" {
			x.Untied = strings.Split(named, "\n")
		}
		for _, line := range in["anh."+strconv.Itoa(i)] {
			if id, rest, ok := strings.Cut(line, "|"); ok {
				name, data, _ := strings.Cut(rest, "|")
				if raw, err := base64.StdEncoding.DecodeString(data); err == nil {
					x.Pictures = append(x.Pictures, portal.Found{ID: id, Name: name, Data: raw})
				}
			}
		}
		out = append(out, x)
	}
	return out
}

// packed is a picture as the form carries it.
func packed(f portal.Found) string {
	return f.ID + "|" + strings.ReplaceAll(f.Name, "|", "") + "|" + base64.StdEncoding.EncodeToString(f.Data)
}

// draftAll makes drafts of the items that are taken; what is wrong is said at its item, before any draft is made.
func (s *pages) draftAll(r *web.Request, in url.Values) error {
	p := &importPage{Items: typed(in), Unit: in.Get("don-vi")}
	var todo []portal.Content
	taken, wrong := 0, false
	for i := range p.Items {
		x := &p.Items[i]
		c, err := x.content()
		if x.Skip {
			err = nil
		} else {
			taken++
		}
		if err != nil {
			x.Trouble, wrong = r.ErrorText(err), true
		}
		todo = append(todo, c)
	}
	switch {
	case wrong:
		return s.showImport(r, p, fault.New(fault.Invalid, "newsroom.import_wrong"))
	case taken == 0:
		return s.showImport(r, p, fault.New(fault.Invalid, "newsroom.import_none"))
	}
	last := ""
	for i, c := range todo {
		x := &p.Items[i]
		if x.Skip {
			continue
		}
		a, err := s.draft(r, p.Unit, c, x.Pictures)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
				return err
			}
			x.Trouble = r.ErrorText(err)
			return s.showImport(r, p, fault.New(fault.Invalid, "newsroom.import_wrong"))
		}
		x.Skip = true // a second press does not make it twice
		last = Path(a.ID)
	}
	if taken > 1 {
		return r.Go("/bien-tap?xem=" + string(portal.Draft))
	}
	return r.Go(last + "?da=luu")
}

func (s *pages) draft(r *web.Request, unit string, c portal.Content, found []portal.Found) (*portal.Article, error) {
	if _, err := s.News.LinkDirectives(r.Context(), s.registers(r, unit), &c); err != nil {
		return nil, err
	}
	body := c.Body
	c.Body = portal.WithoutPhotos(body)
	a, err := s.News.Draft(r.Context(), r.Reader, unit, c)
	if err != nil {
		return nil, err
	}
	return a, s.Keep(r.Context(), r.Actor(), a, body, found)
}

// Import makes a draft of a file as it was read, and gives the article's page. Errors: those of Read, web.forbidden.
func (p Parts) Import(r *web.Request, unit string, up web.Upload) (string, error) {
	s := &pages{p}
	got, err := p.Read(r.Context(), s.registers(r, unit), up)
	if err != nil {
		return "", err
	}
	a, err := s.draft(r, unit, got.Content, got.Pictures)
	if err != nil {
		return "", err
	}
	return Path(a.ID), nil
}

// content is an item as an article. Errors: portal.no_title, newsroom.bad_time.
func (x *readItem) content() (portal.Content, error) {
	c := portal.Content{Lang: lang.VI, Section: x.Section, Title: strings.TrimSpace(x.Title), Lead: x.Lead, Author: x.Author, Source: x.Source, Body: portal.ParseMarkup(x.Body)}
	if c.Title == "" {
		return c, fault.New(fault.Invalid, "portal.no_title")
	}
	var err error
	c.Dated, err = moment(x.Dated)
	return c, err
}
