package campaign

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// A part's lines stand in a table of their own: lists read hundreds of parts and none of their figures.
var tables = []ledger.Table{
	{Name: "campaign", DDL: []string{
		`create table campaign (id text primary key, regime text not null, period text not null, unit text not null, stage text not null, opened_on bigint not null,
			due_on bigint not null, data text not null, version bigint not null, position bigint not null) without rowid`,
	}},
	{Name: "campaign_part", DDL: []string{
		`create table campaign_part (campaign text not null, unit text not null, stage text not null, due_on bigint not null, data text not null, version bigint not null,
			position bigint not null, primary key (campaign, unit)) without rowid`,
	}},
	{Name: "campaign_line", DDL: []string{
		`create table campaign_line (campaign text not null, unit text not null, data blob not null, primary key (campaign, unit)) without rowid`,
	}},
}

var (
	upsertCampaign = store.Statement(`insert into campaign (id, regime, period, unit, stage, opened_on, due_on, data, version, position) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)
		on conflict (id) do update set stage = excluded.stage, due_on = excluded.due_on, data = excluded.data, version = excluded.version, position = excluded.position`)
	getCampaign = store.Statement(`select data, version, position from campaign where id = $1`)
	upsertPart  = store.Statement(`insert into campaign_part (campaign, unit, stage, due_on, data, version, position) values ($1,$2,$3,$4,$5,$6,$7)
		on conflict (campaign, unit) do update set stage = excluded.stage, due_on = excluded.due_on, data = excluded.data, version = excluded.version, position = excluded.position`)
	upsertLines = store.Statement(`insert into campaign_line (campaign, unit, data) values ($1,$2,$3) on conflict (campaign, unit) do update set data = excluded.data`)
	getPart     = store.Statement(`select data, version, position from campaign_part where campaign = $1 and unit = $2`)
	getLines    = store.Statement(`select unit, data from campaign_line where campaign = $1 and unit = $2`)
	listParts   = store.Statement(`select data, version, position from campaign_part where campaign = $1 order by unit`)
	listLines   = store.Statement(`select unit, data from campaign_line where campaign = $1 order by unit`)
	ofTables    = store.Statement(`select stream from (select '` + prefix + `' || id as stream, position from campaign
		union all select '` + partPrefix + `' || campaign || '/' || unit, position from campaign_part) s order by position desc limit $1`)
	countNamed = store.Statement(`select count(*) from campaign where regime = $1 and period = $2`)
	openParts  = store.Statement(`select p.data, p.version, p.position from campaign_part p join campaign c on c.id = p.campaign
		where c.stage in ('collecting', 'commenting') and p.stage <> 'submitted' and p.due_on >= $1 and p.due_on <= $2 order by p.campaign, p.unit`)

	// $1 = 1: everywhere but $2, else in $3 ("<a><b>"), by the campaign's unit or one of its parts'.
	reached = `($1 = 1 and replace($2, '<' || %unit || '>', '') = $2 or $1 = 0 and replace($3, '<' || %unit || '>', '') <> $3)`
	within  = ` from campaign c where (` + strings.ReplaceAll(reached, "%unit", "c.unit") + ` or exists (select 1 from campaign_part p where p.campaign = c.id and ` +
		strings.ReplaceAll(reached, "%unit", "p.unit") + `))`
	listCampaigns  = store.Statement(`select c.data, c.version, c.position` + within + ` order by c.opened_on desc, c.id limit $4 offset $5`)
	campaignsAfter = store.Statement(`select c.data, c.version, c.position` + within + ` and c.id > $4 order by c.id limit $5`)
	countOf        = store.Statement(`select count(*)` + within)
)

// Fold keeps the tables of campaigns and of their parts.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "campaign", Version: 2, Tables: tables, Streams: ofTables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			e := &batch[i]
			var err error
			if id, ours := strings.CutPrefix(e.Stream, prefix); ours {
				err = foldCampaign(ctx, tx, id, e)
			} else if id, unit, ours := splitPart(e.Stream); ours && strings.HasPrefix(e.Kind, "campaign.") {
				err = foldPart(ctx, tx, id, unit, e)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}}
}

func foldCampaign(ctx context.Context, tx store.Tx, id string, e *ledger.Event) error {
	c, err := one(ctx, tx, scanCampaign, getCampaign, id)
	if err != nil {
		return err
	}
	if c == nil {
		c = &Campaign{}
	}
	if err := c.apply(e); err != nil {
		return err
	}
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, upsertCampaign, c.ID, c.Regime, c.Period, c.Unit, string(c.Stage), int64(c.OpenedOn), int64(c.Due), string(data), c.Version, c.Position)
	return err
}

func foldPart(ctx context.Context, tx store.Tx, id, unit string, e *ledger.Event) error {
	p, err := one(ctx, tx, scanPart, getPart, id, unit)
	if err != nil {
		return err
	}
	if p == nil {
		p = &Part{}
	}
	if err := p.apply(e); err != nil {
		return err
	}
	if e.Kind == kindSubmitted {
		if _, err := tx.Exec(ctx, upsertLines, id, unit, packLines(p.Lines, p.Records)); err != nil {
			return err
		}
	}
	head := *p
	head.Lines, head.Records = nil, nil
	data, err := json.Marshal(&head)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, upsertPart, id, unit, string(p.Stage), int64(p.Due), string(data), p.Version, p.Position)
	return err
}

func one[T any](ctx context.Context, r store.Reader, scan func(*sql.Rows) (*T, error), q store.SQL, args ...any) (*T, error) {
	found, err := store.All(ctx, r, scan, q, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

func scanCampaign(rows *sql.Rows) (*Campaign, error) {
	var data string
	var c Campaign
	if err := rows.Scan(&data, &c.Version, &c.Position); err != nil {
		return nil, err
	}
	return &c, json.Unmarshal([]byte(data), &c)
}

func scanPart(rows *sql.Rows) (*Part, error) {
	var data string
	var p Part
	if err := rows.Scan(&data, &p.Version, &p.Position); err != nil {
		return nil, err
	}
	return &p, json.Unmarshal([]byte(data), &p)
}

// unitLines is a row of campaign_line.
type unitLines struct {
	unit string
	data []byte
}

func scanLines(rows *sql.Rows) (*unitLines, error) {
	var l unitLines
	return &l, rows.Scan(&l.unit, &l.data)
}

// Get reads a campaign. Error: fault.NotFound "campaign.not_found".
func (d *Desk) Get(ctx context.Context, id string) (*Campaign, error) {
	c, err := one(ctx, d.db, scanCampaign, getCampaign, id)
	if err == nil && c == nil {
		err = NotFound(id)
	}
	return c, err
}

// Part reads a unit's part with its figures. Error: fault.NotFound "campaign.not_found".
func (d *Desk) Part(ctx context.Context, id, unit string) (*Part, error) {
	p, err := one(ctx, d.db, scanPart, getPart, id, unit)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, NotFound(id + "/" + unit)
	}
	l, err := one(ctx, d.db, scanLines, getLines, id, unit)
	if err != nil || l == nil {
		return p, err
	}
	return p, p.fill(l.data)
}

// Parts lists a campaign's parts by unit, without their figures.
func (d *Desk) Parts(ctx context.Context, id string) ([]*Part, error) {
	return store.All(ctx, d.db, scanPart, listParts, id)
}

// Filter says which campaigns a list shows.
type Filter struct {
	Units, Without []string // as people.Reach gives them
	Limit, Offset  int
}

// List gives one page of campaigns that the reader reaches, by their own unit or by one that owes a part, the latest
// first, and how many there are.
func (d *Desk) List(ctx context.Context, f Filter) ([]*Campaign, int, error) {
	args := f.args()
	var n int
	if err := d.db.QueryRow(ctx, countOf, args...).Scan(&n); err != nil {
		return nil, 0, store.Fault(err)
	}
	found, err := store.All(ctx, d.db, scanCampaign, listCampaigns, append(args, int64(f.Limit), int64(f.Offset))...)
	return found, n, err
}

// After gives those behind one by its id ("" = from the first), in the order of ids, at most f.Limit, for whoever reads them
// all page by page.
func (d *Desk) After(ctx context.Context, f Filter, id string) ([]*Campaign, error) {
	return store.All(ctx, d.db, scanCampaign, campaignsAfter, append(f.args(), id, int64(f.Limit))...)
}

func (f *Filter) args() []any {
	every := int64(0)
	if f.Units == nil {
		every = 1
	}
	return []any{every, store.Set(f.Without), store.Set(f.Units)}
}

// Owed lists the parts of open campaigns that are not in and fall due between two days.
func (d *Desk) Owed(ctx context.Context, from, to calendar.Date) ([]*Part, error) {
	return store.All(ctx, d.db, scanPart, openParts, int64(from), int64(to))
}
