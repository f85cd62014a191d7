package store

import (
	"bytes"
	"context"
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

// Migrate brings the tables of one owner up to date from numbered goose files ("00001_….sql", one set
// for both engines). Applied numbers stand in the table "<owner>_schema". Call it before writing.
func (db *DB) Migrate(ctx context.Context, owner string, files fs.FS) error {
	dialect := goose.DialectSQLite3
	if db.Engine == Postgres {
		dialect = goose.DialectPostgres
	}
	versions, err := database.NewStore(dialect, owner+"_schema")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectCustom, db.write, portable{files, db.Engine},
		goose.WithStore(versions), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return Fault(err)
}

// portable is a file system of migrations as one engine reads them.
type portable struct {
	fs.FS
	engine Engine
}

// Open opens a migration with its words rewritten; goose reads folders through ReadDir.
func (p portable) Open(name string) (fs.File, error) {
	f, err := p.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}
	defer f.Close()
	text, err := fs.ReadFile(p.FS, name)
	return &portableFile{info, bytes.NewReader([]byte(p.engine.DDL(string(text))))}, err
}

type portableFile struct {
	info fs.FileInfo
	*bytes.Reader
}

func (f *portableFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *portableFile) Close() error               { return nil }
