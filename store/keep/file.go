package keep

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/textproto"
	"os"
	"strconv"

	"github.com/klauspost/compress/gzip"

	"loa/media"
)

// KeepFile is Keep of a file that was handed in (k.Status 0), never whole in
// memory: packed into a temporary file, which is then put where objects lie.
func (o *Objects) KeepFile(ctx context.Context, k media.Kept, path string) error {
	if err := valid(k.SHA256); err != nil {
		return fmt.Errorf("keep %s: %w", k.URL, err)
	}
	if k.Status != 0 {
		return fmt.Errorf("keep %s: a response is no file that was handed in", k.URL)
	}
	there, err := o.at.has(ctx, Path(k.SHA256))
	if err == nil && !there {
		err = o.keepFile(ctx, k, path)
	}
	if err != nil {
		return fmt.Errorf("keep %s: %w", k.URL, err)
	}
	return nil
}

func (o *Objects) keepFile(ctx context.Context, k media.Kept, path string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	tmp, err := os.CreateTemp("", "loa-luu-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // the object is elsewhere by then
	defer tmp.Close()
	zw := o.packers.Get()
	packer, ok := zw.(*gzip.Writer)
	if !ok {
		packer = newPacker()
	}
	defer o.packers.Put(packer)
	packer.Reset(tmp)
	sum := sha256.New()
	_, err = packer.Write(resourceHead(k))
	if err == nil {
		_, err = io.Copy(io.MultiWriter(packer, sum), io.LimitReader(from, int64(k.Size)))
	}
	if err == nil {
		_, err = packer.Write([]byte("\r\n\r\n"))
	}
	if err == nil {
		err = packer.Close()
	}
	if err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != k.SHA256 {
		return fmt.Errorf("the file does not have the hash %s", k.SHA256)
	}
	size, err := tmp.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = tmp.Seek(0, io.SeekStart)
	}
	if err == nil {
		err = o.at.put(ctx, Path(k.SHA256), tmp, size)
	}
	return err
}

// Open gives a kept file to read as it is needed; its hash is checked at the
// end, where the last read fails with ErrDamaged. Only for files that were
// handed in.
func (o *Objects) Open(ctx context.Context, sha string) (io.ReadCloser, error) {
	if err := valid(sha); err != nil {
		return nil, fmt.Errorf("open kept body: %w", err)
	}
	file, err := o.at.open(ctx, Path(sha))
	if err != nil {
		return nil, fmt.Errorf("open kept body %s: %w", sha, err)
	}
	body, err := openResource(file, sha)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open kept body %s: %w: %w", sha, ErrDamaged, err), file.Close())
	}
	return body, nil
}

// opened is the body of a record while it is read.
type opened struct {
	file io.Closer
	left io.Reader
	n    int64
	sum  hash.Hash
	sha  string
}

func openResource(file io.ReadCloser, sha string) (io.ReadCloser, error) {
	zr, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return nil, err
	}
	zr.Multistream(false)
	br := bufio.NewReader(zr)
	tp := textproto.NewReader(br)
	if version, err := tp.ReadLine(); err != nil || version != "WARC/1.1" {
		return nil, fmt.Errorf("first line is %q, want WARC/1.1", version)
	}
	head, err := tp.ReadMIMEHeader()
	if err != nil {
		return nil, fmt.Errorf("read the record's header: %w", err)
	}
	if head.Get("WARC-Type") != "resource" {
		return nil, fmt.Errorf("it is a %q, want a file that was handed in", head.Get("WARC-Type"))
	}
	n, err := strconv.ParseInt(head.Get("Content-Length"), 10, 64)
	if err != nil || n < 0 || n > limit {
		return nil, fmt.Errorf("record length is %q", head.Get("Content-Length"))
	}
	return &opened{file: file, left: io.LimitReader(br, n), n: n, sum: sha256.New(), sha: sha}, nil
}

func (b *opened) Read(p []byte) (int, error) {
	n, err := b.left.Read(p)
	b.sum.Write(p[:n])
	b.n -= int64(n)
	if errors.Is(err, io.EOF) && (b.n != 0 || hex.EncodeToString(b.sum.Sum(nil)) != b.sha) {
		err = fmt.Errorf("read kept body %s: %w: it has another hash", b.sha, ErrDamaged)
	}
	return n, err
}

func (b *opened) Close() error { return b.file.Close() }
