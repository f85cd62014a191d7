package web

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestSubset(t *testing.T) {
	for in, want := range map[string]string{
		`a{x:1}.btn{x:2}.card{x:3}`:                           `a{x:1}.btn{x:2}`,
		`.btn,.card .btn,p{x:1}`:                              `.btn,p{x:1}`,
		`@media (min-width:1px){.card{x:1}.btn{x:2}}`:         `@media (min-width:1px){.btn{x:2}}`,
		`@media print{.card{x:1}}`:                            ``,
		`@charset "UTF-8";/*! x */:root{--a:"}"}`:             `:root{--a:"}"}`,
		`@font-face{src:url(x)}@keyframes k{from{x:1}}p{y:2}`: `p{y:2}`,
		`.btn:not(.card){x:1}.btn:is(:hover,:focus){x:2}`:     `.btn:is(:hover,:focus){x:2}`,
		`.btn-close{x:1}`:                                     ``,
		`p{`:                                                  `p{}`,
		``:                                                    ``,
	} {
		if got := subset(in, []string{"btn"}); got != want {
			t.Errorf("%s\n gives %s\n want  %s", in, got, want)
		}
	}
}

func FuzzSubset(f *testing.F) {
	f.Add(`@media x{.btn,p{a:"b{"}}`)
	f.Fuzz(func(t *testing.T, css string) {
		if once := subset(css, vendorClasses); len(once) > 2*len(css)+2 {
			t.Errorf("%q grew to %q", css, once)
		}
	})
}

// Whatever class of the vendored sheet a template names is among those that are sent.
func TestTemplatesUseOnlyClassesThatAreSent(t *testing.T) {
	sheet := string(mustRead("assets/vendor/tabler.min.css"))
	words := regexp.MustCompile(`class="([^"]*)"|KV\("([^"]*)"|class=\{\s*"([^"]*)"`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".templ" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range words.FindAllStringSubmatch(string(text), -1) {
			for _, class := range strings.Fields(strings.Join(m[1:], " ")) {
				if !slices.Contains(vendorClasses, class) && regexp.MustCompile(`\.`+regexp.QuoteMeta(class)+`[^-\w]`).MatchString(sheet) {
					t.Errorf("%s uses .%s of the vendored sheet, which is not sent: add it to vendorClasses", path, class)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
