package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func exampleRecipe() recipe {
	return recipe{
		goMod: []byte("module a"), goSum: []byte("sum"), goVersion: "go version go1.26.0 linux/amd64",
		steps: []buildStep{{output: "etcd", ldflags: "-s", packages: []string{"p"}}},
	}
}

func TestEveryPartOfTheRecipeChangesTheHash(t *testing.T) {
	changes := map[string]func(*recipe){
		"go.mod":           func(r *recipe) { r.goMod = []byte("module b") },
		"go.sum":           func(r *recipe) { r.goSum = nil },
		"the Go version":   func(r *recipe) { r.goVersion = "go version go1.26.1 linux/amd64" },
		"a flag":           func(r *recipe) { r.steps[0].ldflags = "-w" },
		"a package":        func(r *recipe) { r.steps[0].packages = []string{"q"} },
		"where text falls": func(r *recipe) { r.goMod, r.goSum = []byte("module as"), []byte("um") },
	}
	hashes := map[string]string{exampleRecipe().hash(): "nothing"}
	for what, change := range changes {
		changed := exampleRecipe()
		change(&changed)
		if other, found := hashes[changed.hash()]; found {
			t.Errorf("changing %s gives the hash of changing %s", what, other)
		}
		hashes[changed.hash()] = what
	}
	moved := exampleRecipe()
	moved.moduleFolder = "/another/clone"
	if moved.hash() != exampleRecipe().hash() {
		t.Error("a second clone would build again")
	}
}

func TestRecipeOfThisModuleStampsTheRelease(t *testing.T) {
	recipe, err := readRecipe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	version, err := requiredVersion(string(recipe.goMod), kubernetesModule)
	if err != nil {
		t.Fatal(err)
	}
	arguments := strings.Join(recipe.steps[1].arguments("/f"), " ")
	for _, want := range []string{"version.gitVersion=" + version + " ", "version.gitMajor=1 ", "-o /f/ "} {
		if !strings.Contains(arguments, want) {
			t.Errorf("`go %s` lacks `%s`", arguments, want)
		}
	}
	// Kubernetes and its staging modules are released together.
	staging := strings.Replace(version, "v1.", "v0.", 1)
	for line := range strings.Lines(string(recipe.goMod)) {
		name, target, found := strings.Cut(strings.TrimSpace(line), " => ")
		if found && strings.HasPrefix(name, "k8s.io/") && target != name+" "+staging {
			t.Errorf("Kubernetes is %s, but go.mod says `%s`", version, strings.TrimSpace(line))
		}
	}
}

func TestCacheFolder(t *testing.T) {
	for _, row := range []struct {
		environment map[string]string
		want        string
	}{
		{map[string]string{"ROOMKEEPER_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/a"},
		{map[string]string{"XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/b/roomkeeper"},
		{map[string]string{"XDG_CACHE_HOME": "relative", "HOME": "/c"}, "/c/.cache/roomkeeper"},
		{map[string]string{"HOME": "/c"}, "/c/.cache/roomkeeper"},
		{nil, ""},
	} {
		got, err := cacheFolder(func(name string) string { return row.environment[name] })
		if got != row.want || (err == nil) != (row.want != "") {
			t.Errorf("%v: got `%s`, %v; want `%s`", row.environment, got, err, row.want)
		}
	}
}

func TestAssetsMayLackTheControllerManagerOnly(t *testing.T) {
	folder := t.TempDir()
	add := func(name string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(folder, name), nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	add(etcdName, 0o755)
	add(kubectlName, 0o644)
	_, err := useAssets(folder)
	if err == nil || !strings.Contains(err.Error(), "no kube-apiserver and no kubectl") {
		t.Fatalf("missing binaries are not named: %v", err)
	}
	add(apiserverName, 0o755)
	if err := os.Chmod(filepath.Join(folder, kubectlName), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, has := range []bool{false, true} {
		found, err := useAssets(folder)
		if err != nil || found.hasControllerManager != has {
			t.Fatalf("got %+v, %v", found, err)
		}
		add(controllerManagerName, 0o755)
	}
}
