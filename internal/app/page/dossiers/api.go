package dossiers

import (
	"net/http"
	"strconv"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/web"
)

// State is a dossier as the API gives it. Dates are ISO or empty; Version counts the dossier's events and is
// also its ETag.
type State struct {
	Code       string        `json:"code"`
	Procedure  string        `json:"procedure"`
	Definition string        `json:"definition"` // version of the procedure it is pinned to
	State      string        `json:"state"`
	Status     int           `json:"status"` // the national status, 1–10
	Unit       string        `json:"unit"`
	Assignee   string        `json:"assignee,omitempty"`
	Title      string        `json:"title"`
	Received   calendar.Date `json:"received"`
	Due        calendar.Date `json:"due"`
	Finished   calendar.Date `json:"finished"`
	Late       bool          `json:"late"`
	Priority   string        `json:"priority"` // urgent, high, normal or low
	Labels     []string      `json:"labels,omitempty"`
	Version    int64         `json:"version"`
	Position   int64         `json:"position"` // in the ledger, of its last event
}

// Transition is the body of a step through the API.
type Transition struct {
	Fields    map[string]any `json:"fields" required:"false"`
	Documents []string       `json:"documents" required:"false"`
	Note      string         `json:"note" required:"false"`
	On        calendar.Date  `json:"on" required:"false"`     // day it happened; today when empty
	Expect    int64          `json:"expect" required:"false"` // version the caller saw; If-Match says the same
	Assignee  string         `json:"assignee" required:"false"`
}

// StateOf is a dossier in that form.
func StateOf(d *dossier.Dossier) State {
	return State{Code: d.Code, Procedure: d.Procedure, Definition: d.Version, State: d.State, Status: d.Status, Unit: d.Unit,
		Assignee: d.Assignee, Title: d.Title, Received: d.ReceivedOn, Due: d.DueOn, Finished: d.FinishedOn, Late: d.Late,
		Priority: d.Priority.Word(), Labels: d.Labels, Version: d.Stream, Position: d.Position}
}

func (s *pages) answer(r *web.Request, d *dossier.Dossier) error {
	r.W.Header().Set("Etag", etag(d))
	return r.JSON(http.StatusOK, StateOf(d))
}

func etag(d *dossier.Dossier) string { return `"` + strconv.FormatInt(d.Stream, 10) + `"` }

func (s *pages) apiGet(r *web.Request) error {
	d, err := s.get(r)
	if err != nil {
		return err
	}
	for _, known := range strings.Split(r.Header.Get("If-None-Match"), ",") {
		if known = strings.TrimSpace(known); known == etag(d) || known == "*" {
			r.W.Header().Set("Etag", etag(d))
			r.W.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	return s.answer(r, d)
}

// apiAct takes one step. The same Idempotency-Key again gives the dossier as it then stands and records
// nothing; If-Match, or expect, refuses when somebody changed the dossier first.
func (s *pages) apiAct(r *web.Request) error {
	var in Transition
	in.On = calendar.NoDate
	sent := r.Header.Get("Idempotency-Key")
	key := r.KeptKey(sent)
	if key != "" {
		digest, err := r.Digest(sent)
		if err != nil {
			return err
		}
		r.Request = r.WithContext(ledger.WithDigest(r.Context(), key, digest))
	}
	if err := r.ReadJSON(&in); err != nil {
		return err
	}
	d, err := s.seen(r)
	if err != nil {
		return err
	}
	p := s.definition(r.Context(), d)
	if p == nil {
		return fault.New(fault.NotFound, "dossiers.no_definition", "code", d.Code)
	}
	a, err := s.request(r, d, p, r.PathValue("action"))
	if err != nil {
		return err
	}
	a.Fields, a.Documents, a.Note, a.On, a.Assignee, a.Expect, a.Key = in.Fields, in.Documents, in.Note, in.On, in.Assignee, in.Expect, key
	if match := strings.Trim(r.Header.Get("If-Match"), `"`); match != "" && match != "*" {
		if a.Expect, err = strconv.ParseInt(match, 10, 64); err != nil {
			return fault.New(fault.Invalid, "dossiers.bad_match", "text", match)
		}
	}
	next, err := s.dossiers.Act(r.Context(), a)
	if err != nil {
		return err
	}
	return s.answer(r, next)
}

// API is what the JSON interface shares with the pages: who may see a dossier and who may file one.
type API struct{ s *pages }

// NewAPI makes it.
func NewAPI(e *dossier.Engine, procs *procedure.Set, who *people.People) API {
	return API{&pages{dossiers: e, procs: procs, who: who}}
}

// Get reads a dossier that the reader may see. Error: dossiers.unknown, also for one out of reach.
func (a API) Get(r *web.Request, code string) (*dossier.Dossier, error) {
	d, err := a.s.dossiers.Get(r.Context(), code)
	return visible(r, code, d, err)
}

// File files a dossier for the reader, who must be somebody that the procedure lets file in the unit. Errors: as
// dossier.Engine.Open, and dossiers.not_filer.
func (a API) File(r *web.Request, n dossier.Filing) (*dossier.Dossier, error) {
	if !people.Holds(r.Reader, people.OpenDossiers, n.Unit) {
		return nil, web.Forbidden()
	}
	p, err := a.s.procs.At(n.Procedure, r.Today())
	if err != nil {
		return nil, err
	}
	if n.Role = filer(r, p, n.Unit); n.Role == "" {
		return nil, fault.New(fault.Forbidden, "dossiers.not_filer", "procedure", p.Title.In(r.Lang))
	}
	n.Procedure, n.Actor = p.ID, r.Actor()
	return a.s.dossiers.Open(r.Context(), n)
}
