package extract

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"loa/media"
	"loa/viet"
)

// Document is what a list of documents says of one besides title, link and the
// day it was posted.
type Document struct {
	Number string    // in the one form of viet.DocumentNumber, "" if none is printed
	Signed time.Time // local midnight in UTC, zero if not printed
	Issuer string    // as printed
}

// The columns of a list of documents, or of administrative procedures.
const (
	dNumber field = iota
	dSymbol       // «Ký hiệu» beside a «Số»
	dSigned
	dPosted
	dTitle
	dIssuer
	dType
	dProcedure // the name of an administrative procedure
	documentFields
)

func documentForm() form {
	signed, _ := registerForm(media.RegProcedures)
	var heads [documentFields][]string
	heads[dNumber], heads[dSymbol] = signed.heads[rNumber], signed.heads[rSymbol]
	heads[dSigned] = signed.heads[rDate]
	heads[dTitle] = signed.heads[rTitle]
	heads[dPosted] = []string{"ngay dang", "ngay dang tai", "ngay cap nhat", "ngay xuat ban", "ngay niem yet", "ngay cong khai", "ngay dua tin", "thoi gian dang", "dang ngay", "cap nhat", "ngay dang len"}
	heads[dIssuer] = []string{"co quan ban hanh", "don vi ban hanh", "noi ban hanh", "co quan", "don vi", "nguoi ky", "co quan thuc hien", "don vi thuc hien"}
	heads[dType] = []string{"loai van ban", "hinh thuc van ban", "the loai", "loai", "hinh thuc"}
	heads[dProcedure] = []string{"ten thu tuc hanh chinh", "ten thu tuc", "thu tuc hanh chinh", "ten tthc", "tthc", "thu tuc"}
	return form{noun: "danh mục văn bản", wants: "«Số, ký hiệu», «Ngày ban hành», «Trích yếu»", least: 2, heads: heads[:]}
}

// procedureSection marks the rows of a list of administrative procedures,
// each of which shows the decision that published it.
const procedureSection = "Thủ tục hành chính"

// Documents reads a list of documents (văn bản) or of administrative procedures
// (TTHC): a table by its header, or the blocks of Rule.Item by the rule's
// selectors and the labels they print. An entry's date is the day it was posted,
// where the list says it. text is Decode's. Errors are BlindErrors: challenge,
// soft_404, hijacked, empty, layout_changed, parse_error.
func Documents(text string, src media.Source, base string) (Listing, error) {
	p, err := openSheet(text, src, base)
	if err != nil {
		return Listing{}, err
	}
	rule := src.Rule
	css := make([]string, documentFields)
	css[dNumber], css[dSigned], css[dPosted], css[dTitle], css[dIssuer], css[dType] = rule.Number, rule.Signed, rule.Date, rule.Title, rule.Issuer, rule.Section
	paths := make([]string, documentFields)
	paths[dNumber], paths[dSigned], paths[dPosted], paths[dTitle], paths[dIssuer] = rule.Next.Number, rule.Next.Signed, rule.Next.Date, rule.Next.Title, rule.Next.Issuer
	found, _, n := p.records(documentForm(), rule, css, paths)
	if n == 0 {
		return Listing{}, blindPage(text, p.doc, "list of documents")
	}
	r := documentReader{rule: rule, base: p.base, home: p.home, own: p.own, at: map[string]int{}}
	r.list.Notes = p.notes
	var titles []string
	for _, rec := range found {
		if r.row(rec) {
			titles = append(titles, rec.get(dTitle)+rec.get(dProcedure))
		}
	}
	r.list.Partial = n > len(found) || len(found) >= p.bounds.Items
	count(&r.list.Notes, "linkless", r.hollow)
	count(&r.list.Notes, "repeated", r.same)
	count(&r.list.Notes, "dateless", r.dateless)
	count(&r.list.Notes, "numberless", r.numberless)
	if err := p.refused(titles, len(r.list.Entries), "document", fmt.Sprintf("%d rows, none is a document", n)); err != nil {
		return Listing{}, err
	}
	return r.list, nil
}

type documentReader struct {
	rule media.Rule
	base *url.URL
	home *url.URL
	own  admit
	list Listing
	at   map[string]int

	hollow, same, dateless, numberless int
}

// row adds one document; false if the row is none.
func (r *documentReader) row(rec record) bool {
	e := Entry{Title: rec.get(dTitle), Section: rec.get(dType), Document: &Document{}}
	if name := rec.get(dProcedure); !blank(name) {
		e.Title, e.Section = name, procedureSection
	}
	d := e.Document
	d.Number = r.number(rec)
	if blank(e.Title) { // lists without a column of their own for it name the document in its link
		if words := rec.linkWords(r.rule.Link, r.base); words != "" {
			e.Title = words
		}
	}
	if len([]rune(e.Title)) < 8 {
		r.hollow++
		return false
	}
	e.Title = cutText(e.Title, maxTitle)
	e.URL = rec.linkOf(r.rule.Link, r.base, r.own)
	signed, ok := r.signed(rec, d.Number)
	if ok {
		d.Signed = localDay(signed).UTC()
	}
	if d.Issuer = rec.get(dIssuer); blank(d.Issuer) || len([]rune(d.Issuer)) > maxSection {
		d.Issuer = ""
	}
	if e.Date, ok = readDate(rec.get(dPosted), "list", r.rule); !ok {
		r.dateless++
	}
	if d.Number == "" {
		r.numberless++
	}
	if !r.key(&e) {
		r.hollow++
		return false
	}
	if i, twice := r.at[e.Key]; twice {
		r.same++
		complete(&r.list.Entries[i], e)
		return true
	}
	r.at[e.Key] = len(r.list.Entries)
	r.list.Entries = append(r.list.Entries, e)
	return true
}

// key identifies a document by its page, else by its number, or its title, and
// the day it was signed.
func (r *documentReader) key(e *Entry) bool {
	var err error
	if e.URL != "" {
		e.Key, err = Key(r.rule.Key, e.URL)
		return err == nil
	}
	page := *r.home
	page.Fragment, page.RawFragment = "", ""
	id := e.Document.Number
	if id == "" {
		id = cutText(plainWords(e.Title), 120)
	}
	if !e.Document.Signed.IsZero() {
		id += " " + e.Document.Signed.In(time.FixedZone("", 7*3600)).Format("20060102")
	}
	if e.Section == procedureSection && e.Document.Number != "" {
		id += " " + plainWords(e.Title)
	}
	page.Fragment = strings.ReplaceAll(plainWords(id), " ", "-")
	e.URL, e.Key = page.String(), bareHost(&page)+"/#"+page.Fragment
	return true
}

// number is the document's own: of its column, or the one with which its title
// begins.
func (r *documentReader) number(rec record) string {
	cell := rec.get(dNumber)
	if symbol := strings.TrimLeft(rec.get(dSymbol), "/ "); symbol != "" && cell != "" && !strings.Contains(cell, "/") {
		cell += "/" + symbol
	}
	if all := viet.DocumentNumbers(cell); len(all) > 0 {
		return all[0]
	}
	title := rec.get(dTitle)
	all := viet.DocumentNumbers(title)
	if len(all) == 0 {
		return ""
	}
	const near = 40 // letters: «Quyết định số …», not one it rests on
	if head := []rune(title); len(head) > near {
		title = string(head[:near])
	}
	if first := viet.DocumentNumbers(title); len(first) > 0 && first[0] == all[0] {
		return all[0]
	}
	return ""
}

// signed is the day of signing: of its column, or beside the number.
func (r *documentReader) signed(rec record, number string) (time.Time, bool) {
	if d, ok := readDate(rec.get(dSigned), "list", r.rule); ok {
		return d.At, true
	}
	for _, s := range []string{rec.get(dNumber), rec.get(dTitle)} {
		if t, ok := viet.DocumentDate(s, number); ok && number != "" {
			return t, true
		}
	}
	return time.Time{}, false
}
