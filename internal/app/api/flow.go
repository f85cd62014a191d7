package api

import (
	"net/http"
	"slices"

	pages "trucot/internal/app/page/flow"
	"trucot/internal/engine/dossier/flow"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

func (s *service) flowOps() []operation {
	return []operation{
		op("process-list", http.MethodGet, "/quy-trinh", people.ReadDossiers, s.listProcesses),
		op("process-risks", http.MethodGet, "/quy-trinh/nguy-co", people.ReadDossiers, s.listRisks),
		op("process-get", http.MethodGet, "/quy-trinh/{id}/dong-chay", people.ReadDossiers, s.getProcess),
	}
}

// Process is a procedure, or an imported log, with its dossiers in reach.
type Process struct {
	Procedure string `json:"procedure" example:"book_loan"`
	Cases     int    `json:"cases"`
	Open      int    `json:"open"`
}

func (s *service) listProcesses(r *web.Request, in *Paging) (*reply[list[Process]], error) {
	units, without := people.Reach(r.Reader, people.ReadDossiers)
	all, err := s.Flow.Procedures(r.Context(), units, without)
	if err != nil {
		return nil, err
	}
	return listed(r, *in, among(all, func(c flow.Count) string { return c.Procedure }), plain(func(c flow.Count) Process { return Process(c) }), func(p Process) string { return p.Procedure })
}

// Risk is an open dossier that will be late if nothing changes: of so many past dossiers that had been as long in its state with as
// little time left, so many were.
type Risk struct {
	Code      string        `json:"code"`
	Procedure string        `json:"procedure"`
	Unit      string        `json:"unit"`
	State     string        `json:"state"`
	Since     calendar.Date `json:"since"`
	Due       calendar.Date `json:"due"`
	Elapsed   int           `json:"elapsed"` // working days in the state
	Late      int           `json:"late"`
	Of        int           `json:"of"`
}

func riskOf(x flow.Risk) Risk {
	return Risk{x.Code, x.Procedure, x.Unit, x.State, x.Since, x.Due, x.Elapsed, x.Late, x.Of}
}

func (s *service) listRisks(r *web.Request, in *Paging) (*reply[list[Risk]], error) {
	units, without := people.Reach(r.Reader, people.ReadDossiers)
	all, err := s.Flow.Risks(r.Context(), units, without)
	if err != nil {
		return nil, err
	}
	all = slices.Clone(all) // what is remembered keeps its order
	return listed(r, *in, among(all, func(x flow.Risk) string { return x.Code }), plain(riskOf), func(x Risk) string { return x.Code })
}

// Wait is how long something took, in working days.
type Wait struct {
	N      int `json:"n"`
	Median int `json:"median"`
	P90    int `json:"p90"`
	Total  int `json:"total"`
}

// FlowState is a state that dossiers came through.
type FlowState struct {
	State   string `json:"state"`
	Cases   int    `json:"cases"`
	Visits  int    `json:"visits"`
	Returns int    `json:"returns"` // visits of a dossier that had been there before
	Here    int    `json:"here"`    // dossiers in work that are in it
	Wait    Wait   `json:"wait"`
	Share   int    `json:"share"` // of all waiting, in thousandths
}

// FlowStep is how often one state followed another.
type FlowStep struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int    `json:"count"`
	Wait  Wait   `json:"wait"`
}

// FlowWay is a way that dossiers took from filing on.
type FlowWay struct {
	States []string `json:"states"`
	Count  int      `json:"count"`
	Late   int      `json:"late"`
	Wait   Wait     `json:"wait"`
}

// Trial is how often the forecast was right on dossiers that it had not learned from.
type Trial struct {
	From    calendar.Date `json:"from"`
	To      calendar.Date `json:"to"`
	Learned int           `json:"learned"` // finished dossiers that it had learned from
	Tried   int           `json:"tried"`
	Late    int           `json:"late"`   // of those tried, late in the end
	Unsure  int           `json:"unsure"` // nothing was said
	Said    int           `json:"said"`   // said to become late
	Hit     int           `json:"hit"`    // of those said, late in the end
	Useful  bool          `json:"useful"`
}

// Flow is how the dossiers of a procedure really went.
type Flow struct {
	Procedure    string        `json:"procedure"`
	From         calendar.Date `json:"from"`
	To           calendar.Date `json:"to"`
	Cases        int           `json:"cases"`
	Open         int           `json:"open"`
	Late         int           `json:"late"`
	Reworked     int           `json:"reworked"`     // came back to a state
	Supplemented int           `json:"supplemented"` // had to be supplemented
	Through      Wait          `json:"through"`
	Start        string        `json:"start"` // the most frequent first state
	States       []FlowState   `json:"states"`
	Steps        []FlowStep    `json:"steps"`
	Ways         []FlowWay     `json:"ways"`
	Distinct     int           `json:"distinct"` // ways in all
	Trial        Trial         `json:"trial"`
	Risks        []Risk        `json:"risks"`
	Partial      bool          `json:"partial"` // there are more dossiers, and only those filed last were looked at
}

func flowOf(q flow.Query, v *flow.View) Flow {
	out := Flow{Procedure: q.Procedure, From: q.From, To: q.To, Cases: v.Cases, Open: v.Open, Late: v.Late, Reworked: v.Reworked, Supplemented: v.Supplemented,
		Through: Wait(v.Through), Start: v.Start, States: []FlowState{}, Steps: []FlowStep{}, Ways: []FlowWay{}, Distinct: v.Distinct, Risks: []Risk{}, Partial: v.Cut}
	for _, n := range v.Nodes {
		out.States = append(out.States, FlowState{n.State, n.Cases, n.Visits, n.Returns, n.Here, Wait(n.Wait), n.Share})
	}
	for _, e := range v.Edges {
		out.Steps = append(out.Steps, FlowStep{e.From, e.To, e.Count, Wait(e.Wait)})
	}
	for _, w := range v.Variants {
		out.Ways = append(out.Ways, FlowWay{some(w.States), w.Count, w.Late, Wait(w.Wait)})
	}
	t := v.Trial
	out.Trial = Trial{t.From, t.To, t.Learned, t.Tried, t.Late, t.Unsure, t.Said, t.Hit, t.Useful()}
	for _, x := range v.Risks {
		x.Procedure = q.Procedure
		out.Risks = append(out.Risks, riskOf(x))
	}
	return out
}

type flowAsked struct {
	ID   string `path:"id" maxLength:"200" example:"book_loan"`
	From string `query:"from" format:"date"`
	To   string `query:"to" format:"date"`
	Unit string `query:"unit" maxLength:"100"`
}

func (s *service) getProcess(r *web.Request, in *flowAsked) (*reply[Flow], error) {
	q, err := pages.Query(r, s.Procedures, s.People, in.ID, in.From, in.To, in.Unit)
	if err != nil {
		return nil, err
	}
	v, err := s.Flow.View(r.Context(), q)
	if err != nil {
		return nil, err
	}
	return summed(r, flowOf(q, v))
}
