package crawler

import (
	"runtime/debug"

	"loa/crawler/extract"
	"loa/media"
)

// heavyBody is the size, in bytes, from which documents are read one at a time:
// nearly every page and feed is smaller, and what is larger may take many times
// its size while it is read.
const heavyBody = 256 << 10

// heavy is held while a large document is read.
type heavy chan struct{}

// alone reads a document; a large one while no other large one is read, with
// its garbage collected as it arises, so that large documents of many hosts
// take no more memory, and no more of the processor, than one. Nothing is
// fetched meanwhile.
func (h heavy) alone(size int, read func()) {
	if size < heavyBody {
		read()
		return
	}
	h <- struct{}{}
	percent := debug.SetGCPercent(20)
	defer func() {
		debug.FreeOSMemory()
		debug.SetGCPercent(percent)
		<-h
	}()
	read()
}

// apart makes readers of readers, which take large documents one at a time.
func (r Readers) apart() Readers {
	h := make(heavy, 1)
	listing := func(read func(string, media.Source, string) (extract.Listing, error)) func(string, media.Source, string) (extract.Listing, error) {
		return func(text string, src media.Source, base string) (l extract.Listing, err error) {
			h.alone(len(text), func() { l, err = read(text, src, base) })
			return l, err
		}
	}
	decode, page := r.Decode, r.Page
	r.Decode = func(body []byte, ctype string) (text string, err error) {
		h.alone(len(body), func() { text, err = decode(body, ctype) })
		return text, err
	}
	r.Feed, r.List = listing(r.Feed), listing(r.List)
	r.Documents, r.Questions = listing(r.Documents), listing(r.Questions)
	missing, announced := r.Missing, r.Schedule
	r.Missing = func(text string, src media.Source, at string) (names []string, err error) {
		h.alone(len(text), func() { names, err = missing(text, src, at) })
		return names, err
	}
	r.Schedule = func(text string, src media.Source, at string, columns []media.Column) (all []media.Planned, err error) {
		h.alone(len(text), func() { all, err = announced(text, src, at, columns) })
		return all, err
	}
	next, sitemap := r.Next, r.Map
	r.Next = func(text string, src media.Source, base string, at extract.Place) (to extract.Place, ok bool, err error) {
		h.alone(len(text), func() { to, ok, err = next(text, src, base, at) })
		return to, ok, err
	}
	r.Map = func(body []byte, ctype string, src media.Source, base string) (m extract.Map, err error) {
		h.alone(len(body), func() { m, err = sitemap(body, ctype, src, base) })
		return m, err
	}
	r.Page = func(text string, src media.Source, at string) (a extract.Article, err error) {
		h.alone(len(text), func() { a, err = page(text, src, at) })
		return a, err
	}
	return r
}
