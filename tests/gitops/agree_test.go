package gitops

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// What no golden object shows must not be well for one program alone: every combination of what the programs read is
// tried, also those that the operator never writes.
func TestOnlyWhatWasLookedAtIsWell(t *testing.T) {
	evaluators := evaluators(t, examples(t)[0])
	// Generations that were looked at: not told, none, an earlier one, this one.
	generations := []any{nil, int64(-1), int64(1), int64(2)}
	for _, observed := range generations {
		for _, readyObserved := range generations {
			for _, ready := range []string{"True", "False", "Unknown"} {
				for _, mark := range []string{"", "Reconciling", "Stalled"} {
					object := made(observed, readyObserved, ready, mark)
					isCurrent := kstatus(t, object) == "Current"
					inFlux := fluxVerdict(t, evaluators, object) == "Current"
					inArgo := argo(t, object).Status == "Healthy"
					isSeen := ready == "True" && readyObserved == int64(2) && mark == ""
					isWell := isSeen && observed == int64(2)
					// kstatus takes a status that tells no generation for a new one. The schema gives it one.
					isNew := isSeen && observed == nil
					what := fmt.Sprintf("observed %v, Ready=%s of %v, mark %q", observed, ready, readyObserved, mark)
					if inArgo != isWell || inFlux != (isWell || isNew) || (inArgo || inFlux) && !isCurrent {
						t.Errorf("%s: well for kstatus %t, Flux %t, Argo CD %t", what, isCurrent, inFlux, inArgo)
					}
				}
			}
		}
	}
}

// made returns a Room of generation 2.
func made(observed, readyObserved any, ready, mark string) *unstructured.Unstructured {
	condition := func(name, status string) map[string]any {
		made := map[string]any{"type": name, "status": status, "reason": "InSync", "message": "told"}
		if readyObserved != nil {
			made["observedGeneration"] = readyObserved
		}
		return made
	}
	conditions := []any{condition("Ready", ready)}
	if mark != "" {
		conditions = append(conditions, condition(mark, "True"))
	}
	status := map[string]any{"conditions": conditions}
	if observed != nil {
		status["observedGeneration"] = observed
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "roomkeeper.dev/v1alpha1",
		"kind":       "Room",
		"metadata":   map[string]any{"name": "made", "namespace": "events", "generation": int64(2)},
		"status":     status,
	}}
}
