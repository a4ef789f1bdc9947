package main

import (
	"strings"
	"testing"
)

func TestSimilarKeepsItsShape(t *testing.T) {
	const body = `"body":"Sáng nay Ủy ban nhân dân xã khai trương bộ phận một cửa mới với bốn quầy tiếp dân và máy lấy số tự động."`
	in := `{"id":"b","title":"Xã khai trương bộ phận một cửa",` + body + `,"published":"2023-03-02T09:00:00+07:00","extra":true}
{"id":"a","title":"Xã khai trương bộ phận một cửa",` + body + `,"published":"2023-03-01"}
{"id":3,"title":"Mở thêm một cửa hàng bán quần áo","body":"Cửa hàng khai trương sáng nay."}
`
	out, errOut, code := loa(t, in, "similar")
	want := `{"id":"b","group":"a","relation":"exact"}
{"id":"a","group":"a","relation":"original"}
{"id":3,"group":"3","relation":"original"}
`
	if code != 0 || errOut != "" || out != want {
		t.Errorf("exit %d, stderr %q, out\n%s", code, errOut, out)
	}
	out, errOut, code = loa(t, "{}\nnot json\n", "similar")
	if code != 1 || !strings.Contains(errOut, "line 2") || strings.Count(out, "\n") != 1 {
		t.Errorf("exit %d, stderr %q, out %q", code, errOut, out)
	}
}
