package lang

import "testing"

// A line is a key, a colon and a text in quotation marks; what is plain in them is taken as it stands, and nothing else passes.
func TestTextLines(t *testing.T) {
	for line, want := range map[string]string{`a.b: "Hồ sơ {n}"`: "Hồ sơ {n}", `a.b: ""`: "", `a.b: "nói \"được\"\n"`: "nói \"được\"\n", `a.b: "giờ: 7"`: "giờ: 7"} {
		if key, got, ok := readText(line); !ok || key != "a.b" || got != want {
			t.Errorf("%s: %q = %q, %v", line, key, got, ok)
		}
	}
	for _, line := range []string{`a.b: "`, `a.b: plain`, `a.b: 'x'`, `a.b: "a"b"`, `a.b: "a\"`, "a.b: \"a\tb\"", `a.b: "a" # note`, `a.b:"a"`} {
		if _, got, ok := readText(line); ok {
			t.Errorf("%s: taken as %q", line, got)
		}
	}
}
