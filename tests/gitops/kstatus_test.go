package gitops

import (
	"testing"

	flux "github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

// kstatus returns what the library says, and makes sure that the fork which Flux uses says the same.
func kstatus(t *testing.T, object *unstructured.Unstructured) string {
	t.Helper()
	result, err := status.Compute(object)
	if err != nil {
		t.Fatalf("%s: %v", object.GetName(), err)
	}
	forked, err := flux.Compute(object)
	if err != nil {
		t.Fatalf("%s: %v", object.GetName(), err)
	}
	if result.Status.String() != forked.Status.String() {
		t.Errorf("%s: kstatus says %s, and the one in Flux %s", object.GetName(), result.Status, forked.Status)
	}
	return result.Status.String()
}

func TestKstatus(t *testing.T) {
	for _, row := range table(t) {
		if verdict := kstatus(t, golden(t, row.object)); verdict != row.kstatus {
			t.Errorf("%s is %s, and should be %s", row.object, verdict, row.kstatus)
		}
	}
}

// A person reads why something failed, so the message has to come through.
func TestKstatusTellsTheMessageOfWhatIsStalled(t *testing.T) {
	for _, row := range table(t) {
		if row.kstatus != "Failed" {
			continue
		}
		object := golden(t, row.object)
		result, err := status.Compute(object)
		if err != nil {
			t.Fatal(err)
		}
		if message := readyMessage(t, object); result.Message != message || message == "" {
			t.Errorf("%s: kstatus tells %q, and Ready %q", row.object, result.Message, message)
		}
	}
}

func readyMessage(t *testing.T, object *unstructured.Unstructured) string {
	t.Helper()
	conditions, _, err := unstructured.NestedSlice(object.Object, "status", "conditions")
	if err != nil {
		t.Fatal(err)
	}
	for _, condition := range conditions {
		if condition := condition.(map[string]any); condition["type"] == "Ready" {
			return condition["message"].(string)
		}
	}
	t.Fatalf("%s has no Ready", object.GetName())
	return ""
}
