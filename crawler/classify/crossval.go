package classify

// Rules says how the rules are heard in a cross-validation.
type Rules int

const (
	RulesAll    Rules = iota // as they are
	RulesShared              // without the phrases that a single document holds
)

// CrossValidate trains on nine tenths of the documents and judges the last, ten
// times; a document's tenth is told by the hash of its id. bare judges the texts
// as typed without marks. The rules are those of the classifier: where they were
// edited with an eye on these documents, RulesShared comes nearer to what is to
// be expected of others.
func (c *Classifier) CrossValidate(docs []Labelled, rules Rules, bare bool) []Prediction {
	k, at := c.read(docs), 0
	if bare {
		at = 1
	}
	ex := k.examples[at]
	out := make([]Prediction, len(ex))
	p, shared := k.unseen(at)
	if rules == RulesShared {
		p = shared
	}
	for n := range folds {
		asked := bands(ex, shared, bare, func(e *example) bool { return fold(docs[e.doc]) != n })
		for i := range ex {
			e := &ex[i]
			if fold(docs[e.doc]) != n {
				continue
			}
			named := e.rawNamed
			if rules == RulesShared {
				named = e.named
			}
			low, high := asked[e.view][0], asked[e.view][1]
			if !named {
				low = leastUnnamed(e.view, bare)
			}
			out[i] = Prediction{Labelled: docs[e.doc], View: viewNames[e.view], Score: p[i], Said: p[i] >= 0.5, Asked: p[i] >= low && p[i] < high, Topics: e.topics}
		}
	}
	return out
}
