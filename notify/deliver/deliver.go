// Package deliver carries notices out: e-mail by go-mail, chat and webhooks by
// shoutrrr, Telegram and Zalo Official Account by small clients of its own. Every way out is
// bounded in time, and no address with its secrets is ever logged.
package deliver

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/notify"
)

// Channel is one configured way to somebody.
type Channel interface {
	// ID names the channel without its secrets, the same at every start.
	ID() string
	// Send hands a message over. recipient is an e-mail address where the channel
	// takes one, else "". ErrForGood says that trying again is of no use.
	Send(ctx context.Context, d notify.Delivery, n notify.Notice) error
}

// ErrForGood says that a message will never be taken, however often it is tried.
var ErrForGood = errors.New("refused for good")

// Options of the channels. The zero value is good.
type Options struct {
	Now       func() time.Time // of the Date of a message; nil: time.Now
	Timeout   time.Duration    // of one try; 0: a minute
	AllowHTTP bool             // webhooks and Zalo on plain http and on this machine: tests
}

// BadAddress is what is wrong with an address: a code for whoever words it.
type BadAddress struct{ Code, Scheme string }

func (b BadAddress) Error() string { return "bad channel address: " + b.Code + " " + b.Scheme }

// New reads the address of a channel, or of several where it names several chats:
//
//	smtp://user:password@host:587/?from=loa@example.vn&to=a@example.vn,b@example.vn
//	  reply= is whom an answer goes to; smtps:// is TLS from the first byte (465); smtp:// upgrades to TLS, unless tls=none
//	telegram://token@telegram?chats=@kenh,-100123  a channel for each chat
//	https://host/path                      a JSON webhook {"title","message"}
//	zalo://access-token@oa?to=user-id      Zalo Official Account
//	and every other address of shoutrrr
//
// A mail address without to serves for those who are told by their own address.
func New(address string, opt Options) ([]Channel, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Timeout == 0 {
		opt.Timeout = time.Minute
	}
	scheme, _, ok := strings.Cut(address, "://")
	if !ok {
		return nil, BadAddress{"no_scheme", ""}
	}
	switch scheme {
	case "smtp", "smtps":
		return one(newMail(address, opt))
	case "zalo":
		return one(newZalo(address, opt))
	case "telegram":
		return newTelegram(address, opt)
	}
	return one(newShout(scheme, address, opt))
}

func one(c Channel, err error) ([]Channel, error) {
	if err != nil {
		return nil, err
	}
	return []Channel{c}, nil
}

// id is a name with a short hash of what tells the channel from others: who sends,
// where and to whom. A password or token that is changed leaves it as it is, so that
// what waits is sent with the new one.
func id(name string, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return name + " " + hex.EncodeToString(sum[:4])
}

// recipients reads a list of mail addresses.
func recipients(list string) ([]string, error) {
	var out []string
	for _, one := range strings.Split(list, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		a, err := mail.ParseAddress(one)
		if err != nil {
			return nil, BadAddress{"bad_mail", one}
		}
		out = append(out, a.Address)
	}
	return out, nil
}

// hidden is an error without the address that it may repeat, in whatever order and
// encoding, secrets and all.
func hidden(err error, address string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	var asked *url.Error
	for inner := err; errors.As(inner, &asked); inner = asked.Err { // its words begin with the address
		if whole := asked.Error(); strings.Contains(text, whole) {
			text = strings.ReplaceAll(text, whole, asked.Err.Error())
		} else {
			text = asked.Err.Error()
		}
	}
	for _, s := range secrets(address) {
		text = strings.ReplaceAll(text, s, "…")
	}
	if errors.Is(err, ErrForGood) {
		return fmt.Errorf("%w: %s", ErrForGood, strings.TrimPrefix(text, ErrForGood.Error()+": "))
	}
	return errors.New(text)
}

// secrets are the parts of an address that no error may repeat, raw and escaped, the
// longest first. Too short ones are none: they stand in any sentence.
func secrets(address string) []string {
	u, err := url.Parse(address)
	if err != nil {
		return []string{address}
	}
	out := []string{address, u.Host + u.Path, u.Path, u.EscapedPath(), u.RawQuery}
	add := func(raw string, shortest int) {
		if len(raw) >= shortest {
			out = append(out, raw, url.QueryEscape(raw), url.PathEscape(raw))
		}
	}
	if u.User != nil {
		password, _ := u.User.Password()
		out = append(out, u.User.String())
		for _, whole := range []string{u.User.Username(), password} { // a service makes a path of the pieces
			add(whole, 4)
			for _, piece := range strings.FieldsFunc(whole, func(r rune) bool { return strings.ContainsRune("-/:;", r) }) {
				add(piece, 4)
			}
		}
	}
	for _, piece := range strings.Split(u.Path, "/") {
		add(piece, 6)
	}
	if !strings.HasPrefix(u.Scheme, "smtp") { // whose query has mail addresses, which one has to read of
		for _, values := range u.Query() {
			for _, v := range values {
				add(v, 4)
			}
		}
	}
	out = slices.DeleteFunc(out, func(s string) bool { return len(s) < 4 })
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(out)
}
