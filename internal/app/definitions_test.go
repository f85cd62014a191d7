package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trucot/definitions"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

func TestAnAgencyPutsInItsOwnHolidays(t *testing.T) {
	data := t.TempDir()
	dir := filepath.Join(data, "definitions", "calendar")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"2028.yaml": "year: 2028\ndays:\n  - { date: 2028-01-03, kind: off, vi: Tết Dương lịch, en: New Year }\n",
		"2021.yaml": "year: 2021\ndays: []\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Calendar(data)
	if err != nil {
		t.Fatal(err)
	}
	if c.Working(calendar.MustParse("2028-01-03")) || !c.Working(calendar.MustParse("2021-01-01")) || c.Working(calendar.MustParse("2022-01-03")) {
		t.Error("a file of the agency adds a year or replaces the shipped one; the other years stay")
	}
	if err := os.WriteFile(filepath.Join(dir, "2029.yaml"), []byte("year: soon\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Calendar(data); !fault.Is(err, "defs.want_whole") {
		t.Errorf("a broken file of the agency: %v", err)
	}
}

// What an agency changes in its own outlines and forms is checked against the rest when the program starts: the mistake
// names the agency's file, the line and what to do.
func TestAnAgencysOwnReportsAreChecked(t *testing.T) {
	for _, c := range []struct{ file, from, to, key, at string }{
		{"reports/outlines/union-2020.yaml", "{union.visits} lượt", "{union.calls} lượt", "report.unknown_figure", "union.calls"},
		{"reports/outlines/union-2020.yaml", "union.relief, union.joined]", "union.relief, union.left]", "report.unknown_figure", "Một số kết quả"},
		{"reports/tkth-26-2015/form01.yaml", `{row: "01", sum: "02..04"`, `{row: "01", sum: "01..04"`, "crossfoot.total_is_part", `sum: "01..04"`},
	} {
		shipped, err := fs.ReadFile(definitions.Files, c.file)
		if err != nil || !strings.Contains(string(shipped), c.from) {
			t.Fatalf("%s has no %s: %v", c.file, c.from, err)
		}
		text := strings.Replace(string(shipped), c.from, c.to, 1)
		data := t.TempDir()
		name := filepath.Join(data, "definitions", filepath.FromSlash(c.file))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o750), os.WriteFile(name, []byte(text), 0o640)); err != nil {
			t.Fatal(err)
		}
		a, err := Open(t.Context(), Options{Data: data})
		if err == nil {
			a.Close()
		}
		var list fault.List
		if !errors.As(err, &list) || list[0].Key != c.key {
			t.Errorf("%s: %v", c.to, err)
			continue
		}
		if at := list[0].Place; at.File != name || !strings.Contains(strings.Split(text, "\n")[at.Line-1], c.at) {
			t.Errorf("%s is said to be at %+v", c.to, at)
		}
	}
}
