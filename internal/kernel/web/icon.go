package web

import (
	"io/fs"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

// icons are the drawings of the vendored icons, name → what stands inside <svg>.
var icons = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	entries, err := fs.ReadDir(assetFiles, "assets/icons")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		svg := string(mustRead("assets/icons/" + e.Name()))
		open := strings.IndexByte(svg, '>')
		m[strings.TrimSuffix(e.Name(), ".svg")] = strings.TrimSpace(svg[open+1 : strings.LastIndex(svg, "</svg>")])
	}
	return m
})

// Icon draws a vendored icon beside a word; it is hidden from screen readers, which read the word. It
// panics on an unknown name.
func Icon(name string) templ.Component {
	inside, ok := icons()[name]
	if !ok {
		panic("web: no icon " + name)
	}
	return templ.Raw(`<svg class="kh-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">` + inside + `</svg>`)
}
