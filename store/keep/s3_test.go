package keep

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"loa/media"
)

// fake is a storage on loopback that can be made to fail.
type fake struct {
	*httptest.Server
	backend *s3mem.Backend
	fail    atomic.Int64 // so many requests to come are answered with status
	status  atomic.Int64
	puts    atomic.Int64 // objects written
	asked   atomic.Int64
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{backend: s3mem.New()}
	if err := f.backend.CreateBucket("kho"); err != nil {
		t.Fatal(err)
	}
	h := gofakes3.New(f.backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked.Add(1)
		if f.fail.Add(-1) >= 0 {
			w.WriteHeader(int(f.status.Load()))
			return
		}
		if r.Method == http.MethodPut {
			f.puts.Add(1)
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) address(bucket string) string {
	return "s3://" + bucket + "/minh/chung?endpoint=" + url.QueryEscape(f.URL) + "&region=vn-1"
}

func keys(name string) string {
	return map[string]string{"AWS_ACCESS_KEY_ID": "ten", "AWS_SECRET_ACCESS_KEY": "mat-khau-bi-mat"}[name]
}

// open opens the storage with a clock that does not wait; waits counts.
func (f *fake) open(t *testing.T) (o *Objects, waits *[]time.Duration) {
	t.Helper()
	o, err := Open(context.Background(), f.address("kho"), keys)
	if err != nil {
		t.Fatal(err)
	}
	waits = new([]time.Duration)
	o.at.(*bucket).wait = func(ctx context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return ctx.Err()
	}
	return o, waits
}

func some(body string) (media.Kept, []byte) {
	sum := sha256.Sum256([]byte(body))
	return media.Kept{SHA256: hex.EncodeToString(sum[:]), URL: "https://bao.example/tin", Status: 200, Header: map[string][]string{"Content-Type": {"text/html"}},
		Sent: map[string][]string{"Host": {"bao.example"}}, At: time.Unix(1678064523, 0).UTC(), ContentType: "text/html", Size: len(body)}, []byte(body)
}

func TestStorage(t *testing.T) {
	ctx := context.Background()
	f := newFake(t)
	o, _ := f.open(t)
	k, body := some("thân bài")
	if _, _, err := o.Read(ctx, k.SHA256); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("read of an absent body: %v", err)
	}
	var wg sync.WaitGroup
	other, _ := f.open(t)
	for _, at := range []*Objects{o, other, o, other} { // two nodes at once
		wg.Go(func() {
			if err := at.Keep(ctx, k, body); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	wrote := f.puts.Load()
	if err := o.Keep(ctx, k, body); err != nil || f.puts.Load() != wrote {
		t.Errorf("an object that is there was written again (%d writes, then %d): %v", wrote, f.puts.Load(), err)
	}
	got, back, err := other.Read(ctx, k.SHA256)
	if err != nil || !bytes.Equal(back, body) || got.URL != k.URL || got.Sent["Host"][0] != "bao.example" {
		t.Errorf("read %+v %q, %v", got, back, err)
	}
	var all []string
	if err := o.Each(ctx, func(sha string) error { all = append(all, sha); return nil }); err != nil || len(all) != 1 || all[0] != k.SHA256 {
		t.Errorf("objects %v, %v", all, err)
	}
	// What somebody else put in its place is found out.
	for name, bad := range map[string][]byte{"other body": record(newPacker(), k, []byte("khác")), "no object": []byte("x"), "empty": {}} {
		if _, err := f.backend.PutObject("kho", "minh/chung/"+Path(k.SHA256), map[string]string{}, bytes.NewReader(bad), int64(len(bad)), nil); err != nil {
			t.Fatal(err)
		}
		if err := o.Verify(ctx, k.SHA256); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 2 { // gone is gone
		if err := o.Remove(ctx, k.SHA256); err != nil {
			t.Error(err)
		}
	}
	if err := o.Verify(ctx, k.SHA256); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after it was removed: %v", err)
	}
}

// A storage that fails is asked again, within bounds, and then told of.
func TestStorageFails(t *testing.T) {
	ctx := context.Background()
	f := newFake(t)
	o, waits := f.open(t)
	k, body := some("thân bài")
	for _, status := range []int64{500, 503, 429} {
		f.status.Store(status)
		f.fail.Store(s3Tries - 1)
		*waits = nil
		if err := o.Keep(ctx, k, body); err != nil {
			t.Errorf("%d: it came back and was not used: %v", status, err)
		}
		if len(*waits) != s3Tries-1 || (*waits)[0] < s3First || (*waits)[2] < 4*s3First || (*waits)[2] > 6*s3First {
			t.Errorf("%d: waited %v", status, *waits)
		}
		if err := o.Remove(ctx, k.SHA256); err != nil {
			t.Fatal(err)
		}
	}
	f.fail.Store(1000)
	f.status.Store(503)
	asked := f.asked.Load()
	err := o.Keep(ctx, k, body)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("tried %d times", s3Tries)) || !strings.Contains(err.Error(), k.URL) {
		t.Errorf("a storage that stays away: %v", err)
	}
	if n := f.asked.Load() - asked; n != s3Tries {
		t.Errorf("asked %d times", n)
	}
	f.status.Store(403)
	asked = f.asked.Load()
	if err := o.Keep(ctx, k, body); err == nil || f.asked.Load()-asked != 1 {
		t.Errorf("what is forbidden was asked %d times: %v", f.asked.Load()-asked, err)
	}
	// Told to stop, it stops.
	stopped, stop := context.WithCancel(ctx)
	o.at.(*bucket).wait = func(ctx context.Context, _ time.Duration) error { stop(); return ctx.Err() }
	f.status.Store(500)
	asked = f.asked.Load()
	if err := o.Keep(stopped, k, body); !errors.Is(err, context.Canceled) || f.asked.Load()-asked != 1 {
		t.Errorf("asked %d times after it was stopped: %v", f.asked.Load()-asked, err)
	}
}

// A listing that breaks off goes on where it was.
func TestStorageListsOn(t *testing.T) {
	ctx := context.Background()
	f := newFake(t)
	o, _ := f.open(t)
	want := map[string]bool{}
	for i := range 30 {
		k, body := some(fmt.Sprint("bài ", i))
		want[k.SHA256] = true
		if err := o.Keep(ctx, k, body); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.backend.PutObject("kho", "minh/chung/ghi-chu.txt", map[string]string{}, strings.NewReader("x"), 1, nil); err != nil {
		t.Fatal(err)
	}
	f.status.Store(500)
	f.fail.Store(2)
	n := 0
	if err := o.Each(ctx, func(sha string) error {
		n++
		if !want[sha] {
			t.Errorf("%s twice, or of nobody", sha)
		}
		delete(want, sha)
		return nil
	}); err != nil || n != 30 {
		t.Errorf("%d objects, %v", n, err)
	}
	enough := errors.New("enough")
	if err := o.Each(ctx, func(string) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("stopped by %v", err)
	}
}

func TestCopy(t *testing.T) {
	ctx := context.Background()
	from, err := Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := newFake(t)
	to, _ := f.open(t)
	k, body := some("chuyển kho")
	if err := from.Keep(ctx, k, body); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false} {
		if fresh, err := from.Copy(ctx, to, k.SHA256); err != nil || fresh != want {
			t.Errorf("copy %d: %t, %v", i, fresh, err)
		}
	}
	if _, back, err := to.Read(ctx, k.SHA256); err != nil || !bytes.Equal(back, body) {
		t.Errorf("copied %q, %v", back, err)
	}
}

func TestAddresses(t *testing.T) {
	ctx := context.Background()
	f := newFake(t)
	none := func(string) string { return "" }
	for _, c := range []struct {
		address string
		env     func(string) string
		want    string
	}{
		{"s3://kho?endpoint=https://kho.example", none, "AWS_ACCESS_KEY_ID"},
		{"s3://kho", keys, "endpoint"},
		{"s3://kho?endpoint=kho.example", keys, "endpoint"},
		{"s3://kho?endpoint=https://a:mat-khau-bi-mat@kho.example", keys, "endpoint"},
		{"s3://kho?endpoint=https://kho.example/duong/dan", keys, "endpoint"},
		{"s3://ten:mat-khau-bi-mat@kho?endpoint=https://kho.example", keys, "credentials"},
		{"s3://kho?endpoint=https://kho.example&secret=mat-khau-bi-mat", keys, "no option"},
		{"s3://kho?endpoint=https://kho.example&lookup=x", keys, "lookup"},
		{"s3:///duong?endpoint=https://kho.example", keys, "want s3://bucket"},
		{"S3://%zz?endpoint=https://kho.example", keys, "want s3://bucket"},
		{f.address("khong-co"), keys, "does not exist"},
	} {
		_, err := Open(ctx, c.address, c.env)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "mat-khau-bi-mat") {
			t.Errorf("%s: %v, want %q", c.address, err, c.want)
		}
	}
	f.status.Store(403)
	f.fail.Store(1)
	if _, err := Open(ctx, f.address("kho"), keys); err == nil {
		t.Error("opened a bucket that may not be looked at")
	}
	a, err := parseS3("s3://kho/a/b/?endpoint=http://127.0.0.1:9000&lookup=path")
	if err != nil || a.bucket != "kho" || a.prefix != "a/b" || a.endpoint != "127.0.0.1:9000" || a.secure {
		t.Errorf("%+v, %v", a, err)
	}
}
