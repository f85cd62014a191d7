package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
)

// calendarOffset is how far local midnight lies before that of UTC.
const calendarOffset = 7 * time.Hour

// CloudEvent is the body of a webhook, in the structured form of CloudEvents 1.0. It says that something happened and where
// to read it; what happened is read through the API, under the receiver's own rights.
type CloudEvent struct {
	SpecVersion string    `json:"specversion"`
	ID          string    `json:"id"`     // unique within Source, the same on every attempt
	Source      string    `json:"source"` // "/ledger/<origin>"
	Type        string    `json:"type"`   // "vn.trucot.<kind of event>"
	Subject     string    `json:"subject"`
	Time        string    `json:"time"`
	ContentType string    `json:"datacontenttype"`
	Data        EventData `json:"data"`
}

// EventData is what a receiver learns.
type EventData struct {
	Position    int64         `json:"position"`
	Version     int64         `json:"version"` // of the stream; the ETag of what it is about
	Unit        string        `json:"unit,omitempty"`
	EffectiveOn calendar.Date `json:"effective_on"`
	Hash        string        `json:"hash"` // leaf hash in the ledger's tree
}

type delivery struct{ id, hook, body string }

// deliveries adds the calls that an event causes.
func (e *Engine) deliveries(ctx context.Context, calls []delivery, hooks []Hook, ev ledger.Event) ([]delivery, error) {
	for _, h := range hooks {
		if ev.Position <= h.Since || !h.wants(ev.Kind) {
			continue
		}
		may, err := e.opts.MayKnow(ctx, h.Owner, ev)
		if err != nil {
			return calls, err
		}
		if !may {
			continue
		}
		n := strconv.FormatInt(ev.Position, 10)
		body, err := json.Marshal(CloudEvent{SpecVersion: "1.0", ID: n, Source: "/ledger/" + e.l.Origin(), Type: "vn.trucot." + ev.Kind, Subject: ev.Stream,
			Time: ev.RecordedAt.Format(time.RFC3339Nano), ContentType: "application/json",
			Data: EventData{Position: ev.Position, Version: ev.Version, Unit: ev.Unit, EffectiveOn: ev.EffectiveOn, Hash: hash(ev)}})
		if err != nil {
			return calls, err
		}
		calls = append(calls, delivery{"msg_" + h.ID + "_" + n, h.ID, string(body)})
	}
	return calls, nil
}

func hash(ev ledger.Event) string {
	text, _ := json.Marshal(ev.Hash[:]) // base64, as tlog writes it
	return string(bytes.Trim(text, `"`))
}

// deliver posts one call, signed as Standard Webhooks says.
func (e *Engine) deliver(ctx context.Context, j Job) *trouble {
	p, err := e.endpoint(ctx, j.Target)
	if err != nil {
		return &trouble{"no_address", true}
	}
	if err := e.CheckURL(p.URL); err != nil {
		return &trouble{"refused", true}
	}
	signer, err := webhooks.NewWebhook(p.Secret)
	if err != nil {
		return &trouble{"secret", true}
	}
	at := time.Now() // the receiver holds it against its own clock
	signature, err := signer.Sign(j.ID, at, []byte(j.body))
	if err != nil {
		return &trouble{"secret", true}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL, bytes.NewReader([]byte(j.body)))
	if err != nil {
		return &trouble{"address", true}
	}
	r.Header.Set("Content-Type", "application/cloudevents+json; charset=utf-8")
	r.Header.Set("User-Agent", "trucot")
	r.Header.Set(webhooks.HeaderWebhookID, j.ID)
	r.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	r.Header.Set(webhooks.HeaderWebhookSignature, signature)
	return e.post(r)
}

// errPrivate says that a name led to an address that webhooks may not reach.
var errPrivate = errors.New("not a public address")

func (e *Engine) post(r *http.Request) *trouble {
	client := e.client()
	defer client.CloseIdleConnections()
	resp, err := client.Do(r)
	switch {
	case errors.Is(err, errPrivate):
		return &trouble{"refused", false}
	case errors.Is(err, context.DeadlineExceeded):
		return &trouble{"timeout", false}
	case err != nil:
		return &trouble{"unreachable", false}
	}
	defer resp.Body.Close()
	io.CopyN(io.Discard, resp.Body, 64<<10) // what it says is of no interest
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	word := strconv.Itoa(resp.StatusCode)
	return &trouble{word, resp.StatusCode == http.StatusGone}
}

// client follows no redirect and asks no proxy: both would lead past the check of the address, which is made on the number
// that is really dialled, after the name was resolved.
func (e *Engine) client() *http.Client {
	d := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !e.mayDial(at.Addr()) {
			return errPrivate
		}
		return nil
	}}
	return &http.Client{
		Transport:     &http.Transport{DialContext: d.DialContext, TLSHandshakeTimeout: 5 * time.Second, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// special are the networks beside those that netip names which are no public addresses (the special-purpose registries of
// RFC 6890), and those through which an IPv4 address travels inside an IPv6 one.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("::/96"),
}

func (e *Engine) mayDial(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range e.out.Allow {
		if p.Contains(a) {
			return true
		}
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsGlobalUnicast() && !a.IsPrivate()
}

// allowed reports whether a host is an address that the administrator allowed.
func (e *Engine) allowed(host string) bool {
	a, err := netip.ParseAddr(host)
	for _, p := range e.out.Allow {
		if err == nil && p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}
