package portal

import (
	"context"
	"slices"
	"strings"
	"time"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/web"
)

// Step is one editorial step.
type Step string

// The steps. Begin, Edit and Correct carry the text; the others move the article.
const (
	Begin    Step = "begin"
	Edit     Step = "edit"
	Submit   Step = "submit"   // writer → editor
	Forward  Step = "forward"  // editor → approver
	Return   Step = "return"   // back to the writer, with a reason
	Approve  Step = "approve"  // from a time on for everybody
	Correct  Step = "correct"  // after publishing, with a note that everybody reads
	Withdraw Step = "withdraw" // from the public, with a reason that everybody reads
)

// steps are the moves: from which states, to which, by whom, and whether they ask for a reason.
var steps = map[Step]struct {
	from   []State
	to     State
	right  web.Permission
	reason bool
}{
	Submit:   {[]State{Draft}, Editing, people.WriteNews, false},
	Forward:  {[]State{Editing}, Approving, people.EditNews, false},
	Return:   {[]State{Editing, Approving, Approved}, Draft, people.EditNews, true},
	Approve:  {[]State{Approving}, Approved, people.ApproveNews, false},
	Withdraw: {[]State{Approved}, Withdrawn, people.ApproveNews, true},
}

// Moves lists the steps in the order of an article's life.
func Moves() []Step { return []Step{Submit, Forward, Approve, Return, Withdraw} }

// Right is the permission that a step on the article needs now: each is for whom the article is with.
func (a *Article) Right(s Step) web.Permission {
	if s == Edit || s == Return {
		switch a.State {
		case Draft:
			return people.WriteNews
		case Editing:
			return people.EditNews
		}
		return people.ApproveNews
	}
	if s == Correct {
		return people.ApproveNews
	}
	return steps[s].right
}

// Allows refuses a step that the article is not ready for. What is public is corrected or withdrawn, never edited or sent
// back in silence. Errors: portal.not_now.
func (a *Article) Allows(s Step, at time.Time) error {
	var ok bool
	switch s {
	case Edit:
		ok = slices.Contains([]State{Draft, Editing, Approving}, a.State)
	case Correct, Withdraw:
		ok = a.Public(at)
	case Return:
		ok = slices.Contains(steps[Return].from, a.State) && !a.Public(at)
	default:
		ok = slices.Contains(steps[s].from, a.State)
	}
	if !ok {
		return fault.New(fault.Conflict, "portal.not_now", "id", a.ID)
	}
	return nil
}

// Draft begins an article for somebody who may write in its unit. Errors: web.forbidden, those of Enter.
func (e *Engine) Draft(ctx context.Context, id web.Identity, unit string, c Content) (*Article, error) {
	if unit == "" || !people.Holds(id, people.WriteNews, unit) {
		return nil, web.Forbidden()
	}
	return e.Enter(ctx, id.Account(), unit, c)
}

// tries is how often a number taken by somebody else in the same moment is asked for anew.
const tries = 5

// Enter begins an article of a unit. Errors: portal.no_title, portal.too_long, portal.unknown_section, portal.bad_language,
// portal.bad_pair, those of people.Unit.
func (e *Engine) Enter(ctx context.Context, actor, unit string, c Content) (*Article, error) {
	u, err := e.who.Unit(ctx, unit, e.today())
	if err != nil {
		return nil, err
	}
	if err := e.check(ctx, "", &c); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		id, err := e.newID(ctx)
		if err != nil {
			return nil, err
		}
		err = e.append(ctx, actor, unit, id, 0, kindDrafted, drafted{ID: id, Unit: unit, Side: u.Side, Content: c})
		if err == nil {
			return e.Get(ctx, id)
		}
		if !fault.Is(err, "ledger.version_conflict") || try == tries {
			return nil, err
		}
	}
}

func (e *Engine) append(ctx context.Context, actor, unit, id string, expect int64, kind string, data any) error {
	_, err := e.l.Append(ctx, ledger.Command{Stream: streamPrefix + id, Expect: expect, Actor: actor, Unit: unit,
		Events: []ledger.NewEvent{{Kind: kind, On: e.today(), Data: data}}})
	return err
}

// longest is how long a title may be, in characters; three lines of the page.
const longest = 300

// check brings content into its one form and refuses what cannot be an article.
func (e *Engine) check(ctx context.Context, id string, c *Content) error {
	one := func(s *string) { *s = strings.Join(strings.Fields(lang.NFC(strings.ToValidUTF8(*s, ""))), " ") }
	for _, s := range []*string{&c.Title, &c.Lead, &c.Author, &c.Source, &c.Pair} {
		one(s)
	}
	if c.Title == "" {
		return fault.New(fault.Invalid, "portal.no_title")
	}
	if len([]rune(c.Title)) > longest {
		return fault.New(fault.TooLarge, "portal.title_too_long", "limit", longest)
	}
	if c.Lang == "" {
		c.Lang = lang.VI
	}
	if c.Lang != lang.VI && c.Lang != lang.EN {
		return fault.New(fault.Invalid, "portal.bad_language", "text", string(c.Lang))
	}
	rules, err := e.Rules()
	if err != nil {
		return err
	}
	if rules.Section(c.Section) == nil {
		return fault.New(fault.Invalid, "portal.unknown_section", "section", c.Section)
	}
	var tags []string
	for _, tag := range c.Tags {
		if one(&tag); tag != "" && !slices.ContainsFunc(tags, func(t string) bool { return lang.Fold(t) == lang.Fold(tag) }) {
			tags = append(tags, tag)
		}
	}
	c.Tags = tags
	if c.Body, err = Clean(c.Body); err != nil {
		return err
	}
	return e.checkPair(ctx, id, c)
}

// checkPair wants the pair to be another article in the other language.
func (e *Engine) checkPair(ctx context.Context, id string, c *Content) error {
	if c.Pair == "" {
		return nil
	}
	pair, err := e.Get(ctx, c.Pair)
	if err != nil || pair.ID == id || pair.Lang == c.Lang {
		return fault.New(fault.Invalid, "portal.bad_pair", "text", c.Pair).Because(err)
	}
	return nil
}

// Write changes the text of an article; version is the one that the actor saw. What is public is corrected, which needs a
// note for the reader. Errors: those of Enter, portal.not_now, portal.no_note, the ledger's when somebody changed it first.
func (e *Engine) Write(ctx context.Context, actor, id string, version int64, c Content, note string) error {
	a, err := e.Get(ctx, id)
	if err != nil {
		return err
	}
	step, kind := Edit, kindEdited
	if note = strings.TrimSpace(note); a.Public(e.now()) {
		step, kind = Correct, kindCorrected
		if note == "" {
			return fault.New(fault.Invalid, "portal.no_note")
		}
	} else {
		note = ""
	}
	if err := a.Allows(step, e.now()); err != nil {
		return err
	}
	if err := e.check(ctx, id, &c); err != nil {
		return err
	}
	return e.append(ctx, actor, a.Unit, id, version, kind, edited{Content: c, Note: note})
}

// Move is one step to take.
type Move struct {
	Step    Step
	Reason  string
	At      time.Time // of publishing, for Approve; the zero time = now
	Version int64     // that the actor saw
}

// Take moves an article. Errors: portal.not_now, portal.no_reason, portal.own_article when its writer approves it,
// portal.no_body, the ledger's when somebody changed it first.
func (e *Engine) Take(ctx context.Context, actor, id string, m Move) error {
	a, err := e.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := a.Allows(m.Step, e.now()); err != nil {
		return err
	}
	d := stepped{Step: m.Step, Reason: strings.TrimSpace(m.Reason)}
	switch {
	case steps[m.Step].reason && d.Reason == "":
		return fault.New(fault.Invalid, "portal.no_reason")
	case m.Step == Submit && len(a.Body) == 0:
		return fault.New(fault.Invalid, "portal.no_body")
	case m.Step == Approve && a.Writer() == actor:
		return fault.New(fault.Forbidden, "portal.own_article")
	case m.Step == Approve:
		d.PublishAt = m.At.UTC()
		if m.At.IsZero() {
			d.PublishAt = e.now().UTC().Truncate(time.Second)
		}
	}
	return e.append(ctx, actor, a.Unit, id, m.Version, kindStepped, d)
}
