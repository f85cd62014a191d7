package attachments

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"trucot/internal/engine/attachment"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

// line is one file in a list.
type line struct {
	*attachment.File
	Kind string // of file, for people
	Long string // its size
	Who  string
	Icon string
	Draw bool // has a small picture
}

type slotLine struct {
	Slot
	Label string
	Files []line
}

// panel is the part of a page that lists the files of a row and takes new ones.
type panel struct {
	*web.View
	Owner      string
	Row        Row
	May        bool // add and withdraw
	Slots      []slotLine
	Others     []line // in no slot
	Gone       []line // withdrawn
	Unfinished []*attachment.Upload
	Endings    []string
	Largest    int64 // MB
	Missing    int   // required papers that are not there
}

// OnDossier is the papers of a dossier by the documents of its procedure.
func (s *Pages) OnDossier(r *web.Request, v *web.View, d *dossier.Dossier) (templ.Component, error) {
	return s.part(r, v, "dossier/"+d.Code)
}

// OnTask is the evidence of a task.
func (s *Pages) OnTask(r *web.Request, v *web.View, t *task.Task) (templ.Component, error) {
	return s.part(r, v, "task/"+t.ID)
}

// OnDirective is the text of a directive and what came with it.
func (s *Pages) OnDirective(r *web.Request, v *web.View, d *directive.Document) (templ.Component, error) {
	return s.part(r, v, "directive/"+d.ID)
}

// OnConference is the photos of a conference and whatever else came of it.
func (s *Pages) OnConference(r *web.Request, v *web.View, id string) (templ.Component, error) {
	return s.part(r, v, "conference/"+id)
}

// part makes the list of a row's files for its page; nil where there is nothing to show and nothing to do.
func (s *Pages) part(r *web.Request, v *web.View, owner string) (templ.Component, error) {
	if r.AsOf() != 0 { // when a file came and went is in its history, not in its table
		return nil, nil
	}
	p, err := s.panel(r, v, owner)
	if err != nil || !p.May && len(p.Slots)+len(p.Others)+len(p.Gone) == 0 {
		return nil, err
	}
	return card(p), nil
}

func (s *Pages) panel(r *web.Request, v *web.View, owner string) (*panel, error) {
	rules, err := s.Files.Rules()
	if err != nil {
		return nil, err
	}
	p := &panel{View: v, Owner: owner, Endings: rules.Endings(), Largest: rules.Largest() >> 20}
	if p.Row, p.May, err = s.find(r, owner); err != nil {
		return nil, err
	}
	for _, slot := range p.Row.Slots {
		p.Slots = append(p.Slots, slotLine{Slot: slot, Label: slot.Label.In(v.Lang)})
	}
	files, err := s.Files.List(r.Context(), owner)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		p.lay(s.line(r, rules, f))
	}
	for _, slot := range p.Slots {
		if slot.Required && !slot.OnPaper && len(slot.Files) == 0 {
			p.Missing++
		}
	}
	if p.May {
		p.Unfinished, err = s.Files.Unfinished(r.Actor(), owner)
	}
	return p, err
}

// lay puts a file where it belongs.
func (p *panel) lay(l line) {
	i := slices.IndexFunc(p.Slots, func(s slotLine) bool { return s.ID == l.Slot })
	switch {
	case l.Withdrawn:
		p.Gone = append(p.Gone, l)
	case i >= 0:
		p.Slots[i].Files = append(p.Slots[i].Files, l)
	default:
		p.Others = append(p.Others, l)
	}
}

func (s *Pages) line(r *web.Request, rules *attachment.Rules, f *attachment.File) line {
	l := line{File: f, Kind: f.Type, Long: sizeText(r.Lang, f.Size), Who: s.Who.AccountName(r.Context(), f.Actor), Icon: "file-text"}
	if t := rules.Type(f.Type); t != nil {
		l.Kind, l.Draw = t.Name, t.Check == "image"
		if strings.Contains(f.Type, "sheet") || strings.Contains(f.Type, "excel") {
			l.Icon = "file-spreadsheet"
		}
	}
	return l
}

// named is what a file is called where its name may be gone.
func named(v *web.View, f *attachment.File) string {
	if f.Erased {
		return v.T("attachments.erased")
	}
	return f.Name
}

// sizeText writes a size in kB or MB, never as none.
func sizeText(tag lang.Tag, bytes int64) string {
	if bytes < 1_000_000 {
		return lang.Integer(tag, max(1, (bytes+500)/1000)) + " kB"
	}
	return lang.Decimal(tag, (bytes+50_000)/100_000*100) + " MB"
}

// percent is how much of an upload is there.
func percent(u *attachment.Upload) string { return strconv.FormatInt(u.Offset*100/u.Size, 10) }

// rowPage is the files of a row on a page of their own: where a refused file is told about.
type rowPage struct {
	*panel
	Trouble string
}

func (s *Pages) row(r *web.Request) error { return s.showRow(r, r.Query("noi"), nil) }

func (s *Pages) showRow(r *web.Request, owner string, trouble error) error {
	row, _, err := s.find(r, owner)
	if err != nil {
		return err
	}
	v := r.View(r.T("attachments.title"), web.Crumb{Title: row.Title, Path: row.Path})
	v.Path = rowPath(owner)
	p := rowPage{}
	if p.panel, err = s.panel(r, v, owner); err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, page(p))
}

// OnRow is the files of any row, by its stream.
func (s *Pages) OnRow(r *web.Request, v *web.View, stream string) (templ.Component, error) {
	return s.part(r, v, stream)
}
