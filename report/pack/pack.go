// Package pack makes and checks the sealed evidence pack of a period (gói minh chứng): one ZIP that is read without this
// program. It is pure: no clock and no I/O but what it is given; the same closing and kept files give the same bytes.
package pack

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
)

// Names of what is always in a pack.
const (
	listFile     = "danh-sach.csv"
	tableFile    = "danh-sach.xlsx"
	datasetFile  = "bo-du-lieu.jsonl"
	aboutFile    = "thong-tin.json"
	closedFile   = "bien-ban-chot.txt"
	openFile     = "chua-chot.txt"
	readmeFile   = "README.txt"
	indexFile    = "index.html"
	manifestFile = "SHA256SUMS"
	digestFile   = "SHA256SUMS.sha256"
	pagesFolder  = "ban-luu/" // what was fetched: WARC
	filesFolder  = "tep/"     // what was handed in, as it came
	paperFolder  = "bao-cao/"
	viewFolder   = "xem/"
)

// Copy is a kept copy behind pieces of a pack.
type Copy struct {
	SHA256 string // of the body
	URL    string
	At     time.Time // when it was fetched or handed in
	Size   int64     // of the body
	Page   bool      // fetched: packed as a WARC object; else the file itself
	Ext    string    // of a file, of its bytes and never of its name: "pdf"; see Ext
	Name   string    // as its sender named it, "" if not known
	Gone   string    // Vietnamese: why it is not in the pack, "" if it is
}

func (c Copy) path() string {
	switch {
	case c.Gone != "":
		return ""
	case c.Page:
		return pagesFolder + c.SHA256 + ".warc.gz"
	}
	return filesFolder + c.SHA256 + "." + c.Ext
}

// Input is what a pack is made of.
type Input struct {
	Plan    *schedule.Plan
	Period  calendar.Period
	Closing *schedule.Closing // nil: the period is not closed, Rows are those of At
	Rows    []schedule.ClosedRow
	At      time.Time     // of the closing, else of the evaluation: every time in the ZIP
	Report  report.Report // of the same figures
	// Frozen gives a format of the report as it was made when the period was closed; nil: Report is written as it is now.
	Frozen func(ctx context.Context, format string) (io.ReadCloser, error)
	Files  map[string][]string // evidence id → hashes of its other files
	Copies map[string]Copy     // by hash: all that Rows and Files name
	// Open gives the bytes that lie in the pack: of a page its WARC object, of a file its body.
	Open func(ctx context.Context, c Copy) (io.ReadCloser, error)
	// Text is what a page says as people may read it, masked; "" if it is no text.
	Text func(ctx context.Context, c Copy) (string, error)
}

// Summary says what a pack holds.
type Summary struct {
	Plan     string    `json:"plan"`
	Period   string    `json:"period"`
	Revision int       `json:"revision"` // 0: not closed
	Dataset  string    `json:"dataset"`
	At       time.Time `json:"at"`
	Pieces   int       `json:"pieces"` // lines of the list: a piece that counts for two duties is two
	Copies   int       `json:"copies"`
	Missing  int       `json:"missing"` // pieces of which there is no copy
	Digest   string    `json:"-"`       // SHA-256 of the list of hashes
}

// about is aboutFile.
type about struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Summary
}

const format = "loa/goi-minh-chung"

// writer writes files and remembers their hashes.
type writer struct {
	z    *zip.Writer
	at   time.Time
	sums []string // lines of the manifest
	last string
}

// file writes one file. Names come in order, so that one pack is one sequence of bytes.
func (w *writer) file(name string, write func(io.Writer) error) error {
	if name <= w.last {
		return fmt.Errorf("pack %s after %s", name, w.last)
	}
	w.last = name
	return w.put(name, write)
}

func (w *writer) put(name string, write func(io.Writer) error) error {
	to, err := w.z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.at})
	if err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	sum := sha256.New()
	buf := bufio.NewWriter(io.MultiWriter(to, sum))
	if err := write(buf); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	w.sums = append(w.sums, hex.EncodeToString(sum.Sum(nil))+"  "+name+"\n")
	return nil
}

// stamp is a time as finely as a ZIP tells it.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(2 * time.Second) }

// entry is one file to come.
type entry struct {
	name  string
	write func(io.Writer) error
}

// Write makes a pack. At most one kept page is in memory at a time.
func Write(ctx context.Context, to io.Writer, in Input) (Summary, error) {
	lines := linesOf(in)
	sum := Summary{Plan: in.Plan.ID, Period: in.Period.ID, Dataset: schedule.Dataset(in.Rows), At: in.At.UTC(), Pieces: len(lines)}
	if in.Closing != nil {
		sum.Revision = in.Closing.Revision
		if sum.Dataset != in.Closing.Dataset {
			return sum, fmt.Errorf("the rows of closing %s are not those of its dataset", in.Closing.ID)
		}
	}
	copies := copiesOf(lines)
	for _, c := range copies {
		if c.Gone == "" {
			sum.Copies++
		}
	}
	for _, l := range lines {
		if l.path() == "" {
			sum.Missing++
		}
	}
	entries := append(in.papers(ctx, sum), in.lists(lines, sum)...)
	entries = append(entries, viewer(ctx, in, lines, copies, sum)...)
	for _, c := range copies {
		if c.Gone != "" {
			continue
		}
		entries = append(entries, entry{c.path(), func(w io.Writer) error { return in.copy(ctx, w, c) }})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	w := &writer{z: zip.NewWriter(to), at: stamp(in.At)}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return sum, err
		}
		if err := w.file(e.name, e.write); err != nil {
			return sum, err
		}
	}
	manifest := strings.Join(w.sums, "")
	digest := sha256.Sum256([]byte(manifest))
	sum.Digest = hex.EncodeToString(digest[:])
	err := w.put(manifestFile, func(w io.Writer) error { _, err := io.WriteString(w, manifest); return err })
	if err == nil {
		err = w.put(digestFile, func(w io.Writer) error {
			_, err := io.WriteString(w, sum.Digest+"  "+manifestFile+"\n")
			return err
		})
	}
	if err == nil {
		err = w.z.Close()
	}
	if err != nil {
		return sum, fmt.Errorf("end the pack: %w", err)
	}
	return sum, nil
}

// copy writes a kept copy as it lies in the pack. A file that is not what its name says is not packed.
func (in Input) copy(ctx context.Context, w io.Writer, c Copy) error {
	from, err := in.Open(ctx, c)
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(w, sum), from)
	if cerr := from.Close(); err == nil {
		err = cerr
	}
	if err == nil && !c.Page && hex.EncodeToString(sum.Sum(nil)) != c.SHA256 {
		err = fmt.Errorf("kept file %s has another hash", c.SHA256)
	}
	return err
}

// papers are the report in its formats and the certificate.
func (in Input) papers(ctx context.Context, sum Summary) []entry {
	var out []entry
	for _, f := range report.Formats() {
		out = append(out, entry{paperFolder + "bao-cao." + f.Name, func(w io.Writer) error {
			if in.Frozen == nil {
				return f.Write(w, in.Report)
			}
			from, err := in.Frozen(ctx, f.Name)
			if err != nil {
				return err
			}
			_, err = io.Copy(w, from)
			return errors.Join(err, from.Close())
		}})
	}
	if in.Closing != nil {
		out = append(out, entry{closedFile, func(w io.Writer) error { return report.WriteCertificate(w, in.Plan, *in.Closing) }})
	} else {
		out = append(out, entry{openFile, func(w io.Writer) error {
			_, err := io.WriteString(w, openWords(in, sum))
			return err
		}})
	}
	return append(out, entry{readmeFile, func(w io.Writer) error { _, err := io.WriteString(w, readme(in, sum)); return err }})
}

// lists are the list in both forms, the dataset and what programs read first.
func (in Input) lists(lines []line, sum Summary) []entry {
	return []entry{
		{listFile, func(w io.Writer) error { return writeCSV(w, lines) }},
		{tableFile, func(w io.Writer) error { return writeXLSX(w, in.At, lines) }},
		{datasetFile, func(w io.Writer) error {
			for _, l := range schedule.DatasetLines(in.Rows) {
				raw, err := json.Marshal(l)
				if err == nil {
					_, err = w.Write(append(raw, '\n'))
				}
				if err != nil {
					return err
				}
			}
			return nil
		}},
		{aboutFile, func(w io.Writer) error {
			var buf bytes.Buffer
			e := json.NewEncoder(&buf)
			e.SetIndent("", "  ")
			if err := e.Encode(about{format, 1, sum}); err != nil {
				return err
			}
			_, err := buf.WriteTo(w)
			return err
		}},
	}
}
