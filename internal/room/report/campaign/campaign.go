// Package campaign (đợt báo cáo) is one round of reporting: a regime opened for a period over chosen units, each unit's
// part from prefilled figures to its head's submission, and the consolidation of the parts into one document that is
// commented on, signed, numbered and frozen.
//
// It owns who owes a part by when, what a part says, which records two units both counted and what was decided about
// them, the narrative with its live figures, the workbook for units without the system, and the signed package that a
// higher installation sums up. It does not own the figures (engine indicator), the regimes and outlines (room report),
// nor the layout of the papers (engine document).
package campaign

import (
	"embed"
	"slices"
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of this package, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }

// Stage is how far a campaign has come.
type Stage string

// The stages of a campaign.
const (
	Collecting Stage = "collecting" // parts come in and go back
	Commenting Stage = "commenting" // the draft is out for comment
	Signed     Stage = "signed"     // nothing changes any more but by reopening
	Issued     Stage = "issued"     // numbered and frozen
	Cancelled  Stage = "cancelled"
)

// Over reports whether the campaign takes no more steps.
func (s Stage) Over() bool { return s == Issued || s == Cancelled }

// Open reports whether parts and narrative may still change.
func (s Stage) Open() bool { return s == Collecting || s == Commenting }

// Campaign is one round of reporting as it stands after its last event.
type Campaign struct {
	ID      string        `json:"id"`
	Regime  string        `json:"regime"`
	Period  string        `json:"period"`
	AsOf    calendar.Date `json:"as_of"` // cut-off inside the period; NoDate = its end
	Unit    string        `json:"unit"`  // consolidates
	Side    people.Side   `json:"side"`
	Title   string        `json:"title"`
	Due     calendar.Date `json:"due"` // of the consolidated report
	Figures []string      `json:"figures"`
	Scope   []string      `json:"scope"` // units whose records the agency's own count is made of
	Explain Threshold     `json:"explain"`

	Stage    Stage                 `json:"stage"`
	OpenedOn calendar.Date         `json:"opened_on"`
	Sections map[string]string     `json:"sections,omitempty"` // narrative as written; the rest is drafted from the outline
	Settled  map[string]Settlement `json:"settled,omitempty"`  // by Double.Key
	Gaps     map[string]GapWord    `json:"gaps,omitempty"`     // by indicator
	Round    *Round                `json:"round,omitempty"`    // of comments
	Comments []Comment             `json:"comments,omitempty"`
	Signed   *Signature            `json:"signed,omitempty"`
	Number   string                `json:"number,omitempty"`
	Frozen   *Frozen               `json:"frozen,omitempty"`
	Reason   string                `json:"reason,omitempty"` // of the last reopening or the cancellation

	Version  int64 `json:"-"`
	Position int64 `json:"-"`
}

// Settlement says which unit keeps a record that several counted.
type Settlement struct {
	Unit   string        `json:"unit"`
	Reason string        `json:"reason"`
	By     string        `json:"by"`
	On     calendar.Date `json:"on"`
}

// Round is a sending out for comment.
type Round struct {
	Due   calendar.Date `json:"due"`
	Units []string      `json:"units"`
}

// Comment is one unit's word on the draft.
type Comment struct {
	Unit    string        `json:"unit"`
	By      string        `json:"by"`
	On      calendar.Date `json:"on"`
	Section string        `json:"section,omitempty"`
	Text    string        `json:"text"`
	Answer  string        `json:"answer,omitempty"`
}

// Signature is who signed what.
type Signature struct {
	By      string        `json:"by"`
	On      calendar.Date `json:"on"`
	Digest  string        `json:"digest"`            // of figures and words, see Draft.Digest
	KnownAt int64         `json:"known_at"`          // ledger position whose figures were signed
	Missing string        `json:"missing,omitempty"` // why it was signed without some parts
}

// PartStage is how far a unit's part has come.
type PartStage string

// The stages of a part.
const (
	Waiting   PartStage = "waiting"
	Submitted PartStage = "submitted"
	Returned  PartStage = "returned"
)

// Asked is a unit of which a campaign asks a part.
type Asked struct {
	Unit     string        `json:"unit"`
	Level    int           `json:"level"`
	Due      calendar.Date `json:"due"`
	External bool          `json:"external,omitempty"` // hands in by workbook
	Covers   []string      `json:"covers"`             // units whose records are its part
}

// Part is a unit's part as it stands after its last event.
type Part struct {
	Campaign string `json:"campaign"`
	Asked
	Stage    PartStage     `json:"stage"`
	Entered  Entered       `json:"entered"`
	Lines    []Line        `json:"lines,omitempty"`   // as submitted last
	Records  []string      `json:"records,omitempty"` // streams that Line.Of counts, by index
	KnownAt  int64         `json:"known_at,omitempty"`
	On       calendar.Date `json:"on"` // submitted; NoDate before
	By       string        `json:"by,omitempty"`
	Imported string        `json:"imported,omitempty"` // file that it was read from
	Reason   string        `json:"reason,omitempty"`   // why it was returned

	Version  int64 `json:"-"`
	Position int64 `json:"-"`
}

// Entered is what people write in a part; the figures themselves come from records.
type Entered struct {
	Rows        map[string]Row `json:"rows,omitempty"` // by indicator
	Limitations string         `json:"limitations,omitempty"`
	Causes      string         `json:"causes,omitempty"`
}

// Row is what people write beside one figure.
type Row struct {
	Actual   indicator.Value `json:"actual"` // of a unit without the system; NoValue = counted from records
	Estimate indicator.Value `json:"estimate"`
	Why      string          `json:"why,omitempty"`
	Claims   []string        `json:"claims,omitempty"` // records of other units that this one took part in and counts too
}

// Line is one figure of a part.
type Line struct {
	Indicator string          `json:"indicator"`
	Actual    indicator.Value `json:"actual"`
	Previous  indicator.Value `json:"previous"`
	Estimate  indicator.Value `json:"estimate"`
	Why       string          `json:"why,omitempty"`
	Of        []Share         `json:"of,omitempty"`
	Unlisted  bool            `json:"unlisted,omitempty"` // more records than are compared with other units'
}

// Share is one record of a line: its index in Part.Records, and the thousandths that it adds.
type Share [2]int64

// Late reports whether the part is not in though its due date has passed.
func (p *Part) Late(today calendar.Date) bool { return p.Stage != Submitted && today > p.Due }

// InLate reports whether the part came after its due date.
func (p *Part) InLate() bool { return p.Stage == Submitted && p.On > p.Due }

// Line is the part's line of an indicator, nil for none.
func (p *Part) Line(id string) *Line {
	if i := slices.IndexFunc(p.Lines, func(l Line) bool { return l.Indicator == id }); i >= 0 {
		return &p.Lines[i]
	}
	return nil
}

// Key is a record's name without the kind of its stream, by which units name it.
func Key(stream string) string {
	if _, id, ok := strings.Cut(stream, "/"); ok {
		return id
	}
	return stream
}

// NotFound is the fault of a campaign or part that does not exist or is not the reader's.
func NotFound(id string) error { return fault.New(fault.NotFound, "campaign.not_found", "id", id) }
