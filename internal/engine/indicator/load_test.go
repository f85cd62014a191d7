package indicator

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/rule"
)

// speaker is a catalogue of the texts that faults of definitions use.
func speaker() *lang.Catalog {
	return lang.NewCatalog(lang.OwnTexts(), defs.Texts(), rule.Texts(), calendar.Texts(), Texts())
}

const head = `indicators:
  - id: a
    title: {vi: A, en: A}
    measure: {vi: lượt, en: times}
`

func TestWhatIsWrongIsSaidWhereItStands(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an unknown key names the near one", head + "    typ: flow\n", "x.yaml:5:5: Không có khóa “typ” — có phải “type”?\n    typ: flow"},
		{"an unknown type", head + "    type: flux\n", "x.yaml:5:11: Chỉ tiêu “a” có loại “flux” không biết."},
		{"no events", head + "    type: flow\n", "x.yaml:5:11: Chỉ tiêu “a” loại flow thiếu trường “on”."},
		{"a misspelt field", head + "    type: flow\n    on: [{kind: k, where: Lat}]\n", "x.yaml:6:27: Chỉ tiêu “a”, trường on[0].where: "},
		{"an expression of the wrong kind", head + "    type: sum\n    on: [{kind: k, value: Late}]\n", "x.yaml:6:27: Chỉ tiêu “a”, trường on[0].value: "},
		{"a number where a text is wanted", head + "    type: distinct\n    by: Status\n    on: [{kind: k}]\n", "x.yaml:6:9: Chỉ tiêu “a”, trường by: "},
		{"a rule without a kind", head + "    type: flow\n    on: [{where: Late}]\n", "x.yaml:6:11: Chỉ tiêu “a” có quy tắc không nêu loại sự kiện."},
		{"a field of another type", head + "    type: flow\n    over: b\n    on: [{kind: k}]\n", "x.yaml:6:11: Chỉ tiêu “a”: trường “over” không dùng với loại flow."},
		{"a sum of both kinds", head + "    type: sum\n    parts: [b]\n    on: [{kind: k, value: '1'}]\n", "x.yaml:5:11: Chỉ tiêu tổng “a” phải có đúng một"},
		{"a sum without a value", head + "    type: sum\n    on: [{kind: k}]\n", "thiếu trường “value”"},
		{"too many decimals", head + "    type: manual\n    places: 4\n", "x.yaml:6:13: Chỉ tiêu “a”: số chữ số lẻ"},
		{"a wrong target", head + "    type: manual\n    targets: [{period: 2021-H3, value: '1'}]\n", "x.yaml:6:24: Chỉ tiêu “a”: chỉ tiêu giao viết sai."},
		{"a wrong id", "indicators:\n  - {id: Ab, type: manual, title: {vi: A, en: A}, measure: {vi: a, en: a}}\n", "x.yaml:2:10: Mã chỉ tiêu “Ab” không hợp lệ."},
		{"a missing language", "indicators:\n  - {id: b, type: manual, title: {vi: A}, measure: {vi: a, en: a}}\n", "x.yaml:2:35: Chỉ tiêu “b” thiếu “title” tiếng “en”."},
		{"one defined twice", head + "    type: manual\n  - {id: a, type: manual, title: {vi: A, en: A}, measure: {vi: a, en: a}}\n", "x.yaml:6:10: Chỉ tiêu “a” được định nghĩa hai lần."},
		{"no YAML", "indicators: [\n", "x.yaml:"},
		{"an alias bomb", "a: &a [1,1]\nindicators: [*a, *a]\n", "x.yaml:1:4: Không dùng được cách viết"},
	} {
		_, err := Load(fstest.MapFS{"x.yaml": {Data: []byte(c.text)}})
		if err == nil {
			t.Errorf("%s: no fault", c.name)
			continue
		}
		if got := speaker().Error(lang.VI, err); !strings.Contains(got, c.want) || strings.Contains(got, "⟦") {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestAllFaultsOfAllFilesComeTogether(t *testing.T) {
	_, err := Load(fstest.MapFS{
		"x.yaml": {Data: []byte(head + "    type: flux\n    places: 9\n")},
		"y.yaml": {Data: []byte("nothing: 1\n")},
	})
	var list fault.List
	if !errors.As(err, &list) || len(list) != 4 {
		t.Errorf("%v", err)
	}
}

func TestReferencesAreChecked(t *testing.T) {
	line := func(id, rest string) string {
		return fmt.Sprintf("  - {id: %s, title: {vi: A, en: A}, measure: {vi: a, en: a}, %s}\n", id, rest)
	}
	for _, c := range []struct{ name, text, key, want string }{
		{"an unknown part", line("s", "type: sum, parts: [m, nobody]") + line("m", "type: manual"), "indicator.unknown_part", "nobody"},
		{"an unknown denominator", line("r", "type: ratio, of: m, over: nobody") + line("m", "type: manual"), "indicator.unknown_part", "nobody"},
		{"a sum of shares", line("s", "type: sum, parts: [r]") + line("r", "type: ratio, of: m, over: m") + line("m", "type: manual"), "indicator.not_additive", "ratio"},
		{"a circle", line("s", "type: sum, parts: [t, m]") + line("t", "type: sum, parts: [-s]") + line("m", "type: manual"), "indicator.cycle", "s → t → s"},
	} {
		d, err := Load(fstest.MapFS{"x.yaml": {Data: []byte("indicators:\n" + c.text)}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = New(d, Options{})
		if !fault.Is(err, c.key) || !strings.Contains(speaker().Error(lang.EN, err), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The digest stands for what the columns hold: it changes with a rule and not with a wording or a target.
func TestDigest(t *testing.T) {
	base := loaded(t, lending).Digest()
	for old, changes := range map[string]bool{"Lượt mượn": false, `"900"`: false, "where: Late": true, "book.lost": true, "[shelf]": true} {
		replaced := strings.ReplaceAll(lending, old, map[string]string{"Lượt mượn": "Số lượt", `"900"`: `"901"`, "where: Late": "where: not Late", "book.lost": "book.gone", "[shelf]": "[row]"}[old])
		if got := loaded(t, replaced).Digest() != base; got != changes {
			t.Errorf("changing %s changes the digest: %t, want %t", old, got, changes)
		}
	}
}

// The digest of some indicators changes with a rule or a word of theirs or of what they are computed from, and with nothing else.
func TestDigestOfSome(t *testing.T) {
	base := loaded(t, lending).DigestOf("late_rate")
	for old, changes := range map[string]bool{"where: Late": true, "Lượt trả": true, "over: returned": true, "book.lost": false, "Lượt mượn": false} {
		replaced := strings.ReplaceAll(lending, old, map[string]string{"where: Late": "where: not Late", "Lượt trả": "Số lượt trả", "over: returned": "over: lent",
			"book.lost": "book.gone", "Lượt mượn": "Số lượt mượn"}[old])
		if got := loaded(t, replaced).DigestOf("late_rate") != base; got != changes {
			t.Errorf("changing %s changes the digest: %t, want %t", old, got, changes)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(lending))
	f.Add([]byte(head + "    type: flow\n    on: [{kind: k, where: 'Dims[\"a\"] == \"b\" and not Late'}]\n"))
	f.Add([]byte("indicators: [{id: a}]\nprovenance: 3\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Load(fstest.MapFS{"x.yaml": {Data: data}})
		if err != nil {
			var list fault.List
			if !errors.As(err, &list) {
				t.Fatalf("an unplaced error: %v", err)
			}
			return
		}
		if e, err := New(d, Options{}); err == nil {
			e.Feed(sample())
			for _, def := range d.All() {
				if _, err := e.Figure(halfYear(), def.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
