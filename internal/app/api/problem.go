package api

import (
	"regexp"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// problem is web.Problem as the library describes it; package web writes it.
type problem struct{ web.Problem }

// GetStatus and Error make it an error of the library.
func (p *problem) GetStatus() int { return max(p.Status, 400) }

func (p *problem) Error() string { return p.Detail }

// ContentType is that of RFC 9457.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// speakOurErrors turns the library's errors, which are English and repeat what was sent, into faults of the catalogue. The
// library has one such hook a process.
var speakOurErrors = sync.OnceFunc(func() {
	huma.NewError = func(status int, message string, _ ...error) huma.StatusError {
		return &problem{web.Problem{Status: status, Detail: message}}
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		if c, is := ctx.Context().Value(callKey{}).(*call); is && c.err == nil {
			c.err = refusal(status, message, errs)
		}
		return huma.NewError(status, message, errs...)
	}
})

// refusal is the fault of a request that does not fit its description.
func refusal(status int, message string, errs []error) error {
	var list fault.List
	for _, e := range errs {
		if d, is := e.(huma.ErrorDetailer); is {
			list = append(list, detail(d.ErrorDetail()))
		}
	}
	switch {
	case len(list) > 0:
		return list
	case status == 413:
		return fault.New(fault.TooLarge, "web.body_too_large", "limit", 1<<10)
	case status == 415:
		return fault.New(fault.Invalid, "api.need_json")
	case strings.Contains(message, "required"):
		return fault.New(fault.Invalid, "api.need_body")
	case status < 500:
		return fault.New(fault.Invalid, "api.broken_json")
	}
	return fault.New(fault.Internal, "lang.internal_error")
}

// sayings are the library's sentences and ours. A group is a part of its sentence that comes from the description, never
// from the request. They are compiled when the first request is refused.
var sayings = sync.OnceValue(func() []saying {
	return []saying{
		{regexp.MustCompile(`^expected required property (\S+) to be present`), "api.required"},
		{regexp.MustCompile(`^required \w+ parameter is missing`), "api.required"},
		{regexp.MustCompile(`^(?:unexpected property|unknown query parameter)`), "api.unexpected"},
		{regexp.MustCompile(`^expected value to be one of "(.*)"`), "api.one_of"},
		{regexp.MustCompile(`^expected (?:number|length|array length) >=? (\d+)`), "api.too_small"},
		{regexp.MustCompile(`^expected (?:number|length|array length) <=? (\d+)`), "api.too_big"},
		{regexp.MustCompile(`^expected (string|boolean|number|integer|array|object)$`), "api.wrong_type"},
		{regexp.MustCompile(`^invalid (integer|float|boolean)`), "api.wrong_type"},
	}
})

type saying struct {
	theirs *regexp.Regexp
	key    string
}

func detail(d *huma.ErrorDetail) *fault.Error {
	at := d.Location
	for _, s := range sayings() {
		found := s.theirs.FindStringSubmatch(d.Message)
		if found == nil {
			continue
		}
		what := ""
		if len(found) > 1 {
			what = found[1]
		}
		if s.key == "api.required" && what != "" {
			at += "." + what
		}
		return fault.New(fault.Invalid, s.key, "what", what).At(fault.Place{File: at})
	}
	return fault.New(fault.Invalid, "api.bad_value").At(fault.Place{File: at})
}
