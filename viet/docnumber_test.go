package viet

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestDocumentNumber(t *testing.T) {
	for in, want := range map[string]string{
		"345/QĐ-UBND":                         "345/QĐ-UBND",
		" 345 / QĐ - UBND ":                   "345/QĐ-UBND",
		"345/QÐ–UBND":                         "345/QĐ-UBND", // U+00D0, en dash
		"345/QD‑UBND":                         "345/QĐ-UBND", // no-break hyphen
		norm.NFD.String("345/QĐ-UBND"):        "345/QĐ-UBND",
		"345\u00a0/\u00a0QĐ\u00a0—\u00a0UBND": "345/QĐ-UBND",
		"345/qđ-ubnd":                         "345/QĐ-UBND",
		"Số: 345/QĐ-UBND":                     "345/QĐ-UBND",
		"Quyết định số 345/QĐ-UBND.":          "345/QĐ-UBND",
		"5/QĐ-UBND":                           "05/QĐ-UBND",
		"0345/QĐ-UBND":                        "345/QĐ-UBND",
		"107/2020/NÐ - CP":                    "107/2020/NĐ-CP",
		"107/2020/ND-CP":                      "107/2020/NĐ-CP",
		"80/2015/qh13":                        "80/2015/QH13",
		"1211/2016/UBTVQH13":                  "1211/2016/UBTVQH13",
		"18 - NQ / TW":                        "18-NQ/TW",
		"53-QĐ/TU":                            "53-QĐ/TU",
		"06/QĐ-TTG":                           "06/QĐ-TTg",
		"23/CT - TTg":                         "23/CT-TTg",
		"01/2014/TTLT-BNV-BTC":                "01/2014/TTLT-BNV-BTC",
		"12/NQ-HDND":                          "12/NQ-HĐND",
		"15/2023/TT-BTTTT":                    "15/2023/TT-BTTTT",
		"10521/UBND-KGVX":                     "10521/UBND-KGVX",
	} {
		if got, ok := DocumentNumber(in); !ok || got != want {
			t.Errorf("DocumentNumber(%q) = %q, %t; want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{
		"", "345", "345/2023", "06/3/2023", "QĐ-UBND", "345/QĐ-UBND ngày 06/3/2023", "345/QĐ-UBND, 346/QĐ-UBND",
		"trực 24/7 - cả tuần", "5/con - nam", "1234567/QĐ-UBND", "345/QĐ-UBNDtỉnh", "theo 345/QĐ-UBND thì", "km 12/ngày - đêm", "06/3/345/QĐ-UBND",
	} {
		if got, ok := DocumentNumber(in); ok {
			t.Errorf("DocumentNumber(%q) = %q, want none", in, got)
		}
	}
}

func TestDocumentNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"Căn cứ Luật số 80/2015/QH13, Nghị định số 63/2010/NĐ - CP; Nghị quyết 18-NQ/TW và Nghị định 63/2010/NĐ-CP": "80/2015/QH13 63/2010/NĐ-CP 18-NQ/TW",
		"Quyết định số 345/QĐ-UBND-ngày 06/3/2023 của UBND tỉnh":                                                    "345/QĐ-UBND",
		"số 345/QĐ-UBND - UBND tỉnh Mẫu":                                                                            "345/QĐ-UBND",
		"(345/QĐ-UBND,346/QĐ-UBND;347/QĐ-UBND)":                                                                     "345/QĐ-UBND 346/QĐ-UBND 347/QĐ-UBND",
		"đạt 3/4 chỉ tiêu, trực 24/24 giờ, ngày 06/3/2023":                                                          "",
		"https://mau.example/345/qd-ubnd":                                                                           "",
	} {
		if got := strings.Join(DocumentNumbers(in), " "); got != want {
			t.Errorf("DocumentNumbers(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDocumentDate(t *testing.T) {
	for _, c := range []struct{ text, number, want string }{
		{"Quyết định số 345/QĐ-UBND ngày 06/3/2023 của Chủ tịch UBND tỉnh", "345/QĐ-UBND", "2023-03-06"},
		{"số 345/QĐ-UBND, ngày 6 tháng 3 năm 2023", "345/QĐ-UBND", "2023-03-06"},
		{"345/QĐ-UBND (06/3/2023)", "345 /QÐ-UBND", "2023-03-06"},
		{"345/QĐ-UBND 06/03/23", "345/QĐ-UBND", "2023-03-06"},
		{"345/QĐ-UBND của Ủy ban nhân dân tỉnh Mẫu ban hành ngày 06/3/2023", "345/QĐ-UBND", "2023-03-06"},
		{"345/QĐ-UBND ký ngày 06-3-2023", "345/QĐ-UBND", "2023-03-06"},
		{norm.NFD.String("số 345/QĐ-UBND ngày 06 tháng 3 năm 2023"), "345/QĐ-UBND", "2023-03-06"},
		{"344/QĐ-UBND ngày 03/3/2023 và 345/QĐ-UBND ngày 06/3/2023", "345/QĐ-UBND", "2023-03-06"},
		{"344/QĐ-UBND ngày 03/3/2023 và 345/QĐ-UBND ngày 06/3/2023", "344/QĐ-UBND", "2023-03-03"},
		{"Thực hiện 345/QĐ-UBND, nay công bố 345/QĐ-UBND ngày 06/3/2023", "345/QĐ-UBND", "2023-03-06"},
		{"345/QĐ-UBND có hiệu lực từ ngày 15/3/2023", "345/QĐ-UBND", ""},
		{"345/QĐ-UBND về việc công bố danh mục TTHC, ngày 15/3/2023", "345/QĐ-UBND", ""},
		{"345/QĐ-UBND của UBND tỉnh công bố kết quả ngày 15/3/2023", "345/QĐ-UBND", ""},
		{"345/QĐ-UBND của UBND tỉnh, đăng ngày 15/3/2023", "345/QĐ-UBND", ""},
		{"344/QĐ-UBND và 345/QĐ-UBND, 346/QĐ-UBND ngày 06/3/2023", "345/QĐ-UBND", ""},
		{"345/QĐ-UBND ngày 31/02/2023, đăng 01/3/2023", "345/QĐ-UBND", ""},
		{"345/QĐ-UBND ngày 3/23/2023", "345/QĐ-UBND", ""},
		{"ngày 06/3/2023, số 345/QĐ-UBND", "345/QĐ-UBND", ""},
		{"345/QĐ-UBND ngày 06/3", "345/QĐ-UBND", ""},
		{"1345/QĐ-UBND ngày 06/3/2023", "345/QĐ-UBND", ""},
		{"345/QĐ-UBND ngày 06/3/2023", "khác", ""},
	} {
		got, ok := DocumentDate(c.text, c.number)
		day := ""
		if ok {
			day = got.Format("2006-01-02")
		}
		if day != c.want {
			t.Errorf("DocumentDate(%q, %q) = %q, want %q", c.text, c.number, day, c.want)
		}
		if _, offset := got.Zone(); ok && (offset != 7*3600 || got.Hour() != 0) {
			t.Errorf("DocumentDate(%q) is %s, no local midnight", c.text, got)
		}
	}
}

func FuzzDocumentNumber(f *testing.F) {
	for _, s := range []string{
		"Quyết định số 345/QĐ-UBND-ngày 06/3/2023", "107/2020/NÐ – CP; 18 - NQ/TW, 80/2015/QH13", "1/2-3/4 - QĐ/", "01/2014/TTLT-BNV-BTC (2/1/2014)",
		"5/aa-bb-cc-dd ngày 1/1/2020", "345/QĐ-UBND 06/3/2023 346/QĐ-UBND", "000/CTr - TTg",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = s[:min(len(s), 2000)] // every number is looked for again in the whole
		all := DocumentNumbers(s)
		for i, n := range all {
			if got, ok := DocumentNumber(n); !ok || got != n {
				t.Fatalf("%q of %q is read as %q, %t", n, s, got, ok)
			}
			if slices.Contains(all[:i], n) || strings.ContainsAny(n, " \t\n") {
				t.Fatalf("%q of %q", n, s)
			}
			if d, ok := DocumentDate(s, n); ok && (d.Hour() != 0 || d.Year() < firstYear || d.Year() > lastYear) {
				t.Fatalf("%q in %q is of %s", n, s, d)
			}
		}
		if n, ok := DocumentNumber(s); ok && (len(all) != 1 || all[0] != n) {
			t.Fatalf("%q is %q alone and %q as text", s, n, all)
		}
	})
}
