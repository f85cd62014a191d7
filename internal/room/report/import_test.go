package report

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trucot/definitions"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/shared"
)

func testRoom(t testing.TB) *Room {
	t.Helper()
	forms, err := LoadForms(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	clock := func() time.Time { return time.Date(2018, 2, 10, 3, 0, 0, 0, time.UTC) }
	l, err := ledger.Open(t.Context(), db, ledger.Options{Folds: []ledger.Fold{Fold()}, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	return New(l, db, forms, Options{Clock: clock})
}

func importFile(t testing.TB, r *Room, path string, o ImportOptions) []Imported {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := r.Import(context.Background(), Source{Name: path, Data: raw}, o)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return out
}

func TestDump(t *testing.T) {
	r := testRoom(t)
	for _, pat := range []string{"tkth-filled-quang-tri/*.json", "tkth-blank/*.json", "cs-blank/*.json", "html-named-xls/*.xls"} {
		files, _ := filepath.Glob(filepath.Join(shared.Dir(t, "data", "official-forms"), pat))
		for _, f := range files {
			for _, im := range importFile(t, r, f, ImportOptions{}) {
				fmt.Println(filepath.Base(f), im.Form.ID, im.Unit, im.Period, im.PeriodGuessed, "cells", im.Table.Len(), "rec", im.Recorded, "blank", im.Blank, im.Numbers)
				for _, n := range im.Notes {
					fmt.Println("   note", n)
				}
				for _, d := range im.Discrepancies {
					fmt.Println("   ", d.Row, d.Column, d.Rule, d.Expected, strings.TrimSpace(d.Found.String()), d.Difference, d.Source, d.Blank)
				}
			}
		}
	}
}
