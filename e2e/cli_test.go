// Package e2e drives the whole program as its users do: scripts for the command line, a real browser for
// the pages. It holds no rules of its own.
package e2e

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"trucot/internal/cli"
	"trucot/internal/kernel/lang"
)

// TestMain lets scripts call the program as "trucot" in a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"trucot": func() {
			env := &cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Lang: lang.FromEnv(os.Getenv("LANG")), Ctx: context.Background()}
			os.Exit(cli.Main(os.Args[1:], env))
		},
	})
}

// TestCommandLine runs the scripts of testdata/cli, one behaviour a file.
func TestCommandLine(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/cli", Setup: func(e *testscript.Env) error {
		e.Setenv("LANG", "")
		e.Setenv("TRUCOT_DATA", e.WorkDir+"/data")
		return nil
	}})
}
