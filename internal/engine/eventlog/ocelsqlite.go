package eventlog

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // reads the SQLite form

	"trucot/internal/kernel/fault"
)

// sqliteOCEL reads the SQLite form of OCEL 2.0. The file is a stranger's: it is copied to a temporary
// one, opened immutable and without trust in its schema, only ordinary tables are read (a view or
// virtual table could compute for ever), and names from it are quoted.
type sqliteOCEL struct {
	db   *sql.DB
	file string
	log  *ocelLog
	errs fault.List
}

// sqliteTime bounds the reading of one file.
const sqliteTime = 2 * time.Minute

func readOCELSQLite(ctx context.Context, src Source, opts *Options, sum *Summary, visit func(*Case) error) error {
	ctx, cancel := context.WithTimeout(ctx, sqliteTime)
	defer cancel()
	path, done, err := src.copyOut(opts.Limits)
	if err != nil {
		return err
	}
	defer done()
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=ro&immutable=1&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)&_pragma=query_only(1)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	s := &sqliteOCEL{db: db, file: src.Name, log: newOCELLog("2.0")}
	if err := s.read(ctx); err != nil {
		return s.explain(ctx, err)
	}
	if len(s.errs) > 0 {
		return s.errs[:min(len(s.errs), opts.Limits.Problems)]
	}
	return s.log.flatten(ctx, src.Name, opts, sum, visit)
}

// copyOut writes the uncompressed file where SQLite can open it.
func (s Source) copyOut(limit Limits) (string, func(), error) {
	limit.Bytes = min(limit.Bytes, limit.Whole)
	r, err := s.open(limit)
	if err != nil {
		return "", nil, err
	}
	tmp, err := os.CreateTemp("", "trucot-log-*.sqlite")
	if err != nil {
		return "", nil, err
	}
	done := func() { os.Remove(tmp.Name()) }
	_, err = io.Copy(tmp, r)
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		done()
		return "", nil, s.locate(err)
	}
	return tmp.Name(), done, nil
}

func (s *sqliteOCEL) explain(ctx context.Context, err error) error {
	if f, ok := err.(*fault.Error); ok {
		return f
	}
	if ctx.Err() != nil {
		return fault.New(fault.TooLarge, "eventlog.sqlite_slow").At(fault.Place{File: s.file}).Because(err)
	}
	return fault.New(fault.Invalid, "eventlog.sqlite_broken").At(fault.Place{File: s.file}).Because(err)
}

func (s *sqliteOCEL) read(ctx context.Context) error {
	tables, err := s.tables(ctx)
	if err != nil {
		return err
	}
	for _, need := range []string{"event", "object", "event_object", "event_map_type", "object_map_type"} {
		if !tables[need] {
			return fault.New(fault.Invalid, "eventlog.sqlite_table", "table", need).At(fault.Place{File: s.file})
		}
	}
	if err := s.objects(ctx, tables); err != nil {
		return err
	}
	return s.events(ctx, tables)
}

// tables lists the ordinary tables.
func (s *sqliteOCEL) tables(ctx context.Context) (map[string]bool, error) {
	out := map[string]bool{}
	err := s.rows(ctx, `select name, coalesce(sql, '') from sqlite_master where type = 'table'`, func(v []string) {
		if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(v[1])), "create virtual") {
			out[v[0]] = true
		}
	})
	return out, err
}

// rows calls each with the values of every row as text; NULL is empty.
func (s *sqliteOCEL) rows(ctx context.Context, query string, each func([]string)) error {
	rows, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, out := make([]any, len(columns)), make([]string, len(columns))
	for i := range cells {
		cells[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			return err
		}
		for i := range cells {
			out[i] = cellText(*cells[i].(*any))
		}
		each(out)
	}
	return rows.Err()
}

// cellText keeps a time as the file writes it: without offset, since SQLite stores none.
func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.ToValidUTF8(v, "\uFFFD")
	case []byte:
		return strings.ToValidUTF8(string(v), "\uFFFD")
	case time.Time:
		return v.Format("2006-01-02T15:04:05.999999999")
	}
	return fmt.Sprint(v)
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (s *sqliteOCEL) keep(key string, args []any) {
	if key != "" {
		s.errs = append(s.errs, fault.New(fault.Invalid, key, args...).At(fault.Place{File: s.file}))
	}
}

// typed calls each with the column names and rows of every "<prefix>_<type>" table that exists.
func (s *sqliteOCEL) typed(ctx context.Context, prefix string, tables map[string]bool, each func(names, row []string)) error {
	var parts []string
	err := s.rows(ctx, `select distinct ocel_type_map from `+prefix+`_map_type`, func(v []string) {
		if t := prefix + "_" + v[0]; tables[t] {
			parts = append(parts, t)
		}
	})
	if err != nil {
		return err
	}
	slices.Sort(parts)
	for _, table := range parts {
		var names []string
		if err := s.rows(ctx, `select name from pragma_table_info(`+literal(table)+`)`, func(v []string) { names = append(names, v[0]) }); err != nil {
			return err
		}
		if err := s.rows(ctx, `select * from `+quote(table), func(v []string) { each(names, v) }); err != nil {
			return err
		}
	}
	return nil
}

func literal(s string) string { return `'` + strings.ReplaceAll(s, `'`, `''`) + `'` }

func (s *sqliteOCEL) objects(ctx context.Context, tables map[string]bool) error {
	err := s.rows(ctx, `select ocel_id, ocel_type from object`, func(v []string) {
		s.keep(s.log.addObject(&ocelObject{id: v[0], typ: v[1]}))
	})
	if err != nil {
		return err
	}
	return s.typed(ctx, "object", tables, func(names, row []string) {
		o := s.log.objects[cell(names, row, "ocel_id")]
		if o == nil || cell(names, row, "ocel_changed_field") != "" {
			return
		}
		for i, n := range names {
			if !strings.HasPrefix(n, "ocel_") {
				o.initial(n, row[i])
			}
		}
	})
}

func (s *sqliteOCEL) events(ctx context.Context, tables map[string]bool) error {
	at := map[string]int{}
	err := s.rows(ctx, `select ocel_id, ocel_type from event`, func(v []string) {
		key, args := s.log.addEvent(ocelEvent{id: v[0], typ: v[1]})
		s.keep(key, args)
		if key == "" {
			at[v[0]] = len(s.log.events) - 1
		}
	})
	if err != nil {
		return err
	}
	err = s.typed(ctx, "event", tables, func(names, row []string) {
		i, ok := at[cell(names, row, "ocel_id")]
		if !ok {
			return
		}
		e := &s.log.events[i]
		e.time = cell(names, row, "ocel_time")
		for k, n := range names {
			if !strings.HasPrefix(n, "ocel_") && row[k] != "" {
				e.attrs = append(e.attrs, Attribute{Key: n, Value: row[k]})
			}
		}
	})
	if err != nil {
		return err
	}
	return s.rows(ctx, `select ocel_event_id, ocel_object_id from event_object`, func(v []string) {
		if i, ok := at[v[0]]; ok {
			s.log.events[i].objects = append(s.log.events[i].objects, v[1])
		}
	})
}

// cell is the value of a named column, empty when the table has none.
func cell(names, row []string, name string) string {
	if i := slices.Index(names, name); i >= 0 {
		return row[i]
	}
	return ""
}
