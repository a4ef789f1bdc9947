package classify

import (
	"fmt"
	"slices"
	"testing"

	"loa/media"
)

func TestUnknownSyllables(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	share := func(title, lead string) float64 {
		return c.Judge(media.Revision{Title: title, Lead: lead, Body: "xqz wqz zzq"}).Unknown
	}
	if got := share("Cải cách hành chính", ""); got != 0 {
		t.Errorf("of the lexicon's own words %v are unknown", got)
	}
	if got := share("Cải cách xqz wqz", "hành chính, 2023"); got != 0.3333 {
		t.Errorf("two of six: %v", got)
	}
	if got := share("2023", ""); got != -1 {
		t.Errorf("without a syllable: %v", got)
	}
	if usual, odd := share("Huyện tổ chức hội nghị đánh giá kết quả công tác sáu tháng đầu năm", ""), share("The quick brown fox jumped over what lazy dogs", ""); usual > 0.3 || odd < 0.5 {
		t.Errorf("Vietnamese %v, English %v", usual, odd)
	}
}

func TestSuggest(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	suggest := func() []Term {
		s := c.Suggester()
		for i := range 30 {
			title := "Cải cách hành chính ở xã"
			if i < 12 {
				title = "Xã dựng bếp cù lao vì cải cách hành chính"
			}
			if i%8 == 0 {
				title += ", khung mã zq"
			}
			s.Accept(Doc{ID: fmt.Sprintf("d%02d", i), Title: title, Lead: "Người dân xem"})
		}
		for i := range 300 {
			s.Other(Doc{ID: fmt.Sprint("o", i), Title: []string{"Xã trồng rừng", "Giá vàng hôm nay", "Người dân xem hội làng"}[i%3]})
		}
		return s.Terms(10)
	}
	terms := suggest()
	at := slices.IndexFunc(terms, func(x Term) bool { return x.Term == "bếp cù lao" })
	if at < 0 {
		t.Fatalf("%+v", terms)
	}
	if x := terms[at]; x.Accepted != 12 || x.Others != 0 || x.Lift < 50 || !slices.Equal(x.Examples, []string{"d00", "d01", "d02"}) {
		t.Errorf("%+v", x)
	}
	for _, x := range terms {
		switch x.Term {
		case "dựng bếp cù", "cù lao vì", "lao vì", "xã dựng bếp": // they run on into it
			t.Errorf("a piece of one run is told twice: %+v", x)
		case "vì", "xã", "của": // the model knows the syllable
			t.Errorf("a common syllable is told: %+v", x)
		case "bếp", "bếp cù", "cù lao": // it stands for them
			t.Errorf("a part of «bếp cù lao» is told beside it: %+v", x)
		case "hành chính", "cải cách", "cải cách hành": // the lexicon has them
			t.Errorf("the lexicon has %+v", x)
		case "zq", "khung mã zq": // four documents
			t.Errorf("too few: %+v", x)
		case "người dân xem", "người dân":
			t.Errorf("as often elsewhere: %+v", x)
		}
	}
	if again := suggest(); len(again) != len(terms) || again[0].Term != terms[0].Term {
		t.Error("counted again, the terms are others")
	}
}
