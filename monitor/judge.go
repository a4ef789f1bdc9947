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
func JudgeAll(ctx context.Context, j Judge, store Verdicts, now time.Time) (int, error) {
	total := 0
	for {
		revs, err := store.Unjudged(ctx, j.Version(), judgeBatch)
		if err != nil {
			return total, fmt.Errorf("read unjudged revisions: %w", err)
		}
		if len(revs) == 0 {
			return total, nil
		}
		verdicts := make([]media.Verdict, 0, len(revs))
		for _, r := range revs {
			v := j.Judge(r)
			v.Revision, v.Classifier = r.ID, j.Version()
			verdicts = append(verdicts, v)
		}
		if err := store.PutVerdicts(ctx, verdicts, now); err != nil {
			return total, fmt.Errorf("store verdicts: %w", err)
		}
		total += len(revs)
	}
}
