package search

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"trucot/internal/kernel/fault"
)

// Limits of a collection that is read from files.
const (
	longestLine = 16 << 20 // bytes of one document
	longestRead = 4 << 30  // bytes unpacked
)

// collected is a line of a collection: a document has a text and perhaps a title, a query a text.
type collected struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Run ranks a collection: docs and queries are JSON lines (id, title, text), docs possibly gzipped; out gets
// query id, document id and rank, parted by tabs, for the best depth documents of each query. It gives the number
// of documents and queries. Faults name the file by the words given: search.bad_line, search.long_line,
// search.same_id, search.bad_id, search.bad_gzip, search.too_big.
func Run(lex *Lexicon, docs, queries io.Reader, out io.Writer, depth int) (nDocs, nQueries int, err error) {
	x := New(lex)
	err = lines(docs, "docs", func(c collected) { x.Put(Doc{ID: c.ID, Title: c.Title, Text: c.Text}) })
	if err != nil {
		return 0, 0, err
	}
	w := bufio.NewWriter(out)
	err = lines(queries, "queries", func(c collected) {
		nQueries++
		if strings.TrimSpace(c.Text) == "" {
			return
		}
		for i, h := range x.Search(Query{Text: c.Text, Limit: depth}).Hits {
			fmt.Fprintf(w, "%s\t%s\t%d\n", c.ID, h.ID, i+1)
		}
	})
	if err == nil {
		err = w.Flush()
	}
	return x.Len(), nQueries, err
}

// lines reads a collection line by line.
func lines(r io.Reader, file string, each func(collected)) error {
	buffered := bufio.NewReader(r)
	r = buffered
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return fault.New(fault.Invalid, "search.bad_gzip", "file", file).Because(err)
		}
		r = z
	}
	limited := &io.LimitedReader{R: r, N: longestRead}
	in := bufio.NewScanner(limited)
	in.Buffer(make([]byte, 64<<10), longestLine)
	seen := map[string]bool{}
	n := 0
	for in.Scan() {
		n++
		line := bytes.TrimPrefix(bytes.TrimSpace(in.Bytes()), []byte("\xef\xbb\xbf"))
		if len(line) == 0 {
			continue
		}
		var c collected
		if err := json.Unmarshal(line, &c); err != nil || !utf8.Valid(line) {
			return fault.New(fault.Invalid, "search.bad_line", "file", file, "line", n).Because(err)
		}
		switch {
		case c.ID == "" || strings.ContainsAny(c.ID, "\t\r\n\x00"):
			return fault.New(fault.Invalid, "search.bad_id", "file", file, "line", n)
		case seen[c.ID]:
			return fault.New(fault.Invalid, "search.same_id", "file", file, "line", n, "id", c.ID)
		}
		seen[c.ID] = true
		each(c)
	}
	return readFault(in.Err(), limited.N, file, n+1)
}

func readFault(err error, left int64, file string, line int) error {
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return fault.New(fault.Invalid, "search.long_line", "file", file, "line", line, "most", longestLine>>20)
	case err != nil:
		return fault.New(fault.Invalid, "search.bad_gzip", "file", file).Because(err)
	case left <= 0:
		return fault.New(fault.Invalid, "search.too_big", "file", file, "most", longestRead>>30)
	}
	return nil
}
