package party

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// Stage is how far an entry has come.
type Stage string

// The stages.
const (
	Planned Stage = "planned" // stands in a programme
	Done    Stage = "done"
	Dropped Stage = "dropped" // taken out of the programme
	Ended   Stage = "ended"   // of what runs for a time: a post was handed on, a discipline lifted
	Revoked Stage = "revoked" // all that it says was taken back
)

// Decision is one thing that a meeting or a document resolves.
type Decision struct {
	Text  string `json:"text"`
	Unit  string `json:"unit,omitempty"`  // owes it; empty = no task comes of it
	Owner string `json:"owner,omitempty"` // account
	Due   string `json:"due,omitempty"`   // as task.Deadline reads it
	Task  string `json:"task,omitempty"`  // that came of it
}

// Record is one entry in the register.
type Record struct {
	ID        string        `json:"id"`
	Kind      string        `json:"kind"`
	Unit      string        `json:"unit"` // whose work it is
	Stage     Stage         `json:"stage"`
	On        calendar.Date `json:"on"` // done, or planned for
	Title     string        `json:"title"`
	Form      string        `json:"form,omitempty"`
	Object    string        `json:"object,omitempty"`  // "body", "member"
	Subject   string        `json:"subject,omitempty"` // member
	Count     int           `json:"count,omitempty"`
	Present   []string      `json:"present,omitempty"` // members
	Of        int           `json:"of,omitempty"`      // members of the unit on the day
	Attended  int           `json:"attended,omitempty"`
	Text      string        `json:"text,omitempty"` // minutes, conclusion; sealed where one member is the subject
	Number    string        `json:"number,omitempty"`
	Until     calendar.Date `json:"until"`
	Directive string        `json:"directive,omitempty"` // symbol of what was studied or carried out
	Decisions []Decision    `json:"decisions,omitempty"`
	Results   []Result      `json:"results,omitempty"`  // of an assessment
	Year      int           `json:"year,omitempty"`     // that is assessed or commended; of an assessment 0 = as YearOf has it
	Award     string        `json:"award,omitempty"`    // form of commendation by rule
	Subjects  []string      `json:"subjects,omitempty"` // members or units that are commended
	Revoked   []Revocation  `json:"revoked,omitempty"`  // of what it says, in order

	Version int64 `json:"-"`
}

// Enter puts an entry into the register: into the programme when its day is ahead or plan says so, else as done. An
// entry with an id of its own keeps it. Errors: party.unknown_kind, party.no_title, party.no_subject, party.bad_form,
// party.not_issued_here, party.bad_object, party.until_before, those of Assessment.Check, of people.Unit.
func (r *Room) Enter(ctx context.Context, actor string, rec Record, plan bool) (*Record, error) {
	k, ok := KindOf(rec.Kind)
	if !ok {
		return nil, fault.New(fault.Invalid, "party.unknown_kind", "kind", rec.Kind)
	}
	rec.Kind = k.Name
	rec.Stage = Done
	if plan || rec.On != calendar.NoDate && rec.On > r.Today() {
		rec.Stage = Planned
	}
	if rec.On == calendar.NoDate {
		rec.On = r.Today()
	}
	if err := r.check(ctx, k, &rec); err != nil {
		return nil, err
	}
	err := Numbered(ctx, r.db, rec.ID, lastRecord, k.Mark, func(id string) error {
		rec.ID = id
		return r.put(ctx, k, &rec, 0, actor)
	})
	if err != nil {
		return nil, err
	}
	rec.Version = 1
	if rec.Stage != Done || r.opts.Assign == nil || !slices.ContainsFunc(rec.Decisions, Decision.owed) {
		return &rec, nil
	}
	return r.GiveOut(ctx, actor, rec.ID)
}

// decisionForm is the type of a decision; those to commend are numbered among them.
const decisionForm = "QĐ"

// takesNumber reports whether an entry gets its number when it is put: the documents of the term, and decisions to commend.
func (rec *Record) takesNumber(k Kind) bool {
	return rec.Stage == Done && (k.Numbered || rec.Award != "" && rec.Form == decisionForm)
}

// put appends an entry. A document gets its number with it, which a command beside the entry holds by its key: of two
// documents at once one is numbered anew. The entry's own key stays that of the request, see ledger.Once.
func (r *Room) put(ctx context.Context, k Kind, rec *Record, expect int64, actor string) error {
	if !rec.takesNumber(k) {
		_, err := r.opts.Append(ctx, recordCommand(k, *rec, expect, actor))
		return err
	}
	for try := 1; ; try++ {
		term, err := r.TermStart(ctx, rec.Unit, rec.On)
		if err != nil {
			return err
		}
		if rec.Number, err = r.nextNumber(ctx, rec, term); err != nil {
			return err
		}
		cmd := recordCommand(k, *rec, expect, actor)
		number := ledger.Command{Stream: cmd.Stream, Expect: ledger.AnyVersion, Key: "party-number/" + rec.Unit + "/" + term.String() + "/" + rec.Number, Actor: actor, Unit: rec.Unit}
		_, err = r.opts.Append(ctx, cmd, number)
		if !ledger.KeyUsed(err, number.Key) || try == tries {
			return err
		}
	}
}

// check applies the rules of a kind and fills what follows from them.
func (r *Room) check(ctx context.Context, k Kind, rec *Record) error {
	if err := r.cell(ctx, rec.Unit, rec.On); err != nil {
		return err
	}
	rec.Title = trimmed(rec.Title)
	switch {
	case rec.Title == "":
		return fault.New(fault.Invalid, "party.no_title")
	case k.About != "" && rec.Subject == "":
		return fault.New(fault.Invalid, "party.no_subject")
	case k.Form && !k.Numbered && !slices.Contains(forms[k.Name], rec.Form):
		return fault.New(fault.Invalid, "party.bad_form", "form", rec.Form)
	case k.Object && rec.Object != "body" && rec.Object != "member":
		return fault.New(fault.Invalid, "party.bad_object")
	case rec.Until != calendar.NoDate && rec.Until < rec.On:
		return fault.New(fault.Invalid, "party.until_before")
	case rec.Count < 0 || rec.Count > 100_000:
		return fault.New(fault.Invalid, "party.bad_count")
	}
	rules, err := r.Rules()
	if err != nil {
		return err
	}
	charter := rules.On(rec.On)
	switch {
	case k.Numbered:
		if err := r.issuable(ctx, rules.DocumentsOn(rec.On), rec); err != nil {
			return err
		}
	case k.Attended && rec.Of == 0:
		if rec.Of, err = r.Strength(ctx, rec.Unit); err != nil {
			return err
		}
	case k.Name == "discipline" && rec.Until == calendar.NoDate && rec.Form != "expulsion":
		rec.Until = rec.On.AddMonths(charter.Discipline.Expires.N)
	case k.Name == "posting" && rec.Until == calendar.NoDate:
		rec.Until = rec.On.AddMonths(charter.Rotation.To)
	}
	if len(rec.Present) > 0 {
		rec.Attended = len(rec.Present)
	}
	if k.Name == "assessment" && rec.Stage == Done {
		a := rules.AssessmentOn(rec.On)
		if err := a.Check(rec.Results, rec.Of); err != nil {
			return err
		}
		if err := r.capped(ctx, a, rec); err != nil {
			return err
		}
	}
	if rec.Subject != "" && rec.Text != "" {
		rec.Text, err = r.Seal(ctx, rec.Subject, rec.Text)
	}
	return err
}

// Finish says that a planned entry was done: on which day and with what outcome. Errors: party.not_now and those of
// Enter.
func (r *Room) Finish(ctx context.Context, actor, id string, change func(*Record)) (*Record, error) {
	return r.settle(ctx, actor, id, Done, change)
}

// Drop takes a planned entry out of the programme.
func (r *Room) Drop(ctx context.Context, actor, id string) (*Record, error) {
	return r.settle(ctx, actor, id, Dropped, func(*Record) {})
}

// End says that what ran for a time is over: somebody else took the post, the discipline was lifted. Errors: party.not_now,
// party.in_future, party.until_before.
func (r *Room) End(ctx context.Context, actor, id string, on calendar.Date) (*Record, error) {
	rec, err := r.Record(ctx, id)
	if err != nil {
		return nil, err
	}
	k, _ := KindOf(rec.Kind)
	if rec.Stage != Done || !k.Ends() {
		return nil, fault.New(fault.Conflict, "party.not_now", "id", id)
	}
	if on, err = r.day(on); err != nil {
		return nil, err
	}
	if on < rec.On {
		return nil, fault.New(fault.Invalid, "party.until_before")
	}
	rec.Stage, rec.Until = Ended, on
	cmd := recordCommand(k, *rec, rec.Version, actor)
	cmd.Events[0].On = on
	if _, err := r.opts.Append(ctx, cmd); err != nil {
		return nil, err
	}
	return r.Record(ctx, id)
}

func (r *Room) settle(ctx context.Context, actor, id string, stage Stage, change func(*Record)) (*Record, error) {
	rec, err := r.Record(ctx, id)
	if err != nil {
		return nil, err
	}
	if rec.Stage != Planned {
		return nil, fault.New(fault.Conflict, "party.not_now", "id", id)
	}
	change(rec)
	rec.Stage = stage
	k, _ := KindOf(rec.Kind)
	if stage == Done {
		if rec.On, err = r.day(rec.On); err != nil {
			return nil, err
		}
		if err := r.check(ctx, k, rec); err != nil {
			return nil, err
		}
	}
	if err := r.put(ctx, k, rec, rec.Version, actor); err != nil {
		return nil, err
	}
	if stage == Done && r.opts.Assign != nil && slices.ContainsFunc(rec.Decisions, Decision.owed) {
		return r.GiveOut(ctx, actor, id)
	}
	return r.Record(ctx, id)
}

// Paper reports whether the entry is written as a document.
func (rec *Record) Paper() bool {
	k, _ := KindOf(rec.Kind)
	return k.Paper != "" || rec.Award != ""
}

// owed reports whether a task must come of the decision and has not yet.
func (d Decision) owed() bool { return d.Unit != "" && d.Task == "" }

// GiveOut makes tasks of the decisions that name who owes them. Asked again it gives out only what is missing: each
// decision has its own key.
func (r *Room) GiveOut(ctx context.Context, actor, id string) (*Record, error) {
	rec, err := r.Record(ctx, id)
	if err != nil {
		return nil, err
	}
	if rec.Stage != Done || r.opts.Assign == nil {
		return nil, fault.New(fault.Conflict, "party.not_now", "id", id)
	}
	for i, d := range rec.Decisions {
		if !d.owed() {
			continue
		}
		task, err := r.opts.Assign(ctx, Assignment{Title: d.Text, Unit: d.Unit, Owner: d.Owner, Due: d.Due, Actor: actor,
			Key: "party:" + id + ":" + strconv.Itoa(i)})
		if err != nil {
			return nil, err
		}
		rec.Decisions[i].Task = task
	}
	if _, err := r.opts.Append(ctx, givenOut(*rec, actor, r.Today())); err != nil {
		return nil, err
	}
	return r.Record(ctx, id)
}

// Words is an entry's text, opened where it is sealed; "" where it was erased.
func (r *Room) Words(ctx context.Context, rec *Record) (string, error) {
	if rec.Subject == "" || r.opts.Open == nil {
		return rec.Text, nil
	}
	return r.Reveal(ctx, rec.Text)
}

// nextNumber numbers a document: per unit and abbreviation from the day after the last congress, as Party documents are.
func (r *Room) nextNumber(ctx context.Context, rec *Record, term calendar.Date) (string, error) {
	rules, err := r.Rules()
	if err != nil {
		return "", err
	}
	kinds := rules.DocumentsOn(rec.On)
	used, err := r.numbers(ctx, rec.Unit, kinds.series(rec.Form), term)
	if err != nil {
		return "", err
	}
	top := 0
	for _, number := range used {
		digits, _, _ := strings.Cut(number, "-")
		if n, err := strconv.Atoi(digits); err == nil {
			top = max(top, n)
		}
	}
	number := strconv.Itoa(top+1) + "-" + kinds.Kind(rec.Form).Symbol
	if top < 9 {
		number = "0" + number
	}
	if symbol := r.head(rec.Unit, rec.On).Symbol; symbol != "" {
		number += "/" + symbol
	}
	return number, nil
}
