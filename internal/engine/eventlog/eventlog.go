// Package eventlog (nhật ký sự kiện) reads other systems' process logs — XES 1.0 and IEEE 1849, CSV,
// OCEL 1.0 and 2.0 as JSON, XML and SQLite — into one neutral shape, case by case, and writes XES.
//
// It owns the formats, the mapping from their attributes to what a dossier needs, the statistics of a
// log and its lateness. It does not own dossiers or the ledger: package app turns cases into them.
// Nothing here keeps a whole XES or CSV log in memory; hostile input ends in an error with a place.
package eventlog

import (
	"time"

	"trucot/internal/kernel/fault"
)

// Type is the kind of an attribute's value, by the names of XES.
type Type uint8

// The value types of XES; the other formats map onto them.
const (
	String Type = iota
	Date
	Int
	Float
	Boolean
	ID
	List
	Container
)

var typeNames = [...]string{"string", "date", "int", "float", "boolean", "id", "list", "container"}

// String is the name of the type as an XES element.
func (t Type) String() string { return typeNames[t] }

// Attribute is one key and value of a case or event. Nested carries the attributes of an attribute and
// the members of a list or container.
type Attribute struct {
	Key    string
	Value  string // as written in the log
	Type   Type
	Nested []Attribute
}

// Event is one step of a case, in the order of the log.
type Event struct {
	Activity  string
	At        time.Time // zero when the log gives none; keeps the offset written in the log
	Lifecycle string    // "complete", "start", … ; empty when the log gives none
	Resource  string    // who or what did it, as the log calls it
	Group     string
	// Attributes are those no role of the mapping took.
	Attributes []Attribute
	Line       int // in the input; 0 when the format has no lines
}

// Case is one run of a process: what becomes a dossier.
type Case struct {
	ID         string
	Title      string
	Unit       string
	Received   time.Time
	Due        time.Time
	Finished   time.Time
	Attributes []Attribute
	Events     []Event
	Line       int
}

// First is the time of the earliest event, zero when no event has one.
func (c *Case) First() time.Time {
	var first time.Time
	for i := range c.Events {
		if at := c.Events[i].At; !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// Last is the time of the latest event, zero when no event has one.
func (c *Case) Last() time.Time {
	var last time.Time
	for i := range c.Events {
		if at := c.Events[i].At; at.After(last) {
			last = at
		}
	}
	return last
}

// Limits bound what hostile input may cost. The zero value means Default.
type Limits struct {
	Bytes      int64 // of the uncompressed log
	Whole      int64 // of a log that has to be held in memory (OCEL)
	Token      int   // of one XML tag, text or CSV row
	Depth      int   // of nested elements
	CaseEvents int   // events of one case
	Problems   int   // after so many errors reading stops
}

// DefaultLimits fit the largest public logs several times over.
var DefaultLimits = Limits{Bytes: 8 << 30, Whole: 512 << 20, Token: 1 << 20, Depth: 64, CaseEvents: 1 << 20, Problems: 20}

// Options steer a reading.
type Options struct {
	Mapping *Mapping // nil: chosen among Known by its detect list, or the first of Known
	Known   []*Mapping
	Lenient bool // tolerate what a log that claims IEEE 1849 must not do, and skip bad CSV rows
	Limits  Limits
	Today   time.Time // events after it are warned about; zero = no check
}

// Summary is what a reading found, whether or not a visitor took the cases.
type Summary struct {
	Format     string // "xes", "csv", "ocel"
	Version    string // as the log says it: "1.0", "1849.2016", "2.0"
	LogName    string // the log's own name, where it has one
	Mapping    string
	ByDay      bool // of the mapping: how Lateness was judged
	Statistics Statistics
	Lateness   Lateness
	Skipped    int            // rows or events that could not become part of a case, each warned about
	Warnings   []*fault.Error // the first Limits.Problems of them
	WarningN   int
}

// warn keeps a warning if there is room and counts it.
func (s *Summary) warn(limit int, w *fault.Error) {
	s.WarningN++
	if len(s.Warnings) < limit {
		s.Warnings = append(s.Warnings, w)
	}
}
