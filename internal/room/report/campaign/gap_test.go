package campaign_test

import (
	"fmt"
	"strings"
	"testing"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/report/campaign"
	"trucot/internal/testing/storetest"
)

// Every thousandth of a gap has a cause: the pieces add up to it whatever the records and the parts do.
func TestAGapIsExplainedByItsRecordsOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		own := o.record(t, "qlkh", "2025-03-03", 3, "")
		o.record(t, "qlcn", "2025-03-04", 2, "")
		o.record(t, "tdc", "2025-03-05", 1, "")
		c := o.open(t, campaign.Opening{AsOf: calendar.NoDate, Due: calendar.NoDate, DueBy: calendar.NoDate})
		for u, claims := range map[string][]string{"qlkh": nil, "qlcn": {campaign.Key(own)}, "tdc": nil} {
			_, err := o.Save(o.ctx, c.ID, u, entered(row(indicator.NoValue, indicator.NoValue, "Mới làm từ năm nay", claims...)), by)
			must(t, err)
		}
		o.handIn(t, c.ID, "qlkh", "qlcn", "tdc", "ktdl")
		o.record(t, "tdc", "2025-03-06", 5, "") // late entry
		o.record(t, "so", "2025-03-07", 7, "")  // of nobody who was asked
		x, err := o.Consolidate(o.ctx, c.ID, 0)
		must(t, err)
		got := pieces(t, o, x)
		want := "outside so 7; afterward tdc 5; double qlcn,qlkh -3"
		if got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
		_, err = o.ExplainGap(o.ctx, c.ID, articles, " ", by)
		refused(t, err, "campaign.no_reason")
		_, err = o.ExplainGap(o.ctx, c.ID, "mission.accepted", "không có", by)
		refused(t, err, "campaign.no_gap")
		c, err = o.ExplainGap(o.ctx, c.ID, articles, "Chi cục nộp bổ sung kỳ sau", by)
		must(t, err)
		x, err = o.Consolidate(o.ctx, c.ID, 0)
		must(t, err)
		if w, current := x.Word(articles); w == nil || !current || w.Reason != "Chi cục nộp bổ sung kỳ sau" || w.Apart != indicator.Of(9) {
			t.Errorf("%+v %v", w, current)
		}
		p, err := o.Paper(o.ctx, c.ID)
		must(t, err)
		for _, f := range p.Figures {
			if f.Indicator == articles && f.Gap != "Chi cục nộp bổ sung kỳ sau" {
				t.Errorf("the paper says %q", f.Gap)
			}
		}
		_, err = o.Settle(o.ctx, c.ID, x.Doubles[0].Key(), "qlkh", "chủ trì", by)
		must(t, err)
		x, err = o.Consolidate(o.ctx, c.ID, 0)
		must(t, err)
		if _, current := x.Word(articles); current {
			t.Error("a word about another gap still holds")
		}
		if got := pieces(t, o, x); got != "outside so 7; afterward tdc 5" {
			t.Error(got)
		}
		_, err = o.Return(o.ctx, c.ID, "qlkh", "xem lại", by)
		must(t, err)
		x, err = o.Consolidate(o.ctx, c.ID, 0)
		must(t, err)
		if got := pieces(t, o, x); !strings.Contains(got, "afterward tdc 5") || strings.Contains(got, "unknown") {
			t.Error(got)
		}
	})
}

// pieces are the causes of the articles' gap, which must add up to it.
func pieces(t *testing.T, o *office, x *campaign.Consolidated) string {
	t.Helper()
	list, err := o.Gap(o.ctx, x, articles)
	must(t, err)
	var sum indicator.Value
	var out []string
	for _, p := range list {
		sum += p.Value
		out = append(out, fmt.Sprintf("%s %s %d", p.Cause, strings.Join(p.Units, ","), p.Value/indicator.One))
	}
	if sum != x.Sum(articles).Apart() {
		t.Errorf("the pieces make %d of %d", sum, x.Sum(articles).Apart())
	}
	return strings.Join(out, "; ")
}
