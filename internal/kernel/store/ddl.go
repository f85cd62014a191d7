package store

import (
	"context"
	"database/sql"
	"io/fs"
	"regexp"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// The words in which the engines' DDL differs. In SQLite only "integer primary key" is the row's own
// address; "bigint primary key" would keep a second index beside the table.
var (
	wordBlob         = regexp.MustCompile(`(?i)\bblob\b`)
	wordWithoutRowid = regexp.MustCompile(`(?i)\bwithout\s+rowid\b`)
	wordBigKey       = regexp.MustCompile(`(?i)\bbigint\s+primary\s+key\b`)
)

// DDL rewrites portable DDL for the engine: on PostgreSQL blob becomes bytea and "without rowid" is
// dropped, on SQLite "bigint primary key" becomes "integer primary key".
func (e Engine) DDL(text string) string {
	if e == Postgres {
		return wordWithoutRowid.ReplaceAllString(wordBlob.ReplaceAllString(text, "bytea"), "")
	}
	return wordBigKey.ReplaceAllString(text, "integer primary key")
}

// Migrate brings the tables of one owner up to date from numbered files ("00001_….sql", one set for both
// engines). Applied numbers stand in the table "<owner>_schema". Call it before writing.
func (db *DB) Migrate(ctx context.Context, owner string, files fs.FS) error {
	dialect := goose.DialectSQLite3
	if db.Engine == Postgres {
		dialect = goose.DialectPostgres
	}
	versions, err := database.NewStore(dialect, owner+"_schema")
	if err != nil {
		return err
	}
	steps, err := migrations(db.Engine, files)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectCustom, db.write, nil,
		goose.WithStore(versions), goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(steps...))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return Fault(err)
}

// migrations hands goose each file as one step that runs it whole: goose's own reader of SQL files takes
// buffers of megabytes at every start, also when there is nothing to do.
func migrations(engine Engine, files fs.FS) ([]*goose.Migration, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	var steps []*goose.Migration
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, engine.DDL(string(text)))
			return err
		}}, nil))
	}
	return steps, nil
}
