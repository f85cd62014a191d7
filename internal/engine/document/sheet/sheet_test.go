package sheet

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"trucot/internal/engine/document/read"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

func sample() Book {
	return Book{Title: "Sổ hồ sơ mẫu", Sheets: []Sheet{{
		Name:    "Biểu 01/TKTH",
		Lines:   []Line{{Text: "SỔ HỒ SƠ", Align: Center, Bold: true, Size: 14}, {Text: "Đơn vị tính: hồ sơ", Align: Right}},
		Columns: []Column{{Width: 6, Align: Center}, {Width: 40}, {}, {}},
		Head:    [][]Cell{{{Text: "STT", RowSpan: 2}, {Text: "Chỉ tiêu", RowSpan: 2}, {Text: "Kỳ", ColSpan: 2}}, {{Text: "Trước"}, {Text: "Này"}}},
		Rows: Rows([][]Value{
			{1, "=1+1", Thousandths(1_434_000), Thousandths(1_250)},
			{2, "Ngày nhận", calendar.MustParse("2021-06-14"), calendar.NoDate},
			{nil, Bold{"Cộng"}, Bold{Thousandths(-7_000)}, math.NaN()},
		}),
		Notes: []string{"Số liệu mẫu."},
	}, {Name: "biểu 01-tkth", Columns: []Column{{}}, Portrait: true}}}
}

func write(t testing.TB, b Book) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	data := write(t, sample())
	b, err := read.Table(t.Context(), "x.xlsx", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	want := "SỔ HỒ SƠ\nĐơn vị tính: hồ sơ\n\nSTT\tChỉ tiêu\tKỳ\n\t\tTrước\tNày\n1\t=1+1\t1434\t1.25\n2\tNgày nhận\t2021-06-14\n\tCộng\t-7\nSố liệu mẫu.\n"
	if got := b.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	s := b.Sheets[0]
	if title := s.Rows[0][0]; title.ColSpan != 4 {
		t.Errorf("the title spans %d columns", title.ColSpan)
	}
	if stt := s.Rows[3][0]; stt.RowSpan != 2 {
		t.Errorf("the head cell spans %d rows", stt.RowSpan)
	}
	if c := s.Rows[5][1]; c.Formula {
		t.Error("a text became a formula")
	}
	if s.Name != "Biểu 01-TKTH" || b.Sheets[1].Name != "biểu 01-tkth (2)" {
		t.Errorf("names %q and %q", s.Name, b.Sheets[1].Name)
	}
}

func TestPaperAndPanes(t *testing.T) {
	x, err := excelize.OpenReader(bytes.NewReader(write(t, sample())))
	if err != nil {
		t.Fatal(err)
	}
	layout, err := x.GetPageLayout("Biểu 01-TKTH")
	if err != nil || *layout.Orientation != "landscape" || *layout.Size != 9 {
		t.Errorf("page layout %+v, %v", layout, err)
	}
	names := x.GetDefinedName()
	if len(names) != 1 || names[0].RefersTo != "'Biểu 01-TKTH'!$4:$5" {
		t.Errorf("the head repeats as %+v", names)
	}
	if panes, err := x.GetPanes("Biểu 01-TKTH"); err != nil || panes.YSplit != 5 {
		t.Errorf("frozen %+v, %v", panes, err)
	}
}

func TestTheSameBookGivesTheSameBytes(t *testing.T) {
	book := sample()
	for range 6 {
		book.Sheets = append(book.Sheets, book.Sheets[0])
	}
	first := write(t, book)
	for range 20 {
		if !bytes.Equal(first, write(t, book)) {
			t.Fatal("the bytes differ")
		}
	}
}

func TestFaults(t *testing.T) {
	for key, b := range map[string]Book{
		"sheet.no_sheets":     {},
		"sheet.no_columns":    {Sheets: []Sheet{{Name: "x"}}},
		"sheet.row_too_wide":  {Sheets: []Sheet{{Name: "x", Columns: []Column{{}}, Rows: Rows([][]Value{{1, 2}})}}},
		"sheet.head_too_wide": {Sheets: []Sheet{{Name: "x", Columns: []Column{{}}, Head: [][]Cell{{{Text: "a"}, {Text: "b"}}}}}},
	} {
		if err := Write(new(bytes.Buffer), b); !fault.Is(err, key) {
			t.Errorf("got %v, want %s", err, key)
		}
	}
}

func TestNamesFitTheFormat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		used := map[string]bool{}
		seen := map[string]bool{}
		for i, name := range rapid.SliceOfN(rapid.StringN(0, 40, 80), 1, 8).Draw(t, "names") {
			got := safeName(name, i, used)
			if n := utf8.RuneCountInString(got); n < 1 || n > 31 || strings.ContainsAny(got, `:\/?*[]`) || seen[strings.ToLower(got)] {
				t.Fatalf("%q became %q", name, got)
			}
			seen[strings.ToLower(got)] = true
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	rows := func(yield func([]Value) bool) {
		for i := range 100_000 {
			if !yield([]Value{i, "Hồ sơ thẩm định công nghệ", Thousandths(i * 10), Thousandths(i), "A", "B", i, i, i, i}) {
				return
			}
		}
	}
	for b.Loop() {
		if err := Write(new(bytes.Buffer), Book{Sheets: []Sheet{{Name: "x", Columns: make([]Column, 10), Rows: rows}}}); err != nil {
			b.Fatal(err)
		}
	}
}
