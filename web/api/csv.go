package api

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"loa/viet"
)

// writeCSV writes rows of one kind under a line of the names of their fields, UTF-8 with a byte order mark, which Excel needs to read
// Vietnamese. A list of texts stands in one cell, joined by «; »; a list of anything else as JSON.
func writeCSV(w io.Writer, kind any, rows []any) error {
	if _, err := io.WriteString(w, "\xef\xbb\xbf"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	t := reflect.TypeOf(kind)
	head := make([]string, t.NumField())
	for i := range head {
		head[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, row := range rows {
		v := reflect.ValueOf(row)
		line := make([]string, v.NumField())
		for i := range line {
			text, err := cell(v.Field(i).Interface())
			if err != nil {
				return err
			}
			line[i] = text
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cell is one value. Text that a program would take for a formula gets an apostrophe before it; a number stays a number.
func cell(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return viet.Cell(v), nil
	case []string:
		return viet.Cell(strings.Join(v, "; ")), nil
	case bool:
		return strconv.FormatBool(v), nil
	case int:
		return strconv.Itoa(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case *float64:
		if v == nil {
			return "", nil
		}
		return strconv.FormatFloat(*v, 'f', -1, 64), nil
	case time.Time:
		return v.Format(time.RFC3339), nil
	case *time.Time:
		if v == nil {
			return "", nil
		}
		return v.Format(time.RFC3339), nil
	}
	b, err := json.Marshal(v)
	return viet.Cell(string(b)), err
}
