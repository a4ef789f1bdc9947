package keep_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"loa/store/keep"
)

// warcRecord is what a reader that knows nothing of this package makes of one record.
type warcRecord struct {
	fields map[string]string
	block  string
}

// readWARC is such a reader, written from the standard (WARC/1.1, 4 and annex
// D): one gzip member for each record, a version line, named fields, an empty
// line, a block of Content-Length bytes and two empty lines.
func readWARC(t *testing.T, object []byte) []warcRecord {
	t.Helper()
	var out []warcRecord
	src := bufio.NewReader(bytes.NewReader(object))
	for {
		if _, err := src.Peek(1); errors.Is(err, io.EOF) {
			return out
		}
		zr, err := gzip.NewReader(src)
		if err != nil {
			t.Fatal(err)
		}
		zr.Multistream(false)
		raw, err := io.ReadAll(zr)
		if err != nil {
			t.Fatal(err)
		}
		head, rest, ok := strings.Cut(string(raw), "\r\n\r\n")
		lines := strings.Split(head, "\r\n")
		if !ok || lines[0] != "WARC/1.1" {
			t.Fatalf("a member begins with %q", lines[0])
		}
		r := warcRecord{fields: map[string]string{}}
		for _, l := range lines[1:] {
			name, value, ok := strings.Cut(l, ": ")
			if _, twice := r.fields[name]; !ok || twice {
				t.Fatalf("field %q", l)
			}
			r.fields[name] = value
		}
		n, err := strconv.Atoi(r.fields["Content-Length"])
		if err != nil || n > len(rest) || rest[n:] != "\r\n\r\n" {
			t.Fatalf("block of %q bytes in a record of %d", r.fields["Content-Length"], len(rest))
		}
		r.block = rest[:n]
		for _, must := range []string{"WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Target-URI", "Content-Type"} {
			if r.fields[must] == "" {
				t.Errorf("a record without %s", must)
			}
		}
		if !regexp.MustCompile(`^<urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}>$`).MatchString(r.fields["WARC-Record-ID"]) {
			t.Errorf("record id %s", r.fields["WARC-Record-ID"])
		}
		if r.fields["WARC-Block-Digest"] != "sha256:"+hashOf(r.block) {
			t.Errorf("block digest %s", r.fields["WARC-Block-Digest"])
		}
		out = append(out, r)
	}
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// The object must be what archive tools expect: the response, decodable without
// the encoding that was taken off, and the request that brought it.
func TestObjectForm(t *testing.T) {
	dir := t.TempDir()
	f, err := keep.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	k, b := sample("thân bài")
	if err := f.Keep(context.Background(), k, b); err != nil {
		t.Fatal(err)
	}
	object, err := os.ReadFile(filepath.Join(dir, k.SHA256[:2], k.SHA256[2:4], k.SHA256+".warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	records := readWARC(t, object)
	if len(records) != 2 {
		t.Fatalf("%d records, want response and request", len(records))
	}
	res, req := records[0], records[1]
	if res.fields["WARC-Type"] != "response" || req.fields["WARC-Type"] != "request" ||
		res.fields["Content-Type"] != "application/http;msgtype=response" || req.fields["Content-Type"] != "application/http;msgtype=request" {
		t.Errorf("types: %v, %v", res.fields, req.fields)
	}
	if req.fields["WARC-Concurrent-To"] != res.fields["WARC-Record-ID"] || req.fields["WARC-Record-ID"] == res.fields["WARC-Record-ID"] {
		t.Errorf("request %s concurrent to %s, response %s", req.fields["WARC-Record-ID"], req.fields["WARC-Concurrent-To"], res.fields["WARC-Record-ID"])
	}
	for _, r := range records {
		if r.fields["WARC-Date"] != "2023-03-06T01:02:03.000004Z" || r.fields["WARC-Target-URI"] != k.URL {
			t.Errorf("record of %s at %s", r.fields["WARC-Target-URI"], r.fields["WARC-Date"])
		}
	}
	if res.fields["WARC-Payload-Digest"] != "sha256:"+k.SHA256 {
		t.Errorf("payload digest %s", res.fields["WARC-Payload-Digest"])
	}
	head, body, _ := strings.Cut(res.block, "\r\n\r\n")
	if body != "thân bài" || !strings.HasPrefix(head, "HTTP/1.1 200 OK\r\n") || strings.Contains(head, "\r\nContent-Encoding:") ||
		!strings.Contains(head, "\r\nX-Archive-Orig-Content-Encoding: gzip") || !strings.Contains(head+"\r\n", "\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n") {
		t.Errorf("response block:\n%s", res.block)
	}
	if want := "GET /tin?id=1 HTTP/1.1\r\nHost: bao.example\r\nIf-None-Match: \"7\"\r\nUser-Agent: loa/0.1 (+mailto:ai@bao.example)\r\n\r\n"; req.block != want {
		t.Errorf("request block %q, want %q", req.block, want)
	}
}

// What was kept before requests were is still read, and told from what is damaged.
func TestReadsOlderObjects(t *testing.T) {
	const sha = "c576c81fd76c4d1123d6a6277133dd617ca42f6e5609b92b568f55e46d4d1a7b"
	object, err := os.ReadFile("testdata/" + sha + ".warc.gz")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(readWARC(t, object)); n != 1 {
		t.Fatalf("the older object holds %d records", n)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, keep.Path(sha))
	write := func(b []byte) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o750), os.WriteFile(path, b, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write(object)
	f, err := keep.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	k, body, err := f.Read(context.Background(), sha)
	if err != nil {
		t.Fatal(err)
	}
	if hashOf(string(body)) != sha || k.URL != "https://bao.example/tin?id=7" || k.Status != 200 || k.Sent != nil || k.Header["Content-Encoding"][0] != "gzip" {
		t.Errorf("read %+v", k)
	}
	for name, bad := range map[string][]byte{
		"twice the response": append(bytes.Clone(object), object...),
		"bytes after it":     append(bytes.Clone(object), 'x'),
	} {
		write(bad)
		if err := f.Verify(context.Background(), sha); !errors.Is(err, keep.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The next page of a list may be asked for by the list's own form; the record
// says so, and that what was posted is not kept.
func TestPostedRequest(t *testing.T) {
	dir := t.TempDir()
	f, err := keep.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	k, b := sample("trang hai")
	k.Sent["Content-Type"] = []string{"application/x-www-form-urlencoded"}
	if err := f.Keep(context.Background(), k, b); err != nil {
		t.Fatal(err)
	}
	object, err := os.ReadFile(filepath.Join(dir, keep.Path(k.SHA256)))
	if err != nil {
		t.Fatal(err)
	}
	req := readWARC(t, object)[1]
	if !strings.HasPrefix(req.block, "POST /tin?id=1 HTTP/1.1\r\n") || req.fields["WARC-Truncated"] == "" || !strings.HasSuffix(req.block, "\r\n\r\n") {
		t.Errorf("%v\n%s", req.fields, req.block)
	}
}
