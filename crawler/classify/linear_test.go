package classify

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"loa/media"
)

const smallModel = `# trained by hand
marked
view	title	-1.0000	1.0000	0.200	0.800
view	lead	-1.0000	1.0000	0.200	0.800
view	full	-1.0000	1.0000	0.200	0.800
gram	docs	any	title	lead
cải cách	12	1.000	0.500	0.000
chợ	9	-2.000	0.000	0.000
plain
view	title	-1.0000	1.0000	0.200	0.800
view	lead	-1.0000	1.0000	0.200	0.800
view	full	-1.0000	1.0000	0.200	0.800
gram	docs	any	title	lead
cai cach	12	1.000	0.500	0.000
`

// The sum of both voices is the logit, and cues tell what each part of it is.
func TestTwoVoices(t *testing.T) {
	c, err := New(WithModel([]byte(smallModel)))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := New(WithModel(nil))
	if err != nil {
		t.Fatal(err)
	}
	logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
	title := "Đẩy mạnh cải cách hành chính"
	with, without := c.Read(Doc{Title: title}), rules.Read(Doc{Title: title})
	// One gram in the headline: anywhere and there, two features of 3/√2 each.
	if got, want := logit(with.Score), logit(without.Score)-1+1.5*3/math.Sqrt(2); math.Abs(got-want) > 0.05 {
		t.Errorf("logit %.3f, want %.3f", got, want)
	}
	// A gram inside a rule's phrase that says the same is told by the phrase.
	for _, cue := range with.Cues {
		if cue.Term == "cải cách" {
			t.Errorf("told twice: %+v", with.Cues)
		}
	}
	market := c.Read(Doc{Title: "Cải cách hành chính ở chợ phiên"})
	found := false
	for _, cue := range market.Cues {
		found = found || cue == media.Cue{Term: "chợ", Field: "title", At: strings.Index("Cải cách hành chính ở chợ phiên", "chợ"), Weight: math.Round(-2*3/math.Sqrt(3)*100) / 100}
	}
	if !found || market.Score >= with.Score {
		t.Errorf("score %.3f beside %.3f, cues %+v", market.Score, with.Score, market.Cues)
	}
	// Grams alone never count a piece.
	if r := c.Read(Doc{Title: "Cải cách, cải cách và cải cách ở phố"}); r.Reform || r.Score >= 0.5 {
		t.Errorf("without a phrase of the lexicon: %+v", r)
	}
	// Nothing is heard in what a block hides.
	if r := c.Read(Doc{Title: "Giá rau ở chợ đầu mối tăng"}); len(r.Cues) != 0 {
		t.Errorf("heard in a block: %+v", r.Cues)
	}
	if bare := c.Read(Doc{Title: "Day manh cai cach hanh chinh tinh nha"}); !bare.Reform {
		t.Errorf("without marks: %+v", bare)
	}
}

func TestModelFile(t *testing.T) {
	v := newVocabulary()
	m, err := parseModel(smallModel, v)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.format(); got != smallModel[:strings.Index(smallModel, "cải cách")]+"chợ	9	-2.000	0.000	0.000\ncải cách	12	1.000	0.500	0.000\n"+smallModel[strings.Index(smallModel, "plain"):] {
		t.Errorf("written again:\n%s", got)
	}
	for name, x := range map[string]struct{ from, to, want string }{
		"no number":      {"1.000	0.500", "x	0.500", "line 7: bad weight"},
		"no documents":   {"cải cách	12", "cải cách	0", "number of documents"},
		"three words":    {"chợ	9", "chợ phiên xã	9", "one or two syllables"},
		"twice":          {"chợ	9", "cải cách	9", "each gram once"},
		"view unknown":   {"view	lead", "view	body", "title, lead, full"},
		"view missing":   {"view	full	-1.0000	1.0000	0.200	0.800\ngram", "gram", `"full" is missing`},
		"band":           {"0.200	0.800", "0.600	0.800", "about 0.5"},
		"rules of 0":     {"-1.0000	1.0000", "-1.0000	0.0000", "more than 0"},
		"before a table": {"marked\n", "", "under «marked»"},
		"not a number":   {"12	1.000", "12	NaN", "bad weight"},
	} {
		if _, err := parseModel(strings.Replace(smallModel, x.from, x.to, 1), newVocabulary()); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", name, err, x.want)
		}
		if _, err := New(WithModel([]byte(strings.Replace(smallModel, x.from, x.to, 1)))); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// made are labelled documents in two kinds of words; every tenth is of the other.
func made() []Labelled {
	var out []Labelled
	for i := range 120 {
		d := Labelled{Doc: Doc{ID: fmt.Sprint(i), Title: fmt.Sprintf("Hội chợ hoa xuân lần %d đông vui", i), Body: "Bà con mang hoa, mật ong và thổ cẩm xuống chợ bán cho khách."}}
		if i%2 == 0 {
			d.Title, d.Body = fmt.Sprintf("Xã thứ %d đẩy mạnh cải cách hành chính", i), "Bộ phận một cửa rút ngắn thời gian trả kết quả cho người dân trong xã."
			d.Reform, d.Topic = true, media.TTHC
		}
		if i%10 == 0 {
			d.Reform, d.Borderline = !d.Reform, true
		}
		out = append(out, d)
	}
	return out
}

func TestTrain(t *testing.T) {
	c := must(t)
	docs := made()
	text, err := c.Train(docs, "by hand")
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Train(docs, "by hand")
	if err != nil || again != text {
		t.Errorf("trained again it is another: %v", err)
	}
	if !strings.HasPrefix(text, "# by hand\n# documents: 120, of them about reform: 48, hash: ") {
		t.Errorf("record: %.200s", text)
	}
	m, err := New(WithModel([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	if !m.TrainedOn(docs) || m.TrainedOn(docs[1:]) || m.Version() == c.Version() {
		t.Error("the model does not know what it was trained on")
	}
	for _, g := range m.model.marked.grams {
		if g.docs < leastDocs || strings.Count(g.text, " ") > 1 {
			t.Errorf("gram %+v", g)
		}
	}
	if m.model.marked.one[m.lex.vocab.word("chợ")] == 0 {
		t.Error("«chợ» was not learned")
	}
	if _, err := c.Train(docs[:30]); err == nil {
		t.Error("trained on 30 documents")
	}
	// What is judged was not learned from: a label of chance cannot be known.
	odd := made()
	ps := c.CrossValidate(odd, RulesAll, false)
	f := Measure(of(ps, "lead"))
	if f.N() != 120 || f.Wrong+f.Missed != 12 {
		t.Errorf("wrong %d, missed %d of %d: want the twelve that were labelled otherwise", f.Wrong, f.Missed, f.N())
	}
}

func FuzzModel(f *testing.F) {
	f.Add(smallModel)
	f.Add("marked\nview\ttitle\t1e9\t1\t0\t1\n")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := parseModel(s, newVocabulary())
		if err != nil {
			return
		}
		text := m.format()
		again, err := parseModel(text, newVocabulary())
		if err != nil {
			t.Fatalf("%q is written as %q, which is refused: %v", s, text, err)
		}
		if again.format() != text {
			t.Fatalf("%q, then %q", text, again.format())
		}
	})
}

// A menu before the text says nothing of it; names of offices are no menu.
func TestMenu(t *testing.T) {
	c := must(t)
	nav := "Trang chủ Giới thiệu Tin tức sự kiện Văn bản chỉ đạo Thủ tục hành chính Dịch vụ công trực tuyến Công khai ngân sách Liên hệ Thứ năm, 12/10/2023 "
	story := "Bà con bản Khe Trắng xuống chợ phiên từ sáng sớm, mang theo mật ong, thổ cẩm và gà đồi. Phiên chợ cuối năm đông hơn mọi khi."
	if with, without := c.Read(Doc{Title: "Chợ phiên cuối năm", Body: nav + story}), c.Read(Doc{Title: "Chợ phiên cuối năm", Body: story}); with.Reform || with.Review || math.Abs(with.Score-without.Score) > 0.02 {
		t.Errorf("behind a menu %.3f, alone %.3f, cues %v", with.Score, without.Score, with.Cues)
	}
	real := "Bộ phận Tiếp nhận và Trả kết quả của Ủy ban nhân dân huyện cắt giảm thời gian giải quyết thủ tục hành chính, nâng tỷ lệ dịch vụ công trực tuyến toàn trình."
	r := c.Read(Doc{Title: "Huyện Khe Mây", Body: nav + real})
	if !r.Reform {
		t.Errorf("what stands behind a menu: %+v", r)
	}
	checkCues(t, Doc{Title: "Huyện Khe Mây", Body: nav + real}, r)
	tokens := func(s string) []token { return (&scanner{v: c.lex.vocab}).scan(nil, s, maxTokens, false, false) }
	for _, s := range []string{real, story, "Đồng chí Giàng A Páo Phó Chủ tịch Thường trực Hội đồng nhân dân huyện Mù Cang Chải dự. Thủ tục hành chính.", ""} {
		if n := menu(s, tokens(s)); n != 0 {
			t.Errorf("%q: a menu of %d tokens", s, n)
		}
	}
}
