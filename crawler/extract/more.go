package extract

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"loa/media"
)

// loaded opens what a «load more» button brings: JSON with an array of rows, or
// with markup that holds them as the list page does. Any other text is given
// back as it is.
func loaded(text string, p media.Paging) (markup string, rows []any, err error) {
	if t := strings.TrimSpace(text); p.By != "json" || !strings.HasPrefix(t, "{") && !strings.HasPrefix(t, "[") {
		return text, nil, nil
	}
	var root any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		return "", nil, &BlindError{media.ParseError, "want JSON: " + err.Error()}
	}
	if p.HTML != "" {
		markup, ok := dig(root, p.HTML).(string)
		if !ok {
			return "", nil, &BlindError{media.LayoutChanged, fmt.Sprintf("the JSON holds no text at %q", p.HTML)}
		}
		if markup = strings.TrimSpace(markup); markup == "" {
			return "", nil, &BlindError{media.Empty, "no more entries"}
		}
		if low := strings.ToLower(markup[:min(len(markup), 6)]); strings.HasPrefix(low, "<tr") || low == "<tbody" {
			markup = "<table>" + markup + "</table>" // rows alone are no HTML: the parser drops their tags
		}
		return markup, nil, nil
	}
	rows, ok := dig(root, p.Items).([]any)
	if !ok {
		return "", nil, &BlindError{media.LayoutChanged, fmt.Sprintf("the JSON holds no array at %q", p.Items)}
	}
	if len(rows) == 0 {
		return "", nil, &BlindError{media.Empty, "no more entries"}
	}
	return "", rows, nil
}

// jsonRecords are the rows of JSON by the fields of a form, of which paths tells
// where each stands; told as in records.
func jsonRecords(rows []any, paths []string, address string, r media.Rule, base *url.URL, most int) (out []record, told map[field]bool, n int) {
	told = map[field]bool{}
	for f, path := range paths {
		if path != "" {
			told[field(f)] = true
		}
	}
	for _, row := range rows[:min(len(rows), most)] {
		rec := record{cells: make([]string, len(paths))}
		for f, path := range paths {
			if path == "" {
				continue
			}
			v := dig(row, path)
			if d := jsonDate(v, r); d.ZoneGiven && d.Precision == media.ToSecond && stamped(v) { // an instant, not print
				rec.cells[f] = d.At.In(time.FixedZone("", 7*3600)).Format(time.RFC3339)
			} else {
				rec.cells[f] = tidy(plainText(jsonText(v)))
			}
		}
		if address != "" {
			rec.href = resolve(base, jsonText(dig(row, address)))
		}
		out = append(out, rec)
	}
	return out, told, len(rows)
}

// moreList reads the rows of news that a «load more» button brings.
func moreList(rows []any, src media.Source, base string) (Listing, error) {
	p, ok := src.Rule.Next, false
	baseURL, own, err := grounds(src, base, false)
	if err != nil {
		return Listing{}, err
	}
	var list Listing
	linkless, foreign, same, dateless := 0, 0, 0, 0
	seen := map[string]bool{}
	var titles []string
	for _, row := range rows {
		if len(list.Entries) >= Bounds(src.Limits, src.Kind).Items {
			list.Partial = true
			break
		}
		e := Entry{URL: resolve(baseURL, jsonText(dig(row, p.Address))), Title: plainText(jsonText(dig(row, p.Title)))}
		if p.Lead != "" {
			e.Lead, _ = stripMark(plainText(jsonText(dig(row, p.Lead))))
		}
		if e.URL == "" || e.Title == "" {
			linkless++
			continue
		}
		if !own.ok(e.URL) {
			foreign++
			continue
		}
		if e.Key, err = Key(src.Rule.Key, e.URL); err != nil {
			linkless++
			continue
		}
		titles = append(titles, e.Title)
		if seen[e.Key] {
			same++
			continue
		}
		seen[e.Key] = true
		if e.Date = jsonDate(dig(row, p.Date), src.Rule); p.Date == "" || e.Date.Precision == media.NoDate {
			if e.Date, ok = urlDate(e.URL); !ok {
				dateless++
			}
		}
		list.Entries = append(list.Entries, e)
	}
	count(&list.Notes, "linkless", linkless)
	count(&list.Notes, "other_links", foreign)
	count(&list.Notes, "repeated", same)
	count(&list.Notes, "dateless", dateless)
	if err := nothingOf(titles, len(list.Entries), &BlindError{media.LayoutChanged, fmt.Sprintf("none of %d rows is an article of this source", len(rows))}); err != nil {
		return Listing{}, err
	}
	return list, nil
}

// dig follows a dotted path of names and, in arrays, numbers; nil if it leads
// nowhere. The empty path is the value itself.
func dig(v any, path string) any {
	if path == "" || path == "." {
		return v
	}
	for name := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func jsonText(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	}
	return ""
}

// msDate is how ASP.NET writes an instant into JSON.
var msDate = regexp.MustCompile(`^/Date\((-?\d{9,14})([+-]\d{4})?\)/$`)

// stamped reports whether a value is an instant in numbers.
func stamped(v any) bool {
	_, number := v.(json.Number)
	return number || msDate.MatchString(jsonText(v))
}

// jsonDate reads a printed date, or an instant in seconds or milliseconds.
func jsonDate(v any, r media.Rule) media.Date {
	s := jsonText(v)
	number := s
	if m := msDate.FindStringSubmatch(s); m != nil {
		number = m[1]
	}
	if n, err := strconv.ParseInt(number, 10, 64); stamped(v) && err == nil {
		if n > 1e11 || n < -1e11 {
			n /= 1000
		}
		if t := time.Unix(n, 0).UTC(); t.Year() >= 1990 && t.Year() <= 2100 {
			return media.Date{At: t, Precision: media.ToSecond, Text: s, Found: "list", ZoneGiven: true}
		}
		return media.Date{}
	}
	d, _ := readDate(tidy(s), "list", r)
	return d
}
