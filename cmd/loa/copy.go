package main

import (
	"errors"
	"fmt"
	"strings"

	"loa/store"
	"loa/viet"
)

type copyCmd struct {
	To string `arg:"" help:"Địa chỉ cơ sở dữ liệu PostgreSQL còn trống, như ở LOA_DB." placeholder:"ADDR"`
	By string `help:"Ai chuyển (mặc định: người dùng của máy)."`
}

// Run moves an office that has grown from its file to a server: every row is copied, read back and compared. The file stays as it is.
func (c *copyCmd) Run(a *app) error {
	file := a.db()
	if !a.hasStore() {
		return usagef("chưa có cơ sở dữ liệu ở %s; không có gì để chuyển", file)
	}
	from, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer from.Close()
	bar := newProgress(a.Err)
	sums, err := store.Transfer(a.ctx, from, c.To, actor(c.By), func(table string, rows int64) {
		bar.line("đang chuyển bảng %s: %s dòng", table, viet.Number(int(rows)))
	})
	bar.done()
	switch {
	case errors.Is(err, store.ErrWrongEngines):
		return usagef("chỉ chuyển từ tệp SQLite (đang là %s) sang một địa chỉ PostgreSQL: postgres://người_dùng@máy/tên", masked(file))
	case errors.Is(err, store.ErrAtWork):
		return usagef("loa đang chạy trên cơ sở dữ liệu này: dừng loa serve, đợi nửa phút rồi chuyển, kẻo mất những gì ghi trong lúc chuyển")
	case errors.Is(err, store.ErrNotEmpty):
		return usagef("cơ sở dữ liệu đích đã có dữ liệu; chỉ chuyển vào cơ sở dữ liệu còn trống")
	case err != nil:
		return fmt.Errorf("chuyển cơ sở dữ liệu (đích còn nguyên như trước, chưa nhận gì): %w", err)
	}
	rows := int64(0)
	for _, s := range sums {
		rows += s.Rows
		if s.Rows > 0 {
			fmt.Fprintf(a.Out, "%s\t%d\t%s\n", s.Table, s.Rows, s.Sum)
		}
	}
	fmt.Fprintf(a.Err, "loa: đã chuyển %s dòng của %d bảng, đọc lại và đối chiếu: khớp. Bản lưu trang vẫn ở chỗ cũ. Từ nay đặt LOA_DB là địa chỉ mới; giữ tệp cũ làm bản sao, đừng chạy loa trên nó nữa.\n",
		viet.Number(int(rows)), len(sums))
	return nil
}

// masked is a database address without its password.
func masked(db string) string {
	before, rest, ok := strings.Cut(db, "://")
	if !ok {
		return db
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		user, _, _ := strings.Cut(rest[:at], ":")
		rest = user + rest[at:]
	}
	return before + "://" + rest
}
