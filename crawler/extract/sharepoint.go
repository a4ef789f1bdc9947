package extract

import (
	"net/url"
	"slices"
	"strings"

	"loa/media"
)

// The portal's software: SharePoint with a page chi-tiet-tin-tuc.aspx that is
// an article with ItemID and a list without it.

// sharepointKey reads …/<sub-site>/noidung/…/Pages/x.aspx?ItemID=N. Each
// sub-site numbers its own items; l (the list) comes padded with up to a
// hundred plus signs, in any case, missing or plainly wrong (a law story under
// the weather forecast), so it cannot be part of the key. No two pieces were seen
// under one ItemID of a sub-site.
func sharepointKey(u *url.URL) string {
	id := queryValue(u, "ItemID")
	if !number(id) {
		return ""
	}
	s := segments(u)
	cut := slices.IndexFunc(s, func(p string) bool { return strings.EqualFold(p, "noidung") })
	if cut < 0 {
		cut = slices.IndexFunc(s, func(p string) bool { return strings.EqualFold(p, "Pages") })
	}
	if cut < 0 {
		cut = max(len(s)-1, 0)
	}
	var b strings.Builder
	b.WriteString(keyHost(u))
	for _, p := range s[:cut] {
		b.WriteString("/" + url.PathEscape(strings.ToLower(p)))
	}
	id = strings.TrimLeft(id, "0")
	return b.String() + "?itemid=" + id
}

// sharepointPaging: the list is asked for again with page=N, from 1.
func sharepointPaging() media.Paging {
	return media.Paging{By: "query", Param: "page", First: 1}
}
