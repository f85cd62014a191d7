package report

import (
	"slices"
	"strings"

	"trucot/internal/engine/indicator"
)

// node is a piece of a template: literal text, a reference in braces, or a bracketed clause that is left
// out when its first figure is absent or zero.
type node struct {
	text  string
	ref   string
	group []node
}

// parseTemplate reads "Tiếp nhận {a.b} hồ sơ[, trong đó {a.c} quá hạn]."; ok is false when braces or
// brackets do not pair or hold nothing.
func parseTemplate(s string) (nodes []node, ok bool) {
	nodes, rest, ok := parseNodes(s, false)
	return nodes, ok && rest == ""
}

func parseNodes(s string, inside bool) (nodes []node, rest string, ok bool) {
	for s != "" {
		i := strings.IndexAny(s, "{}[]")
		if i < 0 {
			return append(nodes, node{text: s}), "", !inside
		}
		if i > 0 {
			nodes = append(nodes, node{text: s[:i]})
		}
		switch s[i] {
		case '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 2 {
				return nil, "", false
			}
			nodes = append(nodes, node{ref: s[i+1 : i+end]})
			s = s[i+end+1:]
		case '[':
			group, after, ok := parseNodes(s[i+1:], true)
			if !ok || len(group) == 0 {
				return nil, "", false
			}
			nodes = append(nodes, node{group: group})
			s = after
		case ']':
			return nodes, s[i+1:], inside
		default:
			return nil, "", false
		}
	}
	return nodes, "", !inside
}

// Ref names a figure as templates and tables do: an indicator, and which of its numbers.
type Ref struct {
	Indicator string
	Part      string // "", opening, arising, closing, previous, change, estimate, target
}

var refParts = []string{"opening", "arising", "closing", "previous", "change", "estimate", "target"}

// ParseRef splits "dossier.open.opening"; a last word that is no part belongs to the id.
func ParseRef(s string) Ref {
	if i := strings.LastIndexByte(s, '.'); i > 0 && slices.Contains(refParts, s[i+1:]) {
		return Ref{s[:i], s[i+1:]}
	}
	return Ref{Indicator: s}
}

// isFigure tells figures from plain words such as {period}.
func isFigure(ref string) bool { return strings.Contains(ref, ".") }

func refsOf(nodes []node) []string {
	var out []string
	for _, n := range nodes {
		if n.ref != "" && isFigure(n.ref) {
			out = append(out, n.ref)
		}
		out = append(out, refsOf(n.group)...)
	}
	return out
}

// gate is the figure that a list of nodes stands or falls with: its own first, else none.
func gate(nodes []node) string {
	for _, n := range nodes {
		if n.ref != "" && isFigure(n.ref) {
			return n.ref
		}
	}
	return ""
}

// present reports whether a number is worth saying.
func present(v indicator.Value) bool { return v != indicator.NoValue && v != 0 }
