package onestop

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The events of the opinions asked for a dossier; their stream is opinion/<code>.
const (
	kindAsked     = "opinion.asked"
	kindAnswered  = "opinion.answered"
	opinionStream = "opinion/"
)

// Opinion is an opinion asked of another agency (lấy ý kiến cơ quan, đơn vị). It is the data of both events.
type Opinion struct {
	Dossier    string        `json:"dossier"`
	N          int64         `json:"n"` // within the dossier, from 1
	Agency     string        `json:"agency"`
	Question   string        `json:"question"`
	AskedOn    calendar.Date `json:"asked_on"`
	DueOn      calendar.Date `json:"due_on"`
	AnsweredOn calendar.Date `json:"answered_on"` // empty = not yet
	Answer     string        `json:"answer,omitempty"`
	Late       bool          `json:"late"` // answered after its due date
}

// Answered reports whether the answer is in.
func (o *Opinion) Answered() bool { return o.AnsweredOn != calendar.NoDate }

// Overdue reports whether an answer is owed after its due date.
func (o *Opinion) Overdue(today calendar.Date) bool { return !o.Answered() && today > o.DueOn }

var tables = []ledger.Table{{Name: "onestop_opinion", DDL: []string{
	`create table onestop_opinion (dossier text not null, n bigint not null, unit text not null, due_on bigint not null, answered bigint not null, data text not null,
		primary key (dossier, n)) without rowid`,
}}}

var (
	putOpinion = store.Statement(`insert into onestop_opinion (dossier, n, unit, due_on, answered, data) values ($1,$2,$3,$4,$5,$6)
		on conflict (dossier, n) do update set answered = excluded.answered, data = excluded.data`)
	opinionsOf = store.Statement(`select data from onestop_opinion where dossier = $1 order by n`)
)

// Fold keeps the table onestop_opinion.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "onestop", Version: 1, Tables: tables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			e := &batch[i]
			if e.Kind != kindAsked && e.Kind != kindAnswered {
				continue
			}
			var o Opinion
			if err := json.Unmarshal(e.Data, &o); err != nil {
				return err
			}
			answered := int64(0)
			if o.Answered() {
				answered = 1
			}
			if _, err := tx.Exec(ctx, putOpinion, o.Dossier, o.N, e.Unit, int64(o.DueOn), answered, string(e.Data)); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Opinions are the opinions asked for a dossier, in their order.
func (k *Desk) Opinions(ctx context.Context, code string) ([]Opinion, error) {
	return store.All(ctx, k.db, scanOpinion, opinionsOf, code)
}

func scanOpinion(rows *sql.Rows) (Opinion, error) {
	var o Opinion
	var data string
	if err := rows.Scan(&data); err != nil {
		return o, err
	}
	return o, json.Unmarshal([]byte(data), &o)
}

// maxText bounds what is typed about an opinion, in bytes.
const maxText = 4000

// Ask records that an opinion was asked. Errors: fault.Invalid "onestop.opinion_missing" without agency, question or
// due date, "onestop.opinion_due" for a due date before the day it is asked, "onestop.opinion_long",
// "onestop.opinion_closed" for a dossier that is not open.
func (k *Desk) Ask(ctx context.Context, d *dossier.Dossier, actor string, o Opinion) (*Opinion, error) {
	o.Agency, o.Question = strings.TrimSpace(o.Agency), strings.TrimSpace(o.Question)
	if o.AskedOn == calendar.NoDate || o.AskedOn == 0 {
		o.AskedOn = k.today()
	}
	switch {
	case !d.Open():
		return nil, fault.New(fault.Invalid, "onestop.opinion_closed", "code", d.Code)
	case o.Agency == "" || o.Question == "" || o.DueOn == calendar.NoDate || o.DueOn == 0:
		return nil, fault.New(fault.Invalid, "onestop.opinion_missing")
	case o.DueOn < o.AskedOn:
		return nil, fault.New(fault.Invalid, "onestop.opinion_due", "due", o.DueOn, "asked", o.AskedOn)
	case len(o.Agency)+len(o.Question) > maxText:
		return nil, fault.New(fault.TooLarge, "onestop.opinion_long", "limit", maxText)
	}
	asked, err := k.Opinions(ctx, d.Code)
	if err != nil {
		return nil, err
	}
	o.Dossier, o.N, o.AnsweredOn, o.Answer, o.Late = d.Code, int64(len(asked)+1), calendar.NoDate, "", false
	events := int64(len(asked))
	for i := range asked {
		if asked[i].Answered() {
			events++
		}
	}
	return &o, k.record(ctx, d, actor, kindAsked, o.AskedOn, events, o)
}

// Answer records the answer to an opinion. Errors: fault.NotFound "onestop.no_opinion"; fault.Invalid
// "onestop.opinion_answered" when it is there, "onestop.answer_before" for a day before it was asked.
func (k *Desk) Answer(ctx context.Context, d *dossier.Dossier, actor string, n int64, on calendar.Date, text string) error {
	all, err := k.Opinions(ctx, d.Code)
	if err != nil {
		return err
	}
	if n < 1 || n > int64(len(all)) {
		return fault.New(fault.NotFound, "onestop.no_opinion", "code", d.Code)
	}
	events := int64(len(all))
	for i := range all {
		if all[i].Answered() {
			events++
		}
	}
	if on == calendar.NoDate || on == 0 {
		on = k.today()
	}
	o := all[n-1]
	switch {
	case o.Answered():
		return fault.New(fault.Invalid, "onestop.opinion_answered", "agency", o.Agency, "date", o.AnsweredOn)
	case on < o.AskedOn || on > k.today():
		return fault.New(fault.Invalid, "onestop.answer_before", "date", on, "asked", o.AskedOn)
	case len(text) > maxText:
		return fault.New(fault.TooLarge, "onestop.opinion_long", "limit", maxText)
	}
	o.AnsweredOn, o.Answer, o.Late = on, strings.TrimSpace(text), on > o.DueOn
	return k.record(ctx, d, actor, kindAnswered, on, events, o)
}

// record appends one event; two people who answer at once find out.
func (k *Desk) record(ctx context.Context, d *dossier.Dossier, actor, kind string, on calendar.Date, version int64, o Opinion) error {
	_, err := k.l.Append(ctx, ledger.Command{Stream: opinionStream + d.Code, Expect: version, Actor: actor, Unit: d.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: on, Data: o}}})
	if fault.Is(err, "ledger.version_conflict") {
		return fault.New(fault.Conflict, "onestop.opinion_changed", "code", d.Code)
	}
	return err
}
