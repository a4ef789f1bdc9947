package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"
)

func sample() Document {
	return Document{Title: "Công văn <thử> & \"dấu\"", Blocks: []Block{
		Table{Widths: []float64{60, 105}, Rows: [][]Cell{{{{Runs: []Run{{Text: "UBND TỈNH MẪU", Size: 12}}, Align: Center, Rule: &Rule{20, 20}}}, {{Runs: []Run{{Text: "CỘNG HÒA", Bold: true}}}}}, {nil}}},
		Table{Widths: []float64{30}, Lines: true, Head: 1, Rows: [][]Cell{{{{Runs: []Run{{Text: "TT"}}}}}, {{{Runs: []Run{{Text: "1"}}}}}}},
		Paragraph{Runs: []Run{{Text: "Kính gửi: A < B & «C»\nhai dòng\x00\x1f\ufffe", Italic: true}}, Align: Both, FirstLine: 12.7, Before: 6, KeepNext: true},
		Table{Widths: []float64{30}, Rows: [][]Cell{{nil}}},
	}}
}

// files reads a package, and each of its parts as XML to the end.
func files(t *testing.T, d Document) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(raw)
		if err := wellFormed(string(raw)); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	return out
}

func wellFormed(s string) error {
	dec := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// check is the structure that a reader of OOXML relies on: every part has a type,
// every relation a target, every reference a relation; a cell ends with a
// paragraph, no table touches another or ends the body, the section comes last.
func check(parts map[string]string) error {
	types := parts["[Content_Types].xml"]
	for name := range parts {
		if name == "[Content_Types].xml" || strings.HasSuffix(name, ".rels") {
			continue
		}
		if !strings.Contains(types, `PartName="/`+name+`"`) {
			return fmt.Errorf("%s has no type", name)
		}
	}
	for _, of := range []string{"_rels/.rels", "word/_rels/document.xml.rels"} {
		var r struct {
			Relationship []struct {
				ID     string `xml:"Id,attr"`
				Target string `xml:",attr"`
			}
		}
		if err := xml.Unmarshal([]byte(parts[of]), &r); err != nil || len(r.Relationship) == 0 {
			return fmt.Errorf("%s: %v", of, err)
		}
		for _, x := range r.Relationship {
			if _, ok := parts[path.Join(path.Dir(path.Dir(of)), x.Target)]; !ok {
				return fmt.Errorf("%s names %s, which is not there", of, x.Target)
			}
			if strings.HasPrefix(of, "word") && x.ID != "rId1" && !strings.Contains(parts["word/document.xml"], `r:id="`+x.ID+`"`) {
				return fmt.Errorf("nothing refers to %s", x.ID)
			}
		}
	}
	dec := xml.NewDecoder(strings.NewReader(parts["word/document.xml"]))
	var open, before []string // elements open; the last child seen of each
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch x := tok.(type) {
		case xml.StartElement:
			if n := len(open); n > 0 {
				last := before[n-1]
				switch {
				case x.Name.Local == "tbl" && last == "tbl":
					return errors.New("two tables touch")
				case x.Name.Local == "sectPr" && last == "tbl":
					return errors.New("a table ends the body")
				case last == "sectPr":
					return errors.New("the section is not last")
				}
				before[n-1] = x.Name.Local
			}
			open, before = append(open, x.Name.Local), append(before, "")
		case xml.EndElement:
			n := len(open) - 1
			if x.Name.Local == "tc" && before[n] != "p" || x.Name.Local == "body" && before[n] != "sectPr" {
				return fmt.Errorf("%s ends with %q", x.Name.Local, before[n])
			}
			open, before = open[:n], before[:n]
		}
	}
}

func TestStructure(t *testing.T) {
	parts := files(t, sample())
	if err := check(parts); err != nil {
		t.Error(err)
	}
	doc := parts["word/document.xml"]
	for _, want := range []string{"A &lt; B &amp; «C»</w:t><w:br/><w:t xml:space=\"preserve\">hai dòng</w:t>", `<w:jc w:val="both"/>`, `w:firstLine="720"`, `<w:keepNext/>`, `<w:tblHeader/>`,
		`<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701"`, "<w:titlePg/>", `w:val="nil"`, `<w:sz w:val="24"/>`} {
		if !strings.Contains(doc, want) {
			t.Errorf("no %s in\n%s", want, doc)
		}
	}
	if strings.ContainsAny(doc, "\x00\x1f") || !strings.Contains(parts["docProps/core.xml"], "&lt;thử&gt; &amp;") || !strings.Contains(parts["word/header1.xml"], " PAGE ") || strings.Contains(parts["word/header2.xml"], "PAGE") {
		t.Error("properties or heads")
	}
	var a, b bytes.Buffer
	if err := errors.Join(sample().Write(&a), sample().Write(&b)); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("the same document gives other bytes: %v", err)
	}
}

// TestCheckTells: what the check is for, it tells of.
func TestCheckTells(t *testing.T) {
	for _, broken := range []struct{ part, from, to string }{
		{"[Content_Types].xml", "/word/styles.xml", "/word/style.xml"},
		{"word/_rels/document.xml.rels", "header2.xml", "header9.xml"},
		{"word/document.xml", `r:id="rId3"`, `r:id="rId9"`},
		{"word/document.xml", `<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>`, ""},
		{"word/document.xml", "</w:sectPr>", "</w:sectPr><w:p/>"},
		{"word/document.xml", "<w:body>", "<w:body><w:b>"},
	} {
		parts := files(t, sample())
		if !strings.Contains(parts[broken.part], broken.from) {
			t.Fatalf("no %s", broken.from)
		}
		parts[broken.part] = strings.ReplaceAll(parts[broken.part], broken.from, broken.to)
		if check(parts) == nil {
			t.Errorf("%v went unseen", broken)
		}
	}
}

// FuzzText: whatever is written, the parts stay well-formed and hold it.
func FuzzText(f *testing.F) {
	f.Add("một\ttext ]]> <&\"'", true)
	f.Add("\ufffe\x00\xff", false)
	f.Fuzz(func(t *testing.T, s string, bold bool) {
		parts := files(t, Document{Title: s, Blocks: []Block{Paragraph{Runs: []Run{{Text: s, Bold: bold}}}, Table{Widths: []float64{10}, Rows: [][]Cell{{{{Runs: []Run{{Text: s}}}}}}}}})
		if err := check(parts); err != nil {
			t.Error(err)
		}
		if words := strings.Fields(s); len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool {
			return strings.ContainsAny(w, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\ufffd\ufffe\uffff<>&'\"\xff")
		}) {
			if !strings.Contains(parts["word/document.xml"], words[0]) && validText(words[0]) {
				t.Errorf("%q is lost", words[0])
			}
		}
	})
}

func validText(s string) bool { return strings.ToValidUTF8(s, "") == s }
