# What a person or CI runs. Rust, Go, a C compiler, make, bash and git are enough for `demo` and `test`;
# `check` needs python3 and node too, and installs the rest of what it needs, see TOOLS.

# Where Cargo builds to; the demo's programs are started from there.
TARGET = $(or $(CARGO_TARGET_DIR),target)
# Built tools are kept outside the clone, beside the control plane's programs.
TOOLS = $(or $(ROOMKEEPER_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/roomkeeper)/tools
# Each version has a folder of its own, so that a new one is installed and not mixed with the old one.
CARGO_DENY_VERSION = 0.20.2
CARGO_DENY = $(TOOLS)/cargo-deny-$(CARGO_DENY_VERSION)/bin/cargo-deny
HELM_VERSION = v4.3.1
HELM = $(TOOLS)/helm-$(HELM_VERSION)/helm
HELM_DOCS_VERSION = v1.14.2
HELM_DOCS = $(TOOLS)/helm-docs-$(HELM_DOCS_VERSION)/helm-docs
CRANE_VERSION = v0.22.1
CRANE = $(TOOLS)/crane-$(CRANE_VERSION)/crane
# The vendors' own packages; they get another folder as soon as a pin or Python changes.
VENDOR_PINS = $(addprefix tests/conformance/,requirements-build.txt requirements.txt package.json package-lock.json)
VENDOR_PACKAGES := $(TOOLS)/vendor-packages-$(firstword $(shell { python3 --version; cat $(VENDOR_PINS); } 2>&1 | cksum))
# Known answers of the vendors' own libraries; a relative folder counts from here.
VECTORS ?= tests/vectors
KEEP ?=

# Cargo and Go use all cores by themselves, and the stages of `check` are read in their order.
.NOTPARALLEL:
.PHONY: help demo demo-stop test check terminal terminal-tools monitoring monitoring-tools vectors conformance conformance-tools gitops chart generate control-plane fmt lint generated dependency-policy alone boundaries docs image image-check

help:
	@echo 'make demo           watch the operator keep rooms, on a real API server and with simulated vendors'
	@echo 'make demo KEEP=1    the same, and leave all of it running to play with'
	@echo 'make demo-stop      stop what KEEP=1 left running'
	@echo 'make test           run every test; needs Rust, Go, a C compiler, make, bash and git'
	@echo 'make check          make test, and whatever needs more tools: CI runs this'
	@echo 'make vectors        check our signing against the known answers in VECTORS=$(VECTORS)'
	@echo "make conformance    hold the simulator to the vendors' own packages; needs python3 and node"
	@echo "make terminal       hold what the commands show to their golden screens, in tmux; installs Debian's as root"
	@echo "make monitoring     hold metrics, alert rules and dashboard to Prometheus; installs Debian's as root"
	@echo 'make gitops         ask kstatus, Flux and Argo CD about the golden objects'
	@echo 'make chart          lint the chart, and install, upgrade, use and uninstall it by Helm'
	@echo 'make image          build the container image into $(TARGET)/image/oci, without a container daemon'
	@echo 'make image-check    build it a second time, compare, and run the operator in it; needs root'
	@echo 'make generate       write crds/, config/, examples/, charts/, docs/cli.md, the golden plans and gitops/ anew'
	@echo 'make control-plane  build the local control plane: seven minutes once, then nothing'
	@echo 'make fmt            format everything'
	@echo 'make lint           formatting, clippy, vet'

demo: control-plane
	cargo build --locked --workspace --bins --target-dir '$(TARGET)'
	@'$(TARGET)/debug/roomkeeper-demo' run $(if $(filter-out 0 no false,$(KEEP)),--keep)

demo-stop:
	@test -x '$(TARGET)/debug/roomkeeper-demo' || { echo 'No demo was ever built here.'; exit 1; }
	@'$(TARGET)/debug/roomkeeper-demo' stop

test: control-plane
	go -C controlplane test .
	cargo test --workspace --locked

check: test terminal monitoring conformance gitops chart lint dependency-policy boundaries alone docs image-check

vectors:
	VECTORS='$(VECTORS)' cargo test --locked -p roomkeeper-providers --test vectors
	VECTORS='$(VECTORS)' cargo test --locked -p roomkeeper-sim --test simulator -- usersig huawei_signature huawei_app_id huawei_recorded meeting_captures

# Their own libraries, from the Go module proxy. Go would take an old answer for objects outside of its module.
gitops:
	go -C tests/gitops test -count=1 .

# A comma in the words of a call.
COMMA = ,

# $(call debian,PROGRAMS,PACKAGE,WORDS) installs Debian's package where a program is not there; who is not root is told so.
define debian
@if ! { $(foreach program,$(1),command -v $(program) >/dev/null &&) true; }; then \
		if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
			apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(2); \
		else \
			echo '$(3); on Debian: apt-get install $(2)'; \
			exit 1; \
		fi; \
	fi
endef

# UPDATE=1 rewrites tests/golden/terminal/.
terminal: terminal-tools control-plane
	cargo test --locked -p roomkeeper --test terminal -- --ignored

terminal-tools:
	$(call debian,tmux,tmux,make terminal needs tmux$(COMMA) version 3.2 or newer)

# With the programs of Debian's package, which CI installs: it is root there.
monitoring: monitoring-tools control-plane
	promtool check rules monitoring/alerts.yaml
	promtool test rules monitoring/tests/*.yaml
	cargo test --locked -p roomkeeper --test stories monitoring:: -- --ignored

monitoring-tools:
	$(call debian,promtool prometheus,prometheus,make monitoring needs prometheus and promtool$(COMMA) version 2.42 or newer)

# Helm comes from the Go module proxy. ARGS names a test: make chart ARGS=chart::uninstall
chart: control-plane $(HELM) $(HELM_DOCS)
	'$(HELM)' lint --strict charts/roomkeeper
	@'$(HELM_DOCS)' --dry-run --log-level error --chart-search-root charts | diff - charts/roomkeeper/README.md || { echo 'charts/roomkeeper/README.md is not what values.yaml says: run make generate'; exit 1; }
	ROOMKEEPER_HELM='$(HELM)' cargo test --locked -p roomkeeper --test stories -- --ignored '$(or $(ARGS),chart::)'

$(HELM):
	GOBIN='$(@D)' go install helm.sh/helm/v4/cmd/helm@$(HELM_VERSION)

$(HELM_DOCS):
	GOBIN='$(@D)' go install github.com/norwoodj/helm-docs/cmd/helm-docs@$(HELM_DOCS_VERSION)

# ARGS goes to pytest: make conformance ARGS='-k meeting'
conformance: conformance-tools $(VENDOR_PACKAGES)/installed
	cargo build --locked -p roomkeeper-sim --target-dir '$(TARGET)'
	ROOMKEEPER_SIM='$(abspath $(TARGET))/debug/roomkeeper-sim' NODE_PATH='$(VENDOR_PACKAGES)/node_modules' \
		'$(VENDOR_PACKAGES)/python/bin/python' -B -m pytest tests/conformance $(ARGS)

conformance-tools:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'make conformance needs python3, 3.11 or newer, with its venv module'; exit 1; }
	@node --version >/dev/null && npm --version >/dev/null || { echo 'make conformance needs node with npm'; exit 1; }

$(VENDOR_PACKAGES)/installed: | conformance-tools
	mkdir -p '$(@D)'
	python3 -m venv --clear '$(@D)/python'
	'$(@D)/python/bin/pip' install --quiet --require-hashes -r tests/conformance/requirements-build.txt
	'$(@D)/python/bin/pip' install --quiet --require-hashes --no-build-isolation --use-pep517 -r tests/conformance/requirements.txt
	cp tests/conformance/package.json tests/conformance/package-lock.json '$(@D)'
	npm ci --prefix '$(@D)' --ignore-scripts --no-audit --no-fund
	touch '$@'

generate: $(HELM_DOCS)
	UPDATE=1 cargo test -p roomkeeper --test generated files_are_what_the_types_say
	UPDATE=1 cargo test -p roomkeeper-plan
	'$(HELM_DOCS)' --log-level error --chart-search-root charts
	UPDATE=1 go -C tests/gitops test -count=1 .

# The programs' folder goes to stdout, the progress to stderr.
control-plane:
	@echo 'The control plane: etcd, kube-apiserver, kube-controller-manager and kubectl.'
	@go -C controlplane run . build >/dev/null

fmt:
	cargo fmt --all
	"$$(go env GOROOT)/bin/gofmt" -w controlplane tests/gitops

lint:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	@wrong=$$("$$(go env GOROOT)/bin/gofmt" -l controlplane tests/gitops) && test -z "$$wrong" || { echo "not as gofmt has it, run make fmt: $$wrong"; exit 1; }
	go -C controlplane vet .
	go -C tests/gitops vet .

# Part of `test` too; here it says early what is out of date.
generated:
	cargo test --workspace --locked --test generated

# Advisories are not checked: deny.toml says why.
dependency-policy: $(CARGO_DENY)
	'$(CARGO_DENY)' --workspace --locked check bans licenses sources

$(CARGO_DENY):
	cargo install --locked --root '$(TOOLS)/cargo-deny-$(CARGO_DENY_VERSION)' --version $(CARGO_DENY_VERSION) cargo-deny

image: $(CRANE)
	image/root.sh '$(TARGET)/image'
	CRANE='$(CRANE)' image/pack.sh '$(TARGET)/image'

# The second build is one of the Dockerfile's files in another folder, with nothing that was compiled for the first.
# That folder is no clone, so it is told the commit.
image-check: IMAGE_AGAIN = $(TARGET)/image-again
image-check: image
	rm -rf '$(IMAGE_AGAIN)/sources'
	mkdir -p '$(IMAGE_AGAIN)/sources'
	tar -c --exclude=tests $$(sed -n 's/^!//p' .dockerignore) | tar -x -C '$(IMAGE_AGAIN)/sources'
	export ROOMKEEPER_COMMIT="$$('$(TARGET)/image/root/usr/local/bin/roomkeeper' version -o json | \
		python3 -c 'import json, sys; print(json.load(sys.stdin).get("commit", ""))')" && \
		'$(IMAGE_AGAIN)/sources/image/root.sh' '$(IMAGE_AGAIN)'
	CRANE='$(CRANE)' image/pack.sh '$(IMAGE_AGAIN)'
	cargo build --locked -p roomkeeper-sim --target-dir '$(TARGET)'
	ROOMKEEPER_SIM='$(abspath $(TARGET))/debug/roomkeeper-sim' python3 -B image/check.py '$(TARGET)/image' '$(IMAGE_AGAIN)'

$(CRANE):
	GOBIN='$(@D)' go install github.com/google/go-containerregistry/cmd/crane@$(CRANE_VERSION)

# $(call must_not_depend,crate,names): fails if one of the names is among the normal dependencies of the crate.
define must_not_depend
	@echo '$(1) depends on none of: $(2)'
	@tree=$$(cargo tree --locked -p $(1) -e normal --target all --prefix none) && \
		for name in $(2); do \
			case "$$(printf '\n%s' "$$tree")" in \
				*"$$(printf '\n%s ' "$$name")"*) echo "$(1) must not depend on $$name"; exit 1;; \
			esac; \
		done
endef

# What ARCHITECTURE.md says of the crates, read from their dependencies.
boundaries:
	$(call must_not_depend,roomkeeper-plan,kube kube-client kube-runtime k8s-openapi tokio reqwest serde serde_json jiff chrono time)
	$(call must_not_depend,roomkeeper-providers,roomkeeper-plan roomkeeper-sim kube k8s-openapi)
	$(call must_not_depend,roomkeeper-sim,roomkeeper-plan roomkeeper-providers roomkeeper kube)
	$(call must_not_depend,roomkeeper,roomkeeper-sim ring openssl)

# In the workspace a crate can live on features that only its neighbours ask for.
alone:
	cargo check --locked -p roomkeeper-plan
	cargo check --locked -p roomkeeper-providers
	cargo check --locked -p roomkeeper-sim
	cargo check --locked -p roomkeeper

docs:
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps
