package report

import (
	"strconv"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Options are what the room needs of others.
type Options struct {
	Clock      func() time.Time                         // time.Now when nil
	UnitByName func(name string) (code string, ok bool) // finds a unit by the name a file gives; nil = none known
}

// Room is the report room over one agency's data.
type Room struct {
	Forms  *Forms
	ledger *ledger.Ledger
	db     *store.DB
	opts   Options
}

// New opens the room. The ledger must run Fold.
func New(l *ledger.Ledger, db *store.DB, forms *Forms, o Options) *Room {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Room{Forms: forms, ledger: l, db: db, opts: o}
}

// periodEnd is the last day of a period.
func (r *Room) periodEnd(code string) (calendar.Date, error) {
	if len(code) == 6 && code[4:] == "-S" {
		if y, err := strconv.Atoi(code[:4]); err == nil {
			return calendar.Of(y, time.December, 31), nil
		}
	}
	return calendar.NoDate, fault.New(fault.Invalid, "report.bad_period", "period", code)
}

type frozenData struct {
	Regime string `json:"regime"`
	Unit   string `json:"unit"`
	Period string `json:"period"`
}
