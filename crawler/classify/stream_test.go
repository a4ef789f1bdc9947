package classify

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestStream(t *testing.T) {
	c := must(t)
	in := "\ufeff" + `{"id":"a","title":"Kế hoạch cải cách hành chính","body":"","extra":{"x":[1]}}` + "\n" +
		`{"id":7,"title":"Chợ hoa","body":null}` + "\r\n\n" +
		`{"id":"bad","title":` + "\n" +
		`{"id":"bad","title":5}` + "\n" +
		`{"title":"Xã <b>","body":"Sở Nội vụ","lead":"Đẩy mạnh cải cách hành chính.","section":"CCHC"}`
	var out bytes.Buffer
	err := Stream(strings.NewReader(in), &out, c)
	if err == nil || !strings.Contains(err.Error(), "line 4:") || !strings.Contains(err.Error(), "line 5:") {
		t.Errorf("error %v", err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines: %s", len(lines), out.String())
	}
	for i, start := range []string{`{"id":"a","reform":true,"score":0.`, `{"id":7,"reform":false,"score":0.`, `{"id":"","reform":true`} {
		if !strings.HasPrefix(lines[i], start) {
			t.Errorf("line %d: %s", i, lines[i])
		}
		var got map[string]json.RawMessage
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil || len(got) != 6 {
			t.Errorf("line %d: %v %v", i, got, err)
		}
	}
	if !strings.Contains(lines[1], `"topics":[],"cues":[`) || !strings.Contains(lines[0], `"topics":["chi-dao"]`) {
		t.Errorf("%s\n%s", lines[0], lines[1])
	}
	out.Reset()
	if err := Stream(strings.NewReader(""), &out, c); err != nil || out.Len() != 0 {
		t.Errorf("nothing in: %v %q", err, out.String())
	}
}

func TestStreamLongLines(t *testing.T) {
	c := must(t)
	long := `{"id":"l","title":"Cải cách hành chính","body":"` + strings.Repeat("a ", 2<<20) + `"}`
	huge := `{"id":"h","title":"` + strings.Repeat("a", maxLine) + `"}`
	var out bytes.Buffer
	err := Stream(strings.NewReader(long+"\n"+huge+"\n"+`{"id":"z","title":"Chợ"}`), &out, c)
	if err == nil || !strings.Contains(err.Error(), "line 2: longer than 16 MB") || strings.Count(out.String(), "\n") != 2 || !strings.Contains(out.String(), `"id":"z"`) {
		t.Errorf("%v, %d bytes out", err, out.Len())
	}
	out.Reset()
	err = Stream(strings.NewReader(strings.Repeat("x\n", 50)), &out, c)
	if err == nil || !strings.Contains(err.Error(), "and 30 more bad lines") {
		t.Errorf("%v", err)
	}
}
