package api

import (
	"math"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/web"
)

// Done says what an operation did: where it was recorded, and the page that shows it. Stream, version and position are
// empty where a step needed no event of its own, as a number that was given before.
type Done struct {
	Path     string `json:"path,omitempty"`
	Stream   string `json:"stream,omitempty" example:"council/HD-2026-001"`
	Version  int64  `json:"version,omitempty"`
	Position int64  `json:"position,omitempty"`
}

// creation is the request of an operation that makes something new.
type creation[B any] struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body B
}

func (c *creation[B]) said() (Versioned, any) { return Versioned{Key: c.Key}, c.Body }

// alteration is the request of an operation that changes what has a version.
type alteration[B any] struct {
	Versioned
	Body B
}

func (c *alteration[B]) said() (Versioned, any) { return c.Versioned, c.Body }

// wordless is the request of an operation that says nothing and records nothing.
type wordless struct{}

func (*wordless) said() (Versioned, any) { return Versioned{}, struct{}{} }

// sayingFor is a request that goes on to a page's deed.
type sayingFor[T any] interface {
	*T
	said() (Versioned, any)
}

// makes is the operation of a form that makes something, for the page's own deed.
func makes[B any](s *service, id, pattern string) operation {
	return deed[creation[B]](s, id, pattern)
}

// alters is the operation of a form that changes something.
func alters[B any](s *service, id, pattern string) operation {
	return deed[alteration[B]](s, id, pattern)
}

// deed is the operation of a form: the same route below Base, the same permission, the same deed.
func deed[I any, P sayingFor[I]](s *service, id, pattern string) operation {
	rt := s.Forms[pattern]
	o := op(id, http.MethodPost, pattern, rt.Permission, func(r *web.Request, in *I) (*reply[Done], error) {
		v, body := P(in).said()
		return s.done(r, v, func() (string, error) { return rt.Deed(r, formOf(r.Lang, body)) })
	})
	o.parameters, o.maxBody = pathParameters(pattern), rt.MaxBody
	return o
}

// done does what a page does, once, and tells where.
func (s *service) done(r *web.Request, v Versioned, do func() (path string, err error)) (*reply[Done], error) {
	once, err := s.once(r, v)
	if err != nil {
		return nil, err
	}
	path, before := "", once.Stream != ""
	if !before {
		path, err = do()
	}
	if before = before || ledger.KeyUsed(err, once.Key); before {
		path, err = s.again(r, once)
	}
	if err != nil {
		return nil, err
	}
	out := &reply[Done]{Status: http.StatusOK, Body: Done{pagePath(path), once.Stream, once.Receipt.Version, once.Receipt.Position}}
	if once.Stream != "" {
		out.ETag = quoted(once.Receipt.Version)
	}
	return out, nil
}

// again is where an earlier request of the same key, which may be running at the same time, led: the ledger keeps of a request only where
// it was recorded, so the rest is read again as the caller may see it now. Some forms lead to a list; those say no path again.
func (s *service) again(r *web.Request, once *ledger.Once) (path string, err error) {
	if once.Stream == "" {
		if once.Stream, once.Receipt, err = s.Ledger.Used(r.Context(), once.Key); err != nil {
			return "", err
		}
	}
	if path, err = s.partyPages().Where(r, once.Stream); path == "" && err == nil {
		_, path, _ = s.Describe(r, once.Stream)
	}
	return path, err
}

// pagePath is a path without what only the page itself needs.
func pagePath(path string) string {
	path, _, _ = strings.Cut(path, "#")
	return strings.TrimSuffix(strings.TrimSuffix(path, "?da=luu"), "&da=luu")
}

// once has the request recorded once and on the version that the caller saw, whichever command records it. It comes back
// with the stream and receipt of the first time where the key was used; there is nothing left to do then.
func (s *service) once(r *web.Request, v Versioned) (*ledger.Once, error) {
	o := &ledger.Once{Expect: v.expect()}
	if v.Key != "" {
		o.Key = v.key(r)
		var err error
		if o.Stream, o.Receipt, err = s.Ledger.Used(r.Context(), o.Key); err != nil {
			return nil, err
		}
	}
	r.Request = r.WithContext(ledger.WithOnce(r.Context(), o))
	return o, nil
}

// recordedAs is the name after the prefix of the stream in which an earlier request of the same key was recorded, "" when
// this is the first.
func recordedAs(o *ledger.Once) string {
	_, name, _ := strings.Cut(o.Stream, "/")
	return name
}

var wildcard = regexp.MustCompile(`\{(\w+)\}`)

func pathParameters(pattern string) []*huma.Param {
	var out []*huma.Param
	for _, found := range wildcard.FindAllStringSubmatch(pattern, -1) {
		out = append(out, &huma.Param{Name: found[1], In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	return out
}

// formOf is a body as the page's form would send it: each field under the name of its tag "form". A list is a name
// several times, or with ",lines" one text of lines, with ",commas" one of commas; a map is "name.key"; a list of structs is
// "name.<index>". Numbers with decimals are written as readers of the language write them. A body that fits no form so
// fills it in itself.
func formOf(tag lang.Tag, body any) url.Values {
	in := url.Values{}
	if own, is := body.(interface{ fill(in url.Values) }); is {
		own.fill(in)
		return in
	}
	fill(in, reflect.ValueOf(body), "", tag)
	return in
}

func fill(in url.Values, v reflect.Value, suffix string, tag lang.Tag) {
	for i := range v.NumField() {
		name, how, _ := strings.Cut(v.Type().Field(i).Tag.Get("form"), ",")
		name += suffix
		switch f := v.Field(i).Interface().(type) {
		case string:
			in.Set(name, f)
		case bool:
			if f {
				in.Set(name, "1")
			}
		case int:
			in.Set(name, strconv.Itoa(f))
		case []string:
			in[name] = f
			switch how {
			case "lines":
				in.Set(name, strings.Join(f, "\n"))
			case "commas":
				in.Set(name, strings.Join(f, ", "))
			}
		case map[string]string:
			for key, text := range f {
				in.Set(name+"."+key, text)
			}
		case map[string]float64:
			for key, n := range f {
				in.Set(name+"."+key, lang.Decimal(tag, int64(math.Round(n*1000))))
			}
		default: // a list of structs, each field with its index
			for n := range v.Field(i).Len() {
				fill(in, v.Field(i).Index(n), "."+strconv.Itoa(n), tag)
			}
		}
	}
}
