package plans

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"loa/schedule/calendar"
	"loa/viet"
)

// maxFile bounds a plan file, in bytes: the whole register of a province with
// its communes is below a tenth of it.
const maxFile = 4 << 20

// reader reads files into nodes and gathers what is wrong with them.
type reader struct {
	fsys  fs.FS
	order []string // files in the order read
	pos   Positions
	found []Problem
}

func (r *reader) sorted() []Problem {
	slices.SortStableFunc(r.found, byPlace(r.order))
	return r.found
}

// normalised is the text that a plan's version is made of: a checkout with
// CRLF line ends is the same plan.
func normalised(raw []byte) string { return strings.ReplaceAll(string(raw), "\r\n", "\n") }

// file reads one file and hands its only document on. Checks that need the
// whole file wait in doc.later. It returns the normalised text, and whether
// there was a document to read.
func (r *reader) file(name string, read func(*doc, *yaml.Node)) (text string, ok bool) {
	r.order = append(r.order, name)
	d := &doc{reader: r, name: name}
	raw, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			d.at(0, "thiếu tệp này")
		} else {
			d.at(0, "không đọc được tệp: %v", err)
		}
		return "", false
	}
	text = normalised(raw)
	if len(text) > maxFile {
		d.at(0, "tệp lớn hơn %d MB; cần tệp nhỏ hơn", maxFile>>20)
		return text, false
	}
	for i, line := range strings.Split(text, "\n") {
		if viet.NFC(line) != line {
			d.at(i+1, "chữ cần ở dạng Unicode dựng sẵn (NFC), bảng mã UTF-8, không có ký tự ẩn, khoảng trắng lạ hoặc chữ «Ð» giả «Đ»")
		}
	}
	if !utf8.ValidString(text) {
		return text, false
	}
	var n yaml.Node
	if err := yaml.Load([]byte(text), &n); err != nil {
		d.syntax(err)
		return text, false
	}
	if n.Kind != yaml.DocumentNode || len(n.Content) != 1 {
		d.at(0, "tệp trống; cần nội dung YAML")
		return text, false
	}
	read(d, n.Content[0])
	for _, check := range d.later {
		check()
	}
	return text, true
}

// doc is one file being read.
type doc struct {
	*reader
	name  string
	later []func() // checks that need the whole file
}

func (d *doc) at(line int, format string, args ...any) {
	d.found = append(d.found, Problem{File: d.name, Line: line, Msg: fmt.Sprintf(format, args...)})
}

// syntax tells where the YAML itself breaks. The parser's words are English,
// so they come last, for whoever can use them.
func (d *doc) syntax(err error) {
	var one *yaml.LoadError
	if errors.As(err, &one) && one.Mark.Line > 0 {
		d.at(one.Mark.Line, "sai cú pháp YAML (thụt dòng, dấu ngoặc, dấu hai chấm hoặc dấu nháy): %s", one.Message)
		return
	}
	if strings.Contains(err.Error(), "multiple") {
		d.at(0, "tệp có nhiều phần ngăn bởi «---»; cần một phần")
		return
	}
	if strings.Contains(err.Error(), "no documents") {
		d.at(0, "tệp trống; cần nội dung YAML")
		return
	}
	d.at(0, "sai cú pháp YAML: %v", err)
}

// group is one mapping being read: what it is called, and where it stands.
type group struct {
	*doc
	what string // for people: nguồn "bao-rss"
	path string // for Positions: "sources/yen-bai/bao-rss"; "" records nothing
	node *yaml.Node
	line map[string]int // key → line of its value
}

// field is one key that a group may have.
type field struct {
	key  string
	must bool
	read func(g *group, key string, n *yaml.Node)
}

// must marks a field as required.
func must(key string, read func(*group, string, *yaml.Node)) field {
	return field{key: key, must: true, read: read}
}

func may(key string, read func(*group, string, *yaml.Node)) field {
	return field{key: key, read: read}
}

// group reads a mapping by its fields. Unknown, repeated, empty and missing
// keys are mistakes. Fields are read in the order listed, whatever the file's.
func (d *doc) group(n *yaml.Node, what, path string, fields ...field) *group {
	g := &group{doc: d, what: what, path: path, node: n, line: map[string]int{}}
	if path != "" {
		d.pos[path] = Position{d.name, n.Line}
	}
	if n.Kind != yaml.MappingNode {
		d.at(n.Line, "%s: cần một nhóm «khóa: giá trị», đang là %s", what, shown(n))
		return g
	}
	values := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		known := slices.ContainsFunc(fields, func(f field) bool { return f.key == k.Value })
		switch {
		case k.Kind != yaml.ScalarNode || !known:
			d.at(k.Line, "%s: khóa lạ %s; các khóa dùng được: %s", what, shown(k), keys(fields))
		case values[k.Value] != nil:
			d.at(k.Line, "%s: khóa %q ghi hai lần; cần một lần", what, k.Value)
		default:
			values[k.Value] = v
			g.line[k.Value] = k.Line
			if path != "" {
				d.pos[path+"/"+k.Value] = Position{d.name, k.Line}
			}
		}
	}
	for _, f := range fields {
		v := values[f.key]
		switch {
		case v == nil && f.must:
			d.at(n.Line, "%s: thiếu khóa %q", what, f.key)
		case v == nil:
		case v.Kind == yaml.AliasNode || v.Anchor != "":
			d.at(v.Line, "%s: %q không được dùng neo (&) và bí danh (*) của YAML; cần ghi thẳng giá trị", what, f.key)
		case v.Kind == yaml.ScalarNode && v.Tag == "!!null":
			d.at(v.Line, "%s: %q để trống; cần giá trị, hoặc bỏ khóa này", what, f.key)
		default:
			f.read(g, f.key, v)
		}
	}
	return g
}

// has reports whether the key was written.
func (g *group) has(key string) bool { return g.line[key] > 0 }

// bad tells a mistake about a key, at its line, or at the group's.
func (g *group) bad(key, format string, args ...any) {
	line := g.line[key]
	if line == 0 {
		line = g.node.Line
	}
	g.at(line, g.what+": "+format, args...)
}

// want tells that a value is not what was expected.
func (g *group) want(n *yaml.Node, key, expected string) {
	g.at(n.Line, "%s: %q cần %s, đang là %s", g.what, key, expected, shown(n))
}

func keys(fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.key
	}
	return strings.Join(names, ", ")
}

// shown is a value as a message quotes it.
func shown(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "một nhóm khóa"
	case yaml.SequenceNode:
		return "một danh sách"
	case yaml.AliasNode:
		return "một bí danh (*) của YAML"
	}
	if n.Tag == "!!null" {
		return "để trống"
	}
	v := []rune(n.Value)
	if len(v) > 60 {
		v = append(v[:60], '…')
	}
	return strconv.Quote(string(v))
}

// plain returns the text of a scalar. Numbers and dates count as text, as
// «number: 285» does; true, null and odd tags do not.
func plain(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		return "", false
	}
	switch n.Tag {
	case "!!str", "!!int", "!!float", "!!timestamp":
		return n.Value, true
	}
	return "", false
}

// text reads a value that people read: not empty, no space around it.
func text(to *string) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		if !ok || s == "" || strings.TrimSpace(s) != s || strings.ContainsAny(s, "\n\t") || strings.Contains(s, "  ") {
			g.want(n, key, "chữ, không trống, không thừa khoảng trắng")
			return
		}
		*to = s
	}
}

// lines reads text of one line or more, each as text has it: who signs for whom stands on two.
func lines(to *string) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		for line := range strings.SplitSeq(s, "\n") {
			ok = ok && line != "" && strings.TrimSpace(line) == line && !strings.ContainsAny(line, "\t\r") && !strings.Contains(line, "  ")
		}
		if !ok {
			g.want(n, key, "chữ, mỗi dòng không trống, không thừa khoảng trắng")
			return
		}
		*to = s
	}
}

// note reads a remark that only has to be text; nothing keeps it.
func note(g *group, key string, n *yaml.Node) {
	var s string
	text(&s)(g, key, n)
}

// loose reads text that may be empty ("").
func loose(to *string) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		if !ok {
			g.want(n, key, "chữ, hoặc \"\"")
			return
		}
		*to = s
	}
}

// matching reads text of a form that expected describes.
func matching(to *string, form *regexp.Regexp, expected string) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		if !ok || len(s) > 80 || !form.MatchString(s) {
			g.want(n, key, expected)
			return
		}
		*to = s
	}
}

const slugWords = "mã chữ thường không dấu, số và gạch nối (ví dụ so-noi-vu)"

func slug(to *string) func(*group, string, *yaml.Node) { return matching(to, slugForm, slugWords) }

// oneOf reads one of a closed list.
func oneOf[T ~string](to *T, all []T) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		if !ok || !slices.Contains(all, T(s)) {
			g.want(n, key, "một trong: "+words(all))
			return
		}
		*to = T(s)
	}
}

func words[T ~string](all []T) string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return strings.Join(out, ", ")
}

func boolean(to *bool) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || (n.Value != "true" && n.Value != "false") || n.Tag != "!!bool" {
			g.want(n, key, "true hoặc false")
			return
		}
		*to = n.Value == "true"
	}
}

// whole reads a whole number from lo to hi.
func whole(to *int, lo, hi int) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		v, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil || v < lo || v > hi {
			g.want(n, key, fmt.Sprintf("số nguyên từ %d đến %d", lo, hi))
			return
		}
		*to = v
	}
}

// size reads bytes, such as 512KB or 8MB (of 1,024 and 1,048,576 bytes).
func size(to *int64, lo, hi int64) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		unit := int64(1 << 10)
		digits, found := strings.CutSuffix(s, "KB")
		if !found {
			unit = 1 << 20
			digits, found = strings.CutSuffix(s, "MB")
		}
		v, err := strconv.ParseInt(digits, 10, 32)
		if !ok || !found || err != nil || v*unit < lo || v*unit > hi {
			g.want(n, key, fmt.Sprintf("kích thước từ %dKB đến %dMB, ví dụ 512KB, 8MB", lo>>10, hi>>20))
			return
		}
		*to = v * unit
	}
}

// date reads a day as its first instant in Asia/Ho_Chi_Minh.
func date(to *time.Time) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		t, err := time.ParseInLocation(time.DateOnly, s, calendar.Zone)
		if !ok || err != nil || t.Year() < 1900 {
			g.want(n, key, "ngày có thật, dạng NĂM-THÁNG-NGÀY (ví dụ 2023-01-31)")
			return
		}
		*to = t
	}
}

// clock reads "HH:MM" as minutes after midnight; 24:00 ends a day.
func clock(to *int) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		hh, mm, two := strings.Cut(s, ":")
		h, errH := strconv.Atoi(hh)
		m, errM := strconv.Atoi(mm)
		if !ok || !two || len(hh) != 2 || len(mm) != 2 || errH != nil || errM != nil ||
			h < 0 || m < 0 || m > 59 || h*60+m > 24*60 {
			g.want(n, key, "giờ dạng \"GIỜ:PHÚT\" từ \"00:00\" đến \"24:00\"")
			return
		}
		*to = h*60 + m
	}
}

// span reads how often, such as 30m or 24h.
func span(to *time.Duration, lo, hi time.Duration) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		v, err := time.ParseDuration(s)
		if !ok || err != nil || v < lo || v > hi {
			g.want(n, key, "khoảng thời gian từ 1m (một phút) đến 720h, ví dụ 30m, 1h, 24h")
			return
		}
		*to = v
	}
}

// address reads an absolute http or https address with a host.
func address(to *string) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		u, err := url.Parse(s)
		if !ok || err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" ||
			u.User != nil || strings.ContainsAny(s, " \t") {
			g.want(n, key, "địa chỉ đầy đủ bắt đầu bằng http:// hoặc https://")
			return
		}
		*to = s
	}
}

// expression reads a regular expression in Go's RE2 form.
func expression(to *string) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		if !ok || s == "" {
			g.want(n, key, "biểu thức chính quy")
			return
		}
		if _, err := regexp.Compile(s); err != nil {
			g.want(n, key, fmt.Sprintf("biểu thức chính quy hợp lệ theo RE2 (%v)", err))
			return
		}
		*to = s
	}
}

// list reads every element of a list.
func list(each func(g *group, key string, n *yaml.Node)) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			g.want(n, key, "một danh sách (mỗi mục bắt đầu bằng «-», hoặc [a, b])")
			return
		}
		for _, c := range n.Content {
			if c.Kind == yaml.AliasNode || c.Anchor != "" {
				g.at(c.Line, "%s: %q không được dùng neo (&) và bí danh (*) của YAML; cần ghi thẳng giá trị", g.what, key)
				continue
			}
			each(g, key, c)
		}
	}
}

// texts reads a list of different texts.
func texts(to *[]string) func(*group, string, *yaml.Node) {
	return list(func(g *group, key string, n *yaml.Node) {
		var s string
		text(&s)(g, key, n)
		if s == "" {
			return
		}
		if slices.Contains(*to, s) {
			g.at(n.Line, "%s: %q ghi %q hai lần; cần một lần", g.what, key, s)
			return
		}
		*to = append(*to, s)
	})
}

// peek returns the text of a key before its group is read, so that messages and
// positions can name the group.
func peek(n *yaml.Node, key string) string {
	if n.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			s, _ := plain(n.Content[i+1])
			return s
		}
	}
	return ""
}

// called names a group in messages: by its id where it has one.
func called(what string, n *yaml.Node) string {
	if id := peek(n, "id"); id != "" {
		return fmt.Sprintf("%s %q", what, id)
	}
	return what
}
