package account

import (
	"net/url"
	"strconv"
	"strings"

	"rsc.io/qr"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// ReadDelegation reads the form of a delegation without its giver, and the day from which it holds.
func ReadDelegation(in url.Values, today calendar.Date) (g people.Delegation, from calendar.Date, err error) {
	from = today
	if text := in.Get("tu-ngay"); text != "" {
		if from, err = calendar.Parse(text); err != nil {
			return g, from, err
		}
	}
	if g.Until, err = calendar.Parse(in.Get("den-ngay")); err != nil {
		return g, from, err
	}
	g.Taker, g.Form, g.Unit, g.Basis = in.Get("nguoi-nhan"), people.Form(in.Get("hinh-thuc")), in.Get("don-vi"), strings.TrimSpace(in.Get("can-cu"))
	return g, from, nil
}

// picture draws a QR code as the path of an SVG picture, one unit a module, with the quiet zone of four that readers ask
// for.
func picture(text string) (string, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}
	const quiet = 4
	size := strconv.Itoa(code.Size + 2*quiet)
	var b strings.Builder
	b.WriteString(`<svg class="kh-qr" viewBox="0 0 ` + size + ` ` + size + `" role="img" aria-labelledby="qr-ten"><rect width="` + size + `" height="` + size + `" fill="#fff"/><path fill="#000" d="`)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				b.WriteString("M" + strconv.Itoa(x+quiet) + " " + strconv.Itoa(y+quiet) + "h1v1h-1z")
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}

// browsers and systems as they call themselves, the more special first.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR", "Opera"}, {"coc_coc", "Cốc Cốc"}, {"Firefox", "Firefox"}, {"Chrom", "Chrome"}, {"Safari", "Safari"}}
	systems  = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}}
)

// device is what a browser calls itself, in two words; "" when it says nothing known.
func device(agent string) string {
	var words []string
	for _, list := range [][][2]string{browsers, systems} {
		for _, b := range list {
			if strings.Contains(agent, b[0]) {
				words = append(words, b[1])
				break
			}
		}
	}
	return strings.Join(words, " · ")
}

// scopeKey is a permission as part of a text's key.
func scopeKey(p web.Permission) string { return strings.ReplaceAll(string(p), ".", "_") }
