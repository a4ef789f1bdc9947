package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/schedule/calendar"
)

type tryCmd struct {
	network
	Target string `arg:"" name:"url-or-file" help:"Địa chỉ hoặc tệp đã lưu."`
	URL    string `help:"Địa chỉ gốc của tệp đã lưu, để ghép các đường dẫn tương đối."`
	Items  int    `default:"20" help:"In bao nhiêu tin, bài."`
}

// Run shows what would be read and prints a source entry to paste.
func (c *tryCmd) Run(a *app) error {
	body, contentType, from, err := c.read(a)
	if err != nil {
		return err
	}
	g, err := extract.Guess(body, contentType, from)
	if err != nil {
		return fmt.Errorf("đọc thử %s: %w", c.Target, err)
	}
	fmt.Fprintf(a.Out, "Địa chỉ: %s\nLoại: %s\nBảng mã: %s\n", from, kindWords(g.Kind), g.Encoding)
	for _, n := range g.Notes {
		fmt.Fprintln(a.Out, "Lưu ý:", n)
	}
	for _, f := range g.Feeds {
		fmt.Fprintln(a.Out, "Tệp RSS được khai trên trang:", f)
	}
	c.listing(a, g.Listing)
	if g.Kind == "article" {
		article(a, g.Article)
	}
	if y := g.YAML(); y != "" {
		fmt.Fprintf(a.Out, "\nMục nguồn để dán vào sources.yaml:\n%s", y)
	}
	return nil
}

// read takes a saved file, or fetches the address after asking robots.txt.
func (c *tryCmd) read(a *app) (body []byte, contentType, from string, err error) {
	if u, perr := url.Parse(c.Target); perr != nil || (u.Scheme != "http" && u.Scheme != "https") {
		body, err = os.ReadFile(c.Target)
		if err != nil {
			return nil, "", "", fmt.Errorf("đọc tệp: %w", err)
		}
		return body, "", c.URL, nil
	}
	client, err := c.client()
	if err != nil {
		return nil, "", "", err
	}
	if err := c.askRobots(a, client); err != nil {
		return nil, "", "", err
	}
	resp, err := client.Get(a.ctx, fetch.Request{URL: c.Target})
	if err != nil {
		return nil, "", "", fmt.Errorf("tải %s: %w", c.Target, err)
	}
	fmt.Fprintf(a.Out, "HTTP %d, %d byte, %s\n", resp.Status, len(resp.Body), resp.Took.Round(time.Millisecond))
	return resp.Body, resp.ContentType, resp.FinalURL, nil
}

// askRobots reads the host's robots.txt, says its verdict, and keeps the
// wanted distance before the next request.
func (c *tryCmd) askRobots(a *app, client *fetch.Client) error {
	u, err := fetch.Parse(c.Target)
	if err != nil {
		return usagef("địa chỉ «%s»: %v", c.Target, err)
	}
	status, body := 0, []byte(nil)
	resp, err := client.Get(a.ctx, fetch.Request{URL: u.Scheme + "://" + u.Host + "/robots.txt", Cut: true, MaxBody: 512 << 10})
	var bad *fetch.Error
	switch {
	case err == nil:
		status, body = resp.Status, resp.Body
	case errors.As(err, &bad):
		status = bad.Status
	default:
		return fmt.Errorf("đọc robots.txt: %w", err)
	}
	rules := fetch.RobotsFor(status, body)
	allowed := rules.Allowed(agentToken, u.RequestURI())
	words := "cho phép"
	if !allowed {
		words = "không cho phép"
	}
	fmt.Fprintf(a.Out, "robots.txt: HTTP %d, %s; Crawl-delay %s\n", status, words, rules.CrawlDelay(agentToken))
	if !allowed {
		return fmt.Errorf("robots.txt không cho phép đọc %s", c.Target)
	}
	select {
	case <-time.After(max(c.Spacing, rules.CrawlDelay(agentToken))):
		return nil
	case <-a.ctx.Done():
		return a.ctx.Err()
	}
}

func kindWords(kind string) string {
	switch kind {
	case "feed":
		return "tệp RSS/Atom"
	case "list":
		return "trang danh sách tin"
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
	for _, n := range l.Notes {
		fmt.Fprintln(a.Out, "Lưu ý:", n)
	}
	for i, e := range l.Entries {
		if i == c.Items {
			fmt.Fprintf(a.Out, "  … và %d tin, bài nữa\n", len(l.Entries)-i)
			break
		}
		fmt.Fprintf(a.Out, "  %s  %s\n      %s\n", dateWords(e.Date), e.Title, e.URL)
	}
}

func article(a *app, x extract.Article) {
	fmt.Fprintf(a.Out, "Tiêu đề: %s\nNgày: %s\nĐoạn dẫn: %s\nChuyên mục: %s\nTác giả: %s\nGhi nguồn: %s\nẢnh: %d\nThân bài: %d chữ, lấy bằng %s\n",
		x.Title, dateWords(x.Date), x.Lead, x.Section, x.Byline, x.Credit, x.Images, len(strings.Fields(x.Body)), x.How)
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
	return fmt.Sprintf("%s [%s; từ %s; «%s»]", d.At.In(calendar.Zone).Format(layout), zone, d.Found, d.Text)
}

// agentToken is the product token robots.txt is read for (RFC 9309).
const agentToken = "loa"
