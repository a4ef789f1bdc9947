package gen

import "fmt"

// The parts of a Grafana dashboard that we use, named as Grafana names them;
// testdata/schema holds what it publishes of them.
type (
	board struct {
		UID           string      `json:"uid"`
		Title         string      `json:"title"`
		Description   string      `json:"description"`
		Tags          []string    `json:"tags"`
		Timezone      string      `json:"timezone"`
		WeekStart     string      `json:"weekStart"`
		Editable      bool        `json:"editable"`
		GraphTooltip  int         `json:"graphTooltip"`
		SchemaVersion int         `json:"schemaVersion"`
		Refresh       string      `json:"refresh"`
		Time          span        `json:"time"`
		Links         []boardLink `json:"links"`
		Templating    templating  `json:"templating"`
		Panels        []panel     `json:"panels"`

		folder string
		page   link      // of loa that tells of the same
		rows   [][]panel // panels side by side; finish lays them out
	}
	span struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	boardLink struct {
		AsDropdown  bool     `json:"asDropdown"`
		Icon        string   `json:"icon"`
		IncludeVars bool     `json:"includeVars"`
		KeepTime    bool     `json:"keepTime"`
		Tags        []string `json:"tags"`
		TargetBlank bool     `json:"targetBlank"`
		Title       string   `json:"title"`
		Tooltip     string   `json:"tooltip"`
		Type        string   `json:"type"`
		URL         string   `json:"url"`
	}
	templating struct {
		List []variable `json:"list"`
	}
	variable struct {
		Name       string  `json:"name"`
		Label      string  `json:"label"`
		Type       string  `json:"type"`
		Hide       int     `json:"hide"`
		Query      any     `json:"query"`
		Datasource *origin `json:"datasource,omitempty"`
		Regex      string  `json:"regex,omitempty"`
		Refresh    int     `json:"refresh,omitempty"`
		Sort       int     `json:"sort"`
		Multi      bool    `json:"multi,omitempty"`
		IncludeAll bool    `json:"includeAll,omitempty"`
		AllValue   string  `json:"allValue,omitempty"`
		Current    *choice `json:"current,omitempty"`
	}
	choice struct {
		Text  string `json:"text"`
		Value string `json:"value"`
	}
	origin struct {
		Type string `json:"type"`
		UID  string `json:"uid"`
	}
	panel struct {
		ID              int              `json:"id"`
		Type            string           `json:"type"`
		Title           string           `json:"title"`
		Description     string           `json:"description,omitempty"`
		GridPos         place            `json:"gridPos"`
		Datasource      *origin          `json:"datasource,omitempty"`
		Targets         []query          `json:"targets,omitempty"`
		FieldConfig     *fieldConfig     `json:"fieldConfig,omitempty"`
		Options         map[string]any   `json:"options"`
		Transformations []transformation `json:"transformations,omitempty"`

		height, width int // in Grafana's grid: 24 wide, 30 px high
	}
	place struct {
		H int `json:"h"`
		W int `json:"w"`
		X int `json:"x"`
		Y int `json:"y"`
	}
	query struct {
		RefID        string `json:"refId"`
		Datasource   origin `json:"datasource"`
		EditorMode   string `json:"editorMode"`
		Expr         string `json:"expr"`
		Format       string `json:"format"`
		Instant      bool   `json:"instant"`
		Range        bool   `json:"range"`
		LegendFormat string `json:"legendFormat,omitempty"`
	}
	transformation struct {
		ID      string         `json:"id"`
		Options map[string]any `json:"options"`
	}
	fieldConfig struct {
		Defaults  field      `json:"defaults"`
		Overrides []override `json:"overrides"`
	}
	field struct {
		Color      *color         `json:"color,omitempty"`
		Custom     map[string]any `json:"custom,omitempty"`
		Decimals   *int           `json:"decimals,omitempty"`
		Links      []link         `json:"links,omitempty"`
		Mappings   []mapping      `json:"mappings,omitempty"`
		Max        *float64       `json:"max,omitempty"`
		Min        *float64       `json:"min,omitempty"`
		NoValue    string         `json:"noValue"`
		Thresholds *thresholds    `json:"thresholds,omitempty"`
		Unit       string         `json:"unit,omitempty"`
	}
	color struct {
		Mode       string `json:"mode"`
		FixedColor string `json:"fixedColor,omitempty"`
	}
	link struct {
		Title       string `json:"title"`
		URL         string `json:"url"`
		TargetBlank bool   `json:"targetBlank"`
	}
	mapping struct {
		Type    string `json:"type"`
		Options any    `json:"options"`
	}
	result struct {
		Text  string `json:"text"`
		Color string `json:"color"`
		Index int    `json:"index"`
	}
	special struct {
		Match  string `json:"match"`
		Result result `json:"result"`
	}
	thresholds struct {
		Mode  string `json:"mode"`
		Steps []step `json:"steps"`
	}
	step struct {
		Color string   `json:"color"`
		Value *float64 `json:"value"`
	}
	override struct {
		Matcher    matcher    `json:"matcher"`
		Properties []property `json:"properties"`
	}
	matcher struct {
		ID      string `json:"id"`
		Options string `json:"options"`
	}
	property struct {
		ID    string `json:"id"`
		Value any    `json:"value"`
	}
)

// prometheus is the data source that provisioning names.
var prometheus = origin{Type: "prometheus", UID: "loa-prometheus"}

// tag is on every board, for the menu between them.
const tag = "loa"

// newBoard is a board without panels. Its variables are plan and those given;
// the address of loa's own pages stands in a hidden one that an operator sets.
func newBoard(folder, uid, title, description string, more ...variable) *board {
	plan := variable{Name: "plan", Label: "Kế hoạch", Type: "query", Datasource: &prometheus, Refresh: 2, Sort: 2, Query: asked("label_values(loa_plan_info, plan)")}
	loa := variable{Name: "loa", Label: "Địa chỉ loa", Type: "textbox", Hide: 2}
	return &board{
		UID: uid, Title: title, Description: description, Tags: []string{tag, folder}, Timezone: "Asia/Ho_Chi_Minh", WeekStart: "monday",
		GraphTooltip: 1, SchemaVersion: 42, Refresh: "1m", Time: span{"now-30d", "now"}, folder: folder, page: link{"Mở bảng theo dõi trong loa", "${loa:raw}/", true},
		Links: []boardLink{
			{Title: "Bảng loa", AsDropdown: true, Icon: "external link", IncludeVars: true, KeepTime: true, Tags: []string{tag, folder}, Type: "dashboards", Tooltip: "Các bảng khác"},
			{Title: "Mở loa", Icon: "external link", Tags: []string{}, TargetBlank: true, Type: "link", URL: "${loa:raw}/", Tooltip: "Bảng theo dõi nhiệm vụ"},
		},
		Templating: templating{List: append([]variable{plan, loa}, more...)},
	}
}

// lead says where loa's pages are.
func (b *board) lead(address string) {
	for i, v := range b.Templating.List {
		if v.Name == "loa" {
			b.Templating.List[i].Query, b.Templating.List[i].Current = address, &choice{address, address}
		}
	}
}

// asked is a variable's query in the form in which Grafana keeps it.
func asked(text string) map[string]any {
	return map[string]any{"query": text, "refId": "variable"}
}

// listed is a variable of everything that one of the place metrics lists, by
// name in the plan's order: sort() puts it there, and Grafana keeps it.
func listed(name, label, metric, text string, multi bool) variable {
	v := variable{Name: name, Label: label, Type: "query", Datasource: &prometheus, Refresh: 2,
		Query: asked(fmt.Sprintf("query_result(sort(max without (instance) (%s)))", metric)),
		Regex: fmt.Sprintf(`/%s="(?<text>[^"]+)"|%s="(?<value>[^"]+)"/g`, text, name)}
	if multi {
		v.Multi, v.IncludeAll, v.AllValue, v.Current = true, true, ".+", &choice{"Tất cả", "$__all"}
	}
	return v
}

func ownerVariable(multi bool) variable {
	return listed("owner", "Cơ quan, đơn vị", "loa_owner_place", "name", multi)
}

func quotaVariable(metric string) variable {
	return listed("quota", "Nhiệm vụ", metric, "title", true)
}

func sourceVariable() variable { return listed("source", "Nguồn", "loa_source_place", "name", true) }

// row adds panels that stand side by side. What leads nowhere of its own, each cell of a table among it,
// leads to the board's page in loa.
func (b *board) row(panels ...panel) {
	for i, p := range panels {
		if p.FieldConfig != nil && p.FieldConfig.Defaults.Links == nil {
			panels[i] = p.leading(b.page.Title, b.page.URL)
		}
	}
	b.rows = append(b.rows, panels)
}

// finish numbers the panels and gives each its place: those of a row share the
// width as they ask, the last takes what is left.
func (b *board) finish() *board {
	b.Panels = nil
	y := 0
	for _, row := range b.rows {
		x, h := 0, 0
		for _, p := range row {
			h = max(h, p.height)
		}
		for i, p := range row {
			w := p.width
			if i == len(row)-1 {
				w = 24 - x
			}
			p.ID, p.GridPos = len(b.Panels)+1, place{H: h, W: w, X: x, Y: y}
			b.Panels = append(b.Panels, p)
			x += w
		}
		y += h
	}
	return b
}
