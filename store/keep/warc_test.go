package keep

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"loa/media"
)

// Whatever lies in the folder, reading it gives an error or a record that is
// written again the same.
func FuzzParse(f *testing.F) {
	seed := func(k media.Kept, body string) {
		sum := sha256.Sum256([]byte(body))
		k.SHA256 = hex.EncodeToString(sum[:])
		f.Add(rawRecord(k, []byte(body)))
	}
	seed(media.Kept{URL: "https://bao.example/", Status: 200, At: time.Unix(1, 0), Header: map[string][]string{"Content-Type": {"text/html"}}}, "thân")
	seed(media.Kept{Header: map[string][]string{"": {""}, "a b": {"\r\n"}, "Content-Length": {"x"}}}, "")
	f.Add([]byte("WARC/1.1\r\nContent-Length: -1\r\n\r\n"))
	f.Add([]byte("WARC/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, body, err := parseRecord(raw)
		if err != nil {
			return
		}
		sum := sha256.Sum256(body)
		k.SHA256 = hex.EncodeToString(sum[:])
		again, same, err := parseRecord(rawRecord(k, body))
		if err != nil {
			t.Fatalf("what was read cannot be read when written: %v", err)
		}
		if !bytes.Equal(same, body) || again.URL != line(k.URL) || again.Size != k.Size {
			t.Errorf("read %+v, then %+v", k, again)
		}
	})
}

// Whatever a server sent, its object can be read back.
func FuzzRecord(f *testing.F) {
	f.Add("https://bao.example/", 200, "Content-Type", "text/html", "thân")
	f.Add("x\r\n\r\nHTTP/1.1", -1, "a b", "\x00\r\n y\x7f", "")
	f.Add("", 99999, "content-length", "7", "\r\n\r\n")
	f.Fuzz(func(t *testing.T, url string, status int, name, value, body string) {
		sum := sha256.Sum256([]byte(body))
		k := media.Kept{SHA256: hex.EncodeToString(sum[:]), URL: url, Status: status, Header: map[string][]string{name: {value}}, At: time.Unix(1678064523, 0)}
		k.Sent = map[string][]string{name: {value}}
		got, back, err := parse(bytes.NewReader(record(newPacker(), k, []byte(body))))
		if err != nil {
			t.Fatalf("cannot be read back: %v", err)
		}
		if string(back) != body || !got.At.Equal(k.At) || got.Size != len(body) {
			t.Errorf("kept %+v, read %+v", k, got)
		}
	})
}
