package access

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// What Gate and its store refuse. The desk words them.
var (
	ErrWrong    = errors.New("login or password wrong")
	ErrEnded    = errors.New("the account is not in use")
	ErrMoved    = errors.New("the account was changed meanwhile")
	ErrTaken    = errors.New("the login is another's")
	ErrLogin    = errors.New("a login has 2 to 64 of the letters a-z, digits, dot, hyphen, underscore, @")
	ErrShort    = errors.New("the password is too short")
	ErrLong     = errors.New("the password is too long")
	ErrGuess    = errors.New("the password can be guessed")
	ErrRole     = errors.New("no such role")
	ErrAgency   = errors.New("the role needs the agencies it is for")
	ErrName     = errors.New("a name is needed")
	ErrLastRoot = errors.New("the last administrator has to stay")
)

// Wait says that too many logins failed, and until when none is tried.
type Wait struct{ Until time.Time }

func (w Wait) Error() string { return "too many failed logins until " + w.Until.Format(time.RFC3339) }

const (
	// ShortPassword and LongPassword bound a password: characters, bytes (NIST SP 800-63B wants at least 8 and room for 64).
	ShortPassword, LongPassword = 10, 256

	idleTime  = 12 * time.Hour     // a session that is not used ends
	wholeTime = 7 * 24 * time.Hour // and so does any
	seenEvery = 5 * time.Minute    // how exactly its use is noted

	failTime  = time.Hour        // failures older than this are forgotten
	firstWait = 30 * time.Second // doubled with each further failure
	longWait  = 15 * time.Minute

	mostQueued = 24 // logins waiting at once; more are told to come back
)

// hashing: OWASP's second recommendation for argon2id (19 MiB, two passes, one lane).
var hashing = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Gate lets people in. Safe for concurrent use.
type Gate struct {
	Store interface {
		People
		Sessions
		Failures
		Passes
	}
	Business, Machine func() time.Time

	dummy  func() (string, error) // compared with where there is no password, so that it takes as long; made when first needed
	hashes chan struct{}          // hashing takes memory: few at a time
	queued atomic.Int64           // logins that wait to be compared
}

// NewGate is a gate over a store.
func NewGate(store interface {
	People
	Sessions
	Failures
	Passes
}, business, machine func() time.Time) *Gate {
	return &Gate{Store: store, Business: business, Machine: machine, hashes: make(chan struct{}, 2),
		dummy: sync.OnceValues(func() (string, error) { return argon2id.CreateHash("nobody has this password", &hashing) })}
}

func (g *Gate) hash(ctx context.Context, password string) (string, error) {
	release, err := g.slot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	out, err := argon2id.CreateHash(password, &hashing)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return out, nil
}

func (g *Gate) same(ctx context.Context, password, hash string) (bool, error) {
	release, err := g.slot(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	return argon2id.ComparePasswordAndHash(password, hash)
}

// failureKeys are what failures are counted by, and how many of each are free. What was typed as a login is not kept in clear: people
// type their password there.
func failureKeys(login, address string) map[string]int {
	return map[string]int{bothKey(login, address): 5, "from " + address: 40, "login " + HashSecret(login): 60}
}

func bothKey(login, address string) string { return "both " + HashSecret(login) + " " + address }

// Login lets a person in by password and gives the token of the new session. ErrWrong, ErrEnded or Wait.
func (g *Gate) Login(ctx context.Context, login, password, address, agent string) (token string, a Account, err error) {
	login = strings.ToLower(strings.TrimSpace(login))
	if len(login) > 64 || len(password) > LongPassword {
		return "", Account{}, ErrWrong
	}
	if err := g.mayTry(ctx, login, address); err != nil {
		return "", Account{}, err
	}
	a, err = g.compare(ctx, login, password, address)
	if err != nil {
		return "", Account{}, err
	}
	if !a.Ended.IsZero() { // told only to who knows the password
		return "", Account{}, ErrEnded
	}
	if err := g.Store.ClearFailures(ctx, []string{bothKey(login, address)}); err != nil {
		return "", Account{}, err
	}
	token, err = g.Begin(ctx, a, "password", address, agent)
	return token, a, err
}

// compare finds the account that a login and password are of, one at a time of the few that are hashed at once: whoever
// sends many together is counted as if they came one after the other.
func (g *Gate) compare(ctx context.Context, login, password, address string) (Account, error) {
	if g.queued.Add(1) > mostQueued {
		g.queued.Add(-1)
		return Account{}, Wait{Until: g.Machine().Add(5 * time.Second)}
	}
	defer g.queued.Add(-1)
	release, err := g.slot(ctx)
	if err != nil {
		return Account{}, err
	}
	defer release()
	if err := g.mayTry(ctx, login, address); err != nil {
		return Account{}, err
	}
	a, ok, err := g.Store.FindAccount(ctx, login)
	if err != nil {
		return Account{}, err
	}
	ok = ok && a.Login == login
	hash := a.Password
	if !ok || hash == "" {
		if hash, err = g.dummy(); err != nil {
			return Account{}, fmt.Errorf("hash a password: %w", err)
		}
	}
	right, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return Account{}, fmt.Errorf("compare a password: %w", err)
	}
	if !ok || !right || a.Password == "" {
		return Account{}, errors.Join(ErrWrong, g.failed(ctx, login, address, ok))
	}
	return a, nil
}

// slot waits for one of the places to hash in; release gives it back.
func (g *Gate) slot(ctx context.Context) (release func(), err error) {
	select {
	case g.hashes <- struct{}{}:
		return func() { <-g.hashes }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// mayTry refuses where too many have failed.
func (g *Gate) mayTry(ctx context.Context, login, address string) error {
	now := g.Machine()
	var wait Wait
	for key, free := range failureKeys(login, address) {
		n, last, err := g.Store.Failures(ctx, key)
		if err != nil {
			return err
		}
		if n < free || now.Sub(last) > failTime {
			continue
		}
		if until := last.Add(min(longWait, firstWait<<min(n-free, 10))); until.After(now) && until.After(wait.Until) {
			wait.Until = until
		}
	}
	if !wait.Until.IsZero() {
		return wait
	}
	return nil
}

// failed counts a failure; the trail names who is refused only if there is such an account.
func (g *Gate) failed(ctx context.Context, login, address string, known bool) error {
	now := g.Machine()
	var keys []string
	for key := range failureKeys(login, address) {
		keys = append(keys, key)
	}
	if err := g.Store.AddFailure(ctx, keys, now, now.Add(-failTime)); err != nil {
		return err
	}
	var w Wait
	if err := g.mayTry(ctx, login, address); errors.As(err, &w) {
		if !known {
			login = "" // it may be a password
		}
		return g.Store.NoteLock(ctx, login, address, w.Until, Act{By: Actor{Role: Guest}, At: g.Business()})
	} else if err != nil {
		return err
	}
	return nil
}

// Begin makes a session for an account that proved who it is.
func (g *Gate) Begin(ctx context.Context, a Account, way, address, agent string) (token string, err error) {
	if !a.Ended.IsZero() {
		return "", ErrEnded
	}
	token, id := NewToken()
	now := g.Machine()
	if len(agent) > 200 {
		agent = strings.ToValidUTF8(agent[:200], "")
	}
	s := Session{ID: id, Account: a.ID, Way: way, Began: now, Seen: now, Address: address, Agent: agent}
	return token, g.Store.PutSession(ctx, s, Act{By: a.Actor(), At: g.Business()})
}

// Actor is who the account is.
func (a Account) Actor() Actor {
	return Actor{Account: a.ID, Login: a.Login, Name: a.Name, Role: a.Role, Agencies: a.Agencies}
}

// Who finds out whose a session's token is. ok is false if it lets nobody in (any more).
func (g *Gate) Who(ctx context.Context, token string) (who Actor, a Account, ok bool, err error) {
	if token == "" || len(token) > 100 {
		return Actor{}, Account{}, false, nil
	}
	s, a, ok, err := g.Store.Session(ctx, TokenID(token))
	if err != nil || !ok {
		return Actor{}, Account{}, false, err
	}
	now := g.Machine()
	if !a.Ended.IsZero() || now.Sub(s.Seen) > idleTime || now.Sub(s.Began) > wholeTime {
		return Actor{}, Account{}, false, nil
	}
	who = a.Actor()
	who.Session = s.ID
	if s.Cover != "" {
		if who, err = g.covered(ctx, who, s.Cover); err != nil {
			return Actor{}, Account{}, false, err
		}
	}
	if now.Sub(s.Seen) > seenEvery {
		if err := g.Store.SeeSession(ctx, s.ID, now, s.Cover); err != nil {
			return Actor{}, Account{}, false, err
		}
	}
	return who, a, true, nil
}

// covered is who acts while they do another's duties; a cover that does not hold (any more) changes nothing.
func (g *Gate) covered(ctx context.Context, who Actor, id string) (Actor, error) {
	covers, err := g.Store.Covers(ctx, who.Account)
	if err != nil {
		return who, err
	}
	for _, c := range covers {
		if c.ID != id || c.Account != who.Account || !c.Holds(g.Business()) {
			continue
		}
		away, ok, err := g.Store.FindAccount(ctx, c.Away)
		if err != nil {
			return who, err
		}
		if ok && away.Ended.IsZero() && away.Role != Admin { // as it is now: who left has no duties, and that right is never lent
			who.Role, who.Agencies, who.For = away.Role, away.Agencies, away.Name
		}
	}
	return who, nil
}

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{1,63}$`)

// CheckAccount refuses an account that cannot be.
func CheckAccount(a Account) error {
	known := false
	for _, r := range Roles() {
		known = known || r == a.Role
	}
	switch {
	case !loginForm.MatchString(a.Login):
		return ErrLogin
	case strings.TrimSpace(a.Name) == "":
		return ErrName
	case !known:
		return ErrRole
	case a.Role.Scoped() && len(a.Agencies) == 0:
		return ErrAgency
	}
	return nil
}

// CheckPassword refuses what is too short or holds little but the login.
func CheckPassword(a Account, password string) error {
	low := strings.ToLower(password)
	distinct := map[rune]bool{}
	for _, r := range low {
		distinct[r] = true
	}
	switch {
	case utf8.RuneCountInString(password) < ShortPassword:
		return ErrShort
	case len(password) > LongPassword:
		return ErrLong
	case len(distinct) < 5, a.Login != "" && strings.Contains(low, a.Login), common(low):
		return ErrGuess
	}
	return nil
}

// common reports whether a password is a plain run or one that everybody tries.
func common(low string) bool {
	for _, run := range []string{"01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "password123456", "matkhau123456789", "admin123456", "iloveyou123", "welcome12345"} {
		if strings.Contains(run, low) || strings.HasPrefix(low, run) {
			return true
		}
	}
	return false
}

// SetPassword gives an account a new password and ends its other sessions. renew: it has to be changed at the next login.
func (g *Gate) SetPassword(ctx context.Context, a Account, password string, renew bool, act Act) error {
	if err := CheckPassword(a, password); err != nil {
		return err
	}
	hash, err := g.hash(ctx, password)
	if err != nil {
		return err
	}
	a.Password, a.Renew = hash, renew
	if err := g.Put(ctx, a, act); err != nil {
		return err
	}
	return g.Store.EndSessions(ctx, a.ID, "", g.Machine(), act)
}

// Confirm reports whether a password is the account's.
func (g *Gate) Confirm(ctx context.Context, a Account, password string) (bool, error) {
	if a.Password == "" || len(password) > LongPassword {
		return false, nil
	}
	return g.same(ctx, password, a.Password)
}

// Put checks an account and stores it. Nobody can take the last administrator away (People.PutAccount).
func (g *Gate) Put(ctx context.Context, a Account, act Act) error {
	if err := CheckAccount(a); err != nil {
		return err
	}
	return g.Store.PutAccount(ctx, a, act)
}

// New stores a new account with a first password ("" for none).
func (g *Gate) New(ctx context.Context, a Account, password string, renew bool, act Act) (Account, error) {
	_, a.ID = NewToken()
	a.ID = a.ID[:32]
	a.Login, a.Version, a.Made, a.Renew = strings.ToLower(strings.TrimSpace(a.Login)), 0, g.Machine(), renew
	if err := CheckAccount(a); err != nil {
		return a, err
	}
	if password != "" {
		if err := CheckPassword(a, password); err != nil {
			return a, err
		}
		var err error
		if a.Password, err = g.hash(ctx, password); err != nil {
			return a, err
		}
	}
	if err := g.Store.PutAccount(ctx, a, act); err != nil {
		return a, err
	}
	a.Version = 1
	return a, nil
}

// Holder is who comes with a link's token. ok is false if it lets nobody in.
func (g *Gate) Holder(ctx context.Context, token string) (Actor, Pass, bool, error) {
	if token == "" || len(token) > 100 {
		return Actor{}, Pass{}, false, nil
	}
	p, ok, err := g.Store.Pass(ctx, TokenID(token))
	if err != nil || !ok || !p.Open(g.Business()) {
		return Actor{}, Pass{}, false, err
	}
	return Actor{Name: "Đường dẫn của đơn vị", Role: Link, Agencies: []string{p.Agency}, Period: p.Period, Session: p.ID}, p, true, nil
}
