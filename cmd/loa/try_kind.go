package main

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"loa/crawler/extract"
	"loa/media"
	"loa/viet"
)

// as reads the page as the kind of source that --kind names, and shows what
// would be read.
func (c *tryCmd) as(a *app, p tried) error {
	text, err := extract.Decode(p.body, p.contentType)
	if err != nil {
		return c.blind(a, err)
	}
	from := cmp.Or(p.from, "https://example.invalid/")
	src := media.Source{URL: from, Kind: media.SourceKind(c.Kind), Rule: media.Rule{Item: c.Item}}
	fmt.Fprintf(a.Out, "Địa chỉ: %s\nĐọc như: kind: %s\n", from, c.Kind)
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	var n int
	switch src.Kind {
	case media.KindSchedule:
		all, err := extract.Schedule(text, src, from, nil)
		if err != nil {
			return c.blind(a, err)
		}
		n = len(all)
		for _, p := range all[:min(n, c.Items)] {
			length := "-"
			if p.Duration > 0 {
				length = viet.Duration(p.Duration)
			}
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", viet.Moment(p.Start), length, p.Programme, plannedNote(p))
		}
	case media.KindUploads:
		all, err := extract.UploadFeed(text, src, from, nil)
		if err != nil {
			return c.blind(a, err)
		}
		n = len(all)
		for _, u := range all[:min(n, c.Items)] {
			fmt.Fprintf(w, "  %s\t%s\t%s\n", viet.Moment(u.At), u.Title, u.URL)
		}
	default:
		read := extract.Documents
		if src.Kind == media.KindQuestions {
			read = extract.Questions
		}
		l, err := read(text, src, from)
		if err != nil {
			return c.blind(a, err)
		}
		for _, x := range l.Notes {
			fmt.Fprintln(a.Out, "Lưu ý:", viet.ReadingNote(x.Code, x.N, x.Of, x.Text))
		}
		n = len(l.Entries)
		for _, e := range l.Entries[:min(n, c.Items)] {
			fmt.Fprintln(w, "  "+listedLine(e))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		src.Rule.Next = extract.GuessNext(text, src, from)
		var said []string
		src.Rule.Next, said = c.trier(a, p.client).onward(a.ctx, p, src, l.Entries, read)
		lines(a.Out, said)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đọc được %d mục.\n\nMục nguồn để dán vào sources.yaml:\n%s", n, c.entry(from, src.Rule.Next))
	return nil
}

// listedLine is one document or question as it was read.
func listedLine(e extract.Entry) string {
	day := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return viet.Day(t)
	}
	if q := e.Question; q != nil {
		state := map[string]string{"answered": "đã trả lời", "waiting": "chưa trả lời", "": "không rõ đã trả lời chưa"}[q.State]
		return fmt.Sprintf("%s\thỏi %s\ttrả lời %s\t%s\t%s", cmp.Or(q.Number, "-"), day(q.Asked), day(q.Answered), state, e.Title)
	}
	posted := time.Time{}
	if e.Date.Precision != media.NoDate {
		posted = e.Date.At
	}
	return fmt.Sprintf("%s\tký %s\tđăng %s\t%s\t%s", cmp.Or(e.Document.Number, "-"), day(e.Document.Signed), day(posted), cmp.Or(e.Section, "-"), e.Title)
}

// entry is a source to start from.
func (c *tryCmd) entry(from string, next media.Paging) string {
	id := "nguon-moi"
	if u, err := url.Parse(from); err == nil && u.Hostname() != "" {
		id = slugOfHost(u.Hostname()) + "-" + c.Kind
	}
	out := fmt.Sprintf("  - id: %s\n    agency: \"\"   # điền mã cơ quan có trong agencies.yaml\n    name: \"\"     # tên nguồn, để người đọc\n    kind: %s\n    url: %q\n    every: 12h\n", id, c.Kind, from)
	if c.Kind == string(media.KindSchedule) || c.Kind == string(media.KindUploads) {
		out += "    channel: \"\"  # điền mã kênh có trong agencies.yaml\n"
	}
	var rule []string
	if c.Item != "" {
		rule = append(rule, fmt.Sprintf("item: %q", c.Item))
	}
	if n := extract.NextYAML(next); n != "" {
		rule = append(rule, "next: "+n)
	}
	if len(rule) > 0 {
		out += fmt.Sprintf("    rule: {%s}\n", strings.Join(rule, ", "))
	}
	return out
}

// slugOfHost makes a source's id of a host's name.
func slugOfHost(host string) string {
	out := []byte(host)
	for i, b := range out {
		if !(b >= 'a' && b <= 'z' || b >= '0' && b <= '9') {
			out[i] = '-'
		}
	}
	return string(out)
}
