package extract

import (
	"fmt"
	"strings"
	"testing"

	"loa/media"
)

// How a list goes on, by what its first page shows; and what is guessed leads to
// the address that the page names.
func TestGuessNext(t *testing.T) {
	for _, c := range []struct {
		name, url, pager string
		want, page2      string
	}{
		{"a parameter", "http://so.example/tin", `<a href="?page=2">2</a> <a href="?page=3">3</a>`, `{by: query, param: "page"}`, "http://so.example/tin?page=2"},
		{"Drupal counts from 0", "http://so.example/tin", `<ul class="pager"><li>1</li><li><a title="Đến trang 2" href="/tin?page=1">2</a></li><li><a href="/tin?page=1">sau ›</a></li></ul>`, `{by: query, param: "page", first: 0}`, "http://so.example/tin?page=1"},
		{"an offset", "http://so.example/tin?muc=5", `<a href="/tin?muc=5&amp;start=20">Trang sau</a>`, `{by: query, param: "start", first: 0, step: 20}`, "http://so.example/tin?muc=5&start=20"},
		{"its own number in the address", "http://so.example/tin?UserKey=&PageIndex=1", `<a href="/tin?UserKey=&amp;PageIndex=2">&gt;</a>`, `{by: query, param: "PageIndex"}`, "http://so.example/tin?UserKey=&PageIndex=2"},
		{"Liferay", "http://tinh.example/tin?p_p_id=101_INSTANCE_x&_101_INSTANCE_x_cur=1", `<a href="http://tinh.example/tin?p_p_id=101_INSTANCE_x&amp;_101_INSTANCE_x_cur=2">Tiếp theo</a>`, `{by: query, param: "_101_INSTANCE_x_cur"}`, "http://tinh.example/tin?p_p_id=101_INSTANCE_x&_101_INSTANCE_x_cur=2"},
		{"trang-2.html", "http://bao.example/chinh-tri/", `<a href="/chinh-tri/trang-2.html">2</a>`, `{by: path, path: "trang-{n}.html"}`, "http://bao.example/chinh-tri/trang-2.html"},
		{"a number behind the name", "http://bao.example/chinh-tri.html", `<a href="/chinh-tri-p2.html">2</a>`, `{by: path, path: "chinh-tri-p{n}.html"}`, "http://bao.example/chinh-tri-p2.html"},
		{"WordPress, rel=next", "http://xa.example/tin-tuc/", `<link rel="next" href="http://xa.example/tin-tuc/page/2/"><a href="/tin-tuc/page/9/">Cuối</a>`, `{by: path, path: "page/{n}/"}`, "http://xa.example/tin-tuc/page/2/"},
		{"a link without a number", "http://so.example/tin", `<a class="trang-sau" href="/tin?sau=abc">Trang sau »</a>`, `{by: link, link: "a.trang-sau"}`, "http://so.example/tin?sau=abc"},
		{"rel=next without a number", "http://so.example/tin", `<a rel="nofollow next" href="/tin/cu-hon">Cũ hơn</a>`, `{by: link, link: "a[rel~=next]"}`, "http://so.example/tin/cu-hon"},
		{"WebForms", "http://so.example/tin.aspx", `<form method="post" action="./tin.aspx"><input type="hidden" name="__VIEWSTATE" value="x"><a href="javascript:__doPostBack('ctl00$pager','2')">2</a></form>`, `{by: postback}`, "http://so.example/tin.aspx"},
		{"another host", "http://so.example/tin", `<a href="http://khac.example/tin?page=2">2</a>`, "", ""},
		{"a list of one page", "http://so.example/tin", `<a href="/lien-he">Liên hệ</a>`, "", ""},
		{"a slide show", "http://so.example/tin", `<a href="#"> &gt; </a>`, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			for i := range 6 {
				fmt.Fprintf(&b, `<div class="muc"><a href="/bai-%d.html">Tin thứ %d về công việc của tỉnh</a> <span>0%d/03/2023</span></div>`, i, i, i+1)
			}
			text := "<html><body>" + b.String() + c.pager + "</body></html>"
			src := media.Source{URL: c.url, Kind: media.KindList}
			src.Rule.Next = GuessNext(text, src, c.url)
			if got := NextYAML(src.Rule.Next); got != c.want {
				t.Errorf("guessed %s, want %s", got, c.want)
			}
			p, ok, err := Next(text, src, c.url, Place{N: 1, URL: c.url})
			if err != nil || ok != (c.want != "") || p.URL != c.page2 {
				t.Errorf("page 2 is %q %v %v, want %q", p.URL, ok, err, c.page2)
			}
		})
	}
	for _, key := range []string{"sharepoint", "nukeviet"} {
		if p := GuessNext("<a href='?page=2'>2</a>", media.Source{URL: "http://so.example/vi/news/tin/", Kind: media.KindList, Rule: media.Rule{Key: key}}, "http://so.example/vi/news/tin/"); p.By != "" {
			t.Errorf("%s knows its own way, guessed %+v", key, p)
		}
	}
}
