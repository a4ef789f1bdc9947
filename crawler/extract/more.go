package extract

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"loa/media"
)

// moreList reads what a «load more» button brings: JSON with an array of
// entries, or with markup that holds them as the list page does.
func moreList(text string, src media.Source, base string) (Listing, error) {
	var root any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		return Listing{}, &BlindError{media.ParseError, "want JSON: " + err.Error()}
	}
	p := src.Rule.Next
	if p.HTML != "" {
		markup, ok := dig(root, p.HTML).(string)
		if !ok {
			return Listing{}, &BlindError{media.LayoutChanged, fmt.Sprintf("the JSON holds no text at %q", p.HTML)}
		}
		if strings.TrimSpace(markup) == "" {
			return Listing{}, &BlindError{media.Empty, "no more entries"}
		}
		return List(markup, src, base)
	}
	rows, ok := dig(root, p.Items).([]any)
	if !ok {
		return Listing{}, &BlindError{media.LayoutChanged, fmt.Sprintf("the JSON holds no array at %q", p.Items)}
	}
	if len(rows) == 0 {
		return Listing{}, &BlindError{media.Empty, "no more entries"}
	}
	baseURL, err := parseURL(base)
	if err != nil {
		return Listing{}, err
	}
	own, err := newAdmit(src, baseURL, false)
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
	list.count("linkless", linkless)
	list.count("other_links", foreign)
	list.count("repeated", same)
	list.count("dateless", dateless)
	if why := hijackedList(titles); why != "" {
		return Listing{}, &BlindError{media.Hijacked, why}
	}
	if len(list.Entries) == 0 {
		return Listing{}, &BlindError{media.LayoutChanged, fmt.Sprintf("none of %d rows is an article of this source", len(rows))}
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

// jsonDate reads a printed date, or an instant in seconds or milliseconds.
func jsonDate(v any, r media.Rule) media.Date {
	s := jsonText(v)
	number, stamped := s, false
	if m := msDate.FindStringSubmatch(s); m != nil {
		number, stamped = m[1], true
	} else if _, ok := v.(json.Number); ok {
		stamped = true
	}
	if n, err := strconv.ParseInt(number, 10, 64); stamped && err == nil {
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
