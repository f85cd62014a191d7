package attachment

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

const (
	kindAdded     = "attachment.added"
	kindWithdrawn = "attachment.withdrawn"

	// StreamPrefix and an owner are the stream of the owner's files: one of their own, so that a paper that comes in
	// while somebody works on the dossier is no conflict.
	StreamPrefix = "attachment/"
)

// added is the data of attachment.added.
type added struct {
	ID     string   `json:"id"`
	Owner  string   `json:"owner"`
	Slot   string   `json:"slot,omitempty"`
	Name   string   `json:"name,omitempty"`
	Sealed string   `json:"sealed_name,omitempty"` // the name, where it is a person's data
	Type   string   `json:"type"`
	Size   int64    `json:"size"`
	SHA256 string   `json:"sha256"`
	Scan   string   `json:"scan"`
	Notes  []string `json:"notes,omitempty"`
}

// withdrawn is the data of attachment.withdrawn.
type withdrawn struct {
	ID     string `json:"id"`
	Owner  string `json:"owner"`
	SHA256 string `json:"sha256"`
	Reason string `json:"reason"`
}

var tables = []ledger.Table{{Name: "attachment", DDL: []string{
	`create table attachment (id text primary key, owner text not null, slot text not null, data text not null, actor text not null,
		unit text not null, on_day bigint not null, withdrawn bigint not null, reason text not null, position bigint not null) without rowid`,
	`create index attachment_owner on attachment (owner)`,
}}}

const columns = `data, actor, unit, on_day, withdrawn, reason, position`

var (
	putFile = store.Statement(`insert into attachment (id, owner, slot, data, actor, unit, on_day, withdrawn, reason, position)
		values ($1,$2,$3,$4,$5,$6,$7,0,'',$8)
		on conflict (id) do update set data = excluded.data, actor = excluded.actor, unit = excluded.unit, on_day = excluded.on_day, withdrawn = 0,
		reason = '', position = excluded.position`)
	endFile   = store.Statement(`update attachment set withdrawn = 1, reason = $1, position = $2 where id = $3`)
	getFile   = store.Statement(`select ` + columns + ` from attachment where id = $1`)
	ownFiles  = store.Statement(`select ` + columns + ` from attachment where owner = $1 order by slot, on_day, id`)
	filesPast = store.Statement(`select ` + columns + ` from attachment where id > $1 order by id limit 500`)
)

// Fold keeps the table attachment.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "attachment", Version: 1, Tables: tables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			if strings.HasPrefix(batch[i].Stream, StreamPrefix) {
				if err := apply(ctx, tx, &batch[i]); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

func apply(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	switch e.Kind {
	case kindAdded:
		var a added
		if err := json.Unmarshal(e.Data, &a); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, putFile, a.ID, a.Owner, a.Slot, string(e.Data), e.Actor, e.Unit, int64(e.EffectiveOn), e.Position)
		return err
	case kindWithdrawn:
		var w withdrawn
		if err := json.Unmarshal(e.Data, &w); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, endFile, w.Reason, e.Position, w.ID)
		return err
	}
	return nil
}

// row is a file and its name as it was recorded.
type row struct {
	File
	sealed string
}

func scanFile(rows *sql.Rows) (*row, error) {
	var f row
	var data string
	var on, gone int64
	var a added
	if err := rows.Scan(&data, &f.Actor, &f.Unit, &on, &gone, &f.Reason, &f.Position); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(data), &a); err != nil {
		return nil, err
	}
	f.ID, f.Owner, f.Slot, f.Name, f.Type, f.Size, f.Scan, f.Notes, f.sealed = a.ID, a.Owner, a.Slot, a.Name, a.Type, a.Size, a.Scan, a.Notes, a.Sealed
	f.On, f.Withdrawn = calendar.Date(on), gone == 1
	var err error
	f.Key, err = blob.ParseKey(a.SHA256)
	return &f, err
}

// opened opens the sealed name; where its key is gone, or another was drawn since, the file counts as erased.
func (e *Engine) opened(ctx context.Context, r *row) (*File, error) {
	if r.sealed == "" {
		return &r.File, nil
	}
	var err error
	r.Name, err = e.opts.Open(ctx, r.sealed)
	if fault.Is(err, "vault.erased") || fault.Is(err, "vault.bad_token") {
		r.Erased, err = true, nil
	}
	return &r.File, err
}

// Get reads what is known of a file, also of a withdrawn one. Error: fault.NotFound "attachment.not_found".
func (e *Engine) Get(ctx context.Context, id string) (*File, error) {
	found, err := store.All(ctx, e.db, scanFile, getFile, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, NotFound(id)
	}
	return e.opened(ctx, found[0])
}

// NotFound says that there is no such file, or not for this reader.
func NotFound(id string) error { return fault.New(fault.NotFound, "attachment.not_found", "id", id) }

// List gives all files of an owner by slot and day, withdrawn ones too; there are never more than the rules allow.
func (e *Engine) List(ctx context.Context, owner string) ([]*File, error) {
	rows, err := e.rows(ctx, owner)
	if err != nil {
		return nil, err
	}
	out := make([]*File, len(rows))
	for i, r := range rows {
		if out[i], err = e.opened(ctx, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *Engine) rows(ctx context.Context, owner string) ([]*row, error) {
	return store.All(ctx, e.db, scanFile, ownFiles, owner)
}

// Content opens the bytes of a file. Errors: attachment.erased, attachment.withdrawn, those of blob.Store.
func (e *Engine) Content(ctx context.Context, f *File) (blob.Content, error) {
	switch {
	case f.Erased:
		return nil, fault.New(fault.NotFound, "attachment.erased")
	case f.Withdrawn:
		return nil, fault.New(fault.NotFound, "attachment.withdrawn_file", "reason", f.Reason)
	}
	c, _, err := e.blobs.Open(ctx, f.Key)
	return c, err
}
