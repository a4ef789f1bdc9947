package extract

import (
	"bytes"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"

	"loa/media"
	"loa/viet"
)

// labelPeek is how far into a body an encoding label is looked for. HTML says
// 1,024 bytes; portals print longer comments before their meta tags.
const labelPeek = 4096

var (
	xmlDecl   = regexp.MustCompile(`(?is)<\?xml\b[^>]{0,512}?\?>`)
	xmlLabel  = regexp.MustCompile(`(?is)\s+encoding\s*=\s*("[^"]*"|'[^']*')`)
	metaLabel = regexp.MustCompile(`(?is)<meta\b[^>]{0,512}?charset\s*=\s*["']?\s*([a-z0-9_:.\-]+)`)
)

// Decode turns a body into text: UTF-8, NFC, without NUL and other control
// characters, the encoding label of an XML declaration dropped. It is the one
// place where bytes become text. Bytes that are valid UTF-8 are UTF-8 whatever
// any label says; then byte-order marks, the header's charset, the document's
// own label; an unlabelled body is taken for windows-1258, the Vietnamese
// superset of Latin-1. A body that is no text at all (PDF, image, archive) is a
// BlindError.
func Decode(body []byte, contentType string) (string, error) {
	if what := binary(body); what != "" {
		return "", &BlindError{media.ParseError, "body is no text but " + what}
	}
	text, _, err := toUTF8(body, contentType)
	if err != nil {
		return "", err
	}
	text, controls := stripControls(text)
	if controls > 64 && controls > len(text)/10 {
		return "", &BlindError{media.ParseError, "body is no text: too many control characters"}
	}
	text = canonical(text)
	if at := xmlDecl.FindStringIndex(text[:min(len(text), labelPeek)]); at != nil {
		if decl := text[at[0]:at[1]]; xmlLabel.MatchString(decl) {
			text = text[:at[0]] + xmlLabel.ReplaceAllString(decl, "") + text[at[1]:]
		}
	}
	return text, nil
}

// canonical is viet.NFC made stable: dropping a zero-width character can bring
// a letter and its mark together.
func canonical(s string) string {
	return viet.NFC(viet.NFC(s))
}

func binary(body []byte) string {
	for _, m := range []struct{ magic, name string }{
		{"%PDF-", "a PDF"}, {"PK\x03\x04", "a ZIP archive"}, {"\x1f\x8b", "gzip"}, {"\x89PNG", "a PNG"},
		{"GIF8", "a GIF"}, {"\xff\xd8\xff", "a JPEG"}, {"\xd0\xcf\x11\xe0", "an old Office file"},
	} {
		if bytes.HasPrefix(body, []byte(m.magic)) {
			return m.name
		}
	}
	return ""
}

// toUTF8 also names the encoding the body was taken for.
func toUTF8(body []byte, contentType string) (text, name string, err error) {
	switch {
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}):
		text, err = utf16Text(body[2:], false)
		return text, "utf-16le", err
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}):
		text, err = utf16Text(body[2:], true)
		return text, "utf-16be", err
	case bytes.HasPrefix(body, []byte("<\x00")):
		text, err = utf16Text(body, false)
		return text, "utf-16le", err
	case bytes.HasPrefix(body, []byte("\x00<")):
		text, err = utf16Text(body, true)
		return text, "utf-16be", err
	}
	for bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		body = body[3:]
	}
	if mostlyUTF8(body) {
		return strings.ToValidUTF8(string(body), ""), "utf-8", nil
	}
	label := bodyLabel(body, contentType)
	enc, name := charset.Lookup(label)
	if enc == nil || name == "utf-8" || name == "replacement" || strings.HasPrefix(name, "utf-16") {
		enc, name = charmap.Windows1258, "windows-1258"
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return "", "", fmt.Errorf("decode body as %s: %w", name, err)
	}
	return strings.ToValidUTF8(string(out), ""), name, nil
}

// mostlyUTF8 says whether the body is UTF-8, allowing for a few bad bytes: a
// feed cut in the middle of a letter, a title truncated by bytes.
func mostlyUTF8(body []byte) bool {
	if utf8.Valid(body) {
		return true
	}
	good, bad := 0, 0
	for i := 0; i < len(body); {
		r, n := utf8.DecodeRune(body[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			bad++
		case n > 1:
			good++
		}
		i += max(n, 1)
	}
	return good >= 4*bad || len(body) > 0 && bad <= 1 && good > 0
}

func bodyLabel(body []byte, contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		return params["charset"]
	}
	head := string(body[:min(len(body), labelPeek)])
	if decl := xmlDecl.FindString(head); decl != "" {
		if m := xmlLabel.FindStringSubmatch(decl); m != nil {
			return strings.Trim(m[1], `"'`)
		}
	}
	if m := metaLabel.FindStringSubmatch(head); m != nil {
		return m[1]
	}
	return ""
}

// utf16Text refuses what is only called so: halves of letters without the other half.
func utf16Text(body []byte, big bool) (string, error) {
	halves := 0
	unit := func(i int) rune {
		a, b := body[i], body[i+1]
		if big {
			a, b = b, a
		}
		return rune(a) | rune(b)<<8
	}
	var out strings.Builder
	out.Grow(len(body))
	for i := 0; i+1 < len(body); i += 2 {
		r := unit(i)
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if i+3 < len(body) {
				low = unit(i + 2)
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			} else if halves++; halves > 64 && halves > len(body)/20 {
				return "", &BlindError{media.ParseError, "body is no text: UTF-16 of broken letters"}
			}
		}
		out.WriteRune(r)
	}
	return out.String(), nil
}

// stripControls drops control characters other than tab and line ends, and
// counts them.
func stripControls(s string) (string, int) {
	if !strings.ContainsFunc(s, control) {
		return s, 0
	}
	n := 0
	s = strings.Map(func(r rune) rune {
		if control(r) {
			n++
			return -1
		}
		return r
	}, s)
	return s, n
}

func control(r rune) bool {
	return (r < 0x20 && r != '\t' && r != '\n' && r != '\r') || (r >= 0x7f && r < 0xa0) || r == 0xfffe || r == 0xffff
}
