package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"loa/schedule/calendar"
	"loa/store"
	"loa/store/keep"
	"loa/viet"
)

type proofCmd struct {
	Verify     evidenceVerifyCmd `cmd:"" help:"Tính lại mã băm của mọi bản lưu; báo bản hỏng, thiếu (mã thoát 1) và tệp thừa. Nêu một gói minh chứng thì kiểm tra gói ấy."`
	Pack       evidencePackCmd   `cmd:"" help:"Lập gói minh chứng của một kỳ: danh sách, bản lưu, tệp, mã băm, biên bản, trang xem không cần mạng."`
	Show       evidenceShowCmd   `cmd:"" help:"In những gì còn giữ của một bản lưu: theo mã băm, mã tin, bài hoặc địa chỉ."`
	Replay     evidenceReplayCmd `cmd:"" help:"Đọc lại mọi lượt đọc từ bản lưu vào một cơ sở dữ liệu mới, rồi so với cơ sở dữ liệu đang dùng (mã thoát 1 nếu khác)."`
	Retain     evidenceRetainCmd `cmd:"" help:"Xóa bản lưu đã hết thời hạn mà không còn gì dẫn đến (serve tự làm mỗi ngày)."`
	Quarantine quarantineCmd     `cmd:"" help:"Tài liệu làm một bước xử lý bị lỗi: liệt kê, cho thử lại."`
	Copy       evidenceCopyCmd   `cmd:"" help:"Chép mọi bản lưu sang kho khác, ví dụ từ thư mục sang S3."`
}

// retention is how long kept bytes stay. None of the times is given by law:
// they are reference levels (docs/decisions/0014-evidence.md).
type retention struct {
	RetainList     span `default:"90d" env:"LOA_RETAIN_LIST" help:"Giữ bản lưu trang danh sách bao lâu (0: mãi mãi)."`
	RetainPage     span `default:"730d" env:"LOA_RETAIN_PAGE" help:"Giữ bản lưu trang chưa được ghi nhận bao lâu (0: mãi mãi)."`
	RetainPersonal span `default:"365d" env:"LOA_RETAIN_PERSONAL" help:"Như trên, với trang có thông tin cá nhân của công dân (0: mãi mãi)."`
	RetainEvidence span `default:"3650d" env:"LOA_RETAIN_EVIDENCE" help:"Giữ minh chứng bao lâu kể từ khi không còn gì dẫn đến (0: mãi mãi)."`
}

func (r retention) times() (store.Retention, error) {
	out := store.Retention{List: time.Duration(r.RetainList), Page: time.Duration(r.RetainPage), Personal: time.Duration(r.RetainPersonal), Evidence: time.Duration(r.RetainEvidence)}
	for _, d := range []time.Duration{out.List, out.Page, out.Personal, out.Evidence} {
		if d != 0 && d < store.LeastRetention {
			return out, usagef("thời hạn lưu %s quá ngắn: ít nhất %d ngày, hoặc 0 (mãi mãi)", d, store.LeastRetention/(24*time.Hour))
		}
	}
	return out, nil
}

// shelves opens the database and the store of kept bodies.
func (a *app) shelves() (*store.Store, *keep.Objects, error) {
	st, err := a.openStore(a.ctx)
	if err != nil {
		return nil, nil, err
	}
	kept, err := a.openKept(a.ctx, a.cli.Kept)
	if err != nil {
		st.Close()
		return nil, nil, err
	}
	return st, kept, nil
}

// retain is the chore of serve: what is too old goes. Business clocks may stand
// anywhere; bytes age by the machine's.
func (e *engine) retain(ctx context.Context) error {
	kept, err := e.keeper()
	if err != nil {
		return err
	}
	did, err := e.store.Retain(ctx, e.retention, e.machine(), false, kept.Remove)
	if n := total(did.Deleted); n > 0 {
		e.app.log.Info("kept bytes deleted, their time having passed", "objects", n, "bytes", did.Bytes)
	}
	return err
}

func total(by map[string]int) (n int) {
	for _, k := range by {
		n += k
	}
	return n
}

type evidenceRetainCmd struct {
	retention
	DryRun bool `help:"Chỉ đếm, không xóa."`
}

// Run deletes what serve would, for those who crawl by the clock.
func (c *evidenceRetainCmd) Run(a *app) error {
	times, err := c.times()
	if err != nil {
		return err
	}
	st, kept, err := a.shelves()
	if err != nil {
		return err
	}
	defer st.Close()
	did, err := st.Retain(a.ctx, times, time.Now(), c.DryRun, kept.Remove)
	word := "Đã xóa"
	if c.DryRun {
		word = "Sẽ xóa"
	}
	fmt.Fprintf(a.Out, "%s %d bản lưu hết thời hạn (%s).\n", word, total(did.Deleted), megabytes(did.Bytes))
	for _, class := range []string{"list", "page", "personal", "evidence"} {
		if n := did.Deleted[class]; n > 0 {
			fmt.Fprintf(a.Out, "  %s: %d\n", viet.Kept(class), n)
		}
	}
	if err != nil {
		return fmt.Errorf("xóa bản lưu: %w", err)
	}
	return nil
}

func megabytes(n int64) string { return viet.Decimal(float64(n/100_000)/10) + " MB" }

type evidenceVerifyCmd struct {
	Pack   string `arg:"" optional:"" name:"gói" help:"Gói minh chứng (ZIP) cần kiểm tra; không cần kho dữ liệu." type:"path"`
	Digest string `help:"Mã của gói, ghi khi lập gói: khác là không phải gói đã lập." placeholder:"SHA-256"`
	Jobs   int    `short:"j" default:"4" help:"Số bản lưu được đọc cùng lúc."`
}

// verifier counts while several read.
type verifier struct {
	a    *app
	st   *store.Store
	kept *keep.Objects
	bar  *progress
	all  int64

	mu                           sync.Mutex
	good, bad, lost, gone, stray int64
}

// Run re-hashes every object that a row names, and tells what no row names.
func (c *evidenceVerifyCmd) Run(a *app) error {
	if c.Pack != "" {
		return verifyPack(a, c.Pack, c.Digest)
	}
	if c.Digest != "" {
		return usagef("--digest cần tên gói minh chứng")
	}
	if c.Jobs < 1 {
		return usagef("--jobs %d: cần ít nhất 1", c.Jobs)
	}
	st, kept, err := a.shelves()
	if err != nil {
		return err
	}
	defer st.Close()
	by, same, spared, err := st.KeptFigures(a.ctx)
	if err != nil {
		return err
	}
	v := &verifier{a: a, st: st, kept: kept, bar: newProgress(a.Err)}
	bytes := int64(0)
	for _, f := range by {
		v.all += f.Objects
		bytes += f.Bytes
	}
	err = v.rows(c.Jobs)
	if err == nil {
		err = v.references()
	}
	if err == nil {
		err = v.strays()
	}
	v.bar.done()
	if err != nil {
		return fmt.Errorf("kiểm tra bản lưu: %w", err)
	}
	fmt.Fprintf(a.Out, "Đúng %d, hỏng %d, thiếu %d bản lưu (%s trang gốc); %d đã xóa theo thời hạn lưu; %d tệp không có dòng dữ liệu.\n", v.good, v.bad, v.lost, megabytes(bytes), v.gone, v.stray)
	fmt.Fprintf(a.Out, "Lượt đọc trùng nguyên văn lần trước, không lưu thêm: %d (%s).\n", same, megabytes(spared))
	if v.bad+v.lost > 0 {
		return fmt.Errorf("có %d bản lưu hỏng, %d bản lưu thiếu", v.bad, v.lost)
	}
	return nil
}

// tell prints one finding; what is found is not gathered, there may be much.
func (v *verifier) tell(n *int64, word, sha, about string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	*n++
	fmt.Fprintf(v.a.Out, "%s\t%s\t%s\n", word, sha, about)
}

// batch is how many rows are held at a time.
const batch = 500

// rows reads the objects of all rows, jobs at a time.
func (v *verifier) rows(jobs int) error {
	work := make(chan store.KeptRow, jobs)
	group, ctx := errgroup.WithContext(v.a.ctx)
	group.Go(func() error {
		defer close(work)
		for after := ""; ; {
			rows, err := v.st.KeptAfter(ctx, after, batch)
			if err != nil || len(rows) == 0 {
				return err
			}
			for _, k := range rows {
				select {
				case work <- k:
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
			after = rows[len(rows)-1].SHA256
		}
	})
	for range jobs {
		group.Go(func() error {
			for k := range work {
				if err := v.one(ctx, k); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func (v *verifier) one(ctx context.Context, k store.KeptRow) error {
	err := error(nil)
	if k.Going.IsZero() {
		err = v.kept.Verify(ctx, k.SHA256)
	}
	if errors.Is(err, fs.ErrNotExist) { // its time may have passed this moment
		now, rerr := v.st.KeptOf(ctx, []string{k.SHA256})
		if rerr != nil {
			return rerr
		}
		k = now[k.SHA256]
	}
	switch {
	case !k.Going.IsZero():
		v.mu.Lock()
		v.gone++
		v.mu.Unlock()
	case errors.Is(err, fs.ErrNotExist):
		v.tell(&v.lost, "thiếu", k.SHA256, k.URL)
	case errors.Is(err, keep.ErrDamaged):
		v.a.log.Warn("kept object is damaged", "sha256", k.SHA256, "error", err)
		v.tell(&v.bad, "hỏng", k.SHA256, k.URL)
	case err != nil:
		return err
	default:
		v.mu.Lock()
		v.good++
		v.mu.Unlock()
	}
	v.mu.Lock()
	n := v.good + v.bad + v.lost
	v.mu.Unlock()
	v.bar.line("%d/%d bản lưu", n, v.all)
	return nil
}

// references tells of what refers to bytes that no row knows.
func (v *verifier) references() error {
	lost, err := v.st.Unkept(v.a.ctx)
	if err != nil {
		return err
	}
	for sha, use := range lost {
		v.tell(&v.lost, "thiếu", sha, viet.Kept(use.Kind)+" "+use.ID)
	}
	return nil
}

// strays tells of objects that no row knows: a process was killed between the
// two, or is between them now. They do no harm.
func (v *verifier) strays() error {
	var some []string
	look := func() error {
		known, err := v.st.KeptOf(v.a.ctx, some)
		if err != nil {
			return err
		}
		for _, sha := range some {
			k, ok := known[sha]
			switch {
			case !ok:
				v.tell(&v.stray, "thừa", sha, "không có dòng dữ liệu nào ghi bản lưu này")
			case !k.Gone.IsZero():
				v.tell(&v.stray, "thừa", sha, "đã hết thời hạn lưu ngày "+viet.Day(k.Gone.In(calendar.Zone)))
			}
		}
		some = some[:0]
		return nil
	}
	err := v.kept.Each(v.a.ctx, func(sha string) error {
		if some = append(some, sha); len(some) < batch {
			return nil
		}
		return look()
	})
	if err != nil || len(some) == 0 {
		return err
	}
	return look()
}

type evidenceCopyCmd struct {
	To string `required:"" help:"Kho đích: thư mục hoặc địa chỉ s3://…" placeholder:"ADDR"`
}

// Run copies every object, verified. What the rows say stays: afterwards the
// program is started with --kept.
func (c *evidenceCopyCmd) Run(a *app) error {
	from, err := a.openKept(a.ctx, a.cli.Kept)
	if err != nil {
		return err
	}
	to, err := a.openKept(a.ctx, c.To)
	if err != nil {
		return err
	}
	bar, n, all, bad := newProgress(a.Err), 0, 0, 0
	err = from.Each(a.ctx, func(sha string) error {
		fresh, err := from.Copy(a.ctx, to, sha)
		if errors.Is(err, keep.ErrDamaged) {
			bad++
			fmt.Fprintf(a.Out, "hỏng\t%s\tkhông chép\n", sha)
			return nil
		}
		if fresh {
			n++
		}
		all++
		bar.line("%d bản lưu", all)
		return err
	})
	bar.done()
	if err != nil {
		return fmt.Errorf("chép bản lưu: %w", err)
	}
	fmt.Fprintf(a.Out, "Đã chép %d bản lưu; kho đích có %d.\n", n, all)
	if bad > 0 {
		return fmt.Errorf("có %d bản lưu hỏng, không chép", bad)
	}
	return nil
}

// line shows a line on a terminal, from the second second on.
func (p *progress) line(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.live && now.Sub(p.start) > time.Second && now.Sub(p.printed) > 100*time.Millisecond {
		p.printed = now
		fmt.Fprintf(p.w, "\r\x1b[K"+format, args...)
	}
}
