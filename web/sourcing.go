package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// Sourcing is the door to the places that are read: trying them, their history,
// and reading their archives back.
type Sourcing struct {
	// Try reads an address as a source might be read and stores nothing; what is
	// wrong with the address or its site is in Trial.Wrong.
	Try func(ctx context.Context, address string) (Trial, error)
	// TrySource reads a source of the plan by its rule in force.
	TrySource func(ctx context.Context, id string) (Trial, error)
	Looks     func(ctx context.Context, id string, most int) ([]Look, error)
	// States are the source's changes of state, newest first: outcome and since when.
	States func(ctx context.Context, id string, most int) ([]Look, error)
	Due    func(ctx context.Context, id string) error // looked at as soon as may be
	// Walk begins to read the source's archive back to a day, in the background.
	Walk  func(ctx context.Context, id string, since time.Time, by string) error
	Stop  func(ctx context.Context, id, by string) error
	Walks func(ctx context.Context, id string) (Walking, error)
}

// Trial is what was read of an address at a person's wish.
type Trial struct {
	Address string
	Said    []string // what robots.txt, the server and the next page answered, Vietnamese
	What    string   // what it seems to be, Vietnamese
	Notes   []string // what to know about the reading, Vietnamese
	Feeds   []string // feeds that the page announces
	Wrong   string   // why nothing could be read, Vietnamese; "" if something was
	Entries []media.Item
	Total   int
	Dated   int // of Total
	Rhythm  string
	Same    []string       // ids of sources of the plan that show the same pieces
	Stream  string         // stream of the first of them
	Fields  map[string]any // a source to start from, in the words of the plan files; nil: none
	Rule    map[string]any // of them: how the pages are read
}

// Look is one visit of a source, or one change of its state.
type Look struct {
	At      time.Time
	Outcome string
	Detail  string
	Status  int
	Took    time.Duration
	Bytes   int
}

// Walking is how the reading back of a source's archive stands.
type Walking struct {
	Known   bool // there was one
	Running bool // here and now
	Halted  bool // begun and neither running nor at its end: it can go on
	Waits   bool // halted, and goes on by itself
	Since   time.Time
	Oldest  time.Time
	Share   float64
	Pages   int
	Items   int
	Words   string // how it stands or ended, Vietnamese
	Fit     bool   // the source has an archive
}

func (s *site) sourcingRoutes() []route {
	if s.Sourcing == nil || s.Settings == nil {
		return nil
	}
	return []route{
		{"GET", "/nguon/them", access.Settings, false, s.addSource},
		{"POST", "/nguon/them", access.Settings, false, s.trySource},
		{"POST", "/nguon/them/ghi", access.Settings, false, s.saveSource},
		{"GET", "/nguon/{key}", access.See, false, s.source},
		{"POST", "/nguon/{key}/thu", access.Settings, false, s.tryAgain},
		{"GET", "/nguon/{key}/sua", access.Settings, false, s.editSource},
		{"POST", "/nguon/{key}/sua", access.Settings, false, s.alone(s.setSource)},
		{"POST", "/nguon/{key}/doc-ngay", access.Settings, false, s.readNow},
		{"POST", "/nguon/{key}/xac-nhan", access.Settings, false, s.confirmSource},
		{"POST", "/nguon/{key}/thoi", access.Settings, false, s.retireSource},
		{"POST", "/nguon/{key}/lich-su", access.Settings, false, s.walkSource},
		{"POST", "/nguon/{key}/dung", access.Settings, false, s.stopWalk},
	}
}

// sourcePage is one source: how it stands, what its last visits brought, what can be done.
type sourcePage struct {
	Row     sourceRow
	Key     string
	Looks   []Look
	States  []Look
	Walk    Walking
	Laid    []laidLine
	Trial   *Trial
	Edits   bool // the reader may change it
	Rule    []ruleLine
	Uptime  string
	WalkDay string
}

type ruleLine struct{ Label, Value string }

// ruleValue is a part of a reading rule; how pages are turned is told in words.
func ruleValue(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return plainValue(v)
	}
	words := map[string]string{"query": "số trang trong tham số của địa chỉ", "path": "số trang trong đường dẫn", "link": "liên kết sang trang sau", "postback": "nút sang trang của máy chủ",
		"json": "dịch vụ dữ liệu của trang", "none": "không có trang sau"}
	if w, ok := words[plainValue(m["by"])]; ok {
		return w
	}
	return plainValue(v)
}

// sourceAt finds the source that a path names; it answers if there is none.
func (s *site) sourceAt(w http.ResponseWriter, r *http.Request) (sourceRow, bool) {
	rows, err := s.conditions(r.Context())
	if err != nil {
		s.fail(w, r, "read the sources' health", err)
		return sourceRow{}, false
	}
	for _, row := range rows {
		if s.slug(row.Source.ID) == r.PathValue("key") {
			return row, true
		}
	}
	s.missing(w, r, "Kế hoạch không có nguồn này.")
	return sourceRow{}, false
}

func (s *site) source(w http.ResponseWriter, r *http.Request) {
	if row, ok := s.sourceAt(w, r); ok {
		s.sourceWith(w, r, row, nil, nil)
	}
}

// sourceWith shows a source's page with what a try just brought, or with why something was not done.
func (s *site) sourceWith(w http.ResponseWriter, r *http.Request, row sourceRow, trial *Trial, wrong error) {
	ctx, id := r.Context(), row.Source.ID
	p := sourcePage{Key: s.slug(id), Trial: trial, Edits: s.actor(r).May(access.Settings)}
	row.fill()
	p.Row = row
	var err error
	if p.Looks, err = s.Sourcing.Looks(ctx, id, 20); err == nil {
		if p.States, err = s.Sourcing.States(ctx, id, 20); err == nil {
			p.Walk, err = s.Sourcing.Walks(ctx, id)
		}
	}
	var all []Laid
	if err == nil {
		all, err = s.Settings.Laid(ctx)
	}
	if err != nil {
		s.fail(w, r, "read a source", err)
		return
	}
	p.WalkDay = viet.Day(s.Plan.From)
	mine, _ := laidOn(all, schedule.EntrySource, p.Key)
	p.Laid = s.laidLines(mine)
	now, _, err := s.Settings.Fields(schedule.EntrySource, p.Key)
	if err != nil {
		s.fail(w, r, "read a source's entry", err)
		return
	}
	if rule, ok := now["rule"].(map[string]any); ok {
		for k, v := range rule {
			p.Rule = append(p.Rule, ruleLine{fieldLabel(k), ruleValue(v)})
		}
		slices.SortFunc(p.Rule, func(a, b ruleLine) int { return strings.Compare(a.Label, b.Label) })
	}
	ok, all2 := int64(0), int64(0)
	for o, n := range row.Health.Visits {
		if all2 += n; o == media.OK || o == media.NotModified {
			ok += n
		}
	}
	if all2 > 0 {
		p.Uptime = fmt.Sprintf("%s/%s lần đọc được", viet.Number(int(ok)), viet.Number(int(all2)))
	}
	f := frame{Title: row.Source.Name, Here: "/nguon", Page: p}
	s.answer(w, r, "change a source", wrong, "source", f)
}

// tryAgain reads a source now by its rule in force, for the eye alone.
func (s *site) tryAgain(w http.ResponseWriter, r *http.Request) {
	row, ok := s.sourceAt(w, r)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), tryTime)
	defer cancel()
	t, err := s.Sourcing.TrySource(ctx, row.Source.ID)
	if err != nil {
		s.sourceWith(w, r, row, nil, err)
		return
	}
	s.sourceWith(w, r, row, &t, nil)
}

// tryTime is how long a person waits for a try at most: robots.txt, the page and the next one, with the host's distance between.
const tryTime = 45 * time.Second

func (s *site) readNow(w http.ResponseWriter, r *http.Request) {
	row, ok := s.sourceAt(w, r)
	if !ok {
		return
	}
	if err := s.Sourcing.Due(r.Context(), row.Source.ID); err != nil {
		s.sourceWith(w, r, row, nil, err)
		return
	}
	s.done(w, r, "/nguon/"+s.slug(row.Source.ID), "Nguồn được xếp đọc ngay; kết quả hiện ở đây sau ít phút.")
}

func (s *site) walkSource(w http.ResponseWriter, r *http.Request) {
	row, ok := s.sourceAt(w, r)
	if !ok || !s.form(w, r) {
		return
	}
	since, good := dayField(field(r, "tu"))
	var err error
	switch {
	case !good || since.IsZero():
		err = Refusal{"Ngày chưa đúng. Xin ghi như 01/01/2023."}
	case !since.Before(s.Business()):
		err = Refusal{"Ngày bắt đầu phải ở trước hôm nay."}
	default:
		err = s.Sourcing.Walk(r.Context(), row.Source.ID, since, s.actor(r).String())
	}
	if err != nil {
		s.sourceWith(w, r, row, nil, err)
		return
	}
	s.done(w, r, "/nguon/"+s.slug(row.Source.ID), "Bắt đầu thu thập lại từ ngày "+viet.Day(since)+". Việc này chạy nền; có thể dừng và làm tiếp sau.")
}

func (s *site) stopWalk(w http.ResponseWriter, r *http.Request) {
	row, ok := s.sourceAt(w, r)
	if !ok {
		return
	}
	if err := s.Sourcing.Stop(r.Context(), row.Source.ID, s.actor(r).String()); err != nil {
		s.sourceWith(w, r, row, nil, err)
		return
	}
	s.done(w, r, "/nguon/"+s.slug(row.Source.ID), "Đã dừng thu thập lại. Phần đã đọc được giữ nguyên; bấm lại để đọc tiếp.")
}

// patch records some fields of a source that a button stands for.
func (s *site) patch(w http.ResponseWriter, r *http.Request, fields map[string]any, why, done string) {
	row, ok := s.sourceAt(w, r)
	if !ok || !s.form(w, r) {
		return
	}
	key := s.slug(row.Source.ID)
	e := schedule.Entry{Kind: schedule.EntrySource, Key: key, Actor: s.actor(r).String(), At: s.Business(), From: calendar.Day(s.Business()), Basis: field(r, "can-cu")}
	if e.Basis == "" {
		e.Basis = why
	}
	var err error
	if e.Basis == "" {
		err = Refusal{"Xin ghi lý do."}
	}
	if err == nil {
		raw, jerr := json.Marshal(fields)
		if e.Body, err = string(raw), jerr; err == nil {
			err = s.Settings.Set(r.Context(), e)
		}
	}
	if words := asRefusal(err); err != nil && words != "" {
		err = Refusal{words}
	}
	if err != nil {
		s.sourceWith(w, r, row, nil, err)
		return
	}
	s.done(w, r, "/nguon/"+key, done)
}

// confirmSource says that a doubtful address is right: it is read from now on.
func (s *site) confirmSource(w http.ResponseWriter, r *http.Request) {
	s.patch(w, r, map[string]any{"verify": nil}, "đã kiểm tra địa chỉ", "Đã xác nhận địa chỉ. Nguồn được xếp đọc ngay.")
}

// retireSource ends the reading of a source today.
func (s *site) retireSource(w http.ResponseWriter, r *http.Request) {
	s.patch(w, r, map[string]any{"to": calendar.Day(s.Business()).Format(time.DateOnly)}, "", "Đã thôi đọc nguồn này từ hôm nay. Tin, bài đã có vẫn được giữ và vẫn tính.")
}

// sourceFields are the fields of a source's form.
func (s *site) sourceFields(now, file map[string]any, last map[string]Laid) []formField {
	rule, _ := now["rule"].(map[string]any)
	agencies := []option{{"", "Chọn cơ quan"}}
	for _, a := range s.Plan.Agencies {
		agencies = append(agencies, option{s.slug(a.ID), a.Name})
	}
	columns := []option{{"", "Không: mỗi tin tự cho biết chuyên mục, hoặc không có chuyên mục"}}
	for _, c := range s.Plan.Columns {
		columns = append(columns, option{c.ID, c.Name + " (" + s.names.Agency(c.Agency) + ")"})
	}
	channels := []option{{"", "Không"}}
	for _, c := range s.Plan.Channels {
		channels = append(channels, option{c.ID, c.Name})
	}
	var kinds []option
	for _, k := range []media.SourceKind{media.KindFeed, media.KindList, media.KindSitemap, media.KindPage, media.KindUptime, media.KindQuestions, media.KindDocuments, media.KindSchedule, media.KindUploads} {
		kinds = append(kinds, option{string(k), viet.Capital(sourceKind(k))})
	}
	every := []option{{"", "Như thường lệ"}, {"15m", "15 phút"}, {"30m", "30 phút"}, {"1h", "1 giờ"}, {"2h", "2 giờ"}, {"6h", "6 giờ"}, {"12h", "12 giờ"}, {"24h", "1 ngày"}}
	if v := plainValue(now["every"]); !slices.ContainsFunc(every, func(o option) bool { return o.Value == v }) {
		every = append(every, option{v, v})
	}
	fields := []formField{
		{Name: "name", Label: "Tên nguồn", Value: plainValue(now["name"]), Help: "Tên để mọi người đọc, như «Báo – chuyên mục Cải cách hành chính»."},
		{Name: "agency", Label: "Cơ quan", Shape: "select", Options: agencies, Value: plainValue(now["agency"]), Help: "Tin, bài của nguồn này được tính cho cơ quan nào."},
		{Name: "url", Label: "Địa chỉ", Value: plainValue(now["url"])},
		{Name: "kind", Label: "Loại nguồn", Shape: "select", Options: kinds, Value: plainValue(now["kind"])},
		{Name: "column", Label: "Chuyên mục", Shape: "select", Options: columns, Value: plainValue(now["column"]), Help: "Chỉ chọn khi mọi tin ở đây thuộc một chuyên mục."},
		{Name: "channel", Label: "Kênh", Shape: "select", Options: channels, Value: plainValue(now["channel"]), Help: "Chỉ dùng cho lịch phát sóng và video đã đăng."},
		{Name: "stream", Label: "Luồng tin", Value: plainValue(now["stream"]), Help: "Hai nguồn hiện cùng các tin thì ghi cùng một luồng, để nguồn này thay được nguồn kia. Thường để trống."},
		{Name: "every", Label: "Bao lâu đọc một lần", Shape: "select", Options: every, Value: plainValue(now["every"]), Help: "Hệ thống tự đọc dày hơn hoặc thưa hơn theo nhịp đăng của nguồn."},
	}
	for _, of := range []struct{ key, help string }{
		{"item", "Bộ chọn CSS của khối chứa một tin trên trang danh sách, như «ul.tin > li»."}, {"link", "Bộ chọn CSS của liên kết trong khối; trống: liên kết đầu tiên."},
		{"title", "Bộ chọn CSS của tiêu đề trong khối."}, {"date", "Bộ chọn CSS của ngày trong khối."}, {"body", "Bộ chọn CSS của thân bài trên trang bài; trống: tự tìm."},
		{"page_date", "Bộ chọn CSS của ngày trên trang bài."}, {"section", "Bộ chọn CSS của tên chuyên mục trên trang bài."},
		{"date_format", "Dạng in của ngày, như «dd/MM/yyyy HH:mm»; trống: tự nhận."}, {"article_url", "Biểu thức chính quy mà địa chỉ của tin, bài khớp; trống: mọi liên kết."},
	} {
		fields = append(fields, formField{Name: "rule/" + of.key, Label: fieldLabel(of.key), Value: plainValue(rule[of.key]), Help: of.help})
	}
	fromFile(fields, file, last)
	return fields
}

func (s *site) sourceForm(r *http.Request) (editPage, map[string]any, error) {
	key := r.PathValue("key")
	now, file, last, lines, err := s.part(r, schedule.EntrySource, key)
	p := editPage{What: s.laidWhat(schedule.EntrySource, key), Action: r.URL.Path, Back: "/nguon/" + key, BackWord: s.laidWhat(schedule.EntrySource, key), Laid: lines, From: viet.Day(s.Business()), Button: "Ghi nguồn",
		Lead: "Sửa xong, hệ thống đọc lại nguồn ngay theo quy tắc mới. Dùng «Đọc thử ngay» ở trang của nguồn để xem kết quả."}
	if now != nil {
		p.Fields = s.sourceFields(now, file, last)
	}
	return p, now, err
}

func (s *site) editSource(w http.ResponseWriter, r *http.Request) {
	p, now, err := s.sourceForm(r)
	s.editOr(w, r, p, now, err)
}

func (s *site) setSource(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	p, now, err := s.sourceForm(r)
	if err != nil || now == nil {
		s.editOr(w, r, p, now, err)
		return
	}
	was := slices.Clone(p.Fields)
	s.typedOver(r, &p)
	s.setPart(w, r, schedule.EntrySource, r.PathValue("key"), changedFields(was, p.Fields, now), p, nil)
}

// changedFields are the fields that were typed otherwise than they are; of the reading rule all, for it is one field of the files.
func changedFields(was, typed []formField, now map[string]any) map[string]any {
	body := map[string]any{}
	rule := map[string]any{}
	if m, ok := now["rule"].(map[string]any); ok {
		for k, v := range m {
			rule[k] = v
		}
	}
	ruled := false
	for i, f := range typed {
		if f.Value == was[i].Value {
			continue
		}
		if key, ok := strings.CutPrefix(f.Name, "rule/"); ok {
			if ruled = true; f.Value == "" {
				delete(rule, key)
			} else {
				rule[key] = f.Value
			}
			continue
		}
		if body[f.Name] = f.Value; f.Value == "" {
			body[f.Name] = nil
		}
	}
	if ruled {
		if body["rule"] = rule; len(rule) == 0 {
			body["rule"] = nil
		}
	}
	return body
}

// addPage is the way from an address to a source.
type addPage struct {
	Address string
	Trial   *Trial
	Fields  []formField
	Hidden  string // JSON of what was found: kind, address, rule
	Basis   string
	Same    []media.Source
}

func (s *site) addSource(w http.ResponseWriter, r *http.Request) {
	s.render(w, r, http.StatusOK, "sourceadd", frame{Title: "Thêm nguồn", Here: "/nguon", Page: addPage{Address: viet.Clean(r.URL.Query().Get("dia-chi"))}})
}

// trySource reads an address and proposes a source.
func (s *site) trySource(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	p := addPage{Address: strings.TrimSpace(field(r, "dia-chi"))}
	f := frame{Title: "Thêm nguồn", Here: "/nguon", Page: p}
	if p.Address != "" && !strings.Contains(p.Address, "://") {
		p.Address = "http://" + p.Address
	}
	if u, err := url.Parse(p.Address); err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		s.sorry(w, r, "try an address", Refusal{"Địa chỉ chưa đúng. Xin dán nguyên địa chỉ của trang, như http://sotuphap.tinh.gov.vn/tin-tuc."}, "sourceadd", f)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), tryTime)
	defer cancel()
	t, err := s.Sourcing.Try(ctx, p.Address)
	if err != nil {
		f.Page = p
		s.sorry(w, r, "try an address", err, "sourceadd", f)
		return
	}
	p.Trial = &t
	if t.Fields != nil {
		raw, err := json.Marshal(t.Fields)
		if err != nil {
			s.fail(w, r, "propose a source", err)
			return
		}
		p.Hidden, p.Fields = string(raw), s.newFields(t.Fields, t)
	}
	f.Page = s.withSame(p)
	s.render(w, r, http.StatusOK, "sourceadd", f)
}

// withSame names the sources that show the same pieces.
func (s *site) withSame(p addPage) addPage {
	if p.Trial != nil {
		for _, src := range s.Plan.Sources {
			if slices.Contains(p.Trial.Same, src.ID) {
				p.Same = append(p.Same, src)
			}
		}
	}
	return p
}

// newFields are the few fields that a person fills in for a new source.
func (s *site) newFields(found map[string]any, t Trial) []formField {
	all := s.sourceFields(found, nil, nil)
	var out []formField
	for _, f := range all {
		switch f.Name {
		case "name", "agency", "column":
			out = append(out, f)
		case "stream":
			f.Shape, f.Label, f.Help = "select", "Luồng tin", "Nguồn hiện cùng các tin với một nguồn đã có thì chọn cùng luồng: tin không bị tính hai lần, và nguồn này thay được khi nguồn kia không đọc được."
			f.Options, f.Value = []option{{"", "Luồng tin riêng"}}, t.Stream
			for _, src := range s.Plan.Sources {
				if slices.Contains(t.Same, src.ID) {
					f.Options = append(f.Options, option{src.Stream, "Cùng luồng với «" + src.Name + "»"})
				}
			}
			if len(f.Options) > 1 {
				out = append(out, f)
			}
		}
	}
	return out
}

// saveSource puts a proposed source over the plan's files; it is read at once.
func (s *site) saveSource(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	var found map[string]any
	if err := json.Unmarshal([]byte(r.PostFormValue("tim-thay")), &found); err != nil || found == nil {
		s.sorry(w, r, "save a source", Refusal{"Chưa có kết quả đọc thử. Xin dán địa chỉ và đọc thử lại."}, "sourceadd", frame{Title: "Thêm nguồn", Here: "/nguon", Page: addPage{}})
		return
	}
	key := s.freeKey(plainValue(found["id"]))
	delete(found, "id")
	p := addPage{Address: plainValue(found["url"]), Hidden: r.PostFormValue("tim-thay"), Basis: field(r, "can-cu")}
	same := Trial{Stream: field(r, "stream")}
	for _, src := range s.Plan.Sources {
		if src.Stream == same.Stream && same.Stream != "" {
			same.Same = append(same.Same, src.ID)
		}
	}
	p.Fields = s.newFields(found, same)
	typedFields(r, p.Fields)
	for _, f := range p.Fields {
		if found[f.Name] = f.Value; f.Value == "" {
			delete(found, f.Name)
		}
	}
	e, err := s.entryOf(r, schedule.EntrySource, key)
	if err == nil {
		raw, jerr := json.Marshal(found)
		if e.Body, err = string(raw), jerr; err == nil {
			err = s.Settings.Set(r.Context(), e)
		}
	}
	if err != nil {
		p.Fields, err = wrongs(p.Fields, err)
		s.sorry(w, r, "save a source", err, "sourceadd", frame{Title: "Thêm nguồn", Here: "/nguon", Page: p})
		return
	}
	s.done(w, r, "/nguon/"+key, "Đã thêm nguồn. Lần đọc đầu tiên được xếp ngay; kết quả hiện ở đây sau ít phút.")
}
