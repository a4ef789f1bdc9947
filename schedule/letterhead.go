package schedule

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"loa/media"
)

// Letterhead is what stands around the department's papers, for a span of time: a report of 2023 that is printed in 2027 bears
// the name of the department of 2023 (Nghị định 30/2020/NĐ-CP, Phụ lục I.II; Quyết định in force then).
type Letterhead struct {
	Agency    string    // id of the body that issues
	From, To  time.Time // To exclusive; zero: without bound
	Superior  string    // «UBND TỈNH YÊN BÁI»
	Issuer    string    // «SỞ THÔNG TIN VÀ TRUYỀN THÔNG»
	Name      string    // in sentences: «Sở Thông tin và Truyền thông»
	Symbol    string    // «STTTT»
	Office    string    // that drafts, in the number of a công văn and in «Lưu»: «TTBCXB»; may be empty
	Place     string    // «Yên Bái»
	Signer    string    // «GIÁM ĐỐC», «KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC»
	Home      string    // who consolidates and confirms: «Sở Nội vụ»
	Governing string    // to whom a báo cáo goes: «Ủy ban nhân dân tỉnh»
	Copies    []string  // further nơi nhận, without dash and stop
	ReplyDays int       // working days a unit has to answer before a paper names it («thời hạn phản hồi»), 3 by default
	Basis     string    // on what document
}

// DefaultReplyDays is the right of reply in working days where nothing else is set.
const DefaultReplyDays = 3

// LetterheadAt is the letterhead of a day: the one listed for it, what it leaves out derived from the names of the agencies.
func (p *Plan) LetterheadAt(at time.Time) Letterhead { return p.LetterheadOf("", at) }

// LetterheadOf is the letterhead of one body's papers on a day; of whichever issues them where agency is "".
func (p *Plan) LetterheadOf(agency string, at time.Time) Letterhead {
	l := Letterhead{Agency: agency}
	for _, x := range p.Letterheads { // the later line wins
		if (agency == "" || agency == x.Agency) && !at.Before(x.From) && (x.To.IsZero() || at.Before(x.To)) {
			l = x
		}
	}
	if l.Agency == "" {
		l.Agency = p.Tell.Officer
	}
	if l.Agency == "" {
		if i := slices.IndexFunc(p.Quotas, func(q Quota) bool { return q.Letters == "orient" && q.Owner.Agency != "" }); i >= 0 {
			l.Agency = p.Quotas[i].Owner.Agency
		}
	}
	own := strings.TrimSuffix(p.ProvinceName, " (dữ liệu mẫu)")
	or := func(to *string, s string) {
		if *to == "" {
			*to = s
		}
	}
	if i := slices.IndexFunc(p.Agencies, func(a media.Agency) bool { return a.ID == l.Agency }); i >= 0 {
		or(&l.Name, strings.TrimSpace(strings.TrimSuffix(p.Agencies[i].Name, own)))
	}
	or(&l.Name, p.Issuer)
	or(&l.Superior, strings.ToUpper("UBND "+own))
	or(&l.Issuer, strings.ToUpper(l.Name))
	or(&l.Symbol, initials(l.Name))
	or(&l.Place, placeOf(own))
	or(&l.Signer, "GIÁM ĐỐC")
	or(&l.Home, "Sở Nội vụ")
	or(&l.Governing, "Ủy ban nhân dân tỉnh")
	if l.ReplyDays == 0 {
		l.ReplyDays = DefaultReplyDays
	}
	return l
}

// initials are the letters by which a body's papers are known: «Sở Thông tin và Truyền thông» is STTTT.
func initials(name string) string {
	var b strings.Builder
	for _, w := range strings.Fields(name) {
		if r, _ := utf8.DecodeRuneInString(w); w != "và" && unicode.IsLetter(r) {
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}

// placeOf is the province's own name.
func placeOf(province string) string {
	for _, kind := range []string{"tỉnh ", "thành phố "} {
		province = strings.TrimPrefix(province, kind)
	}
	return province
}
