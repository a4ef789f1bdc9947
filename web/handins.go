package web

import (
	"cmp"
	"context"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// Handins is the door to what agencies hand in: evidence, posts, their own plans and reports. Whose something is has been
// looked at before; the rest of the rules stand behind it.
type Handins struct {
	List func(ctx context.Context, q media.HandinQuery) ([]media.Handin, int, error)
	One  func(ctx context.Context, id string) (h media.Handin, ok bool, err error)
	// Add records what a person hands in, all or none; settled, if that person may accept it at once.
	Add func(ctx context.Context, hs []media.Handin, actor string, settled bool) ([]media.Handin, error)
	// Act accepts, returns or withdraws; Seq is one more than the last act that the person saw.
	Act func(ctx context.Context, id string, a media.HandinAct) error
	// Keep keeps a file as it was sent, by the path at which it lies.
	Keep func(ctx context.Context, path string, f media.HandinFile) error
	// Open gives a kept file.
	Open func(ctx context.Context, hash string) (io.ReadCloser, error)
	// Known tells which of some addresses were declared before, each with its hand-in.
	Known func(ctx context.Context, urls []string) (map[string]string, error)
	// Uploads is the folder in which files under way lie; "": one of the system's.
	Uploads string
}

func (s *site) handinRoutes() []route {
	return []route{
		{"GET", "/minh-chung", access.See, true, s.proofs},
		{"GET", "/minh-chung/moi", access.Handover, true, s.proofForm},
		{"POST", "/minh-chung/moi", access.Handover, true, s.addProof},
		{"GET", "/minh-chung/duong-dan", access.Handover, true, s.postsForm},
		{"POST", "/minh-chung/duong-dan", access.Handover, true, s.addPosts},
		{"GET", "/minh-chung/{id}", access.See, true, s.proof},
		{"GET", "/minh-chung/{id}/tep/{n}", access.See, true, s.proofFile},
		{"GET", "/minh-chung/{id}/anh/{n}", access.See, true, s.proofPicture},
		{"POST", "/minh-chung/{id}/xet", access.Decide, false, s.settle},
		{"POST", "/minh-chung/{id}/rut", access.Handover, true, s.withdraw},
		{"POST", "/so-bao-cao/{id}/xet", access.Exempt, false, s.settleReport},
		{"POST", "/tep", access.Handover, true, s.makeUpload},
		{"GET", "/tep/{id}", access.Handover, true, s.tellUpload},
		{"PATCH", "/tep/{id}", access.Handover, true, s.addUpload},
		{"DELETE", "/tep/{id}", access.Handover, true, s.dropUpload},
		{"GET", "/so-ke-hoach", access.See, true, s.planBook},
		{"GET", "/so-ke-hoach/moi", access.Handover, true, s.paperForm(media.HandPlan)},
		{"POST", "/so-ke-hoach/moi", access.Handover, true, s.addPaper(media.HandPlan)},
		{"GET", "/so-ke-hoach/dan", access.Decide, false, s.planListForm},
		{"POST", "/so-ke-hoach/dan", access.Decide, false, s.addPlanList},
		{"GET", "/so-bao-cao", access.See, true, s.reportBook},
		{"GET", "/so-bao-cao/moi", access.Handover, true, s.paperForm(media.HandReport)},
		{"POST", "/so-bao-cao/moi", access.Handover, true, s.addPaper(media.HandReport)},
	}
}

// newUploads is the folder for files under way.
func newUploads(opt Options) *uploads {
	dir := filepath.Join(os.TempDir(), "loa-gui-do")
	if opt.Handins != nil && opt.Handins.Uploads != "" {
		dir = opt.Handins.Uploads
	}
	now := opt.Machine
	if now == nil {
		now = time.Now
	}
	return &uploads{dir: dir, now: now, limits: opt.Uploads.filled(), free: FreeSpace}
}

// handingIn reports whether anything can be handed in here, else tells that it cannot.
func (s *site) handingIn(w http.ResponseWriter, r *http.Request) bool {
	if s.Handins == nil {
		s.missing(w, r, "Hệ thống này không nhận minh chứng.")
		return false
	}
	if a := s.actor(r); a.Role.Scoped() && len(a.Agencies) == 0 {
		s.forbidden(w, r)
		return false
	}
	return true
}

// handsIn reports whether a page of the menu has anything on it, for those about what is handed in: true of all others.
func (s *site) handsIn(path string) bool {
	kind, ok := map[string]media.HandinKind{"/minh-chung": media.HandProof, "/so-ke-hoach": media.HandPlan, "/so-bao-cao": media.HandReport}[path]
	return !ok || s.Handins != nil && slices.ContainsFunc(s.Plan.Quotas, func(q schedule.Quota) bool { return schedule.HandedIn(q) == kind })
}

// settles reports whether a person settles what is handed in of a kind: the officer, and of reports Sở Nội vụ.
func settles(a access.Actor, kind media.HandinKind) bool {
	return a.May(access.Decide) || kind == media.HandReport && a.May(access.Exempt)
}

// dutyGroup is duties of one place in the plan, for a select.
type dutyGroup struct {
	Place string
	Rows  []dutyOption
}

type dutyOption struct {
	schedule.Quota
	Amounts string // names of what can be counted, parted by spaces
}

// duties are those for which some agencies can hand in such a thing, by their place in the plan.
func (s *site) duties(kind media.HandinKind, agencies []media.Agency) []dutyGroup {
	var out []dutyGroup
	for _, q := range s.Plan.Quotas {
		if schedule.HandedIn(q) != kind || !slices.ContainsFunc(agencies, func(a media.Agency) bool { return owes(q, a) }) {
			continue
		}
		place := viet.Capital(strings.TrimSpace(strings.TrimSuffix(q.Place, "Kế hoạch "+s.Plan.Number)))
		i := slices.IndexFunc(out, func(g dutyGroup) bool { return g.Place == place })
		if i < 0 {
			out, i = append(out, dutyGroup{Place: place}), len(out)
		}
		out[i].Rows = append(out[i].Rows, dutyOption{q, strings.Join(schedule.Amounts(q, ""), " ")})
	}
	return out
}

// handers are the agencies for which a person can hand in such a thing.
func (s *site) handers(a access.Actor, kind media.HandinKind) []media.Agency {
	var out []media.Agency
	for _, ag := range s.Plan.Agencies {
		if a.Sees(ag.ID) && slices.ContainsFunc(s.Plan.Quotas, func(q schedule.Quota) bool { return schedule.HandedIn(q) == kind && owes(q, ag) }) {
			out = append(out, ag)
		}
	}
	return out
}

// sentFile is a file that has come and belongs to the form that is open.
type sentFile struct {
	upload
	Words string // size
}

// sizeWords is a size as people say it.
func sizeWords(n int64) string {
	switch {
	case n >= 1<<30:
		return viet.Decimal(float64(n*10>>30)/10) + " GB"
	case n >= 1<<20:
		return viet.Decimal(float64(n*10>>20)/10) + " MB"
	case n >= 1<<10:
		return viet.Number(int(n>>10)) + " KB"
	}
	return viet.Number(int(n)) + " byte"
}

// sent gathers the files of a form: those that came with it and those that came before, by their uploads. Files that came
// with it become uploads, so that they are still there if something else in the form has to be mended.
func (s *site) sent(r *http.Request, files []handed) ([]sentFile, error) {
	who := whose(s.actor(r))
	var out []sentFile
	for _, id := range r.PostForm["tep"] {
		up, err := s.uploads.read(id)
		if err != nil || up.Whose != who {
			return out, Refusal{"Có tệp đã gửi quá lâu nên không còn. Xin chọn lại tệp."}
		}
		if up.Have != up.Size {
			return out, Refusal{"Tệp «" + up.Name + "» chưa gửi xong. Xin đợi gửi xong, hoặc chọn lại tệp."}
		}
		if !slices.ContainsFunc(out, func(f sentFile) bool { return f.ID == up.ID }) {
			out = append(out, sentFile{up, sizeWords(up.Size)})
		}
	}
	for _, f := range files {
		if f.Size == 0 && f.Name == "" || f.Name == "." {
			continue // a field that was left empty
		}
		up, err := s.uploads.take(f, who)
		if err != nil {
			return out, err
		}
		out = append(out, sentFile{up, sizeWords(up.Size)})
	}
	if len(out) > mostFiles {
		return out[:mostFiles], Refusal{"Mỗi lần nộp được nhiều nhất " + viet.Number(mostFiles) + " tệp."}
	}
	return out, nil
}

// keepSent keeps the files for good; uploads are dropped when all is done.
func (s *site) keepSent(r *http.Request, files []sentFile) (out []media.HandinFile, drop func(), err error) {
	for _, f := range files {
		kind, err := evidenceType(s.uploads.part(f.ID), f.Name)
		if err != nil {
			return nil, nil, err
		}
		sum, err := hashFile(s.uploads.part(f.ID))
		if err != nil {
			return nil, nil, err
		}
		h := media.HandinFile{Hash: sum, Name: f.Name, Type: kind, Size: f.Size}
		if slices.ContainsFunc(out, func(o media.HandinFile) bool { return o.Hash == sum }) {
			continue // chosen twice
		}
		if err := s.Handins.Keep(r.Context(), s.uploads.part(f.ID), h); err != nil {
			return nil, nil, err
		}
		out = append(out, h)
	}
	return out, func() {
		for _, f := range files {
			s.uploads.drop(f.ID)
		}
	}, nil
}

// formDay reads a day of a form; what is empty is the zero time.
func (s *site) formDay(r *http.Request, name, label string, future bool) (time.Time, error) {
	text := field(r, name)
	if text == "" {
		return time.Time{}, nil
	}
	d, ok := viet.ParseDate(text, viet.DateOptions{Now: s.Business()})
	if !ok {
		return time.Time{}, Refusal{"Chưa hiểu " + label + " «" + text + "»: xin ghi dạng 09/3/2023."}
	}
	day := calendar.Day(d.Time)
	if !future && day.After(s.Business()) {
		return day, Refusal{viet.Capital(label) + " " + viet.Day(day) + " chưa đến."}
	}
	return day, nil
}

// formNumber reads a whole number of a form, at most most; what is empty is 0.
func formNumber(r *http.Request, name, label string, most int64) (int64, error) {
	text := strings.NewReplacer(".", "", " ", "", "\u00a0", "").Replace(field(r, name))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > most {
		return 0, Refusal{"«" + label + "» là số nguyên từ 0 trở lên, không ghi «" + field(r, name) + "»."}
	}
	return n, nil
}

// words is a text of a form of at most most characters.
func words(r *http.Request, name, label string, most int) (string, error) {
	text := field(r, name)
	if n := utf8.RuneCountInString(text); n > most {
		return "", Refusal{"«" + label + "» dài " + viet.Number(n) + " ký tự; nhiều nhất " + viet.Number(most) + "."}
	}
	return text, nil
}

// handinBase reads what every form of a hand-in has: whose, for which duty.
func (s *site) handinBase(r *http.Request, kind media.HandinKind) (media.Handin, error) {
	h := media.Handin{Kind: kind, Plan: s.Plan.ID, Owner: field(r, "co-quan"), Quota: field(r, "nhiem-vu")}
	a := s.actor(r)
	if mine := s.handers(a, kind); h.Owner == "" && len(mine) == 1 {
		h.Owner = mine[0].ID
	}
	if h.Owner == "" {
		return h, Refusal{"Xin chọn cơ quan, đơn vị."}
	}
	if !a.Sees(h.Owner) {
		return h, Refusal{"Cơ quan này không thuộc phạm vi của tài khoản đang dùng."}
	}
	q, ok := s.quotas[h.Quota]
	if !ok || schedule.HandedIn(q) != kind {
		return h, Refusal{"Xin chọn nhiệm vụ."}
	}
	if r.PostFormValue("khong-mat") == "" {
		return h, Refusal{"Xin đánh dấu xác nhận: không có tài liệu mật, tài liệu nội bộ hạn chế."}
	}
	old := r.URL.Query().Get("thay")
	if old == "" {
		return h, nil
	}
	was, found, err := s.Handins.One(r.Context(), old)
	if err != nil {
		return h, err
	}
	if !found || !a.Sees(was.Owner) || was.Owner != h.Owner || was.Kind != kind {
		return h, Refusal{"Bản cần thay không có, hoặc của cơ quan khác."}
	}
	h.Instead = was.ID
	return h, nil
}

// firstOf gives the first error of several.
func firstOf(errs ...error) error { return cmp.Or(errs...) }

// grade is the grade that a hand-in is proposed by what it is: a recording A, a document with its number or a file of a
// paper B, a picture or a link alone C.
func gradeOf(h media.Handin) media.Grade {
	grade := media.GradeC
	for _, f := range h.Files {
		switch {
		case strings.HasPrefix(f.Type, "video/"), strings.HasPrefix(f.Type, "audio/"):
			return media.GradeA
		case !strings.HasPrefix(f.Type, "image/"):
			grade = media.GradeB
		}
	}
	if h.Document != "" {
		grade = media.GradeB
	}
	return grade
}

// handinFuncs are what pages about hand-ins say.
func (s *site) handinFuncs() template.FuncMap {
	return template.FuncMap{
		"amount": viet.Amount, "amountnames": media.Amounts, "language": viet.Language, "gradewords": viet.GradeWords, "section": sectionWord,
		"hstate": viet.HandinState, "hact": viet.HandinAct, "hkind": func(k media.HandinKind) string { return viet.HandinKind(string(k)) },
		"hchip": handinChip, "periodname": handinPeriod, "formtitle": s.formTitle, "languages": languages, "actsays": s.actWords,
		"dutytitle": func(id string) string { return s.quotas[id].Title }, "size": sizeWords,
		"money": func(n int64) string { return viet.Number(int(n)) + " đồng" },
		"on":    func(v url.Values, name, value string) bool { return slices.Contains(v[name], value) },
		"rowof": func(row planRow, may bool) bookLine { return bookLine{row, may} },
		"mine":  func(list []media.Agency) bool { return len(list) == 1 },
	}
}

// handinChip is how a hand-in stands, as people see it.
func handinChip(h media.Handin) chip {
	key := "exempt"
	switch h.State() {
	case media.HandedIn:
		key = "open"
	case media.Accepted:
		key = "met"
	case media.Returned:
		key = "review"
	}
	return chip{key, viet.HandinState(h.State())}
}

// withQuery is the address of a page with some values kept.
func withQuery(path string, v url.Values, keep ...string) string {
	q := url.Values{}
	for _, k := range keep {
		if x := v.Get(k); x != "" {
			q.Set(k, x)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
