package report

import (
	"fmt"
	"html/template"
	"io"
	"time"

	"loa/report/paper"
)

// PaperOf names one paper of one period.
type PaperOf struct {
	Plan   string
	Period string
	Paper  Paper
}

// Draft is what people did about a paper that has no number yet.
type Draft struct {
	Acts    int    // number of the last act: who issues what they saw names it
	Notes   []Note // the one that stands of each section
	History []Note // every note, oldest first; one without text took out what was there
	Shown   Shown
	ShownBy string    // who said last what goes out, "" nobody
	ShownAt time.Time // business clock
}

// IssuedPaper is the paper of one revision of a closed period that has number, day and signature («đã ban hành»).
type IssuedPaper struct {
	PaperOf
	Issued
	Revision int
	Dataset  string // of the closing
	Acts     int    // the last act that is in it
	FileName string // of the signed paper
	At       time.Time
	Actor    string
	Files    []IssuedFile // of every format, as they were made then
}

// IssuedFile is one format of an issued paper.
type IssuedFile struct {
	Format string
	Hash   string // SHA-256, hex
	Size   int64
}

// Previewed is the format under which the text of an issued paper is kept as it was read on the desk.
const Previewed = "van-ban"

// Sections lists a paper's sections, id and title: the same in every period.
func Sections(p Paper) [][2]string { return Report{}.Passages(p) }

// Preview writes the text of a paper as part of a page, its headings from level top on, and names the annexes.
func (r Report) Preview(w io.Writer, p Paper, top int) error {
	r = r.as(p)
	d := r.document()
	text := paper.Document{Foot: d.Foot, Sections: d.Sections[:1]}
	if err := text.HTML(w, top); err != nil {
		return fmt.Errorf("write the text of %s: %w", r.Period.ID, err)
	}
	if len(d.Sections) == 1 {
		return nil
	}
	if _, err := io.WriteString(w, "<ul class=\"pp-annexes\">\n"); err != nil {
		return err
	}
	for i, a := range r.annexes() {
		name := d.Sections[i+1].Name
		if _, err := fmt.Fprintf(w, "<li>%s (%s dòng)</li>\n", template.HTMLEscapeString(name), pad(a.lines())); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "</ul>\n")
	return err
}

// lines is how many lines of figures an annex has.
func (a annex) lines() int {
	n := 0
	for _, row := range a.Rows {
		if row.Group == "" {
			n++
		}
	}
	return n
}
