package store

import (
	"strconv"
	"strings"
)

// text is the statement as the engine gets it. On SQLite placeholders that stand in order, each once,
// become plain question marks: the driver asks for the name of every named one, and each answer walks
// a list of all names, which made up four fifths of the time of a wide insert.
func (db *DB) text(q SQL) string {
	if db.Engine != SQLite {
		return string(q)
	}
	if plain, ok := anonymous(string(q)); ok {
		return plain
	}
	return string(q)
}

// anonymous replaces $1, $2, $3… by question marks, if that is their order and each stands once.
func anonymous(q string) (string, bool) {
	var b strings.Builder
	quoted := byte(0)
	for i, next := 0, 1; i < len(q); i++ {
		c := q[i]
		switch {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '\'' || c == '"':
			quoted = c
		case c == '?' || c == '-' && strings.HasPrefix(q[i:], "--") || c == '/' && strings.HasPrefix(q[i:], "/*"):
			return "", false // rare, and not worth understanding
		case c == '$':
			number := strconv.Itoa(next)
			if !strings.HasPrefix(q[i+1:], number) || i+1+len(number) < len(q) && isDigit(q[i+1+len(number)]) {
				return "", false
			}
			b.WriteByte('?')
			i += len(number)
			next++
			continue
		}
		b.WriteByte(c)
	}
	return b.String(), quoted == 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
