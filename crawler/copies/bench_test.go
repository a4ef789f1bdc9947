package copies

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// essay makes a text of n words that differs by seed.
func essay(seed uint64, n int) string {
	list := strings.Fields(`Ủy ban nhân dân tỉnh ban hành kế hoạch thực hiện cải cách hành chính năm nay giao các sở ngành rà soát thủ tục
		công khai niêm yết tại bộ phận một cửa hòa giải thúy quý khoẻ hoà bình 2.500 hồ sơ ngày 12/3 đạt 98,5% người dân doanh nghiệp
		đánh giá hài lòng phục vụ trực tuyến thanh toán chữ ký số cán bộ công chức huyện xã thị trấn phường`)
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for i := range n {
		b.WriteString(list[r.IntN(len(list))])
		if i%17 == 16 {
			b.WriteString(".\n")
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// BenchmarkCopies is the work for one new piece of 600 words: read it, make its
// marks, and compare it with one other.
func BenchmarkCopies(b *testing.B) {
	d := Doc{Title: essay(1, 12), Lead: essay(2, 30), Body: essay(3, 600)}
	other := Read(Doc{Title: essay(4, 12), Lead: essay(2, 30), Body: essay(5, 600)})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			Read(d)
		}
	})
	t := Read(d)
	b.Run("sketch", func(b *testing.B) {
		for b.Loop() {
			t.Sketch()
		}
	})
	b.Run("compare", func(b *testing.B) {
		for b.Loop() {
			Compare(&t, &other)
		}
	})
}
