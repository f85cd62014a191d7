package procedure

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"sort"
	"strings"

	"golang.org/x/sync/errgroup"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// Set is every definition of the agency, all versions.
type Set struct {
	byID map[string][]*Procedure // oldest first
	base map[string][]*Procedure // the abstract ones
}

// fileName is the file that defines one version.
const fileName = "procedure.yaml"

// maxFiles bounds how many definitions a folder may hold.
const maxFiles = 2000

// source is one parsed file waiting for its base.
type source struct {
	file  string            // <id>/<version>/procedure.yaml
	tree  *defs.Node        // merged over its base once that is known
	texts map[string]string // every file that went into tree
	done  bool
}

// Load reads every <id>/<version>/procedure.yaml under the root of fsys, lints and compiles them. Every
// fault of every file is in the returned fault.List; the set is nil if there is any.
func Load(fsys fs.FS) (*Set, error) {
	set, faults := read(fsys)
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	return set, nil
}

// Lint is Load for someone who is writing definitions: it returns the faults in reading order, nil when
// there are none, and the definitions that are in order.
func Lint(fsys fs.FS) (*Set, fault.List) { return read(fsys) }

func read(fsys fs.FS) (*Set, fault.List) {
	sources, faults := readSources(fsys)
	set, more := assemble(sources)
	faults = append(append(faults, more...), set.lintHeld()...)
	sort.SliceStable(faults, func(i, j int) bool { return faults[i].Place.File < faults[j].Place.File })
	return set, faults
}

// assemble builds the bases first, then what extends them.
func assemble(sources []source) (*Set, fault.List) {
	set := &Set{byID: map[string][]*Procedure{}, base: map[string][]*Procedure{}}
	var faults fault.List
	bases := map[string]*source{}
	for _, pass := range []func(*source) bool{
		func(s *source) bool { return s.abstract() && s.tree.Get("extends") == nil },
		func(s *source) bool { return s.abstract() && s.tree.Get("extends") != nil },
		func(s *source) bool { return !s.abstract() },
	} {
		var now []*source
		for i := range sources {
			if !sources[i].done && pass(&sources[i]) {
				now = append(now, &sources[i])
			}
		}
		faults = append(faults, set.take(now, bases)...)
		sortVersions(set.base)
	}
	sortVersions(set.byID)
	return set, append(faults, set.lintVersions()...)
}

func (s *source) abstract() bool {
	n := s.tree.Get("abstract")
	return n != nil && n.Text == "true"
}

// take builds definitions that do not rest on each other into the set; bases collects the abstract ones by file.
func (s *Set) take(sources []*source, bases map[string]*source) fault.List {
	built, errs := make([]*Procedure, len(sources)), make([]fault.List, len(sources))
	var parts errgroup.Group
	parts.SetLimit(runtime.GOMAXPROCS(0))
	for i, src := range sources {
		src.done = true
		base, err := s.baseOf(src, bases)
		if err != nil {
			errs[i] = fault.List{err}
			continue
		}
		parts.Go(func() error { built[i], errs[i] = build(src, base); return nil })
	}
	parts.Wait()
	for i, p := range built {
		switch {
		case p == nil:
		case p.Abstract:
			s.base[p.ID] = append(s.base[p.ID], p)
			bases[sources[i].file] = sources[i]
		default:
			s.byID[p.ID] = append(s.byID[p.ID], p)
		}
	}
	return slices.Concat(errs...)
}

func sortVersions(m map[string][]*Procedure) {
	for _, versions := range m {
		sort.SliceStable(versions, func(i, j int) bool { return versions[i].Effective.From < versions[j].Effective.From })
	}
}

func readSources(fsys fs.FS) ([]source, fault.List) {
	var files []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Base(name) == fileName {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		return nil, fault.List{fault.New(fault.Unavailable, "procedure.unreadable_folder").Because(err)}
	}
	if len(files) > maxFiles {
		return nil, fault.List{fault.New(fault.TooLarge, "procedure.too_many", "limit", maxFiles)}
	}
	read, errs := make([]source, len(files)), make([]error, len(files))
	var parts errgroup.Group // parsing is most of a program start, and no file waits for another
	parts.SetLimit(runtime.GOMAXPROCS(0))
	for i, file := range files {
		parts.Go(func() error { read[i], errs[i] = readSource(fsys, file); return nil })
	}
	parts.Wait()
	var out []source
	var faults fault.List
	for i, err := range errs {
		if err != nil {
			faults = append(faults, asFault(err))
			continue
		}
		out = append(out, read[i])
	}
	return out, faults
}

func readSource(fsys fs.FS, file string) (source, error) {
	if info, err := fs.Stat(fsys, file); err == nil && info.Size() > defs.MaxBytes {
		return source{}, fault.New(fault.TooLarge, "defs.too_large", "bytes", info.Size(), "limit", defs.MaxBytes).At(fault.Place{File: file})
	}
	raw, err := fs.ReadFile(fsys, file)
	if err != nil {
		return source{}, fault.New(fault.Unavailable, "procedure.unreadable", "file", file).Because(err)
	}
	return parse(file, string(raw))
}

func parse(file, text string) (source, error) {
	tree, err := defs.ParseText(file, text)
	if err != nil {
		return source{}, err
	}
	if tree.Kind != defs.Map {
		return source{}, fault.New(fault.Invalid, "procedure.not_a_definition").At(fault.Place{File: file, Line: 1})
	}
	return source{file: file, tree: tree, texts: map[string]string{file: text}}, nil
}

func asFault(err error) *fault.Error {
	var e *fault.Error
	if errors.As(err, &e) {
		return e
	}
	return fault.New(fault.Internal, "lang.internal_error").Because(err)
}

// baseOf finds what the definition extends: the version named, or the one in force when it begins.
func (s *Set) baseOf(child *source, bases map[string]*source) (*source, *fault.Error) {
	extends := child.tree.Get("extends")
	if extends == nil {
		return nil, nil
	}
	id, version, pinned := strings.Cut(extends.Text, "/")
	for i, p := range s.base[id] {
		if pinned && p.Version != version {
			continue
		}
		last := i == len(s.base[id])-1
		from := beginning(child.tree)
		if pinned || p.Effective.Covers(from) || last && (p.Effective.From <= from || from == calendar.NoDate) {
			return bases[p.At.File], nil
		}
	}
	known := make([]string, 0, len(s.base))
	for k := range s.base {
		known = append(known, k)
	}
	sort.Strings(known)
	return nil, fault.New(fault.Invalid, "procedure.unknown_base", "base", extends.Text, "known", strings.Join(known, ", ")).At(extends.Place)
}

func beginning(tree *defs.Node) calendar.Date {
	if from := tree.Get("effective").Get("from"); from != nil {
		if d, err := calendar.Parse(from.Text); err == nil {
			return d
		}
	}
	return calendar.NoDate
}

// own are the keys that a definition never inherits.
var own = map[string]bool{"id": true, "version": true, "title": true, "summary": true, "status": true, "abstract": true, "toy": true,
	"effective": true, "level": true, "code": true, "note": true, "extends": true}

// build merges a definition over its base, decodes, lints and compiles it.
func build(s *source, base *source) (*Procedure, fault.List) {
	if base != nil {
		inherited := &defs.Node{Kind: defs.Map, Place: base.tree.Place, Known: base.tree.Known}
		for _, pair := range base.tree.Pairs {
			if !own[pair.Key] {
				inherited.Pairs = append(inherited.Pairs, pair)
			}
		}
		s.tree = defs.Merge(inherited, s.tree)
		maps.Copy(s.texts, base.texts)
	}
	p := &Procedure{Sources: s.texts}
	faults := defs.Decode(s.tree, p)
	p.At = fault.Place{File: s.file, Line: 1, Column: 1}
	if len(faults) > 0 {
		return nil, faults
	}
	p.Digest = digest(p.Sources)
	faults = append(faults, p.drop()...)
	p.index()
	if !s.tree.Known {
		faults = append(faults, p.lint(s.file)...)
	}
	faults = append(faults, p.compile(s.tree.Known)...)
	if len(faults) > 0 {
		for _, e := range faults {
			pinpoint(e, s.tree, p.At)
		}
		return nil, faults
	}
	return p, nil
}

// pinpoint moves a fault that names a word from the entry it is about to the word itself, so that the reader
// sees the line to change.
func pinpoint(e *fault.Error, tree *defs.Node, whole fault.Place) {
	for _, arg := range []string{"name", "word", "id", "base"} {
		word, ok := e.Args[arg].(string)
		if !ok || word == "" {
			continue
		}
		entry := tree
		if e.Place != whole {
			entry = nodeAt(tree, e.Place)
		}
		found := false
		scalars(entry, func(text string, at fault.Place) {
			if !found && text == word {
				e.Place, found = at, true
			}
		})
		if found {
			return
		}
	}
}

// nodeAt is the map that begins at a place, nil when none does.
func nodeAt(n *defs.Node, at fault.Place) *defs.Node {
	if n == nil || n.Kind == defs.Map && n.Place == at {
		return n
	}
	for _, item := range n.Items {
		if found := nodeAt(item, at); found != nil {
			return found
		}
	}
	for i := range n.Pairs {
		if found := nodeAt(n.Pairs[i].Value, at); found != nil {
			return found
		}
	}
	return nil
}

// digest is over the files in the order of their names.
func digest(sources map[string]string) string {
	names := make([]string, 0, len(sources))
	for name := range sources {
		names = append(names, name)
	}
	sort.Strings(names)
	h := sha256.New()
	for _, name := range names {
		h.Write([]byte(name + "\x00" + sources[name] + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// drop takes out the states and transitions of the base that the definition does without.
func (p *Procedure) drop() fault.List {
	if len(p.Without) == 0 {
		return nil
	}
	var faults fault.List
	for _, id := range p.Without {
		found := false
		p.States, found = without(p.States, func(s State) bool { return s.ID == id }, found)
		p.Transitions, found = without(p.Transitions, func(t Transition) bool { return t.ID == id }, found)
		p.Outputs, found = without(p.Outputs, func(o Output) bool { return o.ID == id }, found)
		p.Fields, found = without(p.Fields, func(f Field) bool { return f.ID == id }, found)
		p.Deadlines, found = without(p.Deadlines, func(d Deadline) bool { return d.ID == id }, found)
		if !found {
			faults = append(faults, fault.New(fault.Invalid, "procedure.without_unknown", "id", id).At(p.At))
		}
	}
	dropped := map[string]bool{}
	for _, id := range p.Without {
		dropped[id] = true
	}
	keep := func(ids []string) []string {
		out, _ := without(ids, func(id string) bool { return dropped[id] }, false)
		return out
	}
	for i := range p.Transitions {
		p.Transitions[i].From = keep(p.Transitions[i].From)
		p.Transitions[i].Output = keep(p.Transitions[i].Output)
	}
	for i := range p.Deadlines {
		p.Deadlines[i].Anchor, p.Deadlines[i].Until = keep(p.Deadlines[i].Anchor), keep(p.Deadlines[i].Until)
	}
	return faults
}

func without[T any](in []T, gone func(T) bool, found bool) ([]T, bool) {
	out := in[:0:0]
	for _, x := range in {
		if gone(x) {
			found = true
			continue
		}
		out = append(out, x)
	}
	return out, found
}

// Restore compiles a definition again from the Sources it once had, for dossiers that are pinned to a text which
// is no longer among the definitions. Errors: fault.NotFound when the sources do not hold that version.
func Restore(id, version string, sources map[string]string) (*Procedure, error) {
	var list []source
	files := slices.Sorted(maps.Keys(sources))
	for _, file := range files {
		s, err := parse(file, sources[file])
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	set, faults := assemble(list)
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	return set.Version(id, version)
}
