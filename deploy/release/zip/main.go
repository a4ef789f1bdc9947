// Command zip packs files of a folder in the order given, with the time of SOURCE_DATE_EPOCH: the same files give the same bytes.
//
//	zip OUT.zip FOLDER FILE …
package main

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "zip:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("want OUT.zip FOLDER FILE …")
	}
	sec, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	out, err := os.Create(args[0])
	if err != nil {
		return err
	}
	defer out.Close()
	z := zip.NewWriter(out)
	for _, name := range args[2:] {
		name = strings.TrimPrefix(filepath.ToSlash(name), "./")
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Unix(sec, 0).UTC()}
		h.SetMode(0o644)
		if strings.HasSuffix(name, ".exe") {
			h.SetMode(0o755)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		in, err := os.Open(filepath.Join(args[1], filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		_, err = io.Copy(w, in)
		in.Close()
		if err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return out.Close()
}
