package extract

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"strconv"
	"strings"

	"loa/media"
	"loa/viet"
)

// writtenGuide reads a schedule that is written as stations write it for people:
// none where there is none.
func writtenGuide(data []byte, opt LogOptions) []media.Planned {
	page, ok := guidePage(data)
	if !ok {
		return nil
	}
	src := media.Source{ID: media.GuideSource(opt.Channel), Kind: media.KindSchedule, Channel: opt.Channel}
	if c := channelNamed(opt.Channels, opt.Channel); c != nil {
		src.Agency = c.Agency
	}
	all, err := Schedule(page, src, "https://guide.invalid/", opt.Columns)
	if err != nil {
		return nil
	}
	if opt.See != nil {
		opt.See(Handed{Format: "lịch viết thành dòng", Notes: []string{
			fmt.Sprintf("không có bảng với dòng tiêu đề: đọc được %d chương trình từ các dòng mở đầu bằng giờ; dòng khác bỏ qua, hãy xem lại bằng --preview", len(all))}})
	}
	return lasting(all)
}

// guidePage makes a page of a file: lines and tables, as they follow each other.
func guidePage(data []byte) (string, bool) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		if parts, err := unzips(data); err == nil && parts["word/document.xml"] != nil {
			r, err := parts["word/document.xml"].Open()
			if err != nil {
				return "", false
			}
			defer r.Close()
			w := wordReader{d: xml.NewDecoder(io.LimitReader(r, maxUnzipped))}
			if w.body() != nil {
				return "", false
			}
			return written(w.blocks, grid{}), true
		}
	}
	if len(data) <= maxTableBytes && binary(data) == "" {
		text, err := tableText(data)
		if err != nil {
			return "", false
		}
		lines := strings.Split(text, "\n")
		c := viet.Legacy(lines)
		if strings.HasPrefix(strings.TrimSpace(text), "<") {
			return canonical(text), true
		}
		var blocks []piece
		for i, l := range lines {
			blocks = append(blocks, piece{[]tableRow{{i + 1, []string{tidy(c.Text(l))}}}, false})
		}
		return written(blocks, grid{}), true
	}
	o, err := openTable(data, guideForm)
	if err != nil || len(o.grids) == 0 {
		return "", false
	}
	var blocks []piece
	for _, g := range o.grids {
		blocks = append(blocks, piece{g.rows, true})
	}
	return written(blocks, o.grids[0]), true
}

// written writes blocks as a page; g tells how its cells are to be taken.
func written(blocks []piece, g grid) string {
	t := table{sheet: g.raw, date1904: g.date1904}
	var out strings.Builder
	for _, b := range blocks {
		if !b.table {
			out.WriteString("<p>" + html.EscapeString(b.rows[0].cells[0]) + "</p>\n")
			continue
		}
		out.WriteString("<table>\n")
		for _, r := range b.rows {
			out.WriteString("<tr>")
			for _, c := range r.cells {
				out.WriteString("<td>" + html.EscapeString(t.shown(c)) + "</td>")
			}
			out.WriteString("</tr>\n")
		}
		out.WriteString("</table>\n")
	}
	return out.String()
}

// shown is a cell as people see it: a serial number is a clock or a day.
func (t *table) shown(s string) string {
	v, ok := t.serial(s)
	if !ok {
		return tidy(s)
	}
	if v < 1 {
		if at, ok := t.clock(s); ok {
			return fmt.Sprintf("%02d:%02d", int(at.Hours()), int(at.Minutes())%60)
		}
	}
	if d, ok := t.fromSerial(v); ok {
		return "ngày " + d.Format("02/01/2006")
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
