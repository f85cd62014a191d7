package script

import (
	"io/fs"
	"strings"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// Limits on one script.
const (
	maxBytes = 64 << 10
	maxLines = 1000
)

// line is one parsed line.
type line struct {
	place     fault.Place
	verb      string // today, file, act, expect
	name      string // transition, or what is expected
	args      []string
	on        calendar.Date
	at        time.Time
	role      string
	unit      string
	assignee  string
	channel   string
	note      string
	documents []string
	fields    map[string]any
}

func (l line) takesFault() bool { return l.verb == "expect" && l.name == "fault" }

// Find reads every tests/*.txt below the root of a procedures folder. All faults come back together.
func Find(fsys fs.FS) ([]*Script, error) {
	files, err := fs.Glob(fsys, "*/*/tests/*.txt")
	if err != nil {
		return nil, err
	}
	var out []*Script
	var faults fault.List
	for _, file := range files {
		raw, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		s, list := Parse(file, raw)
		faults = append(faults, list...)
		out = append(out, s)
	}
	return out, faults.OrNil()
}

// Parse reads one script; the procedure is that of the folder, unless a line "procedure ID" names another.
func Parse(file string, src []byte) (*Script, fault.List) {
	s := &Script{File: file, Procedure: procedureOf(file)}
	p := &parser{file: file, script: s}
	if len(src) > maxBytes || strings.Count(string(src), "\n") > maxLines {
		return s, fault.List{fault.New(fault.TooLarge, "script.too_large", "limit", maxLines).At(fault.Place{File: file})}
	}
	for i, text := range strings.Split(string(src), "\n") {
		p.at = fault.Place{File: file, Line: i + 1, Column: 1, Source: strings.TrimSpace(text)}
		words, ok := split(text)
		if !ok {
			p.fail("script.open_quote")
		} else if len(words) > 0 {
			p.line(words)
		}
	}
	return s, p.faults
}

type parser struct {
	file   string
	script *Script
	at     fault.Place
	faults fault.List
}

func (p *parser) fail(key string, args ...any) {
	p.faults = append(p.faults, fault.New(fault.Invalid, key, args...).At(p.at))
}

func (p *parser) line(words []string) {
	l := line{place: p.at}
	switch words[0] {
	case "procedure":
		if len(words) != 2 {
			p.fail("script.want", "form", "procedure ID")
			return
		}
		p.script.Procedure = words[1]
		return
	case "today":
		l.verb = "today"
		if len(words) < 2 || !p.when(&l, words[1:]) {
			return
		}
	case "on":
		if !p.step(&l, words[1:]) {
			return
		}
	case "expect":
		l.verb = "expect"
		if len(words) < 2 {
			p.fail("script.want", "form", "expect state | due | fault …")
			return
		}
		l.name, l.args = words[1], words[2:]
		if !p.expectation(&l) {
			return
		}
	default:
		p.unknown(words[0], []string{"on", "expect", "today", "procedure"})
		return
	}
	p.script.lines = append(p.script.lines, l)
}

func (p *parser) unknown(word string, known []string) {
	if near := defs.Nearest(word, known); near != "" {
		p.fail("script.unknown_near", "word", word, "near", near)
		return
	}
	p.fail("script.unknown", "word", word, "known", strings.Join(known, ", "))
}

// when reads DATE [HH:MM]; it reports whether the date is one.
func (p *parser) when(l *line, words []string) bool {
	on, err := calendar.Parse(words[0])
	if err != nil {
		p.fail("script.bad_date", "text", words[0])
		return false
	}
	l.on = on
	if len(words) > 1 && strings.Contains(words[1], ":") {
		at, err := time.ParseInLocation("2006-01-02 15:04", words[0]+" "+words[1], calendar.Zone)
		if err != nil {
			p.fail("script.bad_hour", "text", words[1])
			return false
		}
		l.at = at
	}
	return true
}

// step reads what follows "on".
func (p *parser) step(l *line, words []string) bool {
	if len(words) < 2 {
		p.fail("script.want", "form", "on DATE [HH:MM] file | act …")
		return false
	}
	if !p.when(l, words) {
		return false
	}
	words = words[1:]
	if !l.at.IsZero() {
		words = words[1:]
	}
	if len(words) == 0 || words[0] != "file" && words[0] != "act" {
		p.fail("script.want", "form", "on DATE [HH:MM] file | act …")
		return false
	}
	l.verb, words = words[0], words[1:]
	if len(words) > 0 && !strings.Contains(words[0], "=") && words[0] != "by" {
		l.name, words = words[0], words[1:]
	}
	if l.verb == "act" && l.name == "" {
		p.fail("script.want", "form", "on DATE act STEP by ACTOR")
		return false
	}
	return p.details(l, words)
}

// details reads "by ACTOR", "to ASSIGNEE" and name=value pairs.
func (p *parser) details(l *line, words []string) bool {
	l.fields = map[string]any{}
	for i := 0; i < len(words); i++ {
		name, value, pair := strings.Cut(words[i], "=")
		switch {
		case pair && name == "docs":
			l.documents = strings.Split(value, ",")
		case pair && name == "channel":
			l.channel = value
		case pair && name == "unit":
			l.unit = value
		case pair && name == "note":
			l.note = value
		case pair:
			l.fields[name] = fieldValue(value)
		case (words[i] == "by" || words[i] == "to") && i+1 < len(words):
			if i++; words[i-1] == "by" {
				l.role = words[i]
			} else {
				l.assignee = words[i]
			}
		default:
			p.fail("script.unknown", "word", words[i], "known", "by, to, name=value")
			return false
		}
	}
	return true
}

// fieldValue reads the rows of a list, "[a:1,b:2;a:3]", and leaves everything else a text for the form to check.
func fieldValue(s string) any {
	inner, list := strings.CutPrefix(s, "[")
	if !list || !strings.HasSuffix(inner, "]") {
		return s
	}
	rows := []any{}
	for _, text := range strings.Split(strings.TrimSuffix(inner, "]"), ";") {
		row := map[string]any{}
		for _, cell := range strings.Split(text, ",") {
			if name, value, ok := strings.Cut(cell, ":"); ok {
				row[strings.TrimSpace(name)] = value
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// split cuts a line into words; a part in double quotes keeps its blanks. "#" begins a comment. ok is false
// when a quote is left open.
func split(text string) (words []string, ok bool) {
	var b strings.Builder
	in, any := false, false
	for _, c := range strings.TrimSuffix(text, "\r") {
		switch {
		case c == '"':
			in, any = !in, true
		case !in && c == '#':
			if any {
				words = append(words, b.String())
			}
			return words, true
		case !in && (c == ' ' || c == '\t'):
			if any {
				words = append(words, b.String())
			}
			b.Reset()
			any = false
		default:
			b.WriteRune(c)
			any = true
		}
	}
	if any {
		words = append(words, b.String())
	}
	return words, !in
}
