package access

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

var (
	ErrSignOn  = errors.New("the identity provider did not confirm who it is")
	ErrUnknown = errors.New("no account belongs to the person the identity provider confirmed")
)

// SignOn is one identity provider of OpenID Connect (authorization code flow with PKCE). Safe for concurrent use.
type SignOn struct {
	Name                       string // as the button says, Vietnamese
	issuer, client, secret, to string
	http                       *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // found out at the first login: the provider may be down when the desk starts
	failed   time.Time      // when it was asked in vain last
	why      error          // and why
}

const (
	signOnTimeout = 15 * time.Second // of one request
	signOnAnswer  = 1 << 20          // bytes of one answer that are read; keys and tokens take some kilobytes
	signOnPause   = 5 * time.Second  // in which a provider that did not tell of itself is not asked again: people wait for one another here
	signOnWords   = 200              // bytes of an error that are logged: the provider's words may be in it
)

// NewSignOn is a provider by its issuer. to is the desk's own address that the provider sends people back to.
func NewSignOn(name, issuer, client, secret, to string) *SignOn {
	return &SignOn{Name: name, issuer: issuer, client: client, secret: secret, to: to,
		http: &http.Client{Timeout: signOnTimeout, Transport: bounded{http.DefaultTransport}, CheckRedirect: sameHost}}
}

// sameHost follows a redirect of a question to the same host by the same scheme alone. What is sent to the provider is the
// desk's secret, a person's code, their token: these go nowhere else, wherever the answer points.
func sameHost(req *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > 3 || first.Method != http.MethodGet || req.URL.Host != first.URL.Host || req.URL.Scheme != first.URL.Scheme {
		return http.ErrUseLastResponse
	}
	return nil
}

// bounded reads no more of an answer than signOnAnswer.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(req)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, signOnAnswer), res.Body}
	}
	return res, err
}

// trouble is an error with what it is about, short and without what the provider answered: it may repeat what it was sent.
func trouble(about string, err error) error {
	var refused *oauth2.RetrieveError
	text := ""
	switch {
	case errors.As(err, &refused) && refused.Response != nil:
		text = fmt.Sprintf("answered %d", refused.Response.StatusCode)
	default:
		text = err.Error()
	}
	if len(text) > signOnWords {
		text = strings.ToValidUTF8(text[:signOnWords], "") + "…"
	}
	return errors.Join(ErrSignOn, fmt.Errorf("%s: %s", about, text))
}

// overTLS wants the endpoints of a provider that is asked by TLS to be so too: it tells them itself.
func overTLS(issuer string, p *oidc.Provider) error {
	var more struct {
		Keys     string `json:"jwks_uri"`
		UserInfo string `json:"userinfo_endpoint"`
	}
	if err := p.Claims(&more); err != nil {
		return err
	}
	if !strings.HasPrefix(issuer, "https://") {
		return nil
	}
	for _, at := range []string{p.Endpoint().AuthURL, p.Endpoint().TokenURL, more.Keys, more.UserInfo} {
		if at != "" && !strings.HasPrefix(at, "https://") {
			return errors.New("it names an address without TLS")
		}
	}
	return nil
}

func (o *SignOn) discover(ctx context.Context) (*oidc.Provider, oauth2.Config, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider == nil {
		if o.why != nil && time.Since(o.failed) < signOnPause {
			return nil, oauth2.Config{}, o.why
		}
		p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), o.http), o.issuer) // the context serves its later requests for keys
		if err == nil {
			err = overTLS(o.issuer, p)
		}
		if err != nil {
			o.failed, o.why = time.Now(), trouble("ask "+o.issuer+" about itself", err)
			return nil, oauth2.Config{}, o.why
		}
		o.provider, o.why = p, nil
	}
	return o.provider, oauth2.Config{ClientID: o.client, ClientSecret: o.secret, RedirectURL: o.to, Endpoint: o.provider.Endpoint(),
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}, nil
}

// Begin gives the provider's address to send the person to, and what the browser keeps until it comes back.
func (o *SignOn) Begin(ctx context.Context) (address, kept string, err error) {
	_, conf, err := o.discover(ctx)
	if err != nil {
		return "", "", err
	}
	state, _ := NewToken()
	nonce, _ := NewToken()
	verifier := oauth2.GenerateVerifier()
	return conf.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), strings.Join([]string{state, nonce, verifier}, "~"), nil
}

// Confirmed is whom a provider has let in.
type Confirmed struct {
	Subject string   // issuer and subject: never given to another person
	Logins  []string // names by which an account here may know the person: the user name, unless it is an address that is not verified, and the address if it is
}

// Finish takes what the provider sent back with the browser.
func (o *SignOn) Finish(ctx context.Context, kept, state, code string) (Confirmed, error) {
	parts := strings.Split(kept, "~")
	if len(parts) != 3 || state == "" || code == "" || subtle.ConstantTimeCompare([]byte(parts[0]), []byte(state)) != 1 {
		return Confirmed{}, ErrSignOn
	}
	provider, conf, err := o.discover(ctx)
	if err != nil {
		return Confirmed{}, err
	}
	ctx = oidc.ClientContext(ctx, o.http)
	tokens, err := conf.Exchange(ctx, code, oauth2.VerifierOption(parts[2]))
	if err != nil {
		return Confirmed{}, trouble("exchange the code", err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: o.client}).Verify(ctx, raw)
	if err != nil {
		return Confirmed{}, trouble("verify the token", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(parts[1])) != 1 {
		return Confirmed{}, errors.Join(ErrSignOn, errors.New("the token is for another login"))
	}
	var claims struct {
		Name     string `json:"preferred_username"`
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Party    string `json:"azp"`
	}
	if err := id.Claims(&claims); err != nil {
		return Confirmed{}, trouble("read the token", err)
	}
	if id.Subject == "" || claims.Party != "" && claims.Party != o.client || claims.Party == "" && len(id.Audience) > 1 { // OpenID Connect Core 2, 3.1.3.7
		return Confirmed{}, errors.Join(ErrSignOn, errors.New("the token is of nobody, or for another program"))
	}
	if claims.Name == "" && claims.Email == "" { // many providers tell it only there
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		if err != nil {
			return Confirmed{}, trouble("ask who it is", err)
		}
		if info.Subject != id.Subject { // OpenID Connect Core 5.3.2
			return Confirmed{}, errors.Join(ErrSignOn, errors.New("the provider told of another person"))
		}
		if err := info.Claims(&claims); err != nil {
			return Confirmed{}, trouble("read who it is", err)
		}
	}
	c := Confirmed{Subject: id.Issuer + " " + id.Subject}
	// A user name that is the very address the provider says it did not verify is no better than the address.
	if claims.Name != "" && (claims.Verified || !strings.EqualFold(claims.Name, claims.Email)) {
		c.Logins = append(c.Logins, strings.ToLower(claims.Name))
	}
	if claims.Email != "" && claims.Verified {
		c.Logins = append(c.Logins, strings.ToLower(claims.Email))
	}
	return c, nil
}

// SignedOn begins a session for whom the provider has let in. An account that was made without a password, for this, and
// has no identity there yet is tied to it by its login; from then on only that identity gets in. An account with a password
// is never tied by a name, which people may choose for themselves at the provider. ErrUnknown if there is no such account.
func (g *Gate) SignedOn(ctx context.Context, c Confirmed, address, agent string) (token string, err error) {
	a, ok, err := g.Store.FindAccount(ctx, c.Subject)
	if err != nil {
		return "", err
	}
	if ok && a.Subject == c.Subject {
		return g.Begin(ctx, a, "oidc", address, agent)
	}
	for _, login := range c.Logins {
		a, ok, err := g.Store.FindAccount(ctx, login)
		if err != nil {
			return "", err
		}
		if !ok || a.Login != login || a.Subject != "" || a.Password != "" || !a.Ended.IsZero() {
			continue
		}
		a.Subject, a.Renew = c.Subject, false
		if err := g.Store.PutAccount(ctx, a, Act{By: a.Actor(), At: g.Business()}); err != nil {
			return "", err
		}
		return g.Begin(ctx, a, "oidc", address, agent)
	}
	return "", ErrUnknown
}
