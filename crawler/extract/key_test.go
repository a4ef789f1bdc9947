package extract

import (
	"errors"
	"strings"
	"testing"
)

func TestKey(t *testing.T) {
	for _, c := range []struct {
		rule, want string
		urls       []string
	}{
		// Báo Yên Bái: every form that was seen names the id alone.
		{"baoyenbai", "baoyenbai.com.vn/64292", []string{
			"http://baoyenbai.com.vn/11/64292/Yen-Bai-65-nam---Mot-chang-duong-ve-vang-.aspx",
			"http://www.baoyenbai.com.vn/11/64292/Yen_Bai_65_nam.htm",
			"http://old.baoyenbai.com.vn/266/64292/Khac.htm",
			"https://baoyenbai.com.vn:443/12/64292/",
			"https://www.baoyenbai.com.vn/22/64292/Vo-de-song-Lo-...-tr111ng-dem.aspx?utm_source=zalo#top",
			"https://baoyenbai.com.vn/228/64292/tai-nan-3-o-to-o-cao-toc-ha-noi-hai-phong-...aspx",
			"https://baoyenbai.com.vn/PrintPreview/64292/",
			"HTTPS://BAOYENBAI.COM.VN/printpreview/64292",
		}},
		{"baoyenbai", "baohoabinh.com.vn/174559", []string{"https://baohoabinh.com.vn/12/174559/Dau-an-cong-nghiep-xuat-khau-.htm"}},
		{"baoyenbai", "baoyenbai.com.vn/11", []string{"https://baoyenbai.com.vn/11/", "http://www.baoyenbai.com.vn/11"}}, // a section is no article
		{"baoyenbai", "baoyenbai.com.vn/rss/11.rss", []string{"http://www.baoyenbai.com.vn/rss/11.rss"}},
		// The portal: host, sub-site, ItemID.
		{"sharepoint", "yenbai.gov.vn?itemid=29064", []string{
			"https://yenbai.gov.vn/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?ItemID=29064&l=Tintrongtinh&lv=4",
			"http://www.yenbai.gov.vn/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?ItemID=29064&l=Tintrongtinh",
			"https://yenbai.gov.vn:443/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=Tintrongtinh%2F" + strings.Repeat("+", 90) + "&ItemID=29064",
			"https://yenbai.gov.vn/noidung/tintuc/pages/Chi-tiet-tin-tuc.aspx?itemid=29064&l=TinHoatDong+",
		}},
		{"sharepoint", "yenbai.gov.vn/cctthc?itemid=919", []string{
			"http://yenbai.gov.vn/cctthc/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?ItemID=919&l=TinHoatDong+",
			"https://yenbai.gov.vn/CCTTHC/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?ItemID=919&l=Tinhoatdong&lv=0",
		}},
		{"sharepoint", "yenbai.gov.vn/chuyendoiso?itemid=919", []string{"https://yenbai.gov.vn/chuyendoiso/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?ItemID=919"}},
		{"sharepoint", "hdnd.yenbai.gov.vn?itemid=919", []string{"https://hdnd.yenbai.gov.vn:443/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?ItemID=919"}},
		{"sharepoint", "quochoi.vn/hoatdongdbqh?itemid=48868", []string{"http://quochoi.vn/hoatdongdbqh/Pages/tin-hoat-dong-dai-bieu.aspx?ItemID=48868"}},
		{"sharepoint", "yenbai.gov.vn/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=Tin&lv=4&page=63", []string{"https://yenbai.gov.vn/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?page=63&lv=4&l=Tin"}},
		// The second CMS: list page and article share the path.
		{"query:UserKey", "thanhphoyenbai.yenbai.gov.vn/tin-tuc/tin-tuc-su-kien?userkey=Dan-hanh-phuc-1", []string{
			"http://thanhphoyenbai.yenbai.gov.vn/tin-tuc/tin-tuc-su-kien/?UserKey=Dan-hanh-phuc-1",
			"https://thanhphoyenbai.yenbai.gov.vn/tin-tuc/tin-tuc-su-kien/?PageIndex=33&UserKey=Dan-hanh-phuc-1",
			"http://thanhphoyenbai.yenbai.gov.vn/tin-tuc/tin-tuc-su-kien?userkey=Dan-hanh-phuc-1&PageIndex=76",
		}},
		{"query:UserKey", "vanhocnghethuatyenbai.gov.vn/news/tin-tuc-su-kien?PageIndex=76", []string{"http://vanhocnghethuatyenbai.gov.vn/news/tin-tuc-su-kien/?PageIndex=76"}},
		// NukeViet.
		{"nukeviet", "tayninh.gov.vn/news/1201", []string{
			"https://www.tayninh.gov.vn/vi/news/cai-cach/ho-so-tre-han-1201.html",
			"http://tayninh.gov.vn/vi/news/Tin-khac/Ho-so-2022-1201.html",
			"http://tayninh.gov.vn/news/cai-cach/ho-so-1201/",
			"http://tayninh.gov.vn/index.php?language=vi&nv=news&op=cai-cach/ho-so-1201",
		}},
		{"nukeviet", "tayninh.gov.vn/vi/news/thong-tin-cai-cach-hanh-chinh/page-338", []string{"http://tayninh.gov.vn/vi/news/thong-tin-cai-cach-hanh-chinh/page-338"}},
		// Any other site.
		{"", "sctyenbai.gov.vn/vi/tin-tuc/yen-bai-cai-cach-0", []string{
			"https://www.sctyenbai.gov.vn/vi/tin-tuc/yen-bai-cai-cach-0",
			"http://sctyenbai.gov.vn/vi/tin-tuc/./x/../yen-bai-cai-cach-0/?fbclid=abc#main",
			" http://SCTYENBAI.gov.vn:80//vi/tin-tuc/yen-bai-cai-cach-0?utm_source=a&utm_medium=b&gclid=1 ",
		}},
		{"url", "sctyenbai.gov.vn/vi/tin-tuc/yen-bai-cai-cach", []string{"http://sctyenbai.gov.vn/vi/tin-tuc/yen-bai-cai-cach"}}, // another node
		{"url", "hcmcpv.org.vn/tin/c%E1%BA%A5p-c%C6%A1-s%E1%BB%9F", []string{
			"http://hcmcpv.org.vn/tin/ca%CC%82%CC%81p-co%CC%9B-so%CC%9B%CC%89",
			"http://hcmcpv.org.vn/tin/cấp-cơ-sở",
			"http://hcmcpv.org.vn/tin/c%e1%ba%a5p-c%c6%a1-s%e1%bb%9f",
		}},
		{"url", "moit.gov.vn/tin?_cur=67&a=1&a=2&b=", []string{"http://moit.gov.vn/tin?b=&a=1&a=2&_cur=67"}},
		{"url", "a.vn/x%2Fy", []string{"http://a.vn/x%2Fy", "http://a.vn/x%2fy"}},
		{"url", "a.vn/100%25-ho-so", []string{"http://a.vn/100%-ho-so", "http://a.vn/100%25-ho-so"}},
		{"url", "a.vn:8080", []string{"http://a.vn:8080/", "https://www.a.vn:8080"}},
	} {
		for _, u := range c.urls {
			if got, err := Key(c.rule, u); err != nil || got != c.want {
				t.Errorf("Key(%q, %q)\n got %q, %v\nwant %q", c.rule, u, got, err, c.want)
			}
		}
	}
	for _, u := range []string{"", "/11/64292/x.aspx", "ftp://a.vn/x", "javascript:void(0)", "mailto:a@b.vn", "http:///x", "http://[::1"} {
		if k, err := Key("url", u); err == nil {
			t.Errorf("Key(url, %q) = %q, want an error", u, k)
		}
	}
	for _, r := range []string{"URL", "guess", "query:"} {
		if _, err := Key(r, "http://a.vn/"); !errors.Is(err, ErrKeyRule) {
			t.Errorf("rule %q: %v", r, err)
		}
	}
}

// TestKeyOfMovedSite: an article has one key on the old domain and on the new one, by every rule; other hosts keep their own,
// and a move that is not written whole is a mistake.
func TestKeyOfMovedSite(t *testing.T) {
	for _, c := range []struct{ rule, old, now string }{
		{"url", "http://mau.example/tin/a-1", "https://www.tanmau.example/tin/a-1"},
		{"", "http://mau.example/tin/a-1?b=2", "https://tanmau.example:443/tin/a-1?b=2"},
		{"sharepoint", "http://mau.example/cctthc/Pages/a.aspx?ItemID=7&l=x", "https://tanmau.example/cctthc/Pages/b.aspx?ItemID=7"},
		{"baoyenbai", "http://www.mau.example/11/64292/Ten-bai.aspx", "https://tanmau.example/12/64292/"},
		{"nukeviet", "http://mau.example/vi/news/tin/ten-bai-12.html", "http://tanmau.example/vi/news/tin/ten-khac-12.html"},
		{"query:UserKey", "http://mau.example/x?UserKey=3", "http://tanmau.example/x?userkey=3&y=1"},
	} {
		was, err := Key(c.rule, c.old)
		if err != nil {
			t.Fatal(err)
		}
		rule := c.rule + "@tanmau.example=mau.example"
		for _, u := range []string{c.old, c.now} {
			if got, err := Key(rule, u); err != nil || got != was {
				t.Errorf("Key(%q, %q) = %q, %v, want %q", rule, u, got, err, was)
			}
		}
		if got, err := Key(rule, "http://sotuphap.example/tin/a-1"); err != nil || !strings.HasPrefix(got, "sotuphap.example") {
			t.Errorf("another host: %q, %v", got, err)
		}
	}
	for _, r := range []string{"url@", "url@tanmau.example", "url@=mau.example", "url@tanmau.example=", "url@a=b", "url@a.vn=b.vn=c.vn", "url@http://a.vn=b.vn"} {
		if _, err := Key(r, "http://a.vn/"); !errors.Is(err, ErrKeyRule) {
			t.Errorf("rule %q: %v", r, err)
		}
	}
}

func FuzzKey(f *testing.F) {
	f.Add("baoyenbai", "https://baoyenbai.com.vn/PrintPreview/301408/")
	f.Add("sharepoint", "https://yenbai.gov.vn:443/cctthc/noidung/Pages/a.aspx?ItemID=9&l=++++")
	f.Add("nukeviet", "http://a.vn/index.php?nv=news&op=x/y-12&language=vi")
	f.Add("query:UserKey", "http://a.vn/?userkey=%C3%81;b&x")
	f.Add("url@a.vn=b.vn", "http://a.vn/x?y=1")
	f.Add("", "http://.")
	f.Add("query:Us0", "http://0?us10&%A0#0000")
	f.Add("url", "http://a.vn/%zz/../..//./e\u0301?%=&&a=%")
	f.Fuzz(func(t *testing.T, rule, raw string) {
		k, err := Key(rule, raw)
		if err != nil {
			return
		}
		if k == "" || k != canonical(k) || strings.ContainsAny(k, " \n\t") {
			t.Fatalf("Key(%q, %q) = %q", rule, raw, k)
		}
		// The key of a key is itself, whatever the scheme.
		if again, err := Key("url", "https://"+k); err != nil || again != k {
			t.Fatalf("Key(%q, %q) = %q, read again %q, %v", rule, raw, k, again, err)
		}
	})
}
