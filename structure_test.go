package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"trucot/internal/app"
	"trucot/internal/kernel/lang"
)

// The house: arrows point down only, and every room has the same skeleton (ARCHITECTURE.md).

// floors, from the ground up. Inside kernel the order is its own list.
var (
	floors      = []string{"kernel", "engine", "room", "app", "cli"}
	kernelOrder = []string{"fault", "lang", "defs", "calendar", "store", "pace", "blob", "ledger", "vault", "rule", "web"}
	sideways    = map[string][]string{ // allowed arrows between engines
		"dossier": {"procedure", "people", "document", "label"},
		"council": {"dossier"},
		"task":    {"people", "label"},
		"notify":  {"people"},
	}
)

type source struct {
	path string // slash path from the root
	file *ast.File
	text []byte
	fset *token.FileSet
}

func TestArrowsPointDown(t *testing.T) {
	for _, s := range sources(t) {
		from := strings.Split(filepath.ToSlash(filepath.Dir(s.path)), "/")
		if from[0] != "internal" || len(from) < 3 && !slices.Contains(floors, from[len(from)-1]) || strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		for _, imp := range s.file.Imports {
			target, _ := strconv.Unquote(imp.Path.Value)
			rel, own := strings.CutPrefix(target, "trucot/internal/")
			if !own {
				continue
			}
			if why := forbidden(from[1:], strings.Split(rel, "/")); why != "" {
				t.Errorf("%s imports %s: %s", s.path, target, why)
			}
		}
	}
}

func forbidden(from, to []string) string {
	if from[0] == "testing" {
		return ""
	}
	if to[0] == "testing" {
		return "test helpers are for tests"
	}
	a, b := slices.Index(floors, from[0]), slices.Index(floors, to[0])
	switch {
	case a < 0 || b < 0:
		return "not a floor of the house"
	case b > a:
		return "arrows point down only"
	case b < a || len(from) < 2 || len(to) < 2 || from[1] == to[1]:
		return ""
	case from[0] == "room":
		return "rooms never import each other"
	case from[0] == "engine" && !slices.Contains(sideways[from[1]], to[1]):
		return "this sideways arrow is not on the list"
	case from[0] == "kernel" && slices.Index(kernelOrder, from[1]) <= slices.Index(kernelOrder, to[1]):
		return "against the order of the kernel"
	}
	return ""
}

func TestFilesFitAFewScreens(t *testing.T) {
	for _, s := range sources(t) {
		if n := bytes.Count(s.text, []byte("\n")); n > 500 && !strings.HasSuffix(s.path, "_templ.go") {
			t.Errorf("%s has %d lines; the limit is 500: split it by what it says", s.path, n)
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	said := map[string]bool{}
	for _, s := range sources(t) {
		dir := filepath.Dir(s.path)
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		doc := ""
		if s.file.Doc != nil {
			doc = s.file.Doc.Text()
		}
		said[dir] = said[dir] || strings.HasPrefix(doc, "Package "+s.file.Name.Name+" ") || s.file.Name.Name == "main" && doc != ""
	}
	for dir, ok := range said {
		if !ok {
			t.Errorf("package in %s has no comment that opens with its name", dir)
		}
	}
}

func TestTextsStandInBothLanguages(t *testing.T) {
	c := app.Catalog()
	vi, en := c.Keys(lang.VI), c.Keys(lang.EN)
	for _, k := range vi {
		if !slices.Contains(en, k) {
			t.Errorf("%s has no English text", k)
		}
	}
	for _, k := range en {
		if !slices.Contains(vi, k) {
			t.Errorf("%s has no Vietnamese text", k)
		}
	}
}

func TestEveryFaultHasAText(t *testing.T) {
	c := app.Catalog()
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); !ok || sel.Sel.Name != "New" || !isIdent(sel.X, "fault") {
				return true
			}
			if lit, ok := call.Args[1].(*ast.BasicLit); ok {
				if key, _ := strconv.Unquote(lit.Value); !c.Has(key) {
					t.Errorf("%s: fault %q has no text", s.fset.Position(lit.Pos()), key)
				}
			}
			return true
		})
	}
}

func isIdent(e ast.Expr, name string) bool { id, ok := e.(*ast.Ident); return ok && id.Name == name }

// The project speaks of itself alone: no path of the machine it was written on.
func TestNoMachinePaths(t *testing.T) {
	bad := regexp.MustCompile(`(^|[\s"'(=])/(work|root|home/[a-z]+)/`)
	for _, path := range tracked(t) {
		text, err := os.ReadFile(path)
		if err != nil || bytes.IndexByte(text, 0) >= 0 || strings.Contains(path, ".min.") || path == "structure_test.go" {
			continue
		}
		if m := bad.Find(text); m != nil {
			t.Errorf("%s names a path of one machine: %q", path, m)
		}
	}
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	for _, path := range tracked(t) {
		if !strings.HasSuffix(path, ".go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			continue // deleted in the work tree
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, source{path, f, text, fset})
	}
	return out
}

// tracked lists the repository's files, new ones included.
func tracked(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v (run the tests in a checkout)", err)
	}
	return strings.Fields(string(out))
}
