package pack

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/textproto"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"loa/viet"
)

// Finding is one thing that is wrong with a pack, in Vietnamese.
type Finding struct {
	File string // "" for the pack as a whole
	What string
}

// check is a pack while it is checked.
type check struct {
	ctx   context.Context
	files map[string]*zip.File
	sums  map[string]string // by the manifest
	tell  func(Finding)
	sum   Summary
	bad   map[string]bool
}

func (c *check) wrong(file, format string, a ...any) {
	c.bad[file] = true
	c.tell(Finding{file, fmt.Sprintf(format, a...)})
}

// Verify checks a pack: that every file has its hash, that none is missing or added, that the list, the dataset, the certificate
// and the files agree. What is wrong is told one by one; the error wraps ErrRefused for what is no pack, or none that
// can be read safely. Files are read as they come; none is held.
func Verify(ctx context.Context, r io.ReaderAt, size int64, tell func(Finding)) (Summary, error) {
	z, err := opened(r, size)
	if err != nil {
		return Summary{}, err
	}
	c := &check{ctx: ctx, files: map[string]*zip.File{}, sums: map[string]string{}, tell: tell, bad: map[string]bool{}}
	for _, f := range z.File {
		c.files[f.Name] = f
	}
	if c.files[manifestFile] == nil || c.files[aboutFile] == nil {
		return Summary{}, refuse("thiếu %s hoặc %s", manifestFile, aboutFile)
	}
	for _, step := range []func() error{c.manifest, c.about} {
		if err := step(); err != nil {
			return c.sum, err
		}
	}
	last := ""
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return c.sum, err
		}
		if f.Name != manifestFile && f.Name != digestFile {
			if f.Name <= last {
				c.wrong(f.Name, "không đứng đúng thứ tự trong gói")
			}
			last = f.Name
		}
		c.one(f)
	}
	var lost []string
	for name := range c.sums {
		if c.files[name] == nil {
			lost = append(lost, name)
		}
	}
	slices.Sort(lost)
	for _, name := range lost {
		c.wrong(name, "thiếu: danh sách mã băm có mà gói không có")
	}
	c.certificate()
	if err := c.agree(); err != nil {
		return c.sum, err
	}
	return c.sum, nil
}

var sumLine = regexp.MustCompile(`^([0-9a-f]{64})  (\S+)$`)

func (c *check) manifest() error {
	f := c.files[manifestFile]
	if f.UncompressedSize64 > mostManifest {
		return refuse("%s quá lớn", manifestFile)
	}
	sum := sha256.New()
	err := c.lines(manifestFile, sum, func(line string) error {
		m := sumLine.FindStringSubmatch(line)
		if m == nil || c.sums[m[2]] != "" || len(c.sums) >= mostFiles {
			return refuse("%s có dòng không đúng dạng hoặc hai lần một tệp", manifestFile)
		}
		c.sums[m[2]] = m[1]
		return nil
	})
	if err != nil {
		return err
	}
	c.sum.Digest = hex.EncodeToString(sum.Sum(nil))
	said := ""
	if c.files[digestFile] == nil {
		c.wrong(digestFile, "thiếu")
		return nil
	}
	err = c.lines(digestFile, io.Discard, func(line string) error { said += line + "\n"; return nil })
	if errors.Is(err, ErrRefused) {
		return err
	}
	if err != nil || said != c.sum.Digest+"  "+manifestFile+"\n" {
		c.wrong(digestFile, "không phải mã băm của %s", manifestFile)
	}
	return nil
}

// lines reads a file of lines within bounds.
func (c *check) lines(name string, also io.Writer, each func(string) error) error {
	from, err := c.files[name].Open()
	if err != nil {
		return refuse("không đọc được %s", name)
	}
	defer from.Close()
	scan := bufio.NewScanner(io.TeeReader(from, also))
	scan.Buffer(nil, mostLine)
	n := 0
	for scan.Scan() {
		if n++; n > mostLines {
			return refuse("%s có quá nhiều dòng", name)
		}
		if err := each(scan.Text()); err != nil {
			return err
		}
	}
	if errors.Is(scan.Err(), bufio.ErrTooLong) {
		return refuse("%s có dòng quá dài", name)
	}
	return scan.Err()
}

func (c *check) about() error {
	from, err := c.files[aboutFile].Open()
	if err != nil {
		return refuse("không đọc được %s", aboutFile)
	}
	defer from.Close()
	var a about
	digest := c.sum.Digest
	if err := json.NewDecoder(io.LimitReader(from, 1<<16)).Decode(&a); err != nil || a.Format != format {
		return refuse("%s không đọc được", aboutFile)
	}
	if a.Version != 1 {
		return refuse("gói lập theo bản %d, phần mềm này đọc bản 1", a.Version)
	}
	c.sum = a.Summary
	c.sum.Digest = digest
	return nil
}

// one checks one file by its hash and, where its name says what is in it, by its name.
func (c *check) one(f *zip.File) {
	if f.Name == manifestFile || f.Name == digestFile {
		return
	}
	want, listed := c.sums[f.Name]
	switch {
	case !listed:
		c.wrong(f.Name, "thừa: không có trong danh sách mã băm")
		return
	case !named.MatchString(f.Name):
		c.wrong(f.Name, "không phải tên tệp của gói minh chứng")
	}
	got, err := c.hash(f)
	switch sha := bodyOf(f.Name); {
	case err != nil:
		c.wrong(f.Name, "hỏng: không đọc được")
	case got != want:
		c.wrong(f.Name, "sai mã băm: tệp đã bị sửa")
	case strings.HasPrefix(f.Name, filesFolder) && got != sha:
		c.wrong(f.Name, "nội dung không phải tệp mà tên nó nêu")
	case strings.HasPrefix(f.Name, pagesFolder):
		if err := archived(f, sha); err != nil {
			c.wrong(f.Name, "bản lưu không chứa trang mà tên nó nêu")
		}
	}
}

func (c *check) hash(f *zip.File) (string, error) {
	from, err := f.Open()
	if err != nil {
		return "", err
	}
	defer from.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, from); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// bodyOf is the hash that the name of a kept copy says, "" for another file.
func bodyOf(name string) string {
	if !strings.HasPrefix(name, pagesFolder) && !strings.HasPrefix(name, filesFolder) {
		return ""
	}
	sha, _, _ := strings.Cut(path.Base(name), ".")
	return sha
}

// mostArchived bounds what a kept page may unpack to; keep has the same bound.
const mostArchived = 256<<20 + 1<<20

// archived reads a WARC object and holds the body of its response against its hash.
func archived(f *zip.File, sha string) error {
	from, err := f.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	zr, err := gzip.NewReader(from)
	if err != nil {
		return err
	}
	zr.Multistream(false)
	br := bufio.NewReader(io.LimitReader(zr, mostArchived))
	head, err := fields(br, "WARC/1.")
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(head.Get("Content-Length"), 10, 64)
	if err != nil || n < 0 || n > mostArchived {
		return errors.New("no length")
	}
	block := bufio.NewReader(io.LimitReader(br, n))
	if head.Get("WARC-Type") == "response" {
		if _, err := fields(block, "HTTP/"); err != nil {
			return err
		}
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, block); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != sha {
		return errors.New("another body")
	}
	return nil
}

// fields reads a first line and a header of at most 1 MiB.
func fields(r *bufio.Reader, first string) (textproto.MIMEHeader, error) {
	out := textproto.MIMEHeader{}
	total := 0
	for i := 0; ; i++ {
		raw, err := r.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) && i > 0 && total < 1<<20 { // a long field is read past
			total += len(raw)
			raw, err = r.ReadSlice('\n')
		}
		if err != nil {
			return nil, err
		}
		total += len(raw)
		line := strings.TrimRight(string(raw), "\r\n")
		switch {
		case total > 1<<20:
			return nil, errors.New("header too long")
		case i == 0 && !strings.HasPrefix(line, first):
			return nil, errors.New("no " + first)
		case i > 0 && line == "":
			return out, nil
		case i > 0:
			if k, v, ok := strings.Cut(line, ":"); ok {
				out.Set(k, strings.TrimSpace(v))
			}
		}
	}
}

// certificate holds what the certificate says against what the pack says it is.
func (c *check) certificate() {
	name, other := closedFile, openFile
	if c.sum.Revision == 0 {
		name, other = openFile, closedFile
	}
	if c.files[other] != nil {
		c.wrong(other, "không thuộc gói này: kỳ %s", map[bool]string{true: "chưa chốt", false: "đã chốt"}[c.sum.Revision == 0])
	}
	if c.files[name] == nil {
		c.wrong(name, "thiếu")
		return
	}
	said, revision := "", ""
	err := c.lines(name, io.Discard, func(line string) error {
		if v, ok := strings.CutPrefix(line, "Mã bộ dữ liệu:"); ok && said == "" {
			said = strings.TrimSpace(v)
		}
		if v, ok := strings.CutPrefix(line, "Lần chốt:"); ok && revision == "" {
			revision = strings.TrimSpace(v)
		}
		return nil
	})
	switch {
	case err != nil:
		c.wrong(name, "không đọc được")
	case said != c.sum.Dataset:
		c.wrong(name, "mã bộ dữ liệu «%s» khác mã của gói «%s»", viet.Printable(said), viet.Printable(c.sum.Dataset))
	case c.sum.Revision > 0 && revision != strconv.Itoa(c.sum.Revision):
		c.wrong(name, "lần chốt «%s» khác lần chốt của gói (%d)", viet.Printable(revision), c.sum.Revision)
	}
}

// piece names a counted piece of a row and its copy, in little room.
type piece [16]byte

func pieceOf(parts ...string) (p piece) {
	h := sha256.New()
	for _, s := range parts {
		part(h, viet.Cell(viet.Printable(s)))
	}
	copy(p[:], h.Sum(nil))
	return p
}

// part adds a text with its length before it, as media.Hash does.
func part(h hash.Hash, s string) {
	var n [8]byte
	for i := range n {
		n[i] = byte(uint64(len(s)) >> (8 * i))
	}
	h.Write(n[:])
	io.WriteString(h, s)
}

// agree holds dataset, list and files against each other.
func (c *check) agree() error {
	for _, name := range []string{datasetFile, listFile, tableFile, readmeFile, indexFile} {
		if c.files[name] == nil {
			c.wrong(name, "thiếu")
		}
	}
	if c.files[datasetFile] == nil || c.files[listFile] == nil {
		return nil
	}
	pieces, err := c.dataset()
	if err != nil {
		return err
	}
	named, err := c.list(pieces)
	if err != nil {
		return err
	}
	lost := 0
	for _, n := range pieces {
		if n != 0 {
			lost++
		}
	}
	if lost > 0 {
		c.wrong(listFile, "không khớp bộ dữ liệu: %d minh chứng chỉ có ở một trong hai", lost)
	}
	var stray []string
	for name := range c.files {
		if bodyOf(name) != "" && !named[name] {
			stray = append(stray, name)
		}
	}
	slices.Sort(stray)
	for _, name := range stray {
		c.wrong(name, "thừa: không minh chứng nào trong danh sách dẫn đến")
	}
	return nil
}

// dataset counts the dataset's name again and gives the counted pieces.
func (c *check) dataset() (map[piece]int, error) {
	out := map[piece]int{}
	sum := sha256.New()
	part(sum, "dataset")
	broken := false
	err := c.lines(datasetFile, io.Discard, func(raw string) error {
		var line string
		if json.Unmarshal([]byte(raw), &line) != nil {
			broken = true
			return nil
		}
		part(sum, line)
		if f := strings.Split(line, "\x1f"); len(f) > 7 && f[7] == "credited" {
			out[pieceOf(f[0], f[1], f[2], f[3], f[4])]++
		}
		return nil
	})
	if errors.Is(err, ErrRefused) {
		return nil, err
	}
	if got := hex.EncodeToString(sum.Sum(nil)[:16]); err != nil || broken || got != c.sum.Dataset {
		c.wrong(datasetFile, "tính lại không ra mã bộ dữ liệu của gói «%s»", viet.Printable(c.sum.Dataset))
	}
	return out, nil
}

// list reads the list, takes its pieces off and gives the files that it names. No cell has a line's end, so that each line is a record.
func (c *check) list(pieces map[piece]int) (map[string]bool, error) {
	files := map[string]bool{}
	n := -1             // the head is no piece
	sum := sha256.New() // of the workbook that follows from the list
	again, err := newTable(sum, c.sum.At)
	if err != nil {
		return nil, err
	}
	err = c.lines(listFile, io.Discard, func(raw string) error {
		n++
		cells, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(strings.TrimSuffix(raw, "\r"), "\ufeff"))).Read()
		switch {
		case err != nil || len(cells) != len(columns) || n == 0 && !slices.Equal(cells, columns):
			c.wrong(listFile, "dòng %d không đúng dạng", n+1)
			return nil
		case n == 0:
			return nil
		}
		if err := again.row(cells); err != nil {
			return err
		}
		pieces[pieceOf(cells[colQuota], cells[colOwner], cells[colRange], cells[colID], cells[colHash])]--
		paths := strings.Split(cells[colAlso], "; ")
		if p := cells[colPath]; p != "" && bodyOf(p) != cells[colHash] {
			c.wrong(listFile, "dòng %d: đường dẫn không phải của bản lưu có mã băm ghi bên cạnh", n+1)
		}
		for _, p := range append(paths, cells[colPath]) {
			if p == "" || bodyOf(p) == "" {
				continue
			}
			if files[p] = true; c.files[p] == nil && !c.bad[p] {
				c.wrong(p, "thiếu: danh sách minh chứng dòng %d dẫn đến", n+1)
			}
		}
		return nil
	})
	if errors.Is(err, ErrRefused) {
		return nil, err
	}
	if err != nil {
		c.wrong(listFile, "không đọc được")
	}
	if err := again.close(); err != nil {
		return nil, err
	}
	if f := c.files[tableFile]; f != nil && !c.bad[tableFile] && c.sums[tableFile] != hex.EncodeToString(sum.Sum(nil)) {
		c.wrong(tableFile, "không cùng nội dung với %s", listFile)
	}
	if n != c.sum.Pieces {
		c.wrong(listFile, "có %d minh chứng, gói khai %d", max(n, 0), c.sum.Pieces)
	}
	return files, nil
}
