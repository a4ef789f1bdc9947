package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/schedule/calendar"
	"loa/store"
	"loa/store/keep"
	"loa/viet"
	"loa/viet/mask"
)

type evidenceShowCmd struct {
	retention
	What    string `arg:"" name:"bản-lưu" help:"Mã băm SHA-256, mã tin, bài, hoặc địa chỉ trang."`
	Headers bool   `help:"In cả phần đầu của yêu cầu và của trả lời."`
	Body    bool   `help:"In nội dung dạng văn bản, đã che thông tin cá nhân."`
	Raw     bool   `help:"In bản gốc nguyên vẹn, chưa che; lần xem được ghi vào lịch sử thao tác, cần --reason."`
	Reason  string `help:"Lý do xem bản gốc."`
	By      string `help:"Ai xem (mặc định: người dùng của máy)."`
	Out     string `short:"o" help:"Ghi nội dung vào tệp này thay vì in ra." placeholder:"TỆP"`
}

var (
	hexSum = regexp.MustCompile(`^[0-9a-f]{64}$`)
	hexID  = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// Run prints what is kept. Nothing unmasked is shown without a reason.
func (c *evidenceShowCmd) Run(a *app) error {
	switch {
	case c.Raw && c.Body:
		return usagef("chỉ dùng một trong --body, --raw")
	case c.Raw && strings.TrimSpace(c.Reason) == "":
		return usagef("xem bản gốc chưa che cần --reason")
	case c.Out != "" && !c.Raw && !c.Body:
		return usagef("-o cần --body hoặc --raw")
	}
	times, err := c.times()
	if err != nil {
		return err
	}
	st, kept, err := a.shelves()
	if err != nil {
		return err
	}
	defer st.Close()
	rows, err := c.find(a, st)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("không có bản lưu nào của «%s»", c.What)
	}
	if !c.Raw && !c.Body {
		for i, k := range rows {
			if i > 0 {
				fmt.Fprintln(a.Out)
			}
			if err := c.meta(a, st, kept, times, k); err != nil {
				return err
			}
		}
		return nil
	}
	k := rows[0]
	if len(rows) > 1 {
		fmt.Fprintf(a.Err, "loa: có %d bản lưu; in bản mới nhất, %s\n", len(rows), k.SHA256)
	}
	if !k.Going.IsZero() {
		return errors.New(goneWords(k))
	}
	var content []byte
	_, body, err := kept.Read(a.ctx, k.SHA256)
	if err != nil {
		return readError(k, err)
	}
	if c.Raw {
		// Noted before anything is shown: who is killed in between has been noted.
		if err := st.NoteRead(a.ctx, k.SHA256, actor(c.By), c.Reason, time.Now()); err != nil {
			return fmt.Errorf("ghi lần xem bản gốc: %w", err)
		}
		content = body
	} else {
		text, err := maskedBody(a.ctx, st, c.What, "", k, body)
		if err != nil {
			return err
		}
		content = []byte(text + "\n")
	}
	if c.Out != "" {
		if err := os.WriteFile(c.Out, content, 0o600); err != nil {
			return fmt.Errorf("ghi tệp: %w", err)
		}
		return nil
	}
	_, err = io.Copy(a.Out, bytes.NewReader(content))
	return err
}

// find gives the rows of what was asked for, latest first.
func (c *evidenceShowCmd) find(a *app, st *store.Store) ([]store.KeptRow, error) {
	if !hexSum.MatchString(c.What) && !hexID.MatchString(c.What) {
		return st.KeptAt(a.ctx, c.What)
	}
	sums := []string{c.What}
	if hexID.MatchString(c.What) {
		_, revs, ok, err := st.Item(a.ctx, c.What)
		if err != nil || !ok {
			return nil, err
		}
		sums = nil
		for _, r := range revs {
			if r.Kept != "" && !slices.Contains(sums, r.Kept) {
				sums = append(sums, r.Kept)
			}
		}
	}
	known, err := st.KeptOf(a.ctx, sums)
	var out []store.KeptRow
	for _, sha := range sums {
		if k, ok := known[sha]; ok {
			out = append(out, k)
		}
	}
	return out, err
}

// meta prints what is known of a kept body without showing it.
func (c *evidenceShowCmd) meta(a *app, st *store.Store, kept *keep.Objects, times store.Retention, k store.KeptRow) error {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(a.Out, "%-12s%s\n", name+":", value)
		}
	}
	line("Mã băm", k.SHA256)
	line("Địa chỉ", k.URL)
	line("Lấy lúc", viet.Moment(k.At.In(calendar.Zone)))
	if k.Status != 0 {
		line("Trả lời", fmt.Sprintf("%d, %s", k.Status, k.ContentType))
	}
	line("Độ dài", viet.Number(k.Size)+" byte")
	uses, err := st.KeptUses(a.ctx, k.SHA256)
	if err != nil {
		return err
	}
	if !k.Going.IsZero() {
		line("Tình trạng", goneWords(k))
	} else {
		line("Thời hạn", termWords(k, uses, times))
	}
	for i, u := range uses {
		name := "Dẫn bởi"
		if i > 0 {
			name = " "
		}
		if i == 20 {
			fmt.Fprintf(a.Out, "%-12s… và %d mục khác\n", "", len(uses)-i)
			break
		}
		if name == " " {
			fmt.Fprintf(a.Out, "%-12s%s %s\n", "", viet.Kept(u.Kind), u.ID)
		} else {
			line(name, viet.Kept(u.Kind)+" "+u.ID)
		}
	}
	if !c.Headers || !k.Going.IsZero() {
		return nil
	}
	whole, _, err := kept.Read(a.ctx, k.SHA256)
	if err != nil {
		return readError(k, err)
	}
	for _, h := range []struct {
		name   string
		fields map[string][]string
	}{{"Yêu cầu đã gửi", whole.Sent}, {"Phần đầu của trả lời", whole.Header}} {
		if len(h.fields) == 0 {
			fmt.Fprintf(a.Out, "%s: không có\n", h.name)
			continue
		}
		fmt.Fprintf(a.Out, "%s:\n", h.name)
		var names []string
		for n := range h.fields {
			names = append(names, n)
		}
		slices.Sort(names)
		for _, n := range names {
			for _, v := range h.fields[n] {
				fmt.Fprintf(a.Out, "  %s: %s\n", n, v)
			}
		}
	}
	return nil
}

// errNoText tells a kept body that is no text.
var errNoText = errors.New("không phải văn bản")

// maskedBody is a kept body as people may read it: the text that was read of it
// for the item what names where one was, else all it says, masked as of a section.
func maskedBody(ctx context.Context, st *store.Store, what, section string, k store.KeptRow, body []byte) (string, error) {
	if hexID.MatchString(what) {
		row, revs, ok, err := st.Item(ctx, what)
		if err != nil {
			return "", err
		}
		for _, r := range revs {
			if ok && r.Kept == k.SHA256 && r.From == "page" {
				m := mask.Of(r.Section, r.Title, r.Lead, r.Body)
				return strings.TrimSpace(m.Text(r.Title) + "\n\n" + m.Text(r.Lead) + "\n\n" + m.Text(r.Body)), nil
			}
		}
		if ok {
			section = row.Item.Section
		}
	}
	text, err := extract.Text(body, k.ContentType)
	if err != nil {
		return "", fmt.Errorf("bản lưu %s %w (xem bằng --raw -o TỆP --reason …): %w", k.SHA256, errNoText, err)
	}
	return mask.Text(section, text), nil
}

// readError tells a kept body that is missing or damaged.
func readError(k store.KeptRow, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("bản lưu %s bị thiếu trong kho", k.SHA256)
	case errors.Is(err, keep.ErrDamaged):
		return fmt.Errorf("bản lưu %s bị hỏng: %w", k.SHA256, err)
	}
	return fmt.Errorf("đọc bản lưu: %w", err)
}

// goneWords tells of bytes that were deleted, their time having passed.
func goneWords(k store.KeptRow) string {
	day := k.Gone
	if day.IsZero() {
		day = k.Going
	}
	return viet.KeptGone(k.Class, k.Term, day)
}

// termWords tells until when bytes are kept.
func termWords(k store.KeptRow, uses []store.KeptUse, times store.Retention) string {
	class, held, until := times.Until(k, uses)
	switch {
	case held:
		return viet.Kept("evidence") + "; giữ chừng nào còn được dẫn"
	case until.IsZero():
		return viet.Kept(class) + "; giữ mãi mãi"
	}
	return viet.Kept(class) + "; giữ đến " + viet.Day(until.In(calendar.Zone))
}
