package extract

import (
	"testing"
	"unicode/utf8"
)

// FuzzTop: of whatever file, no more rows than were asked for come, and their cells are whole letters.
func FuzzTop(f *testing.F) {
	f.Add([]byte("Ngày,Giờ\r\n01/3/2023,20h15\r\n"), 3)
	f.Add([]byte("a\tb\n\"c\nd\"\te\n"), 1)
	f.Add([]byte("PK\x03\x04"), 2)
	f.Add([]byte("<table><tr><td>một<td>hai</table>"), 5)
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x00"), 5)
	f.Fuzz(func(t *testing.T, data []byte, most int) {
		most = max(1, min(most, 50))
		rows, err := Top(data, most)
		if err != nil {
			if len(rows) > 0 || err.Error() == "" {
				t.Errorf("%d rows beside %q", len(rows), err)
			}
			return
		}
		if len(rows) > most {
			t.Errorf("%d rows of at most %d", len(rows), most)
		}
		for _, row := range rows {
			for _, cell := range row {
				if !utf8.ValidString(cell) {
					t.Errorf("a cell is not text: %q", cell)
				}
			}
		}
	})
}

// FuzzPastedText: what is taken for text is text, and is taken for the same again.
func FuzzPastedText(f *testing.F) {
	f.Add([]byte("Ngày\tGiờ\n01/3\t20h15"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xff\xfea\x00b\x00"))
	f.Add([]byte{0, 1, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		text, ok := PastedText(data)
		if !ok {
			return
		}
		if !utf8.ValidString(text) {
			t.Fatalf("not text: %q", text)
		}
		if again, ok := PastedText([]byte(text)); ok && again != text {
			t.Errorf("%q is read again as %q", text, again)
		}
	})
}
