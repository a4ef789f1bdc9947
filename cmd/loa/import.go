package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

type importCmd struct {
	Airings    airingsCmd    `cmd:"" help:"Nạp nhật ký phát sóng (CSV hoặc XLSX: kênh, chương trình, ngày, giờ, thời lượng, phát mới/phát lại)."`
	Print      printCmd      `cmd:"" help:"Nạp sổ tin, bài báo in (số báo, ngày, trang, chuyên mục, tiêu đề), hoặc xác nhận không có."`
	Procedures proceduresCmd `cmd:"" help:"Nạp danh mục quyết định công bố thủ tục hành chính (số ký hiệu, ngày ký, trích yếu), hoặc xác nhận không có."`
	Questions  questionsCmd  `cmd:"" help:"Nạp bảng kê câu hỏi của công dân, doanh nghiệp (số, câu hỏi, ngày hỏi, ngày trả lời), hoặc xác nhận không có."`
}

type airingsCmd struct {
	File    string `arg:"" type:"existingfile" help:"Tệp nhật ký."`
	Plan    string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Channel string `help:"Kênh mà nhật ký thuộc về, khi tệp không có cột kênh hoặc để ghi giấy nhận."`
	From    moment `help:"Ngày đầu của khoảng thời gian mà bên gửi xác nhận nhật ký đã đủ."`
	To      moment `help:"Ngày cuối của khoảng thời gian đó (tính cả ngày này)."`
	Sender  string `help:"Ai gửi."`
}

// Run imports all rows or none, and records a receipt when a span is given.
func (c *airingsCmd) Run(a *app) error {
	switch {
	case c.From.IsZero() != c.To.IsZero() || (!c.From.IsZero() && c.Channel == ""):
		return usagef("giấy nhận cần đủ --channel, --from và --to")
	case c.To.After(fixed(c.At)()):
		return usagef("--to (%s) chưa đến: không ai xác nhận được nhật ký của ngày chưa phát", viet.Day(c.To.Time))
	case !c.From.IsZero() && c.To.Before(c.From.Time):
		return usagef("--to (%s) đứng trước --from (%s)", viet.Day(c.To.Time), viet.Day(c.From.Time))
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("đọc tệp nhật ký: %w", err)
	}
	log := airingLog{Name: filepath.Base(c.File), Data: data, Channel: c.Channel, Sender: c.Sender, From: c.From.Time}
	if !c.To.IsZero() {
		to := c.To.In(calendar.Zone) // a day, or a moment in it: the day counts whole
		log.To = time.Date(to.Year(), to.Month(), to.Day()+1, 0, 0, 0, 0, calendar.Zone)
	}
	n, total, err := e.importAirings(a.ctx, log)
	if err != nil {
		return err
	}
	switch {
	case n == 0 && total > 0:
		fmt.Fprintf(a.Out, "Tệp đã được nạp trước đây: %d lần phát sóng, không nạp thêm.\n", total)
	default:
		fmt.Fprintf(a.Out, "Đã nạp %d lần phát sóng.\n", n)
	}
	if c.From.IsZero() {
		fmt.Fprintln(a.Out, "Chưa có giấy nhận (--channel, --from, --to): tuần thiếu giấy nhận vẫn là «chưa đủ dữ liệu».")
	} else {
		fmt.Fprintf(a.Out, "Giấy nhận: kênh %s, từ %s đến hết %s.\n", c.Channel, viet.Day(c.From.In(calendar.Zone)), viet.Day(c.To.In(calendar.Zone)))
	}
	_, err = e.judgeAndEvaluate(a.ctx)
	return err
}

// airingLog is one log file with what its sender declares.
type airingLog struct {
	Name, Channel, Sender string
	Data                  []byte
	From, To              time.Time // zero: no span declared; To exclusive
}

// importAirings reads the log and stores all of it or nothing; it gives the
// rows stored now and the rows read.
func (e *engine) importAirings(ctx context.Context, l airingLog) (stored, read int, err error) {
	var channel *schedule.Channel
	for i, ch := range e.plan.Channels {
		if ch.ID == l.Channel {
			channel = &e.plan.Channels[i]
		}
	}
	if l.Channel != "" && channel == nil {
		return 0, 0, usagef("kế hoạch %s không có kênh «%s»; các kênh: %s", e.plan.ID, l.Channel, strings.Join(channelIDs(e.plan), ", "))
	}
	var opt extract.LogOptions
	if channel != nil {
		opt.Channel, opt.Medium = channel.ID, channel.Medium
	}
	stations := map[string]bool{}
	for _, ch := range e.plan.Channels {
		stations[ch.Agency] = true
		opt.Channels = append(opt.Channels, extract.LogChannel{ID: ch.ID, Agency: ch.Agency, Name: ch.Name, Medium: ch.Medium, Aliases: ch.Aliases})
	}
	for _, col := range e.plan.Columns { // a newspaper's column may bear the same name
		if stations[col.Agency] {
			opt.Columns = append(opt.Columns, col)
		}
	}
	airings, rowErrs, err := extract.Airings(l.Name, l.Data, opt)
	if err == nil {
		rowErrs = append(rowErrs, outside(airings, l)...)
	}
	for _, r := range rowErrs {
		fmt.Fprintln(e.app.Err, l.Name+":", r.Error())
	}
	switch {
	case err != nil && len(rowErrs) > 0: // told in Vietnamese above
		e.app.log.Debug("log not read", "file", l.Name, "error", err)
		return 0, 0, fmt.Errorf("không đọc được nhật ký %s; chưa nạp dòng nào", l.Name)
	case err != nil:
		return 0, 0, fmt.Errorf("đọc nhật ký %s: %w", l.Name, err)
	case len(rowErrs) > 0:
		return 0, 0, fmt.Errorf("%d lỗi; chưa nạp dòng nào của %s", len(rowErrs), l.Name)
	}
	sum := sha256.Sum256(l.Data)
	hash := hex.EncodeToString(sum[:])
	receipt := media.Receipt{
		Channel: l.Channel, From: l.From, To: l.To, Sender: l.Sender, FileHash: hash, FileName: l.Name, At: e.business(), Rows: len(airings),
	}
	agency := ""
	for _, ch := range e.plan.Channels {
		if ch.ID == l.Channel || l.Channel == "" && len(airings) > 0 && ch.ID == airings[0].Channel {
			agency = ch.Agency
		}
	}
	if receipt.Kept, err = e.keepBytes(ctx, "log", l.Name, l.Data); err != nil {
		return 0, 0, err
	}
	stored, err = e.store.PutAirings(ctx, receipt, airings, agency)
	if err != nil {
		return 0, 0, fmt.Errorf("lưu nhật ký %s: %w", l.Name, err)
	}
	return stored, len(airings), nil
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
	data, err := os.ReadFile(path)
	if err != nil {
		return "", "", fmt.Errorf("đọc tệp: %w", err)
	}
	name = filepath.Base(path)
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
