package cli

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"trucot/internal/kernel/fault"
)

// usages turn the parser's English sentences into our own texts: pattern, key and the names of its groups.
var usages = []struct {
	pattern *regexp.Regexp
	key     string
	args    []string
}{
	{regexp.MustCompile(`^(?:unexpected argument|unknown flag) (.+), did you mean (?:one of )?(.+)\?$`), "cli.usage_near", []string{"word", "near"}},
	{regexp.MustCompile(`^(?:unexpected argument|unknown flag) (.+)$`), "cli.usage_word", []string{"word"}},
	{regexp.MustCompile(`^missing flags: (.*)$`), "cli.usage_missing", []string{"what"}},
	{regexp.MustCompile(`^expected one of (.*)$`), "cli.usage_one_of", []string{"what"}},
	{regexp.MustCompile(`^(?:expected|missing positional arguments) (.*)$`), "cli.usage_missing", []string{"what"}},
	{regexp.MustCompile(`^(--[^:=]+)[^:]*: (?:expected|missing).*$`), "cli.usage_value", []string{"flag"}},
}

// usage says what is wrong with a command line; a sentence that is not known is quoted.
func usage(err error) error {
	for _, u := range usages {
		found := u.pattern.FindStringSubmatch(err.Error())
		if found == nil {
			continue
		}
		args := []any{}
		for i, name := range u.args {
			args = append(args, name, found[i+1])
		}
		return fault.New(fault.Invalid, u.key, args...)
	}
	return fault.New(fault.Invalid, "cli.usage", "reason", err.Error())
}

// helpWords are the parser's own words on a help page and the texts that take their place.
var helpWords = []struct{ word, key string }{
	{"Usage:", "cli.page_usage"}, {"Flags:", "cli.page_flags"}, {"Commands:", "cli.page_commands"}, {"Arguments:", "cli.page_arguments"},
	{"[flags]", "cli.page_some_flags"}, {"<command>", "cli.page_command"},
}

var more = regexp.MustCompile(`(?m)^Run "(.*) --help" for more information on a command\.$`)

// help prints the parser's help page in the reader's language.
func (e *Env) help(o kong.HelpOptions, ctx *kong.Context) error {
	var page bytes.Buffer
	out := ctx.Stdout
	ctx.Stdout = &page
	err := kong.DefaultHelpPrinter(o, ctx)
	ctx.Stdout = out
	text := page.String()
	text = more.ReplaceAllString(text, e.Catalog.T(e.Lang, "cli.page_more", "command", "$1"))
	for _, w := range helpWords {
		text = strings.ReplaceAll(text, w.word, e.Catalog.T(e.Lang, w.key))
	}
	_, werr := io.WriteString(out, text)
	return errors.Join(err, werr)
}
