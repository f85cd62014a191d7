package schedule

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The facts of the calendar. An item's event holds the whole item; a published week shows its items as they stand.
const (
	prefix        = "schedule."
	kindEntered   = prefix + "item_entered"
	kindChanged   = prefix + "item_changed"
	kindCancelled = prefix + "item_cancelled"
	kindPublished = prefix + "week_published"
)

// published is the data of schedule.week_published.
type published struct {
	Side people.Side   `json:"side"`
	Week string        `json:"week"`
	From calendar.Date `json:"from"`
	To   calendar.Date `json:"to"`
}

var tables = []ledger.Table{
	{Name: "schedule_item", DDL: []string{
		`create table schedule_item (id text primary key, side text not null, unit text not null, on_day bigint not null, shown_day bigint not null, data text not null, shown text not null, version bigint not null) without rowid`,
		`create index schedule_item_day on schedule_item (on_day)`,
	}},
	{Name: "schedule_week", DDL: []string{
		`create table schedule_week (side text not null, week text not null, published_on bigint not null, position bigint not null, primary key (side, week)) without rowid`,
	}},
}

var (
	upsertItem = store.Statement(`insert into schedule_item (id, side, unit, on_day, shown_day, data, shown, version) values ($1,$2,$3,$4,0,$5,'',$6)
		on conflict (id) do update set unit = excluded.unit, on_day = excluded.on_day, data = excluded.data, version = excluded.version`)
	showItems = store.Statement(`update schedule_item set shown = data, shown_day = on_day where side = $1 and (on_day >= $2 and on_day <= $3 or shown_day >= $2 and shown_day <= $3)`)
	upsertPub = store.Statement(`insert into schedule_week (side, week, published_on, position) values ($1,$2,$3,$4)
		on conflict (side, week) do update set published_on = excluded.published_on, position = excluded.position`)

	getItem = store.Statement(`select data, shown, version from schedule_item where id = $1`)
	// $1 = 1: the State's; $2 = units besides, "<a><b>"; days from $3 to $4, of the item or of what was published.
	listItems = store.Statement(`select data, shown, version from schedule_item where (side = 'state' and $1 = 1 or replace($2, '<' || unit || '>', '') <> $2)
		and (on_day >= $3 and on_day <= $4 or shown_day >= $3 and shown_day <= $4) order by on_day, id`)
	lastItem = store.Statement(`select id from schedule_item where id >= $1 and id < $2 order by length(id) desc, id desc limit 1`)
	ofTables = store.Statement(`select stream from (select 'schedule/' || id as stream, case when on_day > shown_day then on_day else shown_day end as day from schedule_item
		union all select 'week/' || side || '/' || week, published_on from schedule_week) s order by day desc, stream limit $1`)
	getWeek   = store.Statement(`select published_on from schedule_week where side = $1 and week = $2`)
	feedTable = store.SQL(`create table if not exists schedule_feed (hash text not null primary key, account text not null unique, made_on bigint not null)`)
)

// Fold keeps the tables schedule_item and schedule_week.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "schedule", Version: 1, Tables: tables, Streams: ofTables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			if strings.HasPrefix(batch[i].Kind, prefix) {
				if err := apply(ctx, tx, &batch[i]); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

func apply(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	if e.Kind == kindPublished {
		var p published
		if err := json.Unmarshal(e.Data, &p); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, showItems, string(p.Side), int64(p.From), int64(p.To)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, upsertPub, string(p.Side), p.Week, int64(e.EffectiveOn), e.Position)
		return err
	}
	var i Item
	if err := json.Unmarshal(e.Data, &i); err != nil {
		return err
	}
	data, err := json.Marshal(&i)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, upsertItem, i.ID, string(i.Side), i.Unit, int64(i.On), string(data), e.Version)
	return err
}

func scanItem(rows *sql.Rows) (*Item, error) {
	var data, shown string
	var i Item
	if err := rows.Scan(&data, &shown, &i.Version); err != nil {
		return nil, err
	}
	if shown != "" {
		i.Shown = new(Item)
		if err := json.Unmarshal([]byte(shown), i.Shown); err != nil {
			return nil, err
		}
	}
	return &i, json.Unmarshal([]byte(data), &i)
}

// Get reads an item. Error: fault.NotFound "schedule.not_found".
func (b *Book) Get(ctx context.Context, id string) (*Item, error) {
	found, err := store.All(ctx, b.db, scanItem, getItem, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.New(fault.NotFound, "schedule.not_found", "id", id)
	}
	return found[0], nil
}

// Reach is where a reader may look: the State's calendar, and the units listed.
type Reach struct {
	State bool
	Units []string
}

// Items lists the items in reach from one day to another, those too that were published there and then moved away.
func (b *Book) Items(ctx context.Context, r Reach, from, to calendar.Date) ([]*Item, error) {
	state, units := int64(0), store.Set(r.Units)
	if r.State {
		state = 1
	}
	return store.All(ctx, b.db, scanItem, listItems, state, units, int64(from), int64(to))
}

// PublishedOn is the day on which a side's week was published last, NoDate while it is a draft.
func (b *Book) PublishedOn(ctx context.Context, side people.Side, w Week) (calendar.Date, error) {
	var on int64
	err := b.db.QueryRow(ctx, getWeek, string(side), w.Code()).Scan(&on)
	if errors.Is(err, sql.ErrNoRows) {
		return calendar.NoDate, nil
	}
	return calendar.Date(on), store.Fault(err)
}

func stream(id string) string { return "schedule/" + id }

// tries is how often a number taken by somebody else in the same moment is asked for anew.
const tries = 5

// Enter puts a new item into the calendar. Errors: those of check.
func (b *Book) Enter(ctx context.Context, actor string, i Item) (*Item, error) {
	i.Side, i.Cancelled = "", false
	if err := b.check(ctx, &i); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		var err error
		if i.ID, err = b.newID(ctx, i.On); err != nil {
			return nil, err
		}
		err = b.append(ctx, actor, &i, 0, kindEntered)
		if err == nil {
			return b.Get(ctx, i.ID)
		}
		if !fault.Is(err, "ledger.version_conflict") || try == tries {
			return nil, err
		}
	}
}

// newID is a number of the day.
func (b *Book) newID(ctx context.Context, on calendar.Date) (string, error) {
	day := "LCT-" + on.Time().Format("060102") + "-"
	var last string
	err := b.db.QueryRow(ctx, lastItem, day, day+":").Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", store.Fault(err)
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(last, day)) // nothing yet = 0
	return fmt.Sprintf("%s%02d", day, n+1), nil
}

func (b *Book) append(ctx context.Context, actor string, i *Item, expect int64, kind string) error {
	_, err := b.l.Append(ctx, ledger.Command{Stream: stream(i.ID), Expect: expect, Actor: actor, Unit: i.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: b.today(), Data: i}}})
	return err
}

// Change puts an item right; version is the one that the actor saw, 0 = whatever it is. What was published needs a reason.
// Errors: those of check, schedule.cancelled, schedule.no_reason, the ledger's when somebody changed it first.
func (b *Book) Change(ctx context.Context, actor, id string, now Item, version int64) error {
	was, err := b.open(ctx, id, now.Reason)
	if err != nil {
		return err
	}
	now.ID, now.Side, now.Shown, now.Cancelled = id, was.Side, nil, false
	if err := b.check(ctx, &now); err != nil {
		return err
	}
	if now.equal(was) && now.Unit == was.Unit {
		return nil
	}
	if version == 0 {
		version = was.Version
	}
	return b.append(ctx, actor, &now, version, kindChanged)
}

// Cancel takes an item off; it stays in the sheet, struck out, where it was published. Errors as Change.
func (b *Book) Cancel(ctx context.Context, actor, id, reason string) error {
	was, err := b.open(ctx, id, reason)
	if err != nil {
		return err
	}
	version := was.Version
	was.Cancelled, was.Reason = true, strings.TrimSpace(reason)
	return b.append(ctx, actor, was, version, kindCancelled)
}

// open reads an item that may still change.
func (b *Book) open(ctx context.Context, id, reason string) (*Item, error) {
	was, err := b.Get(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case was.Cancelled:
		return nil, fault.New(fault.Conflict, "schedule.cancelled", "id", id)
	case was.Shown != nil && strings.TrimSpace(reason) == "":
		return nil, fault.New(fault.Invalid, "schedule.no_reason")
	}
	return was, nil
}

// Publish shows a side's week to everybody, as it stands. unit is the keeper's. Publishing again takes the changes in.
func (b *Book) Publish(ctx context.Context, actor, unit string, w Week) error {
	u, err := b.who.Unit(ctx, unit, b.today())
	if err != nil {
		return err
	}
	_, err = b.l.Append(ctx, ledger.Command{Stream: "week/" + string(u.Side) + "/" + w.Code(), Expect: ledger.AnyVersion, Actor: actor, Unit: unit,
		Events: []ledger.NewEvent{{Kind: kindPublished, On: b.today(), Data: published{u.Side, w.Code(), w.Monday, w.Sunday()}}}})
	return err
}
