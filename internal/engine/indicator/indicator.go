// Package indicator (chỉ tiêu, số liệu) computes figures from dated events: how many, how much, what share,
// for which unit, in which period, as of which day and as it was known at which ledger position.
//
// It owns the definitions of indicators, the columns in memory that answer them, the snapshot file of
// those columns, and the way back from a figure to the events that made it. It does not own the events
// (package ledger does), nor the layout in which figures are printed (room report does).
//
// Six types of indicator:
//
//   - flow (phát sinh): events that happened; opening is everything before the period, arising is inside it,
//     closing is the two together.
//   - stock (tồn): events that add and events that take away; closing is what is left.
//   - sum (tổng): an amount carried by events, or the sum of other indicators (parts).
//   - ratio (tỷ lệ): one indicator over another, scaled and rounded by the one rounding rule.
//   - distinct (số đối tượng khác nhau): how many different values an expression takes.
//   - manual (nhập tay): what somebody recorded for that period; the last record holds.
//
// Any indicator may also have an estimate (ước) and a target (chỉ tiêu giao), recorded or defined apart
// from the actual figure and never mixed with it.
package indicator

import (
	"trucot/internal/kernel/calendar"
)

// Type says how an indicator is computed.
type Type string

// The types.
const (
	Flow     Type = "flow"
	Stock    Type = "stock"
	Sum      Type = "sum"
	Ratio    Type = "ratio"
	Distinct Type = "distinct"
	Manual   Type = "manual"
)

// Part names one of the three numbers of a figure.
type Part string

// The parts: before the period, inside it, and at its end (or at the as-of day).
const (
	Opening Part = "opening"
	Arising Part = "arising"
	Closing Part = "closing"
)

// Query says for when, as of when, as known when, and for whom.
type Query struct {
	Period calendar.Period

	// AsOf cuts the period off at an effective date, inclusive; calendar.NoDate (or any day after the
	// period) means the period's end.
	AsOf calendar.Date

	// KnownAt is the last ledger position that counts, so that a figure can be asked for as it stood when
	// a report was signed; 0 is everything recorded so far.
	KnownAt int64

	// Units limits to these units; nil is all. The caller expands subtrees.
	Units []string

	// Part chooses what a drill-down lists; empty is Arising.
	Part Part
}

// end is the last effective date that counts.
func (q Query) end() calendar.Date {
	if q.AsOf != calendar.NoDate && q.AsOf < q.Period.To {
		return q.AsOf
	}
	return q.Period.To
}

// Figure is one indicator for one unit (or for the units of the query together).
//
// For flow, stock and sum: Closing = Opening + Arising, where Opening is everything effective before the
// period. For distinct the three are counted apart and do not add up. For ratio each is the ratio of that
// part, except that Arising takes a stock's closing. For manual: Arising is the value recorded for exactly
// this period, Opening the one of the period before, Closing equals Arising.
type Figure struct {
	Indicator string `json:"indicator"`
	Unit      string `json:"unit"`
	Opening   Value  `json:"opening"`
	Arising   Value  `json:"arising"`
	Closing   Value  `json:"closing"`
	Estimate  Value  `json:"estimate"`
	Target    Value  `json:"target"`
}

// Get is the part of the figure.
func (f Figure) Get(p Part) Value {
	switch p {
	case Opening:
		return f.Opening
	case Closing:
		return f.Closing
	}
	return f.Arising
}

// Empty reports whether the figure says nothing: every number is absent or zero.
func (f Figure) Empty() bool {
	for _, v := range []Value{f.Opening, f.Arising, f.Closing, f.Estimate, f.Target} {
		if v != NoValue && v != 0 {
			return false
		}
	}
	return true
}
