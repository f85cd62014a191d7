package lang

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCompareIsTheDictionarysOrder(t *testing.T) {
	for _, sorted := range []string{
		"a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y",
		"ma mà mả mã má mạ măng mân mấn",
		"An Ân Ba Bắc Bình Dung Đào Hòa Hoàng Quang Ước",
	} {
		want := strings.Fields(sorted)
		got := slices.Clone(want)
		slices.Reverse(got)
		slices.SortFunc(got, Compare)
		if !slices.Equal(got, want) {
			t.Errorf("sorted %v, want %v", got, want)
		}
	}
}

func TestNamesAreOrderedByGivenName(t *testing.T) {
	names := []string{"Trần Văn Ân", "Nguyễn Thị Ba", "Đỗ Văn An", "Nguyễn Văn An", "Nguyễn Bá An", "Bình"}
	slices.SortFunc(names, func(a, b string) int { return bytes.Compare(NameKey(a), NameKey(b)) })
	want := []string{"Đỗ Văn An", "Nguyễn Bá An", "Nguyễn Văn An", "Trần Văn Ân", "Nguyễn Thị Ba", "Bình"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

// Bytes of keys order like Compare, so that a database index gives the same list.
func TestSortKeyAgreesWithCompare(t *testing.T) {
	word := rapid.StringOf(rapid.SampledFrom([]rune("aăâàảạđdeêHhoôơuưỳz ")))
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		byKey := bytes.Compare(SortKey(a), SortKey(b))
		if got := Compare(a, b); byKey != 0 && got != byKey {
			t.Fatalf("Compare(%q, %q) = %d, keys say %d", a, b, got, byKey)
		}
		if Compare(a, b) != -Compare(b, a) {
			t.Fatal("not antisymmetric")
		}
	})
}
