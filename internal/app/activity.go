package app

import (
	"strings"
	"sync"

	"trucot/internal/room/activity"
)

// openActivities opens the book of work; the kinds of work are read when somebody first asks.
func (a *App) openActivities(o Options) {
	kinds := sync.OnceValues(func() (*activity.Kinds, error) { return activity.Load(Definitions(o.Data)) })
	a.Activities = activity.New(a.Ledger, a.DB, kinds, activity.Options{Clock: o.Clock, Indicators: a.Indicators.Definitions()})
}

// notEntered tells the indicators of which nothing is entered in the units' book: cells of forms, which come from the forms, and the
// Party's, which its own register keeps.
func (a *App) notEntered() func(id string) bool {
	cells := sync.OnceValue(func() map[string]bool {
		out := map[string]bool{}
		for _, d := range a.Reports.Forms.Definitions() {
			out[d.ID] = true
		}
		return out
	})
	return func(id string) bool { return strings.HasPrefix(id, "party.") || cells()[id] }
}
