package extract

import (
	"errors"
	"path"
	"strings"
	"time"

	"loa/media"
)

// guessMap shows a sitemap, packed or not, as Guess shows other bodies: its
// addresses, or the files of an index. ok is false if the body is none.
func guessMap(body []byte, contentType, rawurl string) (g Guessed, ok bool) {
	plain, err := unpack(body, Bounds(media.Limits{}, media.KindSitemap).Body, &Map{})
	if err != nil {
		return g, false
	}
	text := strings.ToValidUTF8(string(plain[:min(len(plain), 64<<10)]), "")
	if !isSitemap(text) {
		return g, false
	}
	g.Kind, g.Encoding = "sitemap", "utf-8"
	if !strings.HasPrefix(strings.ToLower(rawurl), "http") {
		if rawurl = nowhere; strings.Contains(text, "<loc>") { // the addresses it lists are on its own host
			_, loc, _ := strings.Cut(text, "<loc>")
			if loc, _, found := strings.Cut(loc, "</loc>"); found && resolve(nil, loc) != "" {
				rawurl = resolve(nil, loc)
			}
		}
		g.Saved = true
		note := Note{Code: "address_own", Text: rawurl}
		if rawurl == nowhere {
			note.Code = "address_unknown"
		}
		g.Notes = append(g.Notes, note)
	}
	base, err := parseURL(rawurl)
	if err != nil {
		return g, false
	}
	g.Source = media.Source{ID: sourceID(base), Kind: media.KindSitemap, URL: rawurl, Every: time.Hour, Articles: true}
	g.Source.Stream = g.Source.ID
	m, err := Sitemap(plain, contentType, media.Source{URL: rawurl}, rawurl)
	if err != nil {
		errors.As(err, &g.Blind)
		return g, true
	}
	for _, e := range m.Entries {
		g.Listing.Entries = append(g.Listing.Entries, e.Entry)
	}
	g.Listing.Partial = m.Partial
	g.Source.Rule = urlRule(g.Listing, media.Rule{})
	for _, c := range m.Children {
		g.Listing.Entries = append(g.Listing.Entries, Entry{URL: c.URL, Title: path.Base(c.URL)})
	}
	g.Notes = append(g.Notes, m.Notes...)
	return g, true
}
