package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"loa/crawler"
	"loa/crawler/copies"
	"loa/crawler/fetch"
	"loa/media"
	"loa/store"
	"loa/store/keep"
)

type evidenceReplayCmd struct {
	Plan   string `help:"Kế hoạch, ví dụ yen-bai/2023 (mặc định: kế hoạch đang có hiệu lực)."`
	From   moment `help:"Chỉ đọc lại các lượt đọc từ ngày này." placeholder:"NGÀY"`
	To     moment `help:"Chỉ đọc lại các lượt đọc đến hết ngày này." placeholder:"NGÀY"`
	At     moment `help:"So tiến độ tại thời điểm này (mặc định: bây giờ)."`
	Output string `short:"o" help:"Giữ lại cơ sở dữ liệu được dựng lại trong tệp SQLite mới này." placeholder:"TỆP" type:"path"`
	Lines  int    `default:"50" help:"In nhiều nhất bao nhiêu chỗ khác của mỗi loại (0: mọi chỗ)."`
}

// replay makes the looks on record again from what was kept of them, into a database of its own, and holds that against the
// one in which they are on record.
type replay struct {
	*evidenceReplayCmd
	app   *app
	was   *engine // of the database as it stands
	now   *engine // of the one that is made
	web   *pastWeb
	clock time.Time // business, of the look at hand

	visits, unchanged, blind, pages int            // made again
	left                            map[string]int // looks that cannot be made again, by why
	part                            map[string]bool
	remade                          map[string]bool // ids of visits
	inherited                       map[string]int64
	items                           int // inherited
	judges                          []string
	unjudged                        int
	replanned                       bool // the plan's files were others for some of the looks
	differs                         int
}

// Run reads the kept bodies of a span again and compares; what differs, is damaged or missing ends it with 1.
func (c *evidenceReplayCmd) Run(a *app) error {
	thrifty()
	if c.Lines < 0 {
		return usagef("--lines %d: cần 0 hoặc nhiều hơn", c.Lines)
	}
	if !c.To.IsZero() {
		c.To.Time = c.To.AddDate(0, 0, 1)
		if !c.To.After(c.From.Time) {
			return usagef("--to phải là ngày --from hoặc sau đó")
		}
	}
	file := c.Output
	if file == "" {
		if err := os.MkdirAll(a.cli.Data, 0o750); err != nil {
			return fmt.Errorf("tạo thư mục dữ liệu: %w", err)
		}
		dir, err := os.MkdirTemp(a.cli.Data, "doc-lai-")
		if err != nil {
			return fmt.Errorf("tạo thư mục tạm: %w", err)
		}
		defer os.RemoveAll(dir)
		file = filepath.Join(dir, "loa.db")
	} else if _, err := os.Stat(file); err == nil {
		return usagef("đã có tệp %s", file)
	}
	at := time.Now()
	if !c.At.IsZero() {
		at = c.At.Time
	}
	was, err := a.open(a.planFiles(), c.Plan, func() time.Time { return at })
	if err != nil {
		return err
	}
	defer was.close()
	kept, err := was.keeper()
	if err != nil {
		return err
	}
	r := &replay{evidenceReplayCmd: c, app: a, was: was, left: map[string]int{}, part: map[string]bool{}, remade: map[string]bool{}}
	if err := r.open(file, at); err != nil {
		return err
	}
	defer r.now.close()
	if err := r.again(a.ctx, kept); err != nil {
		return fmt.Errorf("đọc lại từ bản lưu: %w", err)
	}
	return r.compare(a.ctx)
}

// open makes the database to read into, with all that people handed in, decided and set.
func (r *replay) open(file string, at time.Time) error {
	fresh, err := store.Open(r.app.ctx, file, store.Options{Program: version})
	if err != nil {
		return fmt.Errorf("tạo cơ sở dữ liệu để đọc lại: %w", err)
	}
	r.inherited, err = fresh.Inherit(r.app.ctx, r.was.store)
	if cerr := fresh.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("chép những gì không phải do máy đọc: %w", err)
	}
	args, beside := *r.app.cli, *r.app
	args.DB = file
	beside.cli = &args
	r.now, err = beside.open(r.was.files, r.was.plan.ID, func() time.Time { return at })
	return err
}

// Why looks are not made again.
const (
	leftGone    = "bản lưu đã xóa theo thời hạn lưu"
	leftLost    = "bản lưu hỏng hoặc thiếu"
	leftSource  = "nguồn không còn trong kế hoạch"
	leftUnknown = "chưa thấy tin, bài ấy trong các lượt đọc lại"
	leftOutside = "tin, bài có trước các lượt đọc này: đọc ngược kho lưu, lượt đọc quá 90 ngày, ngoài khoảng thời gian, nhập tay"
)

// again makes every look on record again, in order.
func (r *replay) again(ctx context.Context, kept *keep.Objects) error {
	past, err := r.was.store.Past(ctx, r.From.Time, r.To.Time)
	if err != nil {
		return err
	}
	r.web = &pastWeb{store: r.was.store, kept: kept, rules: map[string]string{}, kinds: map[string]media.SourceKind{}, seen: map[string]bool{}, last: map[string]string{}, deleted: map[string]bool{}}
	for _, s := range r.was.plan.Sources {
		r.web.rules[s.ID], r.web.kinds[s.ID] = s.Rule.Key, s.Kind
	}
	cr, err := crawler.New(crawler.Options{
		Hosts: r.now.store, Records: r.now.store, Known: r.now.store, Walks: r.now.store, Quarantine: r.now.store, Keeper: copied{}, Fetch: r.web, Judge: r.now.judge,
		Words: copies.Comparer{}.Teaser, Sources: r.now.plan.Sources, Columns: r.now.plan.Columns, Province: r.now.plan.Province, Spacing: -1, Node: r.now.node,
		Business: func() time.Time { return r.clock }, Log: r.app.log,
	})
	if err != nil {
		return err
	}
	looks, err := cr.Again(ctx)
	if err != nil {
		return err
	}
	if len(past) > 0 {
		versions, err := r.was.store.PlanVersions(ctx, r.was.plan.ID)
		if err != nil {
			return err
		}
		r.replanned = slices.ContainsFunc(versions, func(v store.PlanVersion) bool { return v.At.After(past[0].At) })
	}
	todo, err := r.sort(ctx, past)
	if err != nil {
		return err
	}
	if err := r.each(ctx, looks, todo); err != nil {
		return err
	}
	return r.finish(ctx)
}

// sort leaves out what cannot be read again, and puts what was seen first by it into the new database as it is.
func (r *replay) sort(ctx context.Context, past []crawler.Past) ([]crawler.Past, error) {
	visited, err := r.was.store.Visited(ctx)
	if err != nil {
		return nil, err
	}
	bar := newProgress(r.app.Err)
	defer bar.done()
	var todo []crawler.Past
	onRecord, pages, lost := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, p := range past {
		bar.line("kiểm tra bản lưu %d/%d", i+1, len(past))
		why, err := r.unread(ctx, p)
		if err != nil {
			return nil, err
		}
		if p.Item == "" {
			visited[p.Source]--
			onRecord[p.Visit] = true
		}
		switch {
		case why == "" && p.Item == "":
			r.remade[p.Visit] = true
		case why == "" && p.Kept != "":
			pages[p.Item] = true
		case why != "":
			lost[p.Item] = true
			r.skip(p, why)
			continue
		}
		todo = append(todo, p)
	}
	for source, n := range visited {
		if n > 0 {
			r.part[source] = true
		}
	}
	walked, err := r.was.store.Walks(ctx, slices.Collect(maps.Keys(r.web.kinds)))
	if err != nil {
		return nil, err
	}
	for source := range walked {
		r.part[source] = true
	}
	first, err := r.was.store.FirstSeen(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for id, visit := range first {
		if r.remade[visit] && !lost[id] {
			continue
		}
		if ids = append(ids, id); !onRecord[visit] {
			r.left[leftOutside]++
		}
		pages[id] = pages[id] && !lost[id] // a text whose body is gone is taken over, and with it the others
	}
	todo = slices.DeleteFunc(todo, func(p crawler.Past) bool { return lost[p.Item] && p.Item != "" })
	slices.Sort(ids)
	r.items += len(ids)
	return todo, r.now.store.InheritItems(ctx, r.was.store, ids, pages)
}

// unread says why a look cannot be made again, "" if it can.
func (r *replay) unread(ctx context.Context, p crawler.Past) (string, error) {
	switch _, known := r.web.kinds[p.Source]; {
	case !known:
		return leftSource, nil
	case p.Kept == "":
		return "", nil
	case p.Gone:
		r.web.deleted[p.Kept] = true
		return leftGone, nil
	}
	if _, err := r.web.body(ctx, p.Kept, ""); err != nil {
		var none *fetch.Error
		switch {
		case !errors.As(err, &none):
			return "", err
		case r.web.deleted[p.Kept]:
			return leftGone, nil
		}
		return leftLost, nil
	}
	return "", nil
}

// skip notes that a look is not made again, so that what its source covered is not made anew.
func (r *replay) skip(p crawler.Past, why string) {
	r.left[why]++
	if p.Item == "" {
		r.part[p.Source] = true
		delete(r.remade, p.Visit)
	}
}

// each makes the looks; pages of items that are not seen yet wait until the end.
func (r *replay) each(ctx context.Context, looks *crawler.Rereading, todo []crawler.Past) error {
	bar := newProgress(r.app.Err)
	defer bar.done()
	var later []crawler.Past
	for pass := range 2 {
		for i, p := range todo {
			r.clock = p.At
			r.web.begin(p)
			bar.line("đọc lại %d/%d", i+1, len(todo))
			ok, err := looks.Look(ctx, p)
			switch {
			case err != nil:
				return err
			case !ok && p.Item != "" && pass == 0:
				later = append(later, p)
			case !ok && p.Item != "" && (p.Alias || p.Kept == ""): // its item stands under its own address; nothing stood in for anything
			case !ok:
				r.skip(p, leftUnknown)
			case r.web.lost:
				why := leftLost
				if len(r.web.damaged)+len(r.web.missing) == 0 {
					why = leftGone
				}
				r.skip(p, why)
			case p.Item != "":
				if p.Kept != "" {
					r.pages++
				}
			case p.Outcome == media.OK:
				r.visits++
			case p.Outcome == media.NotModified:
				r.unchanged++
			default:
				r.blind++
			}
		}
		todo = later
	}
	return nil
}

// finish takes over what could not be read again, judges and compares what was, and puts people's answers in force.
func (r *replay) finish(ctx context.Context) error {
	if err := r.late(ctx); err != nil {
		return err
	}
	sources := slices.Sorted(maps.Keys(r.part))
	var probed []string
	for _, s := range r.was.plan.Sources {
		for _, e := range s.Expect {
			if r.part[s.ID] {
				probed = append(probed, s.Part(e.Name))
			}
		}
	}
	if err := r.now.store.InheritSources(ctx, r.was.store, sources, probed); err != nil {
		return err
	}
	if err := r.now.judgeAndCompare(ctx); err != nil {
		return err
	}
	if _, err := r.now.store.InheritAnswers(ctx, r.was.store); err != nil {
		return err
	}
	judged, err := r.was.store.Judgers(ctx)
	if err != nil {
		return err
	}
	r.unjudged = judged[""]
	for version := range judged {
		if version != "" && version != r.now.judge.Version() {
			r.judges = append(r.judges, version)
		}
	}
	slices.Sort(r.judges)
	return nil
}

// late takes over the items of looks that turned out, only when they were made, to lack a body.
func (r *replay) late(ctx context.Context) error {
	first, err := r.was.store.FirstSeen(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for id, visit := range first {
		if !r.remade[visit] {
			ids = append(ids, id)
		}
	}
	have, err := r.now.store.KnownItems(ctx, "", ids)
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return have[id] })
	slices.Sort(ids)
	r.items += len(ids)
	return r.now.store.InheritItems(ctx, r.was.store, ids, nil)
}

// cutTo is how many lines of one kind are told.
func (r *replay) cutTo(n int) int { return min(n, cmp.Or(r.Lines, n)) }
