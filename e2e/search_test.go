package e2e

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
)

var hitLink = regexp.MustCompile(`<h2><a href="([^"]+)">`)

// What the search shows is what the reader's own lists show, and each hit opens.
func TestRolesSearch(t *testing.T) {
	a, paths := guarded(t)
	for who, sees := range map[string]map[string]bool{
		"so":    {unitSecret: true, looseSecret: true, hostile: true},
		"phong": {hostile: true},
		"dang":  {},
	} {
		r := a.reader(t, who)
		for _, title := range []string{unitSecret, looseSecret, hostile, "Hồ sơ gửi đảng uỷ"} {
			_, page := r.get("/tim-kiem?q=" + url.QueryEscape(title))
			if got := strings.Contains(page, `href="`+paths[title]+`"`); got != sees[title] {
				t.Errorf("%s finds %q: %v", who, title, got)
			}
			if strings.Contains(page, hostile) {
				t.Errorf("%s gets a title as markup", who)
			}
			for _, link := range hitLink.FindAllStringSubmatch(page, -1) {
				if status, _ := r.get(link[1]); status != http.StatusOK {
					t.Errorf("%s finds %s but cannot open it: %d", who, link[1], status)
				}
			}
		}
	}
}

// A record is found as soon as it is recorded, by words with or without marks, and after a restart.
func TestSearchFollowsTheLedger(t *testing.T) {
	a, _ := guarded(t)
	r := a.reader(t, "so")
	r.get("/tim-kiem?q=x") // the index is there before the record is
	d, err := a.Dossiers.Open(context.Background(), dossier.Filing{Procedure: "book_loan", On: calendar.MustParse("2021-06-14"), Actor: "khai", Unit: "tdc",
		Fields: map[string]any{"ten_sach": "Trắc địa biển", "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1}, Documents: []string{"the"}})
	must(t, err)
	for _, ask := range []string{"Trắc địa biển", "trac dia bien", `"địa biển"`} {
		_, page := r.get("/tim-kiem?q=" + url.QueryEscape(ask))
		if !strings.Contains(page, `<a href="/ho-so/`+d.Code+`">`) || !strings.Contains(page, "địa biển</mark>") {
			t.Errorf("%q does not find the new dossier", ask)
		}
		if strings.Contains(page, "Bạn đọc mẫu") {
			t.Error("the search shows who filed")
		}
	}
	if _, page := r.get("/tim-kiem?q=x&tu=2021-99-99"); !strings.Contains(page, "kh-field-fault") {
		t.Error("a date that is none is passed over in silence")
	}
}
