package gen

import (
	"fmt"
	"slices"
)

// asking gives the queries their letters.
func asking(format string, instant bool, qs []asks) []query {
	out := make([]query, len(qs))
	for i, q := range qs {
		out[i] = query{RefID: letter(i), Datasource: prometheus, EditorMode: "code", Expr: q.expr, Format: format, Instant: instant, Range: !instant, LegendFormat: q.legend}
	}
	return out
}

func letter(i int) string { return string(rune('A' + i)) }

// asks is a query with the name of its series.
type asks struct{ expr, legend string }

func fixed(c string) *color { return &color{Mode: "fixed", FixedColor: c} }

func num[T any](v T) *T { return &v }

// plain colours nothing: a figure whose meaning is not a matter of good or bad.
func plain() *thresholds { return &thresholds{"absolute", []step{{"text", nil}}} }

func base(unit string) field {
	return field{NoValue: none, Unit: unit, Mappings: empty(), Color: fixed("text"), Thresholds: plain()}
}

var reduce = map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}

// tiles are big figures side by side, legible across a room.
func tiles(title, about string, width int, unit string, qs ...asks) panel {
	return panel{Type: "stat", Title: title, Description: about, Datasource: &prometheus, Targets: asking("time_series", true, qs), width: width, height: 5,
		FieldConfig: &fieldConfig{Defaults: base(unit), Overrides: []override{}},
		Options: map[string]any{"colorMode": "value", "graphMode": "none", "justifyMode": "center", "orientation": "vertical", "percentChangeColorMode": "standard",
			"reduceOptions": reduce, "showPercentChange": false, "textMode": "value_and_name", "wideLayout": true, "text": map[string]any{"titleSize": 20, "valueSize": 44}}}
}

// colored gives the series of a panel by their names the colours of words.
func (p panel) colored(ws []word) panel {
	for _, w := range ws {
		p = p.set("byName", w.text, property{"color", color{"fixed", w.color}})
	}
	return p
}

// set changes the fields that a matcher finds.
func (p panel) set(by, what string, ps ...property) panel {
	c := *p.FieldConfig
	c.Overrides = append(slices.Clone(c.Overrides), override{matcher{by, what}, ps})
	p.FieldConfig = &c
	return p
}

func (p panel) high(h int) panel { p.height = h; return p }

func (p panel) mapped(ws []word) panel {
	p.FieldConfig.Defaults.Mappings = mapped(ws)
	return p
}

// leading gives every value a link.
func (p panel) leading(title, url string) panel {
	p.FieldConfig.Defaults.Links = []link{{title, url, true}}
	return p
}

// trend is a chart over time, from zero.
func trend(title, about string, width int, unit string, qs ...asks) panel {
	f := base(unit)
	f.Color, f.Thresholds, f.Min = &color{Mode: "palette-classic"}, nil, num(0.0)
	f.Custom = map[string]any{"drawStyle": "line", "lineInterpolation": "stepAfter", "lineWidth": 3, "fillOpacity": 8, "showPoints": "auto", "pointSize": 6, "spanNulls": false, "axisSoftMin": 0}
	return panel{Type: "timeseries", Title: title, Description: about, Datasource: &prometheus, Targets: asking("time_series", false, qs), width: width, height: 9,
		FieldConfig: &fieldConfig{Defaults: f, Overrides: []override{}},
		Options: map[string]any{"legend": map[string]any{"calcs": []string{"lastNotNull"}, "displayMode": "list", "placement": "bottom", "showLegend": true},
			"tooltip": map[string]any{"mode": "multi", "sort": "none"}}}
}

// dashed draws the series of a query as the line to reach.
func (p panel) dashed(ref, color string) panel {
	return p.set("byFrameRefID", ref, property{"custom.lineStyle", map[string]any{"fill": "dash", "dash": []int{12, 8}}}, property{"custom.fillOpacity", 0},
		property{"color", map[string]any{"mode": "fixed", "fixedColor": color}})
}

// timeline shows words over time, a row each series.
func timeline(title, about string, ws []word, qs ...asks) panel {
	f := field{NoValue: none, Mappings: mapped(ws), Color: fixed(noColor), Thresholds: &thresholds{"absolute", []step{{noColor, nil}}}, Custom: map[string]any{"fillOpacity": 80, "lineWidth": 1}}
	return panel{Type: "state-timeline", Title: title, Description: about, Datasource: &prometheus, Targets: asking("time_series", false, qs), width: 24, height: 9,
		FieldConfig: &fieldConfig{Defaults: f, Overrides: []override{}},
		Options: map[string]any{"alignValue": "left", "legend": map[string]any{"calcs": []string{}, "displayMode": "list", "placement": "bottom", "showLegend": true},
			"mergeValues": true, "rowHeight": 0.85, "showValue": "auto", "tooltip": map[string]any{"mode": "single", "sort": "none"}}}
}

// column is one of a table: a label by its name, or the value of a query by
// its letter; hidden ones are there for links.
type column struct {
	of, title string
	width     int
	props     []property
	hidden    bool
}

func (c column) with(ps ...property) column {
	c.props = append(slices.Clone(c.props), ps...)
	return c
}

func label(name, title string, width int) column {
	return column{of: name, title: title, width: width}
}

func value(ref, title string, width int) column {
	return column{of: "Value #" + ref, title: title, width: width}
}

func hidden(name string) column { return column{of: name, title: name, hidden: true} }

// worded shows a column's values as words on their colours.
func (c column) worded(ws []word) column {
	return c.with(property{"mappings", mapped(ws)}, property{"custom.cellOptions", map[string]any{"type": "color-background", "mode": "basic"}})
}

func (c column) unit(u string) column { return c.with(property{"unit", u}) }

func (c column) linked(title, url string) column {
	return c.with(property{"links", []link{{title, url, true}}})
}

// table joins instant queries by the labels they have in common, and puts the
// rows in the order of the first one's value, which is not shown.
func table(title, about string, width int, qs []string, cols ...column) panel {
	all := make([]asks, len(qs))
	for i, q := range qs {
		all[i] = asks{expr: q}
	}
	sorted := "Value #A"
	if len(qs) == 1 {
		sorted = "Value"
	}
	index, gone := map[string]any{}, map[string]any{"Time": true, sorted: true, "job": true}
	f := base("")
	f.Custom = map[string]any{"align": "auto", "cellOptions": map[string]any{"type": "auto"}, "inspect": false, "wrapHeaderText": true}
	p := panel{Type: "table", Title: title, Description: about, Datasource: &prometheus, Targets: asking("table", true, all), width: width, height: 10,
		FieldConfig: &fieldConfig{Defaults: f, Overrides: []override{}},
		Options:     map[string]any{"cellHeight": "md", "enablePagination": false, "frameIndex": 0, "showHeader": true}}
	for i, c := range cols {
		index[c.of] = i
		ps := append([]property{{"displayName", c.title}}, c.props...)
		if c.width > 0 {
			ps = append(ps, property{"custom.width", c.width})
		}
		if c.hidden {
			ps = append(ps, property{"custom.hideFrom", map[string]any{"viz": true, "legend": true, "tooltip": true}})
		}
		p = p.set("byName", c.of, ps...)
	}
	for _, name := range []string{"plan", "quota", "owner", "source", "period", "title", "name", "state", "basis", "kind", "doubt", "outcome", "cadence", "level", "figure", "reason", "measure"} {
		if _, shown := index[name]; !shown {
			gone[name] = true
		}
	}
	for i := range qs { // what a query gives beside its labels is shown only where a column asks for it
		if v := "Value #" + letter(i); index[v] == nil {
			gone[v] = true
		}
	}
	p.Transformations = []transformation{
		{"merge", map[string]any{}},
		{"sortBy", map[string]any{"fields": map[string]any{}, "sort": []map[string]any{{"field": sorted}}}},
		{"organize", map[string]any{"excludeByName": gone, "indexByName": index, "renameByName": map[string]any{}}},
	}
	return p
}

// note is a line of text.
func note(text string, width, height int) panel {
	return panel{Type: "text", Title: "", width: width, height: height, Options: map[string]any{"mode": "markdown", "content": text}}
}

// heading are the panels that every board begins with: which plan, sample or
// not, and up to when.
func heading(says string) []panel {
	what := tiles("Kế hoạch", "", 6, "", asks{own("loa_plan_info", `plan="$plan", sample="true"`) + " or on (plan) 0 * " + own("loa_plan_info", ofPlan), "Kế hoạch {{number}}"}).
		mapped([]word{{"1", "Dữ liệu mẫu", orange}, {"0", "Số liệu theo dõi", "text"}}).high(4)
	when := tiles("Tính đến", "Thời điểm của lần đánh giá gần nhất.", 6, "time:HH[h]mm, DD/MM/YYYY", asks{"1000 * " + own("loa_evaluation_timestamp_seconds", ofPlan), "Đánh giá lúc"}).high(4)
	return []panel{what, when, note(says, 12, 4)}
}

// Addresses of loa's own pages. An owner's id is two parts of a path as it
// stands: many a server in between refuses a slash that is written %2F.
const (
	quotaPage  = "${loa:raw}/quotas/${__data.fields.quota:percentencode}"
	agencyPage = "${loa:raw}/?co-quan=${__data.fields.owner:percentencode}"
)

func standingPage(period string) string {
	return "${loa:raw}/tien-do/${__data.fields.quota:percentencode}/${__data.fields.owner:raw}/" + period
}

// seriesPage is the page of the standing that a series on a chart is of.
func seriesPage(period string) string {
	return fmt.Sprintf("${loa:raw}/tien-do/${__field.labels.quota:percentencode}/${__field.labels.owner:raw}/%s", period)
}
