package main

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"loa/store"
	"loa/store/keep"
	"loa/viet"
)

type restoreCmd struct {
	File  string `arg:"" help:"Bản sao lưu (.zip) do loa backup hoặc trang Sao lưu ghi." type:"existingfile"`
	Check bool   `help:"Chỉ đọc và kiểm tra bản sao lưu, không khôi phục."`
}

// Run puts a copy into an empty data folder, after reading it through. Over a
// folder that is in use it never goes.
func (c *restoreCmd) Run(a *app) error {
	m, _, err := readThrough(a.ctx, c.File)
	if err != nil {
		return fmt.Errorf("bản sao lưu không dùng được: %w", err)
	}
	db := a.db()
	kept := cmp.Or(a.cli.Kept, filepath.Join(a.cli.Data, "kept"))
	switch {
	case c.Check:
		fmt.Fprintf(a.Out, "Bản sao lưu ngày %s, do %s: toàn vẹn; %s bản lưu trang%s.\n", viet.Moment(m.At), m.By, viet.Number(len(m.Kept)), missingWords(m))
		return nil
	case strings.Contains(db, "://") || strings.Contains(db, "host="):
		return usagef("chỉ khôi phục được vào SQLite; dữ liệu PostgreSQL được khôi phục bằng công cụ của máy chủ (docs/BACKUP.md)")
	case strings.Contains(kept, "://"):
		return usagef("chỉ khôi phục được bản lưu vào một thư mục; sau đó chuyển kho bằng loa evidence copy")
	}
	for _, used := range []string{db, db + "-wal"} {
		if _, err := os.Stat(used); err == nil {
			return usagef("%s đã có; chỉ khôi phục vào thư mục chưa dùng (đổi --data, hoặc tự dời dữ liệu cũ đi)", used)
		}
	}
	if entries, err := os.ReadDir(kept); err == nil && len(entries) > 0 {
		return usagef("thư mục %s đã có bản lưu; chỉ khôi phục vào thư mục chưa dùng", kept)
	}
	if err := restore(a.ctx, c.File, m, db, kept); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đã khôi phục bản sao lưu ngày %s: %s, %s bản lưu trang%s.\n", viet.Moment(m.At), db, viet.Number(len(m.Kept)), missingWords(m))
	return nil
}

func missingWords(m manifest) string {
	if len(m.Missing) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s bản lưu đã thiếu hoặc hỏng từ trước khi sao lưu)", viet.Number(len(m.Missing)))
}

// restore writes the kept bytes first and the database last, whole and checked: what
// breaks off midway leaves no database behind, and can be done again.
func restore(ctx context.Context, file string, m manifest, db, kept string) (err error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return fmt.Errorf("mở bản sao lưu: %w", err)
	}
	defer z.Close()
	_, before := os.Stat(kept)
	defer func() {
		if err != nil && errors.Is(before, os.ErrNotExist) {
			_ = os.RemoveAll(kept) // begun by this restore
		}
	}()
	objects, err := keep.Folder(kept)
	if err != nil {
		return fmt.Errorf("mở kho bản lưu: %w", err)
	}
	files := map[string]*zip.File{}
	for _, f := range z.File {
		files[f.Name] = f
	}
	for _, sha := range m.Kept {
		f := files[keptFolder+keep.Path(sha)]
		if f == nil {
			return fmt.Errorf("bản sao lưu thiếu bản lưu %s", sha)
		}
		if err := unpack(f, filepath.Join(kept, filepath.FromSlash(keep.Path(sha)))); err != nil {
			return err
		}
		if err := objects.Verify(ctx, sha); err != nil {
			return fmt.Errorf("kiểm tra bản lưu vừa khôi phục: %w", err)
		}
	}
	part := db + ".dang-khoi-phuc"
	defer os.Remove(part)
	if err := unpack(files[dbFile], part); err != nil {
		return err
	}
	snap, err := store.CheckSnapshot(ctx, part)
	if err != nil {
		return fmt.Errorf("kiểm tra cơ sở dữ liệu vừa khôi phục: %w", err)
	}
	for table, n := range m.Rows {
		if snap.Rows[table] != n {
			return fmt.Errorf("kiểm tra cơ sở dữ liệu vừa khôi phục: bảng %s có %d dòng, bản sao lưu ghi %d", table, snap.Rows[table], n)
		}
	}
	if err := os.Rename(part, db); err != nil {
		return fmt.Errorf("đặt cơ sở dữ liệu vào chỗ: %w", err)
	}
	return nil
}

// unpack writes one file of an archive; its name comes from a hash, never from the archive.
func unpack(f *zip.File, to string) error {
	if f == nil {
		return errors.New("bản sao lưu thiếu cơ sở dữ liệu")
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return fmt.Errorf("tạo thư mục: %w", err)
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("đọc bản sao lưu: %w", err)
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("ghi tệp khôi phục: %w", err)
	}
	_, err = io.Copy(w, r)
	if err == nil {
		err = w.Sync()
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("ghi tệp khôi phục: %w", err)
	}
	return nil
}
