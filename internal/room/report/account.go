package report

import (
	"strings"

	"trucot/internal/kernel/lang"
)

// Account tells the reader of an import, line by line, what was recognised, how its numbers were read and
// what could not be placed.
func (im *Imported) Account(c *lang.Catalog, tag lang.Tag) []string {
	unit := im.UnitName
	if unit == "" {
		unit = im.Unit
	}
	if im.Blank {
		return []string{c.T(tag, "report.import_blank", "file", im.File, "form", im.Form.Number)}
	}
	lines := []string{c.T(tag, "report.import_head", "file", im.File, "form", im.Form.Number, "title", im.Form.Title[tag], "unit", unit, "code", im.Unit, "period", im.Period)}
	say := func(key string, args ...any) { lines = append(lines, "  "+c.T(tag, key, args...)) }
	say("report.import_cells", "recorded", im.Recorded, "unchanged", im.Unchanged)
	say("report.import_numbers", "how", c.T(tag, im.Numbers.Key, "sample", im.Numbers.Sample, "against", strings.Join(im.Numbers.Against, ", ")))
	if im.PeriodGuessed != "" {
		say("report.import_period_guessed", "period", im.Period, "text", im.PeriodGuessed)
	}
	for _, n := range im.Notes {
		n.Place.File = ""
		say("report.import_note", "text", c.Error(tag, n))
	}
	if n := len(im.Discrepancies); n > 0 {
		say("report.import_discrepancies", "n", n)
	} else {
		say("report.no_discrepancies")
	}
	return lines
}

// Sentence says one discrepancy: the cell, what stands there, what the parts give, and why they should
// agree.
func (d Discrepancy) Sentence(c *lang.Catalog, tag lang.Tag) string {
	found := lang.Decimal(tag, int64(d.Found))
	if found == "" {
		found = c.T(tag, "report.blank")
	}
	key := "report.discrepancy"
	if d.Blank {
		key = "report.discrepancy_not_broken_down"
	}
	difference := lang.Decimal(tag, int64(d.Difference))
	if d.Difference > 0 {
		difference = "+" + difference
	}
	return c.T(tag, key, "form", d.Form, "row", d.Row, "column", d.Column, "found", found, "expected", lang.Decimal(tag, int64(d.Expected)),
		"difference", difference, "rule", ruleIn(c, tag, d.Rule), "source", d.Source, "why", d.Why[tag])
}

// ruleIn puts the reader's words for row and column into a rule.
func ruleIn(c *lang.Catalog, tag lang.Tag, rule string) string {
	side, rest, _ := strings.Cut(rule, " ")
	return c.T(tag, "report."+side) + " " + rest
}
