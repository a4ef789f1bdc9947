//go:build !windows

package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"loa/web"
)

// lock takes a file for this process until it is closed; false: another has it.
func lock(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// A terminal here is nobody's alone, and needs no preparing.
func clicked() bool                   { return false }
func console(bool) func()             { return func() {} }
func untilEnter(io.Reader, io.Writer) {}

// mounts are where desktops show what was plugged in.
var mounts = []string{"/media/*/*", "/run/media/*/*", "/Volumes/*"}

// removable are the drives that can be taken away, as a desktop shows them.
func removable() []web.Drive {
	var out []web.Drive
	for _, pattern := range mounts {
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue
		}
		for _, dir := range found {
			if info, err := os.Stat(dir); err != nil || !info.IsDir() || !mounted(dir) {
				continue
			}
			out = append(out, web.Drive{Path: dir, Name: filepath.Base(dir)})
		}
	}
	return out
}

// mounted reports whether something is mounted at a folder: it is on another device than the folder above.
func mounted(dir string) bool {
	var here, above syscall.Stat_t
	return syscall.Stat(dir, &here) == nil && syscall.Stat(filepath.Dir(dir), &above) == nil && here.Dev != above.Dev
}

// The errors of a disk by what a person does about them.
var (
	diskFull   = []error{syscall.ENOSPC, syscall.EDQUOT}
	fileTooBig = []error{syscall.EFBIG}
	diskGone   = []error{syscall.EIO, syscall.ENODEV, syscall.ENXIO, syscall.ENOENT, syscall.ESTALE}
	diskLocked = []error{syscall.EROFS, syscall.EACCES, syscall.EPERM}
)
