package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"
)

// Account is a person's or an office's access to the desk.
type Account struct {
	ID       string
	Login    string // lower case
	Name     string
	Role     Role
	Agencies []string
	Password string // argon2id in PHC form, "" if it logs in by other means only
	Subject  string // issuer and subject of an identity provider, "" if none
	Renew    bool   // the password was set by somebody else and has to be changed first
	Made     time.Time
	Ended    time.Time // machine clock; zero: in use
	Version  int64     // of the stored row; 0: not stored yet
}

// Session is one login of an account. Times are of the machine's clock.
type Session struct {
	ID      string // SHA-256 of the token, hex
	Account string
	Way     string // "password", "oidc", "sample"
	Began   time.Time
	Seen    time.Time
	Ended   time.Time
	Cover   string // id of the cover it is used for, "" for one's own duties
	Address string
	Agent   string // what the browser calls itself
}

// Cover is that a person does another's duties for some days. Times are of the business clock, Until exclusive.
type Cover struct {
	ID           string
	Account      string // who does
	Away         string // whose
	Since, Until time.Time
	Reason       string
	Ended        time.Time // taken back; zero: not
}

// Holds reports whether the duties are covered at a time.
func (c Cover) Holds(at time.Time) bool {
	return c.Ended.IsZero() && !at.Before(c.Since) && at.Before(c.Until)
}

// Pass is a link by which an agency hands in what belongs to one period. Times are of the business clock.
type Pass struct {
	ID     string // SHA-256 of the token, hex
	Plan   string
	Agency string
	Period string
	Made   time.Time
	Maker  string
	Until  time.Time
	Used   time.Time // last opened; zero: never
	Uses   int
	Ended  time.Time
}

// Open reports whether the link lets anybody in at a time.
func (p Pass) Open(at time.Time) bool { return p.Ended.IsZero() && at.Before(p.Until) }

// Act is who did something and when, for the trail: on the business clock.
type Act struct {
	By Actor
	At time.Time
}

// People stores accounts and their covers. Every write is an event.
type People interface {
	// Accounts lists all, by login.
	Accounts(ctx context.Context) ([]Account, error)
	// FindAccount finds one by id, login or subject; ok is false if there is none.
	FindAccount(ctx context.Context, key string) (a Account, ok bool, err error)
	// PutAccount stores a new account (Version 0) or a changed one. ErrMoved if somebody changed it meanwhile, ErrTaken if
	// its login or subject is another's, ErrLastRoot if no administrator in use would be left, whatever others
	// change at the same time.
	PutAccount(ctx context.Context, a Account, act Act) error
	// PutCover stores a new cover, or that it was taken back.
	PutCover(ctx context.Context, c Cover, act Act) error
	// Covers lists those that an account does or that its duties are done by.
	Covers(ctx context.Context, account string) ([]Cover, error)
}

// Sessions stores logins.
type Sessions interface {
	PutSession(ctx context.Context, s Session, act Act) error
	// Session finds one that has not ended, with its account.
	Session(ctx context.Context, id string) (s Session, a Account, ok bool, err error)
	// SeeSession notes when it was used last and for which cover.
	SeeSession(ctx context.Context, id string, seen time.Time, cover string) error
	// EndSessions ends one of an account's sessions, or all (id "").
	EndSessions(ctx context.Context, account, id string, at time.Time, act Act) error
	// SessionsOf lists those that have not ended, the newest first.
	SessionsOf(ctx context.Context, account string) ([]Session, error)
}

// Failures counts failed logins.
type Failures interface {
	Failures(ctx context.Context, key string) (n int, last time.Time, err error)
	// AddFailure counts one more for each key; a key whose last one lies before since begins anew. locked is told to the trail.
	AddFailure(ctx context.Context, keys []string, at, since time.Time) error
	ClearFailures(ctx context.Context, keys []string) error
	// NoteLock writes into the trail that a login was refused for a while.
	NoteLock(ctx context.Context, login, address string, until time.Time, act Act) error
}

// Passes stores links.
type Passes interface {
	PutPasses(ctx context.Context, ps []Pass, act Act) error
	Pass(ctx context.Context, id string) (p Pass, ok bool, err error)
	Passes(ctx context.Context, plan, period string) ([]Pass, error)
	// UsePass counts that it was opened.
	UsePass(ctx context.Context, id string, at time.Time, act Act) error
	EndPass(ctx context.Context, id string, act Act) error
}

// NewToken is a secret of 256 bits for a person's browser or a link, and the id under which it is stored.
func NewToken() (token, id string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, TokenID(token)
}

// TokenID is the SHA-256 of a token in hex: what is stored of it.
func TokenID(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
