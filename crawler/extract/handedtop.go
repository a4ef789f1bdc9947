package extract

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"loa/viet"
)

// MapColumns names the columns that a TableMap of the form may tell, nil where there is no such form.
func MapColumns(formName string) []string {
	fm, ok := formOf(formName)
	if !ok {
		return nil
	}
	return fm.names
}

// Top gives the first rows of a table as its cells stand, each with its number in
// the file before them, so that a person can tell what its columns are. A file
// that is none is an error, in Vietnamese.
func Top(data []byte, most int) (rows [][]string, err error) {
	defer func() { // damaged files have made libraries panic
		if p := recover(); p != nil {
			rows, err = nil, fmt.Errorf("tệp hỏng, không đọc được (%v)", p)
		}
	}()
	o, err := openTable(data, logForm)
	if err != nil {
		if r := (refusal{}); errors.As(err, &r) {
			return nil, r
		}
		return nil, fmt.Errorf("không đọc được tệp: %w", err)
	}
	for _, g := range o.grids {
		for _, r := range g.rows {
			if len(rows) == most {
				return rows, nil
			}
			if len(r.filled()) == 0 {
				continue
			}
			line := []string{strconv.Itoa(r.n)}
			for _, c := range r.cells {
				line = append(line, cutText(c, 60))
			}
			rows = append(rows, line)
		}
		if len(rows) > 0 {
			break
		}
	}
	return rows, nil
}

// PastedText is what was pasted, for a person to go on editing; ok is false for the bytes of another file.
func PastedText(data []byte) (text string, ok bool) {
	const most = 256 << 10
	if len(data) > most || binary(data) != "" {
		return "", false
	}
	text, err := tableText(data)
	if err != nil || strings.HasPrefix(text, "PK") {
		return "", false
	}
	return viet.NFC(text), true
}
