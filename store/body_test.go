package store

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
)

// Bodies are what encoding/json gives, whatever the fields hold, of all of them.
func TestBodies(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var b body
	for range 20000 {
		var c schedule.Credit
		var x schedule.Rejection
		fillAny(r, reflect.ValueOf(&c).Elem())
		fillAny(r, reflect.ValueOf(&x).Elem())
		if want, err := json.Marshal(c); err != nil || b.credit(&c) != string(want) {
			t.Fatalf("%s\nwant %s, %v", b.credit(&c), want, err)
		}
		if want, err := json.Marshal(x); err != nil || b.rejection(&x) != string(want) {
			t.Fatalf("%s\nwant %s, %v", b.rejection(&x), want, err)
		}
	}
}

// fillAny sets every field, now and then to nothing.
func fillAny(r *rand.Rand, v reflect.Value) {
	texts := []string{"", "a", "Cải cách hành chính", `"quoted"`, "a<b>&c", "back\\slash", "tab\tline\n", "\x00", "\x7f", "\xff broken", "\u2028", "\u2029", "\ufffd", "😀", "a\x80"}
	floats := []float64{0, 1, -1, 0.5, 0.9, 100, 1e-6, 9.9e-7, 1e21, 9.99e20, 1e300, -2.5, 1.0 / 3, math.MaxInt64, math.Copysign(0, -1), math.SmallestNonzeroFloat64}
	zones := []*time.Location{time.UTC, time.FixedZone("+07", 7*3600), time.FixedZone("-03:30", -12600)}
	times := []time.Time{{}, time.Unix(0, 0), time.Unix(1680000000, 123456000), time.Unix(1680000000, 100), time.Unix(1680000000, 0), time.Unix(-1e9, 5e8)}
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(times[r.IntN(len(times))].In(zones[r.IntN(len(zones))])))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(texts[r.IntN(len(texts))] + texts[r.IntN(len(texts))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(r.Uint64()) >> r.IntN(64))
	case reflect.Float64:
		v.SetFloat(floats[r.IntN(len(floats))])
	case reflect.Struct:
		for i := range v.NumField() {
			fillAny(r, v.Field(i))
		}
	case reflect.Pointer:
		if v.SetZero(); r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fillAny(r, v.Elem())
		}
	case reflect.Slice:
		if v.SetZero(); r.IntN(4) > 0 {
			v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
			for i := range v.Len() {
				fillAny(r, v.Index(i))
			}
		}
	case reflect.Map:
		if v.SetZero(); r.IntN(4) > 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range r.IntN(12) {
				k := reflect.New(v.Type().Key()).Elem()
				e := reflect.New(v.Type().Elem()).Elem()
				fillAny(r, k)
				fillAny(r, e)
				v.SetMapIndex(k, e)
			}
		}
	case reflect.Interface:
		of := []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[int](), reflect.TypeFor[float64](), reflect.TypeFor[[]string](), reflect.TypeFor[bool](), reflect.TypeFor[[]int](), nil}
		if typ := of[r.IntN(len(of))]; typ != nil {
			e := reflect.New(typ).Elem()
			fillAny(r, e)
			v.Set(e)
		}
	default:
		panic("a field of kind " + v.Kind().String())
	}
}

func BenchmarkBodies(b *testing.B) {
	var own body
	at := time.Unix(1680000000, 0).UTC()
	c := schedule.Credit{Quota: "A-0001", Owner: "tinh/so-0001", Period: "2023-03", Evidence: media.Evidence{
		ID: media.Hash("x"), Kind: media.EvItem, Agency: "tinh/so-0001", Source: "tinh/so-0001-tin", At: at, Precision: media.ToMinute, Seen: at, Verified: at,
		Title: "Sở 1 đẩy mạnh cải cách thủ tục hành chính, phục vụ người dân và doanh nghiệp", URL: "https://so0001.example/tin/1", Grade: media.GradeC,
		Verdict: &media.Verdict{Revision: "20230328-" + media.Hash("x"), Classifier: "c1", Reform: true, Score: 0.9, Topics: []string{media.TTHC},
			Cues: []media.Cue{{Term: "cải cách thủ tục hành chính", Field: "title", At: 14, Weight: 3}, {Term: "phục vụ người dân", Field: "title", At: 60, Weight: 1}}},
	}, Reasons: []schedule.Reason{{Code: "is_reform", Args: map[string]any{"terms": []string{"cải cách thủ tục hành chính", "phục vụ người dân"}, "score": 0.9, "by": ""}}}}
	b.Run("own", func(b *testing.B) {
		for b.Loop() {
			own.credit(&c)
		}
	})
	b.Run("json", func(b *testing.B) {
		for b.Loop() {
			pack(c)
		}
	})
}
