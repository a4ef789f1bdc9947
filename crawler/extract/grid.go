package extract

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"loa/viet"
)

// record is one row of a table on a page, or one block of a list, by the fields
// of a form.
type record struct {
	cells []string // by field, one line each; "" where there is none
	sel   *goquery.Selection
	href  string // of a row of JSON, which has no sel: where it leads
}

func (r record) get(f field) string { return r.cells[f] }

// records finds what a page lists by a form: the blocks of item, their fields by
// css, else by the labels the blocks print («Ngày hỏi: …»); with item empty the
// rows of the table whose header names the most of the form's columns. told are
// the fields that the page has a column or a label for. n counts the blocks or
// rows looked at.
func records(doc *goquery.Document, fm form, item string, css []string, most int) (out []record, told map[field]bool, n int) {
	told = map[field]bool{}
	if item == "" {
		return tableRecords(doc, fm, told, most)
	}
	doc.Find(item).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		n++
		out = append(out, blockRecord(s, fm, css, told))
		return len(out) < most
	})
	return out, told, n
}

// maxCells is how wide a table's row is read.
const maxCells = 60

// tableRecords reads the rows under the best header of the page.
func tableRecords(doc *goquery.Document, fm form, told map[field]bool, most int) (out []record, _ map[field]bool, n int) {
	var cols []int
	var rows *goquery.Selection
	best := fm.least - 1
	doc.Find("table").Each(func(_ int, table *goquery.Selection) {
		all := ownRows(table)
		for i := range min(all.Length(), maxHeader) {
			if c, named := fm.columns(cellsOf(all.Eq(i))); named > best {
				cols, rows, best = c, all.Slice(i+1, all.Length()), named
			}
		}
	})
	if rows == nil {
		return nil, told, 0
	}
	for f, c := range cols {
		if c >= 0 {
			told[field(f)] = true
		}
	}
	rows.EachWithBreak(func(_ int, tr *goquery.Selection) bool {
		if tr.ChildrenFiltered("td, th").Length() == 1 { // a pager, a heading or a total across the table
			return true
		}
		n++
		cells := cellsOf(tr)
		r := record{cells: make([]string, len(fm.heads)), sel: tr}
		for f, c := range cols {
			if c >= 0 && c < len(cells) {
				r.cells[f] = cells[c]
			}
		}
		out = append(out, r)
		return len(out) < most
	})
	return out, told, n
}

// ownRows are the rows of a table without those of tables inside it.
func ownRows(table *goquery.Selection) *goquery.Selection {
	return table.Find("tr").FilterFunction(func(_ int, tr *goquery.Selection) bool {
		for p := tr.Nodes[0].Parent; p != nil; p = p.Parent {
			if p.Type == html.ElementNode && p.Data == "table" {
				return p == table.Nodes[0]
			}
		}
		return false
	})
}

// cellsOf are a row's cells, one line each; a cell over several columns is
// followed by empty ones.
func cellsOf(tr *goquery.Selection) []string {
	var out []string
	tr.ChildrenFiltered("td, th").EachWithBreak(func(_ int, td *goquery.Selection) bool {
		out = append(out, oneLine(td))
		for range min(spanOf(td), maxCells) - 1 {
			out = append(out, "")
		}
		return len(out) < maxCells
	})
	return out
}

func spanOf(td *goquery.Selection) int {
	n := 0
	for _, r := range td.AttrOr("colspan", "1") {
		if r < '0' || r > '9' || n > maxCells {
			return max(n, 1)
		}
		n = n*10 + int(r-'0')
	}
	return max(n, 1)
}

// labelStart is where a label may begin that stands on one line with others.
var labelStart = regexp.MustCompile(`(?i)(?:^|[\s|•·;(])((?:ngày|trạng thái|tình trạng|mã|người|lĩnh vực|cơ quan|đơn vị|trả lời|số|câu hỏi|loại)[^:|]{0,40}?\s*:)`)

// labelled cuts a line into «label: value» pairs.
func labelled(line string) (pairs [][2]string) {
	at := labelStart.FindAllStringSubmatchIndex(line, -1)
	if len(at) == 0 {
		if l, v, ok := strings.Cut(line, ":"); ok && len(l) < 80 {
			return [][2]string{{l, strings.TrimSpace(v)}}
		}
		return nil
	}
	for i, m := range at {
		end := len(line)
		if i+1 < len(at) {
			end = at[i+1][2]
		}
		label, value := line[m[2]:m[3]-1], line[m[3]:end]
		pairs = append(pairs, [2]string{label, strings.Trim(value, " |•·;()-–")})
	}
	return pairs
}

// blockRecord reads one block: by selectors where they are given, else by labels.
func blockRecord(s *goquery.Selection, fm form, css []string, told map[field]bool) record {
	r := record{cells: make([]string, len(fm.heads)), sel: s}
	label := map[string]field{}
	for f := len(fm.heads) - 1; f >= 0; f-- {
		for _, h := range fm.heads[f] {
			label[h] = field(f)
		}
	}
	lines := strings.Split(visible(s), "\n")
	for i, line := range lines {
		for _, p := range labelled(line) {
			f, ok := label[plainWords(p[0])]
			if !ok || r.cells[f] != "" {
				continue
			}
			told[f] = true
			if r.cells[f] = p[1]; p[1] == "" && i+1 < len(lines) && labelled(lines[i+1]) == nil {
				r.cells[f] = lines[i+1] // the value stands under its label
			}
		}
	}
	for f, sel := range css {
		if sel == "" {
			continue
		}
		told[field(f)] = true
		found := s.Find(sel)
		if found.Length() == 0 && s.Is(sel) {
			found = s
		}
		r.cells[f] = oneLine(found.First())
		if _, v, ok := strings.Cut(r.cells[f], ":"); ok && labelOf(label, r.cells[f]) {
			r.cells[f] = strings.TrimSpace(v)
		}
	}
	return r
}

// labelOf reports whether a text begins with a known label and a colon.
func labelOf(label map[string]field, s string) bool {
	l, _, ok := strings.Cut(s, ":")
	_, known := label[plainWords(l)]
	return ok && known
}

// linkOf is where a record leads: its longest link that the source admits, "" if none.
func (r record) linkOf(css string, base *url.URL, own admit) string {
	u := r.href
	if r.sel != nil {
		if a := pickLink(r.sel, css, base); a != nil {
			u = resolve(base, a.AttrOr("href", ""))
		}
	}
	if u != "" && own.ok(u) {
		return u
	}
	return ""
}

// linkWords are the words of that link, "" if there is none.
func (r record) linkWords(css string, base *url.URL) string {
	if r.sel == nil {
		return ""
	}
	if a := pickLink(r.sel, css, base); a != nil {
		return titleOf(a)
	}
	return ""
}

// dashes alone are how a table leaves a cell empty.
func blank(s string) bool { return strings.Trim(viet.Fold(s), " .-–—…/") == "" }
