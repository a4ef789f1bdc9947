package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"code.dny.dev/ssrf"
)

// Through a proxy the guard of what is dialled sees the proxy alone: it finds the address of every host by itself. What can
// still be said here is said: the one address that is dialled is the proxy's, which somebody named on purpose and which may
// be in the office's network; the port of a page must be allowed; and a host that is written as an address, or that is this
// machine by name, is refused as without a proxy. A public name that leads to an inner address is the proxy's to refuse
// (docs/LIMITS.md).

// ParseProxy reads the way out that a person named: http://host:port or http://user:password@host:port. Its errors never
// hold what was given: there may be a password in it.
func ParseProxy(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	switch {
	case err != nil:
		return nil, errors.New("not an address")
	case u.Scheme != "http":
		return nil, errors.New("want http://host:port")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("want nothing behind host:port")
	}
	host, err := plainHost(u.Hostname())
	if err != nil {
		return nil, errors.New("its host is not a host name")
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || port == 0 {
		return nil, errors.New("want a port, as in http://host:3128")
	}
	return &url.URL{Scheme: "http", User: u.User, Host: net.JoinHostPort(host, u.Port())}, nil
}

// through makes a client's one way out the proxy.
func (c *Client) through(t *http.Transport) error {
	if c.opt.Proxy == nil {
		return nil
	}
	if len(c.opt.Resolve) > 0 {
		return errors.New("names are resolved by the proxy: Resolve goes without one")
	}
	proxy, err := ParseProxy(c.opt.Proxy.String())
	if err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	c.opt.Proxy = proxy
	t.Proxy = http.ProxyURL(proxy)
	free := *c.dialer
	free.Control = nil
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if addr != proxy.Host { // nothing but the proxy is dialled without the guard
			return nil, fmt.Errorf("%w: %s is not the proxy", ErrRefused, addr)
		}
		return free.DialContext(ctx, network, addr)
	}
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
		switch res.StatusCode {
		case http.StatusOK:
			return nil
		case http.StatusProxyAuthRequired:
			return errProxyWants
		}
		return fmt.Errorf("proxy: refused with status %d", res.StatusCode)
	}
	return nil
}

// mayAskProxy refuses what is plainly no public page before the proxy is asked for it; without a proxy the guard does.
func (c *Client) mayAskProxy(u *url.URL) error {
	if c.opt.Proxy == nil {
		return nil
	}
	host, port := u.Hostname(), u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	ip, err := netip.ParseAddr(host)
	if c.opt.AllowLoopback && (err == nil && ip.IsLoopback() && !ip.Is4In6()) {
		return nil
	}
	if err != nil {
		n, perr := strconv.ParseUint(port, 10, 16)
		switch {
		case perr != nil || !slices.Contains(c.opt.Ports, uint16(n)):
			return fmt.Errorf("%w: port %s", ErrRefused, port)
		case !strings.Contains(host, "."), strings.HasSuffix(host, ".localhost"):
			return fmt.Errorf("%w: %s is a name of this machine or this network", ErrRefused, host)
		}
		return nil
	}
	network := "tcp4"
	if ip.Is6() {
		network = "tcp6"
	}
	if err := ssrf.New(ssrf.WithPorts(c.opt.Ports...)).Safe(network, net.JoinHostPort(host, port), nil); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return nil
}

// errProxyWants is what the error of a proxy holds that asks who we are, or does not take the password.
var errProxyWants = errors.New("proxy: wants a user name and a password")
