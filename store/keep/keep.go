// Package keep keeps bodies as they were fetched, content-addressed by
// SHA-256: one single-record WARC/1.1 object per body, which any archive tool
// reads and which suits an object store as well as a folder.
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
	"os"
	"path/filepath"
	"time"

	"loa/crawler"
	"loa/media"
)

var _ crawler.Keeper = (*Objects)(nil)

// ErrDamaged says that an object is there and is not what its name says.
var ErrDamaged = errors.New("kept object is damaged")

// Objects keeps objects as files <dir>/ab/cd/<sha256>.warc.gz. Several
// processes may share the folder.
type Objects struct{ dir string }

// Folder makes the folder where it is missing and clears what killed writers
// left behind more than an hour ago.
func Folder(dir string) (*Objects, error) {
	if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o750); err != nil {
		return nil, fmt.Errorf("make the folder of kept bodies: %w", err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "tmp"))
	if err != nil {
		return nil, fmt.Errorf("read the folder of kept bodies: %w", err)
	}
	for _, e := range left {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(filepath.Join(dir, "tmp", e.Name())) // another process may have been quicker
		}
	}
	return &Objects{dir: dir}, nil
}

// Path is where the object of a body lies, relative to the folder.
func Path(sha string) string { return filepath.Join(sha[:2], sha[2:4], sha+".warc.gz") }

func valid(sha string) error {
	if b, err := hex.DecodeString(sha); err != nil || len(b) != sha256.Size || hex.EncodeToString(b) != sha {
		return fmt.Errorf("%q is no hex SHA-256", sha)
	}
	return nil
}

// Keep writes the body's object unless it is there: first to a temporary file
// that is synced, then renamed, so that an object is whole or absent. The
// folder above is synced too, before the row that names the object is written.
func (f *Objects) Keep(_ context.Context, k media.Kept, body []byte) error {
	if err := valid(k.SHA256); err != nil {
		return fmt.Errorf("keep %s: %w", k.URL, err)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != k.SHA256 {
		return fmt.Errorf("keep %s: the body does not have the hash %s", k.URL, k.SHA256)
	}
	path := filepath.Join(f.dir, Path(k.SHA256))
	if _, err := os.Stat(path); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("keep %s: %w", k.URL, err)
	}
	if err := f.put(path, record(k, body)); err != nil {
		return fmt.Errorf("keep %s: %w", k.URL, err)
	}
	return nil
}

func (f *Objects) put(path string, object []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Join(f.dir, "tmp"), "object-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(object)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Read returns a body and what is known of it. The error wraps fs.ErrNotExist
// if it is not kept, ErrDamaged if its bytes do not have the hash.
func (f *Objects) Read(_ context.Context, sha string) (media.Kept, []byte, error) {
	if err := valid(sha); err != nil {
		return media.Kept{}, nil, fmt.Errorf("read kept body: %w", err)
	}
	object, err := os.ReadFile(filepath.Join(f.dir, Path(sha)))
	if err != nil {
		return media.Kept{}, nil, fmt.Errorf("read kept body: %w", err)
	}
	k, body, err := parse(bytes.NewReader(object))
	if err != nil {
		return media.Kept{}, nil, fmt.Errorf("read kept body %s: %w: %w", sha, ErrDamaged, err)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != sha {
		return media.Kept{}, nil, fmt.Errorf("read kept body %s: %w: it has another hash", sha, ErrDamaged)
	}
	k.SHA256 = sha
	return k, body, nil
}

// Verify reads a body and re-hashes it.
func (f *Objects) Verify(ctx context.Context, sha string) error {
	_, _, err := f.Read(ctx, sha)
	return err
}

// Each calls fn with the hash of every object, in order, until fn fails.
func (f *Objects) Each(ctx context.Context, fn func(sha string) error) error {
	return filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir() && d.Name() == "tmp" && filepath.Dir(path) == filepath.Clean(f.dir):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		sha, isObject := trimName(d.Name())
		if !isObject {
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

// limit bounds what a damaged object may unpack to.
const limit = 256 << 20

func readAll(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && len(b) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	return b, err
}
