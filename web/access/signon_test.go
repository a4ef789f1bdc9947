package access

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// rogue is an identity provider that does as a test says.
type rogue struct {
	*httptest.Server
	key, other *rsa.PrivateKey
	keyID      string
	claims     map[string]any                           // of the next token
	sign       func(r *rogue, head, body string) string // nil: as it should be
	head       map[string]any
	info       map[string]any // of the person
	token      http.HandlerFunc
	about      func(map[string]any)
	asked      atomic.Int64 // how often about itself
	sent       url.Values   // to the token endpoint
}

func b64(v any) string {
	b, ok := v.([]byte)
	if !ok {
		b, _ = json.Marshal(v) // plain data
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func rs256(key *rsa.PrivateKey, text string) string {
	sum := sha256.Sum256([]byte(text))
	sig, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	return b64(sig)
}

func hs256(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return b64(mac.Sum(nil))
}

func newRogue(t *testing.T) *rogue {
	t.Helper()
	p := &rogue{keyID: "k1"}
	var err1, err2 error
	p.key, err1 = rsa.GenerateKey(rand.Reader, 2048)
	p.other, err2 = rsa.GenerateKey(rand.Reader, 2048)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.asked.Add(1)
		doc := map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"userinfo_endpoint": p.URL + "/info", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}}
		if p.about != nil {
			p.about(doc)
		}
		_ = json.NewEncoder(w).Encode(doc)
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		pub := p.key.PublicKey
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]any{"kty": "RSA", "use": "sig", "kid": p.keyID, "n": b64(pub.N.Bytes()), "e": b64(big.NewInt(int64(pub.E)).Bytes())}}})
	})
	mux.HandleFunc("/info", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(p.info)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		p.sent = r.Form
		if p.token != nil {
			p.token(w, r)
			return
		}
		head := map[string]any{"alg": "RS256", "kid": p.keyID}
		for k, v := range p.head {
			head[k] = v
		}
		text := b64(head) + "." + b64(p.claims)
		sig := rs256(p.key, text)
		if p.sign != nil {
			sig = p.sign(p, b64(head), b64(p.claims))
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "at", "token_type": "Bearer", "id_token": text + "." + sig})
	})
	p.Server = httptest.NewTLSServer(mux)
	t.Cleanup(p.Close)
	return p
}

const aSecret = "khoa-bi-mat-cua-loa"

// desk is a sign-on with it.
func (p *rogue) desk() *SignOn {
	o := NewSignOn("cổng", p.URL, "loa", aSecret, "https://loa.example/dang-nhap/mot-lan/ve")
	o.http.Transport = bounded{p.Client().Transport}
	return o
}

// begin asks for a login and sets the claims of a good token for it; state is the one to come back with.
func (p *rogue) begin(t *testing.T, o *SignOn) (kept, state string, to url.Values) {
	t.Helper()
	address, kept, err := o.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	to = u.Query()
	now := time.Now()
	p.claims = map[string]any{"iss": p.URL, "sub": "s-1", "aud": "loa", "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "nonce": to.Get("nonce"), "preferred_username": "canbo"}
	p.head, p.sign, p.token = nil, nil, nil
	return kept, to.Get("state"), to
}

// TestSignOnAttacks: a token that is not for this login, this program, of this provider, signed by its key now, lets nobody in.
func TestSignOnAttacks(t *testing.T) {
	p := newRogue(t)
	o := p.desk()
	kept, state, to := p.begin(t, o)
	who, err := o.Finish(t.Context(), kept, state, "ma")
	if err != nil || who.Subject != p.URL+" s-1" || len(who.Logins) != 1 || who.Logins[0] != "canbo" {
		t.Fatalf("a good token: %+v %v", who, err)
	}
	verifier := sha256.Sum256([]byte(p.sent.Get("code_verifier")))
	if to.Get("code_challenge_method") != "S256" || to.Get("code_challenge") != b64(verifier[:]) || to.Get("redirect_uri") != o.to || p.sent.Get("redirect_uri") != o.to {
		t.Errorf("PKCE or the way back: %v %v", to, p.sent)
	}
	pub, err := x509.MarshalPKIXPublicKey(&p.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(name string, v any) func() { return func() { p.claims[name] = v } }
	for what, do := range map[string]func(){
		"another nonce": claim("nonce", "khac"), "no nonce": func() { delete(p.claims, "nonce") },
		"another audience": claim("aud", "khac"), "many audiences": claim("aud", []string{"loa", "khac"}), "another party": claim("azp", "khac"),
		"another issuer": claim("iss", "https://xau.example"), "no subject": claim("sub", ""), "expired": claim("exp", time.Now().Add(-time.Minute).Unix()),
		"not yet": claim("nbf", time.Now().Add(time.Hour).Unix()),
		"alg none": func() {
			p.head, p.sign = map[string]any{"alg": "none"}, func(*rogue, string, string) string { return "" }
		},
		"signed by the secret": func() {
			p.head, p.sign = map[string]any{"alg": "HS256"}, func(_ *rogue, h, b string) string { return hs256([]byte(aSecret), h+"."+b) }
		},
		"signed by the public key": func() {
			p.head, p.sign = map[string]any{"alg": "HS256"}, func(_ *rogue, h, b string) string { return hs256(pub, h+"."+b) }
		},
		"another key": func() { p.sign = func(r *rogue, h, b string) string { return rs256(r.other, h+"."+b) } },
		"its own key in the header": func() {
			p.head = map[string]any{"jwk": map[string]any{"kty": "RSA", "n": b64(p.other.N.Bytes()), "e": b64(big.NewInt(int64(p.other.E)).Bytes())}}
			p.sign = func(r *rogue, h, b string) string { return rs256(r.other, h+"."+b) }
		},
		"no token": func() {
			p.token = func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, `{"access_token":"at","token_type":"Bearer"}`)
			}
		},
		"the person is another": func() {
			delete(p.claims, "preferred_username")
			p.info = map[string]any{"sub": "s-2", "preferred_username": "giamdoc"}
		},
	} {
		kept, state, _ := p.begin(t, o)
		do()
		if who, err := o.Finish(t.Context(), kept, state, "ma"); !errors.Is(err, ErrSignOn) || who.Subject != "" {
			t.Errorf("%s: let in %+v, %v", what, who, err)
		}
	}
	kept, state, _ = p.begin(t, o)
	kept2, state2, _ := p.begin(t, o) // whose nonce the token now has
	for what, x := range map[string][3]string{"another state": {kept, "khac", "ma"}, "no state": {kept, "", "ma"}, "no cookie": {"", state, "ma"}, "an empty cookie": {"~~", "", "ma"},
		"another browser's": {kept2, state, "ma"}, "another login's token": {kept, state, "ma"}, "no code": {kept2, state2, ""}} {
		if who, err := o.Finish(t.Context(), x[0], x[1], x[2]); !errors.Is(err, ErrSignOn) || who.Subject != "" {
			t.Errorf("%s: let in %+v, %v", what, who, err)
		}
	}
	// A new key is found by itself; the old one signs nothing any more.
	kept, state, _ = p.begin(t, o)
	old := p.key
	p.key, p.other, p.keyID = p.other, old, "k2"
	if _, err := o.Finish(t.Context(), kept, state, "ma"); err != nil {
		t.Errorf("after the keys were changed: %v", err)
	}
	kept, state, _ = p.begin(t, o)
	p.head, p.sign = map[string]any{"kid": "k1"}, func(r *rogue, h, b string) string { return rs256(old, h+"."+b) }
	if _, err := o.Finish(t.Context(), kept, state, "ma"); !errors.Is(err, ErrSignOn) {
		t.Errorf("the old key: %v", err)
	}
}

// TestSignOnNames: by what names an account may be found.
func TestSignOnNames(t *testing.T) {
	p := newRogue(t)
	o := p.desk()
	for _, c := range []struct {
		claims map[string]any
		want   string
	}{
		{map[string]any{"preferred_username": "CanBo", "email": "cb@so.example", "email_verified": true}, "canbo cb@so.example"},
		{map[string]any{"preferred_username": "canbo", "email": "giamdoc@so.example"}, "canbo"},
		{map[string]any{"preferred_username": "giamdoc@so.example", "email": "GiamDoc@so.example", "email_verified": false}, ""},
		{map[string]any{"preferred_username": "giamdoc@so.example", "email": "giamdoc@so.example", "email_verified": true}, "giamdoc@so.example giamdoc@so.example"},
		{map[string]any{"preferred_username": "", "email": "giamdoc@so.example"}, ""},
	} {
		kept, state, _ := p.begin(t, o)
		for k, v := range c.claims {
			p.claims[k] = v
		}
		who, err := o.Finish(t.Context(), kept, state, "ma")
		if err != nil || strings.Join(who.Logins, " ") != c.want {
			t.Errorf("%v: %q, %v", c.claims, who.Logins, err)
		}
	}
}

// TestSignOnBounds: a provider that points elsewhere, repeats what it was sent, sends without end or does not answer gains nothing by it.
func TestSignOnBounds(t *testing.T) {
	var stolen atomic.Int64
	elsewhere := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { stolen.Add(1) }))
	defer elsewhere.Close()
	p := newRogue(t)
	o := p.desk()
	for _, status := range []int{301, 302, 303, 307, 308} {
		kept, state, _ := p.begin(t, o)
		p.token = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, status) }
		if _, err := o.Finish(t.Context(), kept, state, "ma"); !errors.Is(err, ErrSignOn) || stolen.Load() > 0 {
			t.Errorf("redirect %d: %v, asked elsewhere %d times", status, err, stolen.Load())
		}
	}
	kept, state, _ := p.begin(t, o)
	p.token = func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"`+aSecret+` ma-mot-lan\nlevel=ERROR forged"}`, strings.Repeat("x", 5000))
	}
	_, err := o.Finish(t.Context(), kept, state, "ma-mot-lan")
	if !errors.Is(err, ErrSignOn) || strings.Contains(err.Error(), aSecret) || strings.Contains(err.Error(), "ma-mot-lan") || len(err.Error()) > 400 || !strings.Contains(err.Error(), "400") {
		t.Errorf("what was sent is repeated, or why it was refused is not told: %v", err)
	}
	kept, state, _ = p.begin(t, o)
	p.claims["iss"] = strings.Repeat("https://xau.example/", 5000)
	if _, err := o.Finish(t.Context(), kept, state, "ma"); !errors.Is(err, ErrSignOn) || len(err.Error()) > 400 {
		t.Errorf("a long error: %d bytes, %v", len(err.Error()), errors.Is(err, ErrSignOn))
	}
	var sent atomic.Int64
	endless := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"issuer":"`)
		for chunk := []byte(strings.Repeat("x", 1<<20)); sent.Load() < 64; sent.Add(1) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	long := NewSignOn("cổng", endless.URL, "loa", aSecret, "https://loa.example/ve")
	long.http.Transport = bounded{endless.Client().Transport}
	if _, _, err := long.Begin(t.Context()); !errors.Is(err, ErrSignOn) || len(err.Error()) > 400 {
		t.Errorf("an answer without end: %v", err)
	}
	if endless.CloseClientConnections(); sent.Load() > 32 {
		t.Errorf("%d MB of it were taken", sent.Load())
	}
	for _, name := range []string{"token_endpoint", "jwks_uri", "userinfo_endpoint", "authorization_endpoint"} {
		q := newRogue(t)
		q.about = func(doc map[string]any) { doc[name] = strings.Replace(doc[name].(string), "https", "http", 1) }
		d := q.desk()
		for range 3 {
			if _, _, err := d.Begin(t.Context()); !errors.Is(err, ErrSignOn) || !strings.Contains(err.Error(), "TLS") {
				t.Errorf("%s without TLS: %v", name, err)
			}
		}
		if n := q.asked.Load(); n != 1 {
			t.Errorf("a provider that cannot be used was asked %d times at once", n)
		}
	}
}
