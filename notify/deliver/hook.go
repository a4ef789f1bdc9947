package deliver

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"

	"loa/notify"
	"loa/web/access"
)

// HookOutbox holds what hooks are to be told. Many nodes may pump one.
type HookOutbox interface {
	NextHookMessage(ctx context.Context, node string, now time.Time, lease time.Duration) (*access.HookMessage, error)
	SettleHookMessage(ctx context.Context, m access.HookMessage, now time.Time, sent bool, detail string, again time.Time) error
}

// HookPump tells hooks what changed, as Standard Webhooks has it: a message is
// signed, and has the same webhook-id at every try. A try is counted before it is
// made and its outcome recorded after it: a node that dies between sends it once
// more, never not at all.
type HookPump struct {
	Outbox  HookOutbox
	Node    string
	Machine func() time.Time
	Jitter  func() float64 // 0 to 1
	Local   bool           // hooks on this machine and in the office's own network, also without TLS
	Timeout time.Duration  // of one try; 0: 15 seconds
	Log     *slog.Logger
}

const hookTimeout = 15 * time.Second

// CheckHook says what is wrong with the address of a hook, as BadAddress; nil if nothing is.
func CheckHook(address string, local bool) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return BadAddress{"bad_address", ""}
	case u.Scheme != "https" && (u.Scheme != "http" || !local):
		return BadAddress{"no_tls", u.Scheme}
	case u.User != nil:
		return BadAddress{"bad_address", u.Scheme}
	}
	if ip, err := netip.ParseAddr(u.Hostname()); !local && (err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()) || strings.EqualFold(u.Hostname(), "localhost")) {
		return BadAddress{"inside", u.Scheme}
	}
	return nil
}

// hookPorts are those of a hook's address that are asked: an office's programs seldom have 443 to themselves.
func hookPorts() ssrf.Option { return ssrf.WithAnyPort() }

// Turn sends everything that is due, one after the other, and tells how many arrived and how many did not.
func (p HookPump) Turn(ctx context.Context) (sent, failed int, err error) {
	timeout := p.Timeout
	if timeout == 0 {
		timeout = hookTimeout
	}
	client := serviceClient(Options{Timeout: timeout, AllowHTTP: p.Local}, hookPorts())
	ask := func(ctx context.Context, address string, header http.Header, body []byte) (int, error) {
		status, _, err := post(ctx, client, address, header, body)
		return status, err
	}
	for ctx.Err() == nil {
		m, err := p.Outbox.NextHookMessage(ctx, p.Node, p.Machine(), leased)
		if err != nil || m == nil {
			return sent, failed, err
		}
		var o notify.Outcome
		if err := p.send(ctx, ask, *m); err != nil {
			o = notify.After(notify.Delivery{Tries: m.Tries}, p.Machine(), err, errors.Is(err, ErrForGood), p.Jitter())
			failed++
			if p.Log != nil {
				p.Log.Warn("hook not told", "hook", m.Hook.ID, "message", m.ID, "try", m.Tries, "for good", o.Again.IsZero(), "error", err)
			}
		} else {
			o.Sent = true
			sent++
		}
		if err := p.Outbox.SettleHookMessage(context.WithoutCancel(ctx), *m, p.Machine(), o.Sent, o.Detail, o.Again); err != nil {
			return sent, failed, err
		}
	}
	return sent, failed, ctx.Err()
}

// SignHook is the signature of a message at a time.
func SignHook(key []byte, id string, at time.Time, body string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "." + body))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (p HookPump) send(ctx context.Context, ask func(context.Context, string, http.Header, []byte) (int, error), m access.HookMessage) error {
	if err := CheckHook(m.Hook.URL, p.Local); err != nil {
		return fmt.Errorf("%w: %w", ErrForGood, err)
	}
	key, ok := access.HookKey(m.Hook.Secret)
	if !ok {
		return fmt.Errorf("%w: the secret is none", ErrForGood)
	}
	now := p.Machine()
	status, err := ask(ctx, m.Hook.URL, http.Header{
		"User-Agent": {"loa"}, "Webhook-Id": {m.ID}, "Webhook-Timestamp": {strconv.FormatInt(now.Unix(), 10)}, "Webhook-Signature": {SignHook(key, m.ID, now, m.Body)},
	}, []byte(m.Body))
	switch {
	case status >= 200 && status < 300: // whatever came of reading the answer
		return nil
	case err != nil:
		return hidden(err, m.Hook.URL)
	case status == http.StatusGone:
		return fmt.Errorf("%w: answered %d", ErrForGood, status)
	case status >= 300 && status < 400:
		return fmt.Errorf("answered %d: redirects are not followed", status)
	}
	return fmt.Errorf("answered %d", status)
}
