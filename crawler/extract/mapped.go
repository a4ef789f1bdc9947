package extract

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
)

var letterSpec = regexp.MustCompile(`^[A-Za-z]{1,2}$`)

// columnLetter names a column, from 0, as spreadsheets do.
func columnLetter(c int) string {
	if c >= 26 {
		return string(rune('A'+c/26-1)) + string(rune('A'+c%26))
	}
	return string(rune('A' + c))
}

// columnIndex reads "C" or "3"; ok is false for a heading.
func columnIndex(spec string) (c int, ok bool) {
	if n, err := strconv.Atoi(spec); err == nil {
		return n - 1, true
	}
	if !letterSpec.MatchString(spec) {
		return 0, false
	}
	for _, r := range strings.ToUpper(spec) {
		c = c*26 + int(r-'A') + 1
	}
	return c - 1, true
}

// field finds a column by what a person calls it.
func (fm form) field(name string) (field, bool) {
	want := plainWords(name)
	for f, n := range fm.names {
		if plainWords(n) == want {
			return field(f), true
		}
	}
	for f := range fm.names {
		if slices.Contains(fm.heads[f], want) {
			return field(f), true
		}
	}
	return 0, false
}

// formOf is the form of the tables that a person may map.
func formOf(form string) (form, bool) {
	switch form {
	case media.FormAirings:
		return logForm, true
	case media.FormSchedule:
		return guideForm, true
	case media.FormUploads:
		return uploadForm, true
	}
	return logForm, false
}

// CheckMap tells what is wrong with a mapping before it is stored or used, in
// Vietnamese; nil if nothing is.
func CheckMap(m media.TableMap) (bad []string) {
	fm, ok := formOf(m.Form)
	if !ok {
		return []string{fmt.Sprintf("không có loại bảng «%s»", m.Form)}
	}
	used := map[int]string{}
	for _, name := range sortedNames(m.Columns) {
		spec := strings.TrimSpace(m.Columns[name])
		f, known := fm.field(name)
		c, place := columnIndex(spec)
		switch {
		case !known:
			bad = append(bad, fmt.Sprintf("không có cột «%s»; các cột: %s", name, strings.Join(fm.names, ", ")))
		case spec == "":
			bad = append(bad, fmt.Sprintf("cột «%s»: thiếu chữ cái (C), số thứ tự (3) hoặc tiêu đề của cột trong tệp", name))
		case place && (c < 0 || c >= maxColumns):
			bad = append(bad, fmt.Sprintf("cột «%s»: không có cột thứ «%s»", name, spec))
		case place && used[c] != "":
			bad = append(bad, fmt.Sprintf("cột %s được khai hai lần: «%s» và «%s»", columnLetter(c), used[c], fm.names[f]))
		}
		if place && known {
			used[c] = fm.names[f]
		}
	}
	if m.Unit != "" && m.Unit != "minute" && m.Unit != "second" {
		bad = append(bad, fmt.Sprintf("đơn vị thời lượng «%s»: cần minute hoặc second", m.Unit))
	}
	if m.DayOrder != "" && m.DayOrder != "dmy" && m.DayOrder != "mdy" {
		bad = append(bad, fmt.Sprintf("thứ tự ngày «%s»: cần dmy hoặc mdy", m.DayOrder))
	}
	if m.FirstRow < 0 || m.FirstRow > maxTableRows {
		bad = append(bad, fmt.Sprintf("không có dòng đầu tiên %d", m.FirstRow))
	}
	return bad
}

func sortedNames(columns map[string]string) []string {
	var out []string
	for n := range columns {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// find finds the header and the columns: those that m tells, the rest by their
// headings. why says what is told and cannot be found.
func (fm form) find(rows []tableRow, m *media.TableMap) (t *table, why []RowError) {
	t = fm.layout(rows)
	if m == nil {
		return t, nil
	}
	if len(m.Columns) > 0 || m.FirstRow > 0 {
		if t, why = fm.told(rows, m, t); t == nil {
			return nil, why
		}
	}
	if t == nil {
		return nil, nil
	}
	t.months = m.DayOrder == "mdy"
	switch m.Unit {
	case "minute":
		t.unit = time.Minute
	case "second":
		t.unit = time.Second
	}
	return t, nil
}

// told lays out rows by what a person told; guess is what the headings say.
func (fm form) told(rows []tableRow, m *media.TableMap, guess *table) (*table, []RowError) {
	cols := make([]int, len(fm.heads))
	for f := range cols {
		cols[f] = -1
	}
	headed := map[field]string{}
	for name, spec := range m.Columns {
		f, ok := fm.field(name)
		if !ok {
			return nil, []RowError{{Msg: fmt.Sprintf("bản đồ cột: không có cột «%s»", name)}}
		}
		if c, ok := columnIndex(strings.TrimSpace(spec)); ok {
			cols[f] = c
		} else {
			headed[f] = plainWords(spec)
		}
	}
	if len(headed) > 0 {
		if guess = fm.headedBy(rows, headed, cols); guess == nil {
			var want []string
			for _, name := range sortedNames(m.Columns) {
				if _, place := columnIndex(strings.TrimSpace(m.Columns[name])); !place {
					want = append(want, "«"+m.Columns[name]+"»")
				}
			}
			return nil, []RowError{{Msg: "không có dòng tiêu đề nào có đủ các cột đã khai: " + strings.Join(want, ", ")}}
		}
	}
	t := &table{cols: cols, rows: rows}
	if guess != nil {
		t.headerRow, t.head, t.rows = guess.headerRow, guess.head, guess.rows
		for f, c := range guess.cols {
			if cols[f] < 0 && c >= 0 && !slices.Contains(cols, c) {
				cols[f] = c
			}
		}
	} else { // rows are called by what they are
		for f, c := range cols {
			for c >= len(t.head) && c >= 0 {
				t.head = append(t.head, "")
			}
			if c >= 0 {
				t.head[c] = fm.names[f]
			}
		}
	}
	switch key := cols[fm.key]; {
	case m.FirstRow > 0:
		t.rows = slices.DeleteFunc(slices.Clone(rows), func(r tableRow) bool { return r.n < m.FirstRow })
	case guess == nil && key >= 0: // what stands above the first row is no row
		i := slices.IndexFunc(rows, func(r tableRow) bool { return key < len(r.cells) && strings.ContainsAny(r.cells[key], "0123456789") })
		t.rows = rows[max(i, 0):]
	case guess == nil:
		return nil, []RowError{{Msg: fm.noHeader() + fmt.Sprintf("; hoặc khai cột «%s»", fm.names[fm.key])}}
	}
	return t, nil
}

// headedBy finds the row that has all the headings told.
func (fm form) headedBy(rows []tableRow, headed map[field]string, cols []int) *table {
	for i, r := range rows[:min(len(rows), maxHeader)] {
		at := map[field]int{}
		for f, want := range headed {
			for c, cell := range r.cells {
				if name, _ := headField(cell); plainWords(cell) == want || name == want {
					at[f] = c
					break
				}
			}
		}
		if len(at) < len(headed) {
			continue
		}
		for f, c := range at {
			cols[f] = c
		}
		guess, _ := fm.columns(r.cells)
		return &table{headerRow: r.n, head: r.cells, cols: guess, rows: rows[i+1:]}
	}
	return nil
}
