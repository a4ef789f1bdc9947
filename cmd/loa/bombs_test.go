package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"hash/crc32"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// bomb is a zip archive of parts: n times what is repeated between head and tail.
type bombPart struct {
	name, head, again, tail string
	n                       int
	lie                     bool // about how large it becomes
}

func archive(t *testing.T, parts ...bombPart) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		var packed bytes.Buffer
		f, err := flate.NewWriter(&packed, flate.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		sum, size := crc32.NewIEEE(), uint64(0)
		put := func(s string) {
			size += uint64(len(s))
			_, _ = io.WriteString(sum, s) // neither fails
			_, _ = io.WriteString(f, s)
		}
		put(p.head)
		block := strings.Repeat(p.again, 1000)
		for range p.n / 1000 {
			put(block)
		}
		put(p.tail)
		_ = f.Close() // into memory
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate, CRC32: sum.Sum32(), CompressedSize64: uint64(packed.Len()), UncompressedSize64: size}
		if p.lie {
			h.UncompressedSize64 = 1000
		}
		w, err := z.CreateRaw(h)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(packed.Bytes()) // into memory
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// workbook is one with a sheet and shared strings as given.
func workbook(t *testing.T, sheet bombPart, more ...bombPart) []byte {
	const x, rel = `<?xml version="1.0" encoding="UTF-8"?>`, "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	sheet.name = "xl/worksheets/sheet1.xml"
	sheet.head = x + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + sheet.head
	if sheet.tail == "" {
		sheet.tail = `</sheetData></worksheet>`
	}
	return archive(t, append([]bombPart{
		{name: "[Content_Types].xml", head: x + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`},
		{name: "_rels/.rels", head: x + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{name: "xl/workbook.xml", head: x + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + rel + `"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{name: "xl/_rels/workbook.xml.rels", head: x + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="` + rel + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		sheet}, more...)...)
}

// Workbooks that become far larger than they are, or a table without end, and
// archives that are no workbook: each is refused with a word, and the program,
// which a person runs for the one file, stays small.
func TestPackedBombs(t *testing.T) {
	const most = 256 << 20 // a log of a year may take half of it
	bin, d := binary(t), newDesk(t)
	row := `<row><c t="inlineStr"><is><t>x</t></is></c></row>`
	bombs := map[string][]byte{
		"rows":     workbook(t, bombPart{again: row, n: 3_000_000}),
		"lie":      workbook(t, bombPart{again: row, n: 3_000_000, lie: true}),
		"rows-ok":  workbook(t, bombPart{again: row, n: 20_000}),
		"cell":     workbook(t, bombPart{head: `<row><c t="inlineStr"><is><t>`, again: "chữ ", n: 30_000_000, tail: `</t></is></c></row></sheetData></worksheet>`}),
		"wide":     workbook(t, bombPart{again: `<row><c r="XFD1"><v>1</v></c></row>`, n: 90_000}),
		"merged":   workbook(t, bombPart{head: row + `</sheetData><mergeCells>`, again: `<mergeCell ref="A1:XFD1048576"/>`, n: 200_000, tail: `</mergeCells></worksheet>`}),
		"strings":  workbook(t, bombPart{again: `<row><c t="s"><v>1</v></c></row>`, n: 1000}, bombPart{name: "xl/sharedStrings.xml", head: `<sst>`, again: `<si><t>x</t></si>`, n: 6_000_000, tail: `</sst>`}),
		"cells":    workbook(t, bombPart{again: `<row>` + strings.Repeat(`<c><v>1</v></c>`, 20) + `</row>`, n: 90_000}),
		"cells-ok": workbook(t, bombPart{again: `<row>` + strings.Repeat(`<c><v>1</v></c>`, 8) + `</row>`, n: 10_000}),
		"docx":     archive(t, bombPart{name: "word/document.xml", head: "<w:document>", again: "<w:p/>", n: 20_000_000}),
		"parts": archive(t, func() []bombPart {
			var all []bombPart
			for range 60_000 {
				all = append(all, bombPart{name: "a.xml", head: "<a/>"})
			}
			return all
		}()...),
	}
	run := func(name string, data []byte) (peak int64, out string, err error) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		// A bomb that goes off takes this process alone, not the machine.
		cmd := exec.CommandContext(ctx, "sh", "-c", `ulimit -v 4000000; exec "$@"`, "sh", bin, "import", "airings", d.file(name+".xlsx", data), "--at", "2023-03-13T08:00", "--channel", "mau-tv", "--from", "2023-03-06",
			"--to", "2023-03-12", "--sender", "Đài", "--plans", d.plans, "--data", filepath.Join(t.TempDir(), name))
		var text bytes.Buffer
		cmd.Stdout, cmd.Stderr = &text, &text
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		most := peakOf(cmd.Process.Pid)
		err = cmd.Wait()
		return <-most, text.String(), err
	}
	quiet, out, err := run("none", []byte("không phải bảng"))
	if err == nil {
		t.Fatalf("a text was taken: %s", out)
	}
	for name, data := range bombs {
		t.Run(name, func(t *testing.T) {
			peak, out, err := run(name, data)
			t.Logf("%d KB: %.1f MiB more than %.1f; %.200s", len(data)>>10, mib(peak-quiet), mib(quiet), out)
			if err == nil || strings.Contains(out, "panic") || !strings.Contains(out, "loa: ") {
				t.Errorf("%v: %.500s", err, out)
			}
			if peak-quiet > most {
				t.Errorf("grew by %.1f MiB", mib(peak-quiet))
			}
		})
	}
}
