package store

import "strings"

// Set is a set of codes as one parameter, "<a><b>", since a statement of fixed text takes no list. A statement asks for a member with
// replace($1, '<' || unit || '>', ”) <> $1; the empty code is in no set.
func Set(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return "<" + strings.Join(codes, "><") + ">"
}
