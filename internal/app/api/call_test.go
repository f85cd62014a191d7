package api

import (
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

// A cursor says what it was made of, and nothing else is one.
func TestCursorsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		filter, last := rapid.Uint32().Draw(t, "filter"), rapid.StringN(1, 60, -1).Draw(t, "last")
		f, l, good := parseCursor(makeCursor(filter, last))
		if !good || f != filter || l != last {
			t.Fatalf("%d %q came back as %d %q %v", filter, last, f, l, good)
		}
	})
}

func FuzzParseCursor(f *testing.F) {
	f.Add(makeCursor(7, "000.00.14.H62-210614-0007"))
	f.Add("MXwwfA")
	f.Add("%%%")
	f.Fuzz(func(t *testing.T, text string) {
		filter, last, good := parseCursor(text)
		if good && makeCursor(filter, last) != text {
			t.Errorf("%q is read as %d %q, which is written otherwise", text, filter, last)
		}
	})
}

func TestACursorBelongsToItsFilters(t *testing.T) {
	same := filterOf(url.Values{"q": {"a"}, "limit": {"7"}, "cursor": {"x"}})
	if same != filterOf(url.Values{"q": {"a"}, "limit": {"9"}}) {
		t.Error("another page size is another list")
	}
	if same == filterOf(url.Values{"q": {"b"}}) {
		t.Error("another word is the same list")
	}
}
