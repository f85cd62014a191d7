package defs

import (
	"io/fs"
	"path"
	"reflect"
	"testing"

	"trucot/definitions"
)

// Every shipped file must read the same from its ready tree as from its YAML, places included.
func TestAReadyTreeIsTheParsedOne(t *testing.T) {
	var files [][]byte
	err := fs.WalkDir(definitions.Files, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".yaml" {
			return err
		}
		raw, err := fs.ReadFile(definitions.Files, name)
		files = append(files, raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	table, err := Pack(files)
	if err != nil {
		t.Fatal(err)
	}
	Prepare(string(table))
	defer prepared.Store(nil)
	for _, src := range files {
		want, err := parse("x.yaml", string(src))
		if err != nil {
			t.Fatal(err)
		}
		markKnown(want)
		got := ready("x.yaml", string(src))
		if got == nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("the tree of %.80q… differs", src)
		}
		if ready("x.yaml", "# \n"+string(src)) != nil {
			t.Fatal("a changed file was taken for the shipped one")
		}
	}
}

// markKnown makes a parsed tree what a ready one is beside its content: known.
func markKnown(n *Node) {
	n.Known = true
	for _, item := range n.Items {
		markKnown(item)
	}
	for _, pair := range n.Pairs {
		markKnown(pair.Value)
	}
}
