package main

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// printHelp is kong's help page in Vietnamese.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	out := ctx.Stdout
	var page bytes.Buffer
	ctx.Stdout = &page
	err := kong.DefaultHelpPrinter(options, ctx)
	ctx.Stdout = out
	if err != nil {
		return err
	}
	for line := range strings.Lines(page.String()) {
		switch rest, usage := strings.CutPrefix(line, "Usage: "); {
		case usage:
			line = "Cách dùng: " + strings.NewReplacer("[flags]", "[tùy chọn]", "<command>", "<lệnh>").Replace(rest)
		case line == "Flags:\n":
			line = "Tùy chọn:\n"
		case line == "Arguments:\n":
			line = "Tham số:\n"
		case line == "Commands:\n":
			line = "Lệnh:\n"
		case strings.HasPrefix(line, `Run "loa <command>`):
			line = "Chạy «loa <lệnh> --help» để xem hướng dẫn của từng lệnh. Mã thoát: 0 xong, 1 không làm được, 2 dùng sai.\n"
		}
		if _, err := out.Write([]byte(line)); err != nil {
			return err
		}
	}
	return nil
}

// nameValues names the values of flags that have no name for theirs, so that
// the help shows no type of Go.
func nameValues(model *kong.Application) {
	model.HelpFlag.Help = "In hướng dẫn này rồi thoát."
	names := map[string]string{
		"moment": "THỜI-ĐIỂM", "span": "KHOẢNG", "plan": "TỈNH/NĂM", "quota": "MÃ", "owner": "MÃ", "period": "KỲ", "channel": "MÃ", "evidence": "MÃ", "output": "TỆP",
	}
	seen := map[*kong.Flag]bool{}
	for _, leaf := range model.Leaves(false) {
		for _, flags := range leaf.AllFlags(false) {
			for _, f := range flags {
				if seen[f] || f.PlaceHolder != "" || f.HasDefault || f.IsBool() {
					continue
				}
				seen[f] = true
				f.PlaceHolder = "..."
				for _, key := range []string{f.Tag.TypeName, f.Name} {
					if n := names[key]; n != "" {
						f.PlaceHolder = n
					}
				}
			}
		}
	}
}

// usageWords tells a mistake in the command line in Vietnamese; what is not
// known stays as it is.
func usageWords(err error) string {
	s := err.Error()
	for _, w := range []struct{ pattern, words string }{
		{`^unknown flag (\S+?)(, did you mean (.*)\?)?$`, `không có tùy chọn $1; $3`},
		{`^unexpected argument (\S+?)(, did you mean (.*)\?)?$`, `không hiểu «$1»; $3`},
		{`^missing flags: (.*)$`, `thiếu tùy chọn bắt buộc: $1`},
		{`^missing positional arguments (.*)$`, `thiếu tham số $1`},
		{`^expected one of (.*)$`, `thiếu lệnh: cần một trong $1`},
		{`^expected (<.*|".*)$`, `thiếu tham số hoặc lệnh $1`},
		{`^(\S+) must be one of (.*) but got "(.*)"$`, `$1: «$3» không dùng được; cần một trong $2`},
		{`^(\S+): expected duration but got "?([^"]*)"?.*$`, `$1: «$2» không phải khoảng thời gian; cần dạng 500ms, 3s hoặc 2m`},
		{`^(\S+): expected a valid \d+ bit u?int but got "(.*)"$`, `$1: «$2» không phải số nguyên`},
		{`^(\S+): stat (.*): no such file or directory$`, `$1: không có tệp hoặc thư mục «$2»`},
		{`^(\S+): "(.*)" exists but is a directory$`, `$1: «$2» là thư mục; cần một tệp`},
		{`^(\S+): "(.*)" exists but is not a directory$`, `$1: «$2» không phải thư mục`},
		{`^(\S+): expected "<key>=<value>" but got "(.*)"$`, `$1: «$2» cần dạng tên=giá_trị`},
		{`^(\S+): expected .*but got "EOL".*$`, `$1: thiếu giá trị`},
	} {
		re := regexp.MustCompile(w.pattern)
		if m := re.FindStringSubmatchIndex(s); m != nil {
			out := string(re.ExpandString(nil, w.words, s, m))
			if strings.Contains(w.words, "; $3") && strings.HasSuffix(w.words, "$3") {
				if out = strings.TrimSuffix(out, "; "); re.FindStringSubmatch(s)[3] != "" {
					head, guess, _ := strings.Cut(out, "; ")
					out = head + "; có phải " + strings.ReplaceAll(guess, "one of ", "một trong ") + "?"
				}
			}
			return out
		}
	}
	return s
}
