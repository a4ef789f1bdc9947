package schedule

import "slices"

// MayConfirm says what stands against confirming as missed how a quota stands,
// nil if nothing does; past tells that no log, register or document was received, so
// that it can only rest on another ground. A reference level is ours, and nobody misses it.
func MayConfirm(s Standing) (past bool, err error) {
	of := args{"plan": s.Plan, "quota": s.Quota, "owner": s.Owner, "period": s.Period, "state": string(s.State)}
	has := func(codes ...string) bool {
		return slices.ContainsFunc(s.Reasons, func(r Reason) bool { return slices.Contains(codes, r.Code) })
	}
	handedOver := has("receipt_missing", "register_missing", "evidence_missing") // by others, and was not
	ours := has("source_blind", "source_none", "not_observed", "not_probed", "not_watched", "page_doubtful", "awaiting_review", "undeclared")
	switch {
	case s.Basis == ByReference:
		return false, Refusal{Code: "confirm_reference", Args: of, msg: "the level is of reference: nobody misses it"}
	case s.State == Missed:
		return false, nil
	case s.State != Insufficient:
		return false, Refusal{Code: "confirm_not_short", Args: of, msg: "the standing is " + string(s.State) + ", not short"}
	case ours || !handedOver: // what we ourselves did not see or read is nobody's miss
		return false, Refusal{Code: "confirm_unseen", Args: of, msg: "the period was not seen whole by ourselves, or pieces are not read yet"}
	}
	return true, nil
}
