// Package keep keeps bodies as they were fetched, content-addressed by
// SHA-256: one .warc.gz object per body (WARC/1.1), which any archive tool
// reads, in a folder or in S3-compatible storage.
package keep

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"loa/crawler"
	"loa/media"
)

var _ crawler.Keeper = (*Objects)(nil)

// ErrDamaged says that an object is there and is not what its name says.
var ErrDamaged = errors.New("kept object is damaged")

// Objects keeps objects named ab/cd/<sha256>.warc.gz. Several processes may
// share what lies beneath.
type Objects struct {
	at      place
	packers sync.Pool // of *gzip.Writer: making one costs more than packing a page
}

// newPacker makes what packs records. The library's own is six times as fast as the
// standard one and packs as small.
func newPacker() *gzip.Writer { return gzip.NewWriter(nil) }

// pack makes the object of a body.
func (o *Objects) pack(k media.Kept, body []byte) []byte {
	zw, ok := o.packers.Get().(*gzip.Writer)
	if !ok {
		zw = newPacker()
	}
	defer o.packers.Put(zw)
	return record(zw, k, body)
}

// place is where objects lie. Names are as Path gives them; each method is
// idempotent, and what it writes is whole or absent.
type place interface {
	has(ctx context.Context, name string) (bool, error)
	get(ctx context.Context, name string) ([]byte, error)         // fs.ErrNotExist if it is not there
	open(ctx context.Context, name string) (io.ReadCloser, error) // as get, read as it is needed
	put(ctx context.Context, name string, object io.ReadSeeker, size int64) error
	remove(ctx context.Context, name string) error // nothing there is no error
	each(ctx context.Context, fn func(name string) error) error
}

// Open opens a folder by its path, or S3-compatible storage by its address:
//
//	s3://bucket/prefix?endpoint=https://host[:port]&region=name
//
// The endpoint has to be said: kept pages hold personal data and go nowhere by
// default. Credentials are AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
// AWS_SESSION_TOKEN of the environment, which env looks up; none may stand in
// the address. The bucket must be there.
func Open(ctx context.Context, address string, env func(string) string) (*Objects, error) {
	if !strings.HasPrefix(strings.ToLower(address), "s3:") {
		return Folder(address)
	}
	b, err := openBucket(ctx, address, env)
	if err != nil {
		return nil, err
	}
	return &Objects{at: b}, nil
}

// Path is the name of a body's object.
func Path(sha string) string { return path.Join(sha[:2], sha[2:4], sha+".warc.gz") }

func valid(sha string) error {
	if b, err := hex.DecodeString(sha); err != nil || len(b) != sha256.Size || hex.EncodeToString(b) != sha {
		return fmt.Errorf("%q is no hex SHA-256", sha)
	}
	return nil
}

// Keep writes the body's object unless it is there. It is on disk, or with the
// storage, when Keep returns: before the row that names it is written.
func (o *Objects) Keep(ctx context.Context, k media.Kept, body []byte) error {
	if err := valid(k.SHA256); err != nil {
		return fmt.Errorf("keep %s: %w", k.URL, err)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != k.SHA256 {
		return fmt.Errorf("keep %s: the body does not have the hash %s", k.URL, k.SHA256)
	}
	there, err := o.at.has(ctx, Path(k.SHA256))
	if err == nil && !there {
		object := o.pack(k, body)
		err = o.at.put(ctx, Path(k.SHA256), bytes.NewReader(object), int64(len(object)))
	}
	if err != nil {
		return fmt.Errorf("keep %s: %w", k.URL, err)
	}
	return nil
}

// Read returns a body and what is known of it. The error wraps fs.ErrNotExist
// if it is not kept, ErrDamaged if its bytes do not have the hash.
func (o *Objects) Read(ctx context.Context, sha string) (media.Kept, []byte, error) {
	k, body, _, err := o.read(ctx, sha)
	return k, body, err
}

func (o *Objects) read(ctx context.Context, sha string) (k media.Kept, body, object []byte, err error) {
	if err := valid(sha); err != nil {
		return k, nil, nil, fmt.Errorf("read kept body: %w", err)
	}
	if object, err = o.at.get(ctx, Path(sha)); err != nil {
		return k, nil, nil, fmt.Errorf("read kept body %s: %w", sha, err)
	}
	if k, body, err = parse(bytes.NewReader(object)); err != nil {
		return media.Kept{}, nil, nil, fmt.Errorf("read kept body %s: %w: %w", sha, ErrDamaged, err)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != sha {
		return media.Kept{}, nil, nil, fmt.Errorf("read kept body %s: %w: it has another hash", sha, ErrDamaged)
	}
	k.SHA256 = sha
	return k, body, object, nil
}

// Verify reads a body and re-hashes it.
func (o *Objects) Verify(ctx context.Context, sha string) error {
	_, _, err := o.Read(ctx, sha)
	return err
}

// Remove deletes a body's object; what is not there is gone already.
func (o *Objects) Remove(ctx context.Context, sha string) error {
	if err := valid(sha); err != nil {
		return fmt.Errorf("remove kept body: %w", err)
	}
	if err := o.at.remove(ctx, Path(sha)); err != nil {
		return fmt.Errorf("remove kept body %s: %w", sha, err)
	}
	return nil
}

// Copy puts a body's object as it is into another store, verified, unless it
// is there; fresh says that it was not.
func (o *Objects) Copy(ctx context.Context, to *Objects, sha string) (fresh bool, err error) {
	if there, err := to.at.has(ctx, Path(sha)); err != nil || there {
		return false, err
	}
	_, _, object, err := o.read(ctx, sha)
	if err != nil {
		return false, err
	}
	return true, to.at.put(ctx, Path(sha), bytes.NewReader(object), int64(len(object)))
}

// Object returns a body's object as it is stored, verified, for a copy elsewhere
// under the name Path gives.
func (o *Objects) Object(ctx context.Context, sha string) ([]byte, error) {
	_, _, object, err := o.read(ctx, sha)
	return object, err
}

// Each calls fn with the hash of every object, in order, until fn fails.
func (o *Objects) Each(ctx context.Context, fn func(sha string) error) error {
	return o.at.each(ctx, func(name string) error {
		sha, isObject := trimName(path.Base(name))
		if !isObject || Path(sha) != name {
			return nil
		}
		return fn(sha)
	})
}

func trimName(name string) (string, bool) {
	const n = 2 * sha256.Size
	if len(name) < n || name[n:] != ".warc.gz" || valid(name[:n]) != nil {
		return "", false
	}
	return name[:n], true
}

// limit bounds what a damaged object may unpack to, and how large one is read.
const limit = 256 << 20

func readAll(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && len(b) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	return b, err
}

// notThere is fs.ErrNotExist with the name of what is not there.
func notThere(name string) error { return &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist} }
