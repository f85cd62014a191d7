package campaign_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/report/campaign"
)

// The load of the benchmarks: units × figures, each counted from some records, a few of which the next unit counts too.
const (
	benchUnits   = 500
	benchFigures = 200
	benchRecords = 3 // of a figure
)

// crowd is a campaign over many units, all of them in. It is laid down as the events that their parts would leave.
func crowd(b *testing.B) (*office, string) {
	b.Helper()
	o := newOffice(b, place(b))
	s, err := definitionsOnce()
	must(b, err)
	var figures []string
	for _, def := range s.figures.All() {
		if def.Type != indicator.Ratio {
			figures = append(figures, def.ID)
		}
	}
	for n := 0; len(figures) < benchFigures; n++ { // the same again, so that there are enough
		figures = append(figures, figures[n])
	}
	c := &campaign.Campaign{ID: "dong", Regime: "so-ket-6-thang", Period: "2025-H1", AsOf: calendar.NoDate, Unit: "so", Side: people.State, Title: "Đợt lớn (mẫu)", Due: day("2025-06-25"),
		Figures: figures[:benchFigures], Scope: []string{"so"}, Stage: campaign.Collecting, OpenedOn: day("2025-06-02")}
	lay(b, o, "campaign/dong", "campaign.opened", map[string]any{"campaign": c})
	for u := range benchUnits {
		unit := fmt.Sprintf("dv%03d", u)
		p := &campaign.Part{Campaign: c.ID, Asked: campaign.Asked{Unit: unit, Level: 1, Due: c.Due, Covers: []string{unit}}, Stage: campaign.Submitted, On: c.OpenedOn}
		for f, id := range c.Figures {
			l := campaign.Line{Indicator: id, Actual: indicator.Of(benchRecords), Previous: indicator.Of(2), Estimate: indicator.NoValue, Why: strings.Repeat("Giải trình mẫu. ", f%2)}
			for k := range benchRecords {
				l.Of = append(l.Of, campaign.Share{int64(len(p.Records)), 1000})
				owner := u
				if k == 0 && f%50 == 0 && u > 0 {
					owner = u - 1 // counted by the unit before, too
				}
				p.Records = append(p.Records, fmt.Sprintf("dossier/%03d-%03d-%d", owner, f, k))
			}
			p.Lines = append(p.Lines, l)
		}
		lay(b, o, "campaign-part/dong/"+unit, "campaign.part_submitted", map[string]any{"part": p})
	}
	return o, c.ID
}

func lay(b *testing.B, o *office, stream, kind string, data any) {
	b.Helper()
	raw, err := json.Marshal(data)
	must(b, err)
	_, err = o.ledger.Append(o.ctx, ledger.Command{Stream: stream, Actor: "sample", Unit: "so", Events: []ledger.NewEvent{{Kind: kind, On: day("2025-06-02"), Data: json.RawMessage(raw)}}})
	must(b, err)
}

// BenchmarkConsolidate adds up 500 units × 200 figures with their double counts.
func BenchmarkConsolidate(b *testing.B) {
	o, id := crowd(b)
	for b.Loop() {
		x, err := o.Consolidate(context.Background(), id, 0)
		must(b, err)
		if len(x.Doubles) == 0 {
			b.Fatal("nothing was added up")
		}
	}
}

// BenchmarkDocument writes the report of that campaign as DOCX: the text, the comparison, every unit's explanations.
func BenchmarkDocument(b *testing.B) {
	o, id := crowd(b)
	paper, err := o.Paper(o.ctx, id)
	must(b, err)
	var printed bytes.Buffer
	must(b, o.WritePDF(&printed, paper))
	pages := regexp.MustCompile(`/Type\s*/Page\b`).FindAllIndex(printed.Bytes(), -1)
	for b.Loop() {
		var out bytes.Buffer
		must(b, o.WriteDOCX(&out, paper))
		b.ReportMetric(float64(out.Len()), "bytes")
	}
	b.ReportMetric(float64(len(pages)), "pages")
}
