package extract

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"loa/media"
	"loa/viet"
)

// Question is what a question-and-answer column says of one question besides
// its words and link.
type Question struct {
	Number   string
	Asked    time.Time // local midnight in UTC, zero if not printed
	Answered time.Time // the day of the answer, zero if there is none or no day is printed
	State    string    // "answered", "waiting", "" where the column does not say
}

// The columns of a question-and-answer column: those of a register, and two more.
const (
	qState  = registerFields + iota
	qAnswer // the answer itself
	questionFields
)

func questionForm() form {
	register, _ := registerForm(media.RegQuestions)
	heads := append([][]string{}, register.heads...)
	heads = append(heads,
		[]string{"trang thai", "tinh trang", "tinh trang xu ly", "trang thai xu ly", "tinh trang tra loi", "trang thai tra loi", "ket qua xu ly", "ket qua"},
		[]string{"tra loi", "cau tra loi", "noi dung tra loi", "noi dung giai dap", "giai dap", "phuc dap", "noi dung phuc dap"})
	heads[rTitle] = append(heads[rTitle], "hoi", "cong dan hoi", "tieu de hoi")
	heads[rAsked] = append(heads[rAsked], "ngay dang", "hoi ngay", "gui ngay", "ngay tao")
	return form{noun: "mục hỏi đáp", wants: "«Câu hỏi», «Ngày hỏi», «Ngày trả lời»", least: 2, heads: heads}
}

var answeredWord = regexp.MustCompile(`^(da\b|hoan thanh|co tra loi|xong\b)`)

// Questions reads a column of questions and answers: a table by its header, or
// the blocks of Rule.Item by the rule's selectors and the labels they print. Who
// asked is not read. An entry's date is the day of asking, or of the answer where
// the column is in the order of answers. text is Decode's. Errors are
// BlindErrors: challenge, soft_404, hijacked, empty, layout_changed, parse_error.
func Questions(text string, src media.Source, base string) (Listing, error) {
	p, err := openSheet(text, src, base)
	if err != nil {
		return Listing{}, err
	}
	rule := src.Rule
	css := make([]string, questionFields)
	css[rNumber], css[rTitle], css[rAsked], css[rAnswered], css[qAnswer] = rule.Number, rule.Title, rule.Date, rule.Answered, rule.Answer
	paths := make([]string, questionFields)
	paths[rNumber], paths[rTitle], paths[rAsked], paths[rAnswered], paths[qAnswer] = rule.Next.Number, rule.Next.Title, rule.Next.Date, rule.Next.Answered, rule.Next.Answer
	found, told, n := p.records(questionForm(), rule, css, paths)
	if n == 0 {
		return Listing{}, blindPage(text, p.doc, "column of questions")
	}
	r := questionReader{rule: rule, base: p.base, home: p.home, own: p.own, told: told, had: map[string]bool{}}
	r.list.Notes = p.notes
	var titles []string
	for _, rec := range found {
		if r.row(rec) {
			titles = append(titles, r.list.Entries[len(r.list.Entries)-1].Title)
		}
	}
	r.list.Partial = n > len(found) || len(found) >= p.bounds.Items
	count(&r.list.Notes, "linkless", r.hollow)
	count(&r.list.Notes, "repeated", r.same)
	count(&r.list.Notes, "stateless", r.stateless)
	if err := p.refused(titles, len(r.list.Entries), "question", fmt.Sprintf("%d rows, none is a question", n)); err != nil {
		return Listing{}, err
	}
	r.dates()
	return r.list, nil
}

type questionReader struct {
	rule media.Rule
	base *url.URL
	home *url.URL
	own  admit
	told map[field]bool
	list Listing
	had  map[string]bool

	hollow, same, stateless int
}

// row adds one question; false if the row is none or was there.
func (r *questionReader) row(rec record) bool {
	e := Entry{Title: rec.get(rTitle), Question: &Question{}}
	if blank(e.Title) {
		if words := rec.linkWords(r.rule.Link, r.base); words != "" {
			e.Title = words
		}
	}
	if len([]rune(e.Title)) < 8 {
		r.hollow++
		return false
	}
	e.Title = cutText(e.Title, maxTitle)
	q := e.Question
	if q.Number = rec.get(rNumber); blank(q.Number) || len([]rune(q.Number)) > maxNumber {
		q.Number = ""
	}
	q.Asked, _ = r.day(rec.get(rAsked))
	answered, dated := r.day(rec.get(rAnswered))
	switch q.State = r.state(rec); {
	case dated && q.State != "waiting":
		q.State, q.Answered = "answered", answered
	case q.State == "" && r.told[rAnswered] && !r.told[qState] && !r.told[qAnswer]:
		q.State = "waiting" // the column prints the day of every answer
	case q.State == "":
		r.stateless++
	}
	if !q.Answered.IsZero() && q.Answered.Before(q.Asked) { // one of them is something else
		q.Asked, q.Answered = time.Time{}, time.Time{}
	}
	if e.URL = rec.linkOf(r.rule.Link, r.base, r.own); e.URL == "" {
		e.URL = r.home.String()
	}
	e.Key = media.RegQuestions.EntryID("", media.Entry{Number: q.Number, Title: e.Title, Asked: q.Asked})
	if r.had[e.Key] {
		r.same++
		return false
	}
	r.had[e.Key] = true
	r.list.Entries = append(r.list.Entries, e)
	return true
}

func (r *questionReader) day(s string) (time.Time, bool) {
	d, ok := readDate(s, "list", r.rule)
	if !ok {
		return time.Time{}, false
	}
	return localDay(d.At).UTC(), true
}

// state is what the block itself says of an answer, its day apart.
func (r *questionReader) state(rec record) string {
	for _, f := range []field{qState, rAnswered} {
		switch s := strings.Trim(viet.Fold(rec.get(f)), " .:()"); {
		case s == "":
		case answeredWord.MatchString(s):
			return "answered"
		case notAnswered.MatchString(s):
			return "waiting"
		}
	}
	switch s := rec.get(qAnswer); {
	case !r.told[qAnswer]:
		return ""
	case blank(s) || len(s) < 40 && notAnswered.MatchString(viet.Fold(s)):
		return "waiting"
	}
	return "answered"
}

// Days by which a column of questions may be in order.
const (
	ByAsking  = "asked"
	ByAnswers = "answered"
)

// dates gives every entry the day by which the column is in order: of the
// answers if all are answered and stand newest first by them, else of asking.
func (r *questionReader) dates() {
	up := func(day func(*Question) time.Time) (n int) {
		var last time.Time
		for _, e := range r.list.Entries {
			t := day(e.Question)
			if t.IsZero() {
				return len(r.list.Entries)
			}
			if !last.IsZero() && t.After(last) {
				n++
			}
			last = t
		}
		return n
	}
	by := ByAsking
	if up(dayOf(ByAnswers)) < up(dayOf(ByAsking)) {
		by = ByAnswers
	}
	r.list.DateBy(by)
}

func dayOf(by string) func(*Question) time.Time {
	if by == ByAnswers {
		return func(q *Question) time.Time { return q.Answered }
	}
	return func(q *Question) time.Time { return q.Asked }
}

// DateBy dates the entries of a column of questions by the day of asking or of
// the answer. The pages of one column have to be dated alike: one page alone may
// look ordered by either. "" leaves them as they are.
func (l *Listing) DateBy(by string) {
	if by == "" || by == l.By {
		return
	}
	l.By = by
	for i, e := range l.Entries {
		if e.Question == nil {
			continue
		}
		l.Entries[i].Date = media.Date{}
		if t := dayOf(by)(e.Question); !t.IsZero() {
			l.Entries[i].Date = media.Date{At: t, Precision: media.ToDay, Found: "list"}
		}
	}
}
