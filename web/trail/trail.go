// Package trail tells the audit trail as people read it: what kind of thing was
// done, to what, and how it was before and after. Pure: it is given events.
package trail

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"loa/viet"
)

// Event is one row of the trail.
type Event struct {
	Seq           int64
	At            time.Time // business clock
	Person        bool      // else the program did it
	Actor         string
	Kind          string
	Subject       string
	Before, After string
	Hash          string
}

// Cursor is the event's place, for whoever goes on after it.
func (e Event) Cursor() Cursor { return Cursor{e.At, e.Seq} }

// Cursor is a place in the trail: what is older comes after it. Zero is the beginning.
type Cursor struct {
	At  time.Time
	Seq int64
}

// String is the place as it stands in an address; "" for the beginning.
func (c Cursor) String() string {
	if c.Seq == 0 {
		return ""
	}
	return strconv.FormatInt(c.At.UnixMicro(), 36) + "." + strconv.FormatInt(c.Seq, 36)
}

// ParseCursor reads what String wrote; anything else is the beginning.
func ParseCursor(s string) Cursor {
	at, seq, ok := strings.Cut(s, ".")
	n, err := strconv.ParseInt(at, 36, 64)
	m, err2 := strconv.ParseInt(seq, 36, 64)
	if !ok || err != nil || err2 != nil || m <= 0 {
		return Cursor{}
	}
	return Cursor{time.UnixMicro(n).UTC(), m}
}

// Query says which events are wanted. Zero fields do not filter.
type Query struct {
	Actor    string // a person as recorded
	System   bool   // what the program did itself
	Kinds    []string
	Subject  string    // as recorded
	From, To time.Time // To is exclusive
	After    Cursor
	Limit    int
}

// Page is a part of the trail, newest first.
type Page struct {
	Events []Event
	Next   Cursor // zero: that was all
	Partly bool   // the search ends at Next because it read as much as one look may
}

// Anchor is the number and hash of an event, put down somewhere else: on paper, in an e-mail.
type Anchor struct {
	Seq  int64
	Hash string
}

// String is the anchor as it is put down.
func (a Anchor) String() string { return fmt.Sprintf("%d:%s", a.Seq, a.Hash) }

// ParseAnchor reads an anchor as it was put down.
func ParseAnchor(s string) (Anchor, bool) {
	n, hash, _ := strings.Cut(strings.TrimSpace(s), ":")
	seq, err := strconv.ParseInt(strings.TrimSpace(n), 10, 64)
	hash = strings.ToLower(strings.TrimSpace(hash))
	if err != nil || seq <= 0 || len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return Anchor{}, false
	}
	return Anchor{seq, hash}, true
}

// Door is where the trail is read.
type Door struct {
	// List gives a page of it; keep says which of what the query finds are wanted, nil: all.
	List   func(ctx context.Context, q Query, keep func(Event) bool) (Page, error)
	People func(ctx context.Context) ([]string, error) // who stands in it
	Kinds  func(ctx context.Context) ([]string, error) // kinds of events there are
	Verify func(ctx context.Context, a Anchor) (Check, error)
}

// Faults of a chain.
const (
	Gap       = "gap"       // an event is missing
	Unlinked  = "unlinked"  // an event does not name its predecessor's hash
	Altered   = "altered"   // an event is not what its hash was made of
	Rewritten = "rewritten" // the chain holds, but is not the one the anchor was taken from
)

// Check is what a walk along the chain found.
type Check struct {
	Count    int64 // events that hold
	Seq      int64 // the last of them, with its hash and time
	Hash     string
	At       time.Time
	Fault    string // "" if all is well
	Broken   int64  // number of the first event that does not hold
	Anchor   Anchor // what it was compared with, zero if with nothing
	Anchored bool
}

// Words is what was found, one or two Vietnamese sentences.
func (c Check) Words() string {
	switch c.Fault {
	case Gap:
		return fmt.Sprintf("Chuỗi bị đứt: sau thao tác số %d là số %d, ở giữa có thao tác đã bị xóa.", c.Seq, c.Broken)
	case Unlinked:
		return fmt.Sprintf("Chuỗi bị đứt tại thao tác số %d: không khớp với thao tác ngay trước.", c.Broken)
	case Altered:
		return fmt.Sprintf("Thao tác số %d đã bị sửa sau khi ghi.", c.Broken)
	case Rewritten:
		return fmt.Sprintf("Chuỗi liền mạch nhưng không phải chuỗi đã ghi mốc: thao tác số %d khác mốc hoặc không còn.", c.Broken)
	}
	if c.Count == 0 {
		return "Chưa có thao tác nào."
	}
	words := fmt.Sprintf("Toàn vẹn: %d thao tác nối tiếp nhau, không thiếu, không bị sửa.", c.Count)
	if c.Anchored {
		words += fmt.Sprintf(" Khớp với mốc tại thao tác số %d.", c.Anchor.Seq)
	}
	return words
}

// Change is one line of a difference.
type Change struct {
	Field         string // Vietnamese; "" where the whole is one text
	Before, After string
}

// Diff tells what an event changed: by field where what was recorded has fields,
// else as two texts. What stayed the same is left out. Ids are told by their names.
func (e Event) Diff(n Names) []Change {
	n.sort, _, _ = strings.Cut(e.Kind, ".")
	before, whole := n.fields(e.Before)
	after, whole2 := n.fields(e.After)
	if !whole && !whole2 || e.Before == "" && e.After == "" {
		if e.Before == e.After {
			return nil
		}
		return []Change{{"", plain(e.Before), plain(e.After)}}
	}
	var out []Change
	seen := map[string]bool{}
	for _, list := range [][]pair{before, after} {
		for _, p := range list {
			if seen[p.key] {
				continue
			}
			seen[p.key] = true
			was, now := value(before, p.key), value(after, p.key)
			if was != now && !e.saysAlready(p.key, now) {
				out = append(out, Change{fieldWord(p.key), was, now})
			}
		}
	}
	return out
}

// saysAlready reports whether a field of a record that is written whole tells only what the event itself does: who, when,
// of which plan, of which case and what was done with it.
func (e Event) saysAlready(key, now string) bool {
	switch key {
	case "Actor":
		return now == e.Actor
	case "At":
		return now == local(e.At)
	case "Plan":
		return strings.HasPrefix(e.Subject, now+" ")
	case "Kind", "Case", "Seq":
		return strings.HasPrefix(e.Kind, "case.")
	}
	return false
}

// Holds reports whether all words stand in what people read of the event, marks and case aside. words are folded.
func (e Event) Holds(words []string, n Names) bool {
	if len(words) == 0 {
		return true
	}
	object, _ := e.Object(n)
	text := []string{e.Actor, KindWord(e.Kind), object, e.Subject}
	for _, c := range e.Diff(n) {
		text = append(text, c.Field, c.Before, c.After)
	}
	folded := viet.Fold(strings.Join(text, " "))
	for _, w := range words {
		if !strings.Contains(folded, w) {
			return false
		}
	}
	return true
}

type pair struct{ key, value string }

func value(list []pair, key string) string {
	for _, p := range list {
		if p.key == key {
			return p.value
		}
	}
	return ""
}

// fields reads a JSON object in its order; ok is false for any other text. A text is a field without a name.
func (n Names) fields(text string) ([]pair, bool) {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		if text == "" {
			return nil, false
		}
		return []pair{{"", plain(text)}}, false
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var out []pair
	if !n.object(d, "", &out, 0) {
		return []pair{{"", text}}, false
	}
	return out, true
}

// deepest is how far down what is nested has lines of its own; what lies deeper stands in the line of what it is in.
const deepest = 2

// object flattens one object: what is nested is named by its path.
func (n Names) object(d *json.Decoder, prefix string, out *[]pair, depth int) bool {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return false
		}
		var raw json.RawMessage
		if d.Decode(&raw) != nil {
			return false
		}
		if inner := objectIn(raw); inner != "" && depth < deepest {
			dec := json.NewDecoder(strings.NewReader(inner))
			dec.UseNumber()
			if !n.object(dec, prefix+key+".", out, depth+1) {
				return false
			}
			continue
		}
		if v := n.scalar(key, raw); v != "" {
			*out = append(*out, pair{prefix + key, v})
		}
	}
	t, err := d.Token()
	return err == nil && t == json.Delim('}')
}

// objectIn is the object that a value is, or that stands in it as text; "" if it is none.
func objectIn(raw json.RawMessage) string {
	text := strings.TrimSpace(string(raw))
	if strings.HasPrefix(text, `"`) && json.Unmarshal(raw, &text) != nil {
		return ""
	}
	if text = strings.TrimSpace(text); strings.HasPrefix(text, "{") && json.Valid([]byte(text)) {
		return text
	}
	return ""
}

// scalar is the JSON value of a field as people read it; "" for what says nothing.
func (n Names) scalar(key string, raw json.RawMessage) string {
	var v any
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return string(raw)
	}
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if !v && untagged(key) {
			return ""
		}
		if v {
			return "có"
		}
		return "không"
	case string:
		if w := n.coded(key, v); w != "" {
			return w
		}
		return n.named(key, plain(v))
	case json.Number:
		if v == "0" && untagged(key) {
			return ""
		}
		if strings.EqualFold(key, "length") { // nanoseconds
			if ns, err := v.Int64(); err == nil {
				return viet.Number(int(time.Duration(ns)/time.Second)) + " giây"
			}
		}
		return v.String()
	case []any:
		parts := make([]string, 0, len(v))
		for _, x := range v {
			b, err := json.Marshal(x)
			if err != nil {
				return string(raw)
			}
			if s := n.scalar(key, b); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, "; ")
	}
	return n.inLine(raw)
}

// untagged reports whether a field is of a record that is written whole: what is not set there says nothing.
func untagged(key string) bool { return key != "" && unicode.IsUpper(rune(key[0])) }

// inLine is an object that stands in a list or deep down, on one line: what each of its fields says.
func (n Names) inLine(raw json.RawMessage) string {
	var flat []pair
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if !n.object(d, "", &flat, 0) {
		return string(raw)
	}
	parts := make([]string, 0, len(flat))
	for _, p := range flat {
		parts = append(parts, uncapital(fieldWord(p.key))+": "+p.value)
	}
	return strings.Join(parts, ", ")
}

// uncapital is a word as it stands within a sentence.
func uncapital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

// named is a value that is an id of what its field is of, by its name.
func (n Names) named(key, v string) string {
	var of func(string) string
	switch strings.ToLower(key) {
	case "agency", "agencies", "owner", "commune", "communes", "district", "parent", "successor":
		of = n.Agency
	case "quota", "quotas", "for":
		of = n.Quota
	case "source":
		of = n.Source
	case "channel":
		of = n.Channel
	case "period", "month":
		of = n.Period
	case "topics", "topic":
		return viet.Topic(v)
	}
	if of == nil {
		return v
	}
	all := strings.Fields(v)
	for i := range all {
		all[i] = of(all[i])
	}
	return strings.Join(all, "; ")
}
