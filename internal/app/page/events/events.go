// Package events (trang sổ cái) shows the event ledger itself: the latest events, and one event with its
// hash and the proof that it stands in the signed tree. It owns no rules; package ledger does.
package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"trucot/internal/engine/attachment"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/web"
)

// perPage is the number of events on a page of the list.
const perPage = 50

type pages struct {
	l   *ledger.Ledger
	who *people.People

	ofParty func(ledger.Event) bool
}

// Routes are the pages of the ledger; ofParty tells the events of no unit that are the Party's all the same.
func Routes(l *ledger.Ledger, who *people.People, ofParty func(ledger.Event) bool) []web.Route {
	s := &pages{l, who, ofParty}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/so-cai", Permission: people.ReadLedger, Handler: s.list},
		{Method: http.MethodGet, Pattern: "/so-cai/{position}", Permission: people.ReadLedger, Handler: s.one},
	}
}

type listPage struct {
	*web.View
	Events  []ledger.Event    // the newest first
	Names   map[string]string // of who recorded them, by account
	Hidden  int               // of other units, left out
	Head    int64
	Newer   string
	Older   string
	Between string
}

var errEnough = errors.New("enough")

func (s *pages) list(r *web.Request) error {
	head := s.l.Head()
	upTo, err := strconv.ParseInt(r.Query("den"), 10, 64)
	if err != nil || upTo > head || upTo < 1 {
		upTo = head
	}
	from := max(0, upTo-perPage)
	p := listPage{View: r.View(r.T("events.title")), Head: head, Names: map[string]string{}}
	err = s.l.Scan(r.Context(), from, func(e ledger.Event) error {
		if e.Position > upTo {
			return errEnough
		}
		if !s.mayRead(r, e) {
			p.Hidden++
			return nil
		}
		p.Events = append(p.Events, e)
		return nil
	})
	if err != nil && err != errEnough {
		return err
	}
	for i, j := 0, len(p.Events)-1; i < j; i, j = i+1, j-1 {
		p.Events[i], p.Events[j] = p.Events[j], p.Events[i]
	}
	for _, e := range p.Events {
		if p.Names[e.Actor] == "" {
			p.Names[e.Actor] = s.who.AccountName(r.Context(), e.Actor)
		}
	}
	if from > 0 {
		p.Older = "/so-cai?den=" + strconv.FormatInt(from, 10)
	}
	if upTo < head {
		p.Newer = "/so-cai?den=" + strconv.FormatInt(min(head, upTo+perPage), 10)
	}
	p.Between = p.T("events.between", "from", from+1, "to", upTo, "head", head)
	return r.Render(http.StatusOK, list(p))
}

func (s *pages) mayRead(r *web.Request, e ledger.Event) bool { return MayRead(r.Reader, s.ofParty, e) }

// areas are the streams that a permission of their own keeps, besides that to read the ledger. What a stream of the
// work calendar says is a draft first, which is for those who keep it.
var areas = map[string]web.Permission{
	"dossier": people.ReadDossiers, "credential": people.ReadDossiers, "task": people.ReadTasks, "directive": people.ReadDirectives,
	"council": people.ReadCouncils, "schedule": people.KeepDirectives,
}

// secretary are the events that only those who run a council read: what members said of themselves.
var secretary = []string{"council.declared", "council.conflict_cleared"}

// MayRead keeps an event to those who may read its unit's, and what it is about: a step to those who may
// read the dossier, a frozen report of the Party to the Party. Facts of no unit are the whole agency's.
func MayRead(id web.Identity, ofParty func(ledger.Event) bool, e ledger.Event) bool {
	if ofParty(e) {
		return id != nil && id.Can(people.ReadParty, e.Unit) && id.Can(people.ReadLedger, e.Unit)
	}
	area, _, _ := strings.Cut(strings.TrimPrefix(e.Stream, attachment.StreamPrefix), "/")
	needs := []web.Permission{people.ReadLedger}
	if p, ok := areas[area]; ok {
		needs = append(needs, p)
	}
	if slices.Contains(secretary, e.Kind) {
		needs = append(needs, people.RunCouncils)
	}
	return !slices.ContainsFunc(needs, func(p web.Permission) bool { return !people.Holds(id, p, e.Unit) })
}

type onePage struct {
	*web.View
	E          ledger.Event
	Actor      string
	Unit       string
	Data       string
	Proof      []tlog.Hash
	Checkpoint ledger.Checkpoint
	Proven     bool
	Stream     []ledger.Event // the other events of the stream
	About      string         // page of what the event is about, "" when there is none
}

func (s *pages) one(r *web.Request) error {
	position, err := strconv.ParseInt(r.PathValue("position"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "events.bad_position", "text", r.PathValue("position"))
	}
	e, err := s.l.Event(r.Context(), position)
	if err != nil {
		return err
	}
	if !s.mayRead(r, e) {
		return web.Forbidden()
	}
	p := onePage{View: r.View(r.T("events.one", "position", position), web.Crumb{Title: r.T("events.title"), Path: "/so-cai"}), E: e, Data: indent(e.Data)}
	p.Actor, p.Unit = s.who.AccountName(r.Context(), e.Actor), s.who.UnitName(r.Context(), e.Unit, r.Lang)
	p.About = About(e.Stream)
	if p.Stream, err = s.l.Stream(r.Context(), e.Stream); err != nil {
		return err
	}
	p.Stream = slices.DeleteFunc(p.Stream, func(e ledger.Event) bool { return !s.mayRead(r, e) })
	if err := s.prove(r, &p); err != nil {
		return err
	}
	return r.Render(http.StatusOK, one(p))
}

// prove shows that the event stands in the tree of the current checkpoint, checked here once more.
func (s *pages) prove(r *web.Request, p *onePage) error {
	cp, err := s.l.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	proof, err := s.l.Inclusion(r.Context(), p.E.Position, cp.Position)
	if err != nil {
		return err
	}
	p.Checkpoint, p.Proof = cp, proof
	p.Proven = tlog.CheckRecord(proof, cp.Position, tlog.Hash(cp.Root), p.E.Position-1, tlog.Hash(p.E.Hash)) == nil
	return nil
}

// did says what an event of a kind means, the kind itself where nobody wrote the sentence.
func did(v *web.View, kind string) string {
	key := Sentence(kind)
	if text := v.T(key); !strings.Contains(text, key) {
		return text
	}
	return kind
}

// Sentence is the key of the text that says what an event of a kind means.
func Sentence(kind string) string { return "events.did_" + strings.ReplaceAll(kind, ".", "_") }

// About is the page of what a stream is about.
func About(stream string) string {
	kind, id, _ := strings.Cut(strings.TrimPrefix(stream, attachment.StreamPrefix), "/")
	switch kind {
	case "dossier":
		return "/ho-so/" + url.PathEscape(id)
	case "activity":
		return "/so-viec/" + url.PathEscape(id)
	case "task":
		return "/viec/" + url.PathEscape(id)
	case "form": // form/<regime>/<form>/<unit>/<period>
		if f := strings.Split(id, "/"); len(f) == 4 {
			return "/bao-cao/" + url.PathEscape(f[0]) + "/" + url.PathEscape(f[3]) + "?unit=" + url.QueryEscape(f[2]) + "#bieu-" + f[1]
		}
	}
	return ""
}

func indent(data []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, data, "", "  ") != nil {
		return string(data)
	}
	return b.String()
}

func short(h [32]byte) string { return tlog.Hash(h).String() }
