package campaign

import (
	"encoding/json"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
)

// The streams: campaign/<id>, and campaign-part/<id>/<unit>.
const (
	prefix     = "campaign/"
	partPrefix = "campaign-part/"
)

// The facts of a campaign and of its parts.
const (
	kindOpened    = "campaign.opened"
	kindWritten   = "campaign.section_written"
	kindSettled   = "campaign.double_settled"
	kindGap       = "campaign.gap_explained"
	kindAsked     = "campaign.comments_asked"
	kindCommented = "campaign.commented"
	kindAnswered  = "campaign.comment_answered"
	kindSigned    = "campaign.signed"
	kindReopened  = "campaign.reopened"
	kindNumbered  = "campaign.numbered"
	kindIssued    = "campaign.issued"
	kindCancelled = "campaign.cancelled"

	kindPartAsked = "campaign.part_asked"
	kindSaved     = "campaign.part_saved"
	kindSubmitted = "campaign.part_submitted"
	kindReturned  = "campaign.part_returned"
)

// fact is the union of the data of a campaign's events; each uses the few fields that it is about.
type fact struct {
	Campaign   *Campaign   `json:"campaign,omitempty"` // opened
	Section    string      `json:"section,omitempty"`
	Text       string      `json:"text,omitempty"`
	Key        string      `json:"key,omitempty"`
	Settlement *Settlement `json:"settlement,omitempty"`
	Gap        *GapWord    `json:"gap,omitempty"`
	Round      *Round      `json:"round,omitempty"`
	Comment    *Comment    `json:"comment,omitempty"`
	Index      int         `json:"index,omitempty"` // of the comment, from 1
	Signature  *Signature  `json:"signature,omitempty"`
	Number     string      `json:"number,omitempty"`
	Frozen     *Frozen     `json:"frozen,omitempty"`
	Reason     string      `json:"reason,omitempty"`
}

// partFact is the data of a part's events: the part after it where figures were submitted, else what was written.
type partFact struct {
	Title   string   `json:"title,omitempty"` // asked: of the campaign
	Part    *Part    `json:"part,omitempty"`
	Entered *Entered `json:"entered,omitempty"`
	Reason  string   `json:"reason,omitempty"`
}

func stream(id string) string           { return prefix + id }
func partStream(id, unit string) string { return partPrefix + id + "/" + unit }

// splitPart is the reverse of partStream.
func splitPart(s string) (id, unit string, ok bool) {
	rest, ok := strings.CutPrefix(s, partPrefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, "/")
}

// apply makes an event part of the campaign.
func (c *Campaign) apply(e *ledger.Event) error {
	var f fact
	if err := json.Unmarshal(e.Data, &f); err != nil {
		return err
	}
	if e.Kind == kindOpened {
		*c = *f.Campaign
	}
	c.Version, c.Position = e.Version, e.Position
	switch e.Kind {
	case kindWritten:
		if c.Sections == nil {
			c.Sections = map[string]string{}
		}
		c.Sections[f.Section] = f.Text
	case kindSettled:
		if c.Settled == nil {
			c.Settled = map[string]Settlement{}
		}
		c.Settled[f.Key] = *f.Settlement
	case kindGap:
		if c.Gaps == nil {
			c.Gaps = map[string]GapWord{}
		}
		c.Gaps[f.Key] = *f.Gap
	case kindAsked:
		c.Stage, c.Round = Commenting, f.Round
	case kindCommented:
		c.Comments = append(c.Comments, *f.Comment)
	case kindAnswered:
		if f.Index >= 1 && f.Index <= len(c.Comments) {
			c.Comments[f.Index-1].Answer = f.Text
		}
	case kindSigned:
		c.Stage, c.Signed = Signed, f.Signature
	case kindReopened:
		c.Stage, c.Signed, c.Reason = Collecting, nil, f.Reason
	case kindNumbered:
		c.Number = f.Number
	case kindIssued:
		c.Stage, c.Frozen = Issued, f.Frozen
	case kindCancelled:
		c.Stage, c.Reason = Cancelled, f.Reason
	}
	return nil
}

// apply makes an event part of the unit's part.
func (p *Part) apply(e *ledger.Event) error {
	var f partFact
	if err := json.Unmarshal(e.Data, &f); err != nil {
		return err
	}
	switch e.Kind {
	case kindPartAsked:
		*p = *f.Part
		p.Stage, p.On = Waiting, calendar.NoDate
	case kindSaved:
		p.Entered = *f.Entered
	case kindSubmitted:
		*p = *f.Part
		p.Stage, p.On, p.By, p.Reason = Submitted, e.EffectiveOn, e.Actor, ""
	case kindReturned:
		p.Stage, p.Reason = Returned, f.Reason
	}
	p.Version, p.Position = e.Version, e.Position
	return nil
}
