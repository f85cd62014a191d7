package portal

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The facts of an article.
const (
	streamPrefix = "article/"

	prefix        = "article."
	kindDrafted   = prefix + "drafted"
	kindEdited    = prefix + "edited"
	kindStepped   = prefix + "stepped"
	kindCorrected = prefix + "corrected"
)

// drafted is the data of article.drafted.
type drafted struct {
	ID      string      `json:"id"`
	Unit    string      `json:"unit"`
	Side    people.Side `json:"side"`
	Content Content     `json:"content"`
}

// edited is the data of article.edited and article.corrected.
type edited struct {
	Content Content `json:"content"`
	Note    string  `json:"note,omitempty"` // what was corrected, for everybody
}

// stepped is the data of article.stepped.
type stepped struct {
	Step      Step      `json:"step"`
	Reason    string    `json:"reason,omitempty"`
	PublishAt time.Time `json:"publish_at,omitzero"`
}

var tables = []ledger.Table{
	{Name: "portal_article", DDL: []string{
		`create table portal_article (id text primary key, unit text not null, side text not null, state text not null, lang text not null, section text not null,
			pair text not null, publish_at bigint not null, changed_at bigint not null, words text not null, head text not null, data text not null, version bigint not null) without rowid`,
		`create index portal_article_public on portal_article (state, lang, publish_at)`,
		`create index portal_article_pair on portal_article (pair)`,
	}},
	{Name: "portal_tag", DDL: []string{
		`create table portal_tag (tag text not null, article text not null, primary key (tag, article)) without rowid`,
		`create index portal_tag_article on portal_tag (article)`,
	}},
}

// Fold keeps the tables portal_article and portal_tag.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "portal", Version: 1, Tables: tables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			if strings.HasPrefix(batch[i].Stream, streamPrefix) && strings.HasPrefix(batch[i].Kind, prefix) {
				if err := apply(ctx, tx, &batch[i]); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

func apply(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	a := &Article{}
	if e.Kind != kindDrafted {
		var data string
		if err := tx.QueryRow(ctx, articleData, strings.TrimPrefix(e.Stream, streamPrefix)).Scan(&data); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(data), a); err != nil {
			return err
		}
	}
	if err := a.take(e); err != nil {
		return err
	}
	return put(ctx, tx, a, e)
}

// take changes the article by an event.
func (a *Article) take(e *ledger.Event) error {
	at := e.RecordedAt.UTC()
	switch e.Kind {
	case kindDrafted:
		var d drafted
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		*a = Article{Content: d.Content, ID: d.ID, Unit: d.Unit, Side: d.Side, State: Draft, History: []Taken{{Step: Begin, By: e.Actor, At: at}}}
	case kindEdited, kindCorrected:
		var d edited
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		a.Content = d.Content
		step := Edit
		if e.Kind == kindCorrected {
			step = Correct
			a.Corrections = append(a.Corrections, Correction{At: at, Note: d.Note})
		}
		if n := len(a.History) - 1; step == Edit && a.History[n].Step == Edit && a.History[n].By == e.Actor {
			a.History = a.History[:n] // several savings in a row are one line
		}
		a.History = append(a.History, Taken{Step: step, By: e.Actor, At: at, Reason: d.Note})
	case kindStepped:
		var d stepped
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		a.State, a.Reason = steps[d.Step].to, d.Reason
		if d.Step == Approve {
			a.PublishAt = d.PublishAt.UTC()
		}
		if d.Step == Return {
			a.PublishAt = time.Time{}
		}
		a.History = append(a.History, Taken{Step: d.Step, By: e.Actor, At: at, Reason: d.Reason})
	}
	return nil
}

func put(ctx context.Context, tx store.Tx, a *Article, e *ledger.Event) error {
	data, err := json.Marshal(a)
	if err != nil {
		return err
	}
	head, err := json.Marshal(a.head())
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, putArticle, a.ID, a.Unit, string(a.Side), string(a.State), string(a.Lang), a.Section, a.Pair, micro(a.PublishAt), e.RecordedAt.UnixMicro(),
		lang.Fold(a.ID+" "+a.Title+" "+a.Lead), string(head), string(data), e.Version); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, dropTags, a.ID); err != nil {
		return err
	}
	for _, tag := range a.Tags {
		if _, err := tx.Exec(ctx, putTag, lang.Fold(tag), a.ID); err != nil {
			return err
		}
	}
	return nil
}

// micro is a time in microseconds, 0 for none.
func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
