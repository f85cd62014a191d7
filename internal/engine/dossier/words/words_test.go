package words

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/kernel/lang"
)

// has is the question as one would answer it by looking at a text.
func has(text, typed string, begins, marks bool) (found bool) {
	lang.EachWord(text, func(w string) {
		if !marks {
			w, typed = lang.Fold(w), lang.Fold(typed)
		}
		found = found || lang.HasWord(w, typed, begins)
	})
	return found
}

// Whatever was put and put again, a word finds the rows that looking at each text finds; without marks where none has them.
func TestFindsWhatLookingAtEveryTextFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, model := New(), map[uint32]string{}
		word := rapid.SampledFrom([]string{"bảo", "báo", "bao", "cáo", "Bảo-vệ", "16/QĐ-TTg", "QĐ", "de", "đề", "ba"})
		text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 0, 3).Draw(t, "words"), " ") })
		x.Fill(func(put func(uint32, string)) {
			for num := range uint32(rapid.IntRange(0, 10).Draw(t, "filled")) {
				model[num] = text.Draw(t, "text")
				put(num, model[num])
			}
		})
		for range rapid.IntRange(0, 10).Draw(t, "changes") {
			num := rapid.Uint32Range(0, 12).Draw(t, "num")
			was, there := model[num]
			model[num] = text.Draw(t, "text")
			if x.Put(num, model[num]) != (there && was != model[num]) {
				t.Fatalf("%q became %q", was, model[num])
			}
		}
		typed, begins := rapid.SampledFrom([]string{"bảo", "bao", "bạo", "ba", "qd", "16/qđ", "16/qđ-ttg", "đ", "đe", "ve"}).Draw(t, "typed"), rapid.Bool().Draw(t, "begins")
		marks := false
		for _, s := range model {
			marks = marks || has(s, typed, begins, true)
		}
		got := x.Find(typed, begins)
		for num := range uint32(13) {
			if got.Has(num) != has(model[num], typed, begins, marks) {
				t.Fatalf("%q (begins %v) in %q: %v", typed, begins, model[num], got.Has(num))
			}
		}
	})
}

// A word that many rows have turns from a list into bits without losing a row, and new words are found before and after they
// are sorted in.
func TestManyRows(t *testing.T) {
	x := New()
	for n := range uint32(5000) {
		x.Put(n, fmt.Sprintf("hồ sơ số %d", n))
	}
	x.Put(17, "khác")
	rows := x.Find("ho", false)
	for n := range uint32(5000) {
		if rows.Has(n) != (n != 17) || !x.Find(fmt.Sprint(n), false).Has(n) && n != 17 {
			t.Fatal(n)
		}
	}
}

// titles are like those of a large agency: common words, a project's number of its own, an applicant.
func titles(n int, each func(num uint32, text string)) {
	r := rand.New(rand.NewPCG(1, 1))
	kinds := strings.Split("Đề nghị cho phép đoàn đi công tác nước ngoài;Đăng ký chủ trì nhiệm vụ khoa học và công nghệ cấp tỉnh;"+
		"Cấp giấy phép tiến hành công việc bức xạ;Công bố hợp quy sản phẩm hàng hóa nhóm 2;Xét tặng danh hiệu chiến sĩ thi đua cơ sở", ";")
	syllables := strings.Fields("An Bình Chi Dũng Đạt Giang Hà Hải Hạnh Hiếu Hoa Hùng Hương Khánh Lan Linh Long Mai Minh Nam Nga Ngọc Nguyên Phương Quang Sơn Tâm Thảo Thu Trang")
	for num := range uint32(n) {
		name := []string{"Nguyễn", "Trần", "Lê", "Phạm", "Công ty TNHH"}[r.IntN(5)]
		for range 3 {
			name += " " + syllables[r.IntN(len(syllables))]
		}
		each(num, fmt.Sprintf("%s, mã ĐT-%d %s", kinds[r.IntN(len(kinds))], num, name))
	}
}

func BenchmarkFindInAMillion(b *testing.B) {
	const n = 1_000_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x := New()
	x.Fill(func(put func(uint32, string)) { titles(n, put) })
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.Logf("%d words, %.1f MB", len(x.ends), float64(after.HeapAlloc-before.HeapAlloc)/1e6)
	for _, c := range []struct {
		typed  string
		begins bool
	}{{"nghi", false}, {"nguyễn", false}, {"nguy", true}, {"đt-777", true}, {"777777", false}} {
		b.Run(c.typed, func(b *testing.B) {
			for b.Loop() {
				x.Find(c.typed, c.begins)
			}
		})
	}
	b.Run("put", func(b *testing.B) {
		for i := range b.N {
			x.Put(uint32(n+i), "Đề nghị cho phép đoàn đi công tác nước ngoài Nguyễn Thị Hà")
		}
	})
}
