package fetch

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
)

// sent gathers a request's header as it is written to the connection: what was
// asked is evidence too, and net/http adds to what we set.
type sent struct {
	mu sync.Mutex // the connection writes in its own goroutine
	h  http.Header
}

// trace lets the transport tell of each header field it writes. A connection
// that turned out to be closed is tried again: the last writing counts.
func (s *sent) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.h = http.Header{}
		},
		WroteHeaderField: func(name string, values []string) {
			if name == ":authority" { // HTTP/2's word for it
				name = "Host"
			}
			if strings.HasPrefix(name, ":") || secret(name) {
				return
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.h != nil {
				s.h[http.CanonicalHeaderKey(name)] = slices.Clone(values)
			}
		},
	})
}

func (s *sent) header() http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.h.Clone()
}

// secret names the fields that would let somebody else in. The crawler sends
// none; whoever gives it a login one day must not find it in the evidence.
func secret(name string) bool {
	switch strings.ToLower(name) {
	case "authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token":
		return true
	}
	return false
}
