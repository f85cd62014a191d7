// Package search (tìm kiếm) finds records by their words: one index in memory for everything a reader may
// see. Marks are optional and preferred when typed, tone placement does not matter, abbreviations stand for
// their long form and back, and a document's symbol is one word.
//
// It owns the analyser, the index, the ranking, snippets, corrections and suggestions. It does not know
// what a task or a directive is, nor who may read it: the caller hands in documents with facets ("unit:tt")
// and asks with a scope over those facets, which is applied inside the query. The index is a cache: deleting
// its file costs the time to read the records again.
package search

// Doc is one record to be found.
type Doc struct {
	ID     string   // unique in the index, e.g. "task/NV-2021-0007"
	Title  string   // weighs TitleWeight times the text
	Text   string   // plain text
	Date   int32    // days as calendar.Date; 0 = undated
	Facets []string // "<name>:<value>", e.g. "kind:task"; what filters, counts and scopes go by
	Brief  bool     // stays out of the file: holds a name that can be erased
}

// Clause is one way to be allowed: every facet of All, one of Any (nil = no matter) and none of None.
type Clause struct{ All, Any, None []string }

// Query is what a reader asks.
type Query struct {
	Text  string
	Scope []Clause // a document must pass one of them; nil = everything
	// Filter restricts by facets besides; each inner list is a choice of which one must hold.
	Filter   [][]string
	From, To int32 // first and last date, 0 = open
	Newest   bool  // the latest first in place of the best first
	Most     bool  // leave out documents that hold few of the words, as long as one holds most
	Limit    int   // 10 when 0
	Offset   int
	Count    []string // facet names to count, e.g. "kind"
	Snippets bool
}

// Hit is one document found.
type Hit struct {
	ID, Title string
	Date      int32
	Score     float64
	Facets    []string
	TitleIn   []Piece // the title with the words found marked
	Snippet   []Piece
}

// Piece is a stretch of original text; Found are the words asked for.
type Piece struct {
	Text  string
	Found bool
}

// Result is a page of hits.
type Result struct {
	Hits   []Hit
	Total  int
	Counts map[string]map[string]int // facet name → value → documents, under all restrictions but not the page
	Meant  string                    // what the reader may have meant, "" when every word is known
}
