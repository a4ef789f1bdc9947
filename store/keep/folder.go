package keep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// folder keeps objects as files.
type folder struct{ dir string }

// Folder makes the folder where it is missing and clears what killed writers
// left behind more than an hour ago.
func Folder(dir string) (*Objects, error) {
	for _, c := range "0123456789abcdef" {
		if err := os.MkdirAll(filepath.Join(dir, "tmp", string(c)), 0o750); err != nil {
			return nil, fmt.Errorf("make the folder of kept bodies: %w", err)
		}
	}
	err := filepath.WalkDir(filepath.Join(dir, "tmp"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(path) // another process may have been quicker
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the folder of kept bodies: %w", err)
	}
	return &Objects{at: folder{dir}}, nil
}

func (f folder) file(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

func (f folder) has(_ context.Context, name string) (bool, error) {
	_, err := os.Stat(f.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (f folder) get(_ context.Context, name string) ([]byte, error) { return os.ReadFile(f.file(name)) }

func (f folder) open(_ context.Context, name string) (io.ReadCloser, error) {
	return os.Open(f.file(name))
}

// put writes a temporary file that is synced, then renamed; the folder above
// is synced too.
func (f folder) put(_ context.Context, name string, object io.ReadSeeker, _ int64) (err error) {
	path := f.file(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	// Sixteen folders: writers who make files in one wait for each other.
	tmp, err := os.CreateTemp(filepath.Join(f.dir, "tmp", name[:1]), "object-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	_, err = io.Copy(tmp, object)
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

// syncDir makes a name durable. Windows writes names with the file and lets no folder be synced.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (f folder) remove(_ context.Context, name string) error {
	err := os.Remove(f.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(f.file(name)))
}

func (f folder) each(ctx context.Context, fn func(name string) error) error {
	return filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // deleted meanwhile
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir() && d.Name() == "tmp" && filepath.Dir(path) == filepath.Clean(f.dir):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		rel, err := filepath.Rel(f.dir, path)
		if err != nil {
			return err
		}
		return fn(filepath.ToSlash(rel))
	})
}
