package report

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// office has LibreOffice make other files of some, and gives what it made by name without ending; nothing for what it cannot read.
func office(t *testing.T, home, kind string, files ...string) map[string]string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	cmd := exec.CommandContext(t.Context(), "soffice", append([]string{"-env:UserInstallation=file://" + home, "--headless", "--norestore", "--convert-to", kind, "--outdir", out}, files...)...)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	made := map[string]string{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		if raw, err := os.ReadFile(filepath.Join(out, name+"."+kind)); err == nil {
			made[name] = string(raw)
		}
	}
	return made
}

// paragraphs are the words of a document, white space and breaks one blank.
func paragraphs(t *testing.T, raw string) string {
	t.Helper()
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(docxText(t, raw), " / ", " "), "|", " "), "---", " ")), " ")
}

// TestLibreOffice: what another program reads in the papers is what they say, and it saves them again without losing a word;
// printed, every letter is of the font with Times New Roman's widths. Files damaged on purpose show that it would tell.
func TestLibreOffice(t *testing.T) {
	home, dir := t.TempDir(), t.TempDir()
	in := rich()
	in.Notes = []Note{{Section: "danh-gia", Text: "Ghi chú của chuyên viên: chữ đậm đà bản sắc, ẵ ặ ỵ ỷ."}}
	var files []string
	keep := func(name, raw string) {
		file := filepath.Join(dir, name+".docx")
		if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	want := map[string]string{}
	for _, p := range []Paper{Supply, Internal} {
		raw := write(t, inFormat("docx"), on(Build(in), p))
		keep(string(p), raw)
		want[string(p)] = paragraphs(t, raw)
	}
	whole := write(t, inFormat("docx"), on(Build(in), Supply))
	for name, damage := range damages() {
		keep(name, damage(t, whole))
	}
	again := office(t, home, "docx", files...)
	for name, text := range want {
		if again[name] == "" {
			t.Fatalf("LibreOffice made nothing of %s", name)
		}
		if got := paragraphs(t, again[name]); text != got {
			i := 0
			for i < len(text) && i < len(got) && text[i] == got[i] {
				i++
			}
			t.Errorf("%s: saved again it reads\n…%.200s\nfor\n…%.200s", name, got[max(0, i-60):], text[max(0, i-60):])
		}
	}
	for name := range damages() {
		if raw, ok := again[name]; ok && paragraphs(t, raw) == want[string(Supply)] {
			t.Errorf("a file with %s goes through as if it were whole", name)
		}
	}
	printed := office(t, home, "pdf", files[:2]...)
	for name := range want {
		pdf := filepath.Join(dir, name+".pdf")
		if err := os.WriteFile(pdf, []byte(printed[name]), 0o600); err != nil {
			t.Fatal(err)
		}
		fonts, err := exec.CommandContext(t.Context(), "pdffonts", pdf).Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(strings.TrimSpace(string(fonts)), "\n")[2:] {
			if !strings.Contains(line, "LiberationSerif") && !strings.Contains(line, "TimesNewRoman") {
				t.Errorf("%s is printed in %s", name, line)
			}
		}
		text := strings.Join(strings.Fields(pdfText(t, printed[name])), " ")
		for _, want := range []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "KẾT QUẢ THEO NHIỆM VỤ", "Nơi nhận:"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: printed it does not say «%s»", name, want)
			}
		}
	}
}

// damages are ten ways in which a document may be broken so that words are lost or it cannot be read.
func damages() map[string]func(*testing.T, string) string {
	part := func(name string, change func(string) string) func(*testing.T, string) string {
		return func(t *testing.T, raw string) string { return repackedWith(t, raw, name, change) }
	}
	replace := func(from, to string) func(string) string {
		return func(s string) string { return strings.ReplaceAll(s, from, to) }
	}
	gone := func(string) string { return "" }
	const doc = "word/document.xml"
	return map[string]func(*testing.T, string) string{
		"its end cut off":                func(_ *testing.T, raw string) string { return raw[:len(raw)/2] },
		"no document":                    part(doc, gone),
		"no types":                       part("[Content_Types].xml", gone),
		"no relations":                   part("_rels/.rels", gone),
		"a relation to nothing":          part("_rels/.rels", replace("word/document.xml", "word/other.xml")),
		"elements that are not closed":   part(doc, replace("</w:tbl>", "")),
		"text outside of runs":           part(doc, replace("<w:t ", "<w:x ")),
		"a table without rows":           part(doc, replace("<w:tr>", "<w:other>")),
		"an unescaped sign":              part(doc, replace("Kính gửi", "Kính & gửi <")),
		"paragraphs of another language": part(doc, replace("wordprocessingml/2006/main", "wordprocessingml/2006/none")),
	}
}

// repackedWith is a ZIP with one file changed; "" takes it out.
func repackedWith(t *testing.T, raw, name string, change func(string) string) string {
	t.Helper()
	in, err := zip.NewReader(strings.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == name {
			changed := change(string(text))
			if changed == string(text) {
				t.Fatalf("%s was not changed", name)
			}
			if text = []byte(changed); len(text) == 0 {
				continue
			}
		}
		w, err := out.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
