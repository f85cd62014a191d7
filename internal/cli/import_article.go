package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"trucot/internal/app"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// importArticleCmd is "trucot import article FILE…": reads pages of other sites and office files into drafts of articles.
type importArticleCmd struct {
	Files   []string `arg:"" help:"help_import_article_files"`
	Unit    string   `help:"help_import_article_unit"`
	Section string   `help:"help_import_article_section"`
	JSON    bool     `name:"json" help:"help_json"`
}

// Run imports file by file. A file that cannot be read makes no draft and does not stop the others; the command fails at
// its end.
func (c *importArticleCmd) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	var failed fault.List
	for _, file := range c.Files {
		done, err := a.ImportArticle(env.Ctx, app.ArticleFile{Path: file, Unit: c.Unit, Section: c.Section, Actor: commandLine})
		if err != nil {
			if failed, err = collect(failed, err); err != nil {
				return err
			}
			continue
		}
		if err := c.print(env, done); err != nil {
			return err
		}
	}
	return failed.OrNil()
}

func (c *importArticleCmd) print(env *Env, done *app.ReadArticle) error {
	if c.JSON {
		return json.NewEncoder(env.Stdout).Encode(done)
	}
	line := func(key string, args ...any) {
		fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "cli.article_"+key, args...))
	}
	line("read", "file", done.File, "id", done.ID)
	line("title", "text", done.Title)
	if !done.Dated.IsZero() {
		line("dated", "text", done.Dated.In(calendar.Zone).Format("02/01/2006 15:04"))
	}
	if done.Author != "" {
		line("author", "text", done.Author)
	}
	if done.Source != "" {
		line("source", "text", done.Source)
	}
	if n := len(done.Captions); n > 0 {
		line("captions", "n", n)
	}
	for _, x := range []struct {
		key   string
		named []string
	}{{"directives", done.Directives}, {"doubtful", done.Doubtful}, {"unknown", done.Unknown}} {
		if len(x.named) > 0 {
			line(x.key, "text", strings.Join(x.named, "; "))
		}
	}
	return nil
}
