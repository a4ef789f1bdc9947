package api

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// mostEntries is how many pieces a feed tells of, the newest.
const mostEntries = 200

// Forms of a feed.
const (
	Atom = "atom"
	RSS  = "rss"
)

// entry is one credited piece with all it was credited for.
type entry struct {
	media.Evidence
	counts []string // «nhiệm vụ, kỳ»
	ids    []string // of the quotas
}

// entries are the pieces with an address among credits, newest first.
func entries(names report.Names, credits []schedule.Credit, title func(string) string) []entry {
	by := map[string]*entry{}
	var order []string
	for _, c := range credits {
		if c.Evidence.URL == "" || c.Evidence.Kind != media.EvItem && c.Evidence.Kind != media.EvPrint {
			continue
		}
		e := by[c.Evidence.ID]
		if e == nil {
			e = &entry{Evidence: report.Masked(c.Evidence)}
			by[c.Evidence.ID] = e
			order = append(order, c.Evidence.ID)
		}
		words := title(c.Quota)
		if p, err := calendar.Parse(c.Period); err == nil {
			words += ", " + p.Name()
		}
		e.counts, e.ids = append(e.counts, words), append(e.ids, c.Quota)
	}
	out := make([]entry, len(order))
	for i, id := range order {
		out[i] = *by[id]
	}
	slices.SortStableFunc(out, func(a, b entry) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	return out[:min(len(out), mostEntries)]
}

// urn names a piece for ever: its id has 128 bits.
func urn(id string) string {
	if len(id) >= 32 && strings.Trim(id[:32], "0123456789abcdef") == "" {
		return "urn:uuid:" + id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:32]
	}
	h := access.HashSecret(id)
	return "urn:uuid:" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:32]
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomCategory struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr,omitempty"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Link       atomLink       `xml:"link"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Author     atomPerson     `xml:"author"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary"`
}

type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang     string      `xml:"xml:lang,attr"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle"`
	Updated  string      `xml:"updated"`
	Link     atomLink    `xml:"link"`
	Author   atomPerson  `xml:"author"`
	Entries  []atomEntry `xml:"entry"`
}

type rssItem struct {
	Title       string   `xml:"title"`
	Link        string   `xml:"link"`
	GUID        rssGUID  `xml:"guid"`
	Date        string   `xml:"pubDate"`
	Categories  []string `xml:"category"`
	Description string   `xml:"description"`
}

type rssGUID struct {
	Permanent bool   `xml:"isPermaLink,attr"`
	ID        string `xml:",chardata"`
}

type rssFeed struct {
	XMLName     xml.Name  `xml:"rss"`
	Version     string    `xml:"version,attr"`
	AtomNS      string    `xml:"xmlns:atom,attr"`
	Title       string    `xml:"channel>title"`
	Home        string    `xml:"channel>link"`
	Self        rssSelf   `xml:"channel>atom:link"`
	Description string    `xml:"channel>description"`
	Language    string    `xml:"channel>language"`
	Built       string    `xml:"channel>lastBuildDate"`
	Items       []rssItem `xml:"channel>item"`
}

type rssSelf struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

// Feed writes the feed of the pieces credited to an owner, as Atom (RFC 4287) or RSS 2.0, and gives its media type.
// self is its own address, home the desk's; both without a token.
func Feed(plan *schedule.Plan, owner string, credits []schedule.Credit, form, self, home string) (body []byte, kind string, err error) {
	names := report.NamesOf(plan)
	titles := map[string]string{}
	for _, q := range plan.Quotas {
		titles[q.ID] = q.Title
	}
	list := entries(names, credits, func(q string) string { return cmp.Or(titles[q], q) })
	title := "Tin, bài được ghi nhận: " + names.Agency(owner)
	about := "Tin, bài được tính cho nhiệm vụ của kế hoạch " + plan.Number + ", mới nhất trước."
	if plan.Sample {
		about = "Dữ liệu mẫu: địa phương, cơ quan và tin, bài là hư cấu. " + about
	}
	updated := plan.From
	for _, e := range list {
		updated = latest(updated, e.At, e.Seen)
	}
	var doc any
	if form == RSS {
		kind = "application/rss+xml; charset=utf-8"
		f := rssFeed{Version: "2.0", AtomNS: "http://www.w3.org/2005/Atom", Title: title, Home: home, Description: about, Language: "vi", Built: updated.In(calendar.Zone).Format(time.RFC1123Z),
			Self: rssSelf{"self", "application/rss+xml", self}}
		for _, e := range list {
			f.Items = append(f.Items, rssItem{Title: e.Title, Link: e.URL, GUID: rssGUID{false, urn(e.ID)}, Date: e.At.In(calendar.Zone).Format(time.RFC1123Z), Categories: e.ids, Description: e.words(names)})
		}
		doc = f
	} else {
		kind = "application/atom+xml; charset=utf-8"
		f := atomFeed{Lang: "vi", ID: urn(media.Hash("feed", plan.ID, owner)), Title: title, Subtitle: about, Updated: local(updated).Format(time.RFC3339), Link: atomLink{"self", "application/atom+xml", self},
			Author: atomPerson{names.Agency(owner)}}
		for _, e := range list {
			x := atomEntry{ID: urn(e.ID), Title: e.Title, Link: atomLink{"alternate", "", e.URL}, Published: local(e.At).Format(time.RFC3339), Updated: local(latest(e.At, e.Seen)).Format(time.RFC3339),
				Author: atomPerson{names.Agency(e.Agency)}, Summary: e.words(names)}
			for i, id := range e.ids {
				x.Categories = append(x.Categories, atomCategory{id, e.counts[i]})
			}
			f.Entries = append(f.Entries, x)
		}
		doc = f
	}
	var buf bytes.Buffer
	buf.WriteString(xml.Header)
	enc := xml.NewEncoder(&buf)
	enc.Indent("", " ")
	if err := enc.Encode(doc); err != nil {
		return nil, "", fmt.Errorf("write the feed of %s: %w", owner, err)
	}
	return buf.Bytes(), kind, nil
}

// words tell what a piece was credited for.
func (e entry) words(names report.Names) string {
	return names.Agency(e.Agency) + ", " + viet.Day(e.At.In(calendar.Zone)) + ". Ghi nhận cho: " + strings.Join(e.counts, "; ") + "."
}

func latest(ts ...time.Time) time.Time {
	return slices.MaxFunc(ts, func(a, b time.Time) int { return a.Compare(b) })
}

// feed answers /api/v1/feeds/so-noi-vu.atom. What has not changed is told by its ETag alone.
func (s *server) feed(w http.ResponseWriter, q request) {
	slug, form, _ := cutLast(q.PathValue("file"), ".")
	owner := s.id(slug)
	known := slices.ContainsFunc(s.Plan.Agencies, func(a media.Agency) bool { return a.ID == owner })
	if form != Atom && form != RSS || !known || !q.token.Sees(owner) {
		s.problem(w, q.Request, http.StatusNotFound, "Không có bản tin này: cần mã cơ quan, dấu chấm, rồi atom hoặc rss.")
		return
	}
	credits, err := s.Credits(q.Context(), owner)
	if err != nil {
		s.fail(w, q.Request, "read the credits", err)
		return
	}
	home := "http://" + q.Host
	if q.TLS != nil {
		home = "https://" + q.Host
	}
	body, kind, err := Feed(s.Plan, owner, credits, form, home+q.URL.Path, home+"/")
	if err != nil {
		s.fail(w, q.Request, "write a feed", err)
		return
	}
	w.Header().Set("Content-Type", kind)
	s.write(w, q.Request, body)
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
