package onestop

import (
	"net/http"
	"net/url"

	"trucot/internal/engine/document/sheet"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// views are the lists of credentials; the first is shown without a choice.
var views = []string{dossier.Expiring, dossier.RenewalLate, dossier.Valid, dossier.Upcoming, dossier.Expired, dossier.Ended, ""}

// mostExported is how many credentials a table takes.
const mostExported = 10000

type credentialRow struct {
	dossier.Credential
	ProcedureName, UnitName, Standing string
}

type credentialsPage struct {
	*web.View
	pager
	Q          dossier.CredentialFilter
	Rows       []credentialRow
	Counts     []int // of views
	Procedures []*procedure.Procedure
}

func credentialFilter(r *web.Request) dossier.CredentialFilter {
	f := dossier.CredentialFilter{Reach: Reach(r), View: dossier.Expiring, Procedure: r.Query("thu-tuc"), Text: r.Query("q"), Limit: perPage, Day: r.AsOf()}
	if r.URL.Query().Has("xem") {
		f.View = r.Query("xem")
	}
	return f
}

func (p *credentialsPage) address(view string) string {
	v := url.Values{"xem": {view}}
	if p.Q.Procedure != "" {
		v.Set("thu-tuc", p.Q.Procedure)
	}
	if p.Q.Text != "" {
		v.Set("q", p.Q.Text)
	}
	return "/giay-phep?" + v.Encode()
}

// credentials lists licences and certificates by how long they stand.
func (s *pages) credentials(r *web.Request) error {
	p := &credentialsPage{View: r.View(r.T("onestop_page.credentials")), Q: credentialFilter(r)}
	p.Wide = true
	p.pager = pager{Page: pageOf(r), base: "/giay-phep", values: url.Values{"xem": {p.Q.View}, "thu-tuc": {p.Q.Procedure}, "q": {p.Q.Text}}}
	p.Q.Offset = (p.Page - 1) * perPage
	var err error
	if p.Rows, p.Total, err = s.credentialRows(r, p.Q); err != nil {
		return err
	}
	p.Shown = len(p.Rows)
	for _, view := range views {
		f := p.Q
		f.View, f.Limit, f.Offset = view, 0, 0
		_, n, err := s.dossiers.Credentials(r.Context(), f)
		if err != nil {
			return err
		}
		p.Counts = append(p.Counts, n)
	}
	for _, def := range s.procs.All() {
		if def.Credential != nil && def.Effective.Covers(r.Today()) && !def.Abstract && !def.Toy {
			p.Procedures = append(p.Procedures, def)
		}
	}
	return r.Render(http.StatusOK, credentialsView(p))
}

func (s *pages) credentialRows(r *web.Request, f dossier.CredentialFilter) ([]credentialRow, int, error) {
	found, n, err := s.dossiers.Credentials(r.Context(), f)
	rows := make([]credentialRow, len(found))
	for i, c := range found {
		name := c.Procedure
		if def, err := s.procs.At(c.Procedure, r.Today()); err == nil {
			name = def.Title.In(r.Lang)
		}
		rows[i] = credentialRow{c, name, s.who.UnitName(r.Context(), c.Unit, r.Lang), c.View(r.Today())}
	}
	return rows, n, err
}

// exportCredentials answers with the list as a workbook, all pages of it.
func (s *pages) exportCredentials(r *web.Request) error {
	f := credentialFilter(r)
	f.Limit = mostExported
	rows, _, err := s.credentialRows(r, f)
	if err != nil {
		return err
	}
	var head []sheet.Cell
	var columns []sheet.Column
	for i, name := range []string{"number", "credential_of", "holder", "unit", "issued_on", "from_on", "until_on", "renew_by", "standing", "ended_on", "replaces", "successor"} {
		head = append(head, sheet.Cell{Text: r.T("onestop_page." + name)})
		columns = append(columns, sheet.Column{Width: []float64{20, 40, 36, 30, 12, 12, 12, 14, 24, 12, 20, 20}[i]})
	}
	h := r.W.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="giay-phep-`+r.Today().String()+`.xlsx"`)
	h.Set("Cache-Control", "no-store")
	title := r.T("onestop_page.credentials")
	return sheet.Write(r.W, sheet.Book{Title: title, Sheets: []sheet.Sheet{{Name: title, Columns: columns, Head: [][]sheet.Cell{head},
		Rows: func(yield func([]sheet.Value) bool) {
			for _, c := range rows {
				if !yield([]sheet.Value{c.Number, c.ProcedureName, c.Holder, c.UnitName, day(c.IssuedOn), day(c.From), day(c.Until), day(c.RenewBy),
					r.T("onestop_page.view_" + c.Standing), day(c.EndedOn), c.Replaces, c.Successor}) {
					return
				}
			}
		}}}})
}

// day is a date for a workbook, none an empty cell.
func day(d calendar.Date) sheet.Value {
	if d == calendar.NoDate {
		return nil
	}
	return d
}

type credentialPage struct {
	*web.View
	C       credentialRow
	Reasons []procedure.Named // for which it may be ended early by this reader
	Ended   string            // why it was
	Late    string            // what becomes of a late renewal
	Before  string            // path of the credential whose place it took, "" where the register has none
	Trouble string
}

// credential is one licence or certificate.
func (s *pages) credential(r *web.Request) error {
	return s.showCredential(r, r.Query("thu-tuc"), r.Query("so"), nil)
}

func (s *pages) showCredential(r *web.Request, id, number string, trouble error) error {
	c, err := s.readCredential(r, id, number)
	if err != nil {
		return err
	}
	p := credentialPage{View: r.View(c.Number, web.Crumb{Title: r.T("onestop_page.credentials"), Path: "/giay-phep"})}
	p.C = credentialRow{*c, c.Procedure, s.who.UnitName(r.Context(), c.Unit, r.Lang), c.View(r.Today())}
	d, err := s.dossiers.Get(r.Context(), c.Dossier)
	if err != nil {
		return err
	}
	if c.Replaces != "" {
		if old, err := s.readCredential(r, c.Procedure, c.Replaces); err == nil {
			p.Before = credentialPath(old)
		}
	}
	if c.EndReason == dossier.EndReplaced {
		p.Ended = r.T("onestop_page.replaced")
	}
	if def, err := s.dossiers.Procedure(r.Context(), d); err == nil && def.Credential != nil {
		p.C.ProcedureName = def.Credential.Label.In(r.Lang)
		for _, n := range def.Credential.EndsOn {
			if n.ID == c.EndReason {
				p.Ended = n.Label.In(r.Lang)
			}
		}
		if len(def.Credential.Renewal) > 0 {
			p.Late = def.Credential.Renewal[0].Late.In(r.Lang)
		}
		if c.EndedOn == calendar.NoDate && c.Successor == "" && people.Holds(r.Reader, people.ActOnDossiers, c.Unit) {
			p.Reasons = def.Credential.EndsOn
		}
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, credentialView(p))
}

func (s *pages) readCredential(r *web.Request, id, number string) (*dossier.Credential, error) {
	return Credential(r, s.dossiers, id, number)
}

// Credential reads one that the reader may see; another unit's reads as none.
func Credential(r *web.Request, e *dossier.Engine, id, number string) (*dossier.Credential, error) {
	c, err := credentialOn(r, e, id, number)
	if err == nil && !people.Holds(r.Reader, people.ReadDossiers, c.Unit) {
		return nil, fault.New(fault.NotFound, "dossier.no_credential", "number", number)
	}
	return c, err
}

// credentialOn reads one as of the day that is asked about.
func credentialOn(r *web.Request, e *dossier.Engine, id, number string) (*dossier.Credential, error) {
	if day := r.AsOf(); day != 0 {
		return e.CredentialAsOf(r.Context(), id, number, day)
	}
	return e.Credential(r.Context(), id, number)
}

// end ends a credential before its time.
func (s *pages) end(r *web.Request, in url.Values) (string, error) {
	c, err := s.readCredential(r, in.Get("thu-tuc"), in.Get("so"))
	if err != nil {
		return "", err
	}
	if !people.Holds(r.Reader, people.ActOnDossiers, c.Unit) {
		return "", web.Forbidden()
	}
	on, err := dayOf(in, "ngay")
	if err != nil {
		return "", err
	}
	return credentialPath(c) + "&da=luu", s.dossiers.EndCredential(r.Context(), c.Procedure, c.Number, in.Get("ly-do"), on, r.Actor(), in.Get("ghi-chu"))
}

func (s *pages) endAgain(r *web.Request, in url.Values, trouble error) error {
	return s.showCredential(r, in.Get("thu-tuc"), in.Get("so"), trouble)
}

func credentialPath(c *dossier.Credential) string {
	return "/giay-phep/mot?" + url.Values{"thu-tuc": {c.Procedure}, "so": {c.Number}}.Encode()
}

// successorPath is where the credential stands that took the place of another one.
func successorPath(c *dossier.Credential) string {
	return credentialPath(&dossier.Credential{Procedure: c.Procedure, Number: c.Successor})
}
