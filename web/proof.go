package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

const handinsPerPage = 50

// proofsPage lists evidence and posts.
type proofsPage struct {
	V        url.Values // the filter as asked
	Query    media.HandinQuery
	From, To string
	Wrong    string
	Rows     []media.Handin
	Total    int
	First    int
	Last     int
	Earlier  string
	Later    string
	Sheet    string
	Agencies []media.Agency
	Duties   []dutyGroup
	States   []string
	May      bool // hand in
	Wait     int  // rows shown that wait for the asker
}

func handinStates() []string {
	return []string{media.HandedIn, media.Accepted, media.Returned, media.Withdrawn, media.Replaced}
}

// handinQuery is what the filter of a list asks for, within what the asker sees.
func (s *site) handinQuery(r *http.Request, kinds ...media.HandinKind) (q media.HandinQuery, wrong string) {
	v := r.URL.Query()
	q = media.HandinQuery{Plan: s.Plan.ID, Kinds: kinds, Owner: s.agencyID(v.Get("co-quan")), Quota: v.Get("nhiem-vu"), Text: viet.Clean(v.Get("q"))}
	if slices.Contains(handinStates(), v.Get("trang-thai")) {
		q.State = v.Get("trang-thai")
	}
	if k := media.HandinKind(v.Get("loai")); slices.Contains(kinds, k) {
		q.Kinds = []media.HandinKind{k}
	}
	if runes := []rune(q.Text); len(runes) > 100 {
		q.Text = string(runes[:100])
	}
	for _, d := range []struct {
		name string
		to   *time.Time
		add  int
	}{{"tu", &q.From, 0}, {"den", &q.To, 1}} {
		text := strings.TrimSpace(v.Get(d.name))
		if date, ok := viet.ParseDate(text, viet.DateOptions{}); ok {
			*d.to = date.Time.AddDate(0, 0, d.add)
		} else if text != "" {
			wrong = "Chưa hiểu ngày «" + viet.Clean(text) + "»: xin ghi dạng 09/3/2023."
		}
	}
	if a := s.actor(r); a.Role.Scoped() {
		q.Agencies = a.Agencies
	}
	return q, wrong
}

// proofs is the list of evidence.
func (s *site) proofs(w http.ResponseWriter, r *http.Request) {
	if !s.handingIn(w, r) {
		return
	}
	a, v := s.actor(r), r.URL.Query()
	p := proofsPage{V: v, From: v.Get("tu"), To: v.Get("den"), States: handinStates(), May: a.May(access.Handover), Agencies: s.handers(a, media.HandProof)}
	p.Query, p.Wrong = s.handinQuery(r, media.HandProof, media.HandPost)
	p.Duties = s.duties(media.HandProof, p.Agencies)
	if a.May(access.Export) && s.asSheet(w, r, func() (sheet, error) {
		hs, _, err := s.Handins.List(r.Context(), p.Query)
		return s.proofSheet(hs), err
	}) {
		return
	}
	page, err := strconv.Atoi(v.Get("trang"))
	if err != nil || page < 1 || page > 100_000 {
		page = 1
	}
	p.Query.Limit, p.Query.Offset = handinsPerPage, (page-1)*handinsPerPage
	if p.Rows, p.Total, err = s.Handins.List(r.Context(), p.Query); err != nil {
		s.fail(w, r, "list hand-ins", err)
		return
	}
	p.First, p.Last = p.Query.Offset+1, p.Query.Offset+len(p.Rows)
	at := func(n int) string {
		to := withQuery("/minh-chung", v, "q", "co-quan", "nhiem-vu", "trang-thai", "loai", "tu", "den")
		if n > 1 {
			to += map[bool]string{true: "&", false: "?"}[strings.Contains(to, "?")] + "trang=" + strconv.Itoa(n)
		}
		return to
	}
	if page > 1 {
		p.Earlier = at(page - 1)
	}
	if p.Last < p.Total && len(p.Rows) > 0 {
		p.Later = at(page + 1)
	}
	keep := cloneValues(v)
	keep.Set("dang", "xlsx")
	p.Sheet = withQuery("/minh-chung", keep, "q", "co-quan", "nhiem-vu", "trang-thai", "loai", "tu", "den", "dang")
	s.render(w, r, http.StatusOK, "proofs", frame{Title: "Minh chứng", Here: "/minh-chung", Page: p})
}

func cloneValues(v url.Values) url.Values {
	out := url.Values{}
	for k, x := range v {
		out[k] = slices.Clone(x)
	}
	return out
}

func (s *site) proofSheet(hs []media.Handin) sheet {
	sh := sheet{Name: "minh-chung", Title: "Minh chứng được nộp, " + s.Plan.Number, Head: []string{"Cơ quan, đơn vị", "Nhiệm vụ", "Kỳ", "Loại", "Nội dung", "Từ ngày", "Đến ngày", "Địa điểm", "Số văn bản", "Đường dẫn", "Hình thức",
		"Đối tượng", "Ngôn ngữ", viet.Amount("events"), viet.Amount("participants"), viet.Amount("copies"), viet.Amount("panels"), viet.Amount("posts"), "Kinh phí (đồng)", "Nguồn kinh phí", "Số tệp", "Tình trạng", "Hạng", "Người nộp", "Nộp lúc", "Người xem xét", "Lúc", "Lý do"}}
	for _, h := range hs {
		last, grade := h.Latest(), h.Grade
		if last.Grade != "" {
			grade = last.Grade
		}
		row := []any{s.names.Agency(h.Owner), s.quotas[h.Quota].Title, handinPeriod(h.Period), viet.HandinKind(string(h.Kind)), h.Title, h.From, h.Last, h.Place, h.Document, h.URL, s.formTitle(h.Form), h.Audience, languages(h)}
		for _, name := range media.Amounts() {
			if n, ok := h.Amounts[name]; ok {
				row = append(row, n)
			} else {
				row = append(row, "")
			}
		}
		row = append(row, moneyCell(h.Cost), h.Funds, len(h.Files), viet.HandinState(h.State()), string(grade), h.Acts[0].Actor, h.Acts[0].At)
		if len(h.Acts) > 1 {
			row = append(row, last.Actor, last.At, s.actWords(last))
		}
		sh.Rows = append(sh.Rows, row)
	}
	return sh
}

func moneyCell(n int64) any {
	if n == 0 {
		return ""
	}
	return float64(n)
}

// actWords is what an act says beside its kind; that of a replaced one is the other's id, no words.
func (s *site) actWords(a media.HandinAct) string {
	if a.Kind == media.Replaced {
		return ""
	}
	return a.Reason
}

func languages(h media.Handin) string {
	var out []string
	for _, l := range h.Languages {
		out = append(out, viet.Language(l))
	}
	return strings.Join(out, ", ")
}

func handinPeriod(id string) string {
	p, err := calendar.Parse(id)
	if err != nil {
		return ""
	}
	return viet.Capital(p.Name())
}

func (s *site) formTitle(id string) string {
	for _, f := range s.Plan.Forms {
		if f.ID == id {
			return f.Title
		}
	}
	return ""
}

// proofFormPage is the form for evidence.
type proofFormPage struct {
	V         url.Values
	Agencies  []media.Agency
	Duties    []dutyGroup
	Forms     []schedule.Form
	Audiences []string
	Languages []string
	Files     []sentFile
	MostMB    int
	Most      int
	Action    string
	Old       *media.Handin // that is handed in anew
}

func audiences() []string {
	return []string{"Người dân", "Doanh nghiệp", "Cán bộ, công chức, viên chức", "Học sinh, sinh viên", "Người dân tộc thiểu số", "Mọi đối tượng"}
}

func languageCodes() []string { return []string{"vi", "hmong", "thai", "tay", "dao", "other"} }

// forms are the forms of propaganda that can be chosen: those counted by numbers.
func (s *site) forms() []schedule.Form {
	var out []schedule.Form
	for _, f := range s.Plan.Forms {
		if slices.Contains([]string{"F6", "F7", "F8", "F9", "F10", "F11"}, f.ID) {
			out = append(out, f)
		}
	}
	return out
}

func (s *site) proofFormPage(r *http.Request) (proofFormPage, error) {
	a := s.actor(r)
	p := proofFormPage{V: r.PostForm, Agencies: s.handers(a, media.HandProof), Forms: s.forms(), Audiences: audiences(), Languages: languageCodes(), MostMB: mostFile >> 20, Most: mostFiles, Action: "/minh-chung/moi"}
	p.Duties = s.duties(media.HandProof, p.Agencies)
	if p.V == nil {
		p.V = url.Values{"ngon-ngu": {"vi"}, "nhiem-vu": {r.URL.Query().Get("nhiem-vu")}, "co-quan": {s.agencyID(r.URL.Query().Get("co-quan"))}}
	}
	old := r.URL.Query().Get("thay")
	if old == "" {
		return p, nil
	}
	h, ok, err := s.Handins.One(r.Context(), old)
	if err != nil || !ok || !a.Sees(h.Owner) {
		return p, err
	}
	p.Old, p.Action = &h, "/minh-chung/moi?thay="+url.QueryEscape(old)
	if r.PostForm == nil {
		p.V = typedAgain(h)
	}
	return p, nil
}

// typedAgain is a hand-in as it would be typed.
func typedAgain(h media.Handin) url.Values {
	v := url.Values{"co-quan": {h.Owner}, "nhiem-vu": {h.Quota}, "hinh-thuc": {h.Form}, "tieu-de": {h.Title}, "dia-diem": {h.Place}, "doi-tuong": {h.Audience}, "ngon-ngu": h.Languages,
		"so": {h.Document}, "nguon-von": {h.Funds}, "ghi-chu": {h.Note}, "ky": {h.Period}, "phan": {h.Section}, "muc": h.Covers}
	for name, day := range map[string]time.Time{"tu": h.From, "den": h.Last, "nhan": h.Received} {
		if !day.IsZero() {
			v.Set(name, viet.Day(day))
		}
	}
	if h.Cost > 0 {
		v.Set("kinh-phi", viet.Number(int(h.Cost)))
	}
	if h.Integrated {
		v.Set("long-ghep", "co")
	}
	if h.Several {
		v.Set("nhieu-viec", "co")
	}
	for name, n := range h.Amounts {
		v.Set("sl-"+name, strconv.Itoa(n))
	}
	return v
}

func (s *site) proofForm(w http.ResponseWriter, r *http.Request) {
	if !s.handingIn(w, r) {
		return
	}
	p, err := s.proofFormPage(r)
	if err != nil {
		s.fail(w, r, "read a hand-in", err)
		return
	}
	s.render(w, r, http.StatusOK, "proofform", frame{Title: "Nộp minh chứng", Here: "/minh-chung", Page: p})
}

// addProof takes a form of evidence with its files.
func (s *site) addProof(w http.ResponseWriter, r *http.Request) {
	if !s.handingIn(w, r) {
		return
	}
	files, done, ok := s.files(w, r, mostFile, mostFiles)
	if !ok {
		return
	}
	defer done()
	sent, err := s.sent(r, files)
	var h media.Handin
	if err == nil {
		h, err = s.readProof(r)
	}
	if err == nil && len(sent) == 0 && h.Document == "" && h.Instead == "" {
		err = Refusal{"Xin gửi kèm ít nhất một tệp (ảnh, PDF, biên bản), hoặc ghi số, ký hiệu văn bản."}
	}
	settled := settles(s.actor(r), media.HandProof) && r.PostFormValue("chap-nhan") != ""
	if err == nil {
		h, err = s.handIn(r, h, sent, settled)
	}
	if err != nil {
		p, perr := s.proofFormPage(r)
		if perr != nil {
			s.fail(w, r, "read a hand-in", perr)
			return
		}
		p.Files = sent
		s.sorry(w, r, "hand in evidence", err, "proofform", frame{Title: "Nộp minh chứng", Here: "/minh-chung", Page: p})
		return
	}
	s.handed(w, r, h)
}

// handed sends the person to what was handed in, or back to the form where they cannot see it (the holder of a link).
func (s *site) handed(w http.ResponseWriter, r *http.Request, h media.Handin) {
	said := "Đã nộp: " + h.Title + "."
	if h.State() == media.Accepted {
		said = "Đã ghi và chấp nhận: " + h.Title + "."
	}
	if s.actor(r).May(access.See) {
		s.done(w, r, "/minh-chung/"+h.ID, said)
		return
	}
	s.done(w, r, "/minh-chung/moi", said)
}

// handIn keeps the files and records one hand-in. One that stands instead of another keeps the other's files if it brings none.
func (s *site) handIn(r *http.Request, h media.Handin, sent []sentFile, settled bool) (media.Handin, error) {
	files, drop, err := s.keepSent(r, sent)
	if err != nil {
		return h, err
	}
	h.Files = files
	if h.Instead != "" && len(files) == 0 {
		old, _, err := s.Handins.One(r.Context(), h.Instead)
		if err != nil {
			return h, err
		}
		h.Files = old.Files
	}
	h.Grade = gradeOf(h)
	hs, err := s.Handins.Add(r.Context(), []media.Handin{h}, s.actor(r).String(), settled)
	if err != nil {
		return h, err
	}
	drop()
	return hs[0], nil
}

// readProof reads the fields of evidence.
func (s *site) readProof(r *http.Request) (media.Handin, error) {
	h, err := s.handinBase(r, media.HandProof)
	if err != nil {
		return h, err
	}
	var e [8]error
	h.From, e[0] = s.formDay(r, "tu", "ngày", false)
	h.Last, e[1] = s.formDay(r, "den", "đến ngày", false)
	h.Title, e[2] = words(r, "tieu-de", "Nội dung", 300)
	h.Place, e[3] = words(r, "dia-diem", "Địa điểm", 200)
	h.Audience, e[4] = words(r, "doi-tuong", "Đối tượng", 100)
	h.Note, e[5] = words(r, "ghi-chu", "Ghi chú", 2000)
	h.Funds, e[6] = words(r, "nguon-von", "Nguồn kinh phí", 200)
	h.Document, e[7] = words(r, "so", "Số, ký hiệu", 100)
	if err := firstOf(e[:]...); err != nil {
		return h, err
	}
	switch {
	case h.From.IsZero():
		return h, Refusal{"Xin ghi ngày thực hiện, ví dụ 05/3/2023."}
	case !h.Last.IsZero() && h.Last.Before(h.From):
		return h, Refusal{"«Đến ngày» đứng trước «Từ ngày»."}
	case h.Title == "":
		return h, Refusal{"Xin ghi nội dung: đã làm việc gì."}
	}
	if h.Last.Equal(h.From) {
		h.Last = time.Time{}
	}
	for _, l := range languageCodes() {
		if slices.Contains(r.PostForm["ngon-ngu"], l) {
			h.Languages = append(h.Languages, l)
		}
	}
	if form := field(r, "hinh-thuc"); form != "" {
		if !slices.ContainsFunc(s.forms(), func(f schedule.Form) bool { return f.ID == form }) {
			return h, Refusal{"Xin chọn lại hình thức."}
		}
		h.Form = form
	}
	if h.Cost, err = formNumber(r, "kinh-phi", "Kinh phí", 1_000_000_000_000); err != nil {
		return h, err
	}
	h.Several = r.PostFormValue("nhieu-viec") != ""
	return h, s.readAmounts(r, &h)
}

// readAmounts reads how much of what was done; what does not go with the duty and form is refused.
func (s *site) readAmounts(r *http.Request, h *media.Handin) error {
	may := schedule.Amounts(s.quotas[h.Quota], h.Form)
	for _, name := range media.Amounts() {
		n, err := formNumber(r, "sl-"+name, viet.Amount(name), 100_000_000)
		if err != nil {
			return err
		}
		if field(r, "sl-"+name) == "" {
			continue
		}
		if !slices.Contains(may, name) {
			if n == 0 {
				continue
			}
			return Refusal{"Nhiệm vụ và hình thức đã chọn không tính «" + viet.Amount(name) + "»: xin để trống ô này, hoặc chọn hình thức khác."}
		}
		if h.Amounts == nil {
			h.Amounts = map[string]int{}
		}
		h.Amounts[name] = int(n)
	}
	return nil
}

// proofPage is one hand-in with its acts.
type proofPage struct {
	media.Handin
	Quota    schedule.Quota
	Files    []fileLine
	Standing string // address of the standing it is for, "" if not known
	Settle   string // where the asker settles it, "" if they do not
	Withdraw bool
	Again    string // address of the form to hand it in anew, "" if not for the asker
	Book     string
	BookWord string
	Grades   []string
	V        url.Values
}

type fileLine struct {
	media.HandinFile
	N     int
	Words string
	Shown bool
}

// ownHandin finds a hand-in that is the asker's to see; another's is forbidden, what is not there is missing.
func (s *site) ownHandin(w http.ResponseWriter, r *http.Request) (media.Handin, bool) {
	if !s.handingIn(w, r) {
		return media.Handin{}, false
	}
	h, ok, err := s.Handins.One(r.Context(), r.PathValue("id"))
	if err != nil {
		s.fail(w, r, "read a hand-in", err)
		return h, false
	}
	if !ok || h.Plan != s.Plan.ID || len(h.Acts) == 0 {
		s.missing(w, r, "Không có minh chứng này.")
		return h, false
	}
	return h, !s.keepsOut(w, r, h.Owner)
}

func (s *site) proof(w http.ResponseWriter, r *http.Request) {
	if h, ok := s.ownHandin(w, r); ok {
		s.render(w, r, http.StatusOK, "proof", frame{Title: h.Title, Here: bookOf(h.Kind), Page: s.proofPage(r, h)})
	}
}

// bookOf is the page that lists what is handed in of a kind.
func bookOf(kind media.HandinKind) string {
	switch kind {
	case media.HandPlan:
		return "/so-ke-hoach"
	case media.HandReport:
		return "/so-bao-cao"
	}
	return "/minh-chung"
}

func (s *site) proofPage(r *http.Request, h media.Handin) proofPage {
	a := s.actor(r)
	p := proofPage{Handin: h, Quota: s.quotas[h.Quota], Grades: []string{"A", "B", "C"}, V: r.PostForm, Book: bookOf(h.Kind)}
	p.BookWord = map[string]string{"/so-ke-hoach": "Sổ kế hoạch", "/so-bao-cao": "Sổ báo cáo", "/minh-chung": "Minh chứng"}[p.Book]
	if p.V == nil {
		p.V = url.Values{"hang": {string(h.Grade)}}
	}
	for i, f := range h.Files {
		p.Files = append(p.Files, fileLine{f, i + 1, sizeWords(f.Size), shown(f)})
	}
	if h.Period != "" {
		p.Standing = s.standingURL(h.Quota, h.Owner, h.Period)
	}
	open := h.State() == media.HandedIn || h.State() == media.Returned || h.State() == media.Accepted
	if open && settles(a, h.Kind) {
		p.Settle = "/minh-chung/" + h.ID + "/xet"
		if h.Kind == media.HandReport {
			p.Settle = "/so-bao-cao/" + h.ID + "/xet"
		}
	}
	mine := a.May(access.Handover) && (h.State() == media.HandedIn || h.State() == media.Returned || open && settles(a, h.Kind))
	p.Withdraw = a.May(access.Handover) && (h.State() == media.HandedIn || h.State() == media.Returned)
	if mine && h.Kind != media.HandPost {
		p.Again = p.Book + "/moi?thay=" + h.ID
	}
	return p
}
