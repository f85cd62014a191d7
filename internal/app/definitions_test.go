package app

import (
	"os"
	"path/filepath"
	"testing"

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
