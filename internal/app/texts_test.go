package app

import "testing"

func TestBothLanguagesSayTheSame(t *testing.T) {
	for _, m := range Catalog().Mismatches() {
		t.Error(m)
	}
}
