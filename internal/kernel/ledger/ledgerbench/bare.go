package ledgerbench

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"golang.org/x/mod/sumdb/tlog"

	"trucot/internal/kernel/store"
)

// The bare loop's statements, on tables of its own that are shaped like the ledger's.
const (
	bareVersion = `select coalesce(max(version), 0) from bare_event where stream = $1`
	bareEvent   = `insert into bare_event (position, stream, version, kind, effective_on, recorded_at, actor, unit, data, hash) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`
	bareRow     = `insert into bare_row (position, stream, status) values ($1, $2, $3)`
	bareNode    = `insert into bare_node (level, n, hash) values ($1, $2, $3)`
)

var bareDDL = []string{
	`create table bare_event (position bigint primary key, stream text not null, version bigint not null, kind text not null,
		effective_on bigint not null, recorded_at bigint not null, actor text not null, unit text not null, data blob not null,
		hash blob not null, unique (stream, version))`,
	`create table bare_row (position bigint primary key, stream text not null, status bigint not null)`,
	`create table bare_node (level bigint not null, n bigint not null, hash blob not null, primary key (level, n)) without rowid`,
}

// bareLoop is the state of the loop.
type bareLoop struct {
	db       *store.DB
	conn     *sql.Conn
	position int64
	roots    []tlog.Hash
	data     []byte
	stmts    map[string]*sql.Stmt // of the SQLite loop
}

// bareWrite is one command of a batch.
type bareWrite struct {
	stream  string
	version int64
	event   []any
	nodes   [][]any
}

func newBare(ctx context.Context, db *store.DB) (*bareLoop, error) {
	data, err := json.Marshal(sample)
	if err != nil {
		return nil, err
	}
	return &bareLoop{db: db, data: data}, db.Update(ctx, func(tx store.Tx) error {
		for _, ddl := range bareDDL {
			if _, err := tx.Exec(ctx, store.SQL(db.Engine.DDL(ddl))); err != nil {
				return err
			}
		}
		return nil
	})
}

// run runs the loop for the given time and returns commands a second.
func (b *bareLoop) run(ctx context.Context, load Load, round int) (perSecond float64, err error) {
	err = b.db.Raw(ctx, func(conn *sql.Conn) error {
		b.conn = conn
		turn := b.sqlite
		if b.db.Engine == store.Postgres {
			turn = b.postgres
		} else if err := b.prepare(ctx); err != nil {
			return err
		}
		count, begin := 0, time.Now()
		for i := 0; time.Since(begin) < load.For; i++ {
			batch := make([]bareWrite, load.Clients)
			for c := range batch {
				batch[c].stream = fmt.Sprintf("dossier/%d-%d-%d", round, c, i/stepsPerStream)
			}
			if err := turn(ctx, batch); err != nil {
				return err
			}
			count += load.Clients
		}
		perSecond = float64(count) / time.Since(begin).Seconds()
		return nil
	})
	return perSecond, err
}

// fill computes what a command writes once its version is known.
func (b *bareLoop) fill(w *bareWrite) {
	b.position++
	w.version++
	now := time.Now().UnixMicro()
	leaf := b.leaf(w, now)
	w.event = []any{b.position, w.stream, w.version, "dossier.stepped", int64(18792), now, "van_thu", "phong_tham_dinh", b.data, leaf[:]}
	h, level, n := leaf, int64(0), b.position-1
	for ; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(b.roots[len(b.roots)-1], h)
		b.roots = b.roots[:len(b.roots)-1]
		if level++; level%8 == 0 {
			w.nodes = append(w.nodes, []any{level, n >> 1, append([]byte(nil), h[:]...)})
		}
	}
	b.roots = append(b.roots, h)
}

func (b *bareLoop) leaf(w *bareWrite, now int64) tlog.Hash {
	buf := binary.BigEndian.AppendUint64(nil, uint64(b.position))
	buf = binary.BigEndian.AppendUint64(buf, uint64(w.version))
	buf = binary.BigEndian.AppendUint64(buf, uint64(now))
	buf = append(append(append(buf, w.stream...), "dossier.stepped van_thu phong_tham_dinh"...), b.data...)
	record := sha256.Sum256(buf)
	return tlog.RecordHash(record[:])
}

// placeholder finds what the driver takes more time for than for a question mark.
var placeholder = regexp.MustCompile(`\$\d+`)

func (b *bareLoop) prepare(ctx context.Context) error {
	if b.stmts != nil {
		return nil
	}
	b.stmts = map[string]*sql.Stmt{}
	for _, q := range []string{bareVersion, bareEvent, bareRow, bareNode} {
		st, err := b.conn.PrepareContext(ctx, placeholder.ReplaceAllString(q, "?"))
		if err != nil {
			return err
		}
		b.stmts[q] = st
	}
	return nil
}

func (b *bareLoop) sqlite(ctx context.Context, batch []bareWrite) error {
	if _, err := b.conn.ExecContext(ctx, "begin immediate"); err != nil {
		return err
	}
	exec := func(q string, args ...any) error { _, err := b.stmts[q].ExecContext(ctx, args...); return err }
	for i := range batch {
		w := &batch[i]
		if err := b.stmts[bareVersion].QueryRowContext(ctx, w.stream).Scan(&w.version); err != nil {
			return err
		}
		b.fill(w)
		if err := exec(bareEvent, w.event...); err != nil {
			return err
		}
		if err := exec(bareRow, b.position, w.stream, w.version); err != nil {
			return err
		}
		for _, n := range w.nodes {
			if err := exec(bareNode, n...); err != nil {
				return err
			}
		}
	}
	_, err := b.conn.ExecContext(ctx, "commit")
	return err
}

// postgres asks for the versions in one pipeline and writes in a second, which ends with the commit.
func (b *bareLoop) postgres(ctx context.Context, batch []bareWrite) error {
	return b.conn.Raw(func(driver any) error {
		conn := driver.(*stdlib.Conn).Conn()
		var ask pgx.Batch
		ask.Queue("begin")
		for i := range batch {
			ask.Queue(bareVersion, batch[i].stream).QueryRow(func(row pgx.Row) error { return row.Scan(&batch[i].version) })
		}
		if err := conn.SendBatch(ctx, &ask).Close(); err != nil {
			return err
		}
		var write pgx.Batch
		for i := range batch {
			w := &batch[i]
			b.fill(w)
			write.Queue(bareEvent, w.event...)
			write.Queue(bareRow, b.position, w.stream, w.version)
			for _, n := range w.nodes {
				write.Queue(bareNode, n...)
			}
		}
		write.Queue("commit")
		return conn.SendBatch(ctx, &write).Close()
	})
}
