package extract

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"loa/media"
)

func TestNext(t *testing.T) {
	fixtures(t, "paging", func(t *testing.T, _ string, tr trait, body []byte) any {
		text, err := Decode(body, tr.ContentType)
		if err != nil {
			return showBlind(t, err)
		}
		src := tr.source(t)
		if src.Kind == "" {
			src.Kind = media.KindList
		}
		if errs := CheckRule(src.Rule); len(errs) > 0 {
			t.Error(errs)
		}
		p, ok, err := Next(text, src, tr.Base, Place{N: max(tr.N, 1), URL: tr.Base})
		if err != nil {
			return showBlind(t, err)
		}
		if !ok {
			return map[string]string{"next": "none"}
		}
		out := map[string]any{"url": p.URL, "n": p.N}
		if p.Form != nil {
			form := map[string]string{}
			for _, k := range slices.Sorted(maps.Keys(p.Form)) {
				form[k] = strings.Join(p.Form[k], " | ")
			}
			out["form"] = form
		}
		return out
	})
}

func TestMore(t *testing.T) {
	fixtures(t, "more", func(t *testing.T, _ string, tr trait, body []byte) any {
		text, err := Decode(body, "application/json")
		if err != nil {
			return showBlind(t, err)
		}
		read := map[media.SourceKind]func(string, media.Source, string) (Listing, error){media.KindDocuments: Documents, media.KindQuestions: Questions, "": List}[tr.Kind]
		l, err := read(text, tr.source(t), tr.Base)
		return showListing(t, l, err)
	})
}

// The address of a later page, by query and path.
func TestPageAddress(t *testing.T) {
	for _, c := range []struct {
		url  string
		rule media.Rule
		n    int // of the page before
		want string
	}{
		{"https://yenbai.example/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=Tintrongtinh++++&lv=4&page=1", media.Rule{Key: "sharepoint"}, 1, "https://yenbai.example/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=Tintrongtinh++++&lv=4&page=2"},
		{"https://yenbai.example:443/cctthc/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?L=TinHoatDong%2F++++&PAGE=7", media.Rule{Key: "sharepoint"}, 62, "https://yenbai.example:443/cctthc/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?L=TinHoatDong%2F++++&page=63"},
		{"http://so.example/vi/news/tin-tuc/", media.Rule{Key: "nukeviet"}, 1, "http://so.example/vi/news/tin-tuc/page-2"},
		{"http://so.example/vi/news/tin-tuc", media.Rule{Key: "nukeviet"}, 337, "http://so.example/vi/news/tin-tuc/page-338"},
		{"http://so.example/vi/news/tin-tuc/page-1", media.Rule{Key: "nukeviet"}, 1, "http://so.example/vi/news/tin-tuc/page-2"},
		{"http://so.example/index.php/vi/news/tin-tuc/", media.Rule{Key: "nukeviet"}, 1, "http://so.example/index.php/vi/news/tin-tuc/page-2"},
		{"http://so.example/index.php?language=vi&nv=news&op=tin-tuc", media.Rule{Key: "nukeviet"}, 1, "http://so.example/index.php?language=vi&nv=news&op=tin-tuc/page-2"},
		{"http://so.example/", media.Rule{Key: "nukeviet"}, 1, ""},
		{"http://so.example/vi/news/tin-tuc/", media.Rule{Key: "nukeviet", Next: media.Paging{By: "none"}}, 1, ""},
		{"http://so.example/vi/tin-tuc", media.Rule{Next: media.Paging{By: "query", Param: "page"}}, 1, "http://so.example/vi/tin-tuc?page=1"},
		{"http://so.example/tin?PageIndex=1&UserKey=", media.Rule{Next: media.Paging{By: "query", Param: "PageIndex", First: 1}}, 75, "http://so.example/tin?PageIndex=76&UserKey="},
		{"http://tinh.example/tin?p_p_id=101_INSTANCE_x&_101_INSTANCE_x_cur=1", media.Rule{Next: media.Paging{By: "query", Param: "_101_INSTANCE_x_cur", First: 1}}, 66, "http://tinh.example/tin?p_p_id=101_INSTANCE_x&_101_INSTANCE_x_cur=67"},
		{"http://so.example/tin?start=0", media.Rule{Next: media.Paging{By: "query", Param: "start", Step: 20}}, 3, "http://so.example/tin?start=60"},
		{"http://bao.example/tin/trang-1.html", media.Rule{Next: media.Paging{By: "path", Path: "trang-{n}.html", First: 1}}, 1, "http://bao.example/tin/trang-2.html"},
		{"http://bao.example/tin/", media.Rule{Next: media.Paging{By: "path", Path: "trang-{n}.html", First: 1}}, 1, "http://bao.example/tin/trang-2.html"},
		{"http://bao.example/tin/index.html", media.Rule{Next: media.Paging{By: "path", Path: "page/{n}/", First: 1}}, 1, "http://bao.example/tin/page/2/"},
		{"http://bao.example/cat/x.html", media.Rule{Next: media.Paging{By: "path", Path: "/x/p{n}", First: 1}}, 1, "http://bao.example/x/p2"},
		{"http://bao.example/tin", media.Rule{Next: media.Paging{By: "json", URL: "/api/tin?offset={n}", Step: 10, Address: "url", Title: "ten"}}, 2, "http://bao.example/api/tin?offset=20"},
	} {
		if errs := CheckRule(c.rule); len(errs) > 0 {
			t.Errorf("%s: %v", c.url, errs)
		}
		src := media.Source{Kind: media.KindList, URL: c.url, Rule: c.rule}
		got, ok, err := Next("", src, c.url, Place{N: c.n, URL: c.url})
		if err != nil || got.URL != c.want || ok != (c.want != "") || Paged(src) != ok || ok && got.N != c.n+1 {
			t.Errorf("%s: %+v %v %v, want %s", c.url, got, ok, err, c.want)
		}
	}
	if Paged(media.Source{Kind: media.KindFeed, URL: "http://so.example/rss/tin/", Rule: media.Rule{Key: "nukeviet"}}) {
		t.Error("a feed goes on like a list")
	}
}

func TestCheckPaging(t *testing.T) {
	errs := CheckRule(media.Rule{Next: media.Paging{By: "link", Link: "a["}})
	var re RuleError
	if len(errs) != 1 || !errors.As(errs[0], &re) || re.Field != "next/link" {
		t.Errorf("%v", errs)
	}
}

// A form that would send more than a postback does is not filled.
func TestPostbackBounds(t *testing.T) {
	src := media.Source{Kind: media.KindList, URL: "http://so.example/tin.aspx", Rule: media.Rule{Next: media.Paging{By: "postback"}}}
	form := func(action, method, more string) string {
		return `<form method="` + method + `" action="` + action + `"><input type="hidden" name="__VIEWSTATE" value="x">` + more + `<a href="javascript:__doPostBack('pager','2')">2</a></form>`
	}
	for name, c := range map[string]struct{ text, reason string }{
		"good":              {form("tin.aspx", "post", ""), ""},
		"huge viewstate":    {form("tin.aspx", "post", `<input type="hidden" name="a" value="`+strings.Repeat("x", maxForm)+`">`), media.ParseError},
		"too many fields":   {form("tin.aspx", "post", manyFields()), media.ParseError},
		"another page":      {form("/dang-nhap.aspx", "post", ""), media.LayoutChanged},
		"another host":      {form("http://xau.example/tin.aspx", "post", ""), media.LayoutChanged},
		"a search, by get":  {form("tin.aspx", "get", ""), media.LayoutChanged},
		"an address of use": {form("javascript:alert(1)", "post", ""), ""}, // sends to the page itself
	} {
		p, ok, err := Next(c.text, src, src.URL, Place{N: 1, URL: src.URL})
		var b *BlindError
		if c.reason == "" {
			if err != nil || !ok || p.URL != src.URL || p.Form.Get("__EVENTTARGET") != "pager" {
				t.Errorf("%s: %+v %v", name, p, err)
			}
		} else if !errors.As(err, &b) || b.Reason != c.reason {
			t.Errorf("%s: %v, want %s", name, err, c.reason)
		}
	}
}

func manyFields() string {
	var b strings.Builder
	for i := range maxFields + 1 {
		b.WriteString(`<input type="hidden" name="f` + strings.Repeat("i", i) + `" value="1">`)
	}
	return b.String()
}

func FuzzNext(f *testing.F) {
	f.Add(`<form method="post"><input type="hidden" name="__VIEWSTATE" value="x"><a href="javascript:__doPostBack('p','2')">2</a></form>`, `{"data":[{"u":"/1","t":"Một","d":"/Date(1676000000000)/"}]}`)
	f.Add(`<a class="next" href="?page=2">Sau</a>`, `{"data":"<div></div>"}`)
	f.Add(`<form action="http://[::1"><a onclick="__doPostBack(&#39;a&#39;,&#39;b&#39;)">sau</a>`, `[1,2`)
	f.Fuzz(func(t *testing.T, page, more string) {
		for _, p := range []media.Paging{{By: "postback"}, {By: "link", Link: "a"}} {
			src := media.Source{Kind: media.KindList, URL: "http://a.example/tin/", Rule: media.Rule{Next: p}}
			got, ok, err := Next(page, src, src.URL, Place{N: 1, URL: src.URL})
			if ok && (got.URL == "" || got.N != 2) || ok && err != nil {
				t.Errorf("%+v %v", got, err)
			}
		}
		for _, p := range []media.Paging{{By: "json", URL: "?{n}", Items: "data", Address: "u", Title: "t", Date: "d"}, {By: "json", URL: "?{n}", HTML: "data"}} {
			l, err := List(more, media.Source{Kind: media.KindList, URL: "http://a.example/", Rule: media.Rule{Next: p}}, "http://a.example/x")
			if err == nil && len(l.Entries) == 0 {
				t.Error("no entries and no reason")
			}
		}
	})
}
