package api

import (
	"net/http"

	"trucot/internal/app/page/directives"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

func (s *service) directiveOps() []operation {
	return []operation{
		op("directive-list", http.MethodGet, "/chi-dao", people.ReadDirectives, s.listDirectives),
		made(op("directive-add", http.MethodPost, "/chi-dao", people.KeepDirectives, s.addDirective)),
		op("directive-find", http.MethodPost, "/nhan-dien-vien-dan", people.KeepDirectives, s.findDirectives),
		op("directive-get", http.MethodGet, "/chi-dao/{id}", people.ReadDirectives, s.getDirective),
		op("directive-change", http.MethodPost, "/chi-dao/{id}/hieu-luc", people.KeepDirectives, s.changeDirective),
		op("directive-goal", http.MethodPost, "/chi-dao/{id}/chi-tieu", people.KeepDirectives, s.setGoal),
	}
}

type directiveFilter struct {
	Paging
	Kind  string `query:"kind" maxLength:"60"`
	Force string `query:"force" enum:"in_force,ended"`
	Text  string `query:"q" maxLength:"200"`
}

// Directive is a directive of the register.
type Directive struct {
	directive.Document
	InForce bool  `json:"in_force"`
	Version int64 `json:"version"`
}

func directiveOf(r *web.Request, d *directive.Document) Directive {
	return Directive{*d, d.InForce(r.Today()), d.Version}
}

func (s *service) listDirectives(r *web.Request, in *directiveFilter) (*reply[list[Directive]], error) {
	f := directive.Filter{Kind: in.Kind, Force: in.Force, Text: in.Text}
	f.State, f.Units = people.Sides(r.Reader, people.ReadDirectives)
	return listed(r, in.Paging, func(after string, n int) ([]*directive.Document, error) {
		f.Limit = n
		return s.Directives.After(r.Context(), f, after)
	}, plain(func(d *directive.Document) Directive { return directiveOf(r, d) }), func(d Directive) string { return d.ID })
}

// OneDirective names a directive.
type OneDirective struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *service) getDirective(r *web.Request, in *OneDirective) (*reply[Directive], error) {
	d, err := directives.Get(r, s.Directives, in.ID)
	if err != nil {
		return nil, err
	}
	return tagged(r, quoted(d.Version), directiveOf(r, d))
}

// NewDirective is a directive to enter.
type NewDirective struct {
	Kind    string `json:"kind,omitempty" maxLength:"60"`
	Symbol  string `json:"symbol,omitempty" maxLength:"200" example:"12/CT-UBND"`
	Name    string `json:"name,omitempty" maxLength:"500"`
	Issuer  string `json:"issuer,omitempty" maxLength:"500"`
	Date    string `json:"date,omitempty" format:"date"`
	Summary string `json:"summary,omitempty" maxLength:"4000"`
	Unit    string `json:"unit" minLength:"1" maxLength:"100" example:"so"`
}

type addDirective struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body NewDirective
}

func (s *service) addDirective(r *web.Request, in *addDirective) (*reply[Directive], error) {
	if err := r.Require(people.KeepDirectives, in.Body.Unit); err != nil {
		return nil, err
	}
	on, err := day(in.Body.Date, "body.date")
	if err != nil {
		return nil, err
	}
	once, err := s.once(r, Versioned{Key: in.Key})
	if err != nil {
		return nil, err
	}
	if id := recordedAs(once); id != "" {
		return s.answerDirective(r, http.StatusCreated, id)
	}
	b := in.Body
	d, err := s.Directives.Add(r.Context(), r.Actor(), directive.Document{Kind: b.Kind, Symbol: b.Symbol, Name: b.Name, Issuer: b.Issuer, Date: on, Summary: b.Summary, Unit: b.Unit})
	if err != nil {
		return nil, err
	}
	return s.answerDirective(r, http.StatusCreated, d.ID)
}

// answerDirective is a directive as it stands after a write.
func (s *service) answerDirective(r *web.Request, status int, id string) (*reply[Directive], error) {
	d, err := s.Directives.Get(r.Context(), id)
	if err != nil {
		return nil, err
	}
	return &reply[Directive]{Status: status, ETag: quoted(d.Version), Body: directiveOf(r, d)}, nil
}

type findDirectives struct {
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"500000" example:"Căn cứ Nghị định số 30/2020/NĐ-CP"`
	}
}

func (s *service) findDirectives(r *web.Request, in *findDirectives) (*reply[[]directive.Citation], error) {
	lists, err := s.Directives.Lists()
	if err != nil {
		return nil, err
	}
	found := lists.Find(in.Body.Text)
	if found == nil {
		found = []directive.Citation{}
	}
	return ok(found)
}

type changeDirective struct {
	OneDirective
	Versioned
	Body struct {
		How  directive.How `json:"how" enum:"replaces,amends,ends" example:"ends"`
		By   string        `json:"by,omitempty" maxLength:"100"`
		From string        `json:"from,omitempty" format:"date"`
		Note string        `json:"note,omitempty" maxLength:"4000"`
	}
}

// kept is a directive whose unit lets the reader keep it.
func (s *service) kept(r *web.Request, id string) (*directive.Document, error) {
	d, err := directives.Get(r, s.Directives, id)
	if err == nil {
		err = r.Require(people.KeepDirectives, d.Unit)
	}
	return d, err
}

func (s *service) changeDirective(r *web.Request, in *changeDirective) (*reply[Directive], error) {
	if _, err := s.kept(r, in.ID); err != nil {
		return nil, err
	}
	if in.Body.By != "" {
		if _, err := directives.Get(r, s.Directives, in.Body.By); err != nil {
			return nil, err
		}
	}
	from, err := day(in.Body.From, "body.from")
	if err != nil {
		return nil, err
	}
	once, err := s.once(r, in.Versioned)
	if err == nil && once.Stream == "" {
		_, err = s.Directives.Change(r.Context(), directive.Change{ID: in.ID, How: in.Body.How, By: in.Body.By, From: from, Actor: r.Actor(), Note: in.Body.Note})
	}
	if err != nil {
		return nil, err
	}
	return s.answerDirective(r, http.StatusOK, in.ID)
}

type setGoal struct {
	OneDirective
	Versioned
	Body struct {
		Title     string  `json:"title" minLength:"1" maxLength:"500" example:"Nâng tỷ lệ đúng hạn (mẫu)"`
		Indicator string  `json:"indicator" minLength:"1" maxLength:"100" example:"dossier.on_time_rate"`
		Period    string  `json:"period" minLength:"4" maxLength:"20" example:"2026"`
		Value     float64 `json:"value" example:"95"`
		Unit      string  `json:"unit" minLength:"1" maxLength:"100" example:"so"`
	}
}

func (s *service) setGoal(r *web.Request, in *setGoal) (*reply[Directive], error) {
	if _, err := s.kept(r, in.ID); err != nil {
		return nil, err
	}
	if err := r.Require(people.KeepDirectives, in.Body.Unit); err != nil {
		return nil, err
	}
	if _, known := s.Indicators.Definitions().Get(in.Body.Indicator); !known {
		return nil, fault.New(fault.Invalid, "directive.bad_goal")
	}
	if _, err := calendar.ParsePeriod(in.Body.Period); err != nil {
		return nil, err
	}
	once, err := s.once(r, in.Versioned)
	if err == nil && once.Stream == "" {
		_, err = s.Directives.SetGoal(r.Context(), r.Actor(), in.ID, directive.Goal{Title: in.Body.Title, Indicator: in.Body.Indicator, Period: in.Body.Period,
			Value: indicator.FromFloat(in.Body.Value).String(), Unit: in.Body.Unit})
	}
	if err != nil {
		return nil, err
	}
	return s.answerDirective(r, http.StatusOK, in.ID)
}
