package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
	"loa/web"
)

// papers is the door of what people do about the papers of a period.
func (e *engine) papers() *web.Papers {
	return &web.Papers{
		Draft: e.store.PaperDraft,
		Issued: func(ctx context.Context, period string) ([]report.IssuedPaper, error) {
			return e.store.IssuedPapers(ctx, e.inUse().ID, period)
		},
		Note: func(ctx context.Context, of report.PaperOf, section, text, by string) error {
			return deskError(e.notePaper(ctx, of, section, text, by))
		},
		Show: func(ctx context.Context, of report.PaperOf, shown report.Shown, by string) error {
			return deskError(e.showPaper(ctx, of, shown, by))
		},
		Issue: func(ctx context.Context, p report.IssuedPaper, path string) error {
			return deskError(e.issuePaper(ctx, p, path))
		},
		Open: func(ctx context.Context, sha string) (io.ReadCloser, error) {
			kept, err := e.keeper()
			if err != nil {
				return nil, err
			}
			return kept.Open(ctx, sha)
		},
	}
}

// reportOn is reportAsOf with what people did about the paper: their notes, what may go out, its number where it has one.
func (e *engine) reportOn(ctx context.Context, period calendar.Period, revision int, p report.Paper) (report.Input, error) {
	in, err := e.reportAsOf(ctx, period, revision)
	if err != nil {
		return in, err
	}
	in.Paper = p
	of := report.PaperOf{Plan: in.Plan.ID, Period: period.ID, Paper: cmp.Or(p, report.Internal)}
	upTo := 0
	if in.Closing != nil {
		issued, err := e.issued(ctx, of, in.Closing.Revision)
		if err != nil {
			return in, err
		}
		if issued != nil {
			in.Issued, upTo = &issued.Issued, issued.Acts
		}
	}
	if upTo == 0 && in.Issued != nil { // it was issued without a note: what was written since is of the next
		return in, nil
	}
	d, err := e.store.PaperDraft(ctx, of, upTo)
	in.Notes, in.Shown = d.Notes, d.Shown
	return in, err
}

// issued is the paper as it was issued for a revision, nil if it was not by now.
func (e *engine) issued(ctx context.Context, of report.PaperOf, revision int) (*report.IssuedPaper, error) {
	all, err := e.store.IssuedPapers(ctx, of.Plan, of.Period)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].PaperOf == of && all[i].Revision == revision && !all[i].At.After(e.business()) {
			return &all[i], nil
		}
	}
	return nil, nil
}

// lastRevision is the closing in force of a period without its rows, nil if it is open.
func (e *engine) lastRevision(ctx context.Context, plan, period string) (*schedule.Closing, error) {
	heads, err := e.store.ClosingHeads(ctx, plan, time.Time{})
	return lastOf(heads, period), err
}

// keptPaper is a format of an issued paper, byte for byte as it was when it was issued; nil if the revision (0: the last) was not.
func (e *engine) keptPaper(ctx context.Context, period calendar.Period, revision int, p report.Paper, format string) ([]byte, error) {
	of := report.PaperOf{Plan: e.inUse().ID, Period: period.ID, Paper: p}
	if revision == 0 {
		last, err := e.lastRevision(ctx, of.Plan, of.Period)
		if err != nil || last == nil {
			return nil, err
		}
		revision = last.Revision
	}
	issued, err := e.issued(ctx, of, revision)
	if err != nil || issued == nil {
		return nil, err
	}
	i := slices.IndexFunc(issued.Files, func(f report.IssuedFile) bool { return f.Format == format })
	if i < 0 {
		return nil, fmt.Errorf("văn bản số %s không có tệp dạng %s", issued.Number, format)
	}
	kept, err := e.keeper()
	if err != nil {
		return nil, err
	}
	_, body, err := kept.Read(ctx, issued.Files[i].Hash)
	if err != nil {
		return nil, fmt.Errorf("đọc bản lưu của văn bản số %s: %w", issued.Number, err)
	}
	return body, nil
}

// openPaper refuses to change a paper that was issued for the revision in force.
func (e *engine) openPaper(ctx context.Context, of report.PaperOf) error {
	last, err := e.lastRevision(ctx, of.Plan, of.Period)
	if err != nil || last == nil {
		return err
	}
	issued, err := e.issued(ctx, of, last.Revision)
	if err == nil && issued != nil {
		err = usagef("văn bản này đã ban hành (số %s ngày %s) nên không sửa được nữa; muốn sửa thì chốt lại kỳ, khi đó có dự thảo mới", issued.Number, viet.Day(issued.Date.In(calendar.Zone)))
	}
	return err
}

// mostNote is how many letters a note may have.
const mostNote = 4000

// notePaper puts an officer's text to a section of a paper.
func (e *engine) notePaper(ctx context.Context, of report.PaperOf, section, text, by string) error {
	if n := len([]rune(text)); n > mostNote {
		return usagef("ghi chú dài %s ký tự, nhiều nhất là %s", viet.Number(n), viet.Number(mostNote))
	}
	if err := e.openPaper(ctx, of); err != nil {
		return err
	}
	sections := report.Sections(of.Paper)
	if !slices.ContainsFunc(sections, func(s [2]string) bool { return s[0] == section }) {
		var ids []string
		for _, s := range sections {
			ids = append(ids, s[0])
		}
		return usagef("văn bản này không có mục «%s» (cần một trong %s)", section, strings.Join(ids, ", "))
	}
	return e.store.AddPaperNote(ctx, of, report.Note{Section: section, Text: text, Actor: by, At: e.business()})
}

// showPaper says what may stand on a paper that leaves the house.
func (e *engine) showPaper(ctx context.Context, of report.PaperOf, shown report.Shown, by string) error {
	if err := e.openPaper(ctx, of); err != nil {
		return err
	}
	return e.store.SetPaperShown(ctx, of, shown, by, e.business())
}

// issuePaper gives a paper its number and day and keeps the signed one with the files of every format as they are made now. p
// says what the person saw: paper, revision, acts; the rest is filled in here. path is the signed paper.
func (e *engine) issuePaper(ctx context.Context, p report.IssuedPaper, path string) error {
	period, err := calendar.Parse(p.Period)
	if err != nil {
		return usagef("không có kỳ %s", p.Period)
	}
	i := slices.IndexFunc(report.Papers(), func(k report.PaperKind) bool { return k.Name == p.Paper && k.Out })
	p.At = e.business()
	switch {
	case i < 0:
		return usagef("bảng theo dõi là tài liệu nội bộ, không có số để ban hành")
	case p.Number == "":
		return usagef("cần ghi số, ký hiệu của văn bản đã ký")
	case p.Date.IsZero():
		return usagef("cần ghi ngày của văn bản đã ký")
	case p.Date.After(p.At):
		return usagef("ngày ban hành %s chưa đến", viet.Day(p.Date))
	case path == "" || p.File == "":
		return usagef("cần kèm bản đã ký (PDF)")
	}
	last, err := e.lastRevision(ctx, p.Plan, p.Period)
	switch {
	case err != nil:
		return err
	case last == nil:
		return usagef("kỳ này chưa chốt số liệu nên văn bản chưa ban hành được: xin chốt trước")
	case last.Revision != p.Revision:
		return usagef("kỳ này vừa được chốt lại, thành lần %d: xin đọc lại văn bản rồi ghi", last.Revision)
	case p.Date.Before(dayStart(last.At)):
		return usagef("ngày ban hành %s đứng trước ngày chốt số liệu %s", viet.Day(p.Date), viet.Day(last.At.In(calendar.Zone)))
	}
	if err := e.openPaper(ctx, p.PaperOf); err != nil {
		return err
	}
	in, err := e.reportOn(ctx, period, 0, p.Paper)
	if err != nil {
		return err
	}
	if in.Closing == nil || in.Closing.Revision != p.Revision {
		return usagef("kỳ này vừa được chốt lại: xin đọc lại văn bản rồi ghi")
	}
	p.Dataset, in.Issued = in.Closing.Dataset, &p.Issued
	if p.Files, err = e.keepFormats(ctx, report.Build(in), p); err != nil {
		return err
	}
	if err := e.keepSigned(ctx, p, path); err != nil {
		return err
	}
	switch err := e.store.IssuePaper(ctx, p); {
	case errors.Is(err, store.ErrIssued):
		return usagef("văn bản này vừa được người khác ghi ban hành: xin xem lại")
	case errors.Is(err, store.ErrPaperMoved):
		return usagef("ghi chú, nội dung cho gửi đi hoặc lần chốt vừa thay đổi, nên chưa ghi ban hành: xin đọc lại văn bản rồi ghi")
	case err != nil:
		return fmt.Errorf("ghi văn bản đã ban hành: %w", err)
	}
	return nil
}

// keepFormats makes the files of every format, and the text as it is read on the desk, and keeps them.
func (e *engine) keepFormats(ctx context.Context, r report.Report, p report.IssuedPaper) ([]report.IssuedFile, error) {
	kept, err := e.keeper()
	if err != nil {
		return nil, err
	}
	formats := append(report.Formats(), report.Format{Name: report.Previewed, ContentType: "text/html; charset=utf-8",
		Write: func(w io.Writer, r report.Report) error { return r.Preview(w, p.Paper, previewTop) }})
	var out []report.IssuedFile
	for _, f := range formats {
		var buf bytes.Buffer
		if err := f.Write(&buf, r); err != nil {
			return nil, fmt.Errorf("lập văn bản %s: %w", f.Name, err)
		}
		sum := sha256.Sum256(buf.Bytes())
		k := media.Kept{SHA256: hex.EncodeToString(sum[:]), URL: "urn:loa:report:" + url.PathEscape(p.Period+"/"+string(p.Paper)+"."+f.Name), At: e.machine(), ContentType: f.ContentType, Size: buf.Len()}
		if err := kept.Keep(ctx, k, buf.Bytes()); err != nil {
			return nil, fmt.Errorf("lưu văn bản %s: %w", f.Name, err)
		}
		if err := e.store.PutKept(ctx, k); err != nil {
			return nil, err
		}
		out = append(out, report.IssuedFile{Format: f.Name, Hash: k.SHA256, Size: int64(k.Size)})
	}
	return out, nil
}

// previewTop is the level of headings in the text of a paper on the desk's page: below the heading of its section.
const previewTop = 3

func (e *engine) keepSigned(ctx context.Context, p report.IssuedPaper, path string) error {
	kept, err := e.keeper()
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("đọc bản đã ký: %w", err)
	}
	k := media.Kept{SHA256: p.File, URL: "urn:loa:signed:" + url.PathEscape(p.FileName), At: e.machine(), ContentType: "application/pdf", Size: int(info.Size())}
	if err := kept.KeepFile(ctx, k, path); err != nil {
		return fmt.Errorf("lưu bản đã ký %s: %w", p.FileName, err)
	}
	return e.store.PutKept(ctx, k)
}
