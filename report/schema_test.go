package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// wholeReport is what jsonFormat writes.
type wholeReport struct {
	Schema string `json:"schema"`
	Report
}

const schemaFile = "../docs/report.schema.json"

// TestSchema: docs/report.schema.json is what the report's types say, and every report that is written holds it.
func TestSchema(t *testing.T) {
	r := jsonschema.Reflector{Anonymous: true, AllowAdditionalProperties: true, Mapper: func(of reflect.Type) *jsonschema.Schema {
		switch {
		case of == reflect.TypeFor[time.Time]():
			return &jsonschema.Schema{Type: "string", Format: "date-time"}
		case of.Kind() == reflect.Map && of.Elem().Kind() == reflect.Interface: // arguments of reasons
			return &jsonschema.Schema{Type: "object"}
		}
		return nil
	}}
	s := r.Reflect(&wholeReport{})
	s.ID, s.Title = "loa.report/2", "Báo cáo của một kỳ (loa report --format json)"
	said, err := json.MarshalIndent(nullable(t, s), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	said = append(said, '\n')
	if *update {
		if err := os.WriteFile(schemaFile, said, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(kept, said) {
		t.Fatalf("%s is not what the types say; run with -update and look at the change (%v)", schemaFile, err)
	}
	doc, err := validator.UnmarshalJSON(bytes.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("loa.report/2", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("loa.report/2")
	if err != nil {
		t.Fatal(err)
	}
	closed, _ := closed(t, 1)
	for name, in := range map[string]Input{"march": world(), "kinds": rich(), "closed": closed} {
		raw := write(t, inFormat("json"), Build(in))
		out, err := validator.UnmarshalJSON(strings.NewReader(write(t, inFormat("json"), on(Build(in), Supply))))
		if err == nil {
			err = schema.Validate(out)
		}
		if err != nil {
			t.Errorf("%s, as it goes out: %v", name, err)
		}
		v, err := validator.UnmarshalJSON(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		broken, err := validator.UnmarshalJSON(strings.NewReader(strings.Replace(raw, `"items": `, `"items": "x", "was": `, 1)))
		if err == nil && schema.Validate(broken) == nil {
			t.Errorf("%s: a figure that is a word goes through", name)
		}
	}
}

// nullable is the schema as a value in which what Go writes of an empty pointer may be null.
func nullable(t *testing.T, s *jsonschema.Schema) any {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Rest map[string]any
		Defs map[string]map[string]any `json:"$defs"`
	}
	if err := errors.Join(json.Unmarshal(raw, &v), json.Unmarshal(raw, &v.Rest)); err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var walk func(of reflect.Type, name string)
	walk = func(of reflect.Type, name string) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]() {
			return
		}
		if name == "" {
			if name = of.Name(); seen[of] {
				return
			}
			seen[of] = true
		}
		for i := range of.NumField() {
			f := of.Field(i)
			tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous:
				walk(f.Type, name) // its fields are written as the outer's
				continue
			case f.Type.Kind() == reflect.Pointer && tag != "" && tag != "-" && !strings.Contains(options, "omitempty"):
				fields, _ := v.Defs[name]["properties"].(map[string]any)
				if fields[tag] == nil {
					t.Fatalf("no field %s of %s", tag, name)
				}
				fields[tag] = map[string]any{"anyOf": []any{map[string]any{"type": "null"}, fields[tag]}}
			}
			walk(f.Type, "")
		}
	}
	walk(reflect.TypeFor[wholeReport](), "")
	v.Rest["$defs"] = v.Defs
	return v.Rest
}
