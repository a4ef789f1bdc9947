package schedule

import (
	"strings"
	"testing"

	"loa/media"
)

// columned is a question as a column shows it.
func columned(no, asked, answered string, change ...func(*media.Evidence)) media.Evidence {
	e := question(no, asked, answered)
	e.ID, e.Source, e.Grade, e.Title, e.Seen, e.Verified = "muc "+no, "mau/cong-hoi-dap", media.GradeC, "Câu hỏi "+no, at("2023-03-01"), at("2023-04-19")
	for _, f := range change {
		f(&e)
	}
	return e
}

// listed is a question as a register lists it.
func listed(no, asked, answered string, change ...func(*media.Evidence)) media.Evidence {
	e := question(no, asked, answered)
	e.Source, e.Title = RegisterSource(media.RegQuestions, "mau/cong"), "Câu hỏi "+no
	for _, f := range change {
		f(&e)
	}
	return e
}

// TestColumnOfQuestions: a question of a column counts as one of a register
// does, and once where it stands in both.
func TestColumnOfQuestions(t *testing.T) {
	p := duties()
	p.Sources = append(p.Sources, media.Source{ID: "mau/cong-hoi-dap", Agency: "mau/cong", Name: "Hỏi đáp", Kind: media.KindQuestions, Stream: "cong-hoi-dap"})
	column := func(from, to string) Observation {
		o := everything(p)
		o.Spans["mau/cong-hoi-dap"] = []Span{{at(from), at(to)}}
		return o
	}
	read := column("2023-01-01", "2023-05-01")
	other := func(e *media.Evidence) { e.Title, e.Document = "Câu hỏi khác", "" }
	undated := func(waited string) func(*media.Evidence) {
		return func(e *media.Evidence) {
			e.Precision, e.Answered, e.At, e.Seen = media.NoDate, at("2023-03-15"), at("2023-03-15"), at("2023-03-15")
			if waited != "" {
				e.Waited = at(waited)
			}
		}
	}
	for name, c := range map[string]struct {
		ev        []media.Evidence
		obs       Observation
		now       string
		state     State
		reasons   string
		delivered float64
		lag       float64 // -1: none measured
	}{
		"two answers":                   {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10"), columned("2", "2023-03-07", "2023-03-20")}, read, "2023-04-20", Met, "enough_delivered lag_within", 2, 9},
		"the same in both":              {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10"), listed("1", "2023-03-06", "2023-03-10")}, read, "2023-04-20", Missed, "short lag_within unconfirmed", 1, 4},
		"the same number, spelt so":     {[]media.Evidence{columned("HĐ-01", "2023-03-06", "2023-03-10"), listed("hđ 01", "2023-03-06", "2023-03-10", other, func(e *media.Evidence) { e.Document = "hđ 01" })}, read, "2023-04-20", Missed, "short lag_within unconfirmed", 1, 4},
		"one number, another question":  {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10"), listed("1", "2023-03-09", "2023-03-10", func(e *media.Evidence) { e.Title, e.ID = "Câu hỏi khác", "khác" })}, read, "2023-04-20", Met, "enough_delivered lag_within", 2, 4},
		"the same words and day":        {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10"), listed("1", "2023-03-06", "2023-03-10", func(e *media.Evidence) { e.Document = "" })}, read, "2023-04-20", Missed, "short lag_within unconfirmed", 1, 4},
		"the same words, another day":   {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10"), listed("1", "2023-03-08", "2023-03-10", func(e *media.Evidence) { e.Document, e.ID = "", "khác" })}, read, "2023-04-20", Met, "enough_delivered lag_within", 2, 4},
		"a register without the answer": {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10"), listed("1", "2023-03-06", "")}, read, "2023-04-20", Missed, "short lag_within unconfirmed", 1, 4},
		"a register without the asking": {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10"), listed("1", "", "2023-03-10")}, read, "2023-04-20", Missed, "short lag_within unconfirmed", 1, 4},
		"the register rules":            {[]media.Evidence{columned("1", "2023-03-06", "2023-03-31"), listed("1", "2023-03-06", "2023-03-10")}, read, "2023-04-20", Missed, "short lag_within unconfirmed", 1, 4},
		"one waits, seen to wait":       {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10"), columned("2", "2023-03-06", "2023-03-10"), columned("3", "2023-03-01", "")}, read, "2023-04-20", Missed, "answer_late unconfirmed", 2, 22},
		"one waited when last seen":     {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10"), columned("2", "2023-03-06", "2023-03-10"), columned("3", "2023-03-01", "", func(e *media.Evidence) { e.Verified = at("2023-03-10") })}, read, "2023-04-20", Met, "enough_delivered lag_within", 2, 7},
		"an answer without its day":     {[]media.Evidence{columned("1", "2023-03-06", "", undated("2023-03-06")), columned("2", "2023-03-06", "2023-03-10")}, read, "2023-04-20", Met, "enough_delivered lag_within", 2, 7},
		"… of before the month perhaps": {[]media.Evidence{columned("1", "2023-02-06", "", undated("2023-02-06")), columned("2", "2023-03-06", "2023-03-10")}, read, "2023-04-20", Missed, "short lag_within unconfirmed", 1, 4},
		"… seen to wait in it":          {[]media.Evidence{columned("1", "2023-02-01", "", undated("2023-03-14")), columned("2", "2023-03-06", "2023-03-10")}, read, "2023-04-20", Met, "enough_delivered lag_within", 2, 4},
		"a column that begins too late": {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10")}, column("2023-02-20", "2023-05-01"), "2023-04-20", Insufficient, "register_missing short", 1, 4},
		"no column was read":            {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10")}, everything(duties()), "2023-04-20", Insufficient, "register_missing short", 1, 4},
		"still open":                    {[]media.Evidence{columned("1", "2023-03-06", "2023-03-10")}, column("2023-01-01", "2023-03-20"), "2023-03-20", Open, "period_open", 1, 4},
	} {
		s, _ := run(t, p, c.ev, nil, c.obs, c.now, "A-3.3", "mau/cong", "2023-03")
		lag := -1.0
		if len(s.Measures) > 1 {
			lag = s.Measures[1].Delivered
		}
		if got := strings.Join(codes(s.Reasons), " "); s.State != c.state || got != c.reasons || s.Measures[0].Delivered != c.delivered || lag != c.lag {
			t.Errorf("%s: %s %v, %v delivered in %v; want %s %s, %v in %v", name, s.State, got, s.Measures[0].Delivered, lag, c.state, c.reasons, c.delivered, c.lag)
		}
	}
}

// TestJoinedQuestionKeepsItsName: decisions go by the name under which a question
// was known first, in whatever order it is read.
func TestJoinedQuestionKeepsItsName(t *testing.T) {
	a, b := columned("1", "2023-03-06", "2023-03-10"), listed("1", "2023-03-06", "2023-03-10")
	for _, ev := range [][]media.Evidence{{a, b}, {b, a}} {
		got := joinQuestions(ev)
		if len(got) != 1 || got[0].ID != a.ID || got[0].Grade != media.GradeB || got[0].Source != b.Source || !got[0].Seen.Equal(a.Seen) {
			t.Errorf("%+v", got)
		}
	}
	only := []media.Evidence{b, item("mau/cong", "2023-03-06")}
	if got := joinQuestions(only); len(got) != 2 || &got[0] != &only[0] {
		t.Error("nothing to join is not copied")
	}
}

// TestListedDocuments: a list of documents says number, day of signing and day of
// posting; what stands in it is no news.
func TestListedDocuments(t *testing.T) {
	p := duties()
	for i := range p.Quotas {
		if p.Quotas[i].ID == "A-3.2" {
			p.Quotas[i].Streams = nil
		}
	}
	p.Sources = append(p.Sources, media.Source{ID: "mau/cong-vb", Agency: "mau/cong", Name: "Văn bản", Kind: media.KindDocuments, Stream: "cong-vb"})
	doc := func(number, signed, posted string, change ...func(*media.Evidence)) media.Evidence {
		return item("mau/cong", posted, named("vb "+number), func(e *media.Evidence) {
			e.Title, e.Listed, e.Document, e.Seen = "Về việc công bố Danh mục thủ tục hành chính lĩnh vực hộ tịch", true, number, e.At
			if signed != "" {
				e.Signed = at(signed)
			}
			for _, f := range change {
				f(e)
			}
		})
	}
	undated := func(e *media.Evidence) { e.Precision = media.NoDate }
	all := func(drop ...string) Observation {
		o := everything(p)
		o.Spans[RegisterSource(media.RegProcedures, "mau/cong")] = []Span{{at("2023-01-01"), at("2023-05-01")}}
		for _, id := range drop {
			delete(o.Spans, id)
		}
		return o
	}
	for name, c := range map[string]struct {
		ev        []media.Evidence
		obs       Observation
		state     State
		reasons   string
		delivered float64
		credit    string
	}{
		"number and days of the list":       {[]media.Evidence{doc("12/QĐ-UBND", "2023-03-06", "2023-03-09")}, all(), Met, "enough_delivered lag_within", 1, "posted_in"},
		"of the register":                   {[]media.Evidence{decree("12/QĐ-UBND", "2023-03-06"), doc("12/QĐ-UBND", "", "2023-03-09")}, all(), Met, "enough_delivered lag_within", 1, "posted_in"},
		"late":                              {[]media.Evidence{doc("12/QĐ-UBND", "2023-03-06", "2023-03-20")}, all(), Missed, "lag_too_long unconfirmed", 1, "posted_in"},
		"no day of posting, seen in time":   {[]media.Evidence{doc("12/QĐ-UBND", "2023-03-06", "2023-03-09", undated)}, all(), Met, "enough_delivered lag_within", 1, "posted_by"},
		"no day of posting, seen later":     {[]media.Evidence{doc("12/QĐ-UBND", "2023-03-06", "2023-03-30", undated)}, all(), Met, "enough_delivered", 1, "posted_undated"},
		"in the list and among the news":    {[]media.Evidence{decree("12/QĐ-UBND", "2023-03-06"), doc("12/QĐ-UBND", "2023-03-06", "2023-03-09"), posting("12/QĐ-UBND", "", "2023-03-10")}, all(), Met, "enough_delivered lag_within", 1, "posted_in"},
		"a row of a list of procedures":     {[]media.Evidence{doc("12/QĐ-UBND", "2023-03-06", "2023-03-09", func(e *media.Evidence) { e.Title, e.Section = "Đăng ký khai sinh", "Thủ tục hành chính" })}, all(), Met, "enough_delivered lag_within", 1, "posted_in"},
		"another kind of document":          {[]media.Evidence{decree("12/QĐ-UBND", "2023-03-06"), doc("12/QĐ-UBND", "2023-03-06", "2023-03-09", func(e *media.Evidence) { e.Title = "Phê duyệt dự toán" })}, all(), Missed, "short lag_too_long unconfirmed", 0, ""},
		"not posted, and the list not read": {[]media.Evidence{decree("12/QĐ-UBND", "2023-03-06")}, all("mau/cong-vb"), Insufficient, "not_observed short", 0, ""},
	} {
		s, m := run(t, p, c.ev, nil, c.obs, "2023-04-20", "A-3.2", "mau/cong", "2023-03")
		credit := ""
		for _, x := range m.Credits {
			if x.Quota == "A-3.2" {
				credit = x.Reasons[len(x.Reasons)-1].Code
			}
		}
		if got := strings.Join(codes(s.Reasons), " "); s.State != c.state || got != c.reasons || s.Measures[0].Delivered != c.delivered || credit != c.credit {
			t.Errorf("%s: %s %v, %v delivered by %s; want %s %s, %v by %s", name, s.State, got, s.Measures[0].Delivered, credit, c.state, c.reasons, c.delivered, c.credit)
		}
	}
	// News quotas neither count documents nor need their list.
	news := world()
	news.Sources = append(news.Sources, media.Source{ID: "mau/so-a-vb", Agency: "mau/so-a", Name: "Văn bản", Kind: media.KindDocuments, Stream: "so-a-vb"})
	obs := everything(news)
	delete(obs.Spans, "mau/so-a-vb")
	m := Match(news, []media.Evidence{item("mau/so-a", "2023-03-06", func(e *media.Evidence) { e.Listed = true })}, nil, nil)
	if len(m.Credits)+len(m.Rejections) != 0 {
		t.Errorf("a document is judged as news: %+v", m)
	}
	for _, s := range Stand(news, m, obs, nil, nil, at("2023-04-20")) {
		if s.Owner == "mau/so-a" && s.Period == "2023-03" && s.Coverage.Share < 1 {
			t.Errorf("%s needs the list of documents: %+v", s.Quota, s.Coverage)
		}
	}
}
