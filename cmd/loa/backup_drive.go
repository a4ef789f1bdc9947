package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"loa/web"
)

// driveFolder is where copies go on a drive.
const driveFolder = "loa-sao-luu"

// toDrive copies everything to a drive that can be taken away, reads the copy through, and says what to do where the drive
// is full, was pulled out or lets nobody write.
func (e *engine) toDrive(ctx context.Context, d web.Drive, by string) (web.Backup, error) {
	kept, err := e.keeper()
	if err != nil {
		return web.Backup{}, err
	}
	now := e.business()
	c := copying{data: e.app.cli.Data, st: e.store, kept: kept, on: "ổ " + d.Path}
	if d.Name != "" && d.Name != filepath.Base(d.Path) {
		c.on += " (" + d.Name + ")"
	}
	b, err := c.write(ctx, filepath.Join(d.Path, driveFolder, backupName(now)), by, now)
	var wrong usageError
	if errors.As(err, &wrong) {
		return b, web.Refusal{Text: "Chưa sao lưu được: " + wrong.msg + "."}
	}
	if why := driveWords(err); why != "" && ctx.Err() == nil {
		e.app.log.WarnContext(ctx, "backup to a drive", "drive", d.Path, "error", err)
		return b, web.Refusal{Text: "Chưa sao lưu được vào ổ " + d.Path + ": " + why + " Bản sao cũ trên ổ vẫn còn nguyên."}
	}
	return b, err
}

// driveWords says what to do about an error of a drive; "" where it is another's.
func driveWords(err error) string {
	is := func(any []error) bool {
		return slices.ContainsFunc(any, func(e error) bool { return errors.Is(err, e) })
	}
	switch {
	case err == nil:
		return ""
	case is(diskFull):
		return "ổ (hoặc ổ chứa dữ liệu của loa) đã đầy. Xóa bớt bản sao cũ hoặc dùng ổ khác."
	case is(fileTooBig):
		return "ổ không nhận tệp lớn như vậy (định dạng FAT32 chỉ nhận đến 4 GB). Định dạng lại ổ thành exFAT hoặc dùng ổ khác."
	case is(diskGone):
		return "ổ đã bị rút ra hoặc hỏng giữa chừng. Cắm lại rồi sao lưu lại."
	case is(diskLocked):
		return "ổ không cho ghi (gạt khóa chống ghi, hoặc chính sách của cơ quan cấm ghi USB)."
	}
	return ""
}
