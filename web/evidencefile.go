package web

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // decoders by name, for image.Decode
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"loa/media"
)

// evidenceType tells by its bytes what a file is, and refuses what is not taken. A name only tells old Office files apart.
func evidenceType(file, name string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("open what was sent: %w", err)
	}
	defer f.Close()
	head := make([]byte, sniffed)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		if errors.Is(err, io.EOF) {
			return "", Refusal{"Tệp «" + name + "» trống."}
		}
		return "", fmt.Errorf("read what was sent: %w", err)
	}
	head = head[:n]
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	if kind == "video/mp4" && len(head) > 12 && string(head[8:11]) == "M4A" {
		return "audio/mp4", nil
	}
	switch kind {
	case "image/jpeg", "image/png", "image/webp", "application/pdf", "video/mp4", "audio/mpeg":
		return kind, nil
	case "application/zip":
		return officeType(f, name)
	}
	ext := strings.ToLower(path.Ext(name))
	switch {
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) && ext == ".doc":
		return "application/msword", nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) && ext == ".xls":
		return "application/vnd.ms-excel", nil
	case len(head) > 12 && string(head[4:8]) == "ftyp" && strings.Contains("heic heix heim heis hevc mif1 msf1", string(head[8:12])):
		return "image/heic", nil
	case len(head) > 12 && string(head[4:8]) == "ftyp" && strings.Contains("M4A  qt   3gp4 3gp5 3gp6 M4V ", string(head[8:12])):
		return map[bool]string{true: "audio/mp4", false: "video/mp4"}[string(head[8:11]) == "M4A"], nil
	case len(head) > 2 && head[0] == 0xff && head[1]&0xe0 == 0xe0 && ext == ".mp3":
		return "audio/mpeg", nil
	}
	return "", Refusal{"Không nhận tệp «" + name + "»: chỉ nhận ảnh (JPEG, PNG, WebP, HEIC), PDF, Word, Excel, ODT, tiếng hoặc hình (MP3, M4A, MP4)."}
}

// mostParts bounds the parts of an Office file, whose list is read whole.
const mostParts = 5000

// officeType tells Office files by their parts. Those with programs inside are refused.
func officeType(f *os.File, name string) (string, error) {
	bad := Refusal{"Không nhận tệp «" + name + "»: tệp nén không phải Word, Excel hay ODT. Xin gửi từng tệp, không nén."}
	at, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("read what was sent: %w", err)
	}
	tail := make([]byte, min(at.Size(), 66<<10))
	if _, err := f.ReadAt(tail, at.Size()-int64(len(tail))); err != nil {
		return "", fmt.Errorf("read what was sent: %w", err)
	}
	end := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if end < 0 || end+12 > len(tail) || binary.LittleEndian.Uint16(tail[end+10:]) > mostParts {
		return "", bad
	}
	z, err := zip.NewReader(f, at.Size())
	if err != nil || len(z.File) > mostParts {
		return "", bad
	}
	kind := ""
	for _, part := range z.File {
		switch {
		case strings.HasSuffix(strings.ToLower(part.Name), "vbaproject.bin"):
			return "", Refusal{"Không nhận tệp «" + name + "»: trong tệp có chương trình (macro). Xin lưu lại thành tệp thường hoặc PDF."}
		case part.Name == "word/document.xml":
			kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		case part.Name == "xl/workbook.xml":
			kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		case part.Name == "mimetype" && part.UncompressedSize64 < 100:
			r, err := part.Open()
			if err != nil {
				return "", bad
			}
			text, err := io.ReadAll(io.LimitReader(r, 100))
			if err := errors.Join(err, r.Close()); err == nil && string(text) == "application/vnd.oasis.opendocument.text" {
				kind = string(text)
			}
		}
	}
	if kind == "" {
		return "", bad
	}
	return kind, nil
}

// fileOf finds a file of a hand-in that is the asker's to see.
func (s *site) fileOf(w http.ResponseWriter, r *http.Request) (media.HandinFile, bool) {
	h, ok := s.ownHandin(w, r)
	if !ok {
		return media.HandinFile{}, false
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > len(h.Files) {
		s.missing(w, r, "Không có tệp này.")
		return media.HandinFile{}, false
	}
	return h.Files[n-1], true
}

// proofFile gives a file as it was sent: to be stored, never to be shown here.
func (s *site) proofFile(w http.ResponseWriter, r *http.Request) {
	f, ok := s.fileOf(w, r)
	if !ok {
		return
	}
	body, err := s.Handins.Open(r.Context(), f.Hash)
	if err != nil {
		s.fail(w, r, "open a kept file", err)
		return
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", `attachment; filename="minh-chung`+asciiExt(f.Name)+`"; filename*=UTF-8''`+url.PathEscape(f.Name))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	if _, err := io.Copy(w, body); err != nil {
		s.Log.WarnContext(r.Context(), "give a kept file", "hash", f.Hash, "error", err)
		panic(http.ErrAbortHandler) // a damaged file must not look whole
	}
}

// asciiExt is a file's ending where it is plain letters and digits.
func asciiExt(name string) string {
	ext := strings.ToLower(path.Ext(name))
	for _, c := range strings.TrimPrefix(ext, ".") {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
			return ""
		}
	}
	return ext
}

// What is decoded for a small picture. A plain photo or picture takes up to four bytes a point; one of which the decoder
// holds more (see heavy) up to sixteen: 128 MB at the most, one picture at a time.
const (
	mostPoints      = 16 << 20
	mostPointsHeavy = 8 << 20
	pictureSide     = 720
)

// heavy reports whether a picture's decoder holds far more than the picture: all coefficients of a progressive JPEG, each
// plane of one of four colours twice, eight bytes a point of a PNG of 16 bits. What cannot be told is heavy.
func heavy(format string, of image.Config, head []byte) bool {
	switch format {
	case "jpeg":
		for i := 2; i+4 <= len(head) && head[i] == 0xff; i += 2 + int(binary.BigEndian.Uint16(head[i+2:])) {
			if m := head[i+1]; m == 0xc0 || m == 0xc1 { // baseline and extended sequential
				return i+9 >= len(head) || head[i+9] > 3
			}
		}
		return true
	case "png":
		return of.ColorModel == color.RGBA64Model || of.ColorModel == color.NRGBA64Model || of.ColorModel == color.Gray16Model
	}
	return false
}

// proofPicture gives a small picture made here of one that was sent: nothing of the file itself is passed on, neither
// what it may hide nor where it was taken.
func (s *site) proofPicture(w http.ResponseWriter, r *http.Request) {
	f, ok := s.fileOf(w, r)
	if !ok {
		return
	}
	select { // one at a time: large pictures need much memory
	case s.pictures <- struct{}{}:
		defer func() { <-s.pictures }()
	case <-r.Context().Done():
		return
	}
	small, err := s.smallPicture(r, f)
	if err != nil {
		s.Log.InfoContext(r.Context(), "no small picture", "hash", f.Hash, "error", err)
		http.Error(w, "Không tạo được ảnh nhỏ của tệp này. Xin tải tệp về để xem.", http.StatusUnsupportedMediaType)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if _, err := w.Write(small); err != nil {
		s.Log.DebugContext(r.Context(), "write a picture", "error", err)
	}
}

var errPicture = errors.New("no picture that is shown")

func (s *site) smallPicture(r *http.Request, f media.HandinFile) ([]byte, error) {
	if !shown(f) {
		return nil, errPicture
	}
	head, err := s.Handins.Open(r.Context(), f.Hash)
	if err != nil {
		return nil, err
	}
	var first bytes.Buffer
	c, format, err := image.DecodeConfig(io.TeeReader(io.LimitReader(head, 1<<20), &first))
	if err := errors.Join(err, head.Close()); err != nil {
		return nil, err
	}
	most := mostPoints
	if heavy(format, c, first.Bytes()) {
		most = mostPointsHeavy
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > most/c.Height {
		return nil, fmt.Errorf("%w: %d x %d", errPicture, c.Width, c.Height)
	}
	body, err := s.Handins.Open(r.Context(), f.Hash)
	if err != nil {
		return nil, err
	}
	img, _, err := image.Decode(body)
	if err := errors.Join(err, body.Close()); err != nil {
		return nil, err
	}
	b := img.Bounds()
	width, height := b.Dx(), b.Dy()
	if side := max(width, height); side > pictureSide {
		width, height = max(1, width*pictureSide/side), max(1, height*pictureSide/side)
	}
	small := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, b, draw.Over, nil)
	var out bytes.Buffer
	err = jpeg.Encode(&out, turned(small, orientation(first.Bytes())), &jpeg.Options{Quality: 80})
	return out.Bytes(), err
}

// shown reports whether a small picture is made of a file.
func shown(f media.HandinFile) bool {
	return f.Type == "image/jpeg" || f.Type == "image/png" || f.Type == "image/webp"
}

// orientation reads how a phone held its photo (EXIF tag 274, 1 to 8) out of a JPEG's head; 1 if it does not say.
func orientation(head []byte) int {
	if len(head) < 4 || head[0] != 0xff || head[1] != 0xd8 {
		return 1
	}
	for i := 2; i+4 <= len(head) && head[i] == 0xff; {
		size := int(binary.BigEndian.Uint16(head[i+2:]))
		if size < 2 || i+2+size > len(head) {
			return 1
		}
		if body := head[i+4 : i+2+size]; head[i+1] == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return exifOrientation(body[6:])
		}
		i += 2 + size
	}
	return 1
}

func exifOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	n := int64(order.Uint16(tiff[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > int64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[e:]) == 274 {
			if v := int(order.Uint16(tiff[e+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}

// turned is a picture set upright.
func turned(img *image.RGBA, how int) *image.RGBA {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if how <= 1 || how > 8 {
		return img
	}
	tw, th := w, h
	if how >= 5 {
		tw, th = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, tw, th))
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch how {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.SetRGBA(tx, ty, img.RGBAAt(x, y))
		}
	}
	return out
}
