package party

import (
	"archive/zip"
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// TestKindsOfDocumentByDay: each version knows the kinds of its time, and none leaves the office without those it issues.
func TestKindsOfDocumentByDay(t *testing.T) {
	r := shipped(t)
	for on, want := range map[string]string{"2015-01-01": "qd-66-2017", "2026-01-08": "qd-66-2017", "2026-01-09": "qd-399-2026"} {
		if got := r.DocumentsOn(day(on)).ID; got != want {
			t.Errorf("%s: %s, want %s", on, got, want)
		}
	}
	for _, d := range r.Documents {
		if len(d.Kinds) != 25 {
			t.Errorf("%s has %d kinds", d.ID, len(d.Kinds))
		}
		seen := map[string]bool{}
		for _, k := range d.Kinds {
			if seen[k.Code] || k.Title[lang.VI] == "" || k.Title[lang.EN] == "" {
				t.Errorf("%s: %+v", d.ID, k)
			}
			seen[k.Code] = true
		}
		for code, body := range map[string]string{"NQ": "chi_bo", "QC": "dang_bo_co_so", "CT": "dang_bo", "HD": "dang_bo_co_so"} {
			if !d.Kind(code).open(body) {
				t.Errorf("%s: %s may not issue %s", d.ID, body, code)
			}
		}
		for code, body := range map[string]string{"CT": "dang_bo_co_so", "TT": "chi_bo", "HD": "chi_bo", "QyĐ": "chi_bo", "ĐL": "dang_bo"} {
			if d.Kind(code).open(body) {
				t.Errorf("%s: %s may issue %s", d.ID, body, code)
			}
		}
	}
	if k := r.Documents[0].Kind("XYZ"); k.Symbol != "XYZ" || k.heading() != "XYZ" {
		t.Errorf("%+v", k)
	}
}

// TestKindsOfOneAbbreviationShareTheirNumbers: a decision and a regulation both read QĐ, so that no two documents of a term have
// one symbol.
func TestKindsOfOneAbbreviationShareTheirNumbers(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "trucot.db"))
	numbers := ""
	for _, form := range []string{"QĐ", "QyĐ", "QĐ", "NQ"} {
		rec, err := o.Enter(o.ctx, "vp", Record{Kind: "document", Form: form, Unit: "du", On: day("2025-02-01"), Title: "Văn bản", Until: calendar.NoDate}, false)
		o.must(err)
		numbers += rec.Number + " "
	}
	if numbers != "01-QĐ 02-QĐ 03-QĐ 01-NQ " {
		t.Error(numbers)
	}
	rec := &Record{Kind: "document", Form: "QyĐ", On: day("2025-02-01")}
	for tag, want := range map[lang.Tag]string{lang.VI: "Quy định", lang.EN: "Regulation"} {
		if name, err := o.FormName(rec, tag); err != nil || name != want {
			t.Error(name, err)
		}
	}
}

// TestALetterAndMinutesAreSetOutTheirWay: a letter has no name of its kind, minutes have two signatures.
func TestALetterAndMinutesAreSetOutTheirWay(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "trucot.db"))
	text := func(form string) string {
		rec, err := o.Enter(o.ctx, "vp", Record{Kind: "document", Form: form, Unit: "du", On: day("2025-02-01"), Title: "Báo cáo số liệu đảng viên", Until: calendar.NoDate}, false)
		o.must(err)
		var file bytes.Buffer
		o.must(o.WriteDOCX(o.ctx, &file, rec, func(id string) string { return id }))
		return body(t, file.Bytes())
	}
	letter, minutes, plan := text("CV"), text("BB"), text("KH")
	for name, c := range map[string]struct {
		text, part string
		want       bool
	}{
		"letter without a name":   {letter, "CÔNG VĂN", false},
		"letter about":            {letter, "về việc Báo cáo số liệu đảng viên", true},
		"minutes by two":          {minutes, "Người ghi biên bản", true},
		"minutes have a name":     {minutes, "BIÊN BẢN", true},
		"a plan has its name":     {plan, "KẾ HOẠCH", true},
		"a plan is signed by one": {plan, "Người ghi biên bản", false},
	} {
		if strings.Contains(strings.ToLower(c.text), strings.ToLower(c.part)) != c.want {
			t.Errorf("%s: %q", name, c.text)
		}
	}
}

// body is the text of a DOCX.
func body(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, part := range strings.Split(string(raw), "<") {
		_, text, _ := strings.Cut(part, ">")
		out.WriteString(text)
	}
	return out.String()
}
