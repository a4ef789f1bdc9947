package crawler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
)

// rows is a portal's table of pieces 1..n, one a day up to 10 March 2023, five a
// page, as ?trang=N of http://so.example/muc.
type rows struct {
	n     int
	head  string
	row   func(i int, day string) string
	asked []int
}

func (r *rows) day(i int) time.Time { return at("2023-03-10 00:00").AddDate(0, 0, i-100) }

func (r *rows) page(p int) string {
	var b strings.Builder
	b.WriteString(`<html><body><table>` + r.head)
	for i := r.n - (p-1)*5; i > max(r.n-p*5, 0); i-- {
		b.WriteString(r.row(i, r.day(i).In(time.FixedZone("", 7*3600)).Format("02/01/2006")))
	}
	return b.String() + `</table><p>` + strings.Repeat("Cổng thông tin điện tử. ", 40) + `</p></body></html>`
}

func (r *rows) serve(w *web) {
	for p := 1; p <= 40; p++ {
		u := "http://so.example/muc"
		if p > 1 {
			u += fmt.Sprintf("?trang=%d", p)
		}
		w.on(u, func(fetch.Request) (*fetch.Response, error) {
			r.asked = append(r.asked, p)
			return &fetch.Response{Status: 200, Body: []byte(r.page(p))}, nil
		})
	}
}

func rowsOf(kind media.SourceKind) (*rows, media.Source) {
	src := feed("muc", "http://so.example/muc", false)
	src.Kind, src.Rule.Next = kind, media.Paging{By: "query", Param: "trang", First: 1}
	r := &rows{n: 100, head: "<tr><th>Câu hỏi</th><th>Ngày hỏi</th><th>Ngày trả lời</th></tr>", row: func(i int, day string) string {
		answered := day
		if i > 97 {
			answered = ""
		}
		return fmt.Sprintf(`<tr><td><a href="/hoi/%d">Câu hỏi thứ %d về thủ tục hành chính?</a></td><td>%s</td><td>%s</td></tr>`, i, i, day, answered)
	}}
	if kind == media.KindDocuments {
		r.head = "<tr><th>Số, ký hiệu</th><th>Ngày ban hành</th><th>Trích yếu</th><th>Ngày đăng</th></tr>"
		r.row = func(i int, day string) string {
			return fmt.Sprintf(`<tr><td>%d/QĐ-SNV</td><td>01/01/2023</td><td><a href="/vb/%d">Về việc công bố danh mục thủ tục số %d</a></td><td>%s</td></tr>`, i, i, i, day)
		}
	}
	return r, src
}

// real makes a bench of the real readers.
func realReaders(b *bench) *bench {
	b.c.opt.Read.Questions, b.c.opt.Read.Documents, b.c.opt.Read.Key = extract.Questions, extract.Documents, extract.Key
	return b
}

// Columns of questions and lists of documents are walked as lists are: back to
// the date, gone on with after a kill though more was put in meanwhile, each
// thing once, covered without a gap.
func TestWalkRows(t *testing.T) {
	for _, kind := range []media.SourceKind{media.KindQuestions, media.KindDocuments} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, w := newMemory(), newWeb(t)
				r, src := rowsOf(kind)
				r.serve(w)
				since := at("2023-01-20 00:00")
				var res WalkResult
				runs := 0
				for ; runs < 20; runs++ {
					b := realReaders(build(t, m, w, Options{Sources: []media.Source{src}, Node: fmt.Sprint("nut-", runs)}))
					puts := 0
					m.fail = func(op string) error {
						if op == "walk" {
							if puts++; puts > 4 {
								return errors.New("killed")
							}
						}
						return nil
					}
					all, _, err := b.c.Walk(context.Background(), WalkOptions{Since: since})
					if res = all[0]; err == nil {
						break
					}
					time.Sleep(24 * time.Hour)
					r.n++
				}
				if res.State != WalkReached || res.Gaps != 0 || runs < 2 {
					t.Fatalf("after %d runs: %+v", runs, res)
				}
				want := 0
				for i := 1; i <= 100; i++ {
					if !r.day(i).Before(since) {
						want++
					}
				}
				got := len(m.items)
				if kind == media.KindQuestions {
					if got = len(m.questions); len(m.items) != 0 {
						t.Errorf("%d questions became items", len(m.items))
					}
				}
				if got < want || got > want+10 || res.Items != got {
					t.Errorf("%d recorded, the walk tells %d, want %d", got, res.Items, want)
				}
				if strings.Contains(m.merged(), ";") || m.covered[len(m.covered)-1].From.After(since) {
					t.Errorf("covers %s", m.merged())
				}
				for _, q := range m.questions {
					if q.Kept == "" || m.kept[q.Kept] == 0 {
						t.Errorf("%s stands in no kept body", q.Title)
					}
				}
				politeness(t, w, 3*time.Second)
			})
		})
	}
}

// In a visit further pages are read until they join the last, and an unchanged
// first page says nothing of the others.
func TestQuestionsGapIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		r, src := rowsOf(media.KindQuestions)
		r.n = 85
		r.serve(w)
		b := realReaders(build(t, m, w, Options{Sources: []media.Source{src}}))
		round(t, b)
		first := b.lastVisit("muc")
		r.n = 98
		time.Sleep(12 * time.Hour)
		round(t, b)
		v := b.lastVisit("muc")
		if len(v.Asked) != 20 || len(v.Also) != 3 || len(v.Covers) != 1 || !v.Covers[0].From.Equal(first.At) || !slices.Equal(r.asked, []int{1, 1, 2, 3, 4}) {
			t.Errorf("%d questions of pages %v, covers %s since %s: %s", len(v.Asked), r.asked, spansText(v.Covers), first.At, v.Detail)
		}
		time.Sleep(time.Hour)
		round(t, b)
		if v := b.lastVisit("muc"); v.Outcome != media.NotModified || len(v.Asked) != 5 || len(v.Covers) != 1 {
			t.Errorf("unchanged: %+v", v)
		}
	})
}

// A column in the order of answers is dated by them on every page, though some
// page alone would stand in the order of asking as well.
func TestWalkQuestionsByAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		r, src := rowsOf(media.KindQuestions)
		r.row = func(i int, day string) string {
			asked := r.day(i).AddDate(0, 0, -10)
			if i > 95 { // answered out of the order of asking
				asked = r.day(i).AddDate(0, 0, -20+2*(100-i))
			}
			return fmt.Sprintf(`<tr><td><a href="/hoi/%d">Câu hỏi thứ %d về thủ tục hành chính?</a></td><td>%s</td><td>%s</td></tr>`, i, i, asked.In(time.FixedZone("", 7*3600)).Format("02/01/2006"), day)
		}
		r.serve(w)
		b := realReaders(build(t, m, w, Options{Sources: []media.Source{src}}))
		res := walkOf(t, b, WalkOptions{Since: at("2023-02-01 00:00")})
		if res.State != WalkReached || res.Gaps != 0 || strings.Contains(m.merged(), ";") || len(r.asked) < 8 || len(r.asked) > 9 {
			t.Errorf("%+v, pages %v, covers %s", res, r.asked, m.merged())
		}
	})
}
