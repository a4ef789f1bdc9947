package web

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// TestToldPage: who was told what, over which way, what was answered, and the words
// to copy; nothing that somebody wrote becomes a part of the page.
func TestToldPage(t *testing.T) {
	f := newFake()
	opt := f.options()
	opt.Told = nil
	if get(t, New(opt), "/bao-tin").Code != 404 {
		t.Error("a page without notices")
	}
	var list []Told
	opt.Told = func(_ context.Context, most int) ([]Told, error) {
		if most != mostTold {
			t.Errorf("asked for %d", most)
		}
		return list, f.err
	}
	if body := get(t, New(opt), "/bao-tin").Body.String(); !strings.Contains(body, "Chưa có thông báo nào") {
		t.Errorf("%s", body)
	}
	list = []Told{{ID: "a1", At: f.now, To: "chuyên viên", Subject: "CCHC: cảnh báo sớm", Text: "[Cảnh báo sớm] </textarea><script>x</script>",
		Ways:    []Way{{Channel: "smtp mail.example 1a2b3c4d", Recipient: "cv@so.example", State: "đã gửi"}, {Channel: "telegram 5e6f7a8b", State: "không gửi được, cần người xem", Dead: true}},
		Answers: []Answer{{At: f.now.Add(time.Hour), Actor: "Biên tập viên", Words: "đã rõ"}}}, {ID: "a2", At: f.now, To: "cơ quan có trách nhiệm: Báo", Subject: "CCHC"}}
	body := get(t, New(opt), "/bao-tin").Body.String()
	structure(t, "/bao-tin", body)
	for _, want := range []string{`<a href="/bao-tin" aria-current="page">Báo tin</a>`, "Chép để gửi Zalo", "[Cảnh báo sớm] &lt;/textarea&gt;", "cv@so.example", `class="pl pl-not"`, "Biên tập viên", "đã rõ", "chưa có kênh hoặc địa chỉ thư", "Cơ quan có trách nhiệm: Báo"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	f.err = errors.New("disk")
	if w := get(t, New(opt), "/bao-tin"); w.Code != 500 {
		t.Errorf("a failure: %d", w.Code)
	}
}
