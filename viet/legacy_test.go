package viet

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// toTCVN3 and toVNI write Unicode in the old encodings.
func toTCVN3(s string) string {
	back := map[rune]rune{}
	for from, to := range tcvn3 {
		back[to] = from
	}
	return strings.Map(func(r rune) rune {
		if f, ok := back[r]; ok {
			return f
		}
		if f, ok := back[[]rune(strings.ToLower(string(r)))[0]]; ok { // shown as a capital by the font
			return f
		}
		return r
	}, s)
}

func toVNI(s string) string {
	back := map[rune]string{}
	for base, marks := range vniMarks {
		for sign, to := range marks {
			back[to] = string(base) + string(sign)
		}
	}
	for from, to := range vniLone {
		back[to] = string(from)
	}
	var out strings.Builder
	for _, r := range s {
		low := []rune(strings.ToLower(string(r)))[0]
		switch f, ok := back[low]; {
		case ok && low != r:
			out.WriteString(strings.ToUpper(f))
		case ok:
			out.WriteString(f)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// TestTCVN3 has lines as .VnTime files hold them, typed by hand from the
// standard's table, against the words they show.
func TestTCVN3(t *testing.T) {
	lines := [][2]string{
		{"Kªnh", "Kênh"}, {"Tªn ch\u00ad¬ng tr×nh", "Tên chương trình"}, {"Ngµy ph¸t sãng", "Ngày phát sóng"}, {"Giê ph¸t", "Giờ phát"},
		{"Thêi l\u00adîng", "Thời lượng"}, {"C¶i c¸ch hµnh chÝnh", "Cải cách hành chính"}, {"§µi Ph¸t thanh vµ TruyÒn h×nh", "Đài Phát thanh và Truyền hình"},
		{"Ph¸t l¹i", "Phát lại"}, {"§\u00ada tin, bµi vÒ x·, ph\u00adêng", "Đưa tin, bài về xã, phường"}, {"NHËT Ký PH¸T SãNG", "NHẬT KÝ PHÁT SÓNG"},
		{"tØnh §¾k L¾k", "tỉnh Đắk Lắk"}, {"§¾k L¾k", "Đắk Lắk"}, {"10/3/2023", "10/3/2023"}, {"20:05", "20:05"}, {"cã", "có"},
	}
	checkLegacy(t, TCVN3, lines)
	if s := TCVN3.Text("thoát thua khó tin"); s != "thoát thua khó tin" { // Unicode in letters of Latin-1 alone
		t.Errorf("became %q", s)
	}
}

func TestVNI(t *testing.T) {
	lines := [][2]string{
		{"Keânh", "Kênh"}, {"Teân chöông trình", "Tên chương trình"}, {"Ngaøy phaùt soùng", "Ngày phát sóng"}, {"Giôø phaùt", "Giờ phát"},
		{"Thôøi löôïng", "Thời lượng"}, {"Caûi caùch haønh chính", "Cải cách hành chính"}, {"Ñaøi Phaùt thanh vaø Truyeàn hình", "Đài Phát thanh và Truyền hình"},
		{"Phaùt laïi", "Phát lại"}, {"NHAÄT KYÙ PHAÙT SOÙNG", "NHẬT KÝ PHÁT SÓNG"}, {"Thuyû lôïi", "Thuỷ lợi"}, {"kyõ thuaät", "kỹ thuật"},
	}
	checkLegacy(t, VNI, lines)
}

func checkLegacy(t *testing.T, want Charset, lines [][2]string) {
	t.Helper()
	var texts []string
	for _, l := range lines {
		texts = append(texts, l[0])
	}
	got := Legacy(texts)
	if got != want {
		t.Fatalf("taken for %q", got)
	}
	for _, l := range lines {
		if s := got.Text(l[0]); s != l[1] {
			t.Errorf("%q: %q, want %q", l[0], s, l[1])
		}
	}
	// A cell in Unicode beside them stays.
	for _, s := range []string{"Chương trình thời sự", "Đài", "Café", "Zürich", "Ông Hà ở xã bên", "«Café»", "25 m²"} {
		if u := got.Text(s); u != s {
			t.Errorf("%q became %q", s, u)
		}
	}
}

// TestLegacyLeavesUnicode: no text that is right as it stands is taken for an
// old one.
func TestLegacyLeavesUnicode(t *testing.T) {
	for _, texts := range [][]string{
		{"Kênh", "Chương trình", "Ngày phát", "Giờ phát", "Thời lượng", "Cải cách hành chính"},
		{"Kênh", "và", "là", "hàm", "cãi", "xã", "Tôi", "bàn"}, // letters of Latin-1 alone
		{"Café", "São Paulo", "Zürich", "Müller", "Ångström", "Curaçao", "naïve", "El Niño", "Peña"},
		{"10/3/2023", "20:05", "15'30\"", "± 5 %", "§ 3", "© Đài", "25 °C", "2 m²", "«Một cửa»"},
		{"Program", "Start", "Length"}, nil,
	} {
		if c := Legacy(texts); c != NoCharset {
			t.Errorf("%v: taken for %s", texts, c)
		}
	}
}

// TestLegacyThereAndBack has every Vietnamese letter there and back.
func TestLegacyThereAndBack(t *testing.T) {
	const all = "à ả ã á ạ ằ ẳ ẵ ắ ặ ầ ẩ ẫ ấ ậ è ẻ ẽ é ẹ ề ể ễ ế ệ ì ỉ ĩ í ị ò ỏ õ ó ọ ồ ổ ỗ ố ộ ờ ở ỡ ớ ợ ù ủ ũ ú ụ ừ ử ữ ứ ự ỳ ỷ ỹ ý ỵ ă â ê ô ơ ư đ"
	if n := len(strings.Fields(all)); n != 67 || len(tcvn3) != 67+7 {
		t.Fatalf("%d letters, %d in the table", n, len(tcvn3))
	}
	for _, w := range strings.Fields(all) {
		if got := TCVN3.word(toTCVN3(w)); got != w {
			t.Errorf("TCVN3 %q: %q", w, got)
		}
		if got := VNI.word(toVNI(w)); got != w {
			t.Errorf("VNI %q: %q", w, got)
		}
		if up := strings.ToUpper(w); VNI.word(toVNI(up)) != up {
			t.Errorf("VNI %q: %q", up, VNI.word(toVNI(up)))
		}
	}
}

func TestSyllable(t *testing.T) {
	for _, w := range strings.Fields("và đài Chương TRÌNH nghiêng giờ gì quốc quyết khuỷu thuỷ thủy hoà hòa ĐƯỜNG xã ủy tuần yêu ngoằn giếng kỳ kỹ") {
		if !syllable(w) {
			t.Errorf("%q is none", w)
		}
	}
	for _, w := range strings.Fields("vµ café Zürich kà cê nghà tàc tâc trìnht àá ch­¬ng đ ñaøi") {
		if syllable(w) {
			t.Errorf("%q is one", w)
		}
	}
}

func FuzzLegacy(f *testing.F) {
	f.Add("C¶i c¸ch hµnh chÝnh\tKªnh")
	f.Add("Caûi caùch haønh chính\tKeânh")
	f.Add("Cải cách\tCafé\xff")
	f.Fuzz(func(t *testing.T, s string) {
		texts := strings.Split(s, "\t")
		c := Legacy(texts)
		for _, x := range texts {
			got := c.Text(x)
			if utf8.ValidString(x) && !utf8.ValidString(got) {
				t.Fatalf("%q became invalid: %q", x, got)
			}
			if c == NoCharset && got != x {
				t.Fatalf("%q became %q", x, got)
			}
			if strings.IndexFunc(x, func(r rune) bool { return r >= 0x80 }) < 0 && got != x {
				t.Fatalf("plain %q became %q", x, got)
			}
		}
	})
}
