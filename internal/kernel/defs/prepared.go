package defs

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"sync/atomic"

	"trucot/internal/kernel/fault"
)

// Reading YAML is most of what a start costs, and the definitions that the program ships do not change
// between starts. Their trees are therefore also kept ready, under the hash of the file they came from: Parse
// takes the tree from there when it is given just those bytes, and reads the YAML when it is given others.
//
// The table is: count; for each file its hash, the numbers of its nodes, list items and pairs, the length of
// its tree; then the trees. A node is its kind (bit 7: quoted), line, column, then text, items or pairs. Whole
// numbers are uvarints, texts stand behind their length.

// prepared is the table in use.
var prepared atomic.Pointer[map[[sha256.Size]byte]preparedTree]

type preparedTree struct {
	nodes, items, pairs int
	data                string
}

const quotedBit = 0x80

// Prepare takes a table of ready trees, as Pack made it.
func Prepare(table string) {
	type entry struct {
		hash [sha256.Size]byte
		tree preparedTree
		size int
	}
	d := &unpacker{data: table}
	entries := make([]entry, d.number())
	for i := range entries {
		e := &entries[i]
		copy(e.hash[:], d.take(sha256.Size))
		e.tree = preparedTree{nodes: d.number(), items: d.number(), pairs: d.number()}
		e.size = d.number()
	}
	trees := make(map[[sha256.Size]byte]preparedTree, len(entries))
	for _, e := range entries {
		e.tree.data = d.take(e.size)
		trees[e.hash] = e.tree
	}
	prepared.Store(&trees)
}

// Pack makes a table of ready trees from whole files. It fails as Parse does.
func Pack(files [][]byte) ([]byte, error) {
	slices.SortFunc(files, bytes.Compare)
	head, body := binary.AppendUvarint(nil, uint64(len(files))), []byte(nil)
	for _, src := range files {
		root, err := parse("", src)
		if err != nil {
			return nil, err
		}
		p := &packer{}
		p.node(root)
		hash := sha256.Sum256(src)
		head = append(head, hash[:]...)
		for _, n := range []int{p.nodes, p.items, p.pairs, len(p.out)} {
			head = binary.AppendUvarint(head, uint64(n))
		}
		body = append(body, p.out...)
	}
	return append(head, body...), nil
}

type packer struct {
	out                 []byte
	nodes, items, pairs int
}

func (p *packer) number(n int) { p.out = binary.AppendUvarint(p.out, uint64(n)) }

func (p *packer) text(s string) {
	p.number(len(s))
	p.out = append(p.out, s...)
}

func (p *packer) place(at fault.Place) {
	p.number(at.Line)
	p.number(at.Column)
}

func (p *packer) node(n *Node) {
	p.nodes++
	kind := byte(n.Kind)
	if n.Quoted {
		kind |= quotedBit
	}
	p.out = append(p.out, kind)
	p.place(n.Place)
	switch n.Kind {
	case Scalar:
		p.text(n.Text)
	case List:
		p.items += len(n.Items)
		p.number(len(n.Items))
		for _, item := range n.Items {
			p.node(item)
		}
	case Map:
		p.pairs += len(n.Pairs)
		p.number(len(n.Pairs))
		for _, pair := range n.Pairs {
			p.text(pair.Key)
			p.place(pair.Place)
			p.node(pair.Value)
		}
	}
}

// ready is the tree of a file whose tree was prepared, nil for any other file.
func ready(file string, src []byte) *Node {
	trees := prepared.Load()
	if trees == nil {
		return nil
	}
	t, ok := (*trees)[sha256.Sum256(src)]
	if !ok {
		return nil
	}
	u := &unpacker{data: t.data, file: file, lines: strings.Split(string(src), "\n"),
		nodes: make([]Node, t.nodes), items: make([]*Node, t.items), pairs: make([]Pair, t.pairs)}
	return u.node()
}

// unpacker reads a table or a tree. It trusts them: they are compiled into the program.
type unpacker struct {
	data  string
	file  string
	lines []string
	nodes []Node // still to be used
	items []*Node
	pairs []Pair
}

func (u *unpacker) number() int {
	n, shift := 0, 0
	for i := 0; ; i++ {
		b := u.data[i]
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			u.data = u.data[i+1:]
			return n
		}
		shift += 7
	}
}

func (u *unpacker) take(n int) string {
	s := u.data[:n]
	u.data = u.data[n:]
	return s
}

func (u *unpacker) place() fault.Place {
	p := fault.Place{File: u.file, Line: u.number(), Column: u.number()}
	if p.Line >= 1 && p.Line <= len(u.lines) {
		p.Source = strings.TrimSpace(u.lines[p.Line-1])
	}
	return p
}

func (u *unpacker) node() *Node {
	n := &u.nodes[0]
	u.nodes = u.nodes[1:]
	kind := u.take(1)[0]
	n.Kind, n.Quoted = Kind(kind&^quotedBit), kind&quotedBit != 0
	n.Place = u.place()
	switch n.Kind {
	case Scalar:
		n.Text = u.take(u.number())
	case List:
		n.Items, u.items = cutOff(u.items, u.number())
		for i := range n.Items {
			n.Items[i] = u.node()
		}
	case Map:
		n.Pairs, u.pairs = cutOff(u.pairs, u.number())
		for i := range n.Pairs {
			key := u.take(u.number())
			n.Pairs[i] = Pair{Key: key, Place: u.place(), Value: u.node()}
		}
	}
	return n
}

// cutOff is the first n of s, which nothing appended to it can overwrite, and the rest.
func cutOff[T any](s []T, n int) (first, rest []T) {
	if n == 0 {
		return nil, s
	}
	return s[:n:n], s[n:]
}
