package directive

import (
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// headLength is how far into a text the head of a document may reach, in characters: parent body, issuer, number,
// place, date, kind and subject.
const headLength = 1200

// maxCites bounds the citations kept with a directive.
const maxCites = 200

// Blank is a directive of which nothing is known yet.
func Blank() Document { return Document{Date: calendar.NoDate, EndedOn: calendar.NoDate} }

// Draft reads a directive's own text and fills in what its head says: symbol, kind, issuer, date and subject, and the
// documents that it cites. It guesses no more than stands there; a person looks over it before it is entered.
func (r *Recogniser) Draft(text string) Document {
	d := Blank()
	found := r.Find(text)
	runes := []rune(text)
	head := string(runes[:min(len(runes), headLength)])
	own := -1
	for i, c := range found {
		if c.Start < headLength && c.Symbol != "" && c.Kind != "" {
			own = i
			break
		}
	}
	if own >= 0 {
		c := found[own]
		d.Kind, d.Symbol, d.Issuer = c.Kind, c.Symbol, c.Issuer
		if date, err := calendar.Parse(c.Date); err == nil {
			d.Date = date
		}
	}
	if d.Date == calendar.NoDate {
		d.Date = headDate(head)
	}
	d.Summary = r.subject(head)
	seen := map[string]bool{d.Symbol: d.Symbol != ""}
	for i, c := range found {
		key := c.Symbol
		if key == "" {
			key = lang.Fold(c.Name)
		}
		if i == own || key == "" || seen[key] || len(d.Cites) == maxCites {
			continue
		}
		seen[key] = true
		d.Cites = append(d.Cites, cited(c))
	}
	return d
}

func cited(c Citation) Cited {
	out := Cited{Kind: c.Kind, Symbol: c.Symbol, Issuer: c.Issuer, Date: c.Date, Mention: strings.Join(strings.Fields(c.Mention), " ")}
	date, err := calendar.Parse(c.Date)
	if c.Issuer != "" && (err == nil && c.Symbol != "" || c.Symbol == "" && c.Name != "") {
		if err != nil {
			date = calendar.NoDate
		}
		out.ID = ID(c.Issuer, c.Symbol, c.Name, date)
	}
	return out
}

// headDate is the first full date of a head, "Hà Nội, ngày 04 tháng 5 năm 2017".
func headDate(head string) calendar.Date {
	t := prepare(head)
	for i := range t.runes {
		if i > 0 && isWord(t.runes[i-1]) {
			continue
		}
		if _, ok := t.hasAny(i, "ngay"); !ok {
			continue
		}
		if date, _ := t.dateAt(i); date != "" {
			if d, err := calendar.Parse(date); err == nil {
				return d
			}
		}
	}
	return calendar.NoDate
}

// subject is the trích yếu: what follows the line that is the kind's name alone, or "V/v", "Về việc".
func (r *Recogniser) subject(head string) string {
	lines := strings.Split(head, "\n")
	for i, line := range lines {
		plain := lang.Fold(strings.TrimSpace(line))
		if strings.HasPrefix(plain, "v/v") || strings.HasPrefix(plain, "ve viec") {
			return together(lines[i:])
		}
		if r.isKindLine(plain) && i+1 < len(lines) {
			return together(lines[i+1:])
		}
	}
	return ""
}

func (r *Recogniser) isKindLine(folded string) bool {
	for _, k := range r.kinds {
		if folded != "" && folded == lang.Fold(k.VI) {
			return true
		}
	}
	return false
}

// together joins the first lines up to an empty one, a rule, or three of them.
func together(lines []string) string {
	var out []string
	for _, l := range lines {
		l = strings.Join(strings.Fields(l), " ")
		if strings.Trim(l, "-_*– ") == "" {
			if len(out) > 0 {
				break
			}
			continue
		}
		out = append(out, l)
		if len(out) == 3 || strings.HasSuffix(l, ".") {
			break
		}
	}
	return strings.Join(out, " ")
}
