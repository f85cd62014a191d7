package web

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"trucot/internal/kernel/lang"
)

// Dot is a status: a coloured dot and always the word. It is written by hand because a list has a hundred of them: a
// template puts together and checks the names of the classes each time.
func Dot(tone, word string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<span class="kh-dot kh-`+templ.EscapeString(tone)+`">`+templ.EscapeString(lang.Sentence(word))+`</span>`)
		return err
	})
}
