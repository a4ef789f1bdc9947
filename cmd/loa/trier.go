package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/viet"
)

// trier reads addresses as a person asked, on the command line or on the desk:
// politely, and without storing anything.
type trier struct {
	client  *fetch.Client
	spacing time.Duration // between two requests to one host
	log     *slog.Logger
	robots  map[string]*fetch.Robots // by host, as far as they were asked
}

// tried is what was had of an address or a saved file.
type tried struct {
	body        []byte
	contentType string
	from        string        // where it came from in the end, "" of a file that does not say
	at          time.Time     // when it was fetched or saved
	client      *fetch.Client // nil of a saved file
	rules       *fetch.Robots
	said        []string // Vietnamese: what robots.txt and the server answered
}

// saidError is why an address is not read, told to people as it stands.
type saidError struct{ text string }

func (e saidError) Error() string { return e.text }

// get reads one address after asking robots.txt. What was told on the way is
// there also where nothing could be read.
func (t *trier) get(ctx context.Context, target string) (p tried, err error) {
	resp, said, err := t.fetch(ctx, target)
	p.said = said
	if err != nil {
		return p, err
	}
	p.said = append(p.said, fmt.Sprintf("HTTP %d, %d byte, %s", resp.Status, len(resp.Body), resp.Took.Round(time.Millisecond)))
	u, err := fetch.Parse(target)
	if err != nil {
		return p, err
	}
	p.client, p.rules = t.client, t.robots[u.Host]
	p.body, p.contentType, p.from, p.at = resp.Body, resp.ContentType, resp.FinalURL, resp.At
	return p, nil
}

// fetch gets one address: the first of a host after its robots.txt, the next
// ones after the host's distance.
func (t *trier) fetch(ctx context.Context, target string) (*fetch.Response, []string, error) {
	u, err := fetch.Parse(target)
	if err != nil {
		return nil, nil, usagef("địa chỉ «%s»: %v", target, err)
	}
	var said []string
	rules := t.robots[u.Host]
	if rules == nil {
		var words string
		if rules, words, err = t.askRobots(ctx, u); words != "" {
			said = append(said, words)
		}
		if err != nil {
			return nil, said, err
		}
		if t.robots == nil {
			t.robots = map[string]*fetch.Robots{}
		}
		t.robots[u.Host] = rules
	}
	if !rules.Allowed(agentToken, u.RequestURI()) {
		return nil, said, saidError{fmt.Sprintf("không đọc %s: %s; %s", target, viet.Blind(media.RobotsDenied), viet.BlindAdvice(media.RobotsDenied))}
	}
	if err := t.wait(ctx, rules); err != nil {
		return nil, said, err
	}
	resp, err := t.client.Get(ctx, fetch.Request{URL: target})
	return resp, said, err
}

// askRobots reads a host's robots.txt and says its verdict on the address.
func (t *trier) askRobots(ctx context.Context, u *url.URL) (*fetch.Robots, string, error) {
	status, body := 0, []byte(nil)
	resp, err := t.client.Get(ctx, fetch.Request{URL: u.Scheme + "://" + u.Host + "/robots.txt", Cut: true, MaxBody: 512 << 10})
	var bad *fetch.Error
	switch {
	case err == nil:
		status, body = resp.Status, resp.Body
	case errors.As(err, &bad):
		status = bad.Status
	default:
		return nil, "", err
	}
	if status == 0 { // nobody answered: that is not the owner's no
		return nil, "", err
	}
	rules := fetch.RobotsFor(status, body)
	words := "cho phép"
	if !rules.Allowed(agentToken, u.RequestURI()) {
		words = "không cho phép"
	}
	if d := rules.CrawlDelay(agentToken); d > 0 {
		words += fmt.Sprintf("; yêu cầu cách nhau %s (Crawl-delay)", d)
	}
	return rules, fmt.Sprintf("robots.txt: HTTP %d, %s", status, words), nil
}

// wait keeps the distance the host wants between two requests.
func (t *trier) wait(ctx context.Context, rules *fetch.Robots) error {
	select {
	case <-time.After(max(t.spacing, rules.CrawlDelay(agentToken))):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// unread says in words why nothing could be read of an address, and what can be done.
func unread(target string, err error) error {
	reason := ""
	var page *extract.BlindError
	var bad *fetch.Error
	var away *fetch.RedirectError
	switch {
	case errors.As(err, &page):
		reason = page.Reason
	case errors.As(err, &away):
		return fmt.Errorf("không đọc được %s: trang chuyển sang máy chủ khác; thử lại với %s", target, away.To)
	case errors.Is(err, fetch.ErrRefused):
		return fmt.Errorf("không đọc được %s: địa chỉ không công khai hoặc không phải http, https (%v)", target, err)
	case errors.As(err, &bad):
		reason = bad.Reason
	default:
		return fmt.Errorf("không đọc được %s: %w", target, err)
	}
	words := viet.Blind(reason)
	if bad != nil && reason == media.Unreachable {
		if words = viet.OutcomeOf(reason, bad.Err.Error()); strings.Contains(words, "proxy") {
			return fmt.Errorf("không đọc được %s: %s; kiểm tra địa chỉ, tên và mật khẩu ở LOA_PROXY", target, words)
		}
		words = viet.Blind(reason)
	}
	if bad != nil && bad.Status != 0 {
		words += fmt.Sprintf(" (HTTP %d)", bad.Status)
	}
	if advice := viet.BlindAdvice(reason); advice != "" {
		words += "; " + advice
	}
	return fmt.Errorf("không đọc được %s: %s", target, words)
}

// listed is what a source of some kind brought.
type listed struct {
	extract.Listing
	article  *extract.Article // of a page that is probed
	children int              // files of a sitemap index
	unread   bool             // its kind is read while crawling only
}

// readAs reads an answer as a source is read.
func readAs(src media.Source, res *fetch.Response) (out listed, err error) {
	text := ""
	if src.Kind != media.KindSitemap { // which may be packed
		if text, err = extract.Decode(res.Body, res.ContentType); err != nil {
			return out, err
		}
	}
	switch src.Kind {
	case media.KindSitemap:
		var m extract.Map
		if m, err = extract.Sitemap(res.Body, res.ContentType, src, res.FinalURL); err == nil {
			out.Partial, out.Notes, out.children = m.Partial, m.Notes, len(m.Children)
			for _, e := range m.Entries {
				out.Entries = append(out.Entries, e.Entry)
			}
		}
	case media.KindFeed:
		out.Listing, err = extract.Feed(text, src, res.FinalURL)
	case media.KindList:
		out.Listing, err = extract.List(text, src, res.FinalURL)
	case media.KindDocuments:
		out.Listing, err = extract.Documents(text, src, res.FinalURL)
	case media.KindQuestions:
		out.Listing, err = extract.Questions(text, src, res.FinalURL)
	case media.KindPage:
		var art extract.Article
		if art, err = extract.Page(text, src, res.FinalURL); err == nil {
			out.article = &art
		}
	default:
		out.unread = true
	}
	return out, err
}
