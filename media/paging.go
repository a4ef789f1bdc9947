package media

// Paging is how a list goes on behind its first page, which is always the
// source's own address (YAML next:). {n} in a field stands for a page's number.
type Paging struct {
	By    string // "query", "path", "link", "postback", "json", "none"; "" leaves it to Rule.Key
	First int    // query, path, postback, json: number of the first page, mostly 1 or 0
	Step  int    // query, path, postback, json: from one page's number to the next; 0 means 1
	Param string // query: the parameter that holds the number
	Path  string // path: put behind the list's path ("page-{n}"), or in its place ("/tin/trang-{n}.html")
	Link  string // link, postback: CSS selector of the link to the next page

	Target, Arg string // postback: what __doPostBack is called with; both empty: the link with the next number

	URL                        string // json: address of a page, may be relative to the source's
	Items                      string // json: dotted path to the array of entries
	Address, Title, Date, Lead string // json: dotted paths inside an entry
	HTML                       string // json: dotted path to markup that holds entries as the list page does, instead of Items

	Number, Signed, Issuer string // json, of documents and questions: likewise; Date is then the day of posting or asking
	Answered, Answer       string // json, of questions: the day of the answer, and its words
}
