package gitops

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// examples returns the YAML examples of docs/gitops.md.
func examples(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("../../docs/gitops.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, match := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		found = append(found, match[1])
	}
	if len(found) != 2 {
		t.Fatalf("docs/gitops.md has %d YAML examples, and should have a Kustomization and two lines to change in it", len(found))
	}
	return found
}

// evaluators reads the expressions of a Kustomization, by kind.
func evaluators(t *testing.T, example string) map[string]*cel.StatusEvaluator {
	t.Helper()
	var kustomization struct {
		Spec struct {
			HealthCheckExprs []kustomize.CustomHealthCheck `json:"healthCheckExprs"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal([]byte(example), &kustomization); err != nil {
		t.Fatal(err)
	}
	byKind := map[string]*cel.StatusEvaluator{}
	for _, check := range kustomization.Spec.HealthCheckExprs {
		evaluator, err := cel.NewStatusEvaluator(&check.HealthCheckExpressions)
		if err != nil {
			t.Fatalf("%s: %v", check.Kind, err)
		}
		byKind[check.APIVersion+" "+check.Kind] = evaluator
	}
	if len(byKind) != 2 {
		t.Fatalf("the example has expressions for %d kinds, and should have them for Room and MeetingRoom", len(byKind))
	}
	return byKind
}

// fluxVerdict returns what Flux says: by the expressions for the kind, or else by kstatus. Where an expression fails,
// Flux waits as for what is not there yet.
func fluxVerdict(t *testing.T, evaluators map[string]*cel.StatusEvaluator, object *unstructured.Unstructured) string {
	t.Helper()
	evaluator := evaluators[object.GetAPIVersion()+" "+object.GetKind()]
	if evaluator == nil {
		return kstatus(t, object)
	}
	result, err := evaluator.Evaluate(context.Background(), object)
	if err != nil {
		return err.Error()
	}
	return result.Status.String()
}

func TestFlux(t *testing.T) {
	evaluators := evaluators(t, examples(t)[0])
	for _, row := range table(t) {
		if verdict := fluxVerdict(t, evaluators, golden(t, row.object)); verdict != row.flux {
			t.Errorf("%s is %s, and should be %s", row.object, verdict, row.flux)
		}
	}
}

// The page says that two lines make a difference for rooms that wait for their owner, and so for nothing else.
func TestFluxWithRoomsThatMayWaitForTheirOwner(t *testing.T) {
	examples := examples(t)
	changed := examples[0]
	for _, line := range strings.Split(strings.TrimRight(examples[1], "\n"), "\n") {
		field := strings.SplitAfter(line, ":")[0]
		old := regexp.MustCompile("(?m)^" + regexp.QuoteMeta(field) + ".*$")
		if !old.MatchString(changed) {
			t.Fatalf("the Kustomization of the page has no line %q", field)
		}
		changed = old.ReplaceAllLiteralString(changed, line)
	}
	evaluators := evaluators(t, changed)
	for _, row := range table(t) {
		expected := row.flux
		if strings.HasSuffix(row.object, "/waiting-for-owner") {
			expected = "Current"
		}
		if verdict := fluxVerdict(t, evaluators, golden(t, row.object)); verdict != expected {
			t.Errorf("%s is %s, and should be %s", row.object, verdict, expected)
		}
	}
}
