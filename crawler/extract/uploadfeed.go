package extract

import (
	"fmt"

	"loa/media"
)

// UploadFeed reads a feed of what a channel put on the network, such as
// YouTube's (feeds/videos.xml?channel_id=…: Atom with published, and no length).
// text is Decode's. An entry without address, title or date is left out: an
// upload is dated, or no evidence. Errors are BlindErrors: not_a_feed,
// challenge, soft_404, hijacked, empty, parse_error, layout_changed.
func UploadFeed(text string, src media.Source, base string, columns []media.Column) ([]media.Upload, error) {
	at, err := parseURL(base)
	if err != nil {
		return nil, err
	}
	bounds := Bounds(src.Limits, media.KindUploads)
	items, _, err := feedItems(text, bounds)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, &BlindError{media.Empty, "the feed has no items"}
	}
	var mine []media.Column
	for _, c := range columns {
		if c.Agency == "" || c.Agency == src.Agency {
			mine = append(mine, c)
		}
	}
	var out []media.Upload
	var titles []string
	had := map[string]bool{}
	for _, it := range items[:min(len(items), bounds.Items)] {
		e, _ := feedEntry(it, src.Rule, at)
		titles = append(titles, e.Title)
		url, ok := uploadURL(e.URL)
		if !ok || e.Title == "" || e.Date.Precision == media.NoDate || spamLine(e.Title) {
			continue
		}
		u := media.Upload{Source: src.ID, Channel: src.Channel, At: e.Date.At, Precision: e.Date.Precision, Title: e.Title, URL: url,
			Column: columnOf(e.Title, e.Date.At, mine)}
		if u.ID = media.UploadID(u.Channel, u.URL, u.Title, u.At); !had[u.ID] {
			had[u.ID] = true
			out = append(out, u)
		}
	}
	if err := nothingOf(titles, len(out), &BlindError{media.LayoutChanged, fmt.Sprintf("none of %d entries has address, title and date", len(items))}); err != nil {
		return nil, err
	}
	return out, nil
}
