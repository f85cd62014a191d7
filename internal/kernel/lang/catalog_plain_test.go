package lang

import "testing"

// What is written plainly is taken as it stands; anything escaped or broken is left to the readers that know the rules.
func TestUnquoted(t *testing.T) {
	for quoted, want := range map[string]string{`"Hồ sơ {n}"`: "Hồ sơ {n}", `""`: ""} {
		if got, ok := unquoted(quoted); !ok || got != want {
			t.Errorf("%s: %q, %v", quoted, got, ok)
		}
	}
	for _, quoted := range []string{`"`, `plain`, `"a\"b"`, `"a"b"`, `"a\n"`, "\"a\tb\"", "\"a\xff\"", `"a" # note`} {
		if got, ok := unquoted(quoted); ok {
			t.Errorf("%s: taken as %q", quoted, got)
		}
	}
}
