// Package schedule (lịch công tác của lãnh đạo) is the work calendar of the leaders: who chairs what, where and when, who
// comes, who prepares. It owns the items, the publishing of a week by the office, what changed after it, and the secret
// addresses by which a person's calendar programme reads.
//
// It does not own the tasks that come out of a meeting, nor who may see what: the pages ask package people.
package schedule

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Item (mục lịch) is one thing that leaders do at a time.
type Item struct {
	ID        string        `json:"id"`
	Unit      string        `json:"unit"` // keeps it; its side is the item's
	Side      people.Side   `json:"side"`
	On        calendar.Date `json:"on"`
	Start     string        `json:"start"`         // "08:00", local time
	End       string        `json:"end,omitempty"` // empty = open
	Content   string        `json:"content"`
	Place     string        `json:"place"`
	Chair     string        `json:"chair"`               // account
	People    []string      `json:"people,omitempty"`    // accounts that take part
	Units     []string      `json:"units,omitempty"`     // units that send somebody
	Others    string        `json:"others,omitempty"`    // who is of neither
	Prepares  string        `json:"prepares,omitempty"`  // unit that prepares
	Materials string        `json:"materials,omitempty"` // what is laid before the meeting
	Cancelled bool          `json:"cancelled,omitempty"` //
	Reason    string        `json:"reason,omitempty"`    // of the last change after publishing, or of the cancelling
	Shown     *Item         `json:"-"`                   // as it was published last; nil before
	Version   int64         `json:"-"`                   // of its stream
}

// Change is how an item differs from what was published.
type Change string

// The changes. Draft is an item that its week's publishing has not reached yet.
const (
	Same      Change = "same"
	Draft     Change = "draft"
	Added     Change = "added" // after its week was published
	Changed   Change = "changed"
	Cancelled Change = "cancelled"
)

// Change tells how the item differs from what was published; published says whether its week was.
func (i *Item) Change(published bool) Change {
	switch {
	case i.Cancelled:
		return Cancelled
	case i.Shown == nil && published:
		return Added
	case i.Shown == nil:
		return Draft
	case !i.equal(i.Shown):
		return Changed
	}
	return Same
}

// equal compares what readers of the sheet see.
func (i *Item) equal(j *Item) bool {
	return i.On == j.On && i.Start == j.Start && i.End == j.End && i.Content == j.Content && i.Place == j.Place && i.Chair == j.Chair &&
		slices.Equal(i.People, j.People) && slices.Equal(i.Units, j.Units) && i.Others == j.Others && i.Prepares == j.Prepares && i.Materials == j.Materials
}

// Clashes lists, for each item by id, those whom it needs at a time when another item needs them too.
func Clashes(items []*Item) map[string][]string {
	out := map[string][]string{}
	for i, a := range items {
		for _, b := range items[i+1:] {
			if a.On != b.On || a.Cancelled || b.Cancelled || !overlap(a, b) {
				continue
			}
			for _, who := range a.needs() {
				if slices.Contains(b.needs(), who) {
					out[a.ID], out[b.ID] = append(out[a.ID], who), append(out[b.ID], who)
				}
			}
		}
	}
	return out
}

// overlap compares times as text, which "hh:mm" allows; without an end an item meets only what holds its start.
func overlap(a, b *Item) bool {
	end := func(i *Item) string {
		if i.End == "" {
			return i.Start + "+" // just after
		}
		return i.End
	}
	return a.Start < end(b) && b.Start < end(a)
}

func (i *Item) needs() []string {
	if slices.Contains(i.People, i.Chair) {
		return i.People
	}
	return append([]string{i.Chair}, i.People...)
}

// Concerns reports whether a person is expected: in the chair, by name, or as one of a unit.
func (i *Item) Concerns(account string, units []string) bool {
	return slices.Contains(i.needs(), account) || slices.ContainsFunc(i.Units, func(u string) bool { return slices.Contains(units, u) })
}

// Week is a week from Monday to Sunday.
type Week struct{ Monday calendar.Date }

// WeekOf is the week of a day.
func WeekOf(d calendar.Date) Week { return Week{d - calendar.Date((int(d.Weekday())+6)%7)} }

// ParseWeek reads "2025-W50", the number by ISO 8601. Error: schedule.bad_week.
func ParseWeek(text string) (Week, error) {
	var year, n int
	if _, err := fmt.Sscanf(text, "%4d-W%2d", &year, &n); err == nil && year > 1900 && n >= 1 {
		w := WeekOf(calendar.Of(year, time.January, 4)) // always in the first week
		w.Monday += calendar.Date(7 * (n - 1))
		if w.Code() == text {
			return w, nil
		}
	}
	return Week{}, fault.New(fault.Invalid, "schedule.bad_week", "text", text)
}

// Code is the week as "2025-W50".
func (w Week) Code() string {
	y, n := w.Monday.Time().ISOWeek()
	return fmt.Sprintf("%04d-W%02d", y, n)
}

// Number is the week's number in its year.
func (w Week) Number() int { _, n := w.Monday.Time().ISOWeek(); return n }

// Sunday is the week's last day.
func (w Week) Sunday() calendar.Date { return w.Monday + 6 }

// Options of a Book.
type Options struct {
	Clock func() time.Time // time.Now when nil
}

// Book is the work calendar of one agency.
type Book struct {
	l    *ledger.Ledger
	db   *store.DB
	who  *people.People
	opts Options
}

// New makes the book. The ledger must run Fold.
func New(l *ledger.Ledger, db *store.DB, who *people.People, o Options) *Book {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Book{l, db, who, o}
}

func (b *Book) today() calendar.Date { return calendar.OfTime(b.opts.Clock()) }

// check completes an item and refuses what cannot stand in a calendar. Errors: schedule.no_content, schedule.no_chair,
// schedule.bad_time, schedule.end_before, schedule.unknown_person, schedule.other_side, those of people.Unit.
func (b *Book) check(ctx context.Context, i *Item) error {
	i.Content, i.Place, i.Others, i.Materials, i.Reason = strings.TrimSpace(i.Content), strings.TrimSpace(i.Place), strings.TrimSpace(i.Others), strings.TrimSpace(i.Materials), strings.TrimSpace(i.Reason)
	if i.Content == "" {
		return fault.New(fault.Invalid, "schedule.no_content")
	}
	if i.Chair == "" {
		return fault.New(fault.Invalid, "schedule.no_chair")
	}
	for _, at := range []string{i.Start, i.End} {
		if _, err := time.Parse("15:04", at); err != nil && (at != "" || i.Start == "") {
			return fault.New(fault.Invalid, "schedule.bad_time", "text", at)
		}
	}
	if i.End != "" && i.End <= i.Start {
		return fault.New(fault.Invalid, "schedule.end_before", "start", i.Start, "end", i.End)
	}
	u, err := b.who.Unit(ctx, i.Unit, b.today())
	if err != nil {
		return err
	}
	if i.Side != "" && i.Side != u.Side { // it would come before readers of the other side, history and all
		return fault.New(fault.Invalid, "schedule.other_side")
	}
	i.Side = u.Side
	for _, unit := range append(i.Units, i.Prepares) {
		if unit == "" {
			continue
		}
		if _, err := b.who.Unit(ctx, unit, b.today()); err != nil {
			return err
		}
	}
	return b.checkPeople(ctx, i)
}

func (b *Book) checkPeople(ctx context.Context, i *Item) error {
	all, err := b.who.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, id := range i.needs() {
		if !slices.ContainsFunc(all, func(a people.Account) bool { return a.ID == id && !a.Closed }) {
			return fault.New(fault.NotFound, "schedule.unknown_person", "account", id)
		}
	}
	return nil
}
