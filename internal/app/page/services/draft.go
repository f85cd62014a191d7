package services

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/filing"
)

// draftPath is where a draft's pages are; its secret is kept in the browser below it.
func draftPath(id string) string { return "/nop-ho-so/" + id }

// day is seconds.
const day = 24 * 3600

// keep hands the browser the draft's secret until the draft expires.
func keep(r *web.Request, d *filing.Draft, secret string) {
	r.Keep("nhap", draftPath(d.ID), secret, int(d.ExpiresOn-r.Today())*day)
}

// opened is the draft that the address names, with its definition.
func (s *pages) opened(r *web.Request) (*draftPage, error) {
	secret := r.Kept("nhap")
	d, err := s.filing.Draft(r.Context(), r.PathValue("draft"), secret)
	if err != nil {
		return nil, err
	}
	p, err := s.filing.Definition(d)
	if err != nil {
		return nil, err
	}
	rules, err := s.filing.Rules()
	if err != nil {
		return nil, err
	}
	w := &draftPage{D: d, P: p, Rules: rules, Secret: secret}
	if d.Dossier == "" {
		w.Steps = d.Steps(p, r.Today())
	}
	return w, nil
}

// draftPage is what every page of a draft knows.
type draftPage struct {
	*web.View
	D      *filing.Draft
	P      *procedure.Procedure
	Rules  *filing.Rules
	Steps  []filing.Step
	Secret string
	Back   string // address of the page before
}

func (p *draftPage) at(rest string) string { return draftPath(p.D.ID) + rest }

// returnForm asks for the two codes of a draft begun before.
func (s *pages) returnForm(r *web.Request) error {
	return r.Render(http.StatusOK, returnForm(returnPage{View: r.View(r.T("services.return"))}))
}

type returnPage struct {
	*web.View
	Code     string
	Problems web.Mistakes
}

// missing are the inputs of a form left empty: pairs of an input and the text that asks for it.
func missing(r *web.Request, in url.Values, pairs ...string) web.Mistakes {
	var out web.Mistakes
	for pair := range slices.Chunk(pairs, 2) {
		if strings.TrimSpace(in.Get(pair[0])) == "" {
			out = append(out, web.Mistake{Input: pair[0], Text: r.T(pair[1])})
		}
	}
	return out
}

func (s *pages) start(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	d, secret, err := s.filing.Start(r.Context(), in.Get("thu-tuc"), r.Address())
	if err != nil {
		return err
	}
	keep(r, d, secret)
	return r.Go(draftPath(d.ID))
}

func (s *pages) comeBack(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	p := returnPage{View: r.View(r.T("services.error_prefix") + r.T("services.return")), Code: in.Get("ma")}
	if p.Problems = missing(r, in, "ma", "services.draft_code_missing", "bi-mat", "services.draft_secret_missing"); len(p.Problems) > 0 {
		return r.Render(http.StatusUnprocessableEntity, returnForm(p))
	}
	d, err := s.filing.Return(r.Context(), in.Get("ma"), in.Get("bi-mat"), r.Address())
	if err == nil {
		keep(r, d, filing.Letters(in.Get("bi-mat")))
		return r.Go(draftPath(d.ID))
	}
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	p.Problems = web.Mistakes{{Input: "ma", Text: r.ErrorText(err)}}
	return r.Render(web.Status(fault.KindOf(err)), returnForm(p))
}

// tasks is the list of what there is to fill in.
func (s *pages) tasks(r *web.Request) error {
	p, err := s.opened(r)
	if err != nil {
		return err
	}
	if p.D.Dossier != "" {
		return r.Go(p.at("/xong"))
	}
	p.View = r.View(p.P.Title.In(r.Lang))
	return r.Render(http.StatusOK, tasks(p))
}

// saved shows the two codes to come back with.
func (s *pages) saved(r *web.Request) error {
	p, err := s.opened(r)
	if err != nil {
		return err
	}
	p.View = r.View(r.T("services.saved"))
	return r.Render(http.StatusOK, saved(p))
}

func (s *pages) discard(r *web.Request) error {
	p, err := s.opened(r)
	if err != nil {
		return err
	}
	if err := s.filing.Discard(r.Context(), p.D.ID, p.Secret); err != nil {
		return err
	}
	r.Keep("nhap", draftPath(p.D.ID), "", 0)
	return r.Go("/dich-vu")
}

// questionPage is one step, again with what was typed after a mistake.
type questionPage struct {
	*draftPage
	Step     *filing.Step
	Typed    url.Values // nil on the first look
	Problems web.Mistakes
	Files    []fileRow
	Endings  string              // that files may have
	Held     *dossier.Credential // the agency's own result that stands for the paper
	Then     string              // "kiem-tra" when the reader came from there
	Number   int                 // of the step, from one
	req      *web.Request
}

func (s *pages) question(r *web.Request) error { return s.showQuestion(r, nil, nil) }

func (s *pages) showQuestion(r *web.Request, typed url.Values, problems []filing.Problem) error {
	w, err := s.opened(r)
	if err != nil {
		return err
	}
	if w.D.Dossier != "" {
		return r.Go(w.at("/xong"))
	}
	step := w.D.Step(w.P, r.Today(), r.PathValue("step"))
	if step == nil {
		return fault.New(fault.NotFound, "services.no_step")
	}
	q := questionPage{draftPage: w, Step: step, Typed: typed, Then: r.Query("ve"), Number: w.index(step.Key) + 1, req: r}
	for _, x := range problems {
		q.Problems = append(q.Problems, web.Mistake{Input: x.Input, Text: r.ErrorText(x.Err)})
	}
	if step.Paper != nil {
		if q.Held, err = s.filing.Held(r.Context(), step.Paper, filing.Applicant(w.P, w.D.Answers(w.P, r.Today()))); err != nil {
			return err
		}
		if q.Files, err = s.filesOf(r.Context(), w, step.Paper.ID); err != nil {
			return err
		}
		rules, err := s.filing.FileRules()
		if err != nil {
			return err
		}
		q.Endings = strings.Join(rules.Endings(), ",")
	}
	title, status := stepTitle(r.Lang, r.T, step), http.StatusOK
	if len(problems) > 0 {
		title, status = r.T("services.error_prefix")+title, http.StatusUnprocessableEntity
	}
	q.View = r.View(title)
	q.Back = w.before(step.Key)
	if q.Then == "kiem-tra" {
		q.Back = w.at("/kiem-tra")
	}
	return r.Render(status, question(&q))
}

// fileProblem is a refused file as a problem of the page.
func fileProblem(err error) []filing.Problem {
	var e *fault.Error
	if !errors.As(err, &e) {
		return nil
	}
	return []filing.Problem{{Input: "tep", Err: e}}
}

// before is the address of the step before, or of the list.
func (p *draftPage) before(key string) string {
	i := p.index(key)
	if i <= 0 {
		return p.at("")
	}
	return p.at("/" + p.Steps[i-1].Key)
}

// index is where a step stands among all.
func (p *draftPage) index(key string) int {
	return slices.IndexFunc(p.Steps, func(s filing.Step) bool { return s.Key == key })
}

// errWrong ends a change that has problems, so that nothing is written.
var errWrong = errors.New("services: the answer has problems")

func (s *pages) answer(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	w, err := s.opened(r)
	if err != nil {
		return err
	}
	key := r.PathValue("step")
	var problems []filing.Problem
	more := false
	d, err := s.filing.Change(r.Context(), w.D.ID, w.Secret, func(d *filing.Draft) error {
		step := d.Step(w.P, r.Today(), key)
		if step == nil {
			return fault.New(fault.NotFound, "services.no_step")
		}
		more = step.Field != nil && step.Field.Type == procedure.TypeList && in.Get("them") != ""
		if problems = d.Answer(w.P, w.Rules, step, in, r.Lang); len(problems) > 0 {
			return errWrong
		}
		return nil
	})
	switch {
	case errors.Is(err, errWrong):
		return s.showQuestion(r, in, problems)
	case err != nil:
		return err
	case d.Dossier != "":
		return r.Go(w.at("/xong"))
	case more: // a list grows by a row, which is filled in on the same page
		return r.Go(w.at("/" + key + "?ve=" + url.QueryEscape(r.Query("ve"))))
	}
	if key == filing.ApplicantStep {
		if err := s.prefill(r, w, d); err != nil {
			return err
		}
		if d.Contact.Email != w.D.Contact.Email {
			if err := s.filing.MailCode(r.Context(), d, w.Secret); err != nil {
				return err
			}
		}
	}
	if r.Query("ve") == "kiem-tra" {
		return r.Go(w.at("/kiem-tra"))
	}
	return r.Go(w.at("/" + after(d.Steps(w.P, r.Today()), key)))
}

// prefill is there for what the agency knows of the applicant beyond what was typed: a paper it can answer itself.
func (s *pages) prefill(r *web.Request, w *draftPage, d *filing.Draft) error {
	name := filing.Applicant(w.P, d.Answers(w.P, r.Today()))
	held := map[string]bool{}
	for _, step := range d.Steps(w.P, r.Today()) {
		if step.Paper == nil || len(step.Paper.HeldFrom) == 0 {
			continue
		}
		c, err := s.filing.Held(r.Context(), step.Paper, name)
		if err != nil {
			return err
		}
		held[step.Paper.ID] = c != nil
	}
	_, err := s.filing.Change(r.Context(), d.ID, w.Secret, func(d *filing.Draft) error {
		for id, there := range held {
			switch {
			case there && d.Papers[id] == "":
				d.Papers[id] = filing.PaperHeld
			case !there && d.Papers[id] == filing.PaperHeld:
				delete(d.Papers, id)
			}
		}
		return nil
	})
	return err
}

// after is the next step that has no answer, or the check when there is none.
func after(steps []filing.Step, key string) string {
	i := slices.IndexFunc(steps, func(s filing.Step) bool { return s.Key == key })
	for _, s := range steps[i+1:] {
		if !s.Done {
			return s.Key
		}
	}
	return "kiem-tra"
}

// checkPage is everything that was answered, before it is sent.
type checkPage struct {
	*draftPage
	Rows     []answered
	Open     []filing.Step // still to be answered
	Fees     []fee
	Length   string
	Due      calendar.Date
	Problems web.Mistakes
	Declared bool
}

type answered struct {
	Step  filing.Step
	Label string
	Lines []string
}

type fee struct {
	Label  string
	Amount string
}

func (s *pages) check(r *web.Request) error { return s.showCheck(r, nil, nil) }

func (s *pages) showCheck(r *web.Request, typed url.Values, trouble error) error {
	w, err := s.opened(r)
	if err != nil {
		return err
	}
	if w.D.Dossier != "" {
		return r.Go(w.at("/xong"))
	}
	w.View = r.View(r.T("services.check"))
	c := checkPage{draftPage: w, Declared: typed.Get("cam-doan") != "", Due: calendar.NoDate}
	w.Back = w.at("")
	values := w.D.Answers(w.P, r.Today())
	for _, step := range w.Steps {
		if step.Must && !step.Done {
			c.Open = append(c.Open, step)
		}
		c.Rows = append(c.Rows, answersOf(w, step, values)...)
	}
	for i, amount := range w.D.Fees(w.P, r.Today()) {
		f := fee{Label: w.P.Fees[i].Label.In(r.Lang), Amount: r.T("services.fee_later")}
		if amount >= 0 && len(c.Open) == 0 {
			f.Amount = w.Int(amount) + " đ"
		}
		c.Fees = append(c.Fees, f)
	}
	if length, due := s.filing.Expected(w.D, w.P); due != calendar.NoDate && len(c.Open) == 0 {
		c.Length, c.Due = length.Name(r.Lang), due
	}
	status := http.StatusOK
	if trouble != nil {
		c.Problems, status = web.Mistakes{{Input: "cam-doan", Text: r.ErrorText(trouble)}}, web.Status(fault.KindOf(trouble))
		w.Title = r.T("services.error_prefix") + w.Title
	}
	return r.Render(status, check(&c))
}

func (s *pages) send(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	w, err := s.opened(r)
	if err != nil {
		return err
	}
	if w.D.Dossier == "" && in.Get("cam-doan") == "" {
		return s.showCheck(r, in, fault.New(fault.Invalid, "services.declare_first"))
	}
	if _, err := s.filing.Send(r.Context(), w.D.ID, w.Secret); err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showCheck(r, in, err)
	}
	return r.Go(w.at("/xong"))
}

// receiptPage says that the dossier is in, and what comes next.
type receiptPage struct {
	*draftPage
	T0 *filing.Track
}

func (s *pages) receipt(r *web.Request) error {
	w, err := s.opened(r)
	if err != nil {
		return err
	}
	if w.D.Dossier == "" {
		return r.Go(w.at(""))
	}
	w.View = r.View(r.T("services.sent"))
	t, err := s.filing.Track(r.Context(), w.D.Dossier)
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, receipt(receiptPage{draftPage: w, T0: t}))
}
