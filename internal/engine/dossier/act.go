package dossier

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// Filing is a dossier to file.
type Filing struct {
	Procedure string
	Action    string        // the filing transition; may stay empty where there is only one
	On        calendar.Date // day of filing; NoDate or zero = today
	At        time.Time     // hour of filing where it matters for the cut-off; zero = within hours
	Channel   string        // direct, online, post; empty = direct
	Actor     string
	Role      string // under which the actor files, as in the definition's actors; empty = unchecked
	Unit      string
	Fields    map[string]any
	Documents []string
	Dates     map[string]calendar.Date // on papers of Documents that may not be old, by their id
	Note      string
	Key       string // idempotency key
}

// Act is one step to take.
type Act struct {
	Code      string
	Action    string
	On        calendar.Date
	At        time.Time
	Expect    int64 // stream version the actor saw; 0 = whatever it is now
	Actor     string
	Role      string // empty = unchecked
	Assignee  string
	Fields    map[string]any
	Documents []string
	Dates     map[string]calendar.Date // on papers of Documents that may not be old, by their id
	Receipt   string                   // number of the receipt, where the step pays a fee
	Online    bool                     // the fee was paid through a payment service
	Note      string
	Key       string
}

// maxTries bounds the retries after somebody else wrote to the same stream.
const maxTries = 16

// maxNote bounds a note, in bytes.
const maxNote = 4000

// step is one transition being worked out.
type step struct {
	p         *procedure.Procedure
	t         *procedure.Transition
	old       *Dossier
	next      *Dossier // old with deadlines and pauses of its own, on which they are worked out
	act       Act
	after     bool           // after the cut-off hour
	given     map[string]any // checked fields of this act
	values    map[string]any // all fields after it
	env       any
	data      Data
	replacing *replacing // credential that the dossier is to replace
}

// Open files a dossier and returns it; repeated with the same key it returns the one it filed. Errors: fault.NotFound for a procedure that is not in force on the
// day, fault.Invalid with one entry a wrong or missing field.
func (e *Engine) Open(ctx context.Context, n Filing) (*Dossier, error) {
	on, err := e.day(n.On)
	if err != nil {
		return nil, err
	}
	p, err := e.procs.At(n.Procedure, on)
	if err != nil {
		return nil, err
	}
	action := n.Action
	if action == "" && len(p.Leaving(p.Initial)) == 1 {
		action = p.Leaving(p.Initial)[0].ID
	}
	if n.Channel == "" {
		n.Channel = "direct"
	}
	if n.Channel != "direct" && n.Channel != "online" && n.Channel != "post" {
		return nil, fault.New(fault.Invalid, "dossier.bad_channel", "channel", n.Channel)
	}
	blank := &Dossier{Procedure: p.ID, Version: p.Version, Digest: p.Digest, State: p.Initial, Unit: n.Unit, Channel: n.Channel,
		SubmittedOn: on, ReceivedOn: calendar.NoDate, DueOn: calendar.NoDate, FinishedOn: calendar.NoDate,
		ReturnedOn: calendar.NoDate, LastOn: calendar.NoDate, Fields: map[string]json.RawMessage{}}
	a := Act{Action: action, On: on, At: n.At, Actor: n.Actor, Role: n.Role, Fields: n.Fields,
		Documents: n.Documents, Dates: n.Dates, Note: n.Note, Key: n.Key}
	if err := e.adopt(ctx, p); err != nil {
		return nil, err
	}
	for range maxTries {
		blank.Code, err = e.codes.next(ctx, e, on)
		if err != nil {
			return nil, err
		}
		d, err := e.take(ctx, p, blank, a)
		if first := filedBy(err); first != "" {
			return e.reload(ctx, first)
		}
		if !fault.Is(err, "ledger.version_conflict") {
			return d, err
		}
		e.codes.forget(on)
	}
	return nil, fault.New(fault.Conflict, "dossier.busy")
}

// filedBy is the dossier that a repeated filing had opened the first time: its key belongs to that stream. "" when the
// error says something else.
func filedBy(err error) string {
	var e *fault.Error
	if !errors.As(err, &e) || e.Key != "ledger.key_reused" {
		return ""
	}
	stream, _ := e.Args["stream"].(string)
	code, ours := strings.CutPrefix(stream, streamPrefix)
	if !ours {
		return ""
	}
	return code
}

// Act takes one step. Errors: fault.NotFound for a dossier or action that is not there; fault.Conflict
// "dossier.changed" when somebody changed it since Expect; fault.Forbidden for a role that may not; fault.Invalid
// for everything the definition does not allow, each entry naming the field by its label.
func (e *Engine) Act(ctx context.Context, a Act) (*Dossier, error) {
	on, err := e.day(a.On)
	if err != nil {
		return nil, err
	}
	a.On = on
	for range maxTries {
		d, err := e.load(ctx, a.Code)
		if err != nil {
			return nil, err
		}
		if a.Expect > 0 && a.Expect != d.Stream {
			e.cache.drop(a.Code)
			if d, err = e.load(ctx, a.Code); err != nil {
				return nil, err
			}
			if a.Expect != d.Stream {
				return e.repeated(ctx, a, d, fault.New(fault.Conflict, "dossier.changed", "code", a.Code))
			}
		}
		p, err := e.pinned(ctx, d, a)
		if err != nil {
			return nil, err
		}
		next, err := e.take(ctx, p, d, a)
		if fault.Is(err, "ledger.version_conflict") {
			e.cache.drop(a.Code)
			continue
		}
		if err != nil {
			return e.repeated(ctx, a, d, err)
		}
		return next, nil
	}
	return nil, fault.New(fault.Conflict, "dossier.busy")
}

// repeated gives the dossier as it stands when the refused act was only a repetition: its idempotency key is
// already recorded. Otherwise the refusal stands.
func (e *Engine) repeated(ctx context.Context, a Act, d *Dossier, refusal error) (*Dossier, error) {
	if a.Key == "" {
		return nil, refusal
	}
	_, err := e.opts.Append(ctx, ledger.Command{Stream: streamPrefix + a.Code, Expect: neverVersion, Key: a.Key})
	if fault.Is(err, "ledger.key_other") {
		return nil, err
	}
	if err != nil {
		return nil, refusal
	}
	e.cache.drop(a.Code)
	return e.load(ctx, a.Code)
}

// neverVersion is a version that no stream has: a command expecting it only succeeds by its key.
const neverVersion = int64(1) << 60

// day checks the day of an act: today when none is given, never in the future.
func (e *Engine) day(on calendar.Date) (calendar.Date, error) {
	today := e.today()
	if on == calendar.NoDate || on == 0 {
		return today, nil
	}
	if on > today {
		return on, fault.New(fault.Invalid, "dossier.future", "date", on, "today", today)
	}
	return on, nil
}

// take works out one transition and appends its events.
func (e *Engine) take(ctx context.Context, p *procedure.Procedure, d *Dossier, a Act) (*Dossier, error) {
	s := &step{p: p, old: d, act: a}
	if err := e.work(ctx, s); err != nil {
		return nil, err
	}
	event := ledger.NewEvent{Kind: kindPrefix + p.Verb(s.t, d.State), On: a.On}
	cmd := ledger.Command{Stream: streamPrefix + d.Code, Expect: d.Stream, Key: a.Key, Actor: a.Actor, Unit: d.Unit}
	cmds := []ledger.Command{cmd}
	if err := e.issue(ctx, s, &cmds); err != nil {
		return nil, err
	}
	said, err := s.payload()
	if err != nil {
		return nil, err
	}
	event.Data = said
	cmds[0].Events = []ledger.NewEvent{event}
	receipts, err := e.opts.Append(ctx, cmds...)
	e.issued.note(cmds[1:], err == nil)
	if err != nil {
		return nil, err
	}
	if receipts[0].Version != d.Stream+1 {
		return e.reload(ctx, d.Code) // the key was known: nothing was written
	}
	next := d.clone()
	ev := ledger.Event{Position: receipts[0].Position, Stream: cmd.Stream, Version: d.Stream + 1, Kind: event.Kind, EffectiveOn: a.On, Unit: cmd.Unit}
	next.apply(&ev, said)
	next.known, next.knownBy = s.recorded(), p
	e.cache.put(next)
	return next, nil
}

// work checks the step against the definition and fills its data.
func (e *Engine) work(ctx context.Context, s *step) error {
	if err := s.allowed(); err != nil {
		return err
	}
	s.after = !s.act.At.IsZero() && e.cal.AfterCutOff(s.act.At)
	if err := e.concluded(ctx, s); err != nil {
		return err
	}
	if err := s.fields(); err != nil {
		return err
	}
	if err := e.namesOld(ctx, s); err != nil {
		return err
	}
	if err := s.paperAges(e.cal); err != nil {
		return err
	}
	if err := s.guards(e); err != nil {
		return err
	}
	if err := e.cleared(ctx, s); err != nil {
		return err
	}
	s.next = s.old.clocked()
	if err := e.clock(s); err != nil {
		return err
	}
	return e.fill(ctx, s)
}

// allowed checks action, state, role, day and once.
func (s *step) allowed() error {
	a, d := s.act, s.old
	if s.t = s.p.Transition(a.Action); s.t == nil {
		return s.unknownAction()
	}
	state := s.p.State(d.State)
	if !slices.Contains(s.t.From, d.State) {
		label := procedure.Text(nil)
		if state != nil {
			label = state.Label
		}
		return fault.New(fault.Invalid, "dossier.not_from_state", "action", s.t.Label, "state", label)
	}
	if a.Role != "" && !slices.Contains(s.t.Actor, a.Role) {
		return fault.New(fault.Forbidden, "dossier.wrong_role", "action", s.t.Label, "roles", strings.Join(s.t.Actor, ", "))
	}
	if d.LastOn != calendar.NoDate && a.On < d.LastOn {
		return fault.New(fault.Invalid, "dossier.before_last", "date", a.On, "last", d.LastOn)
	}
	if s.t.Once != "" && slices.Contains(d.Track.Once, s.t.Once) {
		key := "dossier.only_once"
		switch {
		case s.t.Clock == "stop":
			key = "dossier.second_supplement"
		case s.t.Reappoint != "":
			key = "dossier.second_reappointment"
		}
		return fault.New(fault.Invalid, key, "action", s.t.Label)
	}
	if len(a.Note) > maxNote {
		return fault.New(fault.TooLarge, "dossier.note_long", "limit", maxNote)
	}
	return nil
}

func (s *step) unknownAction() error {
	ids := make([]string, len(s.p.Transitions))
	for i := range s.p.Transitions {
		ids[i] = s.p.Transitions[i].ID
	}
	if near := defs.Nearest(s.act.Action, ids); near != "" {
		return fault.New(fault.NotFound, "dossier.unknown_action_near", "action", s.act.Action, "near", near)
	}
	return fault.New(fault.NotFound, "dossier.unknown_action", "action", s.act.Action, "actions", strings.Join(ids, ", "))
}
