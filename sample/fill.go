package sample

import (
	"embed"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"loa/viet"
)

//go:embed texts/*.txt
var texts embed.FS

// template is one invented text with slots.
type template struct {
	topic   string // "" when it is not about reform
	section string // of the newspaper, for the others
	hard    bool   // looks like reform and is not
	when    []time.Month
	title   string
	lead    string
	body    []string
}

// fits reports whether the text makes sense in the month of t.
func (t template) fits(at time.Time) bool {
	if len(t.when) == 0 {
		return true
	}
	for _, m := range t.when {
		if at.Month() == m {
			return true
		}
	}
	return false
}

// readTemplates parses the blocks of a text file; the files are the package's
// own, so a mistake in them is a programming error.
func readTemplates(name string) []template {
	raw, err := texts.ReadFile("texts/" + name)
	if err != nil {
		panic(err)
	}
	var out []template
	for block := range strings.SplitSeq(string(raw), "\n\n") {
		var t template
		for line := range strings.SplitSeq(block, "\n") {
			key, value, ok := strings.Cut(line, ": ")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			switch key {
			case "topic":
				t.topic = value
			case "section":
				t.section = value
			case "hard":
				t.hard = value == "yes"
			case "when":
				for m := range strings.FieldsSeq(value) {
					n, _ := strconv.Atoi(m)
					t.when = append(t.when, time.Month(n))
				}
			case "title":
				t.title = value
			case "lead":
				t.lead = value
			case "body":
				t.body = append(t.body, value)
			default:
				panic("texts/" + name + ": unknown key " + key)
			}
		}
		if t.title != "" {
			out = append(out, t)
		}
	}
	return out
}

// readClosings returns the closing sentences of a kind.
func readClosings(kind string) []string {
	raw, err := texts.ReadFile("texts/closing.txt")
	if err != nil {
		panic(err)
	}
	var out []string
	for line := range strings.SplitSeq(string(raw), "\n") {
		if k, text, ok := strings.Cut(line, "|"); ok && k == kind {
			out = append(out, text)
		}
	}
	return out
}

func communes() []string {
	return []string{"Lũng Mây", "Khe Trăng", "Suối Sương", "Đồi Gió", "Bến Nắng", "Phiêng Sao", "Nậm Trăng", "Đồng Mây", "Tân Mẫu", "Mẫu An", "Mẫu Bình", "Bản Quế", "Suối Đá Trắng", "Đỉnh Thông"}
}

func districts() []string {
	return []string{"thành phố Mẫu", "thị xã Bến Mây", "huyện Khe Mây", "huyện Suối Trăng", "huyện Đồi Sương"}
}

func departments() []string {
	return []string{"Sở Nội vụ", "Sở Thông tin và Truyền thông", "Sở Tư pháp", "Sở Công Thương", "Sở Xây dựng", "Sở Y tế", "Sở Tài nguyên và Môi trường", "Sở Giao thông vận tải"}
}

// filler fills slots: names stay the same within one piece, numbers named by a
// single letter do too, {n:…}, {p:…} and {ty:…} are fresh each time.
type filler struct {
	rng   *rand.Rand
	day   time.Time
	names map[string]string
}

// newFiller is deterministic in its seed parts. owner is {cq}, home the {huyen}
// of a district's own site; both may be "".
func newFiller(day time.Time, owner, home string, seed ...string) *filler {
	rng := rngOf(seed...)
	c, d := communes(), districts()
	i := rng.IntN(len(c))
	f := &filler{rng: rng, day: day, names: map[string]string{
		"xa": c[i], "xa2": c[(i+1+rng.IntN(len(c)-1))%len(c)],
		"nam": "2023", "thang": fmt.Sprintf("tháng %d", day.Month()),
	}}
	if home == "" {
		home = d[rng.IntN(len(d))]
	}
	if owner == "" {
		all := departments()
		for _, x := range d {
			all = append(all, "UBND "+x)
		}
		owner = all[rng.IntN(len(all))]
	}
	event := day.AddDate(0, 0, -rng.IntN(2))
	f.names["huyen"], f.names["Huyen"] = home, capital(home)
	f.names["cq"] = owner
	f.names["ngay"] = fmt.Sprintf("ngày %d/%d", event.Day(), event.Month())
	f.names["Ngay"] = capital(f.names["ngay"])
	return f
}

func rngOf(seed ...string) *rand.Rand {
	h := fnv.New64a()
	for _, s := range seed {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(h.Sum64(), 0x6c6f61))
}

func (f *filler) fill(s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		slot, after, ok := strings.Cut(rest, "}")
		if !ok {
			panic("unclosed slot in " + s)
		}
		v := f.slot(slot)
		if w, _, _ := strings.Cut(strings.TrimPrefix(after, " "), " "); measured(w) {
			v = strings.TrimPrefix(v, "0")
		}
		b.WriteString(v)
		s = after
	}
}

func (f *filler) slot(slot string) string {
	name, span, ranged := strings.Cut(slot, ":")
	if v, ok := f.names[name]; ok {
		return v
	}
	if !ranged {
		panic("unknown slot {" + slot + "}")
	}
	from, to, _ := strings.Cut(span, "-")
	lo, err1 := strconv.Atoi(from)
	hi, err2 := strconv.Atoi(to)
	if err1 != nil || err2 != nil || hi < lo {
		panic("bad range {" + slot + "}")
	}
	n := lo + f.rng.IntN(hi-lo+1)
	switch name {
	case "p":
		return fmt.Sprintf("%d,%d%%", n, f.rng.IntN(10))
	case "ty":
		return fmt.Sprintf("%d,%d tỷ đồng", n, 1+f.rng.IntN(9))
	case "n":
		return number(n)
	}
	f.names[name] = number(n)
	return f.names[name]
}

// number prints a count the Vietnamese way: a dot for thousands, and two
// digits for a count below ten, as official papers do.
func number(n int) string {
	switch {
	case n >= 1000:
		return fmt.Sprintf("%d.%03d", n/1000, n%1000)
	case n < 10:
		return fmt.Sprintf("%02d", n)
	}
	return strconv.Itoa(n)
}

// measured says that a word is a unit of measure: «05 km» is not written.
func measured(w string) bool {
	switch strings.TrimRight(w, ".,") {
	case "nghìn", "triệu", "km", "ha", "độ", "kg", "giờ", "bậc":
		return true
	}
	return false
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// slug makes an address of a title: spaces and hyphens to sep, everything else
// that is no letter or digit deleted, as these sites do («1463» for 14/63).
func slug(title, sep string) string {
	var b strings.Builder
	for _, r := range viet.Unmark(title) {
		switch {
		case r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case r == ' ' || r == '-':
			b.WriteString(sep)
		}
	}
	return b.String()
}
