package paper

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
	"time"
)

func sample() Document {
	wide := Table{Widths: []float64{30, 222}, Lines: true, Head: 1, Rows: [][]Cell{{{Text(12, true, Center, "TT")}, {Text(12, true, Center, "Nội dung")}}, {{Text(12, true, Left, "A. Chỉ tiêu")}}, {{Text(12, false, Left, "1")}, {}}}}
	return Document{Title: "Công văn <thử> & \"dấu\"", Author: "Sở mẫu", Foot: "Dữ liệu chốt, mã a1", Made: time.Date(2023, 3, 6, 8, 0, 0, 0, time.UTC), Sections: []Section{
		{Name: "Công văn", Blocks: []Block{
			Table{Widths: []float64{60, 105}, Rows: [][]Cell{{{{Runs: []Run{{Text: "UBND TỈNH MẪU", Size: 12}}, Align: Center, Rule: 0.4}}, {{Runs: []Run{{Text: "CỘNG HÒA", Bold: true}}}}}, {nil, nil}}},
			wide,
			Paragraph{Runs: []Run{{Text: "I. KẾT QUẢ", Bold: true}}, Level: 1, KeepNext: true},
			Paragraph{Runs: []Run{{Text: "Kính gửi: A < B & «C»\nhai dòng\x00\x1f\ufffe\u202e", Italic: true}, {Text: "mở", Link: "https://example.vn/?a=1&b=2"}, {Text: "không", Link: "javascript:alert(1)"}}, Align: Both, FirstLine: 12.7, Before: 6, KeepNext: true},
		}},
		{Name: "Phụ lục", Sideways: true, Blocks: []Block{Text(14, true, Center, "Phụ lục"), wide}},
		{Sideways: true, Blocks: []Block{Paragraph{Runs: []Run{{Text: "có vạch"}}, Rule: 1}}},
		{},
		{Blocks: []Block{Table{Widths: []float64{30}, Rows: [][]Cell{{nil}}}}},
	}}
}

// files reads a package, and each of its parts as XML to the end.
func files(t *testing.T, d Document) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := d.DOCX(&b); err != nil {
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

// The children of the elements used, in the order of ECMA-376's schema (Part 1, 17.3 to 17.6).
var order = map[string][]string{
	"pPr":    {"keepNext", "pBdr", "spacing", "ind", "jc", "outlineLvl", "sectPr"},
	"rPr":    {"rFonts", "b", "bCs", "i", "iCs", "color", "sz", "szCs", "u", "lang"},
	"tblPr":  {"tblW", "tblInd", "tblBorders", "tblLayout", "tblCellMar"},
	"trPr":   {"cantSplit", "tblHeader"},
	"tcPr":   {"tcW", "gridSpan"},
	"sectPr": {"headerReference", "headerReference", "footerReference", "footerReference", "pgSz", "pgMar", "pgNumType", "titlePg"},
	"tbl":    {"tblPr", "tblGrid", "tr"},
	"tr":     {"trPr", "tc"},
	"tc":     {"tcPr", "p"},
}

// check is the structure that a reader of OOXML relies on: every part has a type, every relation a target, every reference a
// relation; elements come in the schema's order, ids once, a row fills its table; a cell ends with a paragraph, no table touches
// another or ends the body, the section comes last.
func check(parts map[string]string) error {
	types := parts["[Content_Types].xml"]
	for name := range parts {
		if name != "[Content_Types].xml" && !strings.HasSuffix(name, ".rels") && !strings.Contains(types, `PartName="/`+name+`"`) {
			return fmt.Errorf("%s has no type", name)
		}
	}
	known := map[string]bool{}
	for _, of := range []string{"_rels/.rels", "word/_rels/document.xml.rels"} {
		var r struct {
			Relationship []struct {
				ID         string `xml:"Id,attr"`
				Target     string `xml:",attr"`
				TargetMode string `xml:",attr"`
			}
		}
		if err := xml.Unmarshal([]byte(parts[of]), &r); err != nil || len(r.Relationship) == 0 {
			return fmt.Errorf("%s: %v", of, err)
		}
		ids := map[string]bool{}
		for _, x := range r.Relationship {
			if ids[x.ID] {
				return fmt.Errorf("%s names %s twice", of, x.ID)
			}
			ids[x.ID] = true
			if strings.HasPrefix(of, "word") {
				known[x.ID] = true
			}
			if _, ok := parts[path.Join(path.Dir(path.Dir(of)), x.Target)]; !ok && x.TargetMode != "External" {
				return fmt.Errorf("%s names %s, which is not there", of, x.Target)
			}
		}
	}
	return checkBody(parts["word/document.xml"], known)
}

func checkBody(text string, known map[string]bool) error {
	type element struct {
		name, last string
		at         int // in the order of its children
		cells      int // of a row; columns of a grid
		grid       int // of a table
	}
	dec := xml.NewDecoder(strings.NewReader(text))
	var open []element
	ids := map[string]bool{}
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
			name := x.Name.Local
			if n := len(open); n > 0 {
				in := &open[n-1]
				switch {
				case name == "tbl" && in.last == "tbl":
					return errors.New("two tables touch")
				case name == "sectPr" && in.last == "tbl":
					return errors.New("a table ends the body")
				case in.last == "sectPr":
					return errors.New("the section is not last")
				}
				if want, ok := order[in.name]; ok {
					i := slices.Index(want[in.at:], name)
					if i < 0 {
						return fmt.Errorf("%s in %s is out of order", name, in.name)
					}
					in.at += i
				}
				in.last = name
				if name == "gridCol" {
					open[n-2].grid++
				}
				if name == "tc" {
					in.cells++
				}
			}
			for _, a := range x.Attr {
				switch {
				case a.Name.Local == "id" && strings.HasSuffix(a.Name.Space, "relationships") && !known[a.Value]:
					return fmt.Errorf("%s refers to %s, which is not there", name, a.Value)
				case a.Name.Local == "id" && name == "bookmarkStart":
					if ids[a.Value] {
						return fmt.Errorf("bookmark %s twice", a.Value)
					}
					ids[a.Value] = true
				case a.Name.Local == "val" && name == "gridSpan":
					var n int
					if _, err := fmt.Sscan(a.Value, &n); err != nil {
						return err
					}
					open[len(open)-3].cells += n - 1
				}
			}
			open = append(open, element{name: name})
		case xml.EndElement:
			n := len(open) - 1
			e := open[n]
			switch {
			case e.name == "tc" && e.last != "p" || e.name == "body" && e.last != "sectPr":
				return fmt.Errorf("%s ends with %q", e.name, e.last)
			case e.name == "tr" && e.cells != open[n-1].grid:
				return fmt.Errorf("a row of %d columns in a table of %d", e.cells, open[n-1].grid)
			}
			open = open[:n]
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
		`<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701"`, `<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>`, "<w:titlePg/>", `w:val="nil"`, `<w:sz w:val="24"/>`, `<w:outlineLvl w:val="0"/>`} {
		if !strings.Contains(doc, want) {
			t.Errorf("no %s in\n%s", want, doc)
		}
	}
	if n := strings.Count(doc, "<w:sectPr>"); n != len(sample().Sections) {
		t.Errorf("%d sections", n)
	}
	if strings.ContainsAny(doc, "\x00\x1f\u202e") || !strings.Contains(parts["docProps/core.xml"], "&lt;thử&gt; &amp;") || !strings.Contains(parts["word/header1.xml"], " PAGE ") || strings.Contains(parts["word/header2.xml"], "PAGE") || !strings.Contains(parts["word/footer1.xml"], "mã a1") {
		t.Error("properties, heads or foot")
	}
	if r := parts["word/_rels/document.xml.rels"]; !strings.Contains(r, `Target="https://example.vn/?a=1&amp;b=2" TargetMode="External"`) || strings.Contains(r, "javascript") {
		t.Errorf("links\n%s", r)
	}
	if !strings.Contains(parts["word/fontTable.xml"], `w:name="Times New Roman"><w:altName w:val="Liberation Serif`) {
		t.Error("no fonts with the same widths are named")
	}
	var a, b bytes.Buffer
	if err := errors.Join(sample().DOCX(&a), sample().DOCX(&b)); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("the same document gives other bytes: %v", err)
	}
}

// damaged are files damaged on purpose: the check tells of each.
var damaged = []struct{ what, part, from, to string }{
	{"a part without type", "[Content_Types].xml", "/word/styles.xml", "/word/style.xml"},
	{"a relation to nothing", "word/_rels/document.xml.rels", "header2.xml", "header9.xml"},
	{"a reference without relation", "word/document.xml", `r:id="rId3"`, `r:id="rId99"`},
	{"a link without relation", "word/document.xml", `<w:hyperlink r:id="rId10">`, `<w:hyperlink r:id="rId98">`},
	{"two relations of one id", "word/_rels/document.xml.rels", `Id="rId2"`, `Id="rId1"`},
	{"a table at the end, and two that touch", "word/document.xml", `<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>`, ""},
	{"text after the last section", "word/document.xml", "</w:sectPr></w:body>", "</w:sectPr><w:p/></w:body>"},
	{"an element that is not closed", "word/document.xml", "<w:body>", "<w:body><w:b>"},
	{"properties out of order", "word/document.xml", `<w:jc w:val="both"/>`, `<w:keepNext/>`},
	{"a row that is too short", "word/document.xml", `<w:gridSpan w:val="2"/>`, ""},
	{"one bookmark twice", "word/document.xml", `<w:bookmarkEnd w:id="1"/>`, `<w:bookmarkEnd w:id="1"/><w:bookmarkStart w:id="1" w:name="x"/>`},
	{"page before margins", "word/document.xml", `<w:titlePg/>`, `<w:pgSz w:w="1" w:h="1"/>`},
	{"a cell without paragraph", "word/document.xml", `<w:p><w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr></w:p></w:tc>`, `</w:tc>`},
}

func TestCheckTells(t *testing.T) {
	for _, x := range damaged {
		parts := files(t, sample())
		if !strings.Contains(parts[x.part], x.from) {
			t.Fatalf("%s: no %s", x.what, x.from)
		}
		parts[x.part] = strings.ReplaceAll(parts[x.part], x.from, x.to)
		if check(parts) == nil {
			t.Errorf("%s went unseen", x.what)
		}
	}
}

// FuzzText: whatever is written, the parts stay well-formed and hold it, and the PDF can be set.
func FuzzText(f *testing.F) {
	f.Add("một\ttext ]]> <&\"'", true)
	f.Add("\ufffe\x00\xff", false)
	f.Add(strings.Repeat("dài", 4000)+"\u202e\u200b漢字🙂", false)
	f.Fuzz(func(t *testing.T, s string, bold bool) {
		d := Document{Title: s, Sections: []Section{{Name: s, Blocks: []Block{Paragraph{Runs: []Run{{Text: s, Bold: bold, Link: "https://" + s}}, Level: 1, Rule: 1}, Table{Widths: []float64{10}, Lines: true, Rows: [][]Cell{{{{Runs: []Run{{Text: s}}}}}}}}}}}
		parts := files(t, d)
		if err := check(parts); err != nil {
			t.Error(err)
		}
		if words := strings.Fields(clean(s)); len(words) > 0 && !strings.ContainsAny(words[0], "<>&'\"\r") && !strings.Contains(parts["word/document.xml"], words[0]) {
			t.Errorf("%q is lost", words[0])
		}
		if err := d.PDF(io.Discard); err != nil {
			t.Error(err)
		}
	})
}
