// Package gitops asks the programs that people roll out with what they make of our objects: kstatus, Flux and Argo CD.
//
// The objects are the golden ones in tests/golden/objects, which the real operator wrote on a real API server.
// The verdicts must be those of verdicts.txt. UPDATE=1 rewrites what is made from them in gitops/argo-cd.
package gitops

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// goldenObjects is the folder of the golden objects, with a folder for each engine and for each kind of config.
const goldenObjects = "../golden/objects"

// A row says what each program must say of one golden object.
type row struct {
	object, kstatus, flux, argo string
}

// table reads verdicts.txt, and makes sure that it has each golden object once.
func table(t *testing.T) []row {
	t.Helper()
	file, err := os.Open("verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var rows []row
	known := map[string]bool{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		columns := strings.Fields(lines.Text())
		if len(columns) == 0 || strings.HasPrefix(columns[0], "#") {
			continue
		}
		if len(columns) != 4 || known[columns[0]] {
			t.Fatalf("verdicts.txt: a row is an object and three verdicts, each object once: %q", lines.Text())
		}
		known[columns[0]] = true
		rows = append(rows, row{columns[0], columns[1], columns[2], columns[3]})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(goldenObjects + "/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden objects in %s: %v", goldenObjects, err)
	}
	for _, file := range files {
		name, _ := filepath.Rel(goldenObjects, strings.TrimSuffix(file, ".yaml"))
		if !known[name] {
			t.Errorf("verdicts.txt has no row for %s", name)
		}
	}
	if len(files) != len(rows) {
		t.Errorf("verdicts.txt has %d rows, and there are %d golden objects", len(rows), len(files))
	}
	return rows
}

// golden reads a golden object as a client gets it from an API server: its whole numbers are whole.
func golden(t *testing.T, name string) *unstructured.Unstructured {
	t.Helper()
	return object(t, goldenText(t, name))
}

func goldenText(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(goldenObjects, name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func object(t *testing.T, text []byte) *unstructured.Unstructured {
	t.Helper()
	json, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	read := &unstructured.Unstructured{}
	if err := read.UnmarshalJSON(json); err != nil {
		t.Fatal(err)
	}
	return read
}
