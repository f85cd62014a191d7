package cli

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"trucot/internal/app"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/ledger/ledgerbench"
	"trucot/internal/kernel/store"
)

// ledgerCmd is "trucot ledger …".
type ledgerCmd struct {
	Verify      ledgerVerify     `cmd:"" help:"help_ledger_verify"`
	Rebuild     ledgerRebuild    `cmd:"" help:"help_ledger_rebuild"`
	Export      ledgerExport     `cmd:"" help:"help_ledger_export"`
	Import      ledgerImport     `cmd:"" help:"help_ledger_import"`
	Checkpoint  ledgerCheckpoint `cmd:"" help:"help_ledger_checkpoint"`
	AppendBench ledgerBench      `cmd:"" help:"help_ledger_bench"`
}

// withLedger opens the agency for a ledger command and closes it after.
func (e *Env) withLedger(run func(*app.App) error) (err error) {
	a, err := e.Open()
	if err != nil {
		return err
	}
	defer func() {
		if e := a.Close(); err == nil {
			err = e
		}
	}()
	return run(a)
}

// tell prints a text of the catalogue, or with asJSON the object, as one line.
func (e *Env) tell(asJSON bool, object any, key string, args ...any) error {
	if asJSON {
		enc := json.NewEncoder(e.Stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(object)
	}
	_, err := fmt.Fprintln(e.Stdout, e.Catalog.T(e.Lang, key, args...))
	return err
}

// initCmd is "trucot init": it creates the agency's data and keys, or says what is there.
type initCmd struct {
	JSON bool `name:"json" help:"help_json"`
}

// initAnswer is what init --json prints.
type initAnswer struct {
	Data     string       `json:"data"`
	Engine   store.Engine `json:"engine"`
	Origin   string       `json:"origin"`   // the ledger's name
	Events   int64        `json:"events"`   // 0 in a new one
	Verifier string       `json:"verifier"` // public key; publish it, so that others can check checkpoints
}

// Run creates or opens the data folder.
func (c *initCmd) Run(env *Env) error {
	return env.withLedger(func(a *app.App) error {
		keys, err := a.Ledger.Verifiers(env.Ctx)
		if err != nil {
			return err
		}
		x := initAnswer{env.Data, a.DB.Engine, a.Ledger.Origin(), a.Ledger.Head(), keys[len(keys)-1]}
		return env.tell(c.JSON, x, "cli.init_done", "data", x.Data, "origin", x.Origin, "events", x.Events, "verifier", x.Verifier)
	})
}

// ledgerRebuild drops and builds the tables of the folds.
type ledgerRebuild struct {
	Fold []string `arg:"" optional:"" help:"help_ledger_rebuild_fold"`
	JSON bool     `name:"json" help:"help_json"`
}

// rebuildAnswer is a line of rebuild --json.
type rebuildAnswer struct {
	ledger.Rebuilt
	Equal bool `json:"equal"`
}

// Run rebuilds and fails where a table came out different.
func (c *ledgerRebuild) Run(env *Env) error {
	return env.withLedger(func(a *app.App) error {
		tables, err := a.Ledger.Rebuild(env.Ctx, c.Fold...)
		if err != nil {
			return err
		}
		different := 0
		for _, t := range tables {
			key := "cli.ledger_rebuilt"
			if !t.Equal() {
				key = "cli.ledger_rebuilt_other"
				different++
			}
			if err := env.tell(c.JSON, rebuildAnswer{t, t.Equal()}, key, "fold", t.Fold, "table", t.Table, "rows", t.After.Rows, "before", t.Before.Rows); err != nil {
				return err
			}
		}
		if different > 0 {
			return fault.New(fault.Conflict, "cli.ledger_rebuild_differs", "tables", different)
		}
		return nil
	})
}

// ledgerExport writes the ledger into one file, or as tiles into a folder.
type ledgerExport struct {
	File  string `arg:"" optional:"" help:"help_ledger_export_file"`
	Out   string `placeholder:"FILE" help:"help_export_out"`
	Tiles string `placeholder:"DIR" help:"help_ledger_export_tiles"`
	JSON  bool   `name:"json" help:"help_json"`
}

// Run exports. The file appears under its name only when it is complete.
func (c *ledgerExport) Run(env *Env) error {
	c.File = cmp.Or(c.File, c.Out)
	if c.File == "" && c.Tiles == "" {
		return fault.New(fault.Invalid, "cli.ledger_export_where")
	}
	return env.withLedger(func(a *app.App) error {
		if c.Tiles != "" {
			x, err := a.Ledger.ExportTiles(env.Ctx, c.Tiles)
			if err != nil {
				return cannotWrite(c.Tiles, err)
			}
			if err := env.tell(c.JSON, x, "cli.ledger_exported", "file", c.Tiles, "events", x.Events, "root", x.Root); err != nil || c.File == "" {
				return err
			}
		}
		if c.File == "-" {
			_, err := a.Ledger.Export(env.Ctx, env.Stdout)
			return err
		}
		x, err := exportFile(env, a, c.File)
		if err != nil {
			return cannotWrite(c.File, err)
		}
		return env.tell(c.JSON, x, "cli.ledger_exported", "file", c.File, "events", x.Events, "root", x.Root)
	})
}

func exportFile(env *Env, a *app.App, path string) (ledger.Exported, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return ledger.Exported{}, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	x, err := a.Ledger.Export(env.Ctx, f)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return x, err
}

// cannotWrite explains an error of the file system; other errors stay what they are.
func cannotWrite(path string, err error) error {
	var file *fs.PathError
	var link *os.LinkError
	if errors.As(err, &file) || errors.As(err, &link) {
		return fault.New(fault.Unavailable, "cli.cannot_write", "path", path).Because(err)
	}
	return err
}

// ledgerImport fills an empty ledger from an export.
type ledgerImport struct {
	File string `arg:"" help:"help_ledger_import_file"`
	JSON bool   `name:"json" help:"help_json"`
}

// Run imports.
func (c *ledgerImport) Run(env *Env) error {
	var in io.Reader = env.Stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fault.New(fault.NotFound, "cli.cannot_read", "path", c.File).Because(err)
		}
		defer f.Close()
		in = f
	}
	return env.withLedger(func(a *app.App) error {
		x, err := a.Ledger.Import(env.Ctx, in)
		if err != nil {
			return err
		}
		return env.tell(c.JSON, x, "cli.ledger_imported", "events", x.Events, "root", x.Root, "checkpoints", x.Checkpoints)
	})
}

// ledgerCheckpoint signs the present state.
type ledgerCheckpoint struct {
	JSON bool `name:"json" help:"help_json"`
}

// checkpointAnswer is what checkpoint --json prints.
type checkpointAnswer struct {
	Position int64  `json:"position"`
	Root     string `json:"root"`
	Note     string `json:"note"`
}

// Run prints the signed text, which ends with a line break of its own.
func (c *ledgerCheckpoint) Run(env *Env) error {
	return env.withLedger(func(a *app.App) error {
		x, err := a.Ledger.Checkpoint(env.Ctx)
		if err != nil {
			return err
		}
		if !c.JSON {
			_, err := io.WriteString(env.Stdout, x.Note)
			return err
		}
		return env.tell(true, checkpointAnswer{x.Position, base64.StdEncoding.EncodeToString(x.Root[:]), x.Note}, "")
	})
}

// ledgerBench measures durable commands a second, on a scratch database of its own.
type ledgerBench struct {
	Clients int     `default:"64" help:"help_ledger_bench_clients"`
	Seconds float64 `default:"5" help:"help_ledger_bench_seconds"`
	JSON    bool    `name:"json" help:"help_json"`
}

// Run measures on a scratch file beside the data, or on the given, empty PostgreSQL database.
func (c *ledgerBench) Run(env *Env) error {
	if c.Clients < 1 || c.Clients > 10_000 || c.Seconds <= 0 {
		return fault.New(fault.Invalid, "cli.ledger_bench_range")
	}
	at := env.DB
	if at == "" {
		if err := store.MakeFolder(env.Data); err != nil {
			return err
		}
		dir, err := os.MkdirTemp(env.Data, "bench-")
		if err != nil {
			return cannotWrite(env.Data, err)
		}
		defer os.RemoveAll(dir)
		at = filepath.Join(dir, "bench.db")
	}
	r, err := ledgerbench.Run(env.Ctx, ledgerbench.Load{At: at, Clients: c.Clients, For: time.Duration(c.Seconds * float64(time.Second))})
	if err != nil {
		return err
	}
	return env.tell(c.JSON, r, "cli.ledger_bench_done", "clients", r.Clients, "ledger", int64(r.Ledger), "bare", int64(r.Bare), "ratio", fmt.Sprintf("%.2f", r.Ratio))
}
