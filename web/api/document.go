package api

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"loa/web/access"
)

type object = map[string]any

// document is the OpenAPI 3.1 description of the table that is served.
func (s *server) document() object {
	paths, schemas := object{}, object{}
	schemas["Problem"] = schemaOf(reflect.TypeFor[Problem]())
	for _, rt := range s.routes {
		paths[rt.path] = object{"get": s.operation(rt, schemas)}
	}
	paths["/api/v1/openapi.json"] = object{"get": object{
		"operationId": "openapi", "summary": "Tài liệu này", "security": []any{},
		"responses": object{"200": object{"description": "Tài liệu OpenAPI 3.1", "content": object{"application/vnd.oai.openapi+json": object{"schema": object{"type": "object"}}}},
			"304": object{"description": "Không đổi"}},
	}}
	scopes := make([]string, 0, len(access.Scopes()))
	for _, x := range access.Scopes() {
		scopes = append(scopes, x.Name+" ("+x.Word+")")
	}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "loa: giao diện đọc cho phần mềm", "version": "1.0.0",
			"description": "Chỉ đọc. Mọi thời điểm theo RFC 3339, giờ Việt Nam. Phần được đọc của khóa: " + strings.Join(scopes, ", ") +
				". Khóa của một số cơ quan chỉ thấy phần của các cơ quan đó. Lần chốt, trang sau: theo liên kết next. Câu trả lời có ETag; gửi lại bằng If-None-Match."},
		"servers":    []any{object{"url": "/"}},
		"security":   []any{object{"token": []any{}}},
		"paths":      paths,
		"components": object{"schemas": schemas, "securitySchemes": object{"token": object{"type": "http", "scheme": "bearer", "description": "Khóa truy cập do người quản trị tạo"}, "khoa": object{"type": "apiKey", "in": "query", "name": "khoa"}}},
	}
}

func (s *server) operation(rt route, schemas object) object {
	var params []any
	for _, p := range rt.params {
		if p.name == "khoa" { // stands among the ways to say who one is
			continue
		}
		schema := object{"type": "string"}
		if p.enum != nil {
			schema["enum"] = p.enum
		}
		if p.name == "limit" {
			schema = object{"type": "integer", "minimum": 1, "maximum": mostLimit, "default": usualLimit}
		}
		in := "query"
		if p.path {
			in = "path"
		}
		x := object{"name": p.name, "in": in, "description": p.words, "schema": schema}
		if p.path {
			x["required"] = true
		}
		params = append(params, x)
	}
	problem := object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}
	headers := object{"ETag": object{"description": "Để hỏi lại bằng If-None-Match", "schema": object{"type": "string"}}}
	ok := object{"description": rt.words, "headers": headers}
	if rt.kind == nil {
		xml := object{"schema": object{"type": "string"}}
		ok["content"] = object{"application/atom+xml": xml, "application/rss+xml": xml}
	} else {
		name := strings.ToUpper(rt.id[:1]) + rt.id[1:]
		row := schemaOf(reflect.TypeOf(rt.kind))
		page := schemaOf(reflect.TypeFor[Page]())
		page["properties"].(object)["data"] = object{"type": "array", "items": object{"$ref": "#/components/schemas/" + name}, "description": "Các dòng"}
		schemas[name], schemas[name+"Page"] = row, page
		headers["Link"] = object{"description": "rel=next: trang sau; rel=first: trang đầu", "schema": object{"type": "string"}}
		ok["content"] = object{"application/json": object{"schema": object{"$ref": "#/components/schemas/" + name + "Page"}}, "text/csv": object{"schema": object{"type": "string"}}}
	}
	out := object{"operationId": rt.id, "summary": rt.words, "parameters": params, "responses": object{
		"200": ok, "304": object{"description": "Không đổi so với If-None-Match"},
		"400": object{"description": "Tham số không đúng", "content": problem}, "401": object{"description": "Thiếu khóa hoặc khóa không dùng được", "content": problem},
		"403": object{"description": "Khóa không mở phần này", "content": problem}, "404": object{"description": "Không tìm thấy", "content": problem},
		"429": object{"description": "Gọi quá nhiều; chờ theo Retry-After", "content": problem}, "500": object{"description": "Có lỗi", "content": problem},
	}, "description": "Khóa cần được đọc phần «" + scopeWord(rt.scope) + "» (" + rt.scope + ")."}
	if rt.keyed {
		out["security"] = []any{object{"token": []any{}}, object{"khoa": []any{}}}
	}
	return out
}

// schemaOf describes a struct by its tags: json names a field, doc says what it means, enum lists its values.
func schemaOf(t reflect.Type) object {
	props, required := object{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := typeOf(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			p["description"] = doc
		}
		if enum, ok := f.Tag.Lookup("enum"); ok {
			p["enum"] = strings.Split(enum, " ")
		}
		props[name] = p
		if !strings.Contains(opts, "omit") {
			required = append(required, name)
		}
	}
	slices.Sort(required)
	return object{"type": "object", "properties": props, "required": required, "additionalProperties": false}
}

func typeOf(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		p := typeOf(t.Elem())
		p["type"] = []any{p["type"], "null"}
		return p
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Interface:
		return object{"type": "array"}
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": typeOf(t.Elem())}
	case t.Kind() == reflect.Struct:
		return schemaOf(t)
	case t.Kind() == reflect.Bool:
		return object{"type": "boolean"}
	case t.Kind() == reflect.Int:
		return object{"type": "integer"}
	case t.Kind() == reflect.Float64:
		return object{"type": "number"}
	}
	return object{"type": "string"}
}
