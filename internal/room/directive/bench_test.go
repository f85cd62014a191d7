package directive

import (
	"strings"
	"testing"

	"trucot/definitions"
)

func BenchmarkFind(b *testing.B) {
	text := strings.Repeat(strings.Join(seeds[:5], ". ")+" một đoạn văn không có viện dẫn nào, chỉ có số 12 và năm 2021. ", 50)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Find(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(definitions.Files); err != nil {
			b.Fatal(err)
		}
	}
}
