package classify

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"loa/media"
)

// Labelled is a document with what a reader said of it.
type Labelled struct {
	Doc
	Reform     bool
	Topic      string   // the main one
	Topics     []string // all that are right
	Hard       bool     // negative that holds terms of reform
	Borderline bool     // a careful reader could differ
	Sample     string   // how it was drawn; "random" and "provincial" are general news
	Source     string   // where it was published
}

// ReadLabelled reads one labelled document of a JSON line: id, title, lead, body,
// section, source, sample, topic, topics_ok, hard, borderline, and either label
// ("cchc" or "khong") or reform (true or false).
func ReadLabelled(fields map[string]json.RawMessage) (Labelled, error) {
	var d Labelled
	label := ""
	for key, into := range map[string]*string{
		"title": &d.Title, "lead": &d.Lead, "body": &d.Body, "section": &d.Section, "label": &label,
		"topic": &d.Topic, "sample": &d.Sample, "source": &d.Source,
	} {
		if err := Field(fields, key, into); err != nil {
			return d, err
		}
	}
	if raw := fields["id"]; raw != nil {
		if json.Unmarshal(raw, &d.ID) != nil {
			d.ID = string(raw)
		}
	}
	for key, into := range map[string]any{"hard": &d.Hard, "borderline": &d.Borderline, "topics_ok": &d.Topics} {
		if v, ok := fields[key]; ok {
			if err := json.Unmarshal(v, into); err != nil {
				return d, fmt.Errorf("field %q: %w", key, err)
			}
		}
	}
	switch reform, given := fields["reform"]; {
	case label == "cchc":
		d.Reform = true
	case label == "khong":
	case label != "":
		return d, fmt.Errorf("label %q: want cchc or khong", label)
	case !given:
		return d, errors.New("want label or reform")
	default:
		if err := json.Unmarshal(reform, &d.Reform); err != nil {
			return d, fmt.Errorf("field %q: want true or false", "reform")
		}
	}
	if d.Title == "" && d.Body == "" && d.Lead == "" {
		return d, errors.New("nothing to read: no title, lead or body")
	}
	topics := media.Topics()
	for _, t := range append([]string{d.Topic}, d.Topics...) {
		if t != "" && !slices.Contains(topics[:], t) {
			return d, fmt.Errorf("topic %q: want one of %v", t, topics)
		}
	}
	return d, nil
}

// Prediction is what was said of a labelled document, read in one view.
type Prediction struct {
	Labelled
	View   string  // title, lead or full: what there was to read
	Score  float64 // probability, 0..1
	Said   bool    // that it is about reform
	Asked  bool    // a person
	Topics []string
	Cues   []media.Cue
}

// Predict reads every document as it is.
func (c *Classifier) Predict(docs []Labelled) []Prediction {
	out := make([]Prediction, len(docs))
	for i, d := range docs {
		r := c.Read(d.Doc)
		view := viewTitle
		switch {
		case d.Body != "":
			view = viewFull
		case d.Lead != "":
			view = viewLead
		}
		out[i] = Prediction{Labelled: d, View: viewNames[view], Score: r.Score, Said: r.Reform, Asked: r.Review, Topics: r.Topics, Cues: r.Cues}
	}
	return out
}

// Figures are the counts of an evaluation; the methods divide them.
type Figures struct {
	Right, Wrong, Missed, Rejected int // true and false positives, false and true negatives
	Hard, HardWrong                int // hard negatives, and those accepted
	General, GeneralWrong          int // negatives drawn from general news, and those accepted
	Asked                          int // sent to a person
	Accepted, AcceptedWrong        int // decided alone
	Refused, RefusedWrong          int
	Primary                        int // true positives with a topic known whose first is among the right ones
	Topical                        int // true positives with a topic known
}

// Measure counts.
func Measure(ps []Prediction) (f Figures) {
	for _, p := range ps {
		wrong := p.Said != p.Reform
		if p.Hard && !p.Reform {
			f.Hard++
			f.HardWrong += one(wrong)
		}
		if (p.Sample == "random" || p.Sample == "provincial") && !p.Reform {
			f.General++
			f.GeneralWrong += one(wrong)
		}
		switch {
		case p.Asked:
			f.Asked++
		case p.Said:
			f.Accepted++
			f.AcceptedWrong += one(wrong)
		default:
			f.Refused++
			f.RefusedWrong += one(wrong)
		}
		switch {
		case p.Said && p.Reform:
			f.Right++
			if p.Topic != "" && p.Topics != nil {
				f.Topical++
				f.Primary += one(len(p.Topics) > 0 && (p.Topics[0] == p.Topic || slices.Contains(p.Labelled.Topics, p.Topics[0])))
			}
		case p.Said:
			f.Wrong++
		case p.Reform:
			f.Missed++
		default:
			f.Rejected++
		}
	}
	return f
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// N is how many documents were judged.
func (f Figures) N() int { return f.Right + f.Wrong + f.Missed + f.Rejected }

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

// Interval is where a figure lies in 95 of 100 samples of as many documents, drawn
// from these with replacement (Efron's bootstrap, percentiles of 1,000 samples).
func Interval(ps []Prediction, of func(Figures) float64) (low, high float64) {
	if len(ps) == 0 {
		return 0, 0
	}
	rng := rand.New(rand.NewPCG(3, 4))
	drawn := make([]Prediction, len(ps))
	figures := make([]float64, 1000)
	for i := range figures {
		for k := range drawn {
			drawn[k] = ps[rng.IntN(len(ps))]
		}
		figures[i] = of(Measure(drawn))
	}
	slices.Sort(figures)
	return figures[25], figures[974]
}

// Bin is a stretch of probabilities: how many documents were given one of it, what
// they were given on average, and what share of them is about reform.
type Bin struct {
	From, To    float64
	N           int
	Said, Share float64
}

// Calibration lays the probabilities beside what was right, in ten stretches, and
// gives the expected calibration error: the mean distance, weighted by documents.
func Calibration(ps []Prediction) (bins [10]Bin, ece float64) {
	for i := range bins {
		bins[i].From, bins[i].To = float64(i)/10, float64(i+1)/10
	}
	for _, p := range ps {
		b := &bins[min(int(p.Score*10), 9)]
		b.N++
		b.Said += p.Score
		b.Share += float64(one(p.Reform))
	}
	for i := range bins {
		b := &bins[i]
		if b.N > 0 {
			b.Said, b.Share = b.Said/float64(b.N), b.Share/float64(b.N)
			ece += math.Abs(b.Said-b.Share) * float64(b.N) / float64(len(ps))
		}
	}
	return bins, ece
}

// Mistakes are the predictions that are wrong, the surest first.
func Mistakes(ps []Prediction) []Prediction {
	var out []Prediction
	for _, p := range ps {
		if p.Said != p.Reform {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Prediction) int {
		return cmp.Compare(math.Abs(b.Score-0.5), math.Abs(a.Score-0.5))
	})
	return out
}
