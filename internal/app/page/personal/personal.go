// Package personal (dữ liệu cá nhân của hồ sơ) shows which personal data a dossier holds, masked, and opens one field
// at a time to who says why. Each opening is in the access log before it is seen. It owns no rules: package people says
// who may, package accesslog remembers, the vault decrypts.
package personal

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/people/accesslog"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// Opener decrypts a sealed value (package vault).
type Opener interface {
	Open(ctx context.Context, token string) (string, error)
}

// Pages are the panel and the page behind it.
type Pages struct {
	dossiers *dossier.Engine
	log      *accesslog.Log
	vault    Opener
}

// New makes the pages.
func New(d *dossier.Engine, log *accesslog.Log, vault Opener) *Pages { return &Pages{d, log, vault} }

// Routes are the pages.
func (s *Pages) Routes() []web.Route {
	return []web.Route{{Method: http.MethodPost, Pattern: "/ho-so/{code}/du-lieu-ca-nhan", Permission: people.OpenPersonal, Handler: s.open}}
}

// field is one personal field that the dossier holds.
type field struct{ ID, Label string }

type panel struct {
	*web.View
	Code   string
	Fields []field
	May    bool
}

// Panel is the dossier's part that lists its personal fields; nil when it has none.
func (s *Pages) Panel(r *web.Request, v *web.View, d *dossier.Dossier) (templ.Component, error) {
	fields, err := s.fields(r, d)
	if err != nil || len(fields) == 0 {
		return nil, err
	}
	return masked(panel{v, d.Code, fields, people.Holds(r.Reader, people.OpenPersonal, d.Unit)}), nil
}

// fields are the personal fields in the order of the form.
func (s *Pages) fields(r *web.Request, d *dossier.Dossier) ([]field, error) {
	def, err := s.dossiers.Procedure(r.Context(), d)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil // an imported dossier
	}
	if err != nil {
		return nil, err
	}
	var out []field
	for i := range def.Fields {
		if f := &def.Fields[i]; f.Personal && has(d, f) {
			out = append(out, field{f.ID, f.Label.In(r.Lang)})
		}
	}
	return out, nil
}

func has(d *dossier.Dossier, f *procedure.Field) bool {
	raw, ok := d.Fields[f.ID]
	return ok && len(raw) > 0 && string(raw) != "null"
}

type openedPage struct {
	*web.View
	Code, Label, Text, Reason, Trouble string
	Field                              string
}

// open shows one field after its opening is written down. The value stands in no address and in no cache.
func (s *Pages) open(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	d, f, err := s.find(r, in)
	if err != nil {
		return err
	}
	p := openedPage{View: r.View(f.Label, web.Crumb{Title: d.Code, Path: path(d.Code)}), Code: d.Code, Label: f.Label, Field: f.ID, Reason: strings.TrimSpace(in.Get("ly-do"))}
	p.Path = path(d.Code)
	err = s.log.Opened(r.Context(), accesslog.Entry{Account: r.Actor(), What: accesslog.Opened, Subject: "dossier/" + d.Code, Unit: d.Unit,
		Detail: f.ID, Reason: p.Reason, Address: r.Address()})
	if err == nil {
		p.Text, err = s.text(r, d.Fields[f.ID])
	}
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		p.Trouble = r.ErrorText(err)
		return r.Render(web.Status(fault.KindOf(err)), opened(p))
	}
	return r.Render(http.StatusOK, opened(p))
}

// find reads the dossier and the field asked for. One out of reach reads as none.
func (s *Pages) find(r *web.Request, in url.Values) (*dossier.Dossier, field, error) {
	code := r.PathValue("code")
	d, err := s.dossiers.Get(r.Context(), code)
	if fault.KindOf(err) == fault.NotFound || err == nil && !people.Holds(r.Reader, people.ReadDossiers, d.Unit) {
		return nil, field{}, fault.New(fault.NotFound, "dossiers.unknown", "code", code)
	}
	if err != nil {
		return nil, field{}, err
	}
	if !people.Holds(r.Reader, people.OpenPersonal, d.Unit) {
		return nil, field{}, web.Forbidden()
	}
	fields, err := s.fields(r, d)
	for _, f := range fields {
		if f.ID == in.Get("truong") {
			return d, f, nil
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "personal.unknown_field")
	}
	return nil, field{}, err
}

// text opens a value; one that was recorded before the field was personal is shown as it stands.
func (s *Pages) text(r *web.Request, raw json.RawMessage) (string, error) {
	var v struct {
		Sealed string `json:"sealed"`
	}
	plain := string(raw)
	if json.Unmarshal(raw, &v) == nil && v.Sealed != "" {
		var err error
		if plain, err = s.vault.Open(r.Context(), v.Sealed); err != nil {
			return "", err
		}
	}
	var text string
	if json.Unmarshal([]byte(plain), &text) == nil {
		return text, nil
	}
	return plain, nil
}

func path(code string) string { return "/ho-so/" + url.PathEscape(code) }
