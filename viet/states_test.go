package viet

import "testing"

// A server that answers that it has no page was reached.
func TestOutcomeOf(t *testing.T) {
	for _, c := range [][3]string{
		{"unreachable", "answered 404", "máy chủ trả lời không có trang"},
		{"unreachable", "unreachable: answered 410", "máy chủ trả lời không có trang"},
		{"unreachable", "read the page: unreachable: answered 404: gave up", "máy chủ trả lời không có trang"},
		{"unreachable", "answered 500", "không truy cập được"},
		{"unreachable", "answered 4040", "không truy cập được"},
		{"unreachable", "answered", "không truy cập được"},
		{"unreachable", "robots.txt: answered 404", "không truy cập được"},
		{"unreachable", "dial tcp 10.0.0.404: refused", "không truy cập được"},
		{"unreachable", "", "không truy cập được"},
		{"blocked", "answered 404", "bị chặn"},
		{"ok", "answered 404", "đọc được"},
		{"unreachable", "proxyconnect tcp: dial tcp 10.0.0.5:3128: refused", "không nối được máy chủ proxy"},
		{"unreachable", "robots.txt: proxy: wants a user name and a password", "máy chủ proxy không cho qua"},
		{"", "", "chưa truy cập lần nào"},
	} {
		if got := OutcomeOf(c[0], c[1]); got != c[2] {
			t.Errorf("%s, %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

// An attestation that nothing arose shows no evidence.
func TestDecisionOf(t *testing.T) {
	for _, c := range []struct {
		kind string
		none bool
		want string
	}{{"attest", true, "xác nhận không phát sinh"}, {"attest", false, "xác nhận có minh chứng"}, {"exempt", true, "không đánh giá"}} {
		if got := DecisionOf(c.kind, c.none); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
