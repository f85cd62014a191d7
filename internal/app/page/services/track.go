package services

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/filing"
)

// trackPath is where the pass of a tracked dossier is kept.
const trackPath = "/tra-cuu"

type trackFormPage struct {
	*web.View
	Code     string
	Problems web.Mistakes
}

// trackForm asks for a dossier's code and a second fact; ?ma= carries the code, as on the slip's QR.
func (s *pages) trackForm(r *web.Request) error {
	return r.Render(http.StatusOK, trackForm(trackFormPage{View: r.View(r.T("services.track")), Code: r.Query("ma")}))
}

func (s *pages) prove(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	code := strings.TrimSpace(in.Get("ma"))
	p := trackFormPage{View: r.View(r.T("services.error_prefix") + r.T("services.track")), Code: code}
	if p.Problems = missing(r, in, "ma", "services.dossier_code_missing", "kiem-tra", "services.fact_missing"); len(p.Problems) > 0 {
		return r.Render(http.StatusUnprocessableEntity, trackForm(p))
	}
	pass, err := s.filing.Prove(r.Context(), code, in.Get("kiem-tra"), r.Address())
	if err == nil {
		rules, err := s.filing.Rules()
		if err != nil {
			return err
		}
		r.Keep("tra-cuu", trackPath, pass, rules.PassMinutes*60)
		return r.Go(trackPath + "/ho-so")
	}
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	p.Problems = web.Mistakes{{Input: "kiem-tra", Text: r.ErrorText(err)}}
	return r.Render(web.Status(fault.KindOf(err)), trackForm(p))
}

// trackPage is a dossier as who filed it may see it.
type trackPage struct {
	*web.View
	D       *filing.Track
	Asked   []filing.Asked // by councils
	Key     string         // idempotency key of the forms
	Action  string         // the form that was refused
	Typed   url.Values     // what was typed in it
	Trouble string
}

func (s *pages) track(r *web.Request) error { return s.showTrack(r, nil, nil) }

func (s *pages) showTrack(r *web.Request, typed url.Values, trouble error) error {
	code, err := s.filing.Passed(r.Context(), r.Kept("tra-cuu"))
	if err != nil {
		return s.passOver(r, err)
	}
	d, err := s.filing.Track(r.Context(), code)
	if err != nil {
		return err
	}
	p := trackPage{View: r.View(r.T("services.dossier_of", "code", d.Code)), D: d, Key: rand.Text(), Typed: typed}
	if p.Asked, err = s.filing.Questions(r.Context(), code); err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, p.Action, status = r.ErrorText(trouble), r.PathValue("action"), web.Status(fault.KindOf(trouble))
		p.Title = r.T("services.error_prefix") + p.Title
	}
	return r.Render(status, track(&p))
}

// passOver asks anew when the pass has run out.
func (s *pages) passOver(r *web.Request, err error) error {
	if !fault.Is(err, "filing.pass_over") {
		return err
	}
	return r.Render(web.Status(fault.NotFound), trackForm(trackFormPage{View: r.View(r.T("services.track")), Problems: web.Mistakes{{Input: "ma", Text: r.ErrorText(err)}}}))
}

func (s *pages) reply(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	code, err := s.filing.Passed(r.Context(), r.Kept("tra-cuu"))
	if err != nil {
		return s.passOver(r, err)
	}
	if err := s.take(r, code, in); err != nil {
		if k := fault.KindOf(err); k == fault.Internal || k == fault.NotFound {
			return err
		}
		return s.showTrack(r, in, err)
	}
	return r.Go(trackPath + "/ho-so?da=luu")
}

func (s *pages) take(r *web.Request, code string, in url.Values) error {
	d, err := s.filing.Track(r.Context(), code)
	if err != nil {
		return err
	}
	reply := filing.Reply{Action: r.PathValue("action"), Text: in.Get("tra-loi"), Key: code + ":" + in.Get("khoa"), Fields: map[string]any{}}
	for _, step := range d.Steps {
		if step.Action != reply.Action {
			continue
		}
		if step.Withdraws && in.Get("chac-chan") == "" {
			return fault.New(fault.Invalid, "services.be_sure")
		}
		var list fault.List
		for _, f := range step.Fields {
			v, problem := filing.ReadField(f, in, r.Lang)
			if problem != nil {
				list = append(list, problem.Err)
			}
			reply.Fields[f.ID] = v
		}
		if err := list.OrNil(); err != nil {
			return err
		}
		for _, paper := range step.Papers {
			if in.Get("d."+paper.ID) != "" {
				reply.Papers = append(reply.Papers, paper.ID)
			}
		}
	}
	return s.filing.Reply(r.Context(), code, reply)
}

// answerCouncil answers a question of a council.
func (s *pages) answerCouncil(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	code, err := s.filing.Passed(r.Context(), r.Kept("tra-cuu"))
	if err != nil {
		return s.passOver(r, err)
	}
	n, _ := strconv.Atoi(in.Get("so")) // unreadable = no such question
	if err := s.filing.AnswerQuestion(r.Context(), filing.CouncilAnswer{Code: code, Council: in.Get("hoi-dong"), Number: n, Text: in.Get("tra-loi")}); err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showTrack(r, in, err)
	}
	return r.Go(trackPath + "/ho-so?da=luu")
}

// answerTyped is what was typed as the answer to a question, otherwise what was answered before.
func (p *trackPage) answerTyped(q filing.Asked) string {
	if p.Trouble != "" && p.Typed.Get("hoi-dong") == q.Council && p.Typed.Get("so") == strconv.Itoa(q.Number) {
		return p.Typed.Get("tra-loi")
	}
	return q.Answer
}

func (s *pages) leave(r *web.Request) error {
	r.Keep("tra-cuu", trackPath, "", 0)
	return r.Go(trackPath)
}
