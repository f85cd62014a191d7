package cli

import (
	"io"
	"os"

	"trucot/internal/app"
	"trucot/internal/engine/search"
	"trucot/internal/kernel/fault"
)

// searchCmd is "trucot search …".
type searchCmd struct {
	Run searchRun `cmd:"" help:"help_search_run"`
}

// searchRun ranks any collection with the analyser and the ranking of the search page.
type searchRun struct {
	Docs    string `required:"" placeholder:"FILE" type:"path" help:"help_search_docs"`
	Queries string `required:"" placeholder:"FILE" type:"path" help:"help_search_queries"`
	Out     string `required:"" placeholder:"FILE" help:"help_search_out"`
	Depth   int    `default:"100" help:"help_search_depth"`
}

// Run writes the ranking. A file that cannot be read to its end leaves no half of a ranking behind.
func (c *searchRun) Run(env *Env) error {
	lex, err := search.Load(app.Definitions(env.Data))
	if err != nil {
		return err
	}
	docs, err := openRead(c.Docs)
	if err != nil {
		return err
	}
	defer docs.Close()
	queries, err := openRead(c.Queries)
	if err != nil {
		return err
	}
	defer queries.Close()
	if c.Out == "-" {
		_, _, err := search.Run(lex, docs, queries, env.Stdout, c.Depth)
		return err
	}
	part := c.Out + ".part"
	out, err := os.Create(part)
	if err != nil {
		return fault.New(fault.Unavailable, "cli.out_unwritable", "file", c.Out).Because(err)
	}
	defer os.Remove(part)
	nDocs, nQueries, err := search.Run(lex, docs, queries, out, c.Depth)
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if err := os.Rename(part, c.Out); err != nil {
		return fault.New(fault.Unavailable, "cli.out_unwritable", "file", c.Out).Because(err)
	}
	_, err = io.WriteString(env.Stdout, env.Catalog.T(env.Lang, "cli.search_ranked", "docs", nDocs, "queries", nQueries)+"\n")
	return err
}

func openRead(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "cli.cannot_read", "path", path).Because(err)
	}
	return f, nil
}
