package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"
)

// desktop is what lies beside the program on a PC.
type desktop struct {
	folder string            // the program's own
	data   string            // where the data goes unless somebody said otherwise
	values map[string]string // of the settings file, by the name of the variable
	told   []string          // what a person has to know of it
}

// beside looks around the program's own folder.
func beside() (desktop, error) {
	file, err := os.Executable()
	if err == nil {
		file, err = filepath.EvalSymlinks(file)
	}
	if err != nil {
		return desktop{}, fmt.Errorf("tìm thư mục của chương trình: %w", err)
	}
	o := desktop{folder: filepath.Dir(file)}
	o.data = filepath.Join(o.folder, besideData)
	if writable(o.data) != nil {
		own, err := ownFolder()
		if err != nil {
			return o, fmt.Errorf("không ghi được vào %s, và %w", o.folder, err)
		}
		o.told = append(o.told, fmt.Sprintf("Không ghi được vào %s nên dữ liệu ở %s", o.folder, filepath.Join(own, "loa", besideData)))
		o.data = filepath.Join(own, "loa", besideData)
	}
	name := filepath.Join(o.folder, besideSettings)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	if err != nil {
		return o, fmt.Errorf("đọc tệp cài đặt: %w", err)
	}
	var told []string
	o.values, told, err = readSettings(text)
	if err != nil {
		return o, usagef("%s: %v", name, err)
	}
	for _, line := range told {
		o.told = append(o.told, besideSettings+": "+line)
	}
	return o, nil
}

// ownFolder is where a person's programs keep what stays on this machine: on Windows not the roaming profile, which is
// carried over the network at every logon.
func ownFolder() (string, error) {
	if dir := os.Getenv("LOCALAPPDATA"); runtime.GOOS == "windows" && filepath.IsAbs(dir) {
		return dir, nil
	}
	return os.UserConfigDir()
}

// passing refuses a program that was opened from within a ZIP: Windows unpacks it to a folder that is thrown away.
func passing(folder string) error {
	rel, err := filepath.Rel(os.TempDir(), folder)
	if runtime.GOOS != "windows" || err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return nil
	}
	return usagef("loa.exe đang ở thư mục tạm %s (thường do mở thẳng từ tệp nén .zip); hãy chép loa.exe ra một thư mục của mình, ví dụ ổ D, rồi mở ở đó", folder)
}

// readSettings reads lines NAME=VALUE of UTF-8, with or without a byte order mark, with either end of lines; # and ; begin
// remarks, quotation marks around a value fall. told are the lines that say nothing.
func readSettings(text []byte) (values map[string]string, told []string, err error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, nil, errors.New("không phải chữ UTF-8; mở bằng Notepad, chọn Lưu dưới dạng (Save as), mã hóa UTF-8")
	}
	known, values := startSettings(), map[string]string{}
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if n := len(value); n > 1 && value[0] == '"' && value[n-1] == '"' {
			value = value[1 : n-1]
		}
		switch _, twice := values[name]; {
		case !ok:
			told = append(told, fmt.Sprintf("dòng %d không có dạng TÊN=GIÁ_TRỊ, bỏ qua", i+1)) // it may be half a password
		case !known[name]:
			told = append(told, fmt.Sprintf("dòng %d: không có cài đặt tên %s, bỏ qua", i+1, name))
		case twice:
			told = append(told, fmt.Sprintf("dòng %d: %s ghi hai lần, lấy dòng sau", i+1, name))
			values[name] = value
		default:
			values[name] = value
		}
	}
	return values, told, nil
}

// startSettings are the variables that `loa start` knows.
func startSettings() map[string]bool {
	known := map[string]bool{}
	parser, err := grammar(&cli{})
	if err != nil {
		return known
	}
	for _, leaf := range parser.Model.Leaves(false) {
		if leaf.Name != "start" {
			continue
		}
		for _, flags := range leaf.AllFlags(false) {
			for _, flag := range flags {
				for _, env := range flag.Envs {
					known[env] = true
				}
			}
		}
	}
	return known
}

// fromBeside gives `loa start` what lies beside the program where neither the command line nor the environment says it.
func fromBeside() kong.ResolverFunc {
	var at desktop
	var looked bool
	return func(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if ctx.Command() != "start" || slices.ContainsFunc(flag.Envs, func(env string) bool { return os.Getenv(env) != "" }) {
			return nil, nil
		}
		if !looked {
			var err error
			if at, err = beside(); err != nil {
				return nil, err
			}
			looked = true
		}
		for _, env := range flag.Envs {
			if value := at.values[env]; value != "" {
				return at.path(flag, value), nil
			}
		}
		switch flag.Name {
		case "data":
			return at.data, nil
		case "plans":
			if folder := filepath.Join(at.folder, besidePlans); isFolder(folder) {
				return folder, nil
			}
		}
		return nil, nil
	}
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// path takes a file that the settings name for one beside the program, wherever the program was started.
func (o desktop) path(flag *kong.Flag, value string) string {
	file := slices.Contains([]string{"path", "existingfile", "existingdir"}, flag.Tag.Type) || flag.Name == "db" || flag.Name == "kept"
	if !file || filepath.IsAbs(value) || strings.Contains(value, "://") {
		return value
	}
	return filepath.Join(o.folder, value)
}
