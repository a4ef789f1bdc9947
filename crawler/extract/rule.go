package extract

import (
	"fmt"
	"regexp"

	"github.com/andybalholm/cascadia"

	"loa/media"
	"loa/viet"
)

// RuleError says what is wrong with one field of a reading rule. Field is its
// name in sources.yaml, so that a reader of plans can point at the line.
type RuleError struct{ Field, Msg string }

func (e RuleError) Error() string { return e.Field + ": " + e.Msg }

// CheckExpect tells every mistake of what has to be posted on a page, as RuleErrors.
func CheckExpect(e media.Expect) []error {
	var errs []error
	if e.Selector != "" {
		if _, err := cascadia.ParseGroup(e.Selector); err != nil {
			errs = append(errs, RuleError{"selector", fmt.Sprintf("want a CSS selector, %q is none: %v", e.Selector, err)})
		}
	}
	if _, err := regexp.Compile(e.Regexp); err != nil {
		errs = append(errs, RuleError{"regexp", fmt.Sprintf("want a regular expression: %v", err)})
	}
	return errs
}

// CheckRule tells every mistake of a reading rule at once, as RuleErrors.
func CheckRule(r media.Rule) []error {
	var errs []error
	for _, f := range []struct{ field, css string }{
		{"item", r.Item}, {"link", r.Link}, {"title", r.Title}, {"lead", r.Lead}, {"date", r.Date},
		{"headline", r.Headline}, {"sapo", r.Sapo}, {"body", r.Body}, {"page_date", r.PageDate},
		{"section", r.Section}, {"byline", r.Byline}, {"next/link", r.Next.Link},
		{"number", r.Number}, {"signed", r.Signed}, {"issuer", r.Issuer}, {"answered", r.Answered}, {"answer", r.Answer},
	} {
		if err := checkSelector(f.css); err != nil {
			errs = append(errs, RuleError{f.field, err.Error()})
		}
	}
	if r.Item == "" {
		for _, f := range []struct{ field, css string }{{"link", r.Link}, {"title", r.Title}, {"lead", r.Lead}, {"date", r.Date},
			{"number", r.Number}, {"signed", r.Signed}, {"issuer", r.Issuer}, {"answered", r.Answered}, {"answer", r.Answer}} {
			if f.css != "" {
				errs = append(errs, RuleError{f.field, "is relative to item, and item is empty"})
			}
		}
	}
	switch r.DateLayout {
	case "", "dmy", "mdy":
	default:
		errs = append(errs, RuleError{"date_layout", fmt.Sprintf(`want "dmy" or "mdy", not %q`, r.DateLayout)})
	}
	if err := (viet.DateOptions{Zone: r.Zone}).Check(); err != nil {
		errs = append(errs, RuleError{"zone", err.Error()})
	}
	if err := (viet.DateOptions{Format: r.DateFormat}).Check(); err != nil {
		errs = append(errs, RuleError{"date_format", err.Error()})
	}
	if _, err := regexp.Compile(r.ArticleURL); err != nil {
		errs = append(errs, RuleError{"article_url", fmt.Sprintf("want a regular expression: %v", err)})
	}
	if _, err := Key(r.Key, "http://example.com/"); err != nil {
		errs = append(errs, RuleError{"key", err.Error()})
	}
	return errs
}

func checkSelector(css string) error {
	if css == "" {
		return nil
	}
	if _, err := cascadia.ParseGroup(css); err != nil {
		return fmt.Errorf("want a CSS selector, %q is none: %w", css, err)
	}
	return nil
}
