package councils

import (
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/council"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// say is a text in a language: of the reader for a page, Vietnamese for an official paper.
type say func(key string, args ...any) string

// verdict is the council's result in a few words.
func verdict(v *web.View, c *council.Council) string {
	o := c.Winner()
	if o == nil {
		return ""
	}
	return outcomeWords(v.T, v.Lang, c, *o)
}

// outcomeWords says one file's result: the mean, the level, the share.
func outcomeWords(t say, tag lang.Tag, c *council.Council, o council.Outcome) string {
	word := t("councils.failed")
	if o.Passed {
		word = t("councils.passed")
	}
	switch c.Rules.Ballot.Kind {
	case council.Score:
		if o.Zero != "" {
			return t("councils.out_zero", "mean", points(tag, o.Final), "criterion", criterionLabel(c, o.Zero, tag))
		}
		return t("councils.out_score", "mean", points(tag, o.Final), "word", word) + standing(t, c, o)
	case council.Rating:
		return levelLabel(c, o.Level, tag)
	}
	return t("councils.out_share", "for", o.For, "base", c.Base, "percent", percent(tag, o.For, c.Base), "word", word)
}

// standing says of one of several applications whether it wins, or that this is not decided yet.
func standing(t say, c *council.Council, o council.Outcome) string {
	switch w := c.Winner(); {
	case c.Rules.Winner == "" || len(c.Files) < 2 || o.Rank != 1:
		return ""
	case c.TieOpen():
		return ", " + t("councils.tie_awaits")
	case w.File == o.File:
		return ", " + t("councils.wins")
	}
	return ""
}

// tieWords tells how files of equal score were ordered: by which criterion, or that none parts them, who decides and, once
// decided, how.
func tieWords(t say, tag lang.Tag, c *council.Council) []string {
	var out []string
	ranked := slices.Clone(c.Outcomes)
	slices.SortStableFunc(ranked, func(a, b council.Outcome) int { return a.Rank - b.Rank })
	for i, o := range ranked {
		if o.Over != "" && i+1 < len(ranked) {
			out = append(out, t("councils.tie_broken", "a", fileLabel(c, o.File), "b", fileLabel(c, ranked[i+1].File), "mean", points(tag, o.Final), "rule", tieLabel(c, o.Over, tag)))
		}
	}
	tied := c.Tie()
	if len(tied) == 0 {
		return out
	}
	var names, rules []string
	for _, id := range tied {
		names = append(names, fileLabel(c, id))
	}
	for _, tie := range c.Rules.Ballot.TieBreaks {
		rules = append(rules, tieLabel(c, tie.ID, tag))
	}
	out = append(out, t("councils.tie_stands", "files", strings.Join(names, "; "), "mean", points(tag, ranked[slices.IndexFunc(ranked, func(o council.Outcome) bool { return o.Rank == 1 })].Final), "rules", strings.Join(rules, "; ")))
	who := t("councils.tie_by_head")
	if u := c.Rules.Ballot.Undecided; u != nil {
		if who = u.Label.In(tag); u.Verify {
			who += " (" + t("councils.verify") + ")"
		}
	}
	s := c.Settled
	if s == nil {
		return append(out, t("councils.tie_undecided", "who", who))
	}
	paper := ""
	if s.Decision != "" {
		paper = t("councils.tie_by_paper", "decision", s.Decision)
	}
	return append(out, t("councils.tie_decided", "who", who, "file", fileLabel(c, s.File), "paper", paper, "on", s.On.Written(), "reason", s.Reason))
}

func tieLabel(c *council.Council, id string, tag lang.Tag) string {
	for _, tie := range c.Rules.Ballot.TieBreaks {
		if tie.ID == id {
			return tie.Label.In(tag)
		}
	}
	return id
}

// percent is a share with at most one decimal, as people read it.
func percent(tag lang.Tag, part, whole int) string {
	if whole == 0 {
		return "0"
	}
	return lang.Decimal(tag, int64(part)*1000/int64(whole)*100)
}

func levelLabel(c *council.Council, id string, tag lang.Tag) string {
	for _, l := range c.Rules.Ballot.Levels {
		if l.ID == id {
			return l.Label.In(tag)
		}
	}
	return id
}

func criterionLabel(c *council.Council, id string, tag lang.Tag) string {
	for _, k := range c.Rules.Ballot.Criteria {
		if k.ID == id {
			return k.Label.In(tag)
		}
	}
	return id
}

func fileLabel(c *council.Council, id string) string {
	for _, f := range c.Files {
		if f.ID == id {
			return f.Label
		}
	}
	return id
}

// markWords says what a ballot says of a file, for its review.
func markWords(t say, tag lang.Tag, c *council.Council, m council.Mark) string {
	switch {
	case m.Blank:
		return t("councils.blank_mark")
	case c.Rules.Ballot.Kind == council.Score:
		return t("councils.points", "n", points(tag, total(m)))
	case c.Rules.Ballot.Kind == council.Rating:
		return levelLabel(c, m.Choice, tag)
	case c.Rules.Ballot.Kind == council.Criteria:
		if total(m) == int64(len(c.Rules.Ballot.Criteria)) {
			return t("councils.carry_out")
		}
		return t("councils.not_carry_out")
	}
	return t("council.choice_" + m.Choice)
}

// rule says in a sentence how the ballot is counted.
func rule(t say, tag lang.Tag, c *council.Council) string {
	b := &c.Rules.Ballot
	switch b.Kind {
	case council.Score:
		text := t("councils.rule_score", "pass", points(tag, b.Pass))
		if b.Outlier > 0 {
			text += " " + t("councils.rule_outlier", "n", b.Outlier)
		}
		if b.ZeroVeto != nil {
			text += " " + t("councils.rule_zero", "share", b.ZeroVeto.String())
		}
		if b.Bonus > 0 {
			text += " " + t("councils.rule_bonus", "n", b.Bonus, "from", points(tag, b.BonusFrom), "when", b.BonusWhen.In(tag))
		}
		return text
	case council.Rating:
		text := t("councils.rule_rating")
		for _, l := range b.Levels {
			switch {
			case l.AtLeast != nil:
				text += " " + t("councils.rule_level_least", "level", l.Label.In(tag), "share", l.AtLeast.String())
				for _, id := range l.NoneOf {
					text += " " + t("councils.rule_level_none", "level", levelLabel(c, id, tag))
				}
			case l.More != nil:
				text += " " + t("councils.rule_level_more", "level", l.Label.In(tag), "share", l.More.String())
			default:
				text += " " + t("councils.rule_level_else", "level", l.Label.In(tag))
			}
		}
		return text
	}
	key := "councils.rule_least"
	if b.Strict {
		key = "councils.rule_more"
	}
	base := t("councils.base_present")
	if b.Total {
		base = t("councils.base_total")
	}
	text := t(key, "share", shareWords(b.Share), "base", base)
	if b.Kind == council.Criteria {
		text = t("councils.rule_all") + " " + text
	}
	return text
}

// shareWords writes 3/4, and eighty of a hundred as 80%.
func shareWords(s council.Share) string {
	if s.Den == 100 {
		return strconv.Itoa(s.Num) + "%"
	}
	return s.String()
}

// votes says how the ballots of one file fell out.
func votes(t say, tag lang.Tag, c *council.Council, o council.Outcome) string {
	text := ""
	add := func(s string) {
		if text != "" {
			text += "; "
		}
		text += s
	}
	switch b := &c.Rules.Ballot; b.Kind {
	case council.Score:
		add(t("councils.n_valid", "n", len(o.Totals)))
		if o.Void > 0 {
			add(t("councils.n_void", "n", o.Void))
		}
		if o.Final != o.Mean {
			add(t("councils.with_bonus", "mean", points(tag, o.Mean), "final", points(tag, o.Final)))
		}
	case council.Rating:
		for _, l := range b.Levels {
			add(l.Label.In(tag) + " " + strconv.Itoa(o.Counts[l.ID]))
		}
	case council.Criteria:
		add(t("councils.carry_out") + " " + strconv.Itoa(o.For))
		add(t("councils.not_carry_out") + " " + strconv.Itoa(c.Cast-o.Blank-o.For))
	default:
		add(t("council.choice_yes") + " " + strconv.Itoa(o.Counts[council.Yes]))
		add(t("council.choice_no") + " " + strconv.Itoa(o.Counts[council.No]))
	}
	if o.Blank > 0 {
		add(t("councils.n_blank", "n", o.Blank))
	}
	return text
}
