package plans

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/schedule"
	"loa/schedule/calendar"
)

// Merged shows the files of a plan with what persons set in the database laid
// over them, so that one reader reads both and one validator judges both. Of
// every field that an entry names the entry wins; of two entries the later day's,
// then the one recorded later. Entries that are no JSON, or of an unknown kind,
// are an error; whatever else is wrong Load and Holidays tell.
func Merged(fsys fs.FS, id string, entries []schedule.Entry) (fs.FS, error) {
	province, _, _ := strings.Cut(id, "/")
	m := merger{fsys: fsys, roots: map[string]*yaml.Node{}}
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b schedule.Entry) int { return a.From.Compare(b.From) })
	for _, e := range entries {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal([]byte(e.Body), &fields); err != nil {
			return nil, fmt.Errorf("entry %s %s: %w", e.Kind, e.Key, err)
		}
		var err error
		switch e.Kind {
		case schedule.EntrySource:
			err = m.patch(province+"/sources.yaml", "sources", e.Key, fields, true)
		case schedule.EntryAgency:
			err = m.patch(province+"/agencies.yaml", "agencies", e.Key, fields, false)
		case schedule.EntryColumn:
			err = m.patch(province+"/agencies.yaml", "columns", e.Key, fields, false)
		case schedule.EntryHolidays:
			err = m.table(e.Key, fields)
		case schedule.EntryWindows:
			err = m.windows(id+".yaml", e, fields)
		case schedule.EntrySession:
			err = m.section(id+".yaml", "session", fields)
		case schedule.EntryLetterhead:
			err = m.letterhead(province+"/agencies.yaml", e, fields)
		default:
			err = errors.New("of an unknown kind")
		}
		if err != nil {
			return nil, fmt.Errorf("entry %s %s: %w", e.Kind, e.Key, err)
		}
	}
	return m.files()
}

// merger holds the files that entries lie over, as far as they were read.
type merger struct {
	fsys  fs.FS
	roots map[string]*yaml.Node // by file; nil: cannot be read, so it stays as it is
}

// root is the mapping a file consists of, nil if there is none to lay anything over.
func (m *merger) root(file string) *yaml.Node {
	if n, ok := m.roots[file]; ok {
		return n
	}
	m.roots[file] = nil
	raw, err := fs.ReadFile(m.fsys, file)
	if err != nil || len(raw) > maxFile {
		return nil
	}
	var doc yaml.Node
	if yaml.Load(raw, &doc) == nil && doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 && doc.Content[0].Kind == yaml.MappingNode {
		m.roots[file] = doc.Content[0]
	}
	return m.roots[file]
}

// patch lays fields over the element of a list that has the id, or over a new one.
func (m *merger) patch(file, list, id string, fields map[string]json.RawMessage, add bool) error {
	root := m.root(file)
	if root == nil {
		return nil
	}
	seq := child(root, list)
	if seq == nil && add {
		seq = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		setChild(root, list, seq)
	}
	if seq == nil || seq.Kind != yaml.SequenceNode {
		return fmt.Errorf("%s has no %s", file, list)
	}
	i := slices.IndexFunc(seq.Content, func(n *yaml.Node) bool { return peek(n, "id") == id })
	if i < 0 && !add {
		return fmt.Errorf("%s has no %s of that name", file, list)
	}
	if i < 0 {
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		setChild(n, "id", scalar(id))
		i, seq.Content = len(seq.Content), append(seq.Content, n)
	}
	return lay(seq.Content[i], fields)
}

// section lays fields over one group at the top of a file, or over a new one.
func (m *merger) section(file, key string, fields map[string]json.RawMessage) error {
	root := m.root(file)
	if root == nil {
		return nil
	}
	n := child(root, key)
	if n == nil {
		n = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		setChild(root, key, n)
	}
	return lay(n, fields)
}

// table lays fields over the table of a year's days off.
func (m *merger) table(year string, fields map[string]json.RawMessage) error {
	if !yearForm.MatchString(year) {
		return fmt.Errorf("%q is no year", year)
	}
	file := holidayDir + "/" + year + ".yaml"
	root := m.root(file)
	if root == nil {
		root = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		setChild(root, "year", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: year})
		m.roots[file] = root
	}
	return lay(root, fields)
}

// windows ends the audience windows of a scope on the entry's day, and puts the
// entry's in their place from then on.
func (m *merger) windows(file string, e schedule.Entry, fields map[string]json.RawMessage) error {
	root := m.root(file)
	if root == nil {
		return nil
	}
	key, of, err := WindowScope(e.Key)
	if err != nil {
		return err
	}
	news, err := node(fields["windows"])
	if err != nil || news.Kind != yaml.SequenceNode {
		return errors.New("windows are missing")
	}
	seq := child(root, "windows")
	if seq == nil {
		seq = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		setChild(root, "windows", seq)
	}
	day := e.From.In(calendar.Zone).Format(time.DateOnly)
	seq.Content = slices.DeleteFunc(seq.Content, func(n *yaml.Node) bool {
		if k, v := scopeOf(n); k != key || v != of {
			return false
		}
		if from := peek(n, "valid_from"); from != "" && from >= day {
			return true
		}
		if to := peek(n, "valid_to"); to == "" || to > day {
			setChild(n, "valid_to", scalar(day))
		}
		return false
	})
	for _, w := range news.Content {
		if w.Kind == yaml.MappingNode {
			setChild(w, key, scalar(of))
			setChild(w, "valid_from", scalar(day))
		}
		seq.Content = append(seq.Content, w)
	}
	return nil
}

// letterhead ends the letterhead of a body that holds on the entry's day, and puts one after it that says the same but for the
// entry's fields: a paper of an earlier day keeps the earlier one.
func (m *merger) letterhead(file string, e schedule.Entry, fields map[string]json.RawMessage) error {
	root := m.root(file)
	if root == nil {
		return nil
	}
	seq := child(root, "letterheads")
	if seq == nil {
		seq = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		setChild(root, "letterheads", seq)
	}
	day := e.From.In(calendar.Zone).Format(time.DateOnly)
	var held *yaml.Node
	next := "" // day from which the files have another one
	for _, n := range seq.Content {
		from, to := peek(n, "from"), peek(n, "to")
		switch {
		case peek(n, "agency") != e.Key:
		case from > day && (next == "" || from < next):
			next = from
		case from <= day && (to == "" || to > day):
			held = n // the later line wins
		}
	}
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	setChild(n, "agency", scalar(e.Key))
	if held != nil {
		if peek(held, "from") == day {
			return lay(held, fields)
		}
		n.Content = slices.Clone(held.Content)
		setChild(held, "to", scalar(day))
	}
	own := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := 0; i+1 < len(n.Content); i += 2 { // setChild of one must not reach the other
		k, v := *n.Content[i], *n.Content[i+1]
		own.Content = append(own.Content, &k, &v)
	}
	setChild(own, "from", scalar(day))
	if to := peek(own, "to"); next != "" && (to == "" || to > next) {
		setChild(own, "to", scalar(next))
	}
	seq.Content = append(seq.Content, own)
	return lay(own, fields)
}

// letterheadsOf gathers the letterheads of one body.
func (m *merger) letterheadsOf(file, key string) (out []*yaml.Node) {
	root := m.root(file)
	if root == nil {
		return nil
	}
	if all := child(root, "letterheads"); all != nil {
		for _, n := range all.Content {
			if peek(n, "agency") == key {
				out = append(out, n)
			}
		}
	}
	return out
}

// WindowScope reads whose audience windows an entry's key means: key and value
// of the plan file, of "tv", "radio", "channel:ytv" or "station:dai-ptth".
func WindowScope(key string) (name, value string, err error) {
	if slices.Contains(mediums(), key) {
		return "medium", key, nil
	}
	name, value, ok := strings.Cut(key, ":")
	if !ok || name != "channel" && name != "station" || !slugForm.MatchString(value) {
		return "", "", fmt.Errorf("%q is no medium, channel or station", key)
	}
	return name, value, nil
}

// scopeOf is whose windows an element of the list says: a channel's, else a station's, else a medium's.
func scopeOf(n *yaml.Node) (key, value string) {
	for _, key := range []string{"channel", "station", "medium"} {
		if v := peek(n, key); v != "" {
			return key, v
		}
	}
	return "", ""
}

// files are the files with what was laid over them, in the place of those below.
func (m *merger) files() (fs.FS, error) {
	out := laid{m.fsys, fstest.MapFS{}}
	for file, root := range m.roots {
		if root == nil {
			continue
		}
		text, err := yaml.Dump(root, yaml.WithIndent(2))
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", file, err)
		}
		out.mine[file] = &fstest.MapFile{Data: text}
	}
	return out, nil
}

// laid shows some files in the place of those below, or beside them.
type laid struct {
	fs.FS
	mine fstest.MapFS
}

func (l laid) Open(name string) (fs.File, error) {
	if _, ok := l.mine[name]; ok {
		return l.mine.Open(name)
	}
	return l.FS.Open(name)
}

// ReadDir lists a folder of both.
func (l laid) ReadDir(name string) ([]fs.DirEntry, error) {
	below, err := fs.ReadDir(l.FS, name)
	added := false
	for file := range l.mine {
		if path.Dir(file) != name || slices.ContainsFunc(below, func(d fs.DirEntry) bool { return d.Name() == path.Base(file) }) {
			continue
		}
		info, statErr := fs.Stat(l.mine, file)
		if statErr != nil {
			return nil, statErr
		}
		below, added = append(below, fs.FileInfoToDirEntry(info)), true
	}
	if added {
		slices.SortFunc(below, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		return below, nil
	}
	return below, err
}

// lay sets the fields of a mapping, and takes out those that are null.
func lay(n *yaml.Node, fields map[string]json.RawMessage) error {
	if n.Kind != yaml.MappingNode {
		return errors.New("is no group of fields in the file")
	}
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		v, err := node(fields[key])
		if err != nil {
			return err
		}
		if v.Kind == yaml.ScalarNode && v.Tag == "!!null" {
			dropChild(n, key)
			continue
		}
		setChild(n, key, v)
	}
	return nil
}

// node is a JSON value as YAML of the plan files' own style.
func node(raw json.RawMessage) (*yaml.Node, error) {
	var n yaml.Node
	if err := yaml.Load(raw, &n); err != nil || n.Kind != yaml.DocumentNode || len(n.Content) != 1 {
		return nil, fmt.Errorf("read a value: %v", err)
	}
	var plain func(n *yaml.Node)
	plain = func(n *yaml.Node) {
		n.Style = 0
		for _, c := range n.Content {
			plain(c)
		}
	}
	plain(n.Content[0])
	return n.Content[0], nil
}

func scalar(v string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v} }

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func setChild(n *yaml.Node, key string, v *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = v
			return
		}
	}
	n.Content = append(n.Content, scalar(key), v)
}

func dropChild(n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = slices.Delete(n.Content, i, i+2)
			return
		}
	}
}
