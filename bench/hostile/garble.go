package hostile

import (
	"bufio"
	"hash/fnv"
	"math/rand/v2"
	"net"
	"net/http"
)

// harm is what is put over bytes of a body: what readers of XML, HTML, JSON and text stop or turn at.
func harm() []string {
	return []string{"<", ">", "&", "\x00", "\xff\xfe", "\xc3", "]]>", "<![CDATA[", "<!--", "&#x110000;", "&#0;", `\ud800`, `"`, "'", "{[", "-1", "9999999999999999999", "%00", "\r\n\r\n", "<?xml", "</", "\u202e"}
}

// Garble damages what hostile hosts send from now on: in two of three answers a few bytes of each piece, in a third of those also the end is
// missing. The same seed damages the same answers in the same way; 0 damages nothing. Honest hosts stay honest.
func (o *Origin) Garble(seed uint64) { o.seed.Store(seed) }

// garbled is w, or w with damage.
func (o *Origin) garbled(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	seed := o.seed.Load()
	if seed == 0 {
		return w
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(r.Host + r.URL.Path)) // never fails
	rnd := rand.New(rand.NewPCG(seed, h.Sum64()))
	g := &garbler{ResponseWriter: w, rnd: rnd, left: -1}
	switch rnd.IntN(9) {
	case 0, 1, 2:
		return w
	case 3, 4:
		g.left = rnd.IntN(64 << 10)
	}
	return g
}

// garbler damages a body on its way. What takes the connection and writes what HTTP is not stays as it is.
type garbler struct {
	http.ResponseWriter
	rnd  *rand.Rand
	left int // bytes that are still sent; negative: all
}

// Write implements http.ResponseWriter.
func (g *garbler) Write(p []byte) (int, error) {
	marks := harm()
	b := append([]byte(nil), p...)
	for range g.rnd.IntN(1+min(len(b)/16, 40)) + 1 {
		if len(b) > 0 {
			copy(b[g.rnd.IntN(len(b)):], marks[g.rnd.IntN(len(marks))])
		}
	}
	if g.left >= 0 {
		b = b[:min(len(b), g.left)]
		g.left -= len(b)
	}
	if len(b) == 0 && len(p) > 0 {
		return 0, http.ErrContentLength // whoever writes without end stops here
	}
	if n, err := g.ResponseWriter.Write(b); err != nil {
		return n, err
	}
	return len(p), nil
}

// Hijack implements http.Hijacker.
func (g *garbler) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(g.ResponseWriter).Hijack()
}
