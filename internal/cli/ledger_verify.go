package cli

import (
	"encoding/base64"
	"os"

	"trucot/internal/app"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/ledger/verifier"
	"trucot/internal/kernel/store"
)

// ledgerVerify checks the ledger, or an export of one.
type ledgerVerify struct {
	Export     string   `placeholder:"FILE" help:"help_ledger_verify_export"`
	Key        []string `placeholder:"KEY" sep:"none" help:"help_ledger_verify_key"`
	Checkpoint string   `placeholder:"FILE" help:"help_ledger_verify_checkpoint"`
	JSON       bool     `name:"json" help:"help_json"`
}

// verifyAnswer is what verify --json prints.
type verifyAnswer struct {
	Sound       bool            `json:"sound"`
	Events      int64           `json:"events"` // sound ones
	Root        string          `json:"root"`
	Checkpoints int             `json:"checkpoints"`
	Problems    []verifyProblem `json:"problems"`
	More        int             `json:"more,omitempty"` // problems beyond those listed
}

// verifyProblem is one problem; position is 0 where no single event is concerned.
type verifyProblem struct {
	Position int64  `json:"position"`
	Problem  string `json:"problem"`
	Text     string `json:"text"`
}

// Run verifies and fails where anything is not as it was written.
func (c *ledgerVerify) Run(env *Env) error {
	if c.Export != "" {
		return c.export(env)
	}
	// A damaged ledger may not open, so only its database is opened.
	at := app.Options{Data: env.Data, DB: env.DB}.Address()
	if _, err := os.Stat(at); !store.IsPostgres(at) && err != nil {
		return fault.New(fault.NotFound, "ledger.no_ledger").Because(err)
	}
	db, err := store.Open(env.Ctx, at)
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := ledger.Verify(env.Ctx, db)
	if err != nil {
		return err
	}
	return c.answer(env, r)
}

func (c *ledgerVerify) answer(env *Env, r ledger.Report) error {
	x := verifyAnswer{Sound: r.Sound(), Events: r.Events, Root: base64.StdEncoding.EncodeToString(r.Root[:]),
		Checkpoints: r.Checkpoints, Problems: []verifyProblem{}, More: r.More}
	for _, p := range r.Problems {
		x.Problems = append(x.Problems, verifyProblem{p.Position, p.Fault.Key, env.Catalog.Error(env.Lang, p.Fault)})
	}
	if c.JSON || x.Sound {
		if err := env.tell(c.JSON, x, "cli.ledger_sound", "events", x.Events, "root", x.Root, "checkpoints", x.Checkpoints); err != nil {
			return err
		}
	}
	if x.Sound {
		return nil
	}
	if !c.JSON {
		for _, p := range x.Problems {
			env.report(fault.New(fault.Conflict, "cli.ledger_problem", "text", p.Text))
		}
	}
	return fault.New(fault.Conflict, "cli.ledger_not_sound", "problems", len(x.Problems)+x.More)
}

// export checks a file with the verifier that does not share the ledger's code.
func (c *ledgerVerify) export(env *Env) error {
	f, err := os.Open(c.Export)
	if err != nil {
		return fault.New(fault.NotFound, "cli.cannot_read", "path", c.Export).Because(err)
	}
	defer f.Close()
	opts := verifier.Options{Keys: c.Key}
	if c.Checkpoint != "" {
		note, err := os.ReadFile(c.Checkpoint)
		if err != nil {
			return fault.New(fault.NotFound, "cli.cannot_read", "path", c.Checkpoint).Because(err)
		}
		opts.Note = string(note)
	}
	r, err := verifier.Check(f, opts)
	if err != nil {
		return inFile(c.Export, err)
	}
	x := verifyAnswer{Sound: true, Events: r.Events, Root: base64.StdEncoding.EncodeToString(r.Root), Checkpoints: len(r.Notes), Problems: []verifyProblem{}}
	return env.tell(c.JSON, x, "cli.ledger_sound", "events", x.Events, "root", x.Root, "checkpoints", x.Checkpoints)
}

// inFile names the file in a fault that knows only the line.
func inFile(name string, err error) error {
	if f, ok := err.(*fault.Error); ok && f.Place.File == "" {
		f.Place.File = name
	}
	return err
}
