package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"loa/crawler/extract"
	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
	"loa/web/access"
)

// handedCmd is what every table that is handed in can be told with.
type handedCmd struct {
	File    string `arg:"" type:"existingfile" help:"Tệp bảng: CSV, XLSX, XLS, bảng trong DOCX; «-» đọc từ đầu vào chuẩn, để dán các ô chép từ bảng tính."`
	Plan    string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Channel string `help:"Kênh mà tệp thuộc về, khi tệp không có cột kênh; với nhật ký còn để ghi giấy nhận."`
	Sender  string `help:"Ai gửi. Bản đồ cột đã lưu của bên gửi được dùng nếu có."`
	Preview bool   `help:"Đọc thử: in các cột tìm thấy, các dòng đầu như được hiểu và mọi lỗi; không lưu gì."`

	Column   []string `sep:"none" placeholder:"TÊN=CỘT" help:"Cột nào là gì, khi tiêu đề trong tệp lạ hoặc không có: «Giờ phát=C», «Giờ phát=3» hoặc «Giờ phát=Tiêu đề trong tệp» (lặp lại được)."`
	Unit     string   `enum:",minute,second" default:"" placeholder:"ĐƠN-VỊ" help:"Đơn vị của số trơn ở cột thời lượng: minute (phút) hoặc second (giây)."`
	DayOrder string   `enum:",dmy,mdy" default:"" placeholder:"THỨ-TỰ" help:"Thứ tự ngày, tháng trong tệp: dmy (mặc định) hoặc mdy."`
	FirstRow int      `placeholder:"SỐ" help:"Dòng dữ liệu đầu tiên, khi trên nó không có dòng tiêu đề."`
	Map      string   `placeholder:"BÊN-GỬI" help:"Dùng bản đồ cột đã lưu của bên gửi này thay vì của --sender."`
	NoMap    bool     `help:"Không dùng bản đồ cột đã lưu."`
	SaveMap  bool     `help:"Lưu các khai báo trên làm bản đồ cột của --sender, dùng cho các tệp sau."`
}

// told says whether the command line says how the table is to be read.
func (c *handedCmd) told() bool {
	return len(c.Column) > 0 || c.Unit != "" || c.DayOrder != "" || c.FirstRow != 0
}

// ownMap is the map that the command line tells.
func (c *handedCmd) ownMap(form string) (media.TableMap, error) {
	m := media.TableMap{Sender: strings.TrimSpace(c.Sender), Form: form, Columns: map[string]string{}, FirstRow: c.FirstRow, Unit: c.Unit, DayOrder: c.DayOrder,
		Channel: c.Channel, At: fixed(c.At)()}
	for _, s := range c.Column {
		name, col, ok := strings.Cut(s, "=")
		if name = strings.TrimSpace(name); !ok || name == "" || strings.TrimSpace(col) == "" {
			return m, usagef("--column %s: cần dạng «Giờ phát=C»", s)
		}
		if _, twice := m.Columns[name]; twice {
			return m, usagef("--column: cột «%s» được khai hai lần", name)
		}
		m.Columns[name] = strings.TrimSpace(col)
	}
	if bad := extract.CheckMap(m); len(bad) > 0 {
		return m, usagef("%s", strings.Join(bad, "; "))
	}
	return m, nil
}

// mapFor is how the table is to be read: as the command line tells, else as was
// stored for the sender; nil by its headings. st may be nil: nothing is stored yet.
func (c *handedCmd) mapFor(a *app, st *store.Store, form string) (*media.TableMap, error) {
	switch {
	case c.SaveMap && (strings.TrimSpace(c.Sender) == "" || !c.told()):
		return nil, usagef("--save-map cần --sender và ít nhất một khai báo (--column, --unit, --day-order, --first-row)")
	case c.NoMap && c.Map != "":
		return nil, usagef("chỉ dùng một trong --map, --no-map")
	case c.told() && c.Map != "":
		return nil, usagef("--map không đi cùng --column, --unit, --day-order, --first-row")
	}
	if c.told() {
		m, err := c.ownMap(form)
		return &m, err
	}
	of := cmp.Or(c.Map, strings.TrimSpace(c.Sender))
	if c.NoMap || of == "" || st == nil {
		return nil, c.noMap()
	}
	all, err := st.Maps(a.ctx, of)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.Form == form {
			fmt.Fprintf(a.Err, "loa: dùng bản đồ cột đã lưu của «%s» (%s)\n", m.Sender, mapWords(m))
			c.Channel = cmp.Or(c.Channel, m.Channel)
			return &m, nil
		}
	}
	return nil, c.noMap()
}

// noMap refuses --map where there is none.
func (c *handedCmd) noMap() error {
	if c.Map == "" {
		return nil
	}
	return fmt.Errorf("chưa lưu bản đồ cột nào của «%s»; xem «loa import maps»", c.Map)
}

// keepMap stores the map that was told, once its table could be read with it.
func (c *handedCmd) keepMap(e *engine, m *media.TableMap) error {
	if !c.SaveMap {
		return nil
	}
	if err := e.store.PutMap(e.app.ctx, *m, byCommand(c.Sender)); err != nil {
		return fmt.Errorf("lưu bản đồ cột: %w", err)
	}
	fmt.Fprintf(e.app.Out, "Đã lưu bản đồ cột của «%s»: %s.\n", m.Sender, mapWords(*m))
	return nil
}

// mapWords is a map in a line.
func mapWords(m media.TableMap) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(m.Columns)) {
		out = append(out, name+"="+m.Columns[name])
	}
	if m.FirstRow > 0 {
		out = append(out, fmt.Sprintf("dòng đầu tiên %d", m.FirstRow))
	}
	if m.Unit != "" {
		out = append(out, "thời lượng tính bằng "+map[string]string{"minute": "phút", "second": "giây"}[m.Unit])
	}
	if m.DayOrder != "" {
		out = append(out, "ngày ghi "+map[string]string{"dmy": "ngày trước tháng", "mdy": "tháng trước ngày"}[m.DayOrder])
	}
	if m.Channel != "" {
		out = append(out, "kênh "+m.Channel)
	}
	return strings.Join(out, ", ")
}

// bytes gives the file, or what is pasted.
func (c *handedCmd) bytes(a *app) (name string, data []byte, err error) {
	return readSent(a, c.File)
}

// readSent reads what a person hands in; «-» is the standard input.
func readSent(a *app, file string) (name string, data []byte, err error) {
	in, name := a.In, "dữ liệu dán vào"
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", nil, fmt.Errorf("đọc tệp: %w", err)
		}
		defer f.Close()
		in, name = f, filepath.Base(file)
	}
	if data, err = io.ReadAll(io.LimitReader(in, maxSent)); err != nil {
		return "", nil, fmt.Errorf("đọc tệp: %w", err)
	}
	return name, data, nil
}

// peek opens what a preview needs and must not write: the plan, and the maps if
// there is a database. The caller closes the store, which may be nil.
func (c *handedCmd) peek(a *app) (*schedule.Plan, *store.Store, error) {
	plan, err := planAt(a.planFiles(), c.Plan, fixed(c.At)())
	if err != nil {
		return nil, nil, err
	}
	db := a.db()
	if _, err := os.Stat(db); err != nil && !strings.Contains(db, "://") {
		return plan, nil, nil
	}
	st, err := a.openStore(a.ctx)
	return plan, st, err
}

// logOptions is what a plan says of its channels and columns. An empty channel
// is told by the table itself.
func logOptions(plan *schedule.Plan, channel string) (opt extract.LogOptions, err error) {
	stations := map[string]bool{}
	for _, ch := range plan.Channels {
		if ch.ID == channel {
			opt.Channel, opt.Medium = ch.ID, ch.Medium
		}
		stations[ch.Agency] = true
		opt.Channels = append(opt.Channels, extract.LogChannel{ID: ch.ID, Agency: ch.Agency, Name: ch.Name, Medium: ch.Medium, Aliases: ch.Aliases})
	}
	if channel != "" && opt.Channel == "" {
		return opt, usagef("kế hoạch %s không có kênh «%s»; các kênh: %s", plan.ID, channel, strings.Join(channelIDs(plan), ", "))
	}
	for _, col := range plan.Columns { // a newspaper's column may bear the same name
		if stations[col.Agency] {
			opt.Columns = append(opt.Columns, col)
		}
	}
	return opt, nil
}

// tell says how a table was read.
func tellHanded(w io.Writer, name string, h extract.Handed) {
	for _, n := range h.Notes {
		fmt.Fprintf(w, "%s: %s\n", name, n)
	}
}

// refuseRows tells every mistake; nil if there is none.
func refuseRows(a *app, name string, bad []extract.RowError, err error) error {
	const most = 200 // lines that a person reads
	for i, r := range bad {
		if i == most {
			fmt.Fprintf(a.Err, "%s: … và %d lỗi khác\n", name, len(bad)-most)
			break
		}
		fmt.Fprintln(a.Err, name+":", r.Error())
	}
	switch {
	case err != nil && len(bad) > 0: // told in Vietnamese above
		a.log.Debug("table not read", "file", name, "error", err)
		return fmt.Errorf("không đọc được %s; chưa nạp dòng nào", name)
	case err != nil:
		return fmt.Errorf("đọc %s: %w", name, err)
	case len(bad) > 0:
		return fmt.Errorf("%d lỗi; chưa nạp dòng nào của %s", len(bad), name)
	}
	return nil
}

// previewHead prints how a table was understood.
func previewHead(w io.Writer, name string, h extract.Handed) error {
	fmt.Fprintf(w, "Tệp %s: %s", name, h.Format)
	if h.Header > 0 {
		fmt.Fprintf(w, ", dòng tiêu đề %d", h.Header)
	}
	fmt.Fprintln(w)
	for _, n := range h.Notes {
		fmt.Fprintln(w, "Lưu ý:", n)
	}
	if len(h.Columns) == 0 {
		return nil
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "Cột\tLà\tTiêu đề trong tệp")
	for _, c := range h.Columns {
		fmt.Fprintf(tw, "%s\t%s\t%s\n", c.Letter, c.Name, cmp.Or(c.Heading, "-"))
	}
	return tw.Flush()
}

// previewRows is how many rows a preview prints.
const previewRows = 10

// mapsCmd lists and forgets stored maps.
type mapsCmd struct {
	List mapsListCmd `cmd:"" default:"withargs" help:"In các bản đồ cột đã lưu."`
	Drop mapsDropCmd `cmd:"" help:"Xóa bản đồ cột của một bên gửi."`
}

type mapsListCmd struct {
	Sender string `arg:"" optional:"" help:"Chỉ của bên gửi này."`
}

func (c *mapsListCmd) Run(a *app) error {
	st, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.Maps(a.ctx, c.Sender)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(a.Out, "Chưa lưu bản đồ cột nào.")
		return err
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Bên gửi\tLoại bảng\tLưu ngày\tKhai báo")
	for _, m := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", m.Sender, viet.FormName(m.Form), viet.Day(m.At.In(calendar.Zone)), mapWords(m))
	}
	return w.Flush()
}

type mapsDropCmd struct {
	Sender string `arg:"" help:"Bên gửi."`
	Form   string `enum:"airings,schedule,uploads" default:"airings" help:"Loại bảng: airings (nhật ký), schedule (lịch), uploads (video đã đăng)."`
	By     string `help:"Ai xóa (mặc định: người dùng của máy)."`
	At     moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

func (c *mapsDropCmd) Run(a *app) error {
	st, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	gone, err := st.DropMap(a.ctx, media.TableMap{Sender: c.Sender, Form: c.Form, At: fixed(c.At)()}, byCommand(c.By))
	if err != nil {
		return err
	}
	if !gone {
		return fmt.Errorf("chưa lưu bản đồ cột nào của «%s» cho %s", c.Sender, viet.FormName(c.Form))
	}
	_, err = fmt.Fprintf(a.Out, "Đã xóa bản đồ cột của «%s» cho %s.\n", c.Sender, viet.FormName(c.Form))
	return err
}

// byCommand is whoever works on the command line: confined to no agency, as who has the machine is.
func byCommand(by string) access.Actor {
	return access.Actor{Name: actor(by), Role: access.Officer}
}
