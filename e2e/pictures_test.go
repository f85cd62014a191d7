//go:build pictures

package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/app"
	"trucot/internal/app/sample"
)

// pictured are the main pages of the sample agency. A path that begins with "@" is that of the first link on the page before
// the bar whose address begins with what follows it.
var pictured = []struct {
	name, path string
	phone      bool
}{
	{name: "trang-chu", path: "/"},
	{name: "ho-so", path: "/ho-so"},
	{name: "mot-ho-so", path: "@/ho-so?xem=late|/ho-so/0"},
	{name: "tiep-nhan", path: "/ho-so/tiep-nhan?thu-tuc=radiation_work_licence"},
	{name: "nop-ho-so", path: "/dich-vu", phone: true},
	{name: "chat-luong", path: "/chat-luong"},
	{name: "dong-chay", path: "/quy-trinh/technology_appraisal/dong-chay"},
	{name: "thu-tuc", path: "/thu-tuc/mission"},
	{name: "chi-dao", path: "/chi-dao"},
	{name: "viec", path: "/viec?xem=all"},
	{name: "viec-don-vi", path: "/viec/don-vi"},
	{name: "lich-cong-tac", path: "/lich-cong-tac?tuan=2025-W51"},
	{name: "hoi-dong", path: "/hoi-dong?xem=all"},
	{name: "bao-cao", path: "@/bao-cao|/bao-cao/tong-ket"},
	{name: "so-lieu", path: "/so-lieu/dossier.received?period=2025"},
	{name: "khen-thuong", path: "/khen-thuong"},
	{name: "dang", path: "/dang"},
	{name: "tim", path: "/tim-kiem?q=cong+nghe"},
	{name: "tin-tuc", path: "/tin-tuc"},
	{name: "mot-tin", path: "@/tin-tuc|/tin-tuc/bai/"},
	{name: "bien-tap", path: "/bien-tap"},
	{name: "dot-bao-cao", path: "/bao-cao/dot/tong-ket-nam-2025"},
	{name: "hoi-nghi", path: "/hoi-nghi/HN-2025-1"},
	{name: "man-hinh", path: "/hoi-nghi/HN-2025-1/man-hinh"},
	{name: "so-viec", path: "/so-viec"},
}

// TestPictures takes the pictures of docs/man-hinh.md, in light and dark, into the folder named by PICTURES.
func TestPictures(t *testing.T) {
	dir := os.Getenv("PICTURES")
	if dir == "" {
		t.Fatal("PICTURES names no folder: use scripts/pictures")
	}
	ctx := context.Background()
	g, err := sample.Open(ctx, sample.Options{Data: t.TempDir()})
	must(t, err)
	defer g.Close()
	site := httptest.NewServer(g.Site(ctx, app.SiteOptions{Sample: true, Log: slog.New(slog.DiscardHandler)}))
	defer site.Close()
	p := browser.New(t, axe)
	enter, _, err := g.People.NewLink(ctx, sample.Guest)
	must(t, err)
	p.Open(site.URL + enter)
	p.Click("main form button")
	for _, it := range pictured {
		url := site.URL + it.path
		if page, first, ok := strings.Cut(strings.TrimPrefix(it.path, "@"), "|"); ok {
			p.Open(site.URL + page)
			url = site.URL + browser.Eval[string](p, fmt.Sprintf(`(document.querySelector('main a[href^=%q]') || {getAttribute: () => ""}).getAttribute("href")`, first))
		}
		p.Size(1280, 800)
		if it.phone {
			p.Size(390, 800)
		}
		for _, scheme := range []string{"light", "dark"} {
			p.Colours(scheme)
			p.Open(url)
			p.Window(filepath.Join(dir, it.name+map[string]string{"light": "-sang", "dark": "-toi"}[scheme]+".webp"))
		}
	}
}
