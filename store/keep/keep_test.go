package keep_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"loa/media"
	"loa/store/keep"
)

func sample(body string) (media.Kept, []byte) {
	sum := sha256.Sum256([]byte(body))
	return media.Kept{
		SHA256: hex.EncodeToString(sum[:]), URL: "https://bao.example/tin?id=1", Status: 200,
		Header: map[string][]string{
			"Content-Type": {"text/html; charset=utf-8"}, "Content-Encoding": {"gzip"}, "Content-Length": {"9"},
			"Set-Cookie": {"a=1", "b=2\r\nInjected: x"},
		},
		Sent: map[string][]string{"Host": {"bao.example"}, "User-Agent": {"loa/0.1 (+mailto:ai@bao.example)"}, "If-None-Match": {`"7"`}},
		At:   time.Date(2023, 3, 6, 1, 2, 3, 4000, time.UTC), ContentType: "text/html; charset=utf-8", Size: len(body),
	}, []byte(body)
}

// stores are an empty one of each kind.
func stores(t *testing.T) map[string]*keep.Objects {
	t.Helper()
	f, err := keep.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*keep.Objects{"folder": f, "s3": keep.OpenFake(t)}
}

func TestKeepReads(t *testing.T) {
	for name, f := range stores(t) {
		t.Run(name, func(t *testing.T) { keepReads(t, f) })
	}
}

func keepReads(t *testing.T, f *keep.Objects) {
	ctx := context.Background()
	for _, body := range []string{"", "Cải cách hành chính\r\n\r\nWARC/1.1\r\n", strings.Repeat("\x00\xff", 4096)} {
		k, b := sample(body)
		if err := f.Keep(ctx, k, b); err != nil {
			t.Fatal(err)
		}
		got, back, err := f.Read(ctx, k.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back, b) || got.URL != k.URL || got.Status != 200 || !got.At.Equal(k.At) || got.Size != len(b) || got.ContentType != k.ContentType {
			t.Errorf("read back %+v, %d bytes; want %+v, %d bytes", got, len(back), k, len(b))
		}
		if got.Header["Content-Encoding"][0] != "gzip" || got.Header["Content-Length"][0] != "9" || len(got.Header["Set-Cookie"]) != 2 {
			t.Errorf("header read back: %v", got.Header)
		}
		if got.Sent["If-None-Match"][0] != `"7"` || len(got.Sent) != 3 {
			t.Errorf("request header read back: %v", got.Sent)
		}
		if got.Header["Injected"] != nil {
			t.Error("a header value broke out of its line")
		}
	}
}

func TestKeepTwiceIsOneObject(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	f, _ := keep.Folder(dir)
	k, b := sample("một lần")
	if err := f.Keep(ctx, k, b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, keep.Path(k.SHA256))
	before, _ := os.ReadFile(path)
	k.URL, k.At = "https://khac.example/", k.At.Add(time.Hour)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := f.Keep(ctx, k, b); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	after, _ := os.ReadFile(path)
	if !bytes.Equal(before, after) {
		t.Error("an object that was there has been written again")
	}
	n := 0
	if err := f.Each(ctx, func(sha string) error { n++; return f.Verify(ctx, sha) }); err != nil || n != 1 {
		t.Errorf("%d objects, %v", n, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*", "*")); len(left) != 0 {
		t.Errorf("%d temporary files left", len(left))
	}
}

func TestRefusals(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	f, _ := keep.Folder(dir)
	k, b := sample("đúng")
	if err := f.Keep(ctx, k, append(b, 'x')); err == nil {
		t.Error("kept a body under another's hash")
	}
	if err := f.Keep(ctx, media.Kept{SHA256: "../../etc/passwd"}, nil); err == nil {
		t.Error("took a path for a hash")
	}
	if _, _, err := f.Read(ctx, k.SHA256); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("read of an absent body: %v", err)
	}
	if err := f.Keep(ctx, k, b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, keep.Path(k.SHA256))
	object, _ := os.ReadFile(path)
	for name, bad := range map[string][]byte{
		"cut": object[:len(object)/2], "empty": {}, "not gzip": []byte("WARC/1.1\r\n\r\n"), "flipped": flip(object),
	} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := f.Verify(ctx, k.SHA256); !errors.Is(err, keep.ErrDamaged) {
			t.Errorf("%s object: %v", name, err)
		}
	}
}

func flip(b []byte) []byte {
	c := bytes.Clone(b)
	c[len(c)/2] ^= 0x20
	return c
}

// A file that was handed in is a resource: no server answered with it.
func TestKeepsResources(t *testing.T) {
	dir := t.TempDir()
	f, err := keep.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	k, b := sample("Kênh;Ngày;Giờ\r\n")
	k.Status, k.Header, k.URL, k.ContentType = 0, nil, "urn:loa:log:nhat-ky.csv", "application/octet-stream"
	if err := f.Keep(context.Background(), k, b); err != nil {
		t.Fatal(err)
	}
	got, back, err := f.Read(context.Background(), k.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back, b) || got.Status != 0 || got.URL != k.URL || got.ContentType != k.ContentType || got.Size != len(b) {
		t.Errorf("read back %+v %q; want %+v", got, back, k)
	}
	if err := f.Verify(context.Background(), k.SHA256); err != nil {
		t.Error(err)
	}
}
