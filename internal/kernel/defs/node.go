// Package defs (tệp định nghĩa) reads the YAML that law is written in: strictly, with every mistake
// placed at file:line:column beside the line itself and followed by what to write instead.
//
// It owns reading, merging and decoding into Go structs. It does not know what a definition means, and
// takes only the plain part of YAML: anchors, aliases, tags and merge keys are refused, since a definition
// must read the same to a lawyer as to the program, and since they are how hostile YAML grows.
package defs

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Limits on one file. They bound the work of reading, not the law: the longest real definition is a fifth
// of them. The YAML library takes time quadratic in the number of keys and of blank lines.
const (
	MaxBytes = 128 << 10
	MaxLines = 4000
	MaxDepth = 24
)

// Kind is the shape of a Node.
type Kind uint8

// The four shapes.
const (
	Null Kind = iota
	Scalar
	List
	Map
)

// Node is one value of a definition file and where it stands.
type Node struct {
	Kind   Kind
	Place  fault.Place
	Text   string  // of a Scalar, as written, in normal form C, without quotes
	Quoted bool    // the scalar stood in quotes or in a block
	Known  bool    // it stands in a file that the program ships, which its tests have read in full
	Items  []*Node // of a List
	Pairs  []Pair  // of a Map, in the order written
}

// Pair is one key of a Map.
type Pair struct {
	Key   string
	Place fault.Place // of the key
	Value *Node
}

// Get is the value under key, nil when the node is no map or has no such key.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Pairs {
		if n.Pairs[i].Key == key {
			return n.Pairs[i].Value
		}
	}
	return nil
}

// Parse reads one file. The errors are a fault.List with one fault: too large, too deep, a refused
// construct, or a line that is no YAML.
func Parse(file string, src []byte) (*Node, error) {
	return ParseText(file, string(src))
}

// ParseText is Parse for who keeps the text: the places in the tree share it.
func ParseText(file, src string) (*Node, error) {
	if len(src) > MaxBytes {
		return nil, fault.New(fault.TooLarge, "defs.too_large", "bytes", len(src), "limit", MaxBytes).At(fault.Place{File: file})
	}
	if n := ready(file, src); n != nil {
		return n, nil
	}
	return parse(file, src)
}

// parse reads the YAML itself.
func parse(file, src string) (*Node, error) {
	r := &reader{file: file, lines: strings.Split(src, "\n")}
	if len(r.lines) > MaxLines {
		return nil, fault.New(fault.TooLarge, "defs.too_many_lines", "lines", len(r.lines), "limit", MaxLines).At(fault.Place{File: file})
	}
	tokens := lexer.Tokenize(src)
	if err := r.check(tokens); err != nil {
		return nil, err
	}
	f, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, r.syntax(err)
	}
	var bodies []ast.Node
	for _, d := range f.Docs {
		if d.Body != nil {
			bodies = append(bodies, d.Body)
		}
	}
	if len(bodies) == 0 {
		return nil, fault.New(fault.Invalid, "defs.empty").At(fault.Place{File: file})
	}
	if len(bodies) > 1 {
		return nil, fault.New(fault.Invalid, "defs.one_document").At(r.place(bodies[1].GetToken()))
	}
	return r.node(bodies[0], 0)
}

type reader struct {
	file  string
	lines []string
}

// place locates a token; the library counts lines and columns from 1.
func (r *reader) place(t *token.Token) fault.Place {
	if t == nil || t.Position == nil {
		return fault.Place{File: r.file}
	}
	p := fault.Place{File: r.file, Line: t.Position.Line, Column: t.Position.Column}
	if p.Line >= 1 && p.Line <= len(r.lines) {
		p.Source = strings.TrimSpace(r.lines[p.Line-1])
	}
	return p
}

// check refuses what is out of bounds before the recursive parser sees it.
func (r *reader) check(tokens token.Tokens) error {
	flow, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, dashes = t.Position.Line, 0
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType, token.DirectiveType, token.MappingKeyType:
			return fault.New(fault.Invalid, "defs.refused_construct", "text", t.Value).At(r.place(t))
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.SequenceEntryType:
			dashes++
		}
		if flow > MaxDepth || dashes > MaxDepth || (t.Position.IndentNum > 8*MaxDepth && t.Type != token.StringType) {
			return fault.New(fault.TooLarge, "defs.too_deep", "limit", MaxDepth).At(r.place(t))
		}
	}
	return nil
}

// syntax places the library's error. Its words stay with the log; readers get ours.
func (r *reader) syntax(err error) error {
	var dup *yaml.DuplicateKeyError
	if errors.As(err, &dup) {
		return fault.New(fault.Invalid, "defs.duplicate_key", "key", dup.Token.Value).At(r.place(dup.Token))
	}
	out := fault.New(fault.Invalid, "defs.syntax").Because(err)
	var located yaml.Error
	if errors.As(err, &located) {
		if strings.Contains(located.GetMessage(), "already defined") {
			out = fault.New(fault.Invalid, "defs.duplicate_key", "key", located.GetToken().Value)
		}
		return out.At(r.place(located.GetToken()))
	}
	return out.At(fault.Place{File: r.file})
}

func (r *reader) node(n ast.Node, depth int) (*Node, error) {
	if depth > MaxDepth {
		return nil, fault.New(fault.TooLarge, "defs.too_deep", "limit", MaxDepth).At(r.place(n.GetToken()))
	}
	out := &Node{Place: r.place(n.GetToken())}
	switch n := n.(type) {
	case *ast.NullNode:
		return out, nil
	case *ast.MappingNode:
		return out, r.pairs(out, n.Values, depth)
	case *ast.MappingValueNode:
		return out, r.pairs(out, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		out.Kind = List
		for _, v := range n.Values {
			item, err := r.node(v, depth+1)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, item)
		}
		return out, nil
	case *ast.LiteralNode:
		out.Kind, out.Text, out.Quoted = Scalar, lang.NFC(n.Value.Value), true
		return out, nil
	case *ast.StringNode:
		tt := n.GetToken().Type
		out.Kind, out.Text, out.Quoted = Scalar, lang.NFC(n.Value), tt == token.SingleQuoteType || tt == token.DoubleQuoteType
		return out, nil
	case ast.ScalarNode:
		out.Kind, out.Text = Scalar, lang.NFC(n.GetToken().Value)
		return out, nil
	}
	return nil, fault.New(fault.Invalid, "defs.refused_construct", "text", n.GetToken().Value).At(out.Place)
}

func (r *reader) pairs(out *Node, values []*ast.MappingValueNode, depth int) error {
	out.Kind = Map
	seen := make(map[string]bool, len(values))
	for i, v := range values {
		key := Pair{Key: v.Key.GetToken().Value, Place: r.place(v.Key.GetToken())}
		if i == 0 {
			out.Place = key.Place
		}
		if seen[key.Key] {
			return fault.New(fault.Invalid, "defs.duplicate_key", "key", key.Key).At(key.Place)
		}
		seen[key.Key] = true
		value, err := r.node(v.Value, depth+1)
		if err != nil {
			return err
		}
		key.Value = value
		out.Pairs = append(out.Pairs, key)
	}
	return nil
}
