// Program audit lays the sample agency's pages before other people's checkers: it saves what a walk from link to link finds,
// prints where the site is and with which cookie to enter it, and serves it until its input ends. scripts/audit uses it.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"

	"trucot/e2e/crawl"
	"trucot/internal/app"
	"trucot/internal/app/sample"
)

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "audit:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string) error {
	g, err := sample.Open(ctx, sample.Options{Data: filepath.Join(dir, "data")})
	if err != nil {
		return err
	}
	defer g.Close()
	site := httptest.NewServer(g.Site(ctx, app.SiteOptions{Sample: true, Log: slog.New(slog.DiscardHandler)}))
	defer site.Close()
	guest, cookie, err := signIn(ctx, g, site.URL)
	if err != nil {
		return err
	}
	if err := save(filepath.Join(dir, "html"), site.URL, guest, &http.Client{}); err != nil {
		return err
	}
	fmt.Println("site", site.URL)
	fmt.Println("cookie", cookie)
	fmt.Println("ready")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// signIn enters as the guest of the sample.
func signIn(ctx context.Context, g *sample.Agency, site string) (*http.Client, string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, "", err
	}
	path, _, err := g.People.NewLink(ctx, sample.Guest)
	if err != nil {
		return nil, "", err
	}
	link, err := url.Parse(site + path)
	if err != nil {
		return nil, "", err
	}
	c := &http.Client{Jar: jar}
	in, err := c.PostForm(site+link.Path, link.Query())
	if err != nil {
		return nil, "", err
	}
	in.Body.Close()
	cookie := ""
	for _, k := range jar.Cookies(link) {
		cookie += k.Name + "=" + k.Value + "; "
	}
	return c, cookie, nil
}

// save writes every page that can be read as a file, and beside them a list of which is which.
func save(dir, site string, clients ...*http.Client) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	index, err := os.Create(filepath.Join(dir, "index.tsv"))
	if err != nil {
		return err
	}
	defer index.Close()
	list, n := bufio.NewWriter(index), 0
	for _, c := range clients {
		err = errors.Join(err, crawl.Walk(c, site, func(p *crawl.Page) {
			if !p.HTML() {
				return
			}
			n++
			name := fmt.Sprintf("%04d.html", n)
			fmt.Fprintf(list, "%s\t%d\t%s\n", name, p.Status, p.Path)
			err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), p.Body, 0o600))
		}, "/", "/nop-ho-so"))
	}
	return errors.Join(err, list.Flush())
}
