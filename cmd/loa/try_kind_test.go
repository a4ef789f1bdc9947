package main

import (
	"strings"
	"testing"
)

// TestTryKind: a page is read as the kind of source that a person names.
func TestTryKind(t *testing.T) {
	t.Parallel()
	const data = "../../crawler/testdata/"
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--kind", "questions", data + "questions/table.html"}, []string{"HĐ-12", "hỏi 11/01/2023", "trả lời 30/01/2023", "chưa trả lời", "Đọc được 4 mục", "kind: questions", "id: tinh-example-questions"}},
		{[]string{"--kind", "documents", "--item", ".vb", data + "documents/labels.html"}, []string{"287/QĐ-UBND", "ký 02/3/2023", "đăng 07/3/2023", "Đọc được 2 mục", `rule: {item: ".vb"}`}},
		{[]string{"--kind", "schedule", "--items", "3", data + "schedule/radio-week.html"}, []string{"05h05 ngày 13/3/2023", "20 phút", "Chung tay cải cách hành chính", "phát mới", "Đọc được 14 mục", "channel:"}},
		{[]string{"--kind", "uploads", data + "uploads/youtube.xml"}, []string{"Chung tay cải cách hành chính số 10", "https://www.youtube.com/watch?v=abcdefghi-1", "Đọc được 2 mục", "kind: uploads", "channel:"}},
	} {
		var out strings.Builder
		err := run(t.Context(), append([]string{"try", "--url", "http://tinh.example/x"}, c.args...), stdio{strings.NewReader(""), &out, &out})
		if err != nil {
			t.Errorf("%v: %v", c.args, err)
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%v: no %q in\n%s", c.args, want, out.String())
			}
		}
	}
	for _, args := range [][]string{{"--kind", "documents", data + "documents/layout-changed.html"}, {"--kind", "lists", data + "documents/labels.html"}} {
		var out strings.Builder
		if err := run(t.Context(), append([]string{"try"}, args...), stdio{strings.NewReader(""), &out, &out}); err == nil {
			t.Errorf("%v: %s", args, out.String())
		}
	}
}
