package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"trucot/internal/app"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/directive"
)

// directiveCmd is "trucot directive …".
type directiveCmd struct {
	Find directiveFind `cmd:"" help:"help_directive_find"`
	Add  directiveAdd  `cmd:"" help:"help_directive_add"`
	List directiveList `cmd:"" help:"help_directive_list"`
}

// directiveFind reads a text and prints its citations.
type directiveFind struct {
	JSON bool `name:"json" help:"help_directive_json"`
}

// maxText bounds the input of directive find; a year's official papers fit.
const maxText = 64 << 20

// Run prints one JSON object a line for each citation: kind, symbol, issuer, date, name, mention, start, end.
// Offsets count characters of the text as read.
func (c *directiveFind) Run(env *Env) error {
	raw, err := io.ReadAll(io.LimitReader(env.Stdin, maxText+1))
	if err != nil {
		return err
	}
	if len(raw) > maxText {
		return fault.New(fault.TooLarge, "cli.text_too_large", "limit", maxText>>20)
	}
	text := string(raw)
	if !utf8.Valid(raw) {
		var from lang.Encoding
		text, from = lang.Decode(raw)
		fmt.Fprintln(env.Stderr, env.Catalog.T(env.Lang, "cli.text_decoded", "encoding", from))
	}
	recogniser, err := directive.Load(app.Definitions(env.Data))
	if err != nil {
		return err
	}
	out := json.NewEncoder(env.Stdout)
	out.SetEscapeHTML(false)
	for _, citation := range recogniser.Find(text) {
		if err := out.Encode(citation); err != nil {
			return err
		}
	}
	return nil
}
