// Package procedure (thủ tục) owns what a procedure is: a dated definition in YAML — fields, documents,
// states, transitions, deadlines, council, credential, outputs, figures — read strictly, linted and
// compiled, so that a change of law is a change of data.
//
// It does not own what happens to a dossier under a definition (package dossier does), nor when a day is
// a working day (package calendar does).
package procedure

import (
	"slices"
	"sync"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/rule"
)

// Text is a text in both languages.
type Text map[lang.Tag]string

// In is the text in a language, the Vietnamese one where the other is missing.
func (t Text) In(tag lang.Tag) string {
	if s := t[tag]; s != "" {
		return s
	}
	return t[lang.VI]
}

// The standing of a definition. Only published and needs_verification may take dossiers; the second is
// shown as “cần xác minh” wherever it is used.
const (
	Draft             = "draft"
	Published         = "published"
	NeedsVerification = "needs_verification"
)

// The two marks of a source: seen in the source named, or only recalled and shown as “cần xác minh”.
const (
	Seen     = "seen"
	Recalled = "recalled"
)

// Procedure is one dated version of a procedure.
type Procedure struct {
	At          fault.Place  `def:"@"`
	ID          string       `def:"id,required"`      // folder name, snake_case without marks
	Version     string       `def:"version,required"` // sub-folder name, usually the year it begins
	Title       Text         `def:"title,required"`
	Summary     Text         `def:"summary"`
	Status      string       `def:"status,required"` // Draft, Published or NeedsVerification
	Abstract    bool         `def:"abstract"`        // a base for others; takes no dossiers itself
	Toy         bool         `def:"toy"`             // for trying the engine: works, but no page offers it
	Extends     string       `def:"extends"`         // id, or id/version, of the base
	Without     []string     `def:"without"`         // states and transitions of the base that do not apply
	Effective   Effective    `def:"effective,required"`
	Level       string       `def:"level"` // of the deciding agency: central, province, commune
	Code        string       `def:"code"`  // national procedure code, as 1.014445
	Sector      Text         `def:"sector"`
	Filer       Text         `def:"filer"` // who files
	Legal       []Basis      `def:"legal,required"`
	Note        Text         `def:"note"` // what an officer must check before switching it on
	Actors      []Named      `def:"actors"`
	Filers      []string     `def:"filers"` // actors from outside the agency, who file and act on the public pages
	Fields      []Field      `def:"fields"`
	Documents   []Document   `def:"documents"`
	States      []State      `def:"states"`
	Initial     string       `def:"initial"` // the state before filing
	Transitions []Transition `def:"transitions"`
	Deadlines   []Deadline   `def:"deadlines"`
	Fees        []Fee        `def:"fees"`
	Councils    []Council    `def:"councils"`
	Records     []Record     `def:"records"` // what other dossiers tell of who takes part in this one
	Credential  *Credential  `def:"credential"`
	Outputs     []Output     `def:"outputs"`
	Merit       *Merit       `def:"merit"`         // when a dossier counts for commendation; nil = never
	NameField   string       `def:"dossier_title"` // field that names a dossier in lists
	Applicant   string       `def:"applicant"`     // field that names who filed
	Dimensions  []string     `def:"dimensions"`    // fields that every event carries for figures
	Measures    []string     `def:"measures"`      // numeric fields that every event carries for figures
	Indicators  []Indicator  `def:"indicators"`
	Digest      string       // SHA-256 of the sources, hex

	Sources map[string]string // file → text, base first; what the digest is of

	form        func() *Form // made when first asked for
	states      map[string]*State
	transitions map[string]*Transition
	deadlines   map[string]*Deadline
	fields      map[string]*Field
	leaving     map[string][]*Transition
	fees        map[string]*Fee
	outputs     map[string]*Output
	documents   map[string]*Document
}

// Recalls reports whether an entry rests on memory: it, or the legal text that it cites, is so marked.
func (p *Procedure) Recalls(mark, basis string) bool {
	return mark == Recalled || slices.ContainsFunc(p.Legal, func(b Basis) bool { return b.ID == basis && b.Mark == Recalled })
}

// Effective is the time a version is in force; To is included, and NoDate when open.
type Effective struct {
	From calendar.Date `def:"from,required"`
	To   calendar.Date `def:"to"`
}

// UnmarshalDef reads the two dates; an absent end is open.
func (e *Effective) UnmarshalDef(n *defs.Node) error {
	type plain Effective
	v := plain{From: calendar.NoDate, To: calendar.NoDate}
	faults := defs.Decode(n, &v)
	*e = Effective(v)
	return faults.OrNil()
}

// Covers reports whether d lies in the time in force.
func (e Effective) Covers(d calendar.Date) bool {
	return d >= e.From && (e.To == calendar.NoDate || d <= e.To)
}

// Basis is a legal basis (căn cứ): the text, the article, and how its content was verified.
type Basis struct {
	At      fault.Place `def:"@"`
	ID      string      `def:"id,required"`
	Symbol  string      `def:"symbol,required"` // 61/2018/NĐ-CP
	Article string      `def:"article"`         // Điều 17
	Title   Text        `def:"title"`
	Source  string      `def:"source,required"` // where it was read
	Mark    string      `def:"mark,required"`   // Seen or Recalled
}

// Named is an id with a label, such as an actor or a role.
type Named struct {
	At    fault.Place `def:"@"`
	ID    string      `def:"id,required"`
	Label Text        `def:"label,required"`
}

// The types of a field.
const (
	TypeText         = "text"
	TypeNumber       = "number"
	TypeMoney        = "money" // đồng, whole
	TypeDate         = "date"
	TypeBool         = "bool"
	TypeChoice       = "choice"
	TypePerson       = "person"
	TypeOrganisation = "organisation"
	TypeList         = "list" // rows of columns
)

// Field is one field of the form.
type Field struct {
	At        fault.Place `def:"@"`
	ID        string      `def:"id,required"`
	Type      string      `def:"type,required"`
	Label     Text        `def:"label,required"`
	Help      Text        `def:"help"`
	Required  bool        `def:"required"` // must be filled to file
	Personal  bool        `def:"personal"` // sealed under the person's key, never in titles or figures
	Options   []Named     `def:"options"`  // of a choice
	Columns   []Field     `def:"columns"`  // of a list
	Min       *float64    `def:"min"`
	Max       *float64    `def:"max"`
	MaxLength int         `def:"max_length"` // characters; 2000 when 0
	Unit      string      `def:"unit"`       // of a number, for display: kW, m2
	When      Rule        `def:"when"`       // the field is asked only when this holds
	Office    bool        `def:"office"`     // the agency's own finding: never asked of who files
	Mark      string      `def:"mark"`
}

// Document is a paper of the dossier (thành phần hồ sơ).
type Document struct {
	At       fault.Place `def:"@"`
	ID       string      `def:"id,required"`
	Label    Text        `def:"label,required"`
	Form     string      `def:"form"` // number of the official form
	Required bool        `def:"required"`
	When     Rule        `def:"when"`      // required only when this holds
	MaxAge   Duration    `def:"max_age"`   // how old the paper may be at filing
	HeldFrom []string    `def:"held_from"` // procedures whose result, where the agency has given one, stands in for the paper
	Basis    string      `def:"basis"`
	Mark     string      `def:"mark"`
}

// State is a state of the dossier.
type State struct {
	At       fault.Place `def:"@"`
	ID       string      `def:"id,required"`
	Label    Text        `def:"label,required"`
	Status   int         `def:"status"`   // national status 1–10; 0 only before filing
	Terminal bool        `def:"terminal"` // nothing leaves it
}

// Merit says from which states on a dossier is somebody's merit (thành tích), and under which condition.
type Merit struct {
	At     fault.Place `def:"@"`
	States []string    `def:"states,required"`
	When   Rule        `def:"when"`
}

// Record (điều tra cứu) is what the other dossiers of the procedure tell of an organisation or a person that takes part in
// this one: that it is barred, or a number that breaks a tie.
type Record struct {
	At     fault.Place `def:"@"`
	ID     string      `def:"id,required"`
	Label  Text        `def:"label,required"`
	Party  []string    `def:"party,required"`  // organisation or person fields; the other dossier names the same in one of them
	States []string    `def:"states,required"` // of the other dossier
	When   Rule        `def:"when"`            // likewise, with today the day of asking
	Bars   bool        `def:"bars"`            // who has such a dossier may not take part
	Counts string      `def:"counts"`          // tie-break whose number is how many such dossiers there are
	Basis  string      `def:"basis,required"`
	Mark   string      `def:"mark"`
}

// Transition is an action (bước chuyển) that takes a dossier from one state to another.
type Transition struct {
	At        fault.Place `def:"@"`
	ID        string      `def:"id,required"`
	Label     Text        `def:"label,required"`
	Help      Text        `def:"help"`
	Actor     []string    `def:"actor,required"` // who may do it, by Actors
	From      []string    `def:"from,required"`
	To        string      `def:"to"` // empty = stays where it is
	When      Rule        `def:"when"`
	Because   Text        `def:"because"` // told to the reader when the guard does not hold
	Requires  Requires    `def:"requires"`
	Asks      []string    `def:"asks"`      // fields that must come with this very act
	Offers    []string    `def:"offers"`    // fields and papers that may come with this act, also when they are there already
	Clock     string      `def:"clock"`     // "stop" or "resume" the deadlines
	Once      string      `def:"once"`      // actions with the same word can together be done one time
	Repeats   bool        `def:"repeats"`   // a stop of the clock that may be asked again; index 766 then counts the dossier as late
	Reappoint string      `def:"reappoint"` // date field that becomes the new due date
	Notice    Duration    `def:"notice"`    // a re-appointment must come this long before the due date
	Fee       string      `def:"fee"`
	Output    []string    `def:"output"`
	Council   string      `def:"council"` // council whose conclusion this action records
	Passed    bool        `def:"passed"`  // only when that council's count was in favour
	Clears    string      `def:"clears"`  // text field with the reason to go on although records bar; without it they do
	Event     string      `def:"event"`   // verb of the ledger event; derived when empty
	Bulk      bool        `def:"bulk"`    // may be done to many dossiers at once
	Basis     string      `def:"basis"`
	Mark      string      `def:"mark"`
}

// Requires lists what a dossier must have before an action.
type Requires struct {
	Fields    []string `def:"fields"`
	Documents []string `def:"documents"`
}

// Deadline is a legal time limit (thời hạn): so long from one action until another.
type Deadline struct {
	At       fault.Place `def:"@"`
	ID       string      `def:"id,required"`
	Label    Text        `def:"label,required"`
	Duration Duration    `def:"duration,required"`
	Cases    []Case      `def:"cases"`  // the first that holds replaces Duration
	Anchor   []string    `def:"anchor"` // actions from which it counts; the last one done holds
	Date     string      `def:"date"`   // or a date field from which it counts
	Before   bool        `def:"before"` // counts back: the Until action must come this long before Date
	Until    []string    `def:"until,required"`
	Main     bool        `def:"main"` // this is the dossier's due date
	Extends  *Extension  `def:"extension"`
	Basis    string      `def:"basis,required"`
	Mark     string      `def:"mark"`

	local *Local
}

// Case is an alternative duration or amount under a condition.
type Case struct {
	At       fault.Place `def:"@"`
	When     Rule        `def:"when,required"`
	Duration Duration    `def:"duration,required"`
	Basis    string      `def:"basis"`
}

// Extension is how often and by how much at most the law lets a deadline be prolonged.
type Extension struct {
	Times int      `def:"times,required"`
	Max   Duration `def:"max"` // empty = at most the first duration again
}

// Fee is a fee (phí, lệ phí) in đồng.
type Fee struct {
	At     fault.Place `def:"@"`
	ID     string      `def:"id,required"`
	Label  Text        `def:"label,required"`
	Amount Rule        `def:"amount,required"` // formula over the form
	Basis  string      `def:"basis,required"`
	Mark   string      `def:"mark"`
}

// Output is a document the agency issues, by the key of its template.
type Output struct {
	At       fault.Place `def:"@"`
	ID       string      `def:"id,required"`
	Label    Text        `def:"label,required"`
	Form     string      `def:"form"`     // number of the official form
	Template string      `def:"template"` // key of the layout; the ID when empty
	Basis    string      `def:"basis"`
	Mark     string      `def:"mark"`
}

// Indicator is a figure that the procedure contributes. Its keys are those of definitions/indicators;
// package indicator reads Raw, this package only checks that the actions it names exist.
type Indicator struct {
	ID  string
	Raw *defs.Node
}

// UnmarshalDef keeps the tree for package indicator.
func (i *Indicator) UnmarshalDef(n *defs.Node) error {
	id := n.Get("id")
	if id == nil || id.Kind != defs.Scalar {
		return fault.New(fault.Invalid, "defs.missing_key", "key", "id").At(n.Place)
	}
	i.ID, i.Raw = id.Text, n
	return nil
}

// Rule is a condition or formula as written; it is compiled once the form is known.
type Rule struct {
	Source  string
	Place   fault.Place
	program *rule.Program
	later   *later // where compiling waits for the first use
}

// later compiles a rule when it is first used: of the forty definitions that the program ships few are needed after a start.
type later struct {
	once    sync.Once
	compile func() (*rule.Program, error)
	program *rule.Program
	err     error
}

// compiled is the rule's program, nil for an empty rule.
func (r *Rule) compiled() (*rule.Program, error) {
	l := r.later
	if l == nil {
		return r.program, nil
	}
	l.once.Do(func() { l.program, l.err = l.compile() })
	return l.program, l.err
}

// UnmarshalDef keeps the source and its place.
func (r *Rule) UnmarshalDef(n *defs.Node) error {
	if n.Kind != defs.Scalar {
		return fault.New(fault.Invalid, "defs.want_text").At(n.Place)
	}
	r.Source, r.Place = n.Text, n.Place
	if n.Quoted {
		r.Place.Column++
	}
	return nil
}

// Empty reports whether nothing was written.
func (r *Rule) Empty() bool { return r.Source == "" }
