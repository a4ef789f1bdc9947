package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"loa/deploy/gen"
	"loa/schedule/calendar"
	"loa/web"
)

// cli is the command line. Its verbs and the shapes of classify, similar,
// standing and report are a promise to others (docs/ARCHITECTURE.md).
type cli struct {
	DB        string `env:"LOA_DB" help:"Tệp SQLite hoặc địa chỉ PostgreSQL (mặc định: loa.db trong thư mục dữ liệu)." placeholder:"ADDR"`
	Data      string `env:"LOA_DATA" default:"loa-data" help:"Thư mục cho mọi dữ liệu khác (bản lưu trang, nhật ký)." type:"path"`
	Kept      string `env:"LOA_KEPT" help:"Kho bản lưu: thư mục, hoặc s3://kho/tiền-tố?endpoint=https://máy-chủ&region=… (khóa lấy từ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY). Mặc định: kept trong thư mục dữ liệu." placeholder:"ADDR"`
	Plans     string `help:"Thư mục kế hoạch thay cho bộ kế hoạch có sẵn." type:"existingdir" placeholder:"DIR"`
	Lexicon   string `env:"LOA_LEXICON" help:"Từ điển phân loại (YAML) thay cho bản có sẵn." type:"existingfile"`
	Facets    string `env:"LOA_FACETS" help:"Danh mục nội dung (YAML: chỉ số, lĩnh vực, đối tượng, văn bản) thay cho bản có sẵn." type:"existingfile"`
	Model     string `env:"LOA_MODEL" help:"Mô hình phân loại (tệp do «loa classify train» ghi) thay cho bản có sẵn." type:"existingfile"`
	Verbose   bool   `short:"v" help:"Ghi chi tiết ra stderr."`
	LogFormat string `env:"LOA_LOG_FORMAT" enum:"text,json" default:"text" help:"Dạng nhật ký chương trình trên stderr: text hoặc json."`

	Demo     demoCmd     `cmd:"" help:"Chạy tỉnh mẫu trên máy này: thu thập thật, bảng theo dõi trong trình duyệt (dữ liệu mẫu)."`
	Serve    serveCmd    `cmd:"" help:"Chạy liên tục: thu thập, phân loại, đối chiếu, trang web và số đo."`
	Start    startCmd    `cmd:"" help:"Như serve, cho một máy tính của cơ quan: dữ liệu cạnh chương trình, mở trình duyệt (docs/WINDOWS.md)."`
	Crawl    crawlCmd    `cmd:"" help:"Thu thập mọi nguồn một lượt, phân loại và đối chiếu rồi thoát."`
	Sources  sourcesCmd  `cmd:"" help:"Xem tình trạng từng nguồn: đọc được, ít tin bất thường, chưa thu thập được, và vì sao."`
	Try      tryCmd      `cmd:"" help:"Đọc thử một địa chỉ hoặc tệp: loại, tin, ngày giờ, quy tắc đoán được; in mục nguồn để dán."`
	Classify classifyCmd `cmd:"" help:"Phân loại các dòng JSON {id,title,body} từ stdin; huấn luyện, đánh giá, xuất nhãn đã duyệt."`
	Similar  similarCmd  `cmd:"" help:"Tìm tin, bài trùng nội dung trong các dòng JSON {id,title,body} từ stdin."`
	Standing standingCmd `cmd:"" help:"In tiến độ từng nhiệm vụ, cơ quan, kỳ."`
	Schedule scheduleCmd `cmd:"" help:"Lịch phát sóng mà các đài công bố (dự kiến), đọc từ trang của đài."`
	Suggest  suggestCmd  `cmd:"" help:"Gợi ý tin, bài cho các kỳ chuyên mục, lần phát sóng sắp tới của Báo, Đài (tham khảo)."`
	Calendar calendarCmd `cmd:"" help:"Lịch các kỳ sắp tới của một cơ quan (iCalendar), bảng kế hoạch tháng (XLSX)."`
	Letters  lettersCmd  `cmd:"" help:"Dự thảo công văn định hướng tuyên truyền; khi có số thì thành minh chứng."`
	Report   reportCmd   `cmd:"" help:"Lập báo cáo của một kỳ."`
	Import   importCmd   `cmd:"" help:"Nạp nhật ký phát sóng và các bảng kê."`
	Collect  collectCmd  `cmd:"" help:"Biểu thu thập: xuất cho từng đơn vị, nhận lại, xem đơn vị nào chưa gửi."`
	Close    closeCmd    `cmd:"" help:"Chốt số liệu một kỳ báo cáo: lưu lại kết quả kèm danh mục minh chứng, in biên bản."`
	Decide   decideCmd   `cmd:"" help:"Ghi quyết định của người có thẩm quyền về một tiến độ."`
	Calls    callsCmd    `cmd:"" help:"Đã gọi ai, trả lời gì: ghi một cuộc gọi, in sổ gọi điện và phản hồi của các cơ quan."`
	Makegood makegoodCmd `cmd:"" help:"Phát bù: mở việc cho kỳ đã xác nhận chưa đạt, hẹn giờ, thống nhất, minh chứng, khép lại."`
	Radio    radioCmd    `cmd:"" help:"Loa truyền thanh xã: chọn xã nghe mỗi tháng, ghi kết quả, tỷ lệ kèm khoảng tin cậy."`
	Notify   notifyCmd   `cmd:"" help:"Báo cho ai, việc gì, khi nào: việc đến hạn báo, cho gửi, nhật ký, trả lời."`
	Review   reviewCmd   `cmd:"" help:"Xem và duyệt tin, bài chờ duyệt."`
	Plan     planCmd     `cmd:"" help:"Kế hoạch như một văn bản: in, so sánh, thử dự thảo, điều chỉnh mức, lập cho năm mới."`
	Evidence proofCmd    `cmd:"" help:"Bản lưu của các trang đã đọc: kiểm tra, xem, thời hạn lưu, chuyển kho."`
	Check    checkCmd    `cmd:"" help:"Kiểm tra mọi tệp kế hoạch, nguồn, từ điển; báo hết lỗi một lần."`
	Account  accountCmd  `cmd:"" help:"Tài khoản của trang web: lập, đặt lại mật khẩu, ngừng."`
	Audit    auditCmd    `cmd:"" help:"Lịch sử thao tác: kiểm tra tính toàn vẹn, in, lấy mốc."`
	Token    tokenCmd    `cmd:"" help:"Khóa truy cập của phần mềm đọc dữ liệu (/api/v1)."`
	Webhook  webhookCmd  `cmd:"" help:"Nơi nhận thay đổi của tiến độ (webhook)."`
	Backup   backupCmd   `cmd:"" help:"Sao lưu mọi thứ (dữ liệu và bản lưu trang) vào một tệp, rồi kiểm tra; chạy được khi hệ thống đang chạy."`
	Restore  restoreCmd  `cmd:"" help:"Khôi phục một bản sao lưu vào thư mục dữ liệu chưa dùng."`
	Copy     copyCmd     `cmd:"" help:"Chuyển cơ sở dữ liệu từ tệp SQLite sang PostgreSQL, đọc lại từng dòng để đối chiếu."`
	Gen      genCmd      `cmd:"" help:"Ghi các tệp cài đặt kèm theo: bảng Grafana, cấu hình Alertmanager."`
	Simulate simulateCmd `cmd:"" help:"Chạy một năm mẫu qua các quy tắc cảnh báo, so với điều đã thật sự xảy ra (cần promtool)."`
	Doctor   doctorCmd   `cmd:"" help:"Khám: cấu hình, cơ sở dữ liệu, đồng hồ, ổ đĩa, tên miền, nguồn, chứng thư, sao lưu; nói cách sửa."`
	Version  versionCmd  `cmd:"" help:"In phiên bản."`
}

// app is what every command gets.
type app struct {
	stdio
	cli *cli
	ctx context.Context
	log *slog.Logger

	began  func(setup string) // told once, when pages can be asked for; setup opens the first account, "" if there is one
	drives func() []web.Drive // for copies, where somebody sits at this machine; nil elsewhere
}

// grammar is how a command line is read.
func grammar(c *cli, more ...kong.Option) (*kong.Kong, error) {
	return kong.New(c, append(more, kong.Name("loa"),
		kong.Description("Theo dõi thực hiện kế hoạch thông tin, tuyên truyền cải cách hành chính."),
		kong.Resolvers(fromBeside()), kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Help(printHelp), kong.Vars{"loa_address": gen.Address})...)
}

// run parses args and does what they say; tests call it.
func run(ctx context.Context, args []string, io stdio) (err error) {
	var c cli
	exited := -1
	parser, err := grammar(&c, kong.Writers(io.Out, io.Err), kong.Exit(func(code int) { exited = code; panic(exitSignal{}) }))
	if err != nil {
		return err
	}
	nameValues(parser.Model)
	defer func() { // --help ends the program through kong's exit
		if r := recover(); r != nil {
			if _, ok := r.(exitSignal); !ok {
				panic(r)
			}
			if exited != 0 {
				err = usagef("dừng với mã %d", exited)
			}
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := parser.Parse(args)
	if err != nil {
		return usageError{usageWords(err) + " (xem loa --help)"}
	}
	level := slog.LevelWarn
	if c.Verbose {
		level = slog.LevelDebug
	}
	log := slog.New(logged(io.Err, c.LogFormat, level))
	return kctx.Run(&app{stdio: io, cli: &c, ctx: ctx, log: log})
}

type exitSignal struct{}

// moment is a time flag: RFC 3339, or local Vietnamese date with optional time.
type moment struct{ time.Time }

func (m *moment) UnmarshalText(b []byte) error {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, string(b), calendar.Zone); err == nil {
			m.Time = t
			return nil
		}
	}
	return fmt.Errorf("«%s» không phải thời điểm: cần dạng 2023-03-10, 2023-03-10T15:00 hoặc RFC 3339", b)
}

// span is a duration flag that also knows days, weeks and years of 365 days:
// 36h, 10d, 8w, 2y.
type span time.Duration

func (s *span) UnmarshalText(b []byte) error {
	text := string(b)
	for unit, d := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "y": 365 * 24 * time.Hour} {
		if n, ok := strings.CutSuffix(text, unit); ok {
			if v, err := strconv.Atoi(n); err == nil && v >= 0 {
				*s = span(time.Duration(v) * d)
				return nil
			}
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return fmt.Errorf("«%s» không phải khoảng thời gian: cần dạng 8w, 10d hoặc 36h", text)
	}
	*s = span(d)
	return nil
}

type versionCmd struct{}

func (versionCmd) Run(a *app) error {
	_, err := fmt.Fprintln(a.Out, "loa", version)
	return err
}
