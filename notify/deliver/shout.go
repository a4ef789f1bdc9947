package deliver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/url"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"loa/notify"
)

// shout sends by shoutrrr: chat and webhooks.
type shout struct {
	id, address string
	router      *router.ServiceRouter
	opt         Options
}

// local lists the services of shoutrrr that go nowhere or are done otherwise here.
func local() []string { return []string{"logger", "smtp", "script", "telegram"} }

func newShout(scheme, address string, opt Options) (Channel, error) {
	service, name, of := address, scheme, address // what of another service's address is secret is not known
	u, err := url.Parse(address)
	if err != nil {
		return nil, BadAddress{"bad_address", scheme}
	}
	switch scheme {
	case "https", "http":
		if u.Host == "" {
			return nil, BadAddress{"no_host", scheme}
		}
		if scheme == "http" && !opt.AllowHTTP {
			return nil, BadAddress{"no_tls", scheme}
		}
		q := u.Query()
		of = webhook(*u)
		q.Set("template", "json")
		if scheme == "http" {
			q.Set("disabletls", "yes")
		}
		u.Scheme, u.RawQuery = "generic", q.Encode()
		service, name = u.String(), "webhook "+u.Host
	}
	if slices.Contains(local(), strings.SplitN(scheme, "+", 2)[0]) {
		return nil, BadAddress{"unknown", scheme}
	}
	r, err := shoutrrr.NewSender(log.New(io.Discard, "", 0), service)
	if err != nil {
		return nil, BadAddress{"unknown", scheme}
	}
	r.Timeout = opt.Timeout
	return &shout{id: id(name, of), address: address, router: r, opt: opt}, nil
}

// webhook is the address of a webhook without its password and tokens. Its path stays,
// which alone tells two of one host apart.
func webhook(u url.URL) string {
	q := u.Query()
	for key := range q {
		for _, word := range []string{"token", "secret", "password", "key", "sig", "auth"} {
			if strings.Contains(strings.ToLower(key), word) {
				q.Set(key, "")
			}
		}
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func (s *shout) ID() string { return s.id }

// Send hands the short form over: these are read on a telephone.
func (s *shout) Send(ctx context.Context, _ notify.Delivery, n notify.Notice) error {
	ctx, cancel := context.WithTimeout(ctx, s.opt.Timeout)
	defer cancel()
	params := types.Params{}
	params.SetTitle(n.Subject)
	done := make(chan error, 1)
	go func() { done <- errors.Join(s.router.Send(n.Copy(), &params)...) }()
	select {
	case err := <-done:
		return hidden(err, s.address)
	case <-ctx.Done():
		return fmt.Errorf("send: %w", ctx.Err())
	}
}
