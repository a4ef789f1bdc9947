package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/plans"
	"loa/store"
	"loa/viet"
)

var sourceForm = regexp.MustCompile(`^[a-z0-9-]+(/[a-z0-9-]+)?$`)

// source finds the target among the plans' sources, where it is neither an
// address nor a file: by its full id, or by the short one if no two provinces
// have it. Of several years the latest plan that has it speaks.
func (c *tryCmd) source(a *app) (media.Source, bool, error) {
	if !sourceForm.MatchString(c.Target) {
		return media.Source{}, false, nil
	}
	if _, err := os.Stat(c.Target); err == nil {
		return media.Source{}, false, nil
	}
	files := a.planFiles()
	ids := []string{c.Plan}
	if c.Plan == "" {
		var err error
		if ids, err = plans.IDs(files); err != nil {
			return media.Source{}, false, fmt.Errorf("đọc thư mục kế hoạch: %w", err)
		}
	}
	found := map[string]media.Source{}
	for _, id := range ids {
		p, _, problems := plans.Load(files, id)
		if err := refuse(problems); err != nil {
			if c.Plan != "" {
				return media.Source{}, false, fmt.Errorf("kế hoạch %s: %w", id, err)
			}
			continue
		}
		for _, s := range p.Sources {
			if s.ID == c.Target || strings.HasSuffix(s.ID, "/"+c.Target) {
				found[s.ID] = s
			}
		}
	}
	if len(found) > 1 {
		return media.Source{}, false, usagef("có %d tỉnh có nguồn «%s»; cần mã đầy đủ dạng tỉnh/mã", len(found), c.Target)
	}
	for _, s := range found {
		return s, true, nil
	}
	return media.Source{}, false, nil
}

// lookup is the work of trying one source: its rule in force, the way out, and
// what was stored of it, where there is a store.
type lookup struct {
	*tryCmd
	app   *app
	src   media.Source // as read now
	try   *trier
	store *store.Store // nil: nothing was stored yet
}

// configured reads a source of the plan by its rule in force, and lays its
// article pages beside what was stored of them.
func (c *tryCmd) configured(a *app, src media.Source) error {
	now := fixed(c.At)()
	l := &lookup{tryCmd: c, app: a, src: src.At(now)}
	client, err := c.client()
	if err != nil {
		return err
	}
	l.try = c.trier(a, client)
	if a.hasStore() {
		if l.store, err = a.openStore(a.ctx); err != nil {
			return err
		}
		defer l.store.Close()
	}
	fmt.Fprintf(a.Out, "Nguồn: %s — %s\nĐịa chỉ: %s\n", src.ID, src.Name, src.URL)
	rule(a, ruleTitle(src, now), l.src.Rule)
	if err := l.health(); err != nil {
		return err
	}
	list, err := l.list()
	if err != nil {
		return err
	}
	if !src.Articles {
		return nil
	}
	return l.pages(list)
}

// ruleTitle says which of a source's rules is in force.
func ruleTitle(src media.Source, now time.Time) string {
	for i, r := range src.Rules {
		if r.Rule == src.RuleAt(now) {
			span := ""
			if !r.From.IsZero() {
				span += " từ " + viet.Day(r.From)
			}
			if !r.To.IsZero() {
				span += " đến trước " + viet.Day(r.To)
			}
			return fmt.Sprintf("Quy tắc đang dùng (rules thứ %d%s)", i+1, span)
		}
	}
	return "Quy tắc đang dùng"
}

func (l *lookup) health() error {
	if l.store == nil {
		fmt.Fprintln(l.app.Out, "Tình trạng: chưa thu thập lần nào")
		return nil
	}
	all, err := l.store.Health(l.app.ctx)
	if err != nil {
		return fmt.Errorf("đọc tình trạng nguồn: %w", err)
	}
	h := all[l.src.ID]
	line := viet.OutcomeOf(h.Outcome, h.Detail)
	if !h.BlindSince.IsZero() {
		line += " từ " + viet.Moment(h.BlindSince)
	}
	fmt.Fprintln(l.app.Out, "Tình trạng:", line)
	return nil
}

// fetch gets one address, politely.
func (l *lookup) fetch(target string) (*fetch.Response, error) {
	res, said, err := l.try.fetch(l.app.ctx, target)
	lines(l.app.Out, said)
	return res, err
}

// list reads the source itself and prints what it lists.
func (l *lookup) list() (extract.Listing, error) {
	res, err := l.fetch(l.src.URL)
	var got listed
	if err == nil {
		got, err = readAs(l.src, res)
	}
	if err != nil {
		c := *l.tryCmd
		c.Target = l.src.URL
		return got.Listing, c.blind(l.app, err)
	}
	if got.children > 0 {
		fmt.Fprintf(l.app.Out, "Chỉ mục sitemap: %d tệp con\n", got.children)
	}
	if got.article != nil {
		article(l.app, *got.article)
	}
	if got.unread {
		fmt.Fprintln(l.app.Out, "Kiểu nguồn", l.src.Kind, "chỉ đọc được khi thu thập.")
	}
	for _, n := range got.Notes {
		fmt.Fprintln(l.app.Out, "Lưu ý:", viet.ReadingNote(n.Code, n.N, n.Of, n.Text))
	}
	l.listing(l.app, got.Listing)
	return got.Listing, nil
}

// pages compares the newest article pages that were stored; where none was, the
// first of the list are read alone.
func (l *lookup) pages(list extract.Listing) error {
	var pages []store.PageText
	var err error
	if l.store != nil {
		if pages, err = l.store.LastPages(l.app.ctx, l.src.ID, l.Pages); err != nil {
			return fmt.Errorf("đọc các trang đã lưu: %w", err)
		}
	}
	if len(pages) == 0 {
		fmt.Fprintln(l.app.Out, "\nChưa có trang bài nào được lưu để so sánh.")
		for _, e := range list.Entries {
			if len(pages) < l.Pages && e.URL != "" {
				pages = append(pages, store.PageText{URL: e.URL})
			}
		}
	}
	for _, p := range pages {
		if err := l.compare(p); err != nil {
			return err
		}
	}
	return nil
}

// reading is one way of reading an article; why says why it could not be read.
type reading struct {
	name string
	art  extract.Article
	why  string
}

// compare lays side by side what was stored of a page, what the rule reads in
// the kept copy, what it reads now, and what readability reads now.
func (l *lookup) compare(p store.PageText) error {
	var all []reading
	text, from := "", p.URL
	if r := p.Revision; r.ID != "" {
		all = append(all, reading{name: "đã lưu " + viet.Day(r.Seen), art: extract.Article{
			Title: r.Title, Lead: r.Lead, Body: r.Body, Byline: r.Byline, Section: r.Section, Credit: r.Credit, Date: p.Claimed,
		}})
		again := reading{name: "bản lưu đọc lại theo quy tắc này"}
		kept, err := l.app.openKept(l.app.ctx, l.app.cli.Kept)
		if err != nil {
			return err
		}
		if k, body, err := kept.Read(l.app.ctx, r.Kept); err != nil {
			again.why = "không còn bản lưu"
			l.app.log.Debug("read kept page", "sha256", r.Kept, "error", err)
		} else if text, err = extract.Decode(body, k.ContentType); err != nil {
			again.why = "bản lưu không đọc được"
		} else {
			src := l.src
			src.Rule.Now = r.Seen
			again.art, err = extract.Page(text, src, k.URL)
			again.why, from = whyNot(err), k.URL
		}
		all = append(all, again)
	}
	now := reading{name: "trang bây giờ theo quy tắc này"}
	res, err := l.fetch(p.URL)
	if err == nil {
		var t string
		if t, err = extract.Decode(res.Body, res.ContentType); err == nil {
			text, from = t, res.FinalURL
			now.art, err = extract.Page(t, l.src, from)
		}
	}
	now.why = whyNot(err)
	all = append(all, now)
	best := now
	if now.why != "" {
		best = all[max(0, len(all)-2)]
	}
	second, alike, ok := extract.Second(text, l.src, from, best.art)
	if ok {
		all = append(all, reading{name: "readability", art: second})
	}
	fmt.Fprintf(l.app.Out, "\nTrang bài: %s\n", p.URL)
	l.side(all)
	switch {
	case !ok:
		fmt.Fprintln(l.app.Out, "  Readability không thấy bài nào trên trang này.")
	case best.why != "" || alike < 0.5:
		fmt.Fprintf(l.app.Out, "  Quy tắc và readability đọc khác nhau nhiều (giống %s%%): trang có thể đã đổi giao diện, xem lại rule.\n", viet.Decimal(float64(int(alike*100))))
	default:
		fmt.Fprintf(l.app.Out, "  Quy tắc và readability đọc giống nhau %s%%.\n", viet.Decimal(float64(int(alike*100))))
	}
	return nil
}

// whyNot says in words why a page gave no article, "" if it did.
func whyNot(err error) string {
	var blind *extract.BlindError
	var bad *fetch.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &blind):
		return viet.Blind(blind.Reason)
	case errors.As(err, &bad) && bad.Status != 0:
		return fmt.Sprintf("%s (HTTP %d)", viet.Blind(bad.Reason), bad.Status)
	case errors.As(err, &bad):
		return viet.Blind(bad.Reason)
	}
	return "không đọc được"
}

// side prints the readings field by field; one like the first above it is not
// printed again.
func (l *lookup) side(all []reading) {
	for _, f := range []struct {
		name string
		of   func(extract.Article) string
	}{
		{"Tiêu đề", func(x extract.Article) string { return x.Title }},
		{"Đoạn dẫn", func(x extract.Article) string { return x.Lead }},
		{"Thân bài", func(x extract.Article) string { return x.Body }},
		{"Ngày", func(x extract.Article) string { return dateWords(x.Date) }},
		{"Tác giả", func(x extract.Article) string { return x.Byline }},
		{"Chuyên mục", func(x extract.Article) string { return x.Section }},
		{"Ghi nguồn", func(x extract.Article) string { return x.Credit }},
	} {
		fmt.Fprintf(l.app.Out, "  %s\n", f.name)
		first, has := "", false
		for _, r := range all {
			v, shown := "", ""
			switch {
			case r.why != "":
				shown = "không đọc được: " + r.why
			default:
				v = f.of(r.art)
				shown = v
				if f.name == "Thân bài" {
					shown = fmt.Sprintf("%d chữ", len(strings.Fields(v)))
					if has {
						shown += fmt.Sprintf(", giống %s%%", viet.Decimal(float64(int(extract.Alike(first, v)*100))))
					}
				} else if shown == "" {
					shown = "(không thấy)"
				} else if has && v == first {
					shown = "như trên"
				}
				if !has {
					first, has = v, true
				}
			}
			fmt.Fprintf(l.app.Out, "    %s: %s\n", r.name, cut(shown, 160))
		}
	}
}
