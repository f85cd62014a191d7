package document

import (
	"strings"
	"testing"

	"trucot/definitions"
	"trucot/internal/kernel/calendar"
)

// TestTwoSignaturesAsEachSideSetsThem: the State's posts are bold, the Party's are plain capitals over a bold name.
func TestTwoSignaturesAsEachSideSetsThem(t *testing.T) {
	layouts, err := LoadLayouts(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	for side, bold := range map[string]bool{"state": true, "party": false} {
		l, err := layouts.At(side, calendar.MustParse("2026-06-01"))
		if err != nil {
			t.Fatal(err)
		}
		rows := l.SignedByTwo(Signature{Post: "Thư ký", Name: "Mẫu A"}, Signature{Post: "Chủ trì", Name: "Mẫu B"}).Rows
		post, name := rows[0][1], rows[2][1]
		if post.Text != "CHỦ TRÌ" || post.Bold != bold || name.Text != "Mẫu B" || !name.Bold {
			t.Errorf("%s: %+v %+v", side, post, name)
		}
		d := &Document{Layout: l, Issuer: "Mẫu", Place: "Mẫu", TypeName: "QUYẾT ĐỊNH", Subject: "Mẫu", Basis: []string{"Căn cứ mẫu"}, Date: calendar.NoDate}
		p := newPage(d)
		p.opening()
		if strings.Contains(p.b.String(), "- Căn cứ mẫu.") != (side == "party") {
			t.Errorf("%s: the ground stands otherwise", side)
		}
	}
}
