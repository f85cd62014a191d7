package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"trucot/definitions"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Definitions are the shipped definition files with the agency's own on top: a file in <data>/definitions
// replaces the shipped file of the same path, so that an office can put in next year's holidays without a
// new version of the program.
func Definitions(data string) fs.FS {
	own := filepath.Join(data, "definitions")
	if info, err := os.Stat(own); data == "" || err != nil || !info.IsDir() {
		return definitions.Files
	}
	return overlay{top: os.DirFS(own), base: definitions.Files}
}

// ownReports reports whether the agency has report or indicator definitions of its own. Shipped ones are checked against
// each other by the tests, not at every start.
func ownReports(data string) bool {
	return slices.ContainsFunc([]string{"reports", "indicators"}, func(part string) bool {
		_, err := os.Stat(filepath.Join(data, "definitions", part))
		return err == nil
	})
}

// ProceduresOver are the procedures of a folder on top of the shipped ones, on which they may be founded.
func ProceduresOver(own fs.FS) (fs.FS, error) {
	shipped, err := fs.Sub(definitions.Files, "procedures")
	return overlay{top: own, base: shipped}, err
}

// placed names a mistake in one of the agency's own definition files by the file's whole path: the reader of a
// path inside the definitions could not tell it from the shipped file of the same name.
func placed(data string, err error) error {
	var list fault.List
	var one *fault.Error
	if !errors.As(err, &list) && errors.As(err, &one) {
		list = fault.List{one}
	}
	own := filepath.Join(data, "definitions")
	for _, e := range list {
		name := e.Place.File
		filepath.WalkDir(own, func(path string, d fs.DirEntry, err error) error {
			if err == nil && name != "" && strings.HasSuffix(filepath.ToSlash(path), "/"+name) {
				e.Place.File = path
				return fs.SkipAll
			}
			return nil // what cannot be looked at leaves the place as it is
		})
	}
	return err
}

// Calendar is the working calendar of the agency whose data folder this is.
func Calendar(data string) (*calendar.Calendar, error) { return calendar.Load(Definitions(data)) }

// Procedures are the definitions of the agency whose data folder this is, with its own shorter deadlines.
func Procedures(data string) (*procedure.Set, error) {
	files, err := fs.Sub(Definitions(data), "procedures")
	if err != nil {
		return nil, err
	}
	set, err := procedure.Load(files)
	if err != nil {
		return nil, err
	}
	return set, set.LoadLocal(files)
}

// overlay shows the files of base, those of top first. Folders are listed by fs.ReadDir, as fs.Glob and
// fs.WalkDir do, not by opening them.
type overlay struct{ top, base fs.FS }

func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.top.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.base.Open(name)
	}
	return f, err
}

// ReadDir merges the two folders.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	top, err := fs.ReadDir(o.top, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	base, baseErr := fs.ReadDir(o.base, name)
	if err != nil && baseErr != nil {
		return nil, baseErr
	}
	for _, e := range base {
		if !slices.ContainsFunc(top, func(t fs.DirEntry) bool { return t.Name() == e.Name() }) {
			top = append(top, e)
		}
	}
	slices.SortFunc(top, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return top, nil
}
