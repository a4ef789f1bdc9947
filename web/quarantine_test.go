package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/web/access"
)

// quarantine is a door to one of everything that can be there, on the fake's own pieces.
func (f *fake) quarantine() *Quarantine {
	item := f.items[0].Item
	list := []media.Quarantined{
		{Key: "k1", Stage: media.StageJudge, Kind: "revision", ID: item.Revision, Item: item.ID, Source: item.Source, URL: item.URL, Kept: strings.Repeat("ab", 32), Version: "v1", Words: "runtime error: index out of range [3] with length 2",
			Frames: "loa/crawler/classify.(*Classifier).Judge classify.go:80", First: f.now, At: f.now, Times: 1, Open: true},
		{Key: "k2", Stage: media.StageRead, Kind: "source", ID: "suong-ha/bao-tin http://bao.suongha.example/tin", Source: "suong-ha/bao-tin", URL: "http://bao.suongha.example/tin?" + hostile, Version: "thử", Words: "panic(string)", First: f.now.Add(-time.Hour), At: f.now, Times: 1200, Open: true},
		{Key: "k3", Stage: media.StageChore, Kind: "chore", ID: "retain", Version: "thử", Words: "panic(string)", First: f.now, At: f.now, Times: 2, Open: true},
		{Key: "k4", Stage: media.StageEvaluate, Kind: "owner", ID: "suong-ha/bao", Version: "thử", Words: "panic(string)", First: f.now, At: f.now, Times: 1, Released: f.now},
	}
	return &Quarantine{
		All: func(context.Context) ([]media.Quarantined, error) { return list, f.err },
		Open: func(context.Context) (map[string]int, error) {
			return map[string]int{"judge": 1, "read": 1, "chore": 1}, f.err
		},
		Items: func(_ context.Context, ids []string) (map[string]bool, error) {
			return map[string]bool{item.ID: slices.Contains(ids, item.ID)}, f.err
		},
		Release: func(_ context.Context, key, actor string) (bool, error) { return key == "k1" && actor != "", f.err },
	}
}

// TestQuarantinePage: what waits and what is over, who may let it be tried again, and what an item says of it.
func TestQuarantinePage(t *testing.T) {
	f := newFake()
	opt := f.options()
	opt.Gate, opt.Guest = &access.Gate{}, access.Actor{Role: access.Officer, Account: "a1", Name: "Cán bộ"}
	h := New(opt)
	body := get(t, h, quarantinePath).Body.String()
	structure(t, quarantinePath, body)
	item := f.items[0].Item
	for _, want := range []string{`href="/tin-bai/` + item.ID + `"`, "index out of range", "1.200 lần", "Việc định kỳ retain", "Đã tự hết", `action="/nguon/cach-ly/k1/thu-lai"`, "chờ người duyệt", `href="/nguon/bao-tin"`} {
		if !strings.Contains(body, want) && !strings.Contains(body, strings.ToLower(want)) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "<script>alert") || strings.Contains(body, "/cach-ly/k4/") {
		t.Error("an address comes through as it is, or what is over can be released")
	}
	if body := get(t, h, "/nguon").Body.String(); !strings.Contains(body, `<a href="/nguon/cach-ly">Tài liệu máy không đọc được (3)</a>`) {
		t.Error("the list of sources does not lead there")
	}
	if body := get(t, h, "/tin-bai/"+item.ID).Body.String(); !strings.Contains(body, "Máy không phân loại được bài này") {
		t.Error("the item does not say so")
	}
	if body := get(t, h, "/tin-bai/"+f.items[1].Item.ID).Body.String(); strings.Contains(body, "Máy không phân loại được") {
		t.Error("another item says so")
	}
	sheet := get(t, h, quarantinePath+"?dang=csv").Body.String()
	if strings.Count(sheet, "\n") < 5 || !strings.Contains(sheet, "đã tự hết") {
		t.Errorf("as a table: %s", sheet)
	}
	post := func(key string) int {
		return postForm(t, h, quarantinePath+"/"+key+"/thu-lai", nil).Code
	}
	if a, b := post("k1"), post("none"); a != http.StatusSeeOther || b != http.StatusNotFound {
		t.Errorf("released: %d, what is not there: %d", a, b)
	}

	opt.Guest.Role = access.Reader
	if body := get(t, New(opt), quarantinePath).Body.String(); strings.Contains(body, "thu-lai") {
		t.Error("who may not release has a button")
	}
	empty := *f.quarantine()
	empty.All = func(context.Context) ([]media.Quarantined, error) { return nil, nil }
	opt.Quarantine = &empty
	if body := get(t, New(opt), quarantinePath).Body.String(); !strings.Contains(body, "mọi tài liệu đều đọc được") {
		t.Error("nothing waits and the page does not say so")
	}
}

// TestStuck: while standings are those of an earlier evaluation every page says so.
func TestStuck(t *testing.T) {
	f := newFake()
	opt := f.options()
	open := map[string]int{}
	opt.Quarantine.Open = func(context.Context) (map[string]int, error) { return maps.Clone(open), f.err }
	const words = "chưa tính lại được tiến độ của 2 cơ quan"
	if body := get(t, New(opt), "/").Body.String(); strings.Contains(body, "chưa tính lại được") {
		t.Error("said of nobody")
	}
	open[media.StageEvaluate] = 2
	for _, path := range []string{"/", "/nguon"} {
		if body := get(t, New(opt), path).Body.String(); !strings.Contains(body, words) {
			t.Errorf("%s does not say %q", path, words)
		}
	}
	opt.Quarantine.Open = func(context.Context) (map[string]int, error) { return nil, errors.New("no database") }
	if w := get(t, New(opt), "/"); w.Code != http.StatusOK {
		t.Errorf("a page that needs no quarantine answers %d without it", w.Code)
	}
}
