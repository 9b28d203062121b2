package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	etcdName              = "etcd"
	apiserverName         = "kube-apiserver"
	controllerManagerName = "kube-controller-manager"
	kubectlName           = "kubectl"
)

const kubernetesModule = "k8s.io/kubernetes"

// binaries is a folder with etcd, kube-apiserver, kubectl and nearly always
// kube-controller-manager.
type binaries struct {
	folder               string
	hasControllerManager bool
}

func (b binaries) path(name string) string {
	return filepath.Join(b.folder, name)
}

// findOrBuild returns the binaries that KUBEBUILDER_ASSETS names or, without
// it, those of the cache, building them first if they are not there.
func findOrBuild(ctx context.Context) (binaries, error) {
	if assets := os.Getenv("KUBEBUILDER_ASSETS"); assets != "" {
		return useAssets(assets)
	}
	recipe, err := readRecipe(ctx)
	if err != nil {
		return binaries{}, err
	}
	cache, err := cacheFolder(os.Getenv)
	if err != nil {
		return binaries{}, err
	}
	folder := filepath.Join(cache, "controlplane-"+recipe.hash())
	if err := recipe.buildOnce(ctx, folder); err != nil {
		return binaries{}, err
	}
	return binaries{folder: folder, hasControllerManager: true}, nil
}

// useAssets takes the folder as it is. The assets of envtest come without
// kube-controller-manager, so only its absence is allowed.
func useAssets(folder string) (binaries, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return binaries{}, fmt.Errorf("KUBEBUILDER_ASSETS: %w", err)
	}
	if missing := missingIn(folder, etcdName, apiserverName, kubectlName); len(missing) > 0 {
		return binaries{}, fmt.Errorf("KUBEBUILDER_ASSETS names %s, which has no %s: put it there, or unset KUBEBUILDER_ASSETS to build all of them",
			folder, strings.Join(missing, " and no "))
	}
	hasControllerManager := len(missingIn(folder, controllerManagerName)) == 0
	if !hasControllerManager {
		note("KUBEBUILDER_ASSETS has no kube-controller-manager, so the control plane runs without one: " +
			"deleted namespaces stay, objects of deleted owners stay, namespaces get no default ServiceAccount and no kube-root-ca.crt")
	}
	return binaries{folder: folder, hasControllerManager: hasControllerManager}, nil
}

func missingIn(folder string, names ...string) []string {
	var missing []string
	for _, name := range names {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0 {
			missing = append(missing, name)
		}
	}
	return missing
}

// cacheFolder returns the folder for built binaries. It is outside the clone,
// so that a second clone does not build again.
func cacheFolder(env func(string) string) (string, error) {
	if folder := env("ROOMKEEPER_CACHE"); folder != "" {
		return filepath.Abs(folder)
	}
	// The XDG specification says that a relative path is to be ignored.
	if folder := env("XDG_CACHE_HOME"); filepath.IsAbs(folder) {
		return filepath.Join(folder, "roomkeeper"), nil
	}
	if folder := env("HOME"); folder != "" {
		return filepath.Join(folder, ".cache", "roomkeeper"), nil
	}
	return "", fmt.Errorf("no place for the built binaries: set ROOMKEEPER_CACHE or HOME")
}

// recipe is everything that decides what the binaries are.
type recipe struct {
	moduleFolder string
	goMod        []byte
	goSum        []byte
	goVersion    string
	steps        []buildStep
}

// buildStep is one call of `go build`.
type buildStep struct {
	// output is below the target folder; empty means that folder itself.
	output   string
	ldflags  string
	packages []string
}

// buildEnvironment is added to the environment of `go build`. Pure Go needs no
// C compiler and gives static binaries; the version stamps of git would tell
// about this clone, not about Kubernetes.
var buildEnvironment = []string{"CGO_ENABLED=0", "GOFLAGS=-buildvcs=false"}

func readRecipe(ctx context.Context) (recipe, error) {
	folder, err := os.Getwd()
	if err != nil {
		return recipe{}, err
	}
	goMod, err := os.ReadFile("go.mod")
	if err != nil || !strings.HasPrefix(string(goMod), "module roomkeeper.dev/controlplane\n") {
		return recipe{}, fmt.Errorf("%s is not the folder `controlplane`: run `go -C controlplane run . …`", folder)
	}
	goSum, err := os.ReadFile("go.sum")
	if err != nil {
		return recipe{}, err
	}
	goVersion, err := exec.CommandContext(ctx, "go", "version").Output()
	if err != nil {
		return recipe{}, fmt.Errorf("`go version` failed: %w", err)
	}
	version, err := requiredVersion(string(goMod), kubernetesModule)
	if err != nil {
		return recipe{}, err
	}
	return recipe{
		moduleFolder: folder,
		goMod:        goMod,
		goSum:        goSum,
		goVersion:    strings.TrimSpace(string(goVersion)),
		steps: []buildStep{
			{output: etcdName, ldflags: "-s -w", packages: []string{"go.etcd.io/etcd/server/v3"}},
			{ldflags: "-s -w " + versionFlags(version), packages: []string{
				kubernetesModule + "/cmd/" + apiserverName,
				kubernetesModule + "/cmd/" + controllerManagerName,
				kubernetesModule + "/cmd/" + kubectlName,
			}},
		},
	}, nil
}

// versionFlags stamps the release into the binaries. Without it /version says
// `v0.0.0-master+$Format:…`, which kubectl, Helm and semver parsers reject.
func versionFlags(version string) string {
	major, rest, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	minor, _, _ := strings.Cut(rest, ".")
	stamps := []string{
		"gitVersion=" + version, "gitMajor=" + major, "gitMinor=" + minor, "gitTreeState=clean",
		"gitCommit=0000000000000000000000000000000000000000", "buildDate=1970-01-01T00:00:00Z",
	}
	for i, stamp := range stamps {
		stamps[i] = "-X k8s.io/component-base/version." + stamp
	}
	return strings.Join(stamps, " ")
}

// requiredVersion reads the version of a module from the text of a go.mod.
func requiredVersion(goMod, module string) (string, error) {
	for line := range strings.Lines(goMod) {
		fields := strings.Fields(strings.TrimPrefix(line, "require "))
		if len(fields) >= 2 && fields[0] == module && strings.HasPrefix(fields[1], "v") {
			return fields[1], nil
		}
	}
	return "", fmt.Errorf("go.mod requires no %s", module)
}

func (s buildStep) arguments(folder string) []string {
	output := folder + string(filepath.Separator) + s.output
	return append([]string{"build", "-v", "-mod=readonly", "-trimpath", "-ldflags", s.ldflags, "-o", output}, s.packages...)
}

// hash names the cache folder: another recipe is another folder.
func (r recipe) hash() string {
	digest := sha256.New()
	part := func(text string) { fmt.Fprintf(digest, "%d:%s\n", len(text), text) }
	part(string(r.goMod))
	part(string(r.goSum))
	part(r.goVersion)
	part(strings.Join(buildEnvironment, " "))
	for _, step := range r.steps {
		part(strings.Join(step.arguments("."), " "))
	}
	return hex.EncodeToString(digest.Sum(nil))[:16]
}
