package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

func (s *site) settingsRoutes() []route {
	if s.Settings == nil {
		return nil
	}
	return []route{
		{"GET", "/cai-dat", access.Settings, false, s.settings},
		{"GET", "/cai-dat/muc/{quota}", access.Settings, false, s.level},
		{"POST", "/cai-dat/muc/{quota}", access.Settings, false, s.alone(s.setLevel)},
		{"GET", "/cai-dat/ngay-nghi", access.Settings, false, s.daysOff},
		{"GET", "/cai-dat/ngay-nghi/{year}", access.Settings, false, s.daysOffYear},
		{"POST", "/cai-dat/ngay-nghi/{year}", access.Settings, false, s.alone(s.setDaysOff)},
		{"GET", "/cai-dat/phien-chot", access.Settings, false, s.sessionDays},
		{"POST", "/cai-dat/phien-chot", access.Settings, false, s.alone(s.setSessionDays)},
		{"GET", "/cai-dat/the-thuc", access.Settings, false, s.letterhead},
		{"POST", "/cai-dat/the-thuc", access.Settings, false, s.alone(s.setLetterhead)},
		{"GET", "/cai-dat/khung-gio", access.Settings, false, s.windows},
		{"GET", "/cai-dat/khung-gio/{key}", access.Settings, false, s.window},
		{"POST", "/cai-dat/khung-gio/{key}", access.Settings, false, s.alone(s.setWindow)},
		{"GET", "/cai-dat/chuyen-muc", access.Settings, false, s.columns},
		{"GET", "/cai-dat/chuyen-muc/{key}", access.Settings, false, s.columnPage},
		{"POST", "/cai-dat/chuyen-muc/{key}", access.Settings, false, s.alone(s.setColumn)},
		{"GET", "/cai-dat/co-quan", access.Settings, false, s.contacts},
		{"GET", "/cai-dat/co-quan/{key}", access.Settings, false, s.contactPage},
		{"POST", "/cai-dat/co-quan/{key}", access.Settings, false, s.alone(s.setAgency)},
		{"GET", "/cai-dat/tep", access.Settings, false, s.laid},
		{"GET", "/cai-dat/tep/{kind}/{key}", access.Settings, false, s.paste},
	}
}

// settingsPage is what an office sets itself, with whose word each level is.
type settingsPage struct {
	Levels   []levelRow
	Channels []string
	Laid     int
	Moved    int // entries over which the files were edited since
	NoTable  []int
	Backup   string // that the newest copy of everything is old; "" if it is not
	Refused  string // why the plan's files, edited, are not used; "" if they are
}

// levelRow is one number of an obligation.
type levelRow struct {
	Quota    schedule.Quota
	Name     string // of the number
	Field    string
	Value    string
	Fixed    bool // the plan's own: shown, never edited
	By       *schedule.Change
	Basis    string // who set it, where nobody changed it here
	Upcoming int    // changes from a day to come
}

// Kind says whether the number is the plan's own or a reference level.
func (l levelRow) Kind() schedule.Basis {
	if l.Fixed {
		return schedule.ByPlan
	}
	return schedule.ByReference
}

// levelRows are the numbers in use of every obligation, the plan's own and ours.
func (s *site) levelRows(changes []schedule.Change, of string) []levelRow {
	var out []levelRow
	for _, q := range s.Plan.Quotas {
		if of != "" && q.ID != of {
			continue
		}
		for _, f := range schedule.ChangeFields() {
			v, fixed := f.Of(q)
			row := levelRow{Quota: q, Name: f.Doc, Field: f.Name, Value: s.levelWord(f.Name, v), Fixed: fixed, Basis: q.Basisnote}
			for _, c := range changes {
				if c.Quota != q.ID || c.Field != f.Name {
					continue
				}
				if c.From.After(s.Business()) {
					row.Upcoming++
				} else if row.By == nil || !c.From.Before(row.By.From) {
					row.By = &c
				}
			}
			if v == "" || v == "0" && row.By == nil && row.Upcoming == 0 {
				continue
			}
			out = append(out, row)
		}
	}
	return out
}

// levelWord is a value as people read it.
func (s *site) levelWord(field, v string) string {
	switch field {
	case "repeats":
		return cmp.Or(map[string]string{"all": "tính mọi lần phát", "once": "mỗi chương trình tính một lần", "never": "không tính phát lại"}[v], v)
	case "reading":
		return cmp.Or(map[string]string{"R1": "mỗi ngày có tin, bài của chuyên mục là một kỳ", "R2": "mỗi tin, bài là một kỳ", "R3": "mỗi chuyên mục khác nhau là một kỳ"}[v], v)
	case "make_good_policy":
		return cmp.Or(map[string]string{"none": "không áp dụng phát bù", "noted": "ghi chú, kỳ chưa đạt vẫn là chưa đạt", "repairs": "có minh chứng thì tính cho kỳ chưa đạt"}[v], v)
	case "shadow_to":
		if d, ok := viet.ParseDate(v, viet.DateOptions{}); ok {
			return viet.Day(d.Time)
		}
		return ""
	}
	return v
}

func (s *site) settings(w http.ResponseWriter, r *http.Request) {
	changes, err := s.Settings.Changes(r.Context())
	var laid []Laid
	if err == nil {
		laid, err = s.Settings.Laid(r.Context())
	}
	if err != nil {
		s.fail(w, r, "read the settings", err)
		return
	}
	p := settingsPage{Levels: s.levelRows(changes, ""), Laid: len(laid), Channels: s.Settings.Channels(), NoTable: s.yearsWithout(), Backup: s.backupReminder(r)}
	if s.Settings.Refused != nil {
		p.Refused = s.Settings.Refused()
	}
	for _, l := range laid {
		if l.Moved && !l.Over || l.Unfit != "" {
			p.Moved++
		}
	}
	if s.asSheet(w, r, func() (sheet, error) { return s.levelSheet(p.Levels), nil }) {
		return
	}
	s.render(w, r, http.StatusOK, "settings", frame{Title: "Cài đặt", Here: "/cai-dat", Page: p})
}

// yearsWithout are the plan's year and the next where no table of days off is known.
func (s *site) yearsWithout() (out []int) {
	for _, y := range []int{s.Plan.Year, s.Plan.Year + 1} {
		if s.Calendar == nil || !slices.Contains(s.Calendar.Known(), y) {
			out = append(out, y)
		}
	}
	return out
}

func (s *site) levelSheet(rows []levelRow) sheet {
	sh := sheet{Name: "muc-tham-chieu", Title: "Mức tham chiếu và chỉ tiêu, " + s.Plan.Number, Head: []string{"Nhiệm vụ", "Tên", "Mức", "Giá trị", "Tính chất", "Ai đặt, căn cứ", "Áp dụng từ", "Sửa lúc"}}
	for _, l := range rows {
		kind, who, from, at := "mức tham chiếu", l.Basis, any(nil), any(nil)
		if l.Fixed {
			kind, who = "chỉ tiêu của kế hoạch", ""
		}
		if l.By != nil {
			who, from, at = l.By.Actor+"; "+l.By.Basis, l.By.From, l.By.At
		}
		sh.Rows = append(sh.Rows, []any{l.Quota.ID, l.Quota.Title, viet.Capital(l.Name), l.Value, kind, who, from, at})
	}
	return sh
}

// levelPage is one obligation's numbers, and the form that changes one.
type levelPage struct {
	Quota   schedule.Quota
	Rows    []levelRow
	History []changeLine
	Form    levelForm
	Input   *formField // of the number that is to be changed; nil: none is chosen
	Others  []option   // numbers that are not in use and could be set
	Tried   bool
	Differ  []differLine
}

type levelForm struct{ Field, Value, From, Basis string }

// changeLine is one change of a number.
type changeLine struct {
	schedule.Change
	Name, Word string
}

// differLine is one row that comes out otherwise.
type differLine struct {
	Owner, Period, Then, Now, Got string
	URL                           string
}

// levelOf gathers the page of one obligation.
func (s *site) levelOf(r *http.Request, form levelForm) (levelPage, bool, error) {
	q, ok := s.quotas[r.PathValue("quota")]
	if !ok {
		return levelPage{}, false, nil
	}
	changes, err := s.Settings.Changes(r.Context())
	p := levelPage{Quota: q, Rows: s.levelRows(changes, q.ID), Form: form}
	for _, f := range schedule.ChangeFields() {
		v, fixed := f.Of(q)
		if !fixed && !slices.ContainsFunc(p.Rows, func(l levelRow) bool { return l.Field == f.Name }) {
			p.Others = append(p.Others, option{f.Name, viet.Capital(f.Doc)})
		}
		if !fixed && f.Name == form.Field {
			p.Input = &formField{Name: "gia-tri", Label: viet.Capital(f.Doc), Value: cmp.Or(form.Value, v), Help: "Đang dùng: " + cmp.Or(s.levelWord(f.Name, v), "chưa đặt") + "."}
			if form.Value == "" && f.Name == "shadow_to" {
				p.Input.Value = s.levelWord(f.Name, v)
			}
			for _, word := range f.Words {
				p.Input.Shape = "select"
				p.Input.Options = append(p.Input.Options, option{word, viet.Capital(s.levelWord(f.Name, word))})
			}
		}
		for _, c := range changes {
			if c.Quota == q.ID && c.Field == f.Name {
				p.History = append(p.History, changeLine{c, f.Doc, cmp.Or(s.levelWord(f.Name, c.Value), c.Value)})
			}
		}
	}
	slices.SortFunc(p.History, func(a, b changeLine) int { return b.At.Compare(a.At) })
	return p, true, err
}

func (s *site) level(w http.ResponseWriter, r *http.Request) {
	p, ok, err := s.levelOf(r, levelForm{Field: r.URL.Query().Get("muc"), From: viet.Day(calendar.At(calendar.Month, s.Business()).End)})
	switch {
	case err != nil:
		s.fail(w, r, "read the changes of a level", err)
	case !ok:
		s.missing(w, r, "Kế hoạch không có nhiệm vụ này.")
	default:
		s.render(w, r, http.StatusOK, "level", frame{Title: "Mức tham chiếu, " + p.Quota.ID, Here: "/cai-dat", Page: p})
	}
}

// setLevel shows what a change would alter, or records it.
func (s *site) setLevel(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	form := levelForm{field(r, "muc"), field(r, "gia-tri"), field(r, "tu-ngay"), field(r, "can-cu")}
	p, ok, err := s.levelOf(r, form)
	if err != nil || !ok {
		s.missing(w, r, "Kế hoạch không có nhiệm vụ này.")
		return
	}
	c := schedule.Change{Quota: p.Quota.ID, Field: form.Field, Value: form.Value, At: s.Business(), Actor: s.actor(r).String(), Basis: form.Basis}
	from, ok := dayField(form.From)
	c.From = from
	if form.Field == "shadow_to" {
		if d, ok := dayField(form.Value); ok && !d.IsZero() {
			c.Value = d.Format("2006-01-02")
		}
	}
	f := frame{Title: "Mức tham chiếu, " + p.Quota.ID, Here: "/cai-dat", Page: p}
	if err == nil && !ok {
		err = Refusal{"Ngày bắt đầu áp dụng chưa đúng. Xin ghi như 01/4/2023."}
	}
	if err == nil {
		var ds []schedule.Difference
		if ds, err = s.Settings.Preview(r.Context(), c); err == nil {
			p.Tried, p.Differ = true, s.differLines(ds)
			f.Page = p
		}
	}
	if err == nil {
		err = p.stale(r.PostFormValue("ban"), func(actor string) string { return s.other(r, actor) })
	}
	if err == nil && field(r, "viec") == "ghi" {
		if err = s.Settings.Change(r.Context(), c); err == nil {
			s.done(w, r, "/cai-dat/muc/"+p.Quota.ID, "Đã ghi mức mới, áp dụng cho các kỳ bắt đầu từ ngày "+viet.Day(c.From)+".")
			return
		}
	}
	s.answer(w, r, "change a level", err, "level", f)
}

// differLines tells what would come out otherwise.
func (s *site) differLines(ds []schedule.Difference) []differLine {
	var out []differLine
	say := func(st *schedule.Standing) string {
		if st == nil {
			return "không giao"
		}
		return report.Word(st.Basis, st.State, st.Confirmed, st.Risk, st.Reasons)
	}
	got := func(st *schedule.Standing) string {
		var parts []string
		for _, m := range st.Measures {
			parts = append(parts, viet.Measure(m.Name)+" "+viet.Decimal(m.Delivered)+"/"+viet.Decimal(m.Wanted))
		}
		return strings.Join(parts, ", ")
	}
	for _, d := range ds {
		l := differLine{Owner: s.names.Agency(d.Owner), Then: say(d.Then), Now: say(d.Now)}
		if p, err := calendar.Parse(d.Period); err == nil {
			l.Period = p.Name()
		} else {
			l.Period = d.Period
		}
		if d.Then != nil {
			l.Got = got(d.Then)
		}
		if d.Now != nil {
			l.Got += " → " + got(d.Now)
		}
		out = append(out, l)
	}
	return out
}

// laid lists everything that was set over the plan's files.
func (s *site) laid(w http.ResponseWriter, r *http.Request) {
	all, err := s.Settings.Laid(r.Context())
	if err != nil {
		s.fail(w, r, "read what is laid over the files", err)
		return
	}
	lines := s.laidLines(all)
	if s.asSheet(w, r, func() (sheet, error) {
		sh := sheet{Name: "sua-tren-he-thong", Title: "Các lần sửa trên hệ thống", Head: []string{"Lúc", "Người sửa", "Phần", "Trường", "Trên hệ thống", "Tệp kế hoạch đang ghi", "Căn cứ", "Áp dụng từ"}}
		for _, l := range lines {
			for _, v := range l.Lines {
				sh.Rows = append(sh.Rows, []any{l.At, l.Actor, l.What, v.Label, v.Now, v.File, l.Basis, l.From})
			}
		}
		return sh, nil
	}) {
		return
	}
	s.render(w, r, http.StatusOK, "laid", frame{Title: "Sửa trên hệ thống", Here: "/cai-dat", Page: lines})
}

// pastePage is a part as text for a plan file.
type pastePage struct{ What, File, Text string }

func (s *site) paste(w http.ResponseWriter, r *http.Request) {
	kind, key := r.PathValue("kind"), r.PathValue("key")
	file, text, err := s.Settings.Paste(kind, key)
	if err != nil {
		s.missing(w, r, "Kế hoạch không có phần này.")
		return
	}
	s.render(w, r, http.StatusOK, "paste", frame{Title: "Mục tệp kế hoạch", Here: "/cai-dat", Page: pastePage{s.laidWhat(kind, key), file, text}})
}

// editPage is a form over one part of the plan's files.
type editPage struct {
	What, Action, Back, BackWord, Lead string
	Fields                             []formField
	From, Basis                        string
	stale                              error  // why what was typed is not recorded: the part was set otherwise since
	edition                            string // of the form as it holds; "": of what is shown
	Laid                               []laidLine
	Button                             string
}

// setPart records a form over a part of the plan's files, and shows it again with every mistake at its field.
func (s *site) setPart(w http.ResponseWriter, r *http.Request, kind, key string, body map[string]any, p editPage, wrong error) {
	e, err := s.entryOf(r, kind, key)
	if wrong != nil {
		err = wrong
	}
	if p.stale != nil {
		err = p.stale
	}
	if err == nil && len(body) == 0 {
		err = Refusal{"Chưa có gì khác với giá trị đang dùng."}
	}
	if err == nil {
		raw, jerr := json.Marshal(body)
		if e.Body = string(raw); jerr != nil {
			err = jerr
		} else {
			err = s.Settings.Set(r.Context(), e)
		}
	}
	if err == nil {
		s.done(w, r, r.URL.Path, "Đã ghi: "+s.laidWhat(kind, key)+", áp dụng từ ngày "+viet.Day(e.From)+".")
		return
	}
	p.From, p.Basis = field(r, "tu-ngay"), field(r, "can-cu")
	p.Fields, err = wrongs(p.Fields, err)
	s.sorry(w, r, "set "+kind+" "+key, err, "edit", frame{Title: p.What, Here: "/cai-dat", Page: p})
}

// part gathers what a form over a part needs: its fields now, the files' word, and who set what.
func (s *site) part(r *http.Request, kind, key string) (now, file map[string]any, last map[string]Laid, lines []laidLine, err error) {
	all, err := s.Settings.Laid(r.Context())
	if err != nil {
		return nil, nil, nil, nil, err
	}
	mine, last := laidOn(all, kind, key)
	now, file, err = s.Settings.Fields(kind, key)
	return now, file, last, s.laidLines(mine), err
}

// agenciesPage lists whom to call.
type contactRow struct {
	Agency media.Agency
	Key    string
	Set    string
}

func (s *site) contacts(w http.ResponseWriter, r *http.Request) {
	all, err := s.Settings.Laid(r.Context())
	if err != nil {
		s.fail(w, r, "read contacts", err)
		return
	}
	var rows []contactRow
	for _, a := range s.Plan.Agencies {
		row := contactRow{Agency: a, Key: s.slug(a.ID)}
		if _, last := laidOn(all, schedule.EntryAgency, row.Key); len(last) > 0 {
			for _, l := range last {
				row.Set = setWords(l)
			}
		}
		rows = append(rows, row)
	}
	if s.asSheet(w, r, func() (sheet, error) {
		sh := sheet{Name: "dau-moi", Title: "Đầu mối liên hệ của các cơ quan, đơn vị", Head: []string{"Cơ quan, đơn vị", "Người liên hệ", "Điện thoại", "Thư điện tử", "Tên khác"}}
		for _, x := range rows {
			sh.Rows = append(sh.Rows, []any{x.Agency.Name, x.Agency.Contact.Name, x.Agency.Contact.Phone, x.Agency.Contact.Email, strings.Join(x.Agency.Aliases, "; ")})
		}
		return sh, nil
	}) {
		return
	}
	s.render(w, r, http.StatusOK, "contacts", frame{Title: "Đầu mối liên hệ", Here: "/cai-dat", Page: rows})
}

func (s *site) agencyForm(r *http.Request, key string) (editPage, map[string]any, error) {
	now, file, last, lines, err := s.part(r, schedule.EntryAgency, key)
	p := editPage{What: s.names.Agency(s.agencyID(key)), Action: r.URL.Path, Back: "/cai-dat/co-quan", BackWord: "Đầu mối liên hệ", Laid: lines, From: viet.Day(s.Business()), Button: "Ghi"}
	contact, _ := now["contact"].(map[string]any)
	p.Fields = []formField{
		{Name: "contact/name", Label: "Người liên hệ", Value: plainValue(contact["name"])},
		{Name: "contact/phone", Label: "Điện thoại", Value: plainValue(contact["phone"])},
		{Name: "contact/email", Label: "Thư điện tử", Value: plainValue(contact["email"])},
		{Name: "aliases", Label: "Tên khác của cơ quan", Shape: "area", Value: plainValue(now["aliases"]), Help: "Mỗi dòng một tên: tên viết tắt, tên cũ, tên ghi trong bảng kê. Một tên không được dùng cho hai cơ quan."},
	}
	fromFile(p.Fields, file, last)
	return p, now, err
}

func (s *site) contactPage(w http.ResponseWriter, r *http.Request) {
	p, now, err := s.agencyForm(r, r.PathValue("key"))
	s.editOr(w, r, p, now, err)
}

// editOr shows the form of a part, or says that there is none.
func (s *site) editOr(w http.ResponseWriter, r *http.Request, p editPage, now map[string]any, err error) {
	switch {
	case err != nil:
		s.fail(w, r, "read a part of the plan", err)
	case now == nil:
		s.missing(w, r, "Kế hoạch không có phần này.")
	default:
		s.render(w, r, http.StatusOK, "edit", frame{Title: p.What, Here: "/cai-dat", Page: p})
	}
}

func (s *site) setAgency(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	key := r.PathValue("key")
	p, now, err := s.agencyForm(r, key)
	if err != nil || now == nil {
		s.editOr(w, r, p, now, err)
		return
	}
	s.typedOver(r, &p)
	body := map[string]any{}
	contact, was := map[string]any{}, map[string]any{}
	if m, ok := now["contact"].(map[string]any); ok {
		was = m
	}
	for _, f := range p.Fields[:3] {
		contact[strings.TrimPrefix(f.Name, "contact/")] = f.Value
	}
	for _, k := range []string{"name", "phone", "email"} {
		if plainValue(was[k]) != contact[k] {
			body["contact"] = contact
		}
	}
	if p.Fields[3].Value != plainValue(now["aliases"]) {
		body["aliases"] = linesOf(p.Fields[3].Value)
		if len(linesOf(p.Fields[3].Value)) == 0 {
			body["aliases"] = nil
		}
	}
	var wrong error
	if m := plainValue(contact["email"]); m != "" && !strings.Contains(m, "@") {
		wrong = Faults{"contact/email": {"Thư điện tử chưa đúng, cần dạng ten@donvi.gov.vn"}}
	}
	s.setPart(w, r, schedule.EntryAgency, key, body, p, wrong)
}

// typedFields puts what a person typed into the fields.
func typedFields(r *http.Request, fields []formField) {
	for i := range fields {
		if fields[i].Shape == "area" {
			fields[i].Value = strings.Join(linesOf(strings.ReplaceAll(r.PostFormValue(fields[i].Name), "\r\n", "\n")), "\n")
			continue
		}
		fields[i].Value = field(r, fields[i].Name)
	}
}

// linesOf are the lines that say something.
func linesOf(text string) []string {
	out := []string{}
	for line := range strings.SplitSeq(text, "\n") {
		if line = viet.Clean(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// asRefusal is an error that a person can mend, in words.
func asRefusal(err error) string {
	var f Faults
	if errors.As(err, &f) {
		var all []string
		for k, msgs := range f {
			for _, m := range msgs {
				all = append(all, fmt.Sprintf("%s: %s", fieldLabel(k), faultWords(m)))
			}
		}
		slices.Sort(all)
		return strings.Join(all, " ")
	}
	return refusal(err)
}
