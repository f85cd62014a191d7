package activity

import (
	"context"
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
)

// Role says what an entered figure is.
type Role string

// The roles. Only an indicator that nothing else makes up takes an actual value.
const (
	Actual   Role = "actual"   // thực hiện
	Estimate Role = "estimate" // ước thực hiện
	Target   Role = "target"   // kế hoạch, chỉ tiêu
)

// Figure is a value that somebody knows.
type Figure struct {
	Indicator string
	Unit      string
	Period    string // "2021", "2021-H1"
	Role      Role
	Value     string // as a reader writes it, "1.234,5"; empty takes an earlier one back
	Note      string
}

// SetFigure records a value; the last one recorded holds, the earlier ones stay to be asked for. Errors: fault.Invalid for a number
// or a period that cannot be read, "activity.not_entered" for an actual value of a figure that comes from records.
func (b *Book) SetFigure(ctx context.Context, actor string, f Figure) error {
	d, ok := b.opts.Indicators.Get(f.Indicator)
	if !ok {
		return fault.New(fault.NotFound, "indicator.unknown", "id", f.Indicator)
	}
	if f.Role == Actual && d.Type != indicator.Manual {
		return fault.New(fault.Invalid, "activity.not_entered", "label", d.Title)
	}
	if f.Unit == "" {
		return fault.New(fault.Invalid, "activity.no_unit")
	}
	period, err := calendar.ParsePeriod(f.Period)
	if err != nil {
		return err
	}
	value, err := plain(f.Value)
	if err != nil {
		return err
	}
	kind := indicator.KindRecorded
	if f.Role == Target {
		kind = indicator.KindTarget
	}
	on := min(period.To, calendar.OfTime(b.opts.Clock()))
	_, err = b.l.Append(ctx, ledger.Command{Stream: "figure/" + f.Indicator + "/" + f.Unit + "/" + period.Code, Expect: ledger.AnyVersion, Actor: actor, Unit: f.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: on, Data: indicator.Recorded{Indicator: f.Indicator, Period: period.Code, Value: value,
			Estimate: f.Role == Estimate, Note: strings.TrimSpace(f.Note)}}}})
	return err
}

// plain is a number as a Vietnamese writes it, as the ledger keeps it.
func plain(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "", nil
	}
	n, err := lang.ParseNumber(s, lang.NumberVI)
	if err != nil {
		return "", err
	}
	return indicator.Value(n).String(), nil
}
