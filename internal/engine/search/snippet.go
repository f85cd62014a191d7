package search

import "strings"

// snippetWords is how many words of the text a hit shows.
const snippetWords = 36

// hit makes a hit of a candidate.
func (x *Index) hit(q *question, c candidate, m *scratch, snippet bool) Hit {
	id, title, text := c.seg.doc(c.doc)
	h := Hit{ID: id, Title: title, Date: c.date, Score: float64(c.score), Facets: x.sets[c.seg.sets[c.doc]]}
	if !snippet {
		return h
	}
	asked := q.weights()
	r := &reading{all: m.toks}
	if c.read > 0 {
		r = &m.read[c.read-1]
	} else {
		r.take(c)
		m.toks = r.all
	}
	h.TitleIn = pieces(title, r.all[:r.title], asked)
	toks := r.all[r.title:]
	from, to := window(toks, asked)
	if to == from {
		return h
	}
	start, end := int(toks[from].start), int(toks[to-1].end)
	if from == 0 {
		start = 0
	}
	if to == len(toks) {
		end = len(text)
	}
	shown := make([]token, to-from)
	for i, t := range toks[from:to] {
		t.start, t.end = t.start-int32(start), t.end-int32(start)
		shown[i] = t
	}
	h.Snippet = pieces(text[start:end], shown, asked)
	if from > 0 {
		h.Snippet = append([]Piece{{Text: "… "}}, h.Snippet...)
	}
	if to < len(toks) {
		h.Snippet = append(h.Snippet, Piece{Text: " …"})
	}
	return h
}

// weights says what each word of the query, folded, is worth in a snippet: four that say
// something outweigh what says little.
func (q *question) weights() map[uint64]int {
	w := make(map[uint64]int, len(q.toks))
	for i, t := range q.toks {
		w[t.fold] = telling
		if q.small[i] {
			w[t.fold] = 1
		}
	}
	for _, l := range q.likes {
		w[l.fold] = telling
	}
	return w
}

// window is the stretch of words with most of what was asked, different words before repeated ones.
func window(toks []token, asked map[uint64]int) (from, to int) {
	if len(toks) <= snippetWords {
		return 0, len(toks)
	}
	seen := map[uint64]int{}
	score, best := 0, -1
	for i, t := range toks {
		if w := asked[t.fold]; w > 0 {
			if seen[t.fold]++; seen[t.fold] == 1 {
				score += w
			}
		}
		if k := i - snippetWords; k >= 0 {
			if w := asked[toks[k].fold]; w > 0 {
				if seen[toks[k].fold]--; seen[toks[k].fold] == 0 {
					score -= w
				}
			}
		}
		if i >= snippetWords-1 && score > best {
			best, from = score, i-snippetWords+1
		}
	}
	if lead := leading(toks[from:], asked); lead > 6 { // some words before the first find, no more
		from = min(from+lead-6, len(toks)-snippetWords)
	}
	return from, from + snippetWords
}

// telling is the weight of a word that says something.
const telling = 4

func leading(toks []token, asked map[uint64]int) int {
	for i, t := range toks {
		if asked[t.fold] == telling {
			return i
		}
	}
	return 0
}

// pieces cuts a text where words found begin and end; neighbours found are one piece, and a word that says
// little is shown as found only beside one that says something.
func pieces(text string, toks []token, asked map[uint64]int) []Piece {
	var out []Piece
	at := 0
	for i := 0; i < len(toks); i++ {
		if asked[toks[i].fold] == 0 {
			continue
		}
		start, end, most := int(toks[i].start), int(toks[i].end), asked[toks[i].fold]
		for i+1 < len(toks) && asked[toks[i+1].fold] > 0 && strings.TrimSpace(text[end:toks[i+1].start]) == "" {
			i++
			end, most = int(toks[i].end), max(most, asked[toks[i].fold])
		}
		if most < telling {
			continue
		}
		if start > at {
			out = append(out, Piece{Text: text[at:start]})
		}
		out = append(out, Piece{Text: text[start:end], Found: true})
		at = end
	}
	if at < len(text) {
		out = append(out, Piece{Text: text[at:]})
	}
	return out
}
