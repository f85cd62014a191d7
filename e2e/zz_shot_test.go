package e2e

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/app"
	"trucot/internal/app/sample"
)

func TestZZShots(t *testing.T) {
	ctx := context.Background()
	g, err := sample.Open(ctx, sample.Options{Data: filepath.Join(os.TempDir(), "tp-demo")})
	must(t, err)
	ln, _ := net.Listen("tcp", "127.0.0.1:9071")
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go app.Serve(ctx, ln, g.Site(ctx, siteOptions))
	p := browser.New(t, axe)
	path, _, err := g.People.NewLink(context.Background(), os.Getenv("AS"))
	must(t, err)
	p.Open("http://127.0.0.1:9071" + path)
	p.Click("main form button")
	for _, u := range strings.Split(os.Getenv("URLS"), " ") {
		for _, c := range []string{"light", "dark"} {
			for _, w := range []int64{1440, 360} {
				if c == "dark" && w == 360 {
					continue
				}
				p.Colours(c)
				p.Size(w, 900)
				p.Open("http://127.0.0.1:9071" + u)
				n := strings.NewReplacer("/", "_", "?", "_", "=", "_", "%", "_").Replace(u)
				p.Shot("/tmp/tp-shots", n+"-"+c+map[bool]string{true: "-360", false: "-1440"}[w == 360])
				for _, v := range p.Violations() {
					t.Errorf("%s %d: %s", u, w, v)
				}
				if o := p.Overflow(); o > 0 {
					t.Errorf("%s %d overflow %d", u, w, o)
				}
			}
		}
	}
}
