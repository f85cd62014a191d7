package api

import (
	"net/http"
	"slices"
	"strings"

	"trucot/internal/app/page/activities"
	"trucot/internal/app/page/onestop"
	"trucot/internal/app/page/schedule"
	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/activity"
	book "trucot/internal/room/directive/schedule"
)

func (s *service) registerOps() []operation {
	return []operation{
		op("credential-list", http.MethodGet, "/giay-phep", people.ReadDossiers, s.listCredentials),
		op("credential-get", http.MethodGet, "/giay-phep/mot", people.ReadDossiers, s.getCredential),
		op("activity-list", http.MethodGet, "/so-viec", people.ReadFigures, s.listActivities),
		op("activity-get", http.MethodGet, "/so-viec/{id}", people.ReadFigures, s.getActivity),
		op("baseline-list", http.MethodGet, "/moc-viec", people.ReadTasks, s.listBaselines),
		op("baseline-get", http.MethodGet, "/moc-viec/{id}", people.ReadTasks, s.getBaseline),
		op("schedule-list", http.MethodGet, "/lich-cong-tac", people.ReadDirectives, s.listSchedule),
	}
}

// Credential is a licence or certificate. Standing is valid, upcoming, expiring, late (to be renewed), expired or ended.
type Credential struct {
	Number    string        `json:"number"`
	Procedure string        `json:"procedure"`
	Dossier   string        `json:"dossier"`
	Title     string        `json:"title"`
	Holder    string        `json:"holder"`
	Unit      string        `json:"unit"`
	IssuedOn  calendar.Date `json:"issued_on"`
	From      calendar.Date `json:"from"`
	Until     calendar.Date `json:"until"`
	RenewBy   calendar.Date `json:"renew_by"`
	EndedOn   calendar.Date `json:"ended_on"`
	EndReason string        `json:"end_reason,omitempty"`
	Replaces  string        `json:"replaces,omitempty"`
	Successor string        `json:"successor,omitempty"`
	Standing  string        `json:"standing"`
}

func credentialOf(c dossier.Credential, today calendar.Date) Credential {
	return Credential{c.Number, c.Procedure, c.Dossier, c.Title, c.Holder, c.Unit, c.IssuedOn, c.From, c.Until, c.RenewBy, c.EndedOn, c.EndReason, c.Replaces, c.Successor, c.View(today)}
}

type credentialFilter struct {
	Paging
	View      string `query:"view" enum:"valid,upcoming,expiring,late,expired,ended,all" default:"all"`
	Procedure string `query:"procedure" maxLength:"100"`
	Text      string `query:"q" maxLength:"200"`
}

func (s *service) listCredentials(r *web.Request, in *credentialFilter) (*reply[list[Credential]], error) {
	f := dossier.CredentialFilter{Reach: onestop.Reach(r), View: in.View, Procedure: in.Procedure, Text: in.Text, Day: r.AsOf()}
	if in.View == "all" {
		f.View = ""
	}
	return listed(r, in.Paging, func(after string, n int) ([]dossier.Credential, error) {
		f.Limit = n
		procedure, number, _ := strings.Cut(after, "\n")
		return s.Dossiers.CredentialsAfter(r.Context(), f, procedure, number)
	}, plain(func(c dossier.Credential) Credential { return credentialOf(c, r.Today()) }), func(c Credential) string { return c.Procedure + "\n" + c.Number })
}

type oneCredential struct {
	Procedure string `query:"procedure" required:"true" minLength:"1" maxLength:"100"`
	Number    string `query:"number" required:"true" minLength:"1" maxLength:"200"`
}

func (s *service) getCredential(r *web.Request, in *oneCredential) (*reply[Credential], error) {
	c, err := onestop.Credential(r, s.Dossiers, in.Procedure, in.Number)
	if err != nil {
		return nil, err
	}
	return summed(r, credentialOf(*c, r.Today()))
}

// Activity is an entry of the book of work.
type Activity struct {
	ID      string             `json:"id"`
	Kind    string             `json:"kind"`
	Unit    string             `json:"unit"`
	On      calendar.Date      `json:"on"`
	Title   string             `json:"title"`
	Amounts map[string]float64 `json:"amounts"`
	By      string             `json:"by"`
	Gone    bool               `json:"gone"` // taken back
	Reason  string             `json:"reason,omitempty"`
	Version int64              `json:"version"`
}

func activityOf(e *activity.Entry) Activity {
	return Activity{e.ID, e.Kind, e.Unit, e.On, e.Title, e.Amounts, e.Actor, e.Gone, e.Reason, e.Version}
}

type activityFilter struct {
	Paging
	Unit string `query:"unit" maxLength:"100"`
	Kind string `query:"kind" maxLength:"100"`
	From string `query:"from" format:"date"`
	To   string `query:"to" format:"date"`
}

// lastDay stands for a list without an end.
var lastDay = calendar.Of(9999, 12, 31)

// span reads the days that a list is of; open at the ends that are not given.
func span(from, to string) (first, last calendar.Date, err error) {
	if first, err = day(from, "query.from"); err != nil {
		return first, last, err
	}
	if last, err = day(to, "query.to"); last == calendar.NoDate {
		last = lastDay
	}
	return first, last, err
}

func (s *service) listActivities(r *web.Request, in *activityFilter) (*reply[list[Activity]], error) {
	f := activity.Filter{Unit: in.Unit, Kind: in.Kind}
	f.Units, f.Without = people.Reach(r.Reader, people.ReadFigures)
	var err error
	if f.From, f.To, err = span(in.From, in.To); err != nil {
		return nil, err
	}
	return listed(r, in.Paging, func(after string, n int) ([]*activity.Entry, error) {
		f.Limit = n
		return s.Activities.After(r.Context(), f, after)
	}, plain(activityOf), func(a Activity) string { return a.ID })
}

type oneActivity struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *service) getActivity(r *web.Request, in *oneActivity) (*reply[Activity], error) {
	e, err := activities.Get(r, s.Activities, in.ID)
	if err != nil {
		return nil, err
	}
	return tagged(r, quoted(e.Version), activityOf(e))
}

// BaselineHead is a frozen plan in a list.
type BaselineHead struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Unit      string        `json:"unit"`
	Directive string        `json:"directive,omitempty"`
	On        calendar.Date `json:"on"`
	Known     int64         `json:"known"` // ledger position whose plan it is
}

func baselineHead(b *task.Baseline) BaselineHead {
	return BaselineHead{b.ID, b.Name, b.Unit, b.Directive, b.On, b.Known}
}

func (s *service) listBaselines(r *web.Request, in *Paging) (*reply[list[BaselineHead]], error) {
	all, err := s.Tasks.Baselines(r.Context(), tasks.Reach(r))
	if err != nil {
		return nil, err
	}
	return listed(r, *in, among(all, func(b *task.Baseline) string { return b.ID }), plain(baselineHead), func(b BaselineHead) string { return b.ID })
}

// Baseline is a frozen plan, each task beside what was planned.
type Baseline struct {
	BaselineHead
	Tasks []PlannedTask `json:"tasks"`
}

// PlannedTask is a task beside its plan. Was is missing for a task that came later; without differences it is as planned.
type PlannedTask struct {
	ID          string            `json:"id"`
	Was         *task.Planned     `json:"was,omitempty"`
	Unit        string            `json:"unit"`
	Owner       string            `json:"owner,omitempty"`
	Due         calendar.Date     `json:"due"`
	Differences []task.Difference `json:"differences"`
}

func (s *service) getBaseline(r *web.Request, in *OneTask) (*reply[Baseline], error) {
	b, all, err := tasks.Baseline(r, s.Tasks, in.ID)
	if err != nil {
		return nil, err
	}
	out := Baseline{BaselineHead: baselineHead(b), Tasks: []PlannedTask{}}
	for _, c := range all {
		out.Tasks = append(out.Tasks, PlannedTask{c.Now.ID, c.Was, c.Now.Unit, c.Now.Owner, c.Now.Due, some(c.Diff)})
	}
	return summed(r, out)
}

// ScheduleEntry is an item of the leaders' calendar. Day is where the reader finds it, also when it was moved away from there.
type ScheduleEntry struct {
	book.Item
	Day     calendar.Date `json:"day"`
	Change  book.Change   `json:"change"`
	Clash   []string      `json:"clash"` // accounts needed elsewhere at the time
	Version int64         `json:"version"`
}

type scheduleSpan struct {
	From string `query:"from" required:"true" format:"date"`
	To   string `query:"to" required:"true" format:"date"`
}

// longestSpan is how many days of the calendar one answer holds: a quarter.
const longestSpan = 92

func (s *service) listSchedule(r *web.Request, in *scheduleSpan) (*reply[[]ScheduleEntry], error) {
	from, to, err := span(in.From, in.To)
	if err != nil {
		return nil, err
	}
	if to-from >= longestSpan {
		return nil, fault.New(fault.Invalid, "api.too_big", "what", longestSpan).At(fault.Place{File: "query.to"})
	}
	entries, err := schedule.Entries(r, s.Schedule, s.People, from, to)
	if err != nil {
		return nil, err
	}
	out := []ScheduleEntry{}
	for _, e := range entries {
		out = append(out, ScheduleEntry{*e.Item, e.Day, e.Change, some(e.Clash), e.Version})
	}
	slices.SortStableFunc(out, func(a, b ScheduleEntry) int { return int(a.Day - b.Day) })
	return summed(r, out)
}
