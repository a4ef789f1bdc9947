package copies

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func stream(t *testing.T, in string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := Stream(strings.NewReader(in), &out, func(done, all int) {
		if done < 1 || all != 0 && done > all {
			t.Errorf("progress %d of %d", done, all)
		}
	})
	return out.String(), err
}

func jsonLine(t *testing.T, fields map[string]any) string {
	t.Helper()
	b, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

func TestStream(t *testing.T) {
	const title = "Huyện đánh giá kết quả giải quyết hồ sơ tại bộ phận một cửa"
	in := "\ufeff" + jsonLine(t, map[string]any{"id": "late", "title": title, "body": report, "published": "2023-03-14T08:00:00+07:00", "extra": []int{1}}) +
		"\n" + jsonLine(t, map[string]any{"id": 7, "title": title, "body": lines(report, 0, 3), "published": "13/3/2023 9:30"}) +
		"no json\n" +
		jsonLine(t, map[string]any{"id": "first", "title": title, "body": strings.ToUpper(report), "published": "12/03/2023"}) +
		jsonLine(t, map[string]any{"id": "bad", "title": 5}) +
		jsonLine(t, map[string]any{"id": "alone", "title": "Sơ kết một cửa: cơ sở nói thẳng về hồ sơ quá hạn", "body": other, "published": "hôm nào đó"}) +
		jsonLine(t, map[string]any{"title": "Lịch làm việc", "body": nil}) + `{"title":"Lịch làm việc"}`
	out, err := stream(t, in)
	for _, want := range []string{"line 4: not a JSON object", `line 6: field "title": expected a string`, `line 7: field "published"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	want := `{"id":"late","group":"first","relation":"exact"}
{"id":7,"group":"first","relation":"near"}
{"id":"first","group":"first","relation":"original"}
{"id":"alone","group":"alone","relation":"original"}
{"id":"","group":"#8","relation":"original"}
{"id":"","group":"#9","relation":"original"}
`
	if out != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
	if out, err := stream(t, ""); out != "" || err != nil {
		t.Errorf("nothing in: %q %v", out, err)
	}
}

// TestStreamWithoutDates: the order of the lines decides who was first, and a
// line without a date stands where the line before it does.
func TestStreamWithoutDates(t *testing.T) {
	a := map[string]any{"id": "a", "title": "Huyện đánh giá bộ phận một cửa", "body": report}
	b := map[string]any{"id": "b", "title": "Huyện đánh giá bộ phận một cửa cấp xã", "body": report}
	out, err := stream(t, jsonLine(t, a)+jsonLine(t, b)+jsonLine(t, a))
	if want := `{"id":"a","group":"a","relation":"original"}
{"id":"b","group":"a","relation":"near"}
{"id":"a","group":"a","relation":"exact"}
`; out != want || err != nil {
		t.Errorf("%s %v", out, err)
	}
	b["published"] = "2023-03-12"
	out, err = stream(t, jsonLine(t, b)+jsonLine(t, a))
	if !strings.HasPrefix(out, `{"id":"b","group":"b","relation":"original"}`) || err != nil {
		t.Errorf("%s %v", out, err)
	}
}

// TestStreamOrder: with every date given, groups and relations do not depend on
// the order of the lines, and the same input gives the same output.
func TestStreamOrder(t *testing.T) {
	var all []string
	for i := range 30 {
		body := essay(uint64(i/3), 120)
		if i%3 == 2 {
			body = body[:len(body)/2]
		}
		all = append(all, jsonLine(t, map[string]any{
			"id": fmt.Sprint(i), "title": "Tin số " + fmt.Sprint(i/3) + " " + essay(uint64(i/3), 8), "body": body, "published": fmt.Sprintf("2023-03-%02d", 1+i),
		}))
	}
	read := func(in string) map[string]string {
		out, err := stream(t, in)
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{}
		for l := range strings.Lines(out) {
			var r struct{ ID, Group, Relation string }
			if err := json.Unmarshal([]byte(l), &r); err != nil {
				t.Fatal(err)
			}
			m[r.ID] = r.Group + " " + r.Relation
		}
		return m
	}
	want := read(strings.Join(all, ""))
	for i := range 30 {
		if w := []string{"original", "exact", "near"}[i%3]; want[fmt.Sprint(i)] != fmt.Sprint(i/3*3, " ", w) {
			t.Errorf("%d: %s", i, want[fmt.Sprint(i)])
		}
	}
	r := rand.New(rand.NewPCG(3, 5))
	for range 20 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if got := read(strings.Join(all, "")); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}
