package api

import (
	"net/http"

	"trucot/internal/app/page/dossiers"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

func (s *service) dossierOps() []operation {
	return []operation{
		elsewhere[workList, reply[dossiers.List]]("dossier-list", http.MethodGet, "/ho-so", people.ReadDossiers),
		made(op("dossier-open", http.MethodPost, "/ho-so", people.OpenDossiers, s.openDossier)),
		elsewhere[OneDossier, reply[dossiers.State]]("dossier-get", http.MethodGet, "/ho-so/{code}", people.ReadDossiers),
		elsewhere[actOnDossier, reply[dossiers.State]]("dossier-act", http.MethodPost, "/ho-so/{code}/{action}", people.ActOnDossiers),
		op("dossier-history", http.MethodGet, "/ho-so/{code}/lich-su", people.ReadDossiers, s.dossierHistory),
		op("dossier-due", http.MethodGet, "/ho-so/{code}/han", people.ReadDossiers, s.dossierDue),
		op("dossier-actions", http.MethodGet, "/ho-so/{code}/buoc", people.ReadDossiers, s.dossierActions),
	}
}

// OneDossier names a dossier.
type OneDossier struct {
	Code string `path:"code" maxLength:"100"`
}

type actOnDossier struct {
	OneDossier
	Versioned
	Action string `path:"action" maxLength:"100"`
	Body   dossiers.Transition
}

// workList is the question of the page of the work list, see its query.
type workList struct {
	View      string `query:"xem" enum:"open,mine,soon,late,waiting,unassigned,done,all" default:"open"`
	Unit      string `query:"don-vi" maxLength:"100"`
	Procedure string `query:"thu-tuc" maxLength:"100"`
	Status    string `query:"trang-thai" maxLength:"100"`
	Assignee  string `query:"nguoi" maxLength:"100"`
	Priority  string `query:"uu-tien" enum:"urgent,high,normal,low"`
	Label     string `query:"nhan-viec" maxLength:"100"`
	Day       string `query:"ngay" format:"date"`
	Text      string `query:"q" maxLength:"200"`
	Sort      string `query:"sap" maxLength:"40"`
	Group     string `query:"nhom" maxLength:"40"`
	After     string `query:"sau" maxLength:"200"`
	Before    string `query:"truoc" maxLength:"200"`
	Number    int    `query:"trang" minimum:"1" default:"1"` // of a list as of a day, which has no After and Before
}

// Filing is a dossier to file.
type Filing struct {
	Procedure string         `json:"procedure" minLength:"1" maxLength:"100" example:"book_loan"`
	Unit      string         `json:"unit" maxLength:"100" example:"so"`
	Action    string         `json:"action,omitempty"`
	Channel   string         `json:"channel,omitempty" enum:"direct,online,post"`
	On        string         `json:"on,omitempty" format:"date" example:"2026-06-15"`
	Fields    map[string]any `json:"fields,omitempty"`
	Documents []string       `json:"documents,omitempty"`
	Note      string         `json:"note,omitempty" maxLength:"4000"`
}

type openDossier struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body Filing
}

func (s *service) openDossier(r *web.Request, in *openDossier) (*reply[dossiers.State], error) {
	on, err := day(in.Body.On, "body.on")
	if err != nil {
		return nil, err
	}
	d, err := s.DossierAPI.File(r, dossier.Filing{Procedure: in.Body.Procedure, Unit: in.Body.Unit, Action: in.Body.Action, Channel: in.Body.Channel, On: on,
		Fields: in.Body.Fields, Documents: in.Body.Documents, Note: in.Body.Note, Key: Versioned{Key: in.Key}.key(r)})
	if err != nil {
		return nil, err
	}
	return &reply[dossiers.State]{Status: http.StatusCreated, ETag: quoted(d.Stream), Body: dossiers.StateOf(d)}, nil
}

// DossierEvent is one line of a dossier's history.
type DossierEvent struct {
	Position   int64             `json:"position"`
	Kind       string            `json:"kind"`
	On         calendar.Date     `json:"on"`
	Recorded   string            `json:"recorded" format:"date-time"`
	Actor      string            `json:"actor"`
	Unit       string            `json:"unit"`
	Action     string            `json:"action"`
	Label      map[string]string `json:"label"`
	Status     int               `json:"status"`
	Assignee   string            `json:"assignee,omitempty"`
	Due        calendar.Date     `json:"due"`
	Late       bool              `json:"late"`
	Credential string            `json:"credential,omitempty"`
	Outputs    []string          `json:"outputs,omitempty"`
	Note       string            `json:"note,omitempty"`
}

func (s *service) dossierHistory(r *web.Request, in *OneDossier) (*reply[[]DossierEvent], error) {
	d, err := s.DossierAPI.Get(r, in.Code)
	if err != nil {
		return nil, err
	}
	entries, err := s.Dossiers.History(r.Context(), d.Code)
	if err != nil {
		return nil, err
	}
	out := make([]DossierEvent, 0, len(entries))
	for _, e := range entries {
		out = append(out, DossierEvent{e.Position, e.Kind, e.On, e.RecordedAt.Format(timeForm), e.Actor, e.Unit, e.Action, words(e.Label), e.Status,
			e.Assignee, e.Due, e.Late, e.Credential, e.Outputs, e.Note})
	}
	return tagged(r, quoted(d.Stream), out)
}

// Explained is a due date and the reason for each day.
type Explained struct {
	From     calendar.Date `json:"from"`
	Term     string        `json:"term" example:"15wd"`
	Due      calendar.Date `json:"due"`
	Verify   bool          `json:"verify"`
	Steps    []Day         `json:"steps"`
	Sentence string        `json:"sentence"`
}

// Day is one day of the count.
type Day struct {
	Date    calendar.Date `json:"date"`
	Counted int           `json:"counted"`
	Why     string        `json:"why"`
}

func explained(r *web.Request, x calendar.Explanation) Explained {
	out := Explained{From: x.From, Term: x.Duration.String(), Due: x.Due, Verify: x.Verify, Steps: []Day{}}
	for _, d := range x.Steps {
		out.Steps = append(out.Steps, Day{d.Date, d.Counted, d.Text(r.Lang)})
	}
	out.Sentence = r.T("api.due_sentence", "term", x.Duration.Name(r.Lang), "from", x.From, "due", x.Due)
	if x.Due == calendar.NoDate {
		out.Sentence = r.T("api.clock_stopped")
	}
	return out
}

func (s *service) dossierDue(r *web.Request, in *OneDossier) (*reply[Explained], error) {
	d, err := s.DossierAPI.Get(r, in.Code)
	if err != nil {
		return nil, err
	}
	x, err := s.Dossiers.Explain(r.Context(), d.Code)
	if err != nil {
		return nil, err
	}
	return ok(explained(r, x))
}

// DossierAction is a step that is open to a dossier.
type DossierAction struct {
	Action    string            `json:"action"`
	Label     map[string]string `json:"label"`
	Actors    []string          `json:"actors"`
	Asks      []string          `json:"asks"`
	Documents []string          `json:"documents"`
}

func (s *service) dossierActions(r *web.Request, in *OneDossier) (*reply[[]DossierAction], error) {
	d, err := s.DossierAPI.Get(r, in.Code)
	if err != nil {
		return nil, err
	}
	open, err := s.Dossiers.Actions(r.Context(), d)
	if fault.KindOf(err) == fault.NotFound {
		open, err = nil, nil // an imported dossier has no definition, hence no steps
	}
	out := []DossierAction{}
	for _, t := range open {
		out = append(out, DossierAction{t.ID, words(t.Label), some(t.Actor), some(append(append([]string{}, t.Asks...), t.Requires.Fields...)), some(t.Requires.Documents)})
	}
	if err != nil {
		return nil, err
	}
	return tagged(r, quoted(d.Stream), out)
}
