package pack

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Bounds of a pack that is read: of whoever made it nothing is known.
const (
	mostFiles     = 200_000
	mostDirectory = 64 << 20 // bytes of the ZIP's list of files
	mostName      = 200
	mostExtra     = 64 // of what stands beside a name: times, and lengths of large files
	mostManifest  = 64 << 20
	mostLine      = 4 << 20
	mostLines     = 3_000_000
	bombSize      = 64 << 20 // from here on a file may not unpack to
	bombRatio     = 250      // so many times its size
	mostBytes     = 1 << 40
)

// ErrRefused says that a file is no pack that can be read safely. What is around it is told in Vietnamese.
var ErrRefused = errors.New("không phải gói minh chứng")

func refuse(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrRefused, fmt.Sprintf(format, a...))
}

// span is where a file lies in a ZIP.
type span struct {
	name   string
	offset int64
}

// directory reads the list of files at a ZIP's end within bounds, before the library reads it whole. The list has to be exactly
// where the end of the file says it is, with nothing before, between or behind.
func directory(r io.ReaderAt, size int64) ([]span, int64, error) {
	const endLen, locatorLen, end64Len, headLen = 22, 20, 56, 46
	if size < endLen {
		return nil, 0, refuse("tệp quá ngắn")
	}
	end := make([]byte, endLen)
	if _, err := r.ReadAt(end, size-endLen); err != nil {
		return nil, 0, fmt.Errorf("đọc gói: %w", err)
	}
	le := binary.LittleEndian
	if string(end[:4]) != "PK\x05\x06" || le.Uint16(end[20:]) != 0 {
		return nil, 0, refuse("không đọc được phần cuối của tệp ZIP (tệp bị cắt, có phần thêm ở cuối, hoặc không phải ZIP)")
	}
	count, length, from, stop := uint64(le.Uint16(end[10:])), uint64(le.Uint32(end[12:])), uint64(le.Uint32(end[16:])), size-endLen
	if count == 0xffff || length == 0xffffffff || from == 0xffffffff {
		if size < endLen+locatorLen+end64Len {
			return nil, 0, refuse("phần cuối của tệp ZIP hỏng")
		}
		stop -= locatorLen + end64Len
		big := make([]byte, end64Len+locatorLen)
		if _, err := r.ReadAt(big, stop); err != nil {
			return nil, 0, fmt.Errorf("đọc gói: %w", err)
		}
		if string(big[:4]) != "PK\x06\x06" || string(big[end64Len:end64Len+4]) != "PK\x06\x07" {
			return nil, 0, refuse("phần cuối của tệp ZIP hỏng")
		}
		count, length, from = le.Uint64(big[32:]), le.Uint64(big[40:]), le.Uint64(big[48:])
	}
	switch {
	case count > mostFiles || length > mostDirectory:
		return nil, 0, refuse("có quá nhiều tệp (nhiều nhất %d)", mostFiles)
	case from > uint64(size) || from+length != uint64(stop):
		return nil, 0, refuse("danh mục tệp của ZIP không nằm đúng chỗ")
	}
	raw := make([]byte, length)
	if _, err := r.ReadAt(raw, int64(from)); err != nil {
		return nil, 0, fmt.Errorf("đọc gói: %w", err)
	}
	var out []span
	for len(raw) > 0 {
		if len(raw) < headLen || string(raw[:4]) != "PK\x01\x02" || uint64(len(out)) == count {
			return nil, 0, refuse("danh mục tệp của ZIP hỏng")
		}
		n, extra, note := int(le.Uint16(raw[28:])), int(le.Uint16(raw[30:])), int(le.Uint16(raw[32:]))
		if n > mostName || note > 0 || extra > mostExtra || len(raw) < headLen+n+extra {
			return nil, 0, refuse("danh mục tệp của ZIP hỏng")
		}
		at := int64(le.Uint32(raw[42:]))
		if at == 0xffffffff {
			var ok bool
			if at, ok = offset64(raw[headLen+n:headLen+n+extra], le.Uint32(raw[24:]), le.Uint32(raw[20:])); !ok {
				return nil, 0, refuse("danh mục tệp của ZIP hỏng")
			}
		}
		out = append(out, span{string(raw[headLen : headLen+n]), at})
		raw = raw[headLen+n+extra:]
	}
	if uint64(len(out)) != count {
		return nil, 0, refuse("danh mục tệp của ZIP hỏng")
	}
	return out, int64(from), nil
}

// offset64 reads where a file lies from the ZIP64 field of its head.
func offset64(extra []byte, plain, packed uint32) (int64, bool) {
	for len(extra) >= 4 {
		tag, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; len(extra) < n {
			return 0, false
		}
		if tag != 1 {
			extra = extra[n:]
			continue
		}
		skip := 0
		for _, v := range []uint32{plain, packed} {
			if v == 0xffffffff {
				skip += 8
			}
		}
		if n < skip+8 {
			return 0, false
		}
		at := binary.LittleEndian.Uint64(extra[skip:])
		return int64(at), at < 1<<62
	}
	return 0, false
}

// named are the names that a pack's files can have. Nobody else's words are among them.
var named = regexp.MustCompile(`^(danh-sach\.(csv|xlsx)|bo-du-lieu\.jsonl|thong-tin\.json|bien-ban-chot\.txt|chua-chot\.txt|README\.txt|index\.html|SHA256SUMS(\.sha256)?|bao-cao/bao-cao\.[a-z0-9]{2,5}|(ban-luu/[0-9a-f]{64}\.warc\.gz)|(tep/[0-9a-f]{64}\.[a-z0-9]{1,5})|xem/(nv-[0-9]{3,6}|[0-9a-f]{64})\.html)$`)

// opened opens a ZIP whose files are plain files with names of a pack, each once, one behind the other.
func opened(r io.ReaderAt, size int64) (*zip.Reader, error) {
	spans, stop, err := directory(r, size)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil || len(z.File) != len(spans) {
		return nil, refuse("không đọc được tệp ZIP")
	}
	seen := make(map[string]bool, len(spans))
	next, total := int64(0), uint64(0)
	for i, f := range z.File {
		name := spans[i].name
		switch total += f.UncompressedSize64; {
		case f.Name != name:
			return nil, refuse("danh mục tệp của ZIP hỏng")
		case strings.ContainsAny(name, "\\\x00:") || strings.HasPrefix(name, "/") || strings.Contains("/"+name+"/", "/../"):
			return nil, refuse("tên tệp %q dẫn ra ngoài gói", name)
		case !f.Mode().IsRegular():
			return nil, refuse("%q không phải tệp thường", name)
		case seen[strings.ToLower(name)]:
			return nil, refuse("tệp %q có hai lần", name)
		case f.Flags&1 != 0 || f.Method != zip.Store && f.Method != zip.Deflate:
			return nil, refuse("tệp %q được mã hóa hoặc nén kiểu lạ", name)
		case f.UncompressedSize64 > bombSize && f.UncompressedSize64/bombRatio > f.CompressedSize64, total > mostBytes:
			return nil, refuse("tệp %q bung ra quá lớn", name)
		case f.Method == zip.Store && f.CompressedSize64 != f.UncompressedSize64:
			return nil, refuse("tệp %q khai sai độ dài", name)
		case spans[i].offset != next:
			return nil, refuse("giữa các tệp trong ZIP có phần không thuộc tệp nào, hoặc hai tệp chồng lên nhau (%q)", name)
		}
		seen[strings.ToLower(name)] = true
		if next, err = behind(r, f, spans[i], stop); err != nil {
			return nil, err
		}
	}
	if next != stop {
		return nil, refuse("sau tệp cuối cùng trong ZIP còn phần không thuộc tệp nào")
	}
	return z, nil
}

// behind is where a file ends, with what tells its length behind it. Its own head has to bear the name that the list has.
func behind(r io.ReaderAt, f *zip.File, at span, stop int64) (int64, error) {
	head := make([]byte, 30+len(at.name))
	if _, err := r.ReadAt(head, at.offset); err != nil || string(head[:4]) != "PK\x03\x04" || int(binary.LittleEndian.Uint16(head[26:])) != len(at.name) || string(head[30:]) != at.name {
		return 0, refuse("đầu của tệp %q trong ZIP không khớp danh mục", at.name)
	}
	data, err := f.DataOffset()
	if err != nil || data-at.offset > int64(len(head)+mostExtra) || f.CompressedSize64 > uint64(stop) {
		return 0, refuse("đầu của tệp %q trong ZIP hỏng", at.name)
	}
	end := data + int64(f.CompressedSize64)
	if f.Flags&8 == 0 {
		return end, nil
	}
	tail := make([]byte, 4)
	if _, err := r.ReadAt(tail, end); err != nil || !bytes.Equal(tail, []byte("PK\x07\x08")) {
		return 0, refuse("cuối của tệp %q trong ZIP hỏng", at.name)
	}
	if f.CompressedSize64 > 0xffffffff || f.UncompressedSize64 > 0xffffffff {
		return end + 24, nil
	}
	return end + 16, nil
}
