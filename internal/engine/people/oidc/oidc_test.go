package oidc

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/oauth2-proxy/mockoidc"

	"trucot/internal/kernel/fault"
)

const back = "http://127.0.0.1/dang-nhap/mot-lan/ve"

func provider(t *testing.T, change func(*Config)) (*mockoidc.MockOIDC, *Provider) {
	t.Helper()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown() })
	c := Config{Issuer: m.Issuer(), Client: m.ClientID, Secret: m.ClientSecret, Scopes: []string{"profile", "email", "groups"}}
	if change != nil {
		change(&c)
	}
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m, p
}

// visit lets the provider's user agree and gives what the browser brings back.
func visit(t *testing.T, address string) url.Values {
	t.Helper()
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	to, err := resp.Location()
	if err != nil {
		t.Fatal(resp.Status, err)
	}
	return to.Query()
}

// TestTheAnswerMustBeTheAttempts: each of state, nonce, verifier and code must be this attempt's own.
func TestTheAnswerMustBeTheAttempts(t *testing.T) {
	m, p := provider(t, nil)
	for name, c := range map[string]struct {
		attempt func(*Attempt)
		answer  func(url.Values)
		want    string
	}{
		"as it should be": {nil, nil, ""},
		"another state":   {nil, func(v url.Values) { v.Set("state", "x") }, "oidc.refused"},
		"no state":        {func(a *Attempt) { a.State = "" }, func(v url.Values) { v.Del("state") }, "oidc.refused"},
		"another nonce":   {func(a *Attempt) { a.Nonce = "x" }, nil, "oidc.refused"},
		"no verifier":     {func(a *Attempt) { a.Verifier = "" }, nil, "oidc.refused"},
		"other verifier":  {func(a *Attempt) { a.Verifier = "x0123456789012345678901234567890123456789012" }, nil, "oidc.refused"},
		"no code":         {nil, func(v url.Values) { v.Del("code") }, "oidc.refused"},
		"a made-up code":  {nil, func(v url.Values) { v.Set("code", "x") }, "oidc.refused"},
	} {
		m.QueueUser(&mockoidc.MockUser{Subject: "1", PreferredUsername: "Khai"})
		address, a, err := p.Begin(context.Background(), back, "/viec")
		if err != nil {
			t.Fatal(err)
		}
		answer := visit(t, address)
		if c.attempt != nil {
			c.attempt(&a)
		}
		if c.answer != nil {
			c.answer(answer)
		}
		got, err := p.Finish(context.Background(), a, answer)
		switch {
		case c.want != "" && !fault.Is(err, c.want):
			t.Errorf("%s: %v", name, err)
		case c.want == "" && (err != nil || got != Subject{m.Issuer(), "1", "khai"}):
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if _, err := p.Finish(context.Background(), a, answer); err == nil {
			t.Errorf("%s: the code works twice", name)
		}
	}
}

func TestEndpointsInsteadOfDiscovery(t *testing.T) {
	m, p := provider(t, nil)
	p.Endpoints = Endpoints{m.AuthorizationEndpoint(), m.TokenEndpoint(), m.JWKSEndpoint()}
	m.QueueUser(&mockoidc.MockUser{Subject: "1", PreferredUsername: "khai"})
	m.QueueError(&mockoidc.ServerError{Code: 500, Error: "discovery is not asked"})
	m.ErrorQueue.Pop()
	address, a, err := p.Begin(context.Background(), back, "/")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Finish(context.Background(), a, visit(t, address)); err != nil || got.Account != "khai" {
		t.Error(got, err)
	}
}

func TestAProviderThatIsAwayIsAskedAgain(t *testing.T) {
	p, err := New(Config{Issuer: "http://127.0.0.1:1", Client: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Begin(context.Background(), back, "/"); !fault.Is(err, "oidc.unreachable") {
		t.Error(err)
	}
	if p.found != nil {
		t.Error("a failure is remembered")
	}
}

func TestClaimsNameTheAccount(t *testing.T) {
	for _, c := range []struct {
		claims Claims
		said   map[string]any
		want   string
	}{
		{Claims{Account: "preferred_username"}, map[string]any{"preferred_username": "Khai"}, "khai"},
		{Claims{Account: "preferred_username"}, map[string]any{"preferred_username": 7}, ""},
		{Claims{Account: "upn", Domain: "@so.example"}, map[string]any{"upn": "khai@SO.example"}, "khai"},
		{Claims{Account: "upn", Domain: "@so.example"}, map[string]any{"upn": "khai@khac.example"}, ""},
		{Claims{Account: "upn", Domain: "@so.example"}, map[string]any{"upn": "@so.example"}, ""},
		{Claims{Account: "email", Domain: "@so.example"}, map[string]any{"email": "khai@so.example"}, ""},
		{Claims{Account: "email", Domain: "@so.example"}, map[string]any{"email": "khai@so.example", "email_verified": true}, "khai"},
		{Claims{Account: "sub", Require: "groups", Values: []string{"trucot"}}, map[string]any{"sub": "khai", "groups": []any{"x", "trucot"}}, "khai"},
		{Claims{Account: "sub", Require: "groups", Values: []string{"trucot"}}, map[string]any{"sub": "khai", "groups": []any{"x"}}, ""},
		{Claims{Account: "sub", Require: "groups", Values: []string{"trucot"}}, map[string]any{"sub": "khai"}, ""},
		{Claims{Account: "sub", Require: "active", Values: []string{"yes"}}, map[string]any{"sub": "khai", "active": "yes"}, "khai"},
	} {
		got, err := c.claims.account(c.said)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%+v of %v: %q, %v", c.claims, c.said, got, err)
		}
	}
}

func TestTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret := write("secret", "rất bí mật\n")
	good := "label: Cổng tỉnh\nissuer: https://id.example\nclient_id: trucot\nclaims: {account: upn, domain: '@so.example'}\n"
	if p, err := Read(write("a.yaml", good+"client_secret_file: "+secret)); err != nil || p.Secret != "rất bí mật" || p.Claims.Account != "upn" {
		t.Error(p, err)
	}
	if p, err := Read(filepath.Join(dir, "none.yaml")); p != nil || err != nil {
		t.Error("no file is no single sign-on:", p, err)
	}
	for _, bad := range []string{"label: x\nissuer: http://id.example\nclient_id: x\n", good + "client_secret_file: /khong/co\n",
		good + "endpoints: {authorize: 'https://id.example/a'}\n"} {
		if _, err := Read(write("b.yaml", bad)); !fault.Is(err, "oidc.bad_config") {
			t.Errorf("%v for\n%s", err, bad)
		}
	}
	if _, err := Read(write("c.yaml", good+"colour: red\n")); err == nil {
		t.Error("an unknown key passes")
	}
}
