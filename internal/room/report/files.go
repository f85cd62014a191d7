package report

import (
	"encoding/json"
	"io"
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/lang"
)

// FileName is the same for the same report: regime, period and unit.
func (rep *Report) FileName() string { return FileName(rep.Regime.ID, rep.Period.Code, rep.Unit) }

// FileName is the name of a report's files without their ending.
func FileName(regime, period, unit string) string {
	name := regime + "-" + period
	if unit != "" {
		name += "-" + unit
	}
	return strings.NewReplacer("/", "-", "..", "_").Replace(name)
}

// figureJSON is one number of the report, as a program reads it.
type figureJSON struct {
	Ref       string          `json:"ref"`
	Indicator string          `json:"indicator"`
	Part      indicator.Part  `json:"part"`
	Period    string          `json:"period"`
	Value     indicator.Value `json:"value"`
}

// WriteJSON writes the report's numbers with what each is bound to, and the sums that do not hold.
func (rep *Report) WriteJSON(w io.Writer) error {
	out := struct {
		Regime        string        `json:"regime"`
		Period        string        `json:"period"`
		Unit          string        `json:"unit"`
		KnownAt       int64         `json:"known_at"`
		Subject       string        `json:"subject"`
		Label         string        `json:"label,omitempty"` // such as the word that the data is a sample
		Figures       []figureJSON  `json:"figures"`
		Discrepancies []Discrepancy `json:"discrepancies"`
	}{rep.Regime.ID, rep.Period.Code, rep.Unit, rep.KnownAt, rep.Subject, rep.Agency.Label, []figureJSON{}, rep.Discrepancies}
	for _, f := range frozenFigures(rep) {
		out.Figures = append(out.Figures, figureJSON(f))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(out)
}

// Sentence says what changed and which events did it.
func (x Change) Sentence(r *Room, c *lang.Catalog, tag lang.Tag) string {
	def, _ := r.figures.Definitions().Get(x.Indicator)
	blank := c.T(tag, "report.blank")
	show := func(v indicator.Value) string {
		if v == indicator.NoValue {
			return blank
		}
		return lang.Decimal(tag, int64(v))
	}
	var events []string
	for _, rec := range x.Records {
		events = append(events, c.T(tag, "report.change_event", "position", rec.Position, "on", rec.On.Format(tag), "label", rec.Label))
	}
	return c.T(tag, "report.change_sentence", "title", def.Title.In(tag), "period", x.Period, "was", show(x.Value), "now", show(x.Now), "events", strings.Join(events, "; "))
}
