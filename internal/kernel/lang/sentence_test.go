package lang

import "testing"

func TestASentenceBeginsWithACapital(t *testing.T) {
	for text, want := range map[string]string{"đang xử lý": "Đang xử lý", "ủy quyền": "Ủy quyền", "Quá hạn": "Quá hạn", "3 ngày": "3 ngày", "": "", "\xff": "\xff"} {
		if got := Sentence(text); got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	}
}
