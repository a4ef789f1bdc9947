package sample

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"loa/crawler/classify"
	"loa/crawler/extract"
	"loa/media"
	"loa/plans"
	"loa/schedule/calendar"
)

// TestClassifierAgrees reads the truth's own texts: the story stands on it.
func TestClassifierAgrees(t *testing.T) {
	c, err := classify.New()
	if err != nil {
		t.Fatal(err)
	}
	var tp, fp, fn, tn int
	for _, p := range province().pieces {
		body := ""
		for _, s := range p.body {
			body += s + "\n"
		}
		v := c.Judge(media.Revision{Title: p.Title, Lead: p.Lead, Body: body, Section: p.Section})
		switch {
		case v.Reform && p.Reform:
			tp++
		case v.Reform:
			fp++
			t.Logf("taken for reform (%.2f): %s [digest %t hard %t] %v", v.Score, p.Title, p.Digest, p.Hard, v.Cues)
		case p.Reform:
			fn++
			t.Logf("not recognised (%.2f): %s", v.Score, p.Title)
			if p.Column != "" {
				t.Errorf("%s is in the newspaper's column and is not recognised", p.Title)
			}
		default:
			tn++
		}
	}
	t.Logf("right %d+%d, wrongly taken %d, missed %d", tp, tn, fp, fn)
	if all := tp + tn + fp + fn; (fp+fn)*10 > all {
		t.Errorf("%d of %d judged otherwise than meant", fp+fn, all)
	}
}

// TestLogsAreTheSameBytes matters because an import is known by its file's hash.
func TestLogsAreTheSameBytes(t *testing.T) {
	all := Logs(at(12, 31, 0))
	if len(all) != 27 {
		t.Errorf("%d logs, want 27: two channels, fourteen weeks from 2022-W52, without the radio of week 9", len(all))
	}
	if n := len(Logs(at(3, 20, 16))); n != 21 {
		t.Errorf("%d logs by 20 March, want 21: week 7 is late", n)
	}
	if n := len(Logs(at(3, 30, 16))); n != 25 {
		t.Errorf("%d logs by the end of the story, want 25: week 13 is still to come", n)
	}
	sheets := 0
	for _, l := range all {
		if bytes.HasPrefix(l.Data, []byte("PK")) {
			sheets++
			monday := l.From
			_, week := monday.ISOWeek()
			if !bytes.Equal(l.Data, televisionXLSX(televisionWeek(monday, week))) {
				t.Errorf("%s is other bytes the second time", l.Name)
			}
		}
		if l.Known.Before(l.To) || l.To.Sub(l.From).Hours() != 168 {
			t.Errorf("%s: from %s to %s, known %s", l.Name, l.From, l.To, l.Known)
		}
	}
	if sheets != 2 {
		t.Errorf("%d spreadsheets, want 2", sheets)
	}
}

// sectionOf names the section that each source of the plan lists.
func sectionOf(w *world, src media.Source) *section {
	for _, s := range w.sites {
		for _, sec := range s.sections {
			if "mau/"+s.agency != src.Agency {
				continue
			}
			switch s.form {
			case "newspaper":
				if strings.Contains(src.URL, "/"+sec.code+"/") || strings.HasSuffix(src.URL, "/"+sec.code+".rss") {
					return sec
				}
			case "sharepoint":
				if strings.Contains(src.URL, s.host+sec.path+"/noidung") {
					return sec
				}
			case "nukeviet":
				if strings.Contains(src.URL, "/"+sec.code+"/") {
					return sec
				}
			default:
				return sec
			}
		}
	}
	return nil
}

// TestSourcesRead reads every source by its own rule, as the crawler will, and
// holds entries and pages against the truth.
func TestSourcesRead(t *testing.T) {
	p, _, _ := plans.Load(Plans(), "mau/2023")
	s, c := serve(t, at(1, 2, 7))
	cl := client(s)
	w := province()
	pages := 0
	for _, src := range p.Sources {
		for _, err := range extract.CheckRule(src.Rule) {
			t.Errorf("rule of %s: %v", src.ID, err)
		}
		sec := sectionOf(w, src)
		if !src.Kind.Items() || src.Kind == media.KindSitemap || sec == nil || sec.site.form == "gate" {
			continue
		}
		for _, now := range []time.Time{at(1, 2, 7), at(2, 10, 12), at(3, 30, 16)} {
			c.set(now)
			_, body, h := get(t, cl, src.URL)
			text, err := extract.Decode([]byte(body), h.Get("Content-Type"))
			if err != nil {
				t.Fatalf("%s: %v", src.ID, err)
			}
			read := extract.List
			if src.Kind == media.KindFeed {
				read = extract.Feed
			}
			l, err := read(text, src, src.URL)
			if err != nil {
				t.Errorf("%s at %s: %v", src.ID, now, err)
				continue
			}
			want := (&view{world: w, site: sec.site, now: now}).shown(sec)
			size := 20
			if form := sec.site.form; src.Kind == media.KindList && form != "newspaper" && form != "sharepoint" {
				size = short
			}
			want = page(want, 1, size)
			if sec.site.form == "table" {
				want = page((&view{world: w, site: sec.site, now: now}).shown(nil), 1, 30)
			}
			if len(l.Entries) != len(want) {
				t.Errorf("%s at %s: %d entries, want %d (%v)", src.ID, now, len(l.Entries), len(want), l.Notes)
				continue
			}
			for i, e := range l.Entries {
				checkEntry(t, src, want[i], e)
			}
		}
	}
	c.set(at(3, 30, 16))
	for _, src := range p.Sources {
		sec := sectionOf(w, src)
		if !src.Kind.Items() || src.Kind == media.KindSitemap || sec == nil || sec.site.form == "gate" {
			continue
		}
		for _, p := range (&view{world: w, site: sec.site, now: c.now()}).shown(sec) {
			_, body, h := get(t, cl, p.URL)
			text, err := extract.Decode([]byte(body), h.Get("Content-Type"))
			if err != nil {
				t.Fatal(err)
			}
			a, err := extract.Page(text, src, p.URL)
			if err != nil {
				t.Errorf("%s: %v", p.URL, err)
				continue
			}
			pages++
			checkPage(t, p, a)
		}
	}
	if pages < 250 {
		t.Errorf("%d pages read", pages)
	}
}

// TestSitemapRead reads the files of the sitemap as the crawler does: each piece
// once, none before it is shown, and what is no piece left out.
func TestSitemapRead(t *testing.T) {
	p, _, _ := plans.Load(Plans(), "mau/2023")
	i := slices.IndexFunc(p.Sources, func(s media.Source) bool { return s.Kind == media.KindSitemap })
	if i < 0 {
		t.Fatal("no source is a sitemap")
	}
	src := p.Sources[i]
	s, c := serve(t, at(1, 2, 7))
	cl := client(s)
	var site *site
	for _, h := range province().sites {
		if "mau/"+h.agency == src.Agency {
			site = h
		}
	}
	for _, now := range []time.Time{at(1, 2, 7), at(2, 10, 12), at(3, 30, 16)} {
		c.set(now)
		read := func(u string) (extract.Map, error) {
			_, body, h := get(t, cl, u)
			return extract.Sitemap([]byte(body), h.Get("Content-Type"), src, u)
		}
		m, err := read(src.URL)
		if err != nil || len(m.Entries) > 0 {
			t.Fatalf("at %s: %d entries, %v", now, len(m.Entries), err)
		}
		got := map[string]bool{}
		for _, f := range m.Children {
			sub, err := read(f.URL)
			if strings.HasSuffix(f.URL, "-misc.xml") {
				if err == nil {
					t.Errorf("%s lists pieces: %v", f.URL, sub.Entries)
				}
				continue
			}
			if err != nil || f.At.IsZero() || len(sub.Entries) == 0 {
				t.Errorf("%s at %s: %d entries, %v", f.URL, now, len(sub.Entries), err)
			}
			for _, e := range sub.Entries {
				if got[e.URL] || e.Date.Precision != media.NoDate || e.Changed.After(f.At) {
					t.Errorf("%s: twice %v, date %v, changed %s after its file", e.URL, got[e.URL], e.Date, e.Changed)
				}
				got[e.URL] = true
			}
		}
		want := (&view{world: province(), site: site, now: now}).shown(nil)
		for _, p := range want {
			if !got[p.URL] {
				t.Errorf("%s at %s: %s is missing", src.ID, now, p.URL)
			}
		}
		if len(got) != len(want) {
			t.Errorf("at %s: %d addresses, want %d", now, len(got), len(want))
		}
	}
}

// same forgives capitals and the quotation marks of a site.
func same(a, b string) bool {
	quotes := strings.NewReplacer("„", "", "“", "", "”", "", "«", "", "»", "", "\"", "", "–", "-")
	return strings.EqualFold(quotes.Replace(a), quotes.Replace(b))
}

func checkEntry(t *testing.T, src media.Source, p *piece, e extract.Entry) {
	t.Helper()
	key, err := extract.Key(src.Rule.Key, p.URL)
	if err != nil || key != e.Key {
		t.Errorf("%s: key %q, want %q (%v)", src.ID, e.Key, key, err)
	}
	if !same(e.Title, p.Title) {
		t.Errorf("%s: title %q, want %q", src.ID, e.Title, p.Title)
	}
	checkDate(t, src.ID+" "+e.URL, p, e.Date)
}

func checkDate(t *testing.T, where string, p *piece, d media.Date) {
	t.Helper()
	if !p.Dated {
		if d.Precision != media.NoDate {
			t.Errorf("%s: date %q where none is printed", where, d.Text)
		}
		return
	}
	unit := map[media.Precision]time.Duration{media.ToSecond: time.Second, media.ToMinute: time.Minute}[d.Precision]
	got, want := d.At, p.Published.Truncate(unit)
	if d.Precision == media.ToDay {
		got, want = calendar.Day(d.At), calendar.Day(p.Published)
	}
	if d.Precision == media.NoDate || !got.Equal(want) {
		t.Errorf("%s: date %s (%s, %q), want %s", where, d.At.In(calendar.Zone), d.Precision, d.Text, p.Published)
	}
}

func checkPage(t *testing.T, p *piece, a extract.Article) {
	t.Helper()
	if !same(a.Title, p.Title) {
		t.Errorf("%s: title %q, want %q", p.URL, a.Title, p.Title)
	}
	for _, s := range p.body {
		if !strings.Contains(plainQuotes(a.Body), plainQuotes(s)) {
			t.Errorf("%s: body lacks %q", p.URL, s)
			break
		}
	}
	v := view{world: province(), site: p.site}
	for _, r := range v.related(p) {
		if !same(r.Title, p.Title) && strings.Contains(a.Lead+a.Body, r.Title) && !p.Digest {
			t.Errorf("%s: the teaser %q got into the text", p.URL, r.Title)
		}
	}
	if (a.Credit != "") != (p.Credit != "") {
		t.Errorf("%s: credit %q, want %q", p.URL, a.Credit, p.Credit)
	}
	checkDate(t, "page "+p.URL, p, a.Date)
}

func plainQuotes(s string) string {
	return strings.NewReplacer("„", "", "“", "", "”", "", "«", "", "»", "").Replace(s)
}

// TestLogsParse reads every log as loa import does and holds the airings
// against the story of each week.
func TestLogsParse(t *testing.T) {
	p, _, _ := plans.Load(Plans(), "mau/2023")
	opt := extract.LogOptions{Columns: p.Columns}
	for _, c := range p.Channels {
		opt.Channels = append(opt.Channels, extract.LogChannel{ID: c.ID, Agency: c.Agency, Name: c.Name, Medium: c.Medium, Aliases: c.Aliases})
	}
	kept := map[int]int{} // ISO week → airings that meet every condition of the plan and the windows
	for _, l := range Logs(at(12, 31, 0)) {
		opt.Channel = l.Channel
		airings, rows, err := extract.Airings(l.Name, l.Data, opt)
		if err != nil || len(rows) > 0 {
			t.Errorf("%s: %v %v", l.Name, err, rows)
			continue
		}
		reform := 0
		for _, a := range airings {
			if a.Start.Before(l.From) || !a.Start.Before(l.To) || a.Channel != l.Channel || a.Duration < time.Minute {
				t.Errorf("%s row %d: %s %s %s", l.Name, a.Row, a.Channel, a.Start, a.Duration)
			}
			if a.Column == "" {
				continue
			}
			reform++
			minute := a.Start.In(calendar.Zone).Hour()*60 + a.Start.In(calendar.Zone).Minute()
			inside := a.Medium == "tv" && (minute >= 18*60 && minute < 22*60 || minute >= 690 && minute < 810) || a.Medium == "radio" && minute >= 17*60 && minute < 19*60
			if a.FirstRun && a.Duration >= 15*time.Minute && inside && strings.HasSuffix(a.Column, "chung-tay-cchc") {
				_, week := a.Start.In(calendar.Zone).ISOWeek()
				kept[week]++
			}
		}
		if reform == 0 {
			t.Errorf("%s holds no airing of the column", l.Name)
		}
	}
	for week, want := range map[int]int{52: 1, 1: 1, 2: 2, 3: 1, 4: 1, 5: 0, 6: 2, 7: 1, 8: 0, 9: 1, 10: 1, 11: 1, 12: 1, 13: 1} {
		if kept[week] != want {
			t.Errorf("week %d: %d airings count, want %d", week, kept[week], want)
		}
	}
}

// TestBlindSites checks that the sites that show nothing are seen to do so.
func TestBlindSites(t *testing.T) {
	p, _, _ := plans.Load(Plans(), "mau/2023")
	s, _ := serve(t, at(3, 1, 8))
	cl := client(s)
	want := map[string]string{"mau/so-y-te": media.Challenge, "mau/so-xay-dung": media.Soft404}
	for _, src := range p.Sources {
		reason, ok := want[src.ID]
		if !ok {
			continue
		}
		delete(want, src.ID)
		_, body, _ := get(t, cl, src.URL)
		var blind *extract.BlindError
		if _, err := extract.List(body, src, src.URL); !errors.As(err, &blind) || blind.Reason != reason {
			t.Errorf("%s: %v, want %s", src.ID, err, reason)
		}
	}
	if len(want) > 0 {
		t.Errorf("sources %v are gone", want)
	}
}

// TestTraits checks that the damage of the real sites is there in the bytes.
func TestTraits(t *testing.T) {
	s, _ := serve(t, at(3, 30, 16))
	cl := client(s)
	var decomposed, capitals, padded int
	for _, url := range lists() {
		_, body, _ := get(t, cl, url)
		if !norm.NFC.IsNormalString(body) {
			decomposed++
		}
		if strings.Contains(body, "HUYỆN KHE MÂY") {
			capitals++
		}
		if strings.Contains(body, "++++++++++") {
			padded++
		}
	}
	if decomposed < 5 || capitals == 0 || padded == 0 {
		t.Errorf("lists with decomposed titles %d, capitals %d, padded addresses %d", decomposed, capitals, padded)
	}
	for url, traits := range map[string][]string{
		"http://baomau.example/rss/13.rss":                                             {"&amp;ndash;", " PM</pubDate>"},
		"http://baomau.example/rss/12.rss":                                             {"GMT+7</pubDate>"},
		"http://baomau.example/rss/11.rss":                                             {"</br>", "<title>\n"},
		"http://sotttt.mau.example/feed/":                                              {"+0000</pubDate>", "content:encoded"},
		"http://khemay.mau.example/":                                                   {"\ufeff<html>"},
		"http://mau.example/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=Tintrongtinh": {"Skip Ribbon Commands", "Áp suất không khí hPa"},
	} {
		_, body, _ := get(t, cl, url)
		for _, trait := range traits {
			if !strings.Contains(body, trait) {
				t.Errorf("%s has no %q", url, trait)
			}
		}
	}
}

// TestRegistersParse reads every register as loa import does and holds its rows
// against the truth; hotline pages and papers are of agencies that owe them.
func TestRegistersParse(t *testing.T) {
	p, _, _ := plans.Load(Plans(), "mau/2023")
	signed, asked, listed := 0, 0, 0
	channels := map[string]string{}
	var named []extract.LogChannel
	for _, c := range p.Channels {
		channels[c.ID] = c.Name
		named = append(named, extract.LogChannel{ID: c.ID, Name: c.Name, Aliases: c.Aliases})
	}
	for _, f := range Registers(at(12, 31, 0)) {
		if f.Known.Before(f.To) || f.Data == nil == (f.Note == "") {
			t.Errorf("%s of %s: known %s, note %q", f.Kind, f.From, f.Known, f.Note)
		}
		if f.Data == nil {
			continue
		}
		rows, bad, err := extract.Register(f.Name, f.Data, extract.RegisterOptions{Kind: f.Kind, Agency: "mau/" + f.Agency, Columns: p.Columns, Channels: named, From: f.From, To: f.To})
		if err != nil || len(bad) > 0 {
			t.Errorf("%s: %v %v", f.Name, err, bad)
			continue
		}
		for i, e := range rows {
			switch f.Kind {
			case media.RegProcedures:
				if d := Decisions()[signed]; e.Number != d.Number || !e.At.Equal(d.Signed) {
					t.Errorf("%s row %d: %s of %s, want %s of %s", f.Name, e.Row, e.Number, e.At, d.Number, d.Signed)
				}
				signed++
			case media.RegQuestions:
				if q := Questions(f.From.Month())[i]; !e.Asked.Equal(q.Asked) || !e.Answered.Equal(q.Answered) {
					t.Errorf("%s row %d: asked %s, answered %s, want %+v", f.Name, e.Row, e.Asked, e.Answered, q)
				}
				asked++
			case media.RegSegments:
				got, want := e.Segment, Segments(f.From.Month())[i]
				if !e.At.Equal(want.At) || e.Title != want.Title || e.Column != want.Column || channels[got.Channel] != want.Channel || !slices.Equal(got.Topics, want.Topics) ||
					got.Other != (want.Topic == "Khác") || (got.Mode == media.ModeLive) != want.Live || got.FirstRun == want.Repeat ||
					strings.Join(got.Tones, "") != want.Tone || len(got.Guests) != min(1, len(want.Guest)) {
					t.Errorf("%s row %d: %+v %+v, want %+v", f.Name, e.Row, e, got, want)
				}
				listed++
			case media.RegPrint:
				if (e.Column != "") != (e.Page == "5") {
					t.Errorf("%s row %d: column %q on page %s", f.Name, e.Row, e.Column, e.Page)
				}
			}
		}
	}
	if signed != 5 || asked != 6 || listed != 11 {
		t.Errorf("%d decisions, %d questions and %d segments in the registers", signed, asked, listed)
	}
	if n := len(Registers(at(3, 12, 0))); n != 7 {
		t.Errorf("%d registers by 12 March, want 7: February's of print is late", n)
	}
}

// TestRadioParses reads what is handed in about loudspeakers, and counts it.
func TestRadioParses(t *testing.T) {
	p, _, _ := plans.Load(Plans(), "mau/2023")
	got := ""
	for _, f := range Radio(at(12, 31, 0)) {
		opt := extract.RadioOptions{Agencies: p.Agencies, From: f.From, To: f.To}
		if !f.Log {
			opt = extract.RadioOptions{Agencies: p.Agencies, Month: f.From, District: "mau/" + f.District}
		}
		r, bad, err := extract.Radio(f.Name, f.Data, opt)
		if err != nil || len(bad) > 0 || r.Log != f.Log || f.Known.Before(f.To) {
			t.Errorf("%s: %v %v", f.Name, bad, err)
		}
		for _, g := range r.Registers {
			got += fmt.Sprintf("%s %s %d; ", g.Agency, g.From.Format("01"), len(g.Rows))
		}
		got += fmt.Sprintf("%d blank. ", len(r.Blank))
	}
	if want := "mau/xa-lung-may 01 3; mau/xa-khe-trang 01 0; 0 blank. mau/xa-lung-may 02 3; 0 blank. mau/xa-lung-may 02 4; 1 blank. "; got != want {
		t.Errorf("read %s\nwant %s", got, want)
	}
}

// TestHotlines asks every page that is to prove.
func TestHotlines(t *testing.T) {
	p, _, _ := plans.Load(Plans(), "mau/2023")
	s, c := serve(t, at(1, 2, 7))
	cl := client(s)
	for _, src := range p.Sources {
		host := strings.SplitN(strings.TrimPrefix(src.URL, "http://"), "/", 2)[0]
		if !strings.HasSuffix(src.ID, "-duong-day-nong") || host == "sotnmt.mau.example" || host == "soyte.mau.example" {
			continue
		}
		for _, now := range []time.Time{at(1, 2, 7), at(2, 8, 19), at(2, 9, 7), at(3, 30, 16)} {
			c.set(now)
			code, body, _ := get(t, cl, src.URL)
			emptied := host == "suoitrang.mau.example" && !now.Before(at(3, 1, 0))
			if there := code == 200 && strings.Contains(body, "duongdaynong@"+host); there != Hotline(host, now) || !there && code != 404 && !emptied {
				t.Errorf("%s at %s: %d, there %t, want %t", src.URL, now, code, there, Hotline(host, now))
			}
			if code != 200 {
				continue
			}
			missing, err := extract.Missing(body, src, src.URL)
			if err != nil || len(src.Expect) != 2 || len(missing) != map[bool]int{true: 2}[emptied] {
				t.Errorf("%s at %s lacks %q, %v", src.URL, now, missing, err)
			}
		}
	}
}
