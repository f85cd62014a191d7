package web

import "strings"

// vendorClasses are the classes of the vendored sheet that pages use. Rules for others are left out of what is sent:
// they are nine tenths of it. A test finds a class that a template uses and this list lacks.
var vendorClasses = []string{"btn", "btn-primary", "form-control", "form-select", "form-label", "form-check-input", "visually-hidden", "text-secondary"}

// subset is a style sheet without the rules that name other classes than those kept, and without fonts and
// animations. It knows as much of the language as minified sheets need: nested blocks, commas, brackets, strings.
func subset(css string, keep []string) string {
	kept := make(map[string]bool, len(keep))
	for _, k := range keep {
		kept[k] = true
	}
	var out strings.Builder
	subsetTo(&out, css, kept)
	return out.String()
}

func subsetTo(out *strings.Builder, css string, kept map[string]bool) {
	for {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			return
		}
		shut := blockEnd(css, open)
		head, body := css[:open], css[open+1:shut]
		css = css[min(shut+1, len(css)):]
		if at := strings.LastIndexByte(head, ';'); at >= 0 { // @charset and such, which stand alone
			head = head[at+1:]
		}
		name := strings.TrimSpace(head)
		if at := strings.LastIndex(name, "*/"); at >= 0 {
			name = name[at+2:]
		}
		switch {
		case strings.HasPrefix(name, "@media"), strings.HasPrefix(name, "@supports"), strings.HasPrefix(name, "@layer"):
			var inner strings.Builder
			if subsetTo(&inner, body, kept); inner.Len() > 0 {
				out.WriteString(name + "{" + inner.String() + "}")
			}
		case strings.HasPrefix(name, "@"):
		default:
			if s := selectors(name, kept); s != "" {
				out.WriteString(s + "{" + body + "}")
			}
		}
	}
}

// blockEnd is where the block that opens at a brace ends.
func blockEnd(css string, open int) int {
	depth, quote := 0, byte(0)
	for i := open; i < len(css); i++ {
		switch c := css[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(css)
}

// selectors are those of a list that name no class but the kept ones.
func selectors(list string, kept map[string]bool) string {
	var out []string
	depth, from := 0, 0
	for i := 0; i <= len(list); i++ {
		switch {
		case i < len(list) && (list[i] == '(' || list[i] == '['):
			depth++
		case i < len(list) && (list[i] == ')' || list[i] == ']'):
			depth--
		case i == len(list) || list[i] == ',' && depth == 0:
			if s := list[from:i]; strings.TrimSpace(s) != "" && namesOnly(s, kept) {
				out = append(out, s)
			}
			from = i + 1
		}
	}
	return strings.Join(out, ",")
}

func namesOnly(selector string, kept map[string]bool) bool {
	for {
		dot := strings.IndexByte(selector, '.')
		if dot < 0 {
			return true
		}
		selector = selector[dot+1:]
		end := strings.IndexFunc(selector, func(r rune) bool {
			return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		})
		if end < 0 {
			end = len(selector)
		}
		if !kept[selector[:end]] {
			return false
		}
	}
}
