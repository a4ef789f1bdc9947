package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"loa/crawler/extract"
	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
)

type importCmd struct {
	Airings    airingsCmd     `cmd:"" help:"Nạp nhật ký phát sóng (kênh, chương trình, ngày, giờ, thời lượng, phát mới/phát lại)."`
	Schedule   guideCmd       `cmd:"" help:"Nạp lịch phát sóng mà đài gửi trước: lịch dự kiến, không tính là đã phát."`
	XMLTV      xmltvCmd       `cmd:"" name:"xmltv" help:"Nạp lịch phát sóng dạng XMLTV: lịch dự kiến, không tính là đã phát."`
	Uploads    uploadsCmd     `cmd:"" help:"Nạp danh sách video đài đã đăng (YouTube, trang của đài): minh chứng loại C của lần phát, không phải lần phát."`
	Print      printCmd       `cmd:"" help:"Nạp sổ tin, bài báo in (số báo, ngày, trang, chuyên mục, tiêu đề), hoặc xác nhận không có."`
	Procedures proceduresCmd  `cmd:"" help:"Nạp danh mục quyết định công bố thủ tục hành chính (số ký hiệu, ngày ký, trích yếu), hoặc xác nhận không có."`
	Questions  questionsCmd   `cmd:"" help:"Nạp bảng kê câu hỏi của công dân, doanh nghiệp (số, câu hỏi, ngày hỏi, ngày trả lời), hoặc xác nhận không có."`
	Segments   segmentsCmd    `cmd:"" help:"Nạp bảng kê tin, bài trong chương trình của Đài (ngày, giờ, kênh, chuyên mục, tên, thời lượng, chủ đề, biểu dương/phản ánh, trực tiếp, chức vụ khách mời, tiếng), hoặc xác nhận không có."`
	Radio      importRadioCmd `cmd:"" help:"Nạp tin, bài truyền thanh cơ sở: phiếu tháng của xã, đài huyện, bảng huyện tổng hợp, hoặc dữ liệu hệ thống thông tin nguồn."`
	Maps       mapsCmd        `cmd:"" help:"Bản đồ cột đã lưu của các bên gửi: in, xóa."`
}

type airingsCmd struct {
	handedCmd
	From moment `help:"Ngày đầu của khoảng thời gian mà bên gửi xác nhận nhật ký đã đủ."`
	To   moment `help:"Ngày cuối của khoảng thời gian đó (tính cả ngày này)."`

	Grade      string `enum:",A,B,C" default:"" placeholder:"LOẠI" help:"Loại minh chứng: A nhật ký do hệ thống phát ghi hoặc bản ghi (mặc định); B nhật ký có người ký xác nhận; C danh sách đã đăng trên mạng có ngày."`
	Scan       string `type:"existingfile" placeholder:"TỆP" help:"Bản quét (PDF, ảnh) mà các dòng được gõ lại từ đó; được giữ làm minh chứng của từng lần phát. Cần --typed-by; minh chứng loại B."`
	TypedBy    string `placeholder:"AI" help:"Ai gõ các dòng theo bản quét."`
	OverBetter bool   `help:"Thay cả những lần phát có minh chứng loại cao hơn: bên gửi xác nhận rằng bản trước sai."`
}

// check refuses what the flags cannot mean.
func (c *airingsCmd) check() error {
	switch {
	case c.From.IsZero() != c.To.IsZero():
		return usagef("giấy nhận cần đủ --channel, --from và --to")
	case c.To.After(fixed(c.At)()):
		return usagef("--to (%s) chưa đến: không ai xác nhận được nhật ký của ngày chưa phát", viet.Day(c.To.Time))
	case !c.From.IsZero() && c.To.Before(c.From.Time):
		return usagef("--to (%s) đứng trước --from (%s)", viet.Day(c.To.Time), viet.Day(c.From.Time))
	case (c.Scan != "") != (strings.TrimSpace(c.TypedBy) != ""):
		return usagef("--scan và --typed-by đi cùng nhau: bản quét, và ai gõ các dòng theo đó")
	case c.Scan != "" && c.Grade != "" && c.Grade != "B":
		return usagef("các dòng gõ lại theo bản quét là minh chứng %s", viet.GradeWords("B"))
	}
	return nil
}

// Run imports all rows or none, and records a receipt when a span is given.
func (c *airingsCmd) Run(a *app) error {
	if err := c.check(); err != nil {
		return err
	}
	name, data, err := c.bytes(a)
	if err != nil {
		return err
	}
	log := airingLog{Name: name, Data: data, Sender: c.Sender, From: c.From.Time, Grade: media.Grade(cmp.Or(c.Grade, "A")), TypedBy: strings.TrimSpace(c.TypedBy), Over: c.OverBetter}
	if !c.To.IsZero() {
		to := c.To.In(calendar.Zone) // a day, or a moment in it: the day counts whole
		log.To = time.Date(to.Year(), to.Month(), to.Day()+1, 0, 0, 0, 0, calendar.Zone)
	}
	if c.Scan != "" {
		log.Grade = media.GradeB
		if log.ScanName, log.Scan, err = readScan(c.Scan); err != nil {
			return err
		}
	}
	if c.Preview {
		return c.preview(a, log)
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	if log.Map, err = c.mapFor(a, e.store, media.FormAirings); err != nil {
		return err
	}
	if log.Channel = c.Channel; log.Channel == "" && !c.From.IsZero() {
		return usagef("giấy nhận cần đủ --channel, --from và --to")
	}
	n, total, err := e.importAirings(a.ctx, log)
	if err != nil {
		return err
	}
	if err := c.keepMap(e, log.Map); err != nil {
		return err
	}
	switch {
	case n == 0 && total > 0:
		fmt.Fprintf(a.Out, "Tệp đã được nạp trước đây: %d lần phát sóng, không nạp thêm.\n", total)
	default:
		fmt.Fprintf(a.Out, "Đã nạp %d lần phát sóng; minh chứng %s.\n", n, viet.GradeWords(string(log.Grade)))
	}
	if err := e.tellKnown(a, log, n); err != nil {
		return err
	}
	if c.From.IsZero() {
		fmt.Fprintln(a.Out, "Chưa có giấy nhận (--channel, --from, --to): tuần thiếu giấy nhận vẫn là «chưa đủ dữ liệu».")
	} else {
		fmt.Fprintf(a.Out, "Giấy nhận: kênh %s, từ %s đến hết %s.\n", log.Channel, viet.Day(c.From.In(calendar.Zone)), viet.Day(c.To.In(calendar.Zone)))
	}
	_, err = e.judgeAndEvaluate(a.ctx)
	return err
}

// preview prints what would be imported, and every mistake; nothing is stored.
func (c *airingsCmd) preview(a *app, l airingLog) error {
	plan, st, err := c.peek(a)
	if err != nil {
		return err
	}
	if st != nil {
		defer st.Close()
	}
	if l.Map, err = c.mapFor(a, st, media.FormAirings); err != nil {
		return err
	}
	l.Channel = c.Channel
	airings, read, bad, rerr := readLog(plan, l, false)
	if usage := (usageError{}); errors.As(rerr, &usage) {
		return rerr
	}
	if read.Format != "" {
		if err := previewHead(a.Out, l.Name, read); err != nil {
			return err
		}
	}
	if err := refuseRows(a, l.Name, bad, rerr); err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Dòng\tKênh\tNgày\tGiờ\tThời lượng\tChương trình\tChuyên mục\tLần phát")
	first, columns := 0, 0
	for i, ar := range airings {
		if i < previewRows {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", ar.Row, ar.Channel, viet.Day(ar.Start.In(calendar.Zone)), viet.Clock(ar.Start), viet.Duration(ar.Duration), ar.Programme,
				cmp.Or(columnOf(plan, ar.Column), "-"), map[bool]string{true: "phát mới", false: "phát lại"}[ar.FirstRun])
		}
		if ar.FirstRun {
			first++
		}
		if ar.Column != "" {
			columns++
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if st != nil {
		better, err := st.Better(a.ctx, l.receipt(len(airings), fixed(c.At)()), airings)
		if err != nil {
			return err
		}
		if better != nil {
			return errors.New(betterWords(better, l.Name, l.Grade) + "; nếu bên gửi xác nhận bản trước sai, thêm --over-better")
		}
	}
	fmt.Fprintf(a.Out, "Đọc được %d lần phát sóng (%d phát mới, %d phát lại; %d của chuyên mục trong kế hoạch); minh chứng %s. Đọc thử, chưa lưu gì.\n",
		len(airings), first, len(airings)-first, columns, viet.GradeWords(string(l.Grade)))
	return nil
}

// tellKnown says what stays as it was where a log is handed in again otherwise.
func (e *engine) tellKnown(a *app, l airingLog, stored int) error {
	if stored > 0 && l.Scan == nil {
		return nil
	}
	f, ok, err := e.store.LogFile(a.ctx, hashOf(l.Data))
	if err != nil || !ok {
		return err
	}
	if f.Grade != "" && f.Grade != l.Grade {
		fmt.Fprintf(a.Out, "Loại minh chứng giữ như lần nạp đầu: %s.\n", viet.GradeWords(string(f.Grade)))
	}
	switch {
	case l.Scan == nil:
	case f.Proof == hashOf(l.Scan):
		fmt.Fprintf(a.Out, "Bản quét %s được giữ làm minh chứng, %s gõ: %s\n", l.ScanName, f.TypedBy, f.Proof)
	default:
		fmt.Fprintf(a.Out, "Các dòng này đã có bản quét khác, giữ bản ấy: %s\n", f.Proof)
	}
	return nil
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// maxScan bounds a scan, in bytes: a month of signed pages.
const maxScan = 64 << 20

// readScan reads a scan, and refuses what is none.
func readScan(path string) (name string, data []byte, err error) {
	name = filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return name, nil, fmt.Errorf("đọc bản quét: %w", err)
	}
	defer f.Close()
	if data, err = io.ReadAll(io.LimitReader(f, maxScan+1)); err != nil {
		return name, nil, fmt.Errorf("đọc bản quét: %w", err)
	}
	if len(data) > maxScan {
		return name, nil, usagef("--scan: %s lớn hơn %d MB", name, maxScan>>20)
	}
	if isScan(data) != "" {
		return name, data, nil
	}
	return name, nil, usagef("--scan: %s không phải bản quét; cần PDF, JPEG, PNG hoặc TIFF", name)
}

// airingLog is one log file with what its sender declares.
type airingLog struct {
	Name, Channel, Sender string
	Data                  []byte
	From, To              time.Time   // zero: no span declared; To exclusive
	Grade                 media.Grade // "" is A
	Map                   *media.TableMap
	Scan                  []byte // that the rows were typed from; nil if there is none
	ScanName, TypedBy     string
	Over                  bool // also in the place of better evidence
}

// readLog reads the rows of a log, and holds them against the span that is declared. part gives, for a
// preview, the rows that can be read beside the mistakes of the others.
func readLog(plan *schedule.Plan, l airingLog, part bool) (airings []media.Airing, read extract.Handed, bad []extract.RowError, err error) {
	opt, err := logOptions(plan, l.Channel)
	if err != nil {
		return nil, read, nil, err
	}
	opt.Grade, opt.Map, opt.Part = l.Grade, l.Map, part
	opt.See = func(h extract.Handed) { read = h }
	airings, bad, err = extract.Airings(l.Name, l.Data, opt)
	if err == nil {
		bad = append(bad, outside(airings, l)...)
	}
	return airings, read, bad, err
}

// importAirings reads the log and stores all of it or nothing; it gives the
// rows stored now and the rows read.
func (e *engine) importAirings(ctx context.Context, l airingLog) (stored, read int, err error) {
	airings, h, bad, err := readLog(e.plan, l, false)
	if usage := (usageError{}); errors.As(err, &usage) {
		return 0, 0, err
	}
	tellHanded(e.app.Err, l.Name, h)
	if err := refuseRows(e.app, l.Name, bad, err); err != nil {
		return 0, 0, err
	}
	stored, err = e.putLog(ctx, e.plan, l, airings)
	if better := (*store.BetterError)(nil); errors.As(err, &better) {
		return 0, 0, errors.New(betterWords(better, l.Name, cmp.Or(l.Grade, media.GradeA)) + "; nếu bên gửi xác nhận bản trước sai, thêm --over-better")
	}
	return stored, len(airings), err
}

// receipt is what a log declares, as it is stored.
func (l airingLog) receipt(rows int, now time.Time) media.Receipt {
	return media.Receipt{Channel: l.Channel, From: l.From, To: l.To, Sender: l.Sender, FileHash: hashOf(l.Data), FileName: l.Name, At: now, Rows: rows,
		Grade: cmp.Or(l.Grade, media.GradeA), TypedBy: l.TypedBy, Over: l.Over}
}

// putLog keeps a log's file and scan and stores its rows, all or none; a *store.BetterError stays what it is.
func (e *engine) putLog(ctx context.Context, plan *schedule.Plan, l airingLog, airings []media.Airing) (stored int, err error) {
	receipt := l.receipt(len(airings), e.business())
	agency := ""
	for _, ch := range plan.Channels {
		if ch.ID == l.Channel || l.Channel == "" && len(airings) > 0 && ch.ID == airings[0].Channel {
			agency = ch.Agency
		}
	}
	if receipt.Kept, err = e.keepBytes(ctx, "log", l.Name, l.Data); err != nil {
		return 0, err
	}
	if l.Scan != nil {
		if receipt.Proof, err = e.keepBytes(ctx, "scan", l.ScanName, l.Scan); err != nil {
			return 0, err
		}
	}
	stored, err = e.store.PutAirings(ctx, receipt, airings, agency)
	if better := (*store.BetterError)(nil); errors.As(err, &better) {
		return 0, better
	}
	if err != nil {
		return 0, fmt.Errorf("lưu nhật ký %s: %w", l.Name, err)
	}
	return stored, nil
}

// betterWords says that a file would take the place of better evidence.
func betterWords(b *store.BetterError, name string, grade media.Grade) string {
	return fmt.Sprintf("đã có %d lần phát với minh chứng %s, sớm nhất %s (tệp %s); tệp %s là minh chứng %s nên không thay được. Chưa nạp dòng nào",
		b.Rows, viet.GradeWords(string(b.Grade)), viet.Moment(b.First.In(calendar.Zone)), b.File, name, viet.GradeWords(string(grade)))
}

// keepBytes keeps a file as it was sent, content-addressed like every body that
// was fetched: it is what an airing, a register or a decision is proven by.
func (e *engine) keepBytes(ctx context.Context, what, name string, data []byte) (*media.Kept, error) {
	kept, err := e.keeper()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	k := media.Kept{SHA256: hex.EncodeToString(sum[:]), URL: "urn:loa:" + what + ":" + url.PathEscape(name), At: e.machine(), ContentType: "application/octet-stream", Size: len(data)}
	if err := kept.Keep(ctx, k, data); err != nil {
		return nil, fmt.Errorf("lưu bản gốc %s: %w", name, err)
	}
	return &k, nil
}

// keepFile keeps a file by its path and gives its hash and name.
func (e *engine) keepFile(ctx context.Context, what, path string) (hash, name string, err error) {
	return e.keepNamed(ctx, what, path, filepath.Base(path))
}

// keepNamed keeps a file under the name that its sender gave it.
func (e *engine) keepNamed(ctx context.Context, what, path, as string) (hash, name string, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", "", fmt.Errorf("đọc tệp: %w", err)
	}
	name = as
	k, err := e.keepBytes(ctx, what, name, data)
	if err != nil {
		return "", "", err
	}
	if err := e.store.PutKept(ctx, *k); err != nil {
		return "", "", fmt.Errorf("ghi bản lưu của %s: %w", name, err)
	}
	return k.SHA256, name, nil
}

// outside tells every row that starts out of the span the sender declares.
func outside(airings []media.Airing, l airingLog) []extract.RowError {
	var bad []extract.RowError
	for _, ar := range airings {
		if !l.From.IsZero() && (ar.Start.Before(l.From) || !ar.Start.Before(l.To)) {
			bad = append(bad, extract.RowError{Row: ar.Row, Value: viet.Moment(ar.Start.In(calendar.Zone)),
				Msg: fmt.Sprintf("nằm ngoài khoảng đã khai, từ %s đến hết %s", viet.Day(l.From.In(calendar.Zone)), viet.Day(l.To.In(calendar.Zone).AddDate(0, 0, -1)))})
		}
	}
	return bad
}

func channelIDs(p *schedule.Plan) []string {
	var out []string
	for _, c := range p.Channels {
		out = append(out, c.ID)
	}
	return out
}
