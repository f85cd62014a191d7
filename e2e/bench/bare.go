package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the same engine

	"trucot/internal/app"
)

// The bare server is what one would write by hand for the same rows and nothing else: net/http, one goroutine that
// writes what is waiting in one transaction with one sync, prepared statements, and for each command a version
// check, the event's row and one row of a list. It knows no accounts, rights, definitions, guards, days, hashes,
// figures or idempotency.
type bareServer struct {
	db                  *sql.DB
	conn                *sql.Conn
	version, event, row *sql.Stmt
	queue               chan *bareCommand
	delay               time.Duration
}

type bareCommand struct {
	stream, action string
	expect         int64
	body           []byte
	done           chan int64 // the new version, 0 for a conflict, -1 for a failure
}

const bareFile = "bare.db"

var bareTables = []string{
	`create table if not exists event (position integer primary key, stream text not null, version bigint not null, kind text not null, effective_on bigint not null,
		recorded_at bigint not null, actor text not null, unit text not null, data blob not null, unique (stream, version))`,
	`create table if not exists dossier (code text primary key, state text not null, last_on bigint not null, version bigint not null, data blob not null) without rowid`,
}

func bare(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bare", flag.ContinueOnError)
	data := f.String("data", "", "data folder")
	delay := f.Duration("commit-delay", 0, "added to each commit")
	if err := f.Parse(args); err != nil {
		return err
	}
	s := &bareServer{queue: make(chan *bareCommand, 1024), delay: *delay}
	if err := s.open(ctx, filepath.Join(*data, bareFile)); err != nil {
		return err
	}
	defer s.db.Close()
	defer s.conn.Close()
	ln, err := listen()
	if err != nil {
		return err
	}
	go s.write(ctx)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/ho-so/{code}/{action}", s.act)
	return app.Serve(ctx, ln, mux)
}

func (s *bareServer) open(ctx context.Context, file string) error {
	var err error
	s.db, err = sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=wal_autocheckpoint(4000)&_pragma=cache_size(-16384)")
	if err != nil {
		return err
	}
	for _, ddl := range bareTables {
		if _, err := s.db.ExecContext(ctx, ddl); err != nil {
			return err
		}
	}
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return err
	}
	for _, p := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&s.version, `select coalesce(max(version), 0) from event where stream = ?`},
		{&s.event, `insert into event (stream, version, kind, effective_on, recorded_at, actor, unit, data) values (?,?,?,?,?,?,?,?)`},
		{&s.row, `insert into dossier (code, state, last_on, version, data) values (?,?,?,?,?) on conflict (code) do update set state = excluded.state,
			last_on = excluded.last_on, version = excluded.version, data = excluded.data`},
	} {
		if *p.to, err = s.conn.PrepareContext(ctx, p.sql); err != nil {
			return err
		}
	}
	return nil
}

// fillBare files the agency's dossiers in a fresh folder of the bare server, so that both work over as many rows.
func fillBare(ctx context.Context, dir string, g *agency) error {
	s := &bareServer{}
	if err := errors.Join(os.Mkdir(dir, 0o750), s.open(ctx, filepath.Join(dir, bareFile))); err != nil {
		return err
	}
	defer s.db.Close()
	defer s.conn.Close()
	var batch []*bareCommand
	for i := range g.streams[0] {
		for c := range g.streams {
			f := g.streams[c][i]
			body, err := json.Marshal(f.life.fields)
			if err != nil {
				return err
			}
			batch = append(batch, &bareCommand{stream: f.code, action: "filed", body: body})
		}
	}
	versions, err := s.commit(ctx, batch)
	if err == nil && slices.Min(versions) == 0 {
		err = errors.New("bench: a dossier is there twice")
	}
	return err
}

// act reads the command, waits for its commit and answers with the dossier's new state.
func (s *bareServer) act(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	var in struct {
		Fields map[string]any `json:"fields"`
		Note   string         `json:"note"`
	}
	if err == nil {
		err = json.Unmarshal(raw, &in)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c := &bareCommand{stream: r.PathValue("code"), action: r.PathValue("action"), body: raw, done: make(chan int64, 1)}
	c.expect, _ = strconv.ParseInt(strings.Trim(r.Header.Get("If-Match"), `"`), 10, 64)
	s.queue <- c
	version := <-c.done
	if version <= 0 {
		http.Error(w, "conflict", http.StatusConflict)
		return
	}
	out, _ := json.Marshal(map[string]any{"code": c.stream, "state": c.action, "version": version}) // plain values
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Write(append(out, '\n'))
}

// write is the single writer: all that waits goes into one transaction.
func (s *bareServer) write(ctx context.Context) {
	for {
		var batch []*bareCommand
		select {
		case c := <-s.queue:
			batch = append(batch, c)
		case <-ctx.Done():
			return
		}
		for more := true; more && len(batch) < cap(s.queue); {
			select {
			case c := <-s.queue:
				batch = append(batch, c)
			default:
				more = false
			}
		}
		versions, err := s.commit(context.WithoutCancel(ctx), batch)
		for i, c := range batch {
			if err != nil {
				c.done <- -1
			} else {
				c.done <- versions[i]
			}
		}
	}
}

func (s *bareServer) commit(ctx context.Context, batch []*bareCommand) ([]int64, error) {
	if _, err := s.conn.ExecContext(ctx, "begin immediate"); err != nil {
		return nil, err
	}
	versions := make([]int64, len(batch))
	for i, c := range batch {
		if err := s.put(ctx, c, &versions[i]); err != nil {
			_, undone := s.conn.ExecContext(ctx, "rollback")
			return nil, errors.Join(err, undone)
		}
	}
	time.Sleep(s.delay)
	_, err := s.conn.ExecContext(ctx, "commit")
	return versions, err
}

func (s *bareServer) put(ctx context.Context, c *bareCommand, to *int64) error {
	var found int64
	if err := s.version.QueryRowContext(ctx, c.stream).Scan(&found); err != nil {
		return err
	}
	if found != c.expect {
		return nil
	}
	now := time.Now().UnixMicro()
	today := now / 86_400_000_000
	if _, err := s.event.ExecContext(ctx, c.stream, found+1, c.action, today, now, "bench", "phong", c.body); err != nil {
		return err
	}
	if _, err := s.row.ExecContext(ctx, c.stream, c.action, today, found+1, c.body); err != nil {
		return err
	}
	*to = found + 1
	return nil
}
