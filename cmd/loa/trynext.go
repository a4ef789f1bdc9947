package main

import (
	"errors"
	"fmt"
	"time"

	"loa/crawler"
	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/viet"
)

// tried is what `loa try` has of an address or a saved file.
type tried struct {
	body        []byte
	contentType string
	from        string        // where it came from in the end, "" of a file that does not say
	at          time.Time     // when it was fetched or saved
	client      *fetch.Client // nil of a saved file
	rules       *fetch.Robots
}

// onward looks at page 2 of a list whose first page has been read, where its rule
// or the guess of one says how it goes on, and tells what came. Of the guess it
// gives what may be proposed: none that did not lead to anything new. One page is
// asked for, after the host's distance, if robots.txt allows it.
func (c *tryCmd) onward(a *app, p tried, src media.Source, first []extract.Entry, read func(text string, src media.Source, base string) (extract.Listing, error)) media.Paging {
	guess := src.Rule.Next
	if !extract.Paged(src) {
		return guess
	}
	if guess.By != "" {
		fmt.Fprintf(a.Out, "Sang trang sau, đoán được: next: %s\n", extract.NextYAML(guess))
	}
	text, err := extract.Decode(p.body, p.contentType)
	if err != nil {
		return media.Paging{}
	}
	at, ok, err := extract.Next(text, src, src.URL, extract.Place{N: 1, URL: src.URL})
	switch {
	case err != nil || !ok:
		fmt.Fprintln(a.Out, "Trang 2: trang này không dẫn tới")
		return media.Paging{}
	case p.client == nil:
		fmt.Fprintf(a.Out, "Trang 2: %s (chưa thử, vì đây là tệp đã lưu)\n", at.URL)
		return guess
	}
	l, err := c.further(a, p, src, at, read)
	if err != nil {
		a.log.Debug("page 2", "url", at.URL, "error", err)
		fmt.Fprintf(a.Out, "Trang 2: %s: %v\n", at.URL, err)
		return media.Paging{}
	}
	seen := map[string]bool{}
	for _, e := range first {
		seen[e.Key] = true
	}
	fresh := 0
	for _, e := range l.Entries {
		if !seen[e.Key] {
			fresh++
		}
	}
	fmt.Fprintf(a.Out, "Trang 2: %s: %d mục, %d mục chưa có ở trang 1\n", at.URL, len(l.Entries), fresh)
	if 2*fresh < len(l.Entries) {
		fmt.Fprintln(a.Out, "Trang 2 gần như là trang 1: không ghi next; nếu còn các trang sau, hãy tự ghi cách sang trang")
		return media.Paging{}
	}
	return guess
}

// further asks for page 2 and reads it.
func (c *tryCmd) further(a *app, p tried, src media.Source, at extract.Place, read func(text string, src media.Source, base string) (extract.Listing, error)) (extract.Listing, error) {
	u, err := fetch.Parse(at.URL)
	if err != nil {
		return extract.Listing{}, fmt.Errorf("địa chỉ không đọc được")
	}
	if own, err := fetch.Parse(src.URL); err != nil || fetch.Group(own.Host) != fetch.Group(u.Host) {
		return extract.Listing{}, fmt.Errorf("ở máy chủ khác, không hỏi")
	}
	if !p.rules.Allowed(agentToken, u.RequestURI()) {
		return extract.Listing{}, fmt.Errorf("robots.txt không cho đọc")
	}
	if err := c.wait(a, p.rules); err != nil {
		return extract.Listing{}, err
	}
	resp, err := p.client.Get(a.ctx, crawler.Further(at, 0))
	if err != nil {
		return extract.Listing{}, fmt.Errorf("%s", viet.Blind(reasonOf(err)))
	}
	text, err := extract.Decode(resp.Body, resp.ContentType)
	if err != nil {
		return extract.Listing{}, fmt.Errorf("%s", viet.Blind(media.ParseError))
	}
	l, err := read(text, src, resp.FinalURL)
	if err != nil {
		return l, fmt.Errorf("%s", viet.Blind(reasonOf(err)))
	}
	return l, nil
}

// reasonOf is the blind reason for which nothing could be had.
func reasonOf(err error) string {
	var page *extract.BlindError
	var bad *fetch.Error
	switch {
	case errors.As(err, &page):
		return page.Reason
	case errors.As(err, &bad):
		return bad.Reason
	}
	return media.Unreachable
}
