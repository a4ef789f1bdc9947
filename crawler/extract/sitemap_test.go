package extract

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"loa/media"
)

func TestSitemap(t *testing.T) {
	fixtures(t, "sitemap", func(t *testing.T, _ string, tr trait, body []byte) any {
		m, err := Sitemap(body, tr.ContentType, tr.source(t), tr.Base)
		if err != nil {
			return showBlind(t, err)
		}
		t.Log(details(m.Notes))
		out := struct {
			Entries  []map[string]string `json:"entries,omitempty"`
			Children []map[string]string `json:"children,omitempty"`
			Partial  bool                `json:"partial,omitempty"`
		}{Partial: m.Partial}
		show := func(pairs ...string) map[string]string {
			row := map[string]string{}
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i+1] != "" {
					row[pairs[i]] = pairs[i+1]
				}
			}
			return row
		}
		moment := func(at time.Time) string {
			if at.IsZero() {
				return ""
			}
			return at.UTC().Format(time.RFC3339)
		}
		for _, e := range m.Entries {
			out.Entries = append(out.Entries, show("url", e.URL, "key", e.Key, "title", e.Title, "date", showDate(e.Date), "changed", moment(e.Changed)))
		}
		for _, c := range m.Children {
			out.Children = append(out.Children, show("url", c.URL, "changed", c.Changed, "at", moment(c.At)))
		}
		return out
	})
}

// What `loa try` shows of a sitemap.
func TestGuessSitemap(t *testing.T) {
	var zip bytes.Buffer
	z := gzip.NewWriter(&zip)
	z.Write([]byte("<urlset><url><loc>http://a.example/tin/1</loc></url><url><loc>http://a.example/tin/2</loc></url></urlset>"))
	z.Close() // into memory
	g, err := Guess(zip.Bytes(), "application/gzip", "http://a.example/sitemap.xml.gz", time.Time{})
	if err != nil || g.Kind != "sitemap" || g.Source.Kind != media.KindSitemap || len(g.Listing.Entries) != 2 || g.Saved {
		t.Errorf("%+v %v", g, err)
	}
	g, err = Guess([]byte("<sitemapindex><sitemap><loc>http://a.example/m1.xml</loc></sitemap></sitemapindex>"), "", "m.xml", time.Time{})
	if err != nil || g.Kind != "sitemap" || !g.Saved || len(g.Listing.Entries) != 1 || g.Listing.Entries[0].Title != "m1.xml" {
		t.Errorf("%+v %v", g, err)
	}
}

// A lastmod is never taken for a date of publication, whatever stands around it.
func TestLastmodIsNoPublicationDate(t *testing.T) {
	m, err := Sitemap([]byte(`<urlset><url><loc>http://a.example/tin-1</loc><lastmod>2023-03-01T08:00:00+07:00</lastmod></url></urlset>`), "", media.Source{}, "http://a.example/sitemap.xml")
	if err != nil || len(m.Entries) != 1 {
		t.Fatal(m, err)
	}
	if e := m.Entries[0]; e.Date.Precision != media.NoDate || !e.Changed.Equal(time.Date(2023, 3, 1, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", e)
	}
}

// What is hostile ends within the protocol's bounds.
func TestHostileSitemap(t *testing.T) {
	var zip bytes.Buffer
	z := gzip.NewWriter(&zip)
	for range 60 {
		z.Write(bytes.Repeat([]byte(" "), 1<<20))
	}
	z.Close() // into memory
	var many strings.Builder
	many.WriteString("<urlset>")
	for i := range 50_000 + 10 {
		fmt.Fprintf(&many, "<url><loc>http://a.example/%d</loc></url>", i)
	}
	many.WriteString("</urlset>")
	var index strings.Builder
	index.WriteString("<sitemapindex>")
	for i := range maxChildren + 10 {
		fmt.Fprintf(&index, "<sitemap><loc>http://a.example/%d.xml</loc></sitemap>", i)
	}
	index.WriteString("</sitemapindex>")
	for name, c := range map[string]struct {
		body              []byte
		entries, children int
		partial           bool
		reason            string
	}{
		"bomb":           {zip.Bytes(), 0, 0, false, media.ParseError},
		"too many":       {[]byte(many.String()), 50_000, 0, true, ""},
		"too many files": {[]byte(index.String()), 0, maxChildren, true, ""},
		"entities":       {[]byte(`<!DOCTYPE u [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><urlset><url><loc>http://a.example/&b;</loc></url></urlset>`), 1, 0, false, ""},
		"deep":           {[]byte("<urlset>" + strings.Repeat("<url>", 200_000)), 0, 0, false, media.Empty},
		"long address":   {[]byte("<urlset><url><loc>http://a.example/" + strings.Repeat("a", 1<<20) + "</loc></url></urlset>"), 0, 0, false, media.Empty},
		"stray signs":    {[]byte("<urlset>" + strings.Repeat("<", 300_000) + "<url><loc>http://a.example/1</loc></url></urlset>"), 1, 0, true, ""},
		"attributes":     {[]byte("<urlset><url " + strings.Repeat(`a="b" `, 100_000) + "><loc>http://a.example/1</loc></url></urlset>"), 1, 0, false, ""},
		"nothing":        {nil, 0, 0, false, media.Empty},
		"words":          {[]byte("xin chào"), 0, 0, false, media.NotAFeed},
		"a feed":         {[]byte("<rss><channel><item><title>x</title></item></channel></rss>"), 0, 0, false, media.NotAFeed},
		"a picture":      {[]byte("\x89PNG\r\n"), 0, 0, false, media.ParseError},
	} {
		m, err := Sitemap(c.body, "", media.Source{}, "http://a.example/sitemap.xml")
		var b *BlindError
		if c.reason != "" {
			if !errors.As(err, &b) || b.Reason != c.reason {
				t.Errorf("%s: %v, want %s", name, err, c.reason)
			}
			continue
		}
		if err != nil || len(m.Entries) != c.entries || len(m.Children) != c.children || m.Partial != c.partial {
			t.Errorf("%s: %d entries, %d files, partial %v, %v", name, len(m.Entries), len(m.Children), m.Partial, err)
		}
	}
}

func FuzzSitemap(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0"?><urlset xmlns:n="x"><url><loc>http://a.example/1</loc><lastmod>2023-03-01</lastmod><n:news><n:publication_date>2023-03-01T08:00:00+07:00</n:publication_date><n:title>Một</n:title></n:news></url></urlset>`))
	f.Add([]byte(`<sitemapindex><sitemap><loc>/sitemap-2023-05.xml</loc></sitemap><sitemap><loc>b.xml</loc><lastmod>2023-13`))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Add([]byte("<urlset><url><loc>http://a.example/&;<</loc><url>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Sitemap(body, "text/xml", media.Source{URL: "http://a.example/"}, "http://a.example/sitemap.xml")
		var b *BlindError
		if err != nil && !errors.As(err, &b) {
			t.Fatalf("%v is no BlindError", err)
		}
		if err == nil && len(m.Entries)+len(m.Children) == 0 {
			t.Error("nothing read and no reason")
		}
		for _, e := range m.Entries {
			if e.Key == "" || e.URL == "" {
				t.Errorf("%+v", e)
			}
		}
	})
}
