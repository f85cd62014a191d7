package eventlog

import "time"

// Verdict says how a case stands against its due time.
type Verdict uint8

// The verdicts.
const (
	NoDue  Verdict = iota // the log gives no due time
	Open                  // due, but the log gives no end
	OnTime                // ended at or before the due time
	Late                  // ended after it
)

var verdictNames = [...]string{"no_due", "open", "on_time", "late"}

// String is the verdict as the JSON output names it.
func (v Verdict) String() string { return verdictNames[v] }

// Judge is the verdict of a due and an end time, by instant or by local day.
func Judge(due, end time.Time, byDay bool) Verdict {
	switch {
	case due.IsZero():
		return NoDue
	case end.IsZero():
		return Open
	case byDay && localDate(end) > localDate(due), !byDay && end.After(due):
		return Late
	}
	return OnTime
}

// Reason says why the events of a case tell something else than its planned and actual end.
type Reason string

// The reasons. A case has at most one of the first four; the fifth stands beside them.
const (
	ReasonNoEnd          Reason = "no_end"           // the log records no actual end: still open when it was drawn
	ReasonEndedAfterLog  Reason = "ended_after_log"  // late by its recorded end, but the log's last event is in time: the log holds only a part of the process
	ReasonEventsAfterEnd Reason = "events_after_end" // in time by its recorded end, but events after the due time were recorded
	ReasonOpenOverdue    Reason = "open_overdue"     // no actual end, and the last event is after the due time
	ReasonSameDay        Reason = "same_day"         // late by the hour only: ended on the due day
)

// Reasons lists them in the order of the report.
var Reasons = []Reason{ReasonNoEnd, ReasonOpenOverdue, ReasonEndedAfterLog, ReasonEventsAfterEnd, ReasonSameDay}

// Compare gives the verdict of the recorded end, the verdict of the events alone (their last one taken
// as the end), and why they differ; no reasons when they agree.
func (c *Case) Compare(byDay bool) (recorded, events Verdict, reasons []Reason) {
	last := c.Last()
	recorded, events = Judge(c.Due, c.Finished, byDay), Judge(c.Due, last, byDay)
	switch {
	case recorded == NoDue:
		return recorded, events, nil
	case recorded == Open && events == Late:
		reasons = append(reasons, ReasonOpenOverdue)
	case recorded == Open:
		reasons = append(reasons, ReasonNoEnd)
	case recorded == Late && events == OnTime:
		reasons = append(reasons, ReasonEndedAfterLog)
	case recorded == OnTime && events == Late:
		reasons = append(reasons, ReasonEventsAfterEnd)
	}
	if recorded == Late && localDate(c.Finished) <= localDate(c.Due) {
		reasons = append(reasons, ReasonSameDay)
	}
	return recorded, events, reasons
}

// Lateness sums the verdicts of a log up.
type Lateness struct {
	Late, OnTime, Open, NoDue int
	Agree                     int // cases whose events and recorded ends give the same verdict
	Exceptions                map[Reason]int
}

func (l *Lateness) add(c *Case, byDay bool) {
	recorded, events, reasons := c.Compare(byDay)
	switch recorded {
	case Late:
		l.Late++
	case OnTime:
		l.OnTime++
	case Open:
		l.Open++
	case NoDue:
		l.NoDue++
		return
	}
	if recorded == events {
		l.Agree++
	}
	for _, r := range reasons {
		if l.Exceptions == nil {
			l.Exceptions = map[Reason]int{}
		}
		l.Exceptions[r]++
	}
}
