package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"loa/deploy/gen"
)

type genCmd struct {
	Boards       genBoardsCmd       `cmd:"" default:"withargs" help:"Bảng Grafana và cấu hình nạp bảng."`
	Alertmanager genAlertmanagerCmd `cmd:"" help:"Cấu hình Alertmanager: ai được báo, giờ và ngày nghỉ lễ không báo, mẫu thư."`
}

type genBoardsCmd struct {
	Out     string `short:"o" default:"deploy" help:"Thư mục ghi vào (bảng Grafana ở thư mục con grafana)." placeholder:"DIR"`
	Address string `default:"${loa_address}" help:"Địa chỉ trang web của loa mà các bảng dẫn tới, như trình duyệt của người xem mở được." placeholder:"URL"`
}

// Run writes what deploy/gen makes.
func (c *genBoardsCmd) Run(a *app) error {
	if !webAddress(c.Address) {
		return usagef("--address «%s»: cần dạng https://loa.tinh.example", c.Address)
	}
	files, err := gen.Files(strings.TrimSuffix(c.Address, "/"))
	if err != nil {
		return err
	}
	return written(a, c.Out, files)
}

// webAddress: a plain http or https address, to which a path can be put.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}

// written writes files below a folder and tells their names.
func written(a *app, dir string, files []gen.File) error {
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return fmt.Errorf("tạo thư mục cho %s: %w", name, err)
		}
		if err := os.WriteFile(name, f.Body, 0o644); err != nil {
			return fmt.Errorf("ghi %s: %w", name, err)
		}
		fmt.Fprintln(a.Out, name)
	}
	return nil
}
