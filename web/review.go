package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/viet/mask"
	"loa/web/access"
)

func (s *site) reviewRoutes() []route {
	return []route{
		{"GET", "/duyet", access.Review, false, s.askNext},
		{"POST", "/duyet", access.Review, false, s.takeAnswer},
		{"GET", "/duyet/kiem-tra", access.Review, false, s.askBlind},
		{"POST", "/duyet/kiem-tra", access.Review, false, s.takeAnswer},
		{"POST", "/duyet/de-sau", access.Review, false, s.putOff},
		{"POST", "/duyet/hoan-tac", access.Review, false, s.takeBack},
		{"POST", "/tin-bai/{id}/duyet", access.Review, false, s.decideItem},
		{"GET", "/tin-bai/{id}/so-sanh", access.See, true, s.compare},
		{"GET", "/tin-bai/{id}/ban-luu/{hash}", access.See, true, s.keptCopy},
	}
}

const (
	queuePath = "/duyet"
	blindPath = "/duyet/kiem-tra"
)

// duyetPage is one question on a screen.
type duyetPage struct {
	Question
	Blind    bool
	May      bool // the person may answer
	Here     string
	Item     media.Item
	Copies   []ItemRow // the others, masked
	Decided  string    // who has answered already
	Chip     chip
	Shown    shownText
	Why      []cueWord
	Score    float64
	Leaning  string // what the machine would say, in words
	Unread   bool
	Crashed  bool // the classifier could not read the text
	Topics   []topicBox
	Seen     []string // «item:review in force», as the form carries it
	Undo     *undoLine
	Conflict *conflict
}

// cueWord is a phrase that led to the verdict, with how much it weighs in words.
type cueWord struct {
	Term, Where, Weight string
	Against             bool
	Times               int
}

// topicBox is one topic that can be chosen, with its key.
type topicBox struct {
	ID, Name, Key string
	On, Main      bool
}

// undoLine is what can be taken back.
type undoLine struct{ Batch, Text string }

// conflict is that others answered meanwhile.
type conflict struct {
	Lines  []string
	Reform bool     // what the person wanted to say
	Topics []string // primary first
	Free   []string // «item:» of those nobody has answered
	Again  []string // «item:review» as it stands now, for an answer all the same
}

// topicKeys are the keys of the topics in the order of media.Topics; u takes back.
const topicKeys = "qwertyi"

func topicBoxes(chosen []string) []topicBox {
	var out []topicBox
	for i, id := range media.Topics() {
		b := topicBox{ID: id, Name: viet.Topic(id), On: slices.Contains(chosen, id), Main: len(chosen) > 0 && chosen[0] == id}
		if i < len(topicKeys) {
			b.Key = topicKeys[i : i+1]
		}
		out = append(out, b)
	}
	return out
}

// cueWords puts equal phrases of one place together, the weightiest first.
func cueWords(cues []media.Cue) []cueWord {
	var out []cueWord
	sorted := slices.Clone(cues)
	slices.SortStableFunc(sorted, func(a, b media.Cue) int { return cmp.Compare(max(b.Weight, -b.Weight), max(a.Weight, -a.Weight)) })
	for _, c := range sorted {
		where := fieldName(c.Field)
		if i := slices.IndexFunc(out, func(o cueWord) bool {
			return o.Where == where && viet.Fold(o.Term) == viet.Fold(c.Term) && o.Against == (c.Weight < 0)
		}); i >= 0 {
			out[i].Times++
			continue
		}
		out = append(out, cueWord{c.Term, where, weightWord(c.Weight), c.Weight < 0, 1})
	}
	return out
}

// weightWord says how much a phrase weighs: the lexicon's weights are about one
// for a word that is usual in reform and three and more for one that is said of nothing else.
func weightWord(w float64) string {
	strength := "yếu"
	switch size := max(w, -w); {
	case size >= 3:
		strength = "rất mạnh"
	case size >= 2:
		strength = "mạnh"
	case size >= 1:
		strength = "vừa"
	}
	if w < 0 {
		return "dấu hiệu ngược, " + strength
	}
	return "dấu hiệu " + strength
}

func leaning(v media.Verdict) string {
	if v.Reform {
		return "máy nghiêng về «có», chưa đủ chắc"
	}
	return "máy nghiêng về «không», chưa đủ chắc"
}

func (s *site) askNext(w http.ResponseWriter, r *http.Request) { s.ask(w, r, false, nil) }

func (s *site) askBlind(w http.ResponseWriter, r *http.Request) { s.ask(w, r, true, nil) }

// ask shows the next question, or the one about an item (?tin=); where somebody
// answered meanwhile it says so.
func (s *site) ask(w http.ResponseWriter, r *http.Request, blind bool, c *conflict) {
	if s.Reviewing.Ask == nil {
		s.missing(w, r, "Chưa mở việc duyệt tin, bài trên hệ thống này.")
		return
	}
	actor := s.actor(r)
	item := r.FormValue("tin")
	if item, _, _ = strings.Cut(item, ":"); !hexID(item) {
		item = ""
	}
	q, err := s.Reviewing.Ask(r.Context(), actor.String(), Asking{Item: item, Blind: blind, Later: laterOf(r)})
	if err != nil {
		s.fail(w, r, "look for the next question", err)
		return
	}
	p := duyetPage{Question: q, Blind: blind, May: actor.May(access.Review), Here: queuePath, Conflict: c}
	f := frame{Title: "Tin, bài chờ duyệt", Here: queuePath}
	if blind {
		p.Here, f.Title = blindPath, "Kiểm tra ngẫu nhiên"
	}
	if len(q.Last) > 0 && p.May {
		p.Undo = undoOf(q.Last)
	}
	if len(q.Items) > 0 {
		if err := s.fillQuestion(r, &p); err != nil {
			s.fail(w, r, "read the next question", err)
			return
		}
		f.Title = p.Item.Title + " – " + f.Title
	}
	f.Page = p
	status := http.StatusOK
	if c != nil {
		status = http.StatusConflict
	}
	s.render(w, r, status, "duyet", f)
}

// fillQuestion reads the text of the piece that is shown. Of a blind question
// nothing of what the machine said goes into the page.
func (s *site) fillQuestion(r *http.Request, p *duyetPage) error {
	row, revs, ok, err := s.Items.Item(r.Context(), p.Items[0].Item.ID)
	if err != nil || !ok {
		return errors.Join(err, notThere(ok))
	}
	if p.Blind {
		row.Verdict, row.Unread = nil, false
	}
	p.Shown = s.shown(row, revs)
	p.Item, p.Decided, p.Unread, p.Chip = row.Item, row.Decided, row.Unread, verdictChip(row)
	p.Item.Title, p.Item.Lead = p.Shown.mask.Text(row.Item.Title), p.Shown.mask.Text(row.Item.Lead)
	var chosen []string
	if p.Crashed, err = s.unreadable(r.Context(), row.Item.ID); err != nil {
		return err
	}
	p.Crashed = p.Crashed && !p.Blind
	if v := row.Verdict; v != nil {
		p.Why, p.Score, p.Leaning, chosen = cueWords(v.Cues), v.Score, leaning(*v), v.Topics
	}
	if p.Conflict != nil {
		chosen = p.Conflict.Topics
	}
	p.Topics = topicBoxes(chosen)
	for i, it := range p.Items {
		id := it.Item.ID
		p.Seen = append(p.Seen, id+":"+p.Over[id])
		if i > 0 {
			m := mask.Of(it.Item.Section, it.Item.Title, it.Item.Lead)
			it.Item.Title, it.Item.Lead = m.Text(it.Item.Title), m.Text(it.Item.Lead)
			p.Copies = append(p.Copies, it)
		}
	}
	return nil
}

func notThere(ok bool) error {
	if ok {
		return nil
	}
	return errors.New("the item of a question is not there")
}

// undoOf says what the last answer was.
func undoOf(last []Reviewed) *undoLine {
	first := last[0]
	for _, w := range last { // the one that was read has no note of a copy
		if !strings.HasPrefix(w.Note, "cùng nội dung với ") {
			first = w
		}
	}
	text := fmt.Sprintf("«%s»: %s", mask.Text(first.Section, first.Title), answerWord(first.Reform))
	if len(last) > 1 {
		text += fmt.Sprintf(", cùng %d tin, bài trùng nội dung", len(last)-1)
	}
	return &undoLine{first.Batch, text}
}

func answerWord(reform bool) string {
	if reform {
		return "về CCHC"
	}
	return "không về CCHC"
}

// wordOf reads an answer of a form: the items with the reviews that were seen, and the topics, the primary one first.
func wordOf(r *http.Request, actor access.Actor) (Word, bool) {
	w := Word{Over: map[string]string{}, Actor: actor.String(), Reform: field(r, "cau") == "co"}
	for _, seen := range r.PostForm["tin"] {
		item, review, _ := strings.Cut(seen, ":")
		if hexID(item) && (review == "" || hexID(review)) && !slices.Contains(w.Items, item) {
			w.Items, w.Over[item] = append(w.Items, item), review
		}
	}
	if field(r, "chi") != "" && len(w.Items) > 1 {
		w.Items = w.Items[:1]
	}
	chosen := r.PostForm["chu-de"]
	// The main topic that stood there is one only as long as its box is ticked.
	if main := field(r, "chinh"); main != "" && (slices.Contains(chosen, main) || main != field(r, "may")) {
		chosen = append([]string{main}, chosen...)
	}
	for _, t := range chosen {
		if w.Reform && slices.Contains(media.Topics(), t) && !slices.Contains(w.Topics, t) {
			w.Topics = append(w.Topics, t)
		}
	}
	return w, len(w.Items) > 0 && (w.Reform || field(r, "cau") == "khong")
}

// takeAnswer records an answer and goes on to the next question.
func (s *site) takeAnswer(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	to, blind := queuePath, r.URL.Path == blindPath
	if blind {
		to = blindPath
	}
	word, ok := wordOf(r, s.actor(r))
	if !ok || s.Reviewing.Answer == nil {
		s.done(w, r, to, "Chưa ghi: chưa chọn câu trả lời.")
		return
	}
	word.Blind = blind
	err := s.Reviewing.Answer(r.Context(), word)
	var answered Answered
	switch {
	case errors.As(err, &answered):
		s.ask(w, r, blind, s.conflictOf(answered, word))
	case refusal(err) != "":
		s.done(w, r, to, refusal(err))
	case err != nil:
		s.fail(w, r, "record an answer", err)
	default:
		text := "Đã ghi: " + answerWord(word.Reform)
		if n := len(word.Items); n > 1 {
			text += fmt.Sprintf(", cho %d tin, bài cùng nội dung", n)
		}
		s.done(w, r, to, text+".")
	}
}

// conflictOf says who answered what.
func (s *site) conflictOf(a Answered, w Word) *conflict {
	c := &conflict{Reform: w.Reform, Topics: w.Topics}
	for _, item := range w.Items {
		i := slices.IndexFunc(a.By, func(x Reviewed) bool { return x.Item == item })
		if i < 0 {
			c.Free = append(c.Free, item+":"+w.Over[item])
			c.Again = append(c.Again, item+":"+w.Over[item])
			continue
		}
		x := a.By[i]
		c.Again = append(c.Again, item+":"+x.ID)
		if x.ID == "" {
			c.Lines = append(c.Lines, "Câu trả lời có trước đó vừa được rút lại.")
			continue
		}
		c.Lines = append(c.Lines, s.reviewedLine(x)+fmt.Sprintf(" («%s»)", mask.Text(x.Section, x.Title)))
	}
	return c
}

// reviewedLine says who answered what and when.
func (s *site) reviewedLine(x Reviewed) string {
	text := fmt.Sprintf("%s đã trả lời «%s» lúc %s", x.Actor, answerWord(x.Reform), viet.Moment(x.At.In(calendar.Zone)))
	var topics []string
	for _, t := range x.Topics {
		topics = append(topics, viet.Topic(t))
	}
	if len(topics) > 0 {
		text += ", chủ đề: " + strings.Join(topics, "; ")
	}
	return text
}

const (
	laterCookie = "loa_sau"
	mostLater   = 60 // questions that can be put off
	laterPart   = 12 // characters of an id that tell it from others
)

// laterOf are the ends of the ids of what was put off.
func laterOf(r *http.Request) []string {
	c, err := r.Cookie(laterCookie)
	if err != nil {
		return nil
	}
	var out []string
	for _, part := range strings.Split(c.Value, ".") {
		if len(part) == laterPart && hexDigits(part) && len(out) < mostLater {
			out = append(out, part)
		}
	}
	return out
}

// putOff leaves a question for later today, or takes up again what was left.
func (s *site) putOff(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	to := queuePath
	if field(r, "ve") == blindPath {
		to = blindPath
	}
	if field(r, "lai") != "" {
		http.SetCookie(w, s.cookie(r, laterCookie, "", -time.Second))
		s.done(w, r, to, "")
		return
	}
	later := laterOf(r)
	if item, _, _ := strings.Cut(r.PostFormValue("tin"), ":"); hexID(item) {
		later = append(later, item[len(item)-laterPart:])
	}
	if len(later) > mostLater {
		later = later[len(later)-mostLater:]
	}
	http.SetCookie(w, s.cookie(r, laterCookie, strings.Join(later, "."), 12*time.Hour))
	s.done(w, r, to, "Đã để sau.")
}

// takeBack takes back what the person answered last and shows it once more.
func (s *site) takeBack(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	if s.Reviewing.Undo == nil {
		s.missing(w, r, "Chưa mở việc duyệt tin, bài trên hệ thống này.")
		return
	}
	taken, err := s.Reviewing.Undo(r.Context(), s.actor(r).String(), field(r, "lan"))
	if text := refusal(err); text != "" {
		s.done(w, r, back(field(r, "ve"), queuePath), text)
		return
	}
	if err != nil || len(taken) == 0 {
		s.fail(w, r, "take back an answer", errors.Join(err, notThere(len(taken) > 0)))
		return
	}
	to := queuePath
	if taken[0].Audit {
		to = blindPath
	}
	u := undoOf(taken)
	first := taken[0].Item
	for _, x := range taken {
		if !strings.HasPrefix(x.Note, "cùng nội dung với ") {
			first = x.Item
		}
	}
	s.done(w, r, to+"?tin="+url.QueryEscape(first), "Đã hoàn tác "+u.Text+". Tin, bài trở lại như trước khi trả lời.")
}

// decideItem changes what a piece is held to be, from its own page.
func (s *site) decideItem(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	id := r.PathValue("id")
	word, ok := wordOf(r, s.actor(r))
	word.Note = field(r, "ly-do")
	typed := &decideForm{Cau: field(r, "cau"), Reason: word.Note, Topics: topicBoxes(word.Topics)}
	var err error
	switch {
	case !ok || len(word.Items) != 1 || word.Items[0] != id:
		err = Refusal{"Chưa ghi: xin chọn «về CCHC» hoặc «không về CCHC»."}
	case len([]rune(word.Note)) > 500:
		err = Refusal{"Lý do dài quá 500 ký tự: xin rút ngắn."}
	case word.Over[id] != "" && word.Note == "":
		err = Refusal{"Tin, bài đã có người trả lời: xin ghi lý do thay đổi."}
	case s.Reviewing.Answer == nil:
		err = Refusal{"Chưa mở việc duyệt tin, bài trên hệ thống này."}
	default:
		err = s.Reviewing.Answer(r.Context(), word)
	}
	var answered Answered
	if errors.As(err, &answered) {
		err = Refusal{strings.Join(s.conflictOf(answered, word).Lines, " ") + ". Chưa ghi câu trả lời này; nếu vẫn muốn ghi, xin bấm lại."}
	}
	if err != nil {
		s.itemAgain(w, r, err, typed)
		return
	}
	s.done(w, r, "/tin-bai/"+url.PathEscape(id), "Đã ghi: "+answerWord(word.Reform)+".")
}

func hexDigits(s string) bool {
	return strings.Trim(s, "0123456789abcdef") == ""
}

// hexID tells an id of an item or a review, 128 bits.
func hexID(s string) bool { return len(s) == 32 && hexDigits(s) }
