package search

// NewSmall makes an index whose segments hold a few documents, so that a test seals and merges many.
func NewSmall(lex *Lexicon) *Index {
	x := New(lex)
	x.sizes = sizes{headDocs: 2, headBytes: 400, keptBytes: 300, largestDocs: 20, largestPost: 1 << 20}
	return x
}
