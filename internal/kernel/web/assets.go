package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed assets
var assetFiles embed.FS

// assetPrefix is where assets live; the name behind it carries the content's hash, so that a browser may
// keep an asset for ever.
const assetPrefix = "/tinh/"

// asset is one file with its compressed forms, made at the first request that can use them. Its parts are read from the
// program again when they are sent: an idle server holds none of them.
type asset struct {
	forms
	parts     []part
	typ, etag string
}

type assets struct {
	byName map[string]*asset // hashed name → asset
	hashed map[string]string // plain name → hashed name
}

// The style sheets of the two shells.
const (
	styleName   = "trucot.css"
	citizenName = "cong-dan.css"
	scriptName  = "trucot.js"
)

// part is an embedded file, with texts to replace in it.
type part struct {
	file    string
	replace []string // old, new pairs
	classes []string // of a style sheet: those whose rules are sent; nil = all
}

// contentTypes are fixed here, so that they do not depend on the machine's own tables.
var contentTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

// loadAssets is cheap (hashing under a megabyte) and happens once in the process.
var loadAssets = sync.OnceValue(func() *assets {
	a := &assets{byName: map[string]*asset{}, hashed: map[string]string{}}
	for _, name := range []string{"inter-vietnamese-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2", "inter-latin-wght-normal.woff2"} {
		a.add(name, part{file: "assets/vendor/" + name})
	}
	a.add("icon.svg", part{file: "assets/icon.svg"})
	a.add("attachments.js", part{file: "assets/attachments.js"})
	a.add("conference.js", part{file: "assets/conference.js"})
	a.add("passkey.js", part{file: "assets/passkey.js"})
	a.add("news-editor.js", part{file: "assets/news-editor.js"})
	a.add("tiptap.min.js", part{file: "assets/vendor/tiptap.min.js"})
	own := part{file: "assets/kh.css"}
	for _, name := range slices.Sorted(maps.Keys(a.hashed)) {
		own.replace = append(own.replace, "url("+name+")", "url("+assetPrefix+a.hashed[name]+")")
	}
	news := part{file: "assets/news.css"} // stands on the public pages and in the newsroom's preview
	// one sheet: the vendored base first, ours after it so that ours wins
	a.add(styleName, part{file: "assets/vendor/tabler.min.css", classes: vendorClasses}, own, news)
	a.add(citizenName, own, part{file: "assets/citizen.css"}, news) // no vendored base: a phone on a bad line reads a tenth of it
	a.add(scriptName, part{file: "assets/kh.js"})
	return a
})

func mustRead(name string) []byte {
	b, err := fs.ReadFile(assetFiles, name)
	if err != nil {
		panic(err)
	}
	return b
}

func (a *assets) add(name string, parts ...part) {
	as := &asset{parts: parts, typ: contentTypes[path.Ext(name)]}
	hash := as.hash()
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hash + ext
	as.etag = `"` + hash + `"`
	a.byName[hashed] = as
	a.hashed[name] = hashed
}

// hash is of what the body is made from: making it can wait until somebody asks.
func (as *asset) hash() string {
	h := sha256.New()
	for _, p := range as.parts {
		h.Write(mustRead(p.file)) // a hash takes everything
		io.WriteString(h, strings.Join(p.replace, "\x00")+strings.Join(p.classes, "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

func (as *asset) body() []byte {
	var b bytes.Buffer
	for _, p := range as.parts {
		text := string(mustRead(p.file))
		if p.classes != nil {
			text = subset(text, p.classes)
		}
		if len(p.replace) > 0 {
			text = strings.NewReplacer(p.replace...).Replace(text)
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(text)
	}
	return b.Bytes()
}

// URL is the address of an asset by its plain name; it panics on an unknown one.
func (a *assets) URL(name string) string {
	h, ok := a.hashed[name]
	if !ok {
		panic("web: no asset " + name)
	}
	return assetPrefix + h
}

// ServeHTTP serves an asset in the best form the browser accepts.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	as, ok := a.byName[strings.TrimPrefix(r.URL.Path, assetPrefix)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", as.typ)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Etag", as.etag)
	if r.Header.Get("If-None-Match") == as.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if strings.HasPrefix(as.typ, "font/") {
		w.Write(as.body())
		return
	}
	h.Set("Vary", "Accept-Encoding")
	encoding, body := as.take(r.Header.Get("Accept-Encoding"), as.body)
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	w.Write(body)
}
