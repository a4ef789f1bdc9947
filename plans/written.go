package plans

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"loa/schedule"
)

// Fault is one mistake in what a person set, tied to a field.
type Fault struct {
	Field string // in the words of the plan file: "url", "rule/item"; "" where it is the whole
	Msg   string // Vietnamese
}

// Faults tells everything that is wrong with one more entry over the files and
// those before it, by the same reader that reads the files. What was wrong
// before is no fault of it.
func Faults(fsys, days fs.FS, id string, before []schedule.Entry, e schedule.Entry) []Fault {
	all := append(slices.Clone(before), e)
	if e.Kind == schedule.EntryHolidays {
		return faults(days, id, before, all, e, func(fsys fs.FS) (Positions, []Problem) {
			_, pos, problems := holidays(fsys)
			return pos, problems
		})
	}
	return faults(fsys, id, before, all, e, func(fsys fs.FS) (Positions, []Problem) {
		_, pos, problems := Load(fsys, id)
		return pos, problems
	})
}

func faults(fsys fs.FS, id string, before, all []schedule.Entry, e schedule.Entry, read func(fs.FS) (Positions, []Problem)) []Fault {
	was := map[string]int{}
	if old, err := Merged(fsys, id, before); err == nil {
		_, problems := read(old)
		for _, p := range problems {
			was[p.Msg]++
		}
	}
	merged, err := Merged(fsys, id, all)
	if err != nil {
		return []Fault{{Msg: "không ghép được vào tệp kế hoạch: " + err.Error()}}
	}
	pos, problems := read(merged)
	var out []Fault
	for _, p := range problems {
		if was[p.Msg] > 0 {
			was[p.Msg]--
			continue
		}
		if !p.Warning {
			out = append(out, Fault{fieldAt(pos, pathOf(id, e), p), p.Msg})
		}
	}
	return out
}

// pathOf is where an entry's part stands among Positions.
func pathOf(id string, e schedule.Entry) string {
	province, _, _ := strings.Cut(id, "/")
	switch e.Kind {
	case schedule.EntrySource:
		return "sources/" + province + "/" + e.Key
	case schedule.EntryAgency:
		return "agencies/" + province + "/" + e.Key
	case schedule.EntryColumn:
		return "columns/" + e.Key
	case schedule.EntryHolidays:
		return "holidays/" + e.Key
	case schedule.EntrySession:
		return "session"
	}
	return ""
}

// fieldAt is the field of a part that a problem stands in: the last that begins
// at its line or above it.
func fieldAt(pos Positions, of string, p Problem) string {
	field, line := "", 0
	for key, at := range pos {
		rest, ok := strings.CutPrefix(key, of+"/")
		if of == "" || !ok || at.File != p.File || at.Line > p.Line || at.Line < line || at.Line == line && len(rest) < len(field) {
			continue
		}
		field, line = rest, at.Line
	}
	return field
}

// Written is what the files say of some fields of the part that an entry of the
// kind and key lies over, as JSON with its keys sorted; "" if they have no such
// part, "{}" if it says nothing of them. No fields means all.
func Written(fsys fs.FS, id, kind, key string, fields ...string) string {
	province, _, _ := strings.Cut(id, "/")
	m := merger{fsys: fsys, roots: map[string]*yaml.Node{}}
	var n *yaml.Node
	switch kind {
	case schedule.EntrySource:
		n = element(m.root(province+"/sources.yaml"), "sources", key)
	case schedule.EntryAgency:
		n = element(m.root(province+"/agencies.yaml"), "agencies", key)
	case schedule.EntryColumn:
		n = element(m.root(province+"/agencies.yaml"), "columns", key)
	case schedule.EntryHolidays:
		n = m.root(holidayDir + "/" + key + ".yaml")
	case schedule.EntryWindows:
		n = m.windowsOf(id+".yaml", key)
	case schedule.EntrySession:
		if root := m.root(id + ".yaml"); root != nil {
			n = child(root, "session")
		}
	case schedule.EntryLetterhead:
		if all := m.letterheadsOf(province+"/agencies.yaml", key); len(all) > 0 {
			n = all[len(all)-1]
		}
	}
	if n == nil || n.Kind != yaml.MappingNode {
		return ""
	}
	out := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i].Value; len(fields) == 0 || slices.Contains(fields, k) {
			out[k] = value(n.Content[i+1])
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return ""
	}
	return string(text)
}

// windowsOf gathers the windows of one scope, as an entry of them has them.
func (m *merger) windowsOf(file, key string) *yaml.Node {
	name, of, err := WindowScope(key)
	root := m.root(file)
	if err != nil || root == nil {
		return nil
	}
	mine := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	if all := child(root, "windows"); all != nil {
		for _, w := range all.Content {
			if k, v := scopeOf(w); k == name && v == of {
				mine.Content = append(mine.Content, w)
			}
		}
	}
	if len(mine.Content) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	setChild(n, "windows", mine)
	return n
}

func element(root *yaml.Node, list, id string) *yaml.Node {
	if root == nil {
		return nil
	}
	seq := child(root, list)
	if seq == nil {
		return nil
	}
	for _, n := range seq.Content {
		if n.Kind == yaml.MappingNode && peek(n, "id") == id {
			return n
		}
	}
	return nil
}

// value is a node as encoding/json writes it; days and hours stay text.
func value(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = value(n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, value(c))
		}
		return out
	}
	switch n.Tag {
	case "!!int":
		if v, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return v
		}
	case "!!bool":
		return n.Value == "true"
	case "!!null":
		return nil
	}
	return n.Value
}

// Paste is the text to put into a plan file for what entries set there: the file
// to open, and the part whole as it is in force, indented as an element of its list.
func Paste(merged fs.FS, id, kind, key string) (file, text string, err error) {
	province, _, _ := strings.Cut(id, "/")
	m := merger{fsys: merged, roots: map[string]*yaml.Node{}}
	var n *yaml.Node
	switch kind {
	case schedule.EntrySource:
		file = province + "/sources.yaml"
		n = element(m.root(file), "sources", key)
	case schedule.EntryAgency, schedule.EntryColumn:
		file = province + "/agencies.yaml"
		n = element(m.root(file), map[string]string{schedule.EntryAgency: "agencies", schedule.EntryColumn: "columns"}[kind], key)
	case schedule.EntryHolidays:
		file = holidayDir + "/" + key + ".yaml"
		if n = m.root(file); n != nil {
			out, err := yaml.Dump(n, yaml.WithIndent(2))
			return file, string(out), err
		}
	case schedule.EntrySession:
		file = id + ".yaml"
		if root := m.root(file); root != nil {
			if n = child(root, "session"); n != nil {
				whole := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
				setChild(whole, "session", n)
				out, err := yaml.Dump(whole, yaml.WithIndent(2))
				return file, string(out), err
			}
		}
	case schedule.EntryLetterhead:
		file = province + "/agencies.yaml"
		if all := m.letterheadsOf(file, key); len(all) > 0 {
			n = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: all}
		}
	case schedule.EntryWindows:
		file = id + ".yaml"
		if w := m.windowsOf(file, key); w != nil {
			n = child(w, "windows")
		}
	}
	if n == nil {
		return file, "", fmt.Errorf("%s has no such part", file)
	}
	if n.Kind != yaml.SequenceNode {
		n = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{n}}
	}
	out, err := yaml.Dump(n, yaml.WithIndent(2))
	if err != nil {
		return file, "", err
	}
	lines := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return file, strings.Join(lines, "\n") + "\n", nil
}

// Fields are the fields of the one element that a proposed text of a list has,
// as Written tells them; empty ones are left out.
func Fields(text string) (map[string]any, error) {
	var doc yaml.Node
	if err := yaml.Load([]byte(text), &doc); err != nil {
		return nil, fmt.Errorf("read a proposed entry: %w", err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.SequenceNode || len(doc.Content[0].Content) != 1 {
		return nil, fmt.Errorf("read a proposed entry: it is no list of one")
	}
	out, ok := value(doc.Content[0].Content[0]).(map[string]any)
	if !ok {
		return nil, fmt.Errorf("read a proposed entry: it has no fields")
	}
	for k, v := range out {
		if v == "" {
			delete(out, k)
		}
	}
	return out, nil
}
