package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"

	"loa/web"
)

// lock takes a file for this process until it is closed; false: another has it. The byte that is locked lies far behind the
// text: others can read what a file says, which a lock forbids here.
func lock(f *os.File) (bool, error) {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{OffsetHigh: 1})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}

// clicked reports whether the console is this process's alone: then it was opened by a double-click, and goes with it.
func clicked() bool {
	var ids [2]uint32
	n, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleProcessList").Call(uintptr(unsafe.Pointer(&ids[0])), uintptr(len(ids)))
	return n == 1
}

// console makes the window show Vietnamese and lines that are drawn anew, and, where it is ours alone, not stand still when
// somebody clicks into it. What it gives puts back what belongs to a window of others.
func console(own bool) func() {
	page, err := windows.GetConsoleOutputCP()
	if err != nil {
		return func() {} // no console
	}
	_ = windows.SetConsoleOutputCP(65001)
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		var mode uint32
		if windows.GetConsoleMode(windows.Handle(f.Fd()), &mode) == nil {
			_ = windows.SetConsoleMode(windows.Handle(f.Fd()), mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
		}
	}
	var mode uint32
	if in := windows.Handle(os.Stdin.Fd()); own && windows.GetConsoleMode(in, &mode) == nil {
		_ = windows.SetConsoleMode(in, mode&^windows.ENABLE_QUICK_EDIT_MODE|windows.ENABLE_EXTENDED_FLAGS)
	}
	return func() { _ = windows.SetConsoleOutputCP(page) }
}

// untilEnter leaves time to read what went wrong.
func untilEnter(in io.Reader, out io.Writer) {
	fmt.Fprintln(out, "\nBấm Enter để đóng cửa sổ này.")
	_, _ = bufio.NewReader(in).ReadString('\n')
}

// removable are the drives that can be taken away.
func removable() []web.Drive {
	mask, err := windows.GetLogicalDrives()
	if err != nil {
		return nil
	}
	var out []web.Drive
	for i := range 26 {
		if mask&(1<<i) == 0 {
			continue
		}
		root := string(rune('A'+i)) + `:\`
		name, err := windows.UTF16PtrFromString(root)
		if err != nil || windows.GetDriveType(name) != windows.DRIVE_REMOVABLE {
			continue
		}
		var label [windows.MAX_PATH + 1]uint16
		if windows.GetVolumeInformation(name, &label[0], uint32(len(label)), nil, nil, nil, nil, 0) != nil {
			continue // a reader without a card
		}
		out = append(out, web.Drive{Path: root, Name: windows.UTF16ToString(label[:])})
	}
	return out
}

// The errors of a disk by what a person does about them.
var (
	diskFull   = []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED}
	fileTooBig = []error{windows.ERROR_FILE_TOO_LARGE}
	diskGone   = []error{windows.ERROR_NOT_READY, windows.ERROR_DEVICE_NOT_CONNECTED, windows.ERROR_NO_SUCH_DEVICE, windows.ERROR_DEV_NOT_EXIST, windows.ERROR_MEDIA_CHANGED, windows.ERROR_PATH_NOT_FOUND, windows.ERROR_FILE_NOT_FOUND, windows.ERROR_NO_MEDIA_IN_DRIVE, windows.ERROR_DEVICE_REMOVED, windows.ERROR_IO_DEVICE, windows.ERROR_FILE_INVALID, windows.ERROR_NO_SUCH_DEVICE}
	diskLocked = []error{windows.ERROR_WRITE_PROTECT, windows.ERROR_ACCESS_DENIED}
)
