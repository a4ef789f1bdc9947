package gen

import "strings"

// own is a metric as it is, whichever node told of it. Labels further to
// those of the node may be dropped by name.
func own(metric, filter string, drop ...string) string {
	if filter != "" {
		filter = "{" + filter + "}"
	}
	return "max without (" + strings.Join(append([]string{"instance"}, drop...), ", ") + ") (" + metric + filter + ")"
}

// rising is how fast counters rise that each node has of its own.
func rising(metric string) string {
	return "sum without (instance) (rate(" + metric + "[$__rate_interval]))"
}

// The filters of quotas' figures: by the board's variables, of one period.
const (
	ofPlan    = `plan="$plan"`
	ofQuotas  = ofPlan + `, quota=~"$quota"`
	ofOwners  = ofQuotas + `, owner=~"$owner"`
	ofSources = `source=~"$source"`
)

func during(filter, period string) string { return filter + `, period="` + period + `"` }

// having keeps the quotas of a basis, or of other labels of loa_quota_place.
func having(expr, labels string) string {
	return "(" + expr + ") and on (plan, quota) " + own("loa_quota_place", labels)
}

func basis(b string) string { return `basis="` + b + `"` }

// titled adds the quota's title, named the owner's name: a product with one.
func titled(expr string) string {
	return "(" + expr + ") * on (plan, quota) group_left (title) (" + own("loa_quota_place", "") + " ^ 0)"
}

func named(expr string) string {
	return "(" + expr + ") * on (owner) group_left (name) (" + own("loa_owner_place", "") + " ^ 0)"
}

// inOrder gives of rows of quotas and owners where they stand: quotas in the
// plan's order, owners of one in the official one.
func inOrder(expr string) string {
	return named(titled("0 * ("+expr+")")) + " + on (plan, quota) group_left () 100000 * " + own("loa_quota_place", "") +
		" + on (owner) group_left () " + own("loa_owner_place", "")
}

// standing is how quotas stand as one number, whose words are standingWords: a
// state set has one 1, so the sum is that state's number; at risk and confirmed
// are one more than open and missed.
func standing(filter string) string {
	state := func(s string) string { return own("loa_quota_state", filter+`, state="`+s+`"`, "state") }
	return "9 * (" + own("loa_quota_shadow", filter) + " == 1) or (1 * " + state("met") + " + 2 * " + state("open") + " + " + own("loa_quota_at_risk", filter) +
		" + 4 * " + state("missed") + " + " + own("loa_quota_missed_confirmed", filter) + " + 6 * " + state("insufficient_data") + " + 7 * " + state("exempt") + ")"
}

// mainly is the figure of a quota's count of pieces, without what tells it from
// its other measures.
func mainly(metric, filter string) string {
	return own(metric, filter+`, measure="count"`, "measure", "basis")
}
