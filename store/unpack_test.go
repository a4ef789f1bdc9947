package store

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"loa/media"
)

// What unpack reads is what encoding/json reads, and it reads what is usual.
func TestUnpack(t *testing.T) {
	usual := pack([]media.Cue{{Term: "cải cách", Field: "title", At: 14, Weight: 3}, {Term: "một cửa", Field: "body", Weight: 0.25}})
	var cues []media.Cue
	if !unpack(usual, &cues) || !unpack(`["tthc","the-che"]`, &[]string{}) || !unpack("[]", &[]string{}) {
		t.Errorf("%s is not read", usual)
	}
	check := func(text string) {
		t.Helper()
		var mine, theirs []media.Cue
		if unpack(text, &mine) {
			if err := json.Unmarshal([]byte(text), &theirs); err != nil || !reflect.DeepEqual(mine, theirs) {
				t.Errorf("%s: %+v, want %+v, %v", text, mine, theirs, err)
			}
		}
		var words, others []string
		if unpack(text, &words) {
			if err := json.Unmarshal([]byte(text), &others); err != nil || !reflect.DeepEqual(words, others) {
				t.Errorf("%s: %q, want %q, %v", text, words, others, err)
			}
		}
	}
	for _, text := range []string{"", "[", "]", "[]", "null", `["a"`, `["a",]`, `[,]`, `["a" ]`, `["a"]x`, `["\u0041"]`, `["a","b"]`, "[\"\xff\"]", "[\"\n\"]", `[1]`, `["a""b"]`, `[""]`,
		`[{"term":"a","field":"b","at":01,"weight":1}]`, `[{"term":"a","field":"b","at":1,"weight":.5}]`, `[{"term":"a","field":"b","at":1,"weight":5.}]`,
		`[{"term":"a","field":"b","at":-1,"weight":-5}]`, `[{"term":"a","field":"b","at":1,"weight":1e3}]`, `[{"term":"a","field":"b","at":1.5,"weight":1}]`,
		`[{"term":"a","field":"b","at":1,"weight":00.5}]`, `[{"term":"a","field":"b","at":1,"weight":0.5}]`, `[{"term":"a","field":"b","at":99999999999999999999,"weight":0}]`} {
		check(text)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		var c []media.Cue
		var s []string
		fillAny(r, reflect.ValueOf(&c).Elem())
		fillAny(r, reflect.ValueOf(&s).Elem())
		for _, text := range []string{pack(c), pack(s)} {
			check(text)
			if b := []byte(text); len(b) > 0 { // and with one byte broken
				b[r.IntN(len(b))] = byte(r.IntN(256))
				check(string(b))
			}
		}
	}
}
