package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loa/schedule"
)

// labelledLines are documents as a person would label them.
func labelledLines() string {
	var b strings.Builder
	for i := range 60 {
		line := map[string]any{"id": i, "title": fmt.Sprintf("Xã số %d đẩy mạnh cải cách hành chính", i), "body": "Bộ phận một cửa của xã rút ngắn thời gian trả kết quả cho bà con.", "label": "cchc", "topic": "tthc", "source": "mau"}
		if i%2 == 1 {
			line = map[string]any{"id": i, "title": fmt.Sprintf("Phiên chợ hoa lần %d đông vui", i), "body": "Bà con mang hoa, mật ong và thổ cẩm xuống chợ bán.", "reform": false, "sample": "random"}
		}
		if i%10 == 1 { // not all is as the rules say
			line["reform"], line["borderline"] = true, true
		}
		data, _ := json.Marshal(line)
		b.Write(append(data, '\n'))
	}
	return b.String()
}

// A model is trained from labelled lines, measured, and used for everything.
func TestTrainAndUse(t *testing.T) {
	dir := t.TempDir()
	labels, model := filepath.Join(dir, "nhan.jsonl"), filepath.Join(dir, "mo-hinh.tsv")
	if err := os.WriteFile(labels, []byte(labelledLines()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errOut, code := loa(t, "", "classify", "train", labels, "--out", model); code != 0 || !strings.Contains(errOut, "60 văn bản") {
		t.Fatalf("train: %d %s", code, errOut)
	}
	text, err := os.ReadFile(model)
	if err != nil || !strings.Contains(string(text), "names: nhan.jsonl") || strings.Contains(string(text), dir) || !strings.Contains(string(text), "\nchợ\t") {
		t.Fatalf("model: %v %.400s", err, text)
	}
	out, _, code := loa(t, `{"id":"a","title":"Phiên chợ hoa ở xã","body":""}`, "classify", "--model", model)
	if builtin, _, _ := loa(t, `{"id":"a","title":"Phiên chợ hoa ở xã","body":""}`, "classify"); code != 0 || out == builtin || !strings.Contains(out, `"reform":false`) {
		t.Errorf("classify: %d %s", code, out)
	}
	out, errOut, code := loa(t, "", "--model", model, "classify", "evaluate", labels, "--against", model)
	for _, want := range []string{"trên 60 văn bản", "Chú ý: mô hình được huấn luyện", "F1", "Cải cách thủ tục hành chính", "giáp ranh", "đúng hơn ở 0 văn bản, sai đi ở 0"} {
		if !strings.Contains(out, want) {
			t.Errorf("evaluate lacks %q: %d %s\n%s", want, code, errOut, out)
		}
	}
	out, _, code = loa(t, labelledLines(), "classify", "evaluate", "--cross", "--bare", "-")
	if code != 0 || !strings.Contains(out, "bỏ các cụm từ chỉ gặp ở một văn bản") || !strings.Contains(out, "chỉ tiêu đề") {
		t.Errorf("cross: %d %s", code, out)
	}
	// What is wrong with a file is told with its line, and nothing is written.
	if err := os.WriteFile(labels, []byte(labelledLines()+`{"title":"x"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "khac.tsv")
	if _, errOut, code := loa(t, "", "classify", "train", labels, "--out", other); code != 1 || !strings.Contains(errOut, "nhan.jsonl: line 61: want label or reform") {
		t.Errorf("bad line: %d %s", code, errOut)
	}
	if _, err := os.Stat(other); err == nil {
		t.Error("a model was written")
	}
	if err := os.WriteFile(model, append(text, "một hai ba\t9\t1\t1\t1\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errOut, code := loa(t, "", "--model", model, "check"); code != 1 || !strings.Contains(errOut, "one or two syllables") {
		t.Errorf("check: %d %s", code, errOut)
	}
}

// Another lexicon judges everything anew, and what was closed stays as it was: it is
// at most proposed for a person to restate.
func TestNewClassifierAndClosedPeriods(t *testing.T) {
	const at = "2023-03-20T10:00"
	d := crawled(t, at, "bao-cchc")
	d.ok("close", "--period", "2023-03@14", "--by", "Chuyên viên", "--at", "2023-03-20T11:00")
	type seen struct {
		state schedule.State
		value float64
	}
	look := func(period string) (seen, []string) {
		s := d.standing("2023-03-20T12:00", "A-6.1", "bao", period)
		var codes []string
		for _, r := range s.Reasons {
			codes = append(codes, r.Code)
		}
		return seen{s.State, s.Measures[0].Delivered}, codes
	}
	closed, codes := look("2023-02")
	open, _ := look("2023-03")
	if closed.value == 0 || open.value == 0 || !slices.Contains(codes, "closed") {
		t.Fatalf("closed %+v %v, open %+v: nothing to tell apart", closed, codes, open)
	}
	lexicon, err := os.ReadFile(filepath.Join("..", "..", "crawler", "classify", "lexicon.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("LOA_LEXICON", d.file("khac.yaml", []byte(strings.Replace(string(lexicon), "  bias: 2.1", "  bias: 20", 1))))
	d.ok(append([]string{"crawl", "--at", "2023-03-20T12:00", "--source", "bao-cchc"}, sites(t, at)...)...)
	again, codes := look("2023-02")
	if again != closed || !slices.Contains(codes, "restate_proposed") {
		t.Errorf("the closed period is %+v %v, was %+v", again, codes, closed)
	}
	if now, _ := look("2023-03"); now.value != 0 {
		t.Errorf("the open period counts %v by a lexicon that knows no reform", now.value)
	}
}
