package extract

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// ErrKeyRule says that a rule's name is none of the known ones.
var ErrKeyRule = errors.New(`key rule must be "url", "baoyenbai", "sharepoint", "nukeviet" or "query:<param>", and may end in "@<new host>=<old host>"`)

// Key gives the canonical key of an article's address: every address under
// which one article was seen has one key, and no two articles share one. Keys
// carry no scheme, no "www.", and no time.
//
//	url           host, path and query: dots resolved, letters composed, query sorted, trackers dropped
//	baoyenbai     host and id alone; section, slug, extension, print address and the old. host are dropped
//	sharepoint    host, sub-site and ItemID; list name and category are dropped, for they are padded, missing or wrong
//	nukeviet      host, module and the number that ends the slug
//	query:<param> host, path and that one parameter
//
// A rule that ends in "@new=old" is of a site that moved: what stands on the new
// host has the key that it had, or would have had, on the old one.
//
// An address that has not the form of its rule is keyed as "url". Errors: an
// unknown rule (ErrKeyRule), an address that is not absolute http or https.
func Key(rule, rawurl string) (string, error) {
	u, err := parseURL(rawurl)
	if err != nil {
		return "", err
	}
	rule, move, moved := strings.Cut(rule, "@")
	if moved {
		now, was, ok := strings.Cut(move, "=")
		if !hostForm.MatchString(now) || !hostForm.MatchString(was) || !ok {
			return "", fmt.Errorf("%w, not %q", ErrKeyRule, rule+"@"+move)
		}
		if keyHost(u) == now {
			u.Host = was
		}
	}
	param, byParam := strings.CutPrefix(rule, "query:")
	if byParam {
		rule = "query"
	}
	key := ""
	switch rule {
	case "", "url":
	case "baoyenbai":
		key = newspaperKey(u)
	case "sharepoint":
		key = sharepointKey(u)
	case "nukeviet":
		key = nukevietKey(u)
	case "query":
		if param == "" {
			return "", fmt.Errorf("%w, not %q", ErrKeyRule, "query:")
		}
		if v := queryValue(u, param); v != "" {
			key = keyHost(u) + keyPath(u) + "?" + escapeQuery(strings.ToLower(param)) + "=" + escapeQuery(canonical(v))
		}
	default:
		return "", fmt.Errorf("%w, not %q", ErrKeyRule, rule)
	}
	if key == "" {
		key = keyHost(u) + keyPath(u) + keyQuery(u)
	}
	return key, nil
}

// keyForm is a rule without the move of its site.
func keyForm(rule string) string {
	form, _, _ := strings.Cut(rule, "@")
	return form
}

// hostForm is a host as keys have it: lower case, no «www.» needed, no port.
var hostForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$`)

// parseURL reads an absolute address, mending what is seen in the wild: white
// space around and inside, backslashes, a bare per cent sign.
func parseURL(raw string) (*url.URL, error) {
	raw = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return -1
		}
		return r
	}, strings.TrimSpace(raw))
	u, err := url.Parse(raw)
	if err != nil {
		u, err = url.Parse(barePercent(raw))
	}
	if err != nil {
		return nil, fmt.Errorf("read address %q: %w", raw, err)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" || strings.Trim(canonical(u.Hostname()), ". ") == "" {
		return nil, fmt.Errorf("read address %q: want an absolute http or https address", raw)
	}
	return u, nil
}

var badPercent = regexp.MustCompile(`%([^0-9a-fA-F]|[0-9a-fA-F][^0-9a-fA-F]|.?$)`)

func barePercent(s string) string {
	for range 3 { // neighbouring signs overlap
		s = badPercent.ReplaceAllString(s, "%25$1")
	}
	return s
}

// keyHost is the host in lower case and ASCII, without "www." and without a
// default port (":443" stands in many addresses of the portal).
func keyHost(u *url.URL) string {
	h := strings.TrimRight(strings.ToLower(canonical(u.Hostname())), ".")
	if a, err := idna.Lookup.ToASCII(h); err == nil {
		h = a
	}
	if bare := strings.TrimPrefix(h, "www."); strings.Contains(bare, ".") {
		h = bare
	}
	if p := u.Port(); p != "" && p != "80" && p != "443" {
		return net.JoinHostPort(h, p)
	}
	if strings.Contains(h, ":") {
		return "[" + h + "]"
	}
	return h
}

// segments are the parts of the path, decoded and composed, dots resolved and
// empty parts dropped. An escaped slash stays inside its part.
func segments(u *url.URL) []string {
	var out []string
	for s := range strings.SplitSeq(u.EscapedPath(), "/") {
		if d, err := url.PathUnescape(s); err == nil {
			s = d
		}
		switch s = canonical(s); s {
		case "", ".":
		case "..":
			out = out[:max(len(out)-1, 0)]
		default:
			out = append(out, s)
		}
	}
	return out
}

func keyPath(u *url.URL) string {
	var b strings.Builder
	for _, s := range segments(u) {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return b.String()
}

type pair struct{ name, value string }

// query splits by hand: net/url drops a query that holds a semicolon.
func query(u *url.URL) []pair {
	var out []pair
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		n, v, _ := strings.Cut(part, "=")
		if d, err := url.QueryUnescape(barePercent(n)); err == nil {
			n = d
		}
		if d, err := url.QueryUnescape(barePercent(v)); err == nil {
			v = d
		}
		if n, v = canonical(n), canonical(v); n != "" || v != "" {
			out = append(out, pair{n, v})
		}
	}
	return out
}

func keyQuery(u *url.URL) string {
	ps := slices.DeleteFunc(query(u), func(p pair) bool { return tracker(p.name) })
	slices.SortStableFunc(ps, func(a, b pair) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	for i, p := range ps {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(escapeQuery(p.name) + "=" + escapeQuery(p.value))
	}
	return b.String()
}

func escapeQuery(s string) string { return url.QueryEscape(s) }

func tracker(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "fbclid", "gclid", "gclsrc", "dclid", "msclkid", "igshid", "zarsrc", "mc_cid", "mc_eid", "_ga", "_gl":
		return true
	}
	return strings.HasPrefix(name, "utm_")
}

// queryValue is the first value of a parameter, its name compared without case.
func queryValue(u *url.URL, name string) string {
	for _, p := range query(u) {
		if strings.EqualFold(p.name, name) && strings.TrimSpace(p.value) != "" {
			return strings.TrimSpace(p.value)
		}
	}
	return ""
}

func number(s string) bool {
	return s != "" && len(s) <= 18 && strings.Trim(s, "0123456789") == ""
}

// newspaperKey reads /<section>/<id>/<slug>.<aspx|htm> and /PrintPreview/<id>/
// of Báo Yên Bái and its CMS family. Only the id names the article: the slug
// loses letters, the section changes, the host was www., bare and old.
func newspaperKey(u *url.URL) string {
	s := segments(u)
	if len(s) < 2 || !number(s[1]) || !number(s[0]) && !strings.EqualFold(s[0], "PrintPreview") {
		return ""
	}
	h := keyHost(u)
	if bare := strings.TrimPrefix(h, "old."); strings.Contains(bare, ".") {
		h = bare
	}
	id := strings.TrimLeft(s[1], "0")
	if id == "" {
		return ""
	}
	return h + "/" + id
}
