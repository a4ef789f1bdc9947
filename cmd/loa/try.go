package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

type tryCmd struct {
	network
	Target string `arg:"" name:"url-file-or-source" help:"Địa chỉ (http://, https://), tệp đã lưu, hoặc mã một nguồn của kế hoạch."`
	URL    string `help:"Địa chỉ gốc của tệp đã lưu, để ghép các đường dẫn tương đối." placeholder:"URL"`
	Kind   string `enum:",questions,documents,schedule,uploads" default:"" help:"Đọc như loại nguồn này: questions (hỏi đáp), documents (danh mục văn bản), schedule (lịch phát sóng), uploads (video đã đăng); không ghi thì tự đoán." placeholder:"LOẠI"`
	Item   string `help:"Với --kind: bộ chọn CSS của từng mục, khi trang không phải là một bảng." placeholder:"CSS"`
	Items  int    `default:"20" help:"In bao nhiêu tin, bài."`
	Pages  int    `default:"2" help:"Với một nguồn của kế hoạch: so mấy trang bài, trước và bây giờ."`
	Plan   string `help:"Kế hoạch có nguồn ấy (mặc định: mọi kế hoạch)."`
	At     moment `help:"Với một nguồn của kế hoạch: đọc theo quy tắc của thời điểm này."`
}

// Run shows what would be read and prints a source entry to paste.
func (c *tryCmd) Run(a *app) error {
	if src, ok, err := c.source(a); err != nil || ok {
		if err != nil {
			return err
		}
		return c.configured(a, src)
	}
	p, err := c.read(a)
	if err != nil {
		return err
	}
	if c.Kind != "" {
		return c.as(a, p)
	}
	g, err := extract.Guess(p.body, p.contentType, p.from, p.at)
	if err != nil {
		return c.blind(a, err)
	}
	fmt.Fprintf(a.Out, "Địa chỉ: %s\nLoại: %s\nBảng mã: %s\n", g.Source.URL, kindWords(g.Kind), g.Encoding)
	for _, n := range g.Notes { // the listing's and the article's own among them
		fmt.Fprintln(a.Out, "Lưu ý:", viet.ReadingNote(n.Code, n.N, n.Of, n.Text))
	}
	for _, f := range g.Feeds {
		fmt.Fprintln(a.Out, "Tệp RSS được khai trên trang:", f)
	}
	c.listing(a, g.Listing)
	if g.Kind == "article" {
		article(a, g.Article)
	}
	rule(a, "Quy tắc đoán được", g.Source.Rule)
	if g.Blind != nil {
		return c.blind(a, g.Blind)
	}
	if g.Kind == "list" {
		var said []string
		g.Source.Rule.Next, said = c.trier(a, p.client).onward(a.ctx, p, g.Source, g.Listing.Entries, extract.List)
		lines(a.Out, said)
	}
	fmt.Fprintf(a.Out, "\nMục nguồn để dán vào sources.yaml:\n%s", g.YAML())
	return nil
}

// blind says in words why nothing could be read, and what can be done; the
// English detail goes to the log.
func (c *tryCmd) blind(a *app, err error) error {
	var said saidError
	var misused usageError
	if errors.As(err, &said) || errors.As(err, &misused) {
		return err
	}
	a.log.Debug("nothing read", "target", c.Target, "error", err)
	return unread(c.Target, err)
}

// rule prints the selectors of a rule, one a line.
func rule(a *app, title string, r media.Rule) {
	parts := []struct{ name, value string }{
		{"key", r.Key}, {"item", r.Item}, {"link", r.Link}, {"title", r.Title}, {"lead", r.Lead}, {"date", r.Date}, {"headline", r.Headline}, {"sapo", r.Sapo},
		{"body", r.Body}, {"page_date", r.PageDate}, {"section", r.Section}, {"byline", r.Byline}, {"date_layout", r.DateLayout}, {"date_format", r.DateFormat}, {"zone", r.Zone}, {"article_url", r.ArticleURL},
	}
	head := title + ":\n"
	for _, p := range parts {
		if p.value != "" {
			fmt.Fprintf(a.Out, "%s  %-11s %s\n", head, p.name, p.value)
			head = ""
		}
	}
}

// read takes a saved file, or fetches the address after asking robots.txt.
func (c *tryCmd) read(a *app) (p tried, err error) {
	if u, perr := url.Parse(c.Target); perr != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return c.file(a)
	}
	client, err := c.client()
	if err != nil {
		return p, err
	}
	p, err = c.trier(a, client).get(a.ctx, c.Target)
	lines(a.Out, p.said)
	if err != nil {
		return p, c.blind(a, err)
	}
	return p, nil
}

// trier is this command's way of trying.
func (c *tryCmd) trier(a *app, client *fetch.Client) *trier {
	return &trier{client: client, spacing: c.Spacing, log: a.log}
}

func lines(w io.Writer, all []string) {
	for _, l := range all {
		fmt.Fprintln(w, l)
	}
}

// file reads a saved page or feed, as of the day it was saved.
func (c *tryCmd) file(a *app) (p tried, err error) {
	st, err := os.Stat(c.Target)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(strings.ToLower(c.Target), "http"):
		return p, usagef("«%s» không phải địa chỉ hợp lệ", c.Target)
	case errors.Is(err, fs.ErrNotExist):
		return p, usagef("không có tệp «%s»; địa chỉ cần bắt đầu bằng http:// hoặc https://", c.Target)
	case err == nil && st.IsDir():
		return p, usagef("«%s» là thư mục; cần một tệp đã lưu hoặc một địa chỉ", c.Target)
	case err == nil && st.Size() > maxFile:
		return p, fmt.Errorf("tệp «%s» lớn hơn %d MB", c.Target, maxFile>>20)
	}
	if p.body, err = os.ReadFile(c.Target); err != nil {
		return p, fmt.Errorf("đọc tệp: %w", err)
	}
	if len(bytes.TrimSpace(p.body)) == 0 {
		return p, fmt.Errorf("tệp «%s» trống", c.Target)
	}
	if c.URL != "" {
		if _, err := fetch.Parse(c.URL); err != nil {
			return p, usagef("--url «%s»: %v", c.URL, err)
		}
	}
	p.from, p.at = c.URL, st.ModTime()
	return p, nil
}

// maxFile bounds a saved file, as fetching bounds a body.
const maxFile = 32 << 20

func kindWords(kind string) string {
	switch kind {
	case "feed":
		return "tệp RSS/Atom"
	case "list":
		return "trang danh sách tin"
	case "sitemap":
		return "sơ đồ trang (sitemap), hoặc mục lục của các tệp sơ đồ"
	case "article":
		return "trang một tin, bài"
	default:
		return "không nhận ra"
	}
}

// listing prints the first entries with dates and zones as understood.
func (c *tryCmd) listing(a *app, l extract.Listing) {
	if len(l.Entries) == 0 {
		return
	}
	dated := 0
	for _, e := range l.Entries {
		if e.Date.Precision != media.NoDate {
			dated++
		}
	}
	partial := ""
	if l.Partial {
		partial = " (tệp bị cắt hoặc hỏng: chỉ gồm phần đọc được)"
	}
	fmt.Fprintf(a.Out, "Tin, bài: %d, có ngày: %d%s\n", len(l.Entries), dated, partial)
	for i, e := range l.Entries {
		if i == c.Items {
			fmt.Fprintf(a.Out, "  … và %d tin, bài nữa\n", len(l.Entries)-i)
			break
		}
		fmt.Fprintf(a.Out, "  %s  %s\n      %s\n", dateWords(e.Date), e.Title, e.URL)
	}
}

func article(a *app, x extract.Article) {
	for _, l := range []struct{ name, value string }{
		{"Tiêu đề", x.Title}, {"Ngày", dateWords(x.Date)}, {"Đoạn dẫn", x.Lead}, {"Chuyên mục", x.Section}, {"Tác giả", x.Byline}, {"Ghi nguồn", x.Credit},
	} {
		if l.value == "" {
			l.value = "(không thấy)"
		}
		fmt.Fprintf(a.Out, "%s: %s\n", l.name, l.value)
	}
	how := "theo phần tử của trang"
	if x.How == "readability" {
		how = "đoán phần chính của trang (readability)"
	}
	fmt.Fprintf(a.Out, "Ảnh: %d\nThân bài: %d chữ, %s\n", x.Images, len(strings.Fields(x.Body)), how)
}

// dateWords prints a date with its zone and where it was found.
func dateWords(d media.Date) string {
	if d.Precision == media.NoDate {
		return "(không rõ ngày)"
	}
	zone := "múi giờ ngầm định +07"
	if d.ZoneGiven {
		zone = "có ghi múi giờ"
	}
	layout := "02/01/2006 15:04 -07"
	if d.Precision == media.ToDay {
		layout = "02/01/2006"
	}
	return fmt.Sprintf("%s [%s; %s; «%s»]", d.At.In(calendar.Zone).Format(layout), zone, foundWords(d.Found), d.Text)
}

// foundWords says where a date was found.
func foundWords(found string) string {
	switch found {
	case "feed":
		return "trong tệp RSS"
	case "list":
		return "trên trang danh sách"
	case "sitemap":
		return "trong sơ đồ trang"
	case "url":
		return "trong địa chỉ"
	case "text":
		return "trong chữ của trang"
	case "selector":
		return "theo quy tắc page_date"
	case "relative":
		return "tính lùi từ lúc tải trang"
	}
	return "trong " + found // json-ld, meta and the like
}

// agentToken is the product token robots.txt is read for (RFC 9309).
const agentToken = "loa"
