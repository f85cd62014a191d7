package dossier

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// What is said about a dossier stands in a stream of its own: a comment is no step, and who has a form open must
// not be told that the dossier changed.
const (
	talkPrefix     = "talk/dossier/"
	kindCommented  = "comment.added"
	kindLinked     = "link.added"
	kindUnlinked   = "link.removed"
	maxLinkedCodes = 50
)

// Comment is a remark on a dossier.
type Comment struct {
	Position int64     `json:"-"`
	At       time.Time `json:"-"`
	Actor    string    `json:"-"`
	Dossier  string    `json:"dossier"`
	Text     string    `json:"text"`
	Mentions []string  `json:"mentions,omitempty"` // accounts
}

// Link joins two dossiers.
type Link struct {
	Dossier string `json:"dossier"`
	Other   string `json:"other"`
	Note    string `json:"note,omitempty"`
}

// Talk is what was said around a dossier.
type Talk struct {
	Comments []Comment // oldest first
	Links    []Link
}

// Talk reads the comments and links of a dossier.
func (e *Engine) Talk(ctx context.Context, code string) (Talk, error) {
	var t Talk
	events, err := e.ledger.Stream(ctx, talkPrefix+code)
	if err != nil {
		return t, err
	}
	for i := range events {
		ev := &events[i]
		var l Link
		switch ev.Kind {
		case kindCommented:
			c := Comment{Position: ev.Position, At: ev.RecordedAt, Actor: ev.Actor}
			if err := decode(ev.Data, &c); err != nil {
				return t, err
			}
			t.Comments = append(t.Comments, c)
			continue
		case kindLinked, kindUnlinked:
			if err := decode(ev.Data, &l); err != nil {
				return t, err
			}
		}
		t.Links = slices.DeleteFunc(t.Links, func(old Link) bool { return old.Other == l.Other })
		if ev.Kind == kindLinked {
			t.Links = append(t.Links, l)
		}
	}
	return t, nil
}

// mention is an account named in a text.
var mention = regexp.MustCompile(`(?:^|[^\p{L}\p{N}@])@([a-z][a-z0-9._-]{1,39})`)

// Comment records a remark and gives it with the accounts it mentions among those that known accepts. Errors:
// fault.NotFound, fault.Invalid "dossier.empty_comment", fault.TooLarge.
func (e *Engine) Comment(ctx context.Context, code, text, actor string, known func(account string) bool) (Comment, error) {
	c := Comment{Dossier: code, Text: strings.TrimSpace(text), Actor: actor}
	switch {
	case c.Text == "":
		return c, fault.New(fault.Invalid, "dossier.empty_comment")
	case len(c.Text) > maxNote:
		return c, fault.New(fault.TooLarge, "dossier.note_long", "limit", maxNote)
	}
	d, err := e.Get(ctx, code)
	if err != nil {
		return c, err
	}
	for _, m := range mention.FindAllStringSubmatch(c.Text, -1) {
		account := strings.TrimRight(m[1], ".-_") // the end of a sentence is no part of a name
		if known(account) && !slices.Contains(c.Mentions, account) {
			c.Mentions = append(c.Mentions, account)
		}
	}
	receipts, err := e.opts.Append(ctx, e.talk(d, actor, kindCommented, c))
	if err == nil {
		c.Position = receipts[0].Position
	}
	return c, err
}

func (e *Engine) talk(d *Dossier, actor, kind string, data any) ledger.Command {
	return ledger.Command{Stream: talkPrefix + d.Code, Expect: ledger.AnyVersion, Actor: actor, Unit: d.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: e.today(), Data: data}}}
}

// Link joins two dossiers, on both their pages. Errors: fault.NotFound; fault.Invalid "dossier.self_link",
// "dossier.many_links".
func (e *Engine) Link(ctx context.Context, code, other, note, actor string) error {
	t, err := e.Talk(ctx, code)
	if err != nil {
		return err
	}
	if len(t.Links) >= maxLinkedCodes {
		return fault.New(fault.Invalid, "dossier.many_links", "limit", maxLinkedCodes)
	}
	return e.both(ctx, code, other, note, actor, kindLinked)
}

// Unlink takes the link between two dossiers away.
func (e *Engine) Unlink(ctx context.Context, code, other, actor string) error {
	return e.both(ctx, code, other, "", actor, kindUnlinked)
}

func (e *Engine) both(ctx context.Context, code, other, note, actor, kind string) error {
	if code == other {
		return fault.New(fault.Invalid, "dossier.self_link", "code", code)
	}
	note = strings.TrimSpace(note)
	if len(note) > maxNote {
		return fault.New(fault.TooLarge, "dossier.note_long", "limit", maxNote)
	}
	a, err := e.Get(ctx, code)
	if err != nil {
		return err
	}
	b, err := e.Get(ctx, other)
	if err != nil {
		return err
	}
	_, err = e.opts.Append(ctx, e.talk(a, actor, kind, Link{code, other, note}), e.talk(b, actor, kind, Link{other, code, note}))
	return err
}
