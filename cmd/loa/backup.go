package main

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loa/schedule/calendar"
	"loa/store"
	"loa/store/keep"
	"loa/viet"
	"loa/web"
)

type backupCmd struct {
	Dest string `arg:"" help:"Thư mục (tệp .zip được đặt tên theo ngày giờ) hoặc tên tệp .zip." type:"path"`
	By   string `help:"Ai sao lưu (mặc định: người dùng của máy)."`
}

// Run copies everything into one archive while others may work with it, and reads the archive through.
func (c *backupCmd) Run(a *app) error {
	if !a.hasStore() {
		return usagef("chưa có cơ sở dữ liệu ở %s; không có gì để sao lưu", a.db())
	}
	st, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	kept, err := a.openKept(a.ctx, a.cli.Kept)
	if err != nil {
		return err
	}
	file := c.Dest
	now := time.Now()
	if info, err := os.Stat(file); err == nil && info.IsDir() || !strings.HasSuffix(file, ".zip") {
		file = filepath.Join(file, backupName(now))
	}
	b, err := copying{data: a.cli.Data, st: st, kept: kept}.write(a.ctx, file, actor(c.By), now)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đã sao lưu vào %s: %s byte, %s dòng dữ liệu, %s bản lưu trang; đã kiểm tra: toàn vẹn.\n", file, viet.Number(int(b.Size)), viet.Number(int(b.Rows)), viet.Number(b.Kept))
	return nil
}

func backupName(at time.Time) string {
	return "loa-" + at.In(calendar.Zone).Format("2006-01-02-150405") + ".zip"
}

// manifest is what an archive says of itself, its last file.
type manifest struct {
	Version string           `json:"loa"`
	At      time.Time        `json:"at"`
	By      string           `json:"by"`
	DB      string           `json:"db_sha256"`
	Rows    map[string]int64 `json:"rows"`
	Kept    []string         `json:"kept"`    // hashes of the kept objects that are in it
	Missing []string         `json:"missing"` // of those that were gone or damaged when it was made
}

const (
	dbFile       = "loa.db"
	manifestFile = "manifest.json"
	keptFolder   = "kept/"
)

// copying makes copies of a database and its kept bytes.
type copying struct {
	data string // where there is room for the database once more
	st   *store.Store
	kept *keep.Objects
	on   string // which drive it is on, for whoever looks for it; "" for a folder of the machine
}

// elsewhere says how a database on a server is copied.
func elsewhere(err error) error {
	if errors.Is(err, store.ErrElsewhere) {
		return usagef("cơ sở dữ liệu PostgreSQL được sao lưu bằng pg_dump, cùng kho bản lưu; xem docs/BACKUP.md")
	}
	return err
}

// write makes an archive, reads it through, and only then gives it its name.
func (c copying) write(ctx context.Context, file, by string, at time.Time) (web.Backup, error) {
	if _, err := os.Stat(file); err == nil {
		return web.Backup{}, usagef("tệp %s đã có; không ghi đè lên bản sao lưu cũ", file)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return web.Backup{}, fmt.Errorf("tạo thư mục sao lưu: %w", err)
	}
	part := file + ".dang-ghi"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return web.Backup{}, fmt.Errorf("ghi bản sao lưu: %w", err)
	}
	defer os.Remove(part) // nothing to remove once it has its name
	m, err := c.stream(ctx, f, by, at)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil { // what is open keeps its name and stays on Windows
		return web.Backup{}, err
	}
	got, size, err := readThrough(ctx, part)
	if err == nil && (got.DB != m.DB || len(got.Kept) != len(m.Kept)) {
		err = errors.New("the archive is not what was written")
	}
	if err != nil {
		return web.Backup{}, fmt.Errorf("kiểm tra bản sao lưu vừa ghi: %w", err)
	}
	if err := os.Rename(part, file); err != nil {
		return web.Backup{}, fmt.Errorf("đặt tên bản sao lưu: %w", err)
	}
	name := filepath.Base(file)
	if c.on != "" {
		name += " trên " + c.on
	}
	return c.note(ctx, m, name, size)
}

// note records a copy.
func (c copying) note(ctx context.Context, m manifest, name string, size int64) (web.Backup, error) {
	b := web.Backup{Name: name, At: m.At, By: m.By, Size: size, Kept: len(m.Kept)}
	for _, n := range m.Rows {
		b.Rows += n
	}
	return b, c.st.NoteBackup(ctx, b)
}

// stream writes an archive of the database as of now and of the bytes it refers to.
func (c copying) stream(ctx context.Context, w io.Writer, by string, at time.Time) (m manifest, err error) {
	if err := os.MkdirAll(c.data, 0o750); err != nil {
		return m, fmt.Errorf("tạo thư mục dữ liệu: %w", err)
	}
	dir, err := os.MkdirTemp(c.data, "sao-luu-")
	if err != nil {
		return m, fmt.Errorf("tạo chỗ cho bản sao: %w", err)
	}
	defer os.RemoveAll(dir)
	copyFile := filepath.Join(dir, dbFile)
	snap, err := c.st.Snapshot(ctx, copyFile)
	if err != nil {
		return m, elsewhere(err)
	}
	m = manifest{Version: version, At: at, By: by, Rows: snap.Rows, Kept: []string{}, Missing: []string{}}
	z := zip.NewWriter(w)
	if m.DB, err = putFile(z, copyFile, dbFile, at); err != nil {
		return m, err
	}
	for _, sha := range snap.Kept {
		object, err := c.kept.Object(ctx, sha)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, keep.ErrDamaged):
			m.Missing = append(m.Missing, sha)
			continue
		case err != nil:
			return m, err
		}
		to, err := z.CreateHeader(&zip.FileHeader{Name: keptFolder + keep.Path(sha), Method: zip.Store, Modified: at})
		if err == nil {
			_, err = to.Write(object)
		}
		if err != nil {
			return m, fmt.Errorf("write the archive: %w", err)
		}
		m.Kept = append(m.Kept, sha)
	}
	to, err := z.CreateHeader(&zip.FileHeader{Name: manifestFile, Method: zip.Deflate, Modified: at})
	if err == nil {
		err = json.NewEncoder(to).Encode(m)
	}
	return m, errors.Join(err, z.Close())
}

// putFile puts a file into an archive and gives its hash.
func putFile(z *zip.Writer, file, name string, at time.Time) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	to, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
	if err != nil {
		return "", fmt.Errorf("write the archive: %w", err)
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(to, sum), f); err != nil {
		return "", fmt.Errorf("write the archive: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// readThrough reads every byte of an archive and holds it against what the archive says of itself.
func readThrough(ctx context.Context, file string) (m manifest, size int64, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return m, 0, err
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		return m, 0, fmt.Errorf("read the archive: %w", err)
	}
	defer z.Close()
	if m, err = manifestOf(&z.Reader); err != nil {
		return m, 0, err
	}
	sums := map[string]hash.Hash{}
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return m, 0, err
		}
		sum := sha256.New()
		if err := eachByte(f, sum); err != nil { // its checksum is looked at, too
			return m, 0, err
		}
		sums[f.Name] = sum
	}
	for _, sha := range m.Kept {
		if sums[keptFolder+keep.Path(sha)] == nil {
			return m, 0, fmt.Errorf("the archive lacks %s", sha)
		}
	}
	if sum := sums[dbFile]; sum == nil || hex.EncodeToString(sum.Sum(nil)) != m.DB {
		return m, 0, errors.New("the archive's database is not the one that was copied")
	}
	return m, info.Size(), nil
}

func eachByte(f *zip.File, w io.Writer) error {
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("read %s of the archive: %w", f.Name, err)
	}
	defer r.Close()
	if _, err := io.Copy(w, r); err != nil {
		return fmt.Errorf("read %s of the archive: %w", f.Name, err)
	}
	return nil
}

// mostManifest bounds what an archive may say of itself, in bytes.
const mostManifest = 1 << 30

func manifestOf(z *zip.Reader) (m manifest, err error) {
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == manifestFile })
	if i < 0 {
		return m, errors.New("the archive says nothing of itself: it was cut off, or is none of loa's")
	}
	r, err := z.File[i].Open()
	if err != nil {
		return m, fmt.Errorf("read the archive: %w", err)
	}
	defer r.Close()
	if err := json.NewDecoder(io.LimitReader(r, mostManifest)).Decode(&m); err != nil {
		return m, fmt.Errorf("read what the archive says of itself: %w", err)
	}
	for _, sha := range m.Kept { // names of files are made of them
		if b, err := hex.DecodeString(sha); err != nil || len(b) != sha256.Size {
			return m, fmt.Errorf("the archive names %q, which is no hash", sha)
		}
	}
	return m, nil
}

// backupFolder is where copies on the server go.
func (e *engine) backupFolder() string { return filepath.Join(e.app.cli.Data, "backups") }

// backups is what the desk does with copies of everything.
func (e *engine) backups() *web.Backups {
	folder := e.backupFolder()
	return &web.Backups{
		Engine: e.store.Engine(), Folder: folder, Last: e.store.LastBackup, Kept: e.store.KeptList,
		All: func(context.Context) ([]web.Backup, error) { return backupsIn(folder) },
		Write: func(ctx context.Context, by string) (web.Backup, error) {
			kept, err := e.keeper()
			if err != nil {
				return web.Backup{}, err
			}
			now := e.business()
			b, err := copying{data: e.app.cli.Data, st: e.store, kept: kept}.write(ctx, filepath.Join(folder, backupName(now)), by, now)
			var u usageError
			if errors.As(err, &u) {
				return b, web.Refusal{Text: "Chưa sao lưu được: " + u.msg + "."}
			}
			return b, err
		},
		Drives: e.app.drives, ToDrive: e.toDrive,
		Stream: func(ctx context.Context, w io.Writer, by string) (web.Backup, error) {
			kept, err := e.keeper()
			if err != nil {
				return web.Backup{}, err
			}
			c := copying{data: e.app.cli.Data, st: e.store, kept: kept}
			count := &counter{w: w}
			now := e.business()
			m, err := c.stream(ctx, count, by, now)
			if err != nil {
				return web.Backup{}, err
			}
			return c.note(ctx, m, "tải về máy người dùng", count.n)
		},
	}
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// backupsIn lists the archives of a folder, newest first.
func backupsIn(folder string) ([]web.Backup, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	var out []web.Backup
	for _, f := range entries {
		at, err := time.ParseInLocation("loa-2006-01-02-150405.zip", f.Name(), calendar.Zone)
		info, statErr := f.Info()
		if err == nil && statErr == nil && info.Mode().IsRegular() {
			out = append(out, web.Backup{Name: f.Name(), At: at, Size: info.Size()})
		}
	}
	slices.SortFunc(out, func(a, b web.Backup) int { return b.At.Compare(a.At) })
	return out, nil
}
