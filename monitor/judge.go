package monitor

import (
	"context"
	"fmt"
	"time"

	"loa/media"
)

// judgeBatch bounds one read and one write of the judging chore, in revisions.
const judgeBatch = 200

// JudgeAll gives a verdict to every current revision that this judge's
// version has not read yet, and returns how many. A new version therefore
// re-reads everything once, beside the old verdicts (docs/ARCHITECTURE.md, ruling 9).
// A text on which the judge panics is quarantined, and its verdict asks a person.
func JudgeAll(ctx context.Context, j Judge, store Verdicts, now time.Time) (int, error) {
	total := 0
	for {
		revs, err := store.Unjudged(ctx, j.Version(), judgeBatch)
		if err != nil {
			return total, fmt.Errorf("read unjudged revisions: %w", err)
		}
		if len(revs) == 0 {
			if total == 0 {
				return 0, nil
			}
			return total, store.Recovered(ctx, media.StageJudge, j.Version(), nil)
		}
		verdicts := make([]media.Verdict, 0, len(revs))
		for _, r := range revs {
			v, crash := judged(j, r)
			if crash != nil {
				crash.At = now
				if err := store.Quarantine(ctx, *crash); err != nil {
					return total, fmt.Errorf("quarantine revision %s: %w", r.ID, err)
				}
			}
			v.Revision, v.Classifier = r.ID, j.Version()
			verdicts = append(verdicts, v)
		}
		if err := store.PutVerdicts(ctx, verdicts, now); err != nil {
			return total, fmt.Errorf("store verdicts: %w", err)
		}
		total += len(revs)
	}
}

// judged is the verdict on a text or, where the judge panics on it, one that asks
// a person and says nothing itself, with what is to be quarantined.
func judged(j Judge, r media.Revision) (v media.Verdict, crash *media.Quarantined) {
	defer func() {
		if p := recover(); p != nil {
			v, crash = media.Verdict{Score: 0.5, Review: true}, crashed(p, media.StageJudge, r, j.Version())
		}
	}()
	return j.Judge(r), nil
}

// crashed is what is quarantined of a text; to be called where p was recovered.
func crashed(p any, stage string, r media.Revision, version string) *media.Quarantined {
	q := media.Quarantined{Stage: stage, Kind: "revision", ID: r.ID, Version: version, Item: r.Item, Kept: r.Kept}
	q.Words, q.Frames = media.CrashOf(p)
	return &q
}
