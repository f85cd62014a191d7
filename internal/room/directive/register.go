package directive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Document is a directive in the register. Its identity is issuer, symbol and date together; a directive without
// symbol has issuer, name and, where known, date.
type Document struct {
	ID      string        `json:"id"`
	Kind    string        `json:"kind,omitempty"`
	Symbol  string        `json:"symbol,omitempty"`
	Name    string        `json:"name,omitempty"` // of a directive without symbol
	Issuer  string        `json:"issuer"`
	Date    calendar.Date `json:"date"`
	Summary string        `json:"summary,omitempty"` // trích yếu
	File    *File         `json:"file,omitempty"`
	Cites   []Cited       `json:"cites,omitempty"`
	Unit    string        `json:"unit"` // keeps it in its register
	Side    people.Side   `json:"side"`
	EndedOn calendar.Date `json:"ended"` // no longer in force from this day; NoDate = in force
	By      string        `json:"by,omitempty"`
	Goals   []Goal        `json:"goals,omitempty"`

	Version  int64 `json:"-"` // of its stream
	Position int64 `json:"-"` // of its last event
}

// File is the file that a directive came in; the register keeps its name and hash.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Cited is another directive that this one names. ID is empty where the citation has no date, since a symbol alone
// is no identity.
type Cited struct {
	ID      string `json:"id,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Symbol  string `json:"symbol,omitempty"`
	Issuer  string `json:"issuer,omitempty"`
	Date    string `json:"date,omitempty"`
	Mention string `json:"mention"`
}

// Goal is a target that the directive sets: a figure to be reached in a period, for a unit and what is below it.
type Goal struct {
	Title     string `json:"title"`
	Indicator string `json:"indicator"`
	Period    string `json:"period"`
	Value     string `json:"value"` // plain decimal
	Unit      string `json:"unit"`
}

// InForce reports whether the directive holds on a day.
func (d *Document) InForce(on calendar.Date) bool {
	return d.EndedOn == calendar.NoDate || on < d.EndedOn
}

// Label is the directive as a line of text names it: its symbol, or its name.
func (d *Document) Label() string {
	if d.Symbol != "" {
		return d.Symbol
	}
	return d.Name
}

// ID makes a directive's id from its identity. Case, marks and blanks of the issuer do not matter; marks of the
// symbol do, since QĐ and QD are different abbreviations.
func ID(issuer, symbol, name string, date calendar.Date) string {
	called := "n:" + lang.Fold(strings.Join(strings.Fields(name), " "))
	if symbol != "" {
		called = "s:" + strings.ToUpper(lang.NFC(symbol))
	}
	sum := sha256.Sum256([]byte(lang.Fold(strings.Join(strings.Fields(issuer), " ")) + "|" + called + "|" + date.String()))
	return "VB-" + strings.ToUpper(hex.EncodeToString(sum[:5]))
}

// Options of a Register.
type Options struct {
	Clock func() time.Time // time.Now when nil

	// Lists gives the lists of kinds and issuers when they are first needed, since reading them takes longer than
	// all else at the start; the shipped ones when nil.
	Lists func() (*Recogniser, error)
}

// Register is the register of directives of one agency.
type Register struct {
	lists func() (*Recogniser, error)
	l     *ledger.Ledger
	db    *store.DB
	who   *people.People
	clock func() time.Time
}

// New opens the register. The ledger must run Fold.
func New(l *ledger.Ledger, db *store.DB, who *people.People, o Options) *Register {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Lists == nil {
		o.Lists = shipped
	}
	return &Register{sync.OnceValues(o.Lists), l, db, who, o.Clock}
}

// Lists are the kinds and issuers that the register goes by. Errors: those of Load.
func (r *Register) Lists() (*Recogniser, error) { return r.lists() }

func (r *Register) today() calendar.Date { return calendar.OfTime(r.clock()) }

// Add enters a directive. Errors: directive.need_issuer, directive.need_date for a symbol without a date,
// directive.need_name, directive.in_future, directive.unknown_kind, people.unknown_unit, and directive.exists when it stands in the
// register already.
func (r *Register) Add(ctx context.Context, actor string, d Document) (*Document, error) {
	d.Symbol, d.Name, d.Issuer, d.Summary = strings.TrimSpace(d.Symbol), strings.TrimSpace(d.Name), strings.TrimSpace(d.Issuer), strings.TrimSpace(d.Summary)
	lists, err := r.Lists()
	if err != nil {
		return nil, err
	}
	if d.Symbol != "" {
		lists.complete(&d)
		d.Name = ""
	}
	if err := r.check(lists, &d); err != nil {
		return nil, err
	}
	u, err := r.who.Unit(ctx, d.Unit, r.today())
	if err != nil {
		return nil, err
	}
	d.ID, d.Side, d.EndedOn = ID(d.Issuer, d.Symbol, d.Name, d.Date), u.Side, calendar.NoDate
	_, err = r.l.Append(ctx, ledger.Command{Stream: streamOf(d.ID), Actor: actor, Unit: d.Unit,
		Events: []ledger.NewEvent{{Kind: kindRegistered, On: r.today(), Data: fact{Document: d, Dims: d.dims()}}}})
	if fault.Is(err, "ledger.version_conflict") {
		return nil, fault.New(fault.Conflict, "directive.exists", "label", d.Label(), "id", d.ID)
	}
	if err != nil {
		return nil, err
	}
	return r.Get(ctx, d.ID)
}

// complete writes the symbol in its normal form and fills in what the symbol says of kind and issuer.
func (r *Recogniser) complete(d *Document) {
	found := r.Find(d.Symbol)
	if len(found) != 1 || found[0].Symbol == "" {
		d.Symbol = strings.Join(strings.Fields(d.Symbol), " ")
		return
	}
	d.Symbol = found[0].Symbol
	if d.Kind == "" {
		d.Kind = found[0].Kind
	}
	if d.Issuer == "" {
		d.Issuer = found[0].Issuer
	}
}

func (r *Register) check(lists *Recogniser, d *Document) error {
	missing := func(key string) error { return fault.New(fault.Invalid, key, "symbol", d.Symbol) }
	switch {
	case d.Symbol == "" && d.Name == "":
		return missing("directive.need_name")
	case d.Issuer == "":
		return missing("directive.need_issuer")
	case d.Symbol != "" && d.Date == calendar.NoDate:
		return missing("directive.need_date")
	case d.Unit == "":
		return missing("directive.need_unit")
	case d.Date != calendar.NoDate && d.Date > r.today():
		return fault.New(fault.Invalid, "directive.in_future", "date", d.Date)
	}
	if _, known := lists.kinds[d.Kind]; d.Kind != "" && !known {
		return fault.New(fault.Invalid, "directive.unknown_kind", "kind", d.Kind)
	}
	return nil
}

// How is what a later directive does to an earlier one.
type How string

// The ways.
const (
	Replaces How = "replaces" // the earlier one ends
	Amends   How = "amends"   // it stays in force, changed
	Ends     How = "ends"     // it ends without a successor
)

// Change is what happens to a directive in the register.
type Change struct {
	ID    string
	How   How
	By    string        // id of the later directive; empty for Ends
	From  calendar.Date // the first day on which it holds; NoDate = today
	Actor string
	Note  string
}

// Change records that a directive was replaced, amended or ended. Errors: directive.not_found, directive.ended already,
// directive.need_successor, directive.circle when the later one was itself replaced by this one, directive.bad_change.
func (r *Register) Change(ctx context.Context, c Change) (*Document, error) {
	d, err := r.Get(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if c.From == calendar.NoDate {
		c.From = r.today()
	}
	if d.EndedOn != calendar.NoDate {
		return nil, fault.New(fault.Conflict, "directive.ended", "label", d.Label(), "on", d.EndedOn)
	}
	kind := map[How]string{Replaces: kindReplaced, Amends: kindAmended, Ends: kindEnded}[c.How]
	if kind == "" {
		return nil, fault.New(fault.Invalid, "directive.bad_change", "how", string(c.How))
	}
	if c.How == Ends {
		c.By = ""
	} else if err := r.checkLater(ctx, d.ID, c.By); err != nil {
		return nil, err
	}
	if c.How != Amends {
		d.EndedOn, d.By = c.From, c.By
	}
	_, err = r.l.Append(ctx, ledger.Command{Stream: streamOf(d.ID), Expect: d.Version, Actor: c.Actor, Unit: d.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: c.From, Data: fact{Document: *d, Note: c.Note, Later: c.By, How: c.How, Dims: d.dims()}}}})
	if err != nil {
		return nil, err
	}
	return r.Get(ctx, c.ID)
}

// checkLater follows the later directive's own successors: none of them may be the earlier one.
func (r *Register) checkLater(ctx context.Context, earlier, later string) error {
	if later == "" {
		return fault.New(fault.Invalid, "directive.need_successor")
	}
	for seen := map[string]bool{}; later != "" && !seen[later]; {
		seen[later] = true
		if later == earlier {
			return fault.New(fault.Invalid, "directive.circle")
		}
		d, err := r.Get(ctx, later)
		if err != nil {
			return err
		}
		later = d.By
	}
	return nil
}

// SetGoal records a target that the directive sets; the same indicator, period and unit again changes it. The target stands
// in the figures at once. on is a day of the period, which for a target may lie ahead. Errors: directive.bad_goal,
// calendar.bad_period, people.unknown_unit.
func (r *Register) SetGoal(ctx context.Context, actor, id string, g Goal) (*Document, error) {
	d, err := r.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if g.Title = strings.TrimSpace(g.Title); g.Title == "" || g.Indicator == "" || g.Value == "" {
		return nil, fault.New(fault.Invalid, "directive.bad_goal")
	}
	if _, err := calendar.ParsePeriod(g.Period); err != nil {
		return nil, err
	}
	d.Goals = slices.DeleteFunc(slices.Clone(d.Goals), func(o Goal) bool {
		return o.Indicator == g.Indicator && o.Period == g.Period && o.Unit == g.Unit
	})
	d.Goals = append(d.Goals, g)
	u, err := r.who.Unit(ctx, g.Unit, r.today())
	if err != nil {
		return nil, err
	}
	figure := figureTarget{Indicator: g.Indicator, Period: g.Period, Value: g.Value}
	if u.Side == d.Side { // the other side reads the figure, not what it comes from
		figure.Note = d.Label()
	}
	cmd := ledger.Command{Stream: streamOf(d.ID), Expect: d.Version, Actor: actor, Unit: g.Unit, Events: []ledger.NewEvent{{Kind: kindTargetFigure, On: r.today(), Data: figure}}}
	set := ledger.Command{Stream: cmd.Stream, Expect: d.Version + 1, Actor: actor, Unit: d.Unit,
		Events: []ledger.NewEvent{{Kind: kindTargetSet, On: r.today(), Data: fact{Document: *d, Goal: &g, Dims: d.dims()}}}}
	_, err = r.l.Append(ctx, cmd, set)
	if err != nil {
		return nil, err
	}
	return r.Get(ctx, id)
}

// Kinds lists the kinds of directives by their Vietnamese names.
func (r *Recogniser) Kinds() []Kind {
	out := make([]Kind, 0, len(r.kinds))
	for _, k := range r.kinds {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b Kind) int { return lang.Compare(a.VI, b.VI) })
	return out
}

// KindName is a kind in the reader's words, "" for none.
func (r *Recogniser) KindName(code string, tag lang.Tag) string {
	return r.kinds[code].Name(tag)
}

// Name is the kind in the reader's words.
func (k Kind) Name(tag lang.Tag) string {
	if tag == lang.EN && k.EN != "" {
		return k.EN
	}
	return k.VI
}
