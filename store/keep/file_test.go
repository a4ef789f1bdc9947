package keep_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/store/keep"
)

func fileOf(t *testing.T, body []byte) (media.Kept, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tep")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	return media.Kept{SHA256: hex.EncodeToString(sum[:]), URL: "urn:loa:handin:anh.jpg", At: time.Date(2023, 3, 1, 2, 0, 0, 0, time.UTC), ContentType: "image/jpeg", Size: len(body)}, path
}

// A file kept as it is read makes the very object that its bytes make, and is read again as it is needed.
func TestKeepFile(t *testing.T) {
	for name, o := range stores(t) {
		t.Run(name, func(t *testing.T) {
			body := []byte(strings.Repeat("ảnh \x00\r\n\r\nWARC/1.1\r\n", 5000))
			k, path := fileOf(t, body)
			for range 2 { // the second time it is there
				if err := o.KeepFile(t.Context(), k, path); err != nil {
					t.Fatal(err)
				}
			}
			got, whole, err := o.Read(t.Context(), k.SHA256)
			if err != nil || !bytes.Equal(whole, body) || got.ContentType != "image/jpeg" || !got.At.Equal(k.At) || got.URL != k.URL {
				t.Fatalf("%+v %v", got, err)
			}
			r, err := o.Open(t.Context(), k.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			again, err := io.ReadAll(r)
			if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(again, body) {
				t.Fatalf("read as needed: %d bytes, %v", len(again), err)
			}
			other, err := keep.Folder(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if err := other.Keep(t.Context(), k, body); err != nil {
				t.Fatal(err)
			}
			if fresh, err := o.Copy(t.Context(), other, k.SHA256); fresh || err != nil {
				t.Errorf("the objects differ: %v %v", fresh, err)
			}
			wrong := k
			wrong.SHA256 = strings.Repeat("0", 64)
			if err := o.KeepFile(t.Context(), wrong, path); err == nil {
				t.Error("a file is kept under another hash")
			}
			if _, err := o.Open(t.Context(), wrong.SHA256); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("what was refused is there: %v", err)
			}
			if err := o.KeepFile(t.Context(), media.Kept{SHA256: k.SHA256, Status: 200}, path); err == nil {
				t.Error("a response is kept as a file")
			}
		})
	}
}

// A file that was altered on disk is told at the end, not given as if it were whole.
func TestOpenDamaged(t *testing.T) {
	dir := t.TempDir()
	o, err := keep.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	good, goodPath := fileOf(t, []byte("biên bản"))
	bad, badPath := fileOf(t, []byte("bản khác"))
	for k, path := range map[*media.Kept]string{&good: goodPath, &bad: badPath} {
		if err := o.KeepFile(t.Context(), *k, path); err != nil {
			t.Fatal(err)
		}
	}
	object, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(keep.Path(bad.SHA256))))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, filepath.FromSlash(keep.Path(good.SHA256))), object, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := o.Open(t.Context(), good.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadAll(r); !errors.Is(err, keep.ErrDamaged) {
		t.Errorf("another's bytes are given: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(keep.Path(bad.SHA256))), []byte("no gzip"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Open(t.Context(), bad.SHA256); !errors.Is(err, keep.ErrDamaged) {
		t.Errorf("what is no object is opened: %v", err)
	}
}
