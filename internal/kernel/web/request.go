package web

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// maxBody caps a form or JSON body in bytes; files are streamed by their own handlers.
const maxBody = 1 << 20

const (
	langCookie  = "kh-lang"
	themeCookie = "kh-theme"
)

// Theme is the reader's choice of colours.
type Theme string

// The three themes; Auto follows the reader's device and needs no script.
const (
	Auto  Theme = "auto"
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Request is one request with its reader, language and theme. Reader is nil when nobody is logged in.
type Request struct {
	*http.Request
	W      http.ResponseWriter
	Lang   lang.Tag
	Theme  Theme
	Reader Identity

	site  *Site
	limit int64 // bytes of the body
	past  past
}

func (s *Site) request(w http.ResponseWriter, hr *http.Request, limit int64) *Request {
	r := &Request{Request: hr, W: w, Lang: preferredLanguage(hr), Theme: Auto, site: s, limit: limit}
	if c, err := hr.Cookie(themeCookie); err == nil && (c.Value == string(Light) || c.Value == string(Dark)) {
		r.Theme = Theme(c.Value)
	}
	if r.limit == 0 {
		r.limit = maxBody
	}
	if hr.Body != nil && hr.Body != http.NoBody {
		hr.Body = http.MaxBytesReader(w, hr.Body, r.limit)
	}
	return r
}

// preferredLanguage is the reader's cookie, else for the API the first language of Accept-Language, else
// Vietnamese: a Vietnamese office's browser in English still gets Vietnamese pages until told otherwise.
func preferredLanguage(r *http.Request) lang.Tag {
	if c, err := r.Cookie(langCookie); err == nil && (c.Value == string(lang.VI) || c.Value == string(lang.EN)) {
		return lang.Tag(c.Value)
	}
	if isAPI(r) {
		return lang.FromEnv(r.Header.Get("Accept-Language"))
	}
	return lang.VI
}

// isAPI reports whether a program asks: below /api/, or with a token for the parts of the ledger, which browsers read too.
func isAPI(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/ledger/") && r.Header.Get("Authorization") != ""
}

// identify recognises the reader: a program by bearer token only, all others by session cookie only, so
// that a page in a browser can never spend an API right and the API needs no cross-site defence.
func (s *Site) identify(r *Request) (Identity, error) {
	if s.opts.Auth == nil {
		return nil, nil
	}
	if isAPI(r.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			return nil, nil
		}
		return s.opts.Auth.Bearer(r.Context(), token)
	}
	c, err := r.Cookie(s.sessionCookie())
	if err != nil {
		return nil, nil
	}
	return s.opts.Auth.Session(r.Context(), c.Value)
}

func (s *Site) sessionCookie() string {
	if s.opts.Secure {
		return "__Host-trucot"
	}
	return "trucot"
}

// T is a text in the reader's language.
func (r *Request) T(key string, args ...any) string {
	return r.site.opts.Catalog.T(r.Lang, key, args...)
}

// Today is the local date of the site's clock; on a page of a past day, that day.
func (r *Request) Today() calendar.Date {
	if r.past.day != 0 {
		return r.past.day
	}
	return calendar.OfTime(r.site.opts.Clock())
}

// Now is the site's clock.
func (r *Request) Now() time.Time { return r.site.opts.Clock() }

// Actor is the reader's account, "" for nobody.
func (r *Request) Actor() string {
	if r.Reader == nil {
		return ""
	}
	return r.Reader.Account()
}

// Can reports whether the reader has the permission in the unit ("" = in any).
func (r *Request) Can(p Permission, unit string) bool {
	return r.Reader != nil && r.Reader.Can(p, unit)
}

// Require is Can as an error, for rights that depend on the thing asked for.
func (r *Request) Require(p Permission, unit string) error {
	if r.Can(p, unit) {
		return nil
	}
	return Forbidden()
}

// Render answers with a page.
func (r *Request) Render(status int, c templ.Component) error {
	h := r.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(r.Lang))
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Cookie")
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := c.Render(r.Context(), buf); err != nil {
		return err
	}
	if r.past.links != 0 {
		if err := r.stay(buf); err != nil {
			return err
		}
	}
	return r.send(status, buf)
}

// Go sends the reader on after a form was done, so that reloading does not send it twice.
func (r *Request) Go(path string) error {
	http.Redirect(r.W, r.Request, path, http.StatusSeeOther)
	return nil
}

// Form parses the body; a broken or too large one is a fault.
func (r *Request) Form() (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		return nil, r.bodyFault(err)
	}
	return r.PostForm, nil
}

func (r *Request) bodyFault(err error) error {
	var tooLarge *http.MaxBytesError
	if asError(err, &tooLarge) {
		return fault.New(fault.TooLarge, "web.body_too_large", "limit", r.limit>>10)
	}
	return fault.New(fault.Invalid, "web.bad_form").Because(err)
}

// KeptKey is an idempotency key that the caller sent as the ledger keeps it: the account and a digest of the key, "" for none. What a caller
// writes into a key is not kept.
func (r *Request) KeptKey(sent string) string {
	if sent == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(sent))
	return r.Actor() + ":" + hex.EncodeToString(sum[:])
}

// Digest is the HMAC-SHA-256 of the request's method, address and body under the idempotency key that the caller sent, in hexadecimal digits:
// who reads what is kept of a request cannot try out what its body was. The body can be read afterwards.
func (r *Request) Digest(sent string) (string, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return "", r.bodyFault(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	sum := hmac.New(sha256.New, []byte(sent))
	fmt.Fprintf(sum, "%s %s\n", r.Method, r.URL.RequestURI())
	sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Upload is a file that came with a form; Name is what the sender called it, without folders.
type Upload struct {
	Name string
	Data []byte
}

// FormWithFile parses a form that may carry one file in the field; without one Upload is empty. The route's MaxBody
// bounds both together.
func (r *Request) FormWithFile(field string) (url.Values, Upload, error) {
	err := r.ParseMultipartForm(r.limit)
	if errors.Is(err, http.ErrNotMultipart) {
		form, err := r.Form()
		return form, Upload{}, err
	}
	if err != nil {
		return nil, Upload{}, r.bodyFault(err)
	}
	all, err := r.Uploads(field)
	if err != nil || len(all) == 0 { // a form without the file is complete
		return r.PostForm, Upload{}, err
	}
	return r.PostForm, all[0], nil
}

// Uploads are all the files that came in a field of a form that FormWithFile has read.
func (r *Request) Uploads(field string) ([]Upload, error) {
	var out []Upload
	for _, head := range r.MultipartForm.File[field] {
		f, err := head.Open()
		if err != nil {
			return nil, r.bodyFault(err)
		}
		data, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			return nil, r.bodyFault(err)
		}
		out = append(out, Upload{Name: head.Filename[strings.LastIndexAny(head.Filename, `/\`)+1:], Data: data})
	}
	return out, nil
}

// Query is a query parameter, trimmed and in NFC as the rest of the program stores text.
func (r *Request) Query(name string) string { return strings.TrimSpace(r.URL.Query().Get(name)) }

// SetSession gives the browser a session; an empty token ends it. The session's end is the server's to
// decide: the cookie lives with the browser's own session.
func (r *Request) SetSession(token string) {
	c := r.cookie(r.site.sessionCookie(), token, 0)
	c.HttpOnly = true
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(r.W, c)
}

// Keep gives the browser a secret that it sends back below a path only, such as that of an unfinished form, for so many
// seconds; an empty value takes it away.
func (r *Request) Keep(name, path, value string, seconds int) {
	c := r.cookie(name, value, seconds)
	c.Path, c.HttpOnly = path, true
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(r.W, c)
}

// Kept is what Keep gave the browser, "" when it has nothing.
func (r *Request) Kept(name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// SessionToken is the value of the session cookie, "" when there is none.
func (r *Request) SessionToken() string {
	c, err := r.Cookie(r.site.sessionCookie())
	if err != nil {
		return ""
	}
	return c.Value
}

// logInAge is how long a log-in may be under way, in seconds.
const logInAge = 15 * 60

// SetLogIn ties a log-in under way to this browser; an empty token ends it.
func (r *Request) SetLogIn(token string) {
	c := r.cookie(r.site.sessionCookie()+"-vao", token, logInAge)
	c.HttpOnly = true
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(r.W, c)
}

// LogInToken is what SetLogIn gave, "" when there is none.
func (r *Request) LogInToken() string {
	c, err := r.Cookie(r.site.sessionCookie() + "-vao")
	if err != nil {
		return ""
	}
	return c.Value
}

// Address is where the reader's computer is, without a port: the peer's address, or behind Options.Proxies trusted
// proxies what the outermost of them saw. What a reader writes into the header beyond that is not believed.
func (r *Request) Address() string {
	address := r.RemoteAddr
	if ap, err := netip.ParseAddrPort(address); err == nil {
		address = ap.Addr().Unmap().String()
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if n := r.site.opts.Proxies; n > 0 && n <= len(hops) {
		if a, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-n])); err == nil {
			return a.Unmap().String()
		}
	}
	return address
}

// Origin is the scheme, host and port by which the reader's browser knows this site.
func (r *Request) Origin() string {
	if r.site.opts.URL != "" {
		return r.site.opts.URL
	}
	if r.site.opts.Secure {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (r *Request) cookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: maxAge, Secure: r.site.opts.Secure, SameSite: http.SameSiteLaxMode}
}

// LocalPath is p when it is a path on this site and "/" otherwise, so that a link cannot send a reader
// who has just logged in somewhere else.
func LocalPath(p string) string {
	u, err := url.Parse(p)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n") {
		return "/"
	}
	return p
}
