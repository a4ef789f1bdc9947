package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
