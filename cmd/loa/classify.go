package main

import (
	"fmt"

	"loa/crawler/classify"
)

type classifyCmd struct{}

// Run reads JSON lines {id,title,body} on stdin and writes
// {id,reform,score,topics,cues,review}, one per line, in order.
func (classifyCmd) Run(a *app) error {
	c, err := classify.New()
	if err != nil {
		return fmt.Errorf("từ điển phân loại: %w", err)
	}
	return classify.Stream(a.In, a.Out, c)
}
