package keep

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"loa/media"
)

// orig marks header fields that no longer describe the body, which is kept
// after decompression: a reader must not decode it again.
const orig = "X-Archive-Orig-"

// record is the object of a body: a WARC/1.1 record of it and, where it was
// fetched, one of the request, each a gzip member of its own (WARC/1.1, annex
// D). It depends on k and body alone.
func record(zw *gzip.Writer, k media.Kept, body []byte) []byte {
	var out bytes.Buffer
	member(zw, &out, rawRecord(k, body))
	if k.Status != 0 && len(k.Sent) > 0 {
		member(zw, &out, rawRequest(k))
	}
	return out.Bytes()
}

func member(zw *gzip.Writer, out *bytes.Buffer, raw []byte) {
	zw.Reset(out)
	_, _ = zw.Write(raw) // into memory: cannot fail
	_ = zw.Close()
}

// rawRecord is the record before compression: a response as it was fetched, or,
// for what no server answered (a log file that was handed in: status 0), a
// resource (WARC/1.1, 6.4).
func rawRecord(k media.Kept, body []byte) []byte {
	if k.Status == 0 {
		return warc("resource", uuid(k.SHA256), k, "WARC-Payload-Digest: sha256:"+k.SHA256, line(k.ContentType), body)
	}
	return warc("response", uuid(k.SHA256), k, "WARC-Payload-Digest: sha256:"+k.SHA256, "application/http;msgtype=response", httpBlock(k, body))
}

// rawRequest is the request that brought the response (WARC/1.1, 6.5). What was
// asked decides what is answered: by what name, and whether only if changed.
func rawRequest(k media.Kept) []byte {
	target := "/"
	if u, err := url.Parse(k.URL); err == nil && u.Host != "" {
		target = u.RequestURI()
	}
	// A list's own form is posted for its next page. What was posted is the page's
	// own state, large and of no value: the record says that it is not whole.
	method, field := "GET", "WARC-Concurrent-To: <"+uuid(k.SHA256)+">"
	if http.Header(k.Sent).Get("Content-Type") != "" {
		method, field = "POST", field+"\r\nWARC-Truncated: unspecified"
	}
	var block bytes.Buffer
	fmt.Fprintf(&block, method+" %s HTTP/1.1\r\n", strings.ReplaceAll(line(target), " ", "%20"))
	fields(&block, k.Sent, nil)
	block.WriteString("\r\n")
	sum := sha256.Sum256([]byte("request " + k.SHA256))
	return warc("request", uuid(hex.EncodeToString(sum[:])), k, field, "application/http;msgtype=request", block.Bytes())
}

// warc writes one record; field is the header field that only its type has.
func warc(kind, id string, k media.Kept, field, contentType string, block []byte) []byte {
	sum := sha256.Sum256(block)
	var out bytes.Buffer
	out.Write(warcHead(kind, id, k, field, contentType, hex.EncodeToString(sum[:]), len(block)))
	out.Write(block)
	out.WriteString("\r\n\r\n")
	return out.Bytes()
}

// resourceHead is what stands before the body of a file that was handed in: all of it is known beforehand, so the body
// can be written as it is read.
func resourceHead(k media.Kept) []byte {
	return warcHead("resource", uuid(k.SHA256), k, "WARC-Payload-Digest: sha256:"+k.SHA256, line(k.ContentType), k.SHA256, k.Size)
}

// warcHead is a record's header with the empty line behind it.
func warcHead(kind, id string, k media.Kept, field, contentType, digest string, length int) []byte {
	return fmt.Appendf(nil, "WARC/1.1\r\n"+
		"WARC-Type: %s\r\n"+
		"WARC-Record-ID: <%s>\r\n"+
		"WARC-Date: %s\r\n"+
		"WARC-Target-URI: %s\r\n"+
		"%s\r\n"+
		"WARC-Block-Digest: sha256:%s\r\n"+
		"Content-Type: %s\r\n"+
		"Content-Length: %d\r\n\r\n",
		kind, id, k.At.UTC().Format("2006-01-02T15:04:05.000000Z"), line(k.URL), field, digest, contentType, length)
}

// httpBlock is the response with its header.
func httpBlock(k media.Kept, body []byte) []byte {
	var block bytes.Buffer
	status := k.Status
	if status < 100 || status > 999 {
		status = http.StatusOK
	}
	fmt.Fprintf(&block, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	// The body is kept after decompression: these no longer describe it.
	fields(&block, k.Header, []string{"Content-Encoding", "Transfer-Encoding", "Content-Length"})
	fmt.Fprintf(&block, "Content-Length: %d\r\n\r\n", len(body))
	block.Write(body)
	return block.Bytes()
}

// fields writes header fields in order, those of moved under the name orig gives.
func fields(block *bytes.Buffer, header map[string][]string, moved []string) {
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !isToken(name) { // a reader would refuse the whole object
			continue
		}
		field := textproto.CanonicalMIMEHeaderKey(name)
		if slices.Contains(moved, field) {
			field = orig + field
		}
		for _, v := range header[name] {
			fmt.Fprintf(block, "%s: %s\r\n", field, line(v))
		}
	}
}

// line is a value that cannot break out of its line: no control characters.
func line(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// isToken reports whether a header field may be named so (RFC 9110, 5.6.2).
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return s != ""
}

// uuid names the record by its content (an RFC 9562 version 8 UUID).
func uuid(sha string) string {
	b := []byte(sha[:32])
	b[12] = '8'
	b[16] = "89ab"[b[16]&3]
	return fmt.Sprintf("urn:uuid:%s-%s-%s-%s-%s", b[:8], b[8:12], b[12:16], b[16:20], b[20:])
}

// parse reads an object written by record, or before requests were kept.
func parse(r io.Reader) (media.Kept, []byte, error) {
	br := bufio.NewReader(r) // a gzip.Reader reads no further than its member
	zr, err := gzip.NewReader(br)
	if err != nil {
		return media.Kept{}, nil, err
	}
	zr.Multistream(false)
	raw, err := readAll(zr)
	if err != nil {
		return media.Kept{}, nil, err
	}
	k, body, err := parseRecord(raw)
	if err != nil {
		return media.Kept{}, nil, err
	}
	switch err := zr.Reset(br); {
	case errors.Is(err, io.EOF): // alone
		return k, body, nil
	case err != nil:
		return media.Kept{}, nil, fmt.Errorf("second record: %w", err)
	}
	zr.Multistream(false)
	if raw, err = readAll(zr); err == nil {
		k.Sent, err = parseRequest(raw)
	}
	if err != nil {
		return media.Kept{}, nil, fmt.Errorf("second record: %w", err)
	}
	if _, err := br.ReadByte(); !errors.Is(err, io.EOF) {
		return media.Kept{}, nil, errors.New("more than two records")
	}
	return k, body, nil
}

// parseWARC reads one record's header and its block, whose digest is checked.
func parseWARC(raw []byte) (textproto.MIMEHeader, []byte, error) {
	br := bufio.NewReader(bytes.NewReader(raw))
	tp := textproto.NewReader(br)
	version, err := tp.ReadLine()
	if err != nil || version != "WARC/1.1" {
		return nil, nil, fmt.Errorf("first line is %q, want WARC/1.1", version)
	}
	head, err := tp.ReadMIMEHeader()
	if err != nil {
		return nil, nil, fmt.Errorf("read the record's header: %w", err)
	}
	length, err := strconv.Atoi(head.Get("Content-Length"))
	if err != nil || length < 0 || length > len(raw) {
		return nil, nil, fmt.Errorf("record length is %q", head.Get("Content-Length"))
	}
	block := make([]byte, length)
	if _, err := io.ReadFull(br, block); err != nil {
		return nil, nil, fmt.Errorf("read the block: %w", err)
	}
	sum := sha256.Sum256(block)
	if head.Get("WARC-Block-Digest") != "sha256:"+hex.EncodeToString(sum[:]) {
		return nil, nil, errors.New("the block does not have its digest")
	}
	return head, block, nil
}

func parseRecord(raw []byte) (media.Kept, []byte, error) {
	var k media.Kept
	head, block, err := parseWARC(raw)
	if err != nil {
		return k, nil, err
	}
	if k.At, err = time.Parse(time.RFC3339Nano, head.Get("WARC-Date")); err != nil {
		return k, nil, fmt.Errorf("read the record's date: %w", err)
	}
	k.URL = head.Get("WARC-Target-URI")
	if head.Get("WARC-Type") == "resource" {
		k.ContentType, k.Size = head.Get("Content-Type"), len(block)
		return k, block, nil
	}
	return parseHTTP(k, block)
}

// parseRequest gives the header of a request record.
func parseRequest(raw []byte) (map[string][]string, error) {
	head, block, err := parseWARC(raw)
	if err != nil {
		return nil, err
	}
	if head.Get("WARC-Type") != "request" {
		return nil, fmt.Errorf("it is a %q, want the request", head.Get("WARC-Type"))
	}
	tp := textproto.NewReader(bufio.NewReader(bytes.NewReader(block)))
	if _, err := tp.ReadLine(); err != nil {
		return nil, fmt.Errorf("read the request line: %w", err)
	}
	sent, err := tp.ReadMIMEHeader()
	if err != nil {
		return nil, fmt.Errorf("read the request's header: %w", err)
	}
	return sent, nil
}

func parseHTTP(k media.Kept, block []byte) (media.Kept, []byte, error) {
	br := bufio.NewReader(bytes.NewReader(block))
	tp := textproto.NewReader(br)
	status, err := tp.ReadLine()
	if err != nil {
		return k, nil, fmt.Errorf("read the status line: %w", err)
	}
	parts := strings.SplitN(status, " ", 3)
	if len(parts) < 2 {
		return k, nil, fmt.Errorf("status line is %q", status)
	}
	if k.Status, err = strconv.Atoi(parts[1]); err != nil {
		return k, nil, fmt.Errorf("status line is %q", status)
	}
	head, err := tp.ReadMIMEHeader()
	if err != nil {
		return k, nil, fmt.Errorf("read the response's header: %w", err)
	}
	body, err := io.ReadAll(br)
	if err != nil {
		return k, nil, err
	}
	if head.Get("Content-Length") != strconv.Itoa(len(body)) {
		return k, nil, fmt.Errorf("body has %d bytes, want %s", len(body), head.Get("Content-Length"))
	}
	head.Del("Content-Length")
	k.Header = map[string][]string{}
	for name, v := range head {
		k.Header[strings.TrimPrefix(name, orig)] = v
	}
	k.ContentType, k.Size = head.Get("Content-Type"), len(body)
	return k, body, nil
}
