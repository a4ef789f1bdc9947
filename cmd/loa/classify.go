package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"loa/crawler/classify"
	"loa/schedule/calendar"
)

// classifyCmd is the classifier: as a filter by itself, and what it is made and
// measured with.
type classifyCmd struct {
	Lines    classifyLinesCmd    `cmd:"" default:"1" help:"Đọc các dòng JSON {id,title,body} từ stdin, ghi {id,reform,score,topics,cues,review}."`
	Train    classifyTrainCmd    `cmd:"" help:"Huấn luyện mô hình từ các dòng JSON đã có nhãn."`
	Evaluate classifyEvaluateCmd `cmd:"" help:"Đánh giá trên các dòng JSON đã có nhãn: đúng, sai, vì sao; so với bản đang dùng."`
	Suggest  classifySuggestCmd  `cmd:"" help:"In các từ hay gặp trong tin, bài về cải cách hành chính mà từ điển chưa có, để chuyên gia xem."`
	Labels   classifyLabelsCmd   `cmd:"" help:"Xuất các quyết định đã duyệt thành dòng JSON có nhãn, để huấn luyện và đánh giá."`
}

// classifier is the one in use: the embedded lexicon and model, or those given.
func (a *app) classifier() (*classify.Classifier, error) {
	var opts []classify.Option
	for _, f := range []struct {
		name string
		with func([]byte) classify.Option
	}{{a.cli.Lexicon, classify.WithLexicon}, {a.cli.Facets, classify.WithFacets}, {a.cli.Model, classify.WithModel}} {
		if f.name == "" {
			continue
		}
		data, err := os.ReadFile(f.name)
		if err != nil {
			return nil, fmt.Errorf("đọc tệp phân loại: %w", err)
		}
		opts = append(opts, f.with(data))
	}
	c, err := classify.New(opts...)
	if err != nil {
		return nil, fmt.Errorf("từ điển, danh mục nội dung, mô hình phân loại: %w", err)
	}
	return c, nil
}

type classifyLinesCmd struct{}

// Run reads JSON lines {id,title,body} on stdin and writes
// {id,reform,score,topics,cues,review}, one per line, in order.
func (classifyLinesCmd) Run(a *app) error {
	c, err := a.classifier()
	if err != nil {
		return err
	}
	return classify.Stream(a.In, a.Out, c)
}

type classifyTrainCmd struct {
	Files []string `arg:"" name:"tệp" help:"Tệp dòng JSON {id,title,lead,body,label hoặc reform,topic,…}; .gz được giải nén; - là stdin."`
	Out   string   `required:"" help:"Tệp mô hình để ghi." type:"path"`
}

// Run trains a model and writes its file, whole or not at all.
func (c *classifyTrainCmd) Run(a *app) error {
	docs, err := a.labelled(c.Files)
	if err != nil {
		return err
	}
	judge, err := a.classifier()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Err, "Huấn luyện trên %d văn bản có nhãn…\n", len(docs))
	unseen := judge.CrossValidate(docs, classify.RulesShared, false)
	record := []string{"loa classify train, " + calendarDay() + "; names: " + names(c.Files)}
	for _, view := range views(unseen) {
		f := classify.Measure(view.of)
		low, high := classify.Interval(view.of, classify.Figures.F1)
		record = append(record, fmt.Sprintf("cross-validated, %s: P %.3f R %.3f F1 %.3f (%.3f to %.3f), asked %.3f of %d, accepted wrong %d/%d, refused wrong %d/%d",
			view.name, f.Precision(), f.Recall(), f.F1(), low, high, float64(f.Asked)/float64(max(f.N(), 1)), f.N(), f.AcceptedWrong, f.Accepted, f.RefusedWrong, f.Refused))
	}
	text, err := judge.Train(docs, record...)
	if err != nil {
		return fmt.Errorf("huấn luyện: %w", err)
	}
	if err := writeWhole(c.Out, []byte(text)); err != nil {
		return fmt.Errorf("ghi mô hình: %w", err)
	}
	for _, s := range record[1:] {
		fmt.Fprintln(a.Err, s)
	}
	fmt.Fprintf(a.Err, "Đã ghi %s. Dùng: loa --model %s …\n", c.Out, c.Out)
	return nil
}

// calendarDay is today's date, as a record states it.
func calendarDay() string { return time.Now().In(calendar.Zone).Format(time.DateOnly) }

// names are the base names of files: a record tells of no folder.
func names(files []string) string {
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = filepath.Base(f)
	}
	return strings.Join(out, ", ")
}

// writeWhole writes a file, or leaves what was there.
func writeWhole(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".loa-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err := tmp.Write(data); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Chmod(0o644); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// labelled reads labelled lines of files. A bad line is a mistake of the file:
// what is measured on the rest would not be what was asked for.
func (a *app) labelled(files []string) ([]classify.Labelled, error) {
	var docs []classify.Labelled
	seen := map[string]int{} // id → place: a later label of a document replaces the earlier
	for _, name := range files {
		if err := a.eachLabelled(name, func(d classify.Labelled) {
			if at, ok := seen[d.ID]; ok && d.ID != "" {
				docs[at] = d
				return
			}
			seen[d.ID] = len(docs)
			docs = append(docs, d)
		}); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if len(docs) == 0 {
		return nil, usagef("không có dòng nào có nhãn")
	}
	return docs, nil
}

func (a *app) eachLabelled(name string, each func(classify.Labelled)) error {
	in := a.In
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		defer z.Close()
		in = z
	}
	bad, err := classify.EachLine(in, func(_ int, fields map[string]json.RawMessage) (problem, fatal error) {
		d, err := classify.ReadLabelled(fields)
		if err == nil {
			each(d)
		}
		return err, nil
	}, func() error { return nil })
	if err != nil {
		return err
	}
	return bad
}
