package fetch

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// Parse reads an address that may be asked for: http or https, at most 2,048
// bytes, a host in plain form, no user name, no fragment. What it refuses has
// ErrRefused in its chain.
//
// Numbers that some resolvers take for addresses (127.1, 0x7f000001,
// 2130706433, 0177.0.0.1) are refused here: what they mean depends on who reads.
func Parse(raw string) (*url.URL, error) {
	if len(raw) > maxURL {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrRefused, maxURL)
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%w: scheme %q, want http or https", ErrRefused, u.Scheme)
	}
	if u.User != nil {
		return nil, fmt.Errorf("%w: holds a user name", ErrRefused)
	}
	host, err := plainHost(u.Hostname())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p := u.Port(); p != "" && p != defaultPort(u.Scheme) {
		host += ":" + p
	}
	u.Host, u.Fragment, u.RawFragment = host, "", ""
	u.RawQuery = ascii(u.RawQuery)
	if len(u.String()) > maxURL {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrRefused, maxURL)
	}
	return u, nil
}

// ascii escapes what is not printable ASCII, as browsers do in a query: bytes
// of any encoding travel in Location headers.
func ascii(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// plainHost brings a host name to the one form that is dialled: ASCII, lower
// case, no trailing dot; an address in its usual spelling.
func plainHost(h string) (string, error) {
	h = strings.TrimSuffix(h, ".")
	if a, err := netip.ParseAddr(h); err == nil {
		if a.Zone() != "" {
			return "", fmt.Errorf("host %q has a zone", h)
		}
		return a.String(), nil
	}
	// Real host names hold underscores (some communes' do), which idna's
	// lookup profile refuses; the name is only mapped, DNS decides.
	profile := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))
	a, err := profile.ToASCII(h)
	if err == nil {
		var again string
		if again, err = profile.ToASCII(a); err == nil && again != a {
			err = errors.New("has no plain form")
		}
	}
	if err != nil {
		return "", fmt.Errorf("host %q: %w", h, err)
	}
	a = strings.ToLower(strings.TrimSuffix(a, "."))
	if a == "" || len(a) > 253 || strings.ContainsAny(a, " %/\\@?#<>^|[]:*'\"`{}") {
		return "", fmt.Errorf("host %q is not a host name", h)
	}
	last := a[strings.LastIndexByte(a, '.')+1:]
	if numeric(last) {
		// fullwidth digits come here as plain ones
		if ip, err := netip.ParseAddr(a); err == nil {
			return ip.String(), nil
		}
		return "", fmt.Errorf("host %q is a number in a doubtful spelling", h)
	}
	return a, nil
}

// numeric reports whether a resolver may take the last label for a number.
func numeric(label string) bool {
	if strings.HasPrefix(label, "0x") {
		return true
	}
	for _, r := range label {
		if r < '0' || r > '9' {
			return false
		}
	}
	return label != ""
}

// Group names the leased row of a URL's host (with or without port): lower
// case, without "www." and default ports, so that the bare host and its www
// twin are one. Another port is another host.
func Group(host string) string {
	host = strings.ToLower(strings.TrimSpace(host))
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		if p := host[i+1:]; p == "80" || p == "443" || p == "" {
			host = host[:i]
		}
	}
	host = strings.TrimSuffix(host, ".")
	if bare := strings.TrimPrefix(host, "www."); strings.Contains(bare, ".") {
		return bare
	}
	return host
}
