package dossiers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// maxBulk is how many dossiers one form changes: those of two pages.
const maxBulk = 2 * perPage

// bulkStep is a step that the reader may take with some of the dossiers on the page.
type bulkStep struct{ ID, Label string }

// bulkSteps are the ways forward out of the states of the rows. Whether each dossier lets it be taken is found out
// one by one.
func (s *pages) bulkSteps(r *web.Request, rows []*dossier.Row) []bulkStep {
	var out []bulkStep
	type kind struct{ procedure, version, state, unit string }
	seen, there := map[kind]bool{}, map[bulkStep]bool{}
	for _, d := range rows {
		k := kind{d.Procedure, d.Version, d.State, d.Unit}
		if seen[k] {
			continue
		}
		seen[k] = true
		p, err := s.procs.Version(d.Procedure, d.Version)
		if err != nil || !people.Holds(r.Reader, people.ActOnDossiers, d.Unit) {
			continue
		}
		for _, t := range p.Leaving(d.State) {
			b := bulkStep{t.ID, t.Label.In(r.Lang)}
			if !there[b] && !isSide(p, t) && len(t.Asks) == 0 && roleFor(r, t, d.Unit) != "" {
				there[b] = true
				out = append(out, b)
			}
		}
	}
	return out
}

// result is what became of one dossier of many.
type result struct {
	Code, Title string
	Done, Away  bool   // Away: out of the reader's reach from now on
	Text        string // what is wrong, or what it is now
	Before      string // assignee or marks before
	Version     int64  // after
}

type bulkPage struct {
	*web.View
	Results []result
	Back    string
	Undo    string // the act that takes back what was done; "" where nothing does
	Done    int
}

// bulk does the same to every dossier that was ticked and says of each what became of it.
func (s *pages) bulk(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	return s.each(r, in, in["chon"], func(res result, expect int64) result { return s.bulkOne(r, in, res, expect) })
}

// each does one thing to every dossier that was chosen and shows what became of them.
func (s *pages) each(r *web.Request, in url.Values, chosen []string, do func(res result, expect int64) result) error {
	switch {
	case len(chosen) == 0:
		return fault.New(fault.Invalid, "dossiers.none_chosen")
	case len(chosen) > maxBulk:
		return fault.New(fault.Invalid, "dossiers.too_many", "limit", maxBulk)
	}
	p := bulkPage{View: r.View(r.T("dossiers.bulk_title"), web.Crumb{Title: r.T("dossiers.title"), Path: "/ho-so"}), Back: listPath(in.Get("ve"))}
	for _, c := range chosen {
		res := do(unpick(c))
		if res.Done {
			p.Done++
			p.Undo = undoes[in.Get("lam")]
		}
		p.Results = append(p.Results, res)
	}
	return r.Render(http.StatusOK, bulkResult(p))
}

// picked is a dossier of a list as a form names it: "code@version".
func picked(d *dossier.Row) string { return d.Code + "@" + strconv.FormatInt(d.Stream, 10) }

// unpick reads that, or "code@version@before" of a form that takes something back.
func unpick(chosen string) (res result, expect int64) {
	code, rest, _ := strings.Cut(chosen, "@")
	version, before, _ := strings.Cut(rest, "@")
	expect, _ = strconv.ParseInt(version, 10, 64) // unreadable = whatever it is now
	return result{Code: code, Before: before}, expect
}

// undoes says what takes an act back.
var undoes = map[string]string{"giao": "hoan-tac", "uu-tien": "hoan-tac-nhan", "them-nhan": "hoan-tac-nhan", "bo-nhan": "hoan-tac-nhan"}

// listPath is where a form of the list came from.
func listPath(path string) string {
	if path = web.LocalPath(path); strings.HasPrefix(path, "/ho-so") {
		return path
	}
	return "/ho-so"
}

// bulkOne does what the form asks for to one of many; res.Before is what an undo brings back.
func (s *pages) bulkOne(r *web.Request, in url.Values, res result, expect int64) result {
	before := res.Before
	if change, ok, err := bulkMarks(in, before); ok {
		return s.bulkMark(r, res, change, expect, err)
	}
	d, err := s.dossiers.Get(r.Context(), res.Code)
	if d, err = visible(r, res.Code, d, err); err == nil {
		res.Title, res.Before = d.Title, d.Assignee
		switch in.Get("lam") {
		case "giao":
			d, err = s.handOver(r, d, in.Get("giao"), in.Get("ghi-chu"), expect)
		case "hoan-tac":
			d, err = s.handOver(r, d, before, "", expect)
		case "buoc":
			d, err = s.bulkAct(r, d, in, expect)
		default:
			err = fault.New(fault.Invalid, "dossiers.nothing_to_do")
		}
	}
	if err != nil {
		res.Text = r.ErrorText(err)
		return res
	}
	res.Done, res.Version = true, d.Stream
	res.Text = r.T("dossiers.bulk_now", "state", s.stateName(r, d), "who", s.assigneeName(r, d.Assignee))
	return res
}

func (s *pages) assigneeName(r *web.Request, account string) string {
	if account == "" {
		return r.T("dossiers.nobody")
	}
	return s.who.AccountName(r.Context(), account)
}

func (s *pages) bulkAct(r *web.Request, d *dossier.Dossier, in url.Values, expect int64) (*dossier.Dossier, error) {
	p := s.definition(r.Context(), d)
	if p == nil {
		return nil, fault.New(fault.NotFound, "dossiers.no_definition", "code", d.Code)
	}
	a, err := s.request(r, d, p, in.Get("buoc"))
	if err != nil {
		return nil, err
	}
	a.Note, a.Expect, a.On = strings.TrimSpace(in.Get("ghi-chu")), expect, calendar.NoDate
	return s.dossiers.Act(r.Context(), a)
}

// mayHandOver: heads and leaders share out the work of their units, and everybody may pass on their own.
func mayHandOver(r *web.Request, d *dossier.Dossier) bool {
	if !d.Open() || !people.Holds(r.Reader, people.ActOnDossiers, d.Unit) {
		return false
	}
	return d.Assignee == r.Actor() || people.HasRole(r.Reader, people.UnitHead, d.Unit) || people.HasRole(r.Reader, people.Leader, d.Unit)
}

func (s *pages) handOver(r *web.Request, d *dossier.Dossier, to, note string, expect int64) (*dossier.Dossier, error) {
	if d.Open() && !mayHandOver(r, d) {
		return nil, fault.New(fault.Forbidden, "dossiers.not_yours")
	}
	if to != "" {
		fit, err := s.mayTake(r, to, d.Unit)
		if err != nil {
			return nil, err
		}
		if !fit {
			return nil, fault.New(fault.Invalid, "dossiers.not_for_them", "who", s.who.AccountName(r.Context(), to))
		}
	}
	return s.dossiers.HandOver(r.Context(), dossier.HandOver{Code: d.Code, To: to, Expect: expect, Actor: r.Actor(), Note: note})
}

// mayTake reports whether an open account works on dossiers of the unit.
func (s *pages) mayTake(r *web.Request, account, unit string) (bool, error) {
	id, err := s.who.Reader(r.Context(), account)
	if err != nil || id == nil {
		return false, err
	}
	return people.Holds(id, people.ActOnDossiers, unit), nil
}

// give is the hand-over form of a dossier's page.
func (s *pages) give(r *web.Request, in url.Values) (string, error) {
	d, err := s.get(r)
	if err != nil {
		return "", err
	}
	expect, _ := strconv.ParseInt(in.Get("ban"), 10, 64) // unreadable = whatever it is now
	if _, err := s.handOver(r, d, in.Get("giao"), in.Get("ghi-chu"), expect); err != nil {
		return "", err
	}
	if back := in.Get("ve"); back != "" {
		return listPath(back), nil
	}
	return path(d.Code) + "?da=luu", nil
}
