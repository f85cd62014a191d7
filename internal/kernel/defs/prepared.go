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
// The table is: count; for each file its hash and the length of its tree; then the trees. A node is its kind (bit 7: quoted), line, column, then text, items or pairs. Whole
// numbers are uvarints, texts stand behind their length.

// prepared is the table in use.
var prepared atomic.Pointer[map[[sha256.Size]byte]string]

const quotedBit = 0x80

// Prepare takes a table of ready trees, as Pack made it.
func Prepare(table string) {
	u := &unpacker{data: table}
	hashes := make([][sha256.Size]byte, u.number())
	sizes := make([]int, len(hashes))
	for i := range hashes {
		copy(hashes[i][:], u.take(sha256.Size))
		sizes[i] = u.number()
	}
	trees := make(map[[sha256.Size]byte]string, len(hashes))
	for i, hash := range hashes {
		trees[hash] = u.take(sizes[i])
	}
	prepared.Store(&trees)
}

// Pack makes a table of ready trees from whole files. It fails as Parse does.
func Pack(files [][]byte) ([]byte, error) {
	slices.SortFunc(files, bytes.Compare)
	head, body := binary.AppendUvarint(nil, uint64(len(files))), []byte(nil)
	for _, src := range files {
		root, err := parse("", string(src))
		if err != nil {
			return nil, err
		}
		var p packer
		p.node(root)
		hash := sha256.Sum256(src)
		head = append(head, hash[:]...)
		head = binary.AppendUvarint(head, uint64(len(p)))
		body = append(body, p...)
	}
	return append(head, body...), nil
}

type packer []byte

func (p *packer) number(n int) { *p = binary.AppendUvarint(*p, uint64(n)) }

func (p *packer) text(s string) {
	p.number(len(s))
	*p = append(*p, s...)
}

func (p *packer) place(at fault.Place) {
	p.number(at.Line)
	p.number(at.Column)
}

func (p *packer) node(n *Node) {
	kind := byte(n.Kind)
	if n.Quoted {
		kind |= quotedBit
	}
	*p = append(*p, kind)
	p.place(n.Place)
	switch n.Kind {
	case Scalar:
		p.text(n.Text)
	case List:
		p.number(len(n.Items))
		for _, item := range n.Items {
			p.node(item)
		}
	case Map:
		p.number(len(n.Pairs))
		for _, pair := range n.Pairs {
			p.text(pair.Key)
			p.place(pair.Place)
			p.node(pair.Value)
		}
	}
}

// ready is the tree of a file whose tree was prepared, nil for any other file.
func ready(file, src string) *Node {
	tree, ok := known([]byte(src))
	if !ok {
		return nil
	}
	u := &unpacker{data: tree, file: file, lines: strings.Split(src, "\n")}
	return u.node()
}

func known(src []byte) (tree string, ok bool) {
	if trees := prepared.Load(); trees != nil {
		tree, ok = (*trees)[sha256.Sum256(src)]
	}
	return tree, ok
}

// Known reports whether the bytes are those of a definition that the program ships, which its tests have read in full.
func Known(src []byte) bool {
	_, ok := known(src)
	return ok
}

// unpacker reads a table or a tree. It trusts them: they are compiled into the program.
type unpacker struct {
	data  string // still to be read
	file  string
	lines []string
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
	kind := u.take(1)[0]
	n := &Node{Kind: Kind(kind &^ quotedBit), Quoted: kind&quotedBit != 0, Known: true, Place: u.place()}
	switch n.Kind {
	case Scalar:
		n.Text = u.take(u.number())
	case List:
		n.Items = sized[*Node](u.number())
		for i := range n.Items {
			n.Items[i] = u.node()
		}
	case Map:
		n.Pairs = sized[Pair](u.number())
		for i := range n.Pairs {
			key := u.take(u.number())
			n.Pairs[i] = Pair{Key: key, Place: u.place(), Value: u.node()}
		}
	}
	return n
}

// sized is a slice of n, nil for none as the YAML reader leaves it.
func sized[T any](n int) []T {
	if n == 0 {
		return nil
	}
	return make([]T, n)
}
