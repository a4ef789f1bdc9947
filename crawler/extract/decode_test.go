package extract

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"loa/media"
)

func TestDecode(t *testing.T) {
	const want = "Đẩy mạnh cải cách thủ tục hành chính ở Mường Lò"
	b1258 := string(to1258(t, want))
	decomposed := norm.NFD.String(want)
	for name, c := range map[string]struct{ body, header, want string }{
		"utf-8":                         {want, "text/html; charset=utf-8", want},
		"utf-8, header says latin-1":    {want, "text/html; charset=iso-8859-1", want},
		"utf-8, header says nonsense":   {want, "text/html; charset=x-tcvn5712", want},
		"utf-8, header unreadable":      {want, "text/html; charset", want},
		"utf-8, meta says 1252":         {`<meta charset="windows-1252">` + want, "", `<meta charset="windows-1252">` + want},
		"bom":                           {"\xef\xbb\xbf" + want, "text/html; charset=windows-1258", want},
		"two boms":                      {"\xef\xbb\xbf\xef\xbb\xbf" + want, "", want},
		"1258 by header":                {b1258, "text/html; charset=windows-1258", want},
		"1258 by meta":                  {`<meta http-equiv="Content-Type" content="text/html; charset=windows-1258">` + b1258, "text/html", `<meta http-equiv="Content-Type" content="text/html; charset=windows-1258">` + want},
		"1258 by declaration":           {`<?xml version="1.0" encoding='windows-1258' standalone="yes"?>` + b1258, "", `<?xml version="1.0" standalone="yes"?>` + want},
		"1258 without a label":          {b1258, "", want},
		"1258 labelled utf-8":           {b1258, "text/html; charset=utf-8", want},
		"1258 labelled unknown":         {b1258, "text/html; charset=x-viet", want},
		"1258 labelled utf-16":          {`<?xml version="1.0" encoding="utf-16"?>` + b1258, "", `<?xml version="1.0"?>` + want},
		"decomposed":                    {decomposed, "", want},
		"zero width between the marks":  {"Ca\u200b\u0309i ca\u0301ch", "", "Cải cách"},
		"NUL and control characters":    {"Cải\x00 cách\x0b hành\x1f chính", "", "Cải cách hành chính"},
		"one bad byte":                  {want[:12] + "\xff" + want[12:], "", want},
		"cut in the middle of a letter": {want + " \xe1\xba", "", want + " "},
		"eth for đ":                     {"Ðông Cuông, ðịa phương", "", "Đông Cuông, địa phương"},
		"utf-16le without a mark":       {"<\x00a\x00>\x00", "", "<a>"},
		"utf-16be without a mark":       {"\x00<\x00a\x00>", "", "<a>"},
		"odd utf-16":                    {"\xff\xfea\x00b", "", "a"},
		"lone surrogate":                {"\xff\xfe\x00\xd8a\x00", "", "\ufffda"},
		"empty":                         {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Decode([]byte(c.body), c.header)
			if err != nil || got != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestDecodeRefusesWhatIsNoText(t *testing.T) {
	for name, body := range map[string]string{
		"pdf": "%PDF-1.7\n%âãÏÓ", "zip": "PK\x03\x04\x14", "gzip": "\x1f\x8b\x08\x00", "jpeg": "\xff\xd8\xff\xe0\x00\x10JFIF",
		"noise": strings.Repeat("\x01\x02\x03\x04a", 200),
	} {
		_, err := Decode([]byte(body), "text/html")
		var b *BlindError
		if !errors.As(err, &b) || b.Reason != media.ParseError {
			t.Errorf("%s: %v, want parse_error", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("<?xml version=\"1.0\" encoding=\"utf-16\"?><rss/>"), "text/xml; charset=iso-8859-1")
	f.Add([]byte("\xff\xfe<\x00"), "")
	f.Add([]byte("C\xe5i c\xe1ch a\u0309\u200b\u0323"), "text/html; charset=windows-1258")
	f.Add([]byte("\xef\xbb\xbf<meta charset=shift_jis>\x83\x5c"), "")
	f.Fuzz(func(t *testing.T, body []byte, header string) {
		s, err := Decode(body, header)
		if err != nil {
			return
		}
		if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) || strings.ContainsRune(s, 0) {
			t.Fatalf("not clean: %q", s)
		}
	})
}

// What says it is UTF-16 and is halves of letters is refused; a few do no harm.
func TestBrokenUTF16(t *testing.T) {
	if _, err := Decode([]byte("\xff\xfe"+strings.Repeat("\x00\xd8", 1000)), ""); err == nil {
		t.Error("a thousand halves of letters were read")
	}
	if text, err := Decode([]byte("\xff\xfe"+strings.Repeat("a\x00", 2000)+strings.Repeat("\x00\xd8", 10)), ""); err != nil || !strings.HasPrefix(text, "aaa") {
		t.Errorf("%v, %.20q", err, text)
	}
}
