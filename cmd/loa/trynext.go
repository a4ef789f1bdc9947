package main

import (
	"context"
	"errors"
	"fmt"

	"loa/crawler"
	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/viet"
)

// onward looks at page 2 of a list whose first page has been read, where its rule
// or the guess of one says how it goes on, and tells what came. Of the guess it
// gives what may be proposed: none that did not lead to anything new. One page is
// asked for, after the host's distance, if robots.txt allows it.
func (t *trier) onward(ctx context.Context, p tried, src media.Source, first []extract.Entry, read func(text string, src media.Source, base string) (extract.Listing, error)) (next media.Paging, said []string) {
	guess := src.Rule.Next
	if !extract.Paged(src) {
		return guess, nil
	}
	say := func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	if guess.By != "" {
		say("Sang trang sau, đoán được: next: %s", extract.NextYAML(guess))
	}
	text, err := extract.Decode(p.body, p.contentType)
	if err != nil {
		return media.Paging{}, said
	}
	at, ok, err := extract.Next(text, src, src.URL, extract.Place{N: 1, URL: src.URL})
	switch {
	case err != nil || !ok:
		say("Trang 2: trang này không dẫn tới")
		return media.Paging{}, said
	case p.client == nil:
		say("Trang 2: %s (chưa thử, vì đây là tệp đã lưu)", at.URL)
		return guess, said
	}
	l, err := t.further(ctx, p, src, at, read)
	if err != nil {
		t.log.Debug("page 2", "url", at.URL, "error", err)
		say("Trang 2: %s: %v", at.URL, err)
		return media.Paging{}, said
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
	say("Trang 2: %s: %d mục, %d mục chưa có ở trang 1", at.URL, len(l.Entries), fresh)
	if 2*fresh < len(l.Entries) {
		say("Trang 2 gần như là trang 1: không ghi next; nếu còn các trang sau, hãy tự ghi cách sang trang")
		return media.Paging{}, said
	}
	return guess, said
}

// further asks for page 2 and reads it.
func (t *trier) further(ctx context.Context, p tried, src media.Source, at extract.Place, read func(text string, src media.Source, base string) (extract.Listing, error)) (extract.Listing, error) {
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
	if err := t.wait(ctx, p.rules); err != nil {
		return extract.Listing{}, err
	}
	resp, err := p.client.Get(ctx, crawler.Further(at, 0))
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
