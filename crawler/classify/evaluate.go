package classify

// Labelled is a document with what a reader said of it.
type Labelled struct {
	Doc
	Reform     bool
	Topic      string   // the main one
	Topics     []string // all that are right
	Hard       bool     // negative that holds terms of reform
	Borderline bool     // a careful reader could differ
	Sample     string   // how it was drawn
}

// Figures are the counts of an evaluation; the methods divide them.
type Figures struct {
	Right, Wrong, Missed, Rejected int // true and false positives, false and true negatives
	Hard, HardWrong                int // hard negatives, and those accepted
	Reviewed                       int // sent to a person
	AutoWrong                      int // decided alone and wrong
	Primary                        int // true positives whose first topic is among the right ones
	Mistakes                       []Labelled
}

// Precision is the share of accepted documents that are about reform.
func (f Figures) Precision() float64 { return share(f.Right, f.Right+f.Wrong) }

// Recall is the share of documents about reform that were accepted.
func (f Figures) Recall() float64 { return share(f.Right, f.Right+f.Missed) }

// F1 is the harmonic mean of precision and recall.
func (f Figures) F1() float64 { return share(2*f.Right, 2*f.Right+f.Wrong+f.Missed) }

func share(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Evaluate reads every document and counts. Mistakes come in the order given.
func (c *Classifier) Evaluate(docs []Labelled) Figures {
	var f Figures
	for _, d := range docs {
		r := c.Read(d.Doc)
		if r.Review {
			f.Reviewed++
		} else if r.Reform != d.Reform {
			f.AutoWrong++
		}
		if d.Hard && !d.Reform {
			f.Hard++
			if r.Reform {
				f.HardWrong++
			}
		}
		switch {
		case r.Reform && d.Reform:
			f.Right++
			if len(r.Topics) > 0 {
				for _, t := range append([]string{d.Topic}, d.Topics...) {
					if t == r.Topics[0] {
						f.Primary++
						break
					}
				}
			}
		case r.Reform:
			f.Wrong++
			f.Mistakes = append(f.Mistakes, d)
		case d.Reform:
			f.Missed++
			f.Mistakes = append(f.Mistakes, d)
		default:
			f.Rejected++
		}
	}
	return f
}
