package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"loa/media"
	"loa/report"
	"loa/report/pack"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/store/keep"
	"loa/viet"
	"loa/web"
)

type evidencePackCmd struct {
	Plan     string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At       moment `help:"Tính tại thời điểm này."`
	Period   string `required:"" help:"Kỳ: 2023-03, 2023-03@14, 2023-Q1@14, 2023-H1@14, 2023-9M@14, 2023@14, 2023."`
	Revision int    `help:"Lần chốt (mặc định: lần chốt cuối; kỳ chưa chốt thì theo số liệu hiện nay, gói ghi rõ là chưa chốt)."`
	By       string `help:"Ai lập gói (mặc định: người dùng của máy); được ghi vào lịch sử thao tác."`
	Output   string `short:"o" required:"" help:"Ghi gói ra tệp này." type:"path"`
}

// Run makes a pack; a failure leaves no half file behind.
func (c *evidencePackCmd) Run(a *app) error {
	period, err := calendar.Parse(c.Period)
	if err != nil {
		a.log.Debug("period not read", "error", err)
		return usagef("--period «%s» không phải một kỳ; cần dạng 2023-03, 2023-03@14, 2023-Q1@14, 2023@14", c.Period)
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	tmp, err := os.CreateTemp(filepath.Dir(c.Output), ".loa-goi-*")
	if err != nil {
		return fmt.Errorf("ghi gói minh chứng: %w", err)
	}
	defer os.Remove(tmp.Name()) // it has another name by then
	sum, err := e.packEvidence(a.ctx, period, c.Revision, tmp)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil { // what is open keeps its name on Windows
		return fmt.Errorf("lập gói minh chứng: %w", err)
	}
	if err := e.recordPack(a.ctx, actor(c.By), sum); err != nil { // before it is given
		return err
	}
	if err := os.Rename(tmp.Name(), c.Output); err != nil {
		return fmt.Errorf("ghi gói minh chứng: %w", err)
	}
	fmt.Fprintf(a.Out, "Đã lập gói minh chứng %s, %s: %d lượt ghi nhận, %d bản lưu; %d lượt không có bản lưu trong gói.\nMã bộ dữ liệu: %s\nMã của gói: %s\n", period.Name(), packState(sum), sum.Pieces, sum.Copies, sum.Missing, sum.Dataset, sum.Digest)
	return nil
}

func packState(s pack.Summary) string {
	if s.Revision == 0 {
		return "số liệu chưa chốt"
	}
	return fmt.Sprintf("lần chốt %d", s.Revision)
}

// packSays is what the trail keeps of a pack: by which hash it is known.
func packSays(s pack.Summary) map[string]any {
	return map[string]any{"period": s.Period, "revision": s.Revision, "dataset": s.Dataset, "digest": s.Digest, "rows": s.Pieces}
}

// packDoor makes packs on the desk.
func (e *engine) packDoor(ctx context.Context, period calendar.Period, revision int, to io.Writer) (map[string]any, int, error) {
	sum, err := e.packEvidence(ctx, period, revision, to)
	if errors.As(err, new(usageError)) {
		return nil, 0, web.Refusal{Text: viet.Capital(period.Name()) + " không có lần chốt này."}
	}
	return packSays(sum), sum.Revision, err
}

// recordPack puts into the trail who took kept copies out, unmasked, and by which hash the pack is known.
func (e *engine) recordPack(ctx context.Context, who string, sum pack.Summary) error {
	says, err := json.Marshal(packSays(sum))
	if err == nil {
		err = e.store.RecordAct(ctx, store.Act{At: e.business(), Actor: who, Kind: "export.pack", Subject: sum.Plan + " " + sum.Period, After: string(says)})
	}
	if err != nil {
		return fmt.Errorf("ghi việc lập gói: %w", err)
	}
	return nil
}

// packEvidence writes the pack of a period: of the revision asked for, else of the last one, else of today's figures.
func (e *engine) packEvidence(ctx context.Context, period calendar.Period, revision int, to io.Writer) (pack.Summary, error) {
	if revision == 0 {
		heads, err := e.store.ClosingHeads(ctx, e.plan.ID, e.business())
		if err != nil {
			return pack.Summary{}, err
		}
		for _, h := range heads {
			if h.Period == period.ID {
				revision = max(revision, h.Revision)
			}
		}
	}
	from, err := e.reportAsOf(ctx, period, revision)
	if err != nil {
		return pack.Summary{}, err
	}
	in := pack.Input{Plan: from.Plan, Period: period, At: from.Evaluation.Now, Report: report.Build(from)}
	if revision > 0 {
		in.Closing, in.Rows, in.At = from.Closing, from.Closing.Rows, from.Closing.At
		frozen, err := e.frozen(ctx, from, in.Report)
		if err != nil {
			return pack.Summary{}, err
		}
		in.Frozen = frozen
	} else {
		in.Rows = schedule.Told(from.Plan, from.Calendar, from.Evaluation, period)
	}
	kept, err := e.keeper()
	if err != nil {
		return pack.Summary{}, err
	}
	var names map[string]string
	if in.Files, names, err = e.handedWith(ctx, in.Plan.ID); err != nil {
		return pack.Summary{}, err
	}
	if in.Copies, err = e.copies(ctx, kept, in, names); err != nil {
		return pack.Summary{}, err
	}
	in.Open = func(ctx context.Context, c pack.Copy) (io.ReadCloser, error) {
		if !c.Page {
			return kept.Open(ctx, c.SHA256)
		}
		object, err := kept.Object(ctx, c.SHA256)
		return io.NopCloser(bytes.NewReader(object)), err
	}
	pieces := behind(in.Rows)
	in.Text = func(ctx context.Context, c pack.Copy) (string, error) {
		return e.readable(ctx, kept, c.SHA256, pieces[c.SHA256])
	}
	return pack.Write(ctx, to, in)
}

// freezeReport makes and keeps the report of a closing in every format. Sources, agencies and hand-ins go on changing: what the
// report of the closing says must not.
// The closing stands without it: what could not be kept now is made by whoever asks first.
func (e *engine) freezeReport(ctx context.Context, c schedule.Closing) {
	period, err := calendar.Parse(c.Period)
	if err == nil {
		var in report.Input
		if in, err = e.reportAsOf(ctx, period, c.Revision); err == nil {
			_, err = e.frozen(ctx, in, report.Build(in))
		}
	}
	if err != nil {
		e.app.log.WarnContext(ctx, "the report of a closing is not kept yet", "period", c.Period, "revision", c.Revision, "error", err)
	}
}

// frozen opens the report's files of a closing; those of one that has none yet are made first, once.
func (e *engine) frozen(ctx context.Context, in report.Input, r report.Report) (func(context.Context, string) (io.ReadCloser, error), error) {
	c := in.Closing
	files, err := e.store.FrozenReport(ctx, in.Plan.ID, in.Period.ID, c.Revision)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		of := report.IssuedPaper{PaperOf: report.PaperOf{Plan: in.Plan.ID, Period: fmt.Sprintf("%s/lan-%d", in.Period.ID, c.Revision), Paper: report.Internal}}
		if files, err = e.keepFormats(ctx, r, of); err != nil {
			return nil, err
		}
		if err := e.store.FreezeReport(ctx, in.Plan.ID, in.Period.ID, c.Revision, files); err != nil {
			return nil, err
		}
		if files, err = e.store.FrozenReport(ctx, in.Plan.ID, in.Period.ID, c.Revision); err != nil { // another may have been first
			return nil, err
		}
	}
	kept, err := e.keeper()
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, format string) (io.ReadCloser, error) {
		i := slices.IndexFunc(files, func(f report.IssuedFile) bool { return f.Format == format })
		if i < 0 {
			return nil, fmt.Errorf("the report of closing %s has no %s", c.ID, format)
		}
		return kept.Open(ctx, files[i].Hash)
	}, nil
}

// handedWith gives the files of each decision that a hand-in made, and what their senders called them.
func (e *engine) handedWith(ctx context.Context, plan string) (files map[string][]string, names map[string]string, err error) {
	all, _, err := e.store.Handins(ctx, media.HandinQuery{Plan: plan})
	if err != nil {
		return nil, nil, fmt.Errorf("đọc tài liệu được nộp: %w", err)
	}
	files, names = map[string][]string{}, map[string]string{}
	for _, h := range all {
		for _, f := range h.Files {
			names[f.Hash] = f.Name
			for _, act := range h.Acts {
				if act.Decision != "" {
					files[act.Decision] = append(files[act.Decision], f.Hash)
				}
			}
		}
	}
	return files, names, nil
}

// copies looks at every kept copy that the pieces name and reads it once: what is gone, missing or damaged is told in the
// list and not packed.
func (e *engine) copies(ctx context.Context, kept *keep.Objects, in pack.Input, names map[string]string) (map[string]pack.Copy, error) {
	wanted := map[string]bool{}
	for _, r := range in.Rows {
		for _, c := range r.Credits {
			if c.Evidence.Kept != "" {
				wanted[c.Evidence.Kept] = true
			}
			for _, sha := range pack.Others(c.Evidence, in.Files) {
				wanted[sha] = true
			}
		}
	}
	sums := make([]string, 0, len(wanted))
	for sha := range wanted {
		sums = append(sums, sha)
	}
	known, err := e.store.KeptOf(ctx, sums)
	if err != nil {
		return nil, err
	}
	out := make(map[string]pack.Copy, len(sums))
	for _, sha := range sums {
		k, ok := known[sha]
		c := pack.Copy{SHA256: sha, URL: k.URL, At: k.At, Size: int64(k.Size), Page: k.Status != 0, Name: names[sha]}
		switch {
		case !ok:
			c.Gone = "thiếu trong kho bản lưu"
		case !k.Going.IsZero():
			c.Gone = goneWords(k)
		default:
			if err := looked(ctx, kept, k, &c); err != nil {
				return nil, err
			}
		}
		out[sha] = c
	}
	return out, nil
}

// looked reads a copy whole, and by its first bytes tells its kind.
func looked(ctx context.Context, kept *keep.Objects, k store.KeptRow, c *pack.Copy) error {
	err := error(nil)
	if c.Page {
		err = kept.Verify(ctx, c.SHA256)
	} else {
		var from io.ReadCloser
		if from, err = kept.Open(ctx, c.SHA256); err == nil {
			head := make([]byte, 512)
			n, rerr := io.ReadFull(from, head)
			if errors.Is(rerr, io.ErrUnexpectedEOF) || errors.Is(rerr, io.EOF) {
				rerr = nil
			}
			c.Ext = pack.Ext(head[:n], k.ContentType)
			if err = rerr; err == nil {
				_, err = io.Copy(io.Discard, from)
			}
			err = errors.Join(err, from.Close())
		}
		if c.Name == "" {
			if _, name, ok := strings.Cut(strings.TrimPrefix(k.URL, "urn:loa:"), ":"); ok {
				if plain, uerr := url.PathUnescape(name); uerr == nil {
					c.Name = plain
				}
			}
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.Gone = "thiếu trong kho bản lưu"
	case errors.Is(err, keep.ErrDamaged):
		c.Gone = "hỏng trong kho bản lưu"
	case err != nil:
		return fmt.Errorf("đọc bản lưu: %w", err)
	}
	return nil
}

// behind names for each kept page the piece by which it is read and masked: a question's page as a question's.
func behind(rows []schedule.ClosedRow) map[string]media.Evidence {
	out := map[string]media.Evidence{}
	for _, r := range rows {
		for _, c := range r.Credits {
			had, ok := out[c.Evidence.Kept]
			if !ok || c.Evidence.Kind == media.EvQuestion && had.Kind != media.EvQuestion || c.Evidence.Kind == had.Kind && c.Evidence.ID < had.ID {
				out[c.Evidence.Kept] = c.Evidence
			}
		}
	}
	return out
}

// readable is what a kept page says to people: the article that was read of it, else all its words; "" if it is no text.
func (e *engine) readable(ctx context.Context, kept *keep.Objects, sha string, of media.Evidence) (string, error) {
	_, body, err := kept.Read(ctx, sha)
	if err != nil {
		return "", err
	}
	known, err := e.store.KeptOf(ctx, []string{sha})
	if err != nil {
		return "", err
	}
	what, section := "", of.Section
	switch of.Kind {
	case media.EvItem:
		what = of.ID
	case media.EvQuestion:
		section = "Hỏi đáp"
	}
	text, err := maskedBody(ctx, e.store, what, section, known[sha], body)
	if errors.Is(err, errNoText) {
		return "", nil
	}
	return text, err
}

// verifyPack checks a pack with nothing but the pack.
func verifyPack(a *app, name, digest string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("mở gói minh chứng: %w", err)
	}
	defer f.Close()
	at, err := f.Stat()
	if err != nil {
		return fmt.Errorf("mở gói minh chứng: %w", err)
	}
	if !at.Mode().IsRegular() {
		return fmt.Errorf("%s không phải tệp thường", name)
	}
	n := 0
	sum, err := pack.Verify(a.ctx, f, at.Size(), func(x pack.Finding) {
		n++
		fmt.Fprintf(a.Out, "sai\t%s\t%s\n", viet.Printable(x.File), x.What)
	})
	if err != nil {
		return fmt.Errorf("kiểm tra gói %s: %w", filepath.Base(name), err)
	}
	if digest != "" && !strings.EqualFold(strings.TrimSpace(digest), sum.Digest) {
		n++
		fmt.Fprintf(a.Out, "sai\tSHA256SUMS\tmã của gói là %s, không phải mã được nêu\n", sum.Digest)
	}
	fmt.Fprintf(a.Out, "Gói minh chứng kỳ %s, %s: %d lượt ghi nhận, %d bản lưu.\nMã bộ dữ liệu: %s\nMã của gói: %s\n", viet.Printable(sum.Period), packState(sum), sum.Pieces, sum.Copies, viet.Printable(sum.Dataset), sum.Digest)
	if n > 0 {
		return fmt.Errorf("gói không nguyên vẹn: %d chỗ sai", n)
	}
	fmt.Fprintln(a.Out, "Gói nguyên vẹn.")
	return nil
}
