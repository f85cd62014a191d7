// Package oidc (đăng nhập một lần) lets readers log in at the agency's own identity provider, by OpenID Connect with
// the authorization code, PKCE, state and nonce. It owns the configuration and the protocol; which account a subject is
// bound to is package people's.
package oidc

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// File is the configuration's name in the data folder.
const File = "oidc.yaml"

// Config says who the provider is. Endpoints are discovered from the issuer unless they stand here.
type Config struct {
	Label     string    `def:"label,required"` // on the button: "Cổng đăng nhập của tỉnh"
	Issuer    string    `def:"issuer,required"`
	Client    string    `def:"client_id,required"`
	Secret    string    `def:"client_secret"`      // or
	SecretIn  string    `def:"client_secret_file"` // a file that holds it
	Scopes    []string  `def:"scopes"`             // besides openid
	Endpoints Endpoints `def:"endpoints"`
	Claims    Claims    `def:"claims"`
}

// Endpoints replace discovery; either none or all three.
type Endpoints struct {
	Authorize string `def:"authorize"`
	Token     string `def:"token"`
	Keys      string `def:"keys"`
}

// Claims map what the provider says of a person to an account.
type Claims struct {
	Account string   `def:"account"` // claim that names the account; preferred_username when empty
	Domain  string   `def:"domain"`  // what is cut from its end, as @so.example.gov.vn; names without it are refused
	Require string   `def:"require"` // claim that must be there
	Values  []string `def:"values"`  // with one of these values
}

// patience bounds each call to the provider.
const patience = 10 * time.Second

// Provider is the configured provider. It is not asked before somebody logs in.
type Provider struct {
	Config
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider
}

// Read reads a configuration; nil when the file is not there. Errors: defs' with their place, oidc.bad_config.
func Read(path string) (*Provider, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	node, err := defs.Parse(path, raw)
	if err != nil {
		return nil, err
	}
	var c Config
	if err := defs.Decode(node, &c).OrNil(); err != nil {
		return nil, err
	}
	if c.SecretIn != "" {
		secret, err := os.ReadFile(c.SecretIn)
		if err != nil {
			return nil, fault.New(fault.Invalid, "oidc.bad_config", "field", "client_secret_file").At(fault.Place{File: path}).Because(err)
		}
		c.Secret = strings.TrimSpace(string(secret))
	}
	p, err := New(c)
	if err != nil {
		var f *fault.Error
		if errors.As(err, &f) {
			f.Place.File = path
		}
		return nil, err
	}
	return p, nil
}

// New makes a provider. Error: oidc.bad_config.
func New(c Config) (*Provider, error) {
	if c.Claims.Account == "" {
		c.Claims.Account = "preferred_username"
	}
	addresses := map[string]string{"issuer": c.Issuer}
	if e := c.Endpoints; e != (Endpoints{}) {
		addresses["endpoints.authorize"], addresses["endpoints.token"], addresses["endpoints.keys"] = e.Authorize, e.Token, e.Keys
	}
	for field, address := range addresses {
		if !safe(address) {
			return nil, fault.New(fault.Invalid, "oidc.bad_config", "field", field)
		}
	}
	return &Provider{Config: c, client: &http.Client{Timeout: patience}}, nil
}

// safe allows https, and http on this machine for trying out.
func safe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	host := u.Hostname()
	return u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || host == "127.0.0.1" || host == "::1")
}

// Attempt is what a log-in under way must remember on this side.
type Attempt struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	Return   string `json:"return"` // the address the provider sends the reader back to
	Then     string `json:"then"`   // the page wanted
}

// Subject is who the provider says it is.
type Subject struct{ Issuer, ID, Account string }

// Begin gives the address to send the reader to. at and then go into the attempt. Error: oidc.unreachable.
func (p *Provider) Begin(ctx context.Context, back, then string) (address string, a Attempt, err error) {
	conf, _, err := p.ready(ctx, back)
	if err != nil {
		return "", a, err
	}
	a = Attempt{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier(), Return: back, Then: then}
	return conf.AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), a, nil
}

// Finish turns what the provider sent back into a subject. Errors: oidc.refused when the provider or the reader
// declined or the answer is not the attempt's, oidc.unreachable, oidc.no_account when the claims name none.
func (p *Provider) Finish(ctx context.Context, a Attempt, answer url.Values) (Subject, error) {
	if answer.Get("state") == "" || answer.Get("state") != a.State || answer.Get("code") == "" {
		return Subject{}, fault.New(fault.Invalid, "oidc.refused")
	}
	conf, provider, err := p.ready(ctx, a.Return)
	if err != nil {
		return Subject{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := conf.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Subject{}, fault.New(fault.Invalid, "oidc.refused").Because(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: p.Client}).Verify(ctx, raw)
	if err != nil || id.Nonce != a.Nonce {
		return Subject{}, fault.New(fault.Invalid, "oidc.refused").Because(err)
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return Subject{}, fault.New(fault.Invalid, "oidc.refused").Because(err)
	}
	account, err := p.Claims.account(claims)
	return Subject{id.Issuer, id.Subject, account}, err
}

// account reads the account's name out of the claims.
func (c Claims) account(claims map[string]any) (string, error) {
	name, _ := claims[c.Account].(string)
	plain, ours := strings.CutSuffix(strings.ToLower(name), strings.ToLower(c.Domain))
	if plain == "" || !ours || !c.allowed(claims) || c.Account == "email" && claims["email_verified"] != true {
		return "", fault.New(fault.Forbidden, "oidc.no_account")
	}
	return plain, nil
}

func (c Claims) allowed(claims map[string]any) bool {
	if c.Require == "" {
		return true
	}
	has, many := claims[c.Require].([]any)
	if !many {
		has = []any{claims[c.Require]}
	}
	for _, v := range has {
		for _, want := range c.Values {
			if v == want {
				return true
			}
		}
	}
	return false
}

// ready discovers the provider at first use; a failure is not remembered.
func (p *Provider) ready(ctx context.Context, back string) (*oauth2.Config, *oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		// the provider outlives the request that finds it
		ctx := oidc.ClientContext(context.WithoutCancel(ctx), p.client)
		if e := p.Endpoints; e != (Endpoints{}) {
			p.found = (&oidc.ProviderConfig{IssuerURL: p.Issuer, AuthURL: e.Authorize, TokenURL: e.Token, JWKSURL: e.Keys}).NewProvider(ctx)
		} else {
			found, err := oidc.NewProvider(ctx, p.Issuer)
			if err != nil {
				return nil, nil, fault.New(fault.Unavailable, "oidc.unreachable").Because(err)
			}
			p.found = found
		}
	}
	return &oauth2.Config{ClientID: p.Client, ClientSecret: p.Secret, Endpoint: p.found.Endpoint(), RedirectURL: back,
		Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...)}, p.found, nil
}

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of this package, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }
