package directives

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"trucot/internal/engine/document/read"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

// blankPage is the form that enters a directive, filled in by the recogniser where a text was given.
type blankPage struct {
	*web.View
	D          directive.Document
	Cites      string // the citations, carried along in the form
	Recognised bool
	Kinds      []directive.Kind
	Units      []people.Unit
	Trouble    string
}

func (s *pages) blank(r *web.Request) error {
	return s.showBlank(r, directive.Blank(), false, nil)
}

func (s *pages) showBlank(r *web.Request, d directive.Document, recognised bool, trouble error) error {
	lists, err := s.docs.Lists()
	if err != nil {
		return err
	}
	p := blankPage{View: r.View(r.T("directives.new"), web.Crumb{Title: r.T("directives.title"), Path: "/chi-dao"}), D: d, Recognised: recognised, Kinds: lists.Kinds()}
	if p.Units, err = s.units(r); err != nil {
		return err
	}
	cites, err := json.Marshal(d.Cites)
	if err != nil {
		return err
	}
	p.Cites = string(cites)
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, blank(p))
}

// recognise reads a directive's own text, pasted or from its file, and shows the form filled in. Nothing is recorded yet.
func (s *pages) recognise(r *web.Request) error {
	in, file, err := r.FormWithFile("tep")
	if err != nil {
		return err
	}
	text := in.Get("van-ban")
	if len(file.Data) > 0 {
		if text, err = read.Text(r.Context(), file.Name, bytes.NewReader(file.Data), int64(len(file.Data))); err != nil {
			if fault.KindOf(err) == fault.Internal {
				return err
			}
			return s.showBlank(r, directive.Blank(), false, err)
		}
	}
	if strings.TrimSpace(text) == "" {
		return s.showBlank(r, directive.Blank(), false, fault.New(fault.Invalid, "directives.no_text"))
	}
	lists, err := s.docs.Lists()
	if err != nil {
		return err
	}
	d := lists.Draft(text)
	if len(file.Data) > 0 {
		sum := sha256.Sum256(file.Data)
		d.File = &directive.File{Name: file.Name, SHA256: hex.EncodeToString(sum[:])}
	}
	return s.showBlank(r, d, true, nil)
}

// add enters the directive of the form.
func (s *pages) add(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	d, err := fromForm(in)
	if err == nil {
		var added *directive.Document
		if added, err = s.enter(r, d); err == nil {
			return r.Go(Path(added.ID) + "?da=luu")
		}
	}
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	return s.showBlank(r, d, false, err)
}

func (s *pages) enter(r *web.Request, d directive.Document) (*directive.Document, error) {
	if d.Unit != "" {
		if err := r.Require(people.KeepDirectives, d.Unit); err != nil {
			return nil, err
		}
	}
	return s.docs.Add(r.Context(), r.Actor(), d)
}

func fromForm(in url.Values) (directive.Document, error) {
	d := directive.Document{Kind: in.Get("loai"), Symbol: in.Get("ky-hieu"), Name: in.Get("ten"), Issuer: in.Get("co-quan"), Summary: in.Get("trich-yeu"), Unit: in.Get("don-vi")}
	if in.Get("tep-ten") != "" && len(in.Get("tep-ma")) == 2*sha256.Size {
		d.File = &directive.File{Name: in.Get("tep-ten"), SHA256: in.Get("tep-ma")}
	}
	if err := json.Unmarshal([]byte(in.Get("vien-dan")), &d.Cites); err != nil {
		d.Cites = nil // the list is a convenience: the directive is complete without
	}
	var err error
	d.Date, err = dayIn(in, "ngay")
	return d, err
}
