package task

import (
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Verb is something that happens to a task; its event kind is "task." and the verb.
type Verb string

// The verbs.
const (
	Assigned            Verb = "assigned"
	Changed             Verb = "changed" // title, owner, product or deadline put right by the assigner
	Progressed          Verb = "progressed"
	ExtensionRequested  Verb = "extension_requested"
	ExtensionGranted    Verb = "extension_granted"
	ExtensionRefused    Verb = "extension_refused"
	HandedOver          Verb = "handed_over"
	TakenOver           Verb = "taken_over" // the other half of a hand-over to another unit
	ExplanationDemanded Verb = "explanation_demanded"
	ExplanationGiven    Verb = "explanation_given"
	Finished            Verb = "done"
	Accepted            Verb = "confirmed"
	Reopened            Verb = "reopened" // the assigner does not accept it
	TakenBack           Verb = "withdrawn"
	Marked              Verb = "marked" // priority or labels; no step, and offered to whoever works in the unit
)

// Right is the side of the work from which a verb is done.
type Right string

// The two rights.
const (
	ByOwner    Right = "owner"
	ByAssigner Right = "assigner"
)

// Rule says when and from which side a verb may be done, and what it needs.
type Rule struct {
	Verb     Verb
	Right    Right
	Note     bool // needs a reason or an account in words
	Due      bool // needs a new due date
	Place    bool // needs a unit or an owner
	Evidence bool // needs a product or a reference to it
	may      func(*Task) bool
}

func isOpen(t *Task) bool { return t.State == Open }

func isDone(t *Task) bool { return t.State == Done }

// rules are in the order of the interface: the owner's way forward first.
var rules = []Rule{
	{Verb: ExplanationGiven, Right: ByOwner, Note: true, may: func(t *Task) bool { return t.Owes != "" && t.State != Withdrawn }},
	{Verb: Finished, Right: ByOwner, Evidence: true, may: isOpen},
	{Verb: Progressed, Right: ByOwner, Note: true, may: isOpen},
	{Verb: ExtensionRequested, Right: ByOwner, Note: true, Due: true, may: func(t *Task) bool { return isOpen(t) && t.Due != calendar.NoDate && t.Asked == nil }},
	{Verb: HandedOver, Right: ByOwner, Note: true, Place: true, may: isOpen},
	{Verb: Accepted, Right: ByAssigner, may: isDone},
	{Verb: Reopened, Right: ByAssigner, Note: true, may: isDone},
	{Verb: ExtensionGranted, Right: ByAssigner, may: func(t *Task) bool { return isOpen(t) && t.Asked != nil }},
	{Verb: ExtensionRefused, Right: ByAssigner, Note: true, may: func(t *Task) bool { return isOpen(t) && t.Asked != nil }},
	{Verb: ExplanationDemanded, Right: ByAssigner, Note: true, may: func(t *Task) bool { return t.Owes == "" && t.State != Withdrawn }},
	{Verb: TakenBack, Right: ByAssigner, Note: true, may: isOpen},
}

// change is not offered as a step of its own: lists and forms use Change.
var change = Rule{Verb: Changed, Right: ByAssigner, may: isOpen}

// Next lists what may be done with the task now.
func (t *Task) Next() []Rule {
	var out []Rule
	for _, r := range rules {
		if r.may(t) {
			out = append(out, r)
		}
	}
	return out
}

// RuleOf is the rule of a verb. Error: task.unknown_act.
func RuleOf(v Verb) (Rule, error) {
	for _, r := range rules {
		if r.Verb == v {
			return r, nil
		}
	}
	return Rule{}, fault.New(fault.NotFound, "task.unknown_act", "act", string(v))
}

// Act is a step about to be taken.
type Act struct {
	ID       string
	Verb     Verb
	On       calendar.Date // NoDate = today
	Actor    string
	Expect   int64  // version that the actor saw; 0 = whatever it is
	Key      string // idempotency key
	Note     string
	Due      string // ISO date, or a duration from On
	Unit     string // hand-over: the new unit; empty = the same
	Owner    string // hand-over: the new owner
	Evidence string
}

// step applies a verb to a task: the rules, and nothing of the outside world. due is Act.Due read. Errors have the
// keys task.not_now, task.need_…, task.before_last, task.due_not_later, task.same_place.
func step(t Task, r Rule, a Act, due calendar.Date) (Task, error) {
	bad := func(key string, args ...any) (Task, error) { return t, fault.New(fault.Invalid, key, args...) }
	a.Note, a.Evidence = strings.TrimSpace(a.Note), strings.TrimSpace(a.Evidence)
	switch {
	case !r.may(&t):
		return t, fault.New(fault.Conflict, "task.not_now", "id", t.ID)
	case a.On < t.LastOn:
		return bad("task.before_last", "on", a.On, "last", t.LastOn)
	case r.Note && a.Note == "":
		return bad("task.need_note")
	case r.Evidence && a.Evidence == "":
		return bad("task.need_evidence")
	case r.Due && due == calendar.NoDate:
		return bad("task.need_due")
	case r.Due && due <= t.Due:
		return bad("task.due_not_later", "due", due, "old", t.Due)
	case r.Place && (a.Unit == "" || a.Unit == t.Unit) && a.Owner == t.Owner:
		return bad("task.same_place")
	}
	t.LastOn = a.On
	t.take(r.Verb, a, due)
	return t, nil
}

// take changes the task as the verb says.
func (t *Task) take(v Verb, a Act, due calendar.Date) {
	switch v {
	case ExtensionRequested:
		t.Asked = &Extension{Due: due, On: a.On, Reason: a.Note}
	case ExtensionGranted:
		t.moveDue(t.Asked.Due)
		t.Term, t.Asked = "", nil
	case ExtensionRefused:
		t.Asked = nil
	case HandedOver:
		if a.Unit != "" {
			t.Unit = a.Unit
		}
		t.Owner = a.Owner
	case ExplanationDemanded:
		t.Owes = a.Note
	case ExplanationGiven:
		t.Owes = ""
	case Finished:
		t.State, t.DoneOn, t.Evidence, t.Asked = Done, a.On, a.Evidence, nil
		t.Late = t.Due != calendar.NoDate && a.On > t.Due
	case Accepted:
		t.State = Confirmed
	case Reopened:
		t.State, t.DoneOn, t.Late = Open, calendar.NoDate, false
	case TakenBack:
		t.State, t.Asked, t.Owes = Withdrawn, nil, ""
	}
}
