package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	adminUser = "roomkeeper-admin"
	// adminGroup may do everything, by Kubernetes' built-in rule.
	adminGroup            = "system:masters"
	controllerManagerUser = "system:kube-controller-manager"

	kubeconfigFile                  = "kubeconfig"
	controllerManagerKubeconfigFile = "kube-controller-manager.kubeconfig"
	auditLogFile                    = "audit.log"

	probeTimeout = 2 * time.Second
)

// plane is one control plane: its programs, in the order of their start.
type plane struct {
	folder    folder
	binaries  binaries
	audit     bool
	ports     ports
	processes []*process
}

type ports struct {
	etcd, etcdPeer, apiserver, controllerManager port
}

// newPlane reserves ports and writes certificates, kubeconfigs and policies.
// Nothing runs yet.
func newPlane(folder folder, binaries binaries, audit bool) (*plane, error) {
	p := &plane{folder: folder, binaries: binaries, audit: audit}
	for _, port := range []*port{&p.ports.etcd, &p.ports.etcdPeer, &p.ports.apiserver, &p.ports.controllerManager} {
		var err error
		if *port, err = reservePort(); err != nil {
			return nil, err
		}
	}
	trust, err := p.writeCredentials(time.Now())
	if err != nil {
		return nil, fmt.Errorf("write the certificates: %w", err)
	}
	client := &http.Client{
		Timeout: probeTimeout,
		// A connection that is kept would outlive the process it leads to.
		Transport: &http.Transport{TLSClientConfig: trust, DisableKeepAlives: true},
	}
	p.processes = []*process{
		p.process(etcdName, p.etcdArguments(), probe(client, p.etcdURL()+"/health")),
		p.process(apiserverName, p.apiserverArguments(),
			// The namespace appears a moment after the server says that it is ready.
			probe(client, p.apiserverURL()+"/readyz", p.apiserverURL()+"/api/v1/namespaces/default")),
	}
	if binaries.hasControllerManager {
		p.processes = append(p.processes, p.process(controllerManagerName, p.controllerManagerArguments(),
			probe(client, "https://"+p.ports.controllerManager.address()+"/healthz")))
	}
	return p, nil
}

func (p *plane) process(name string, args []string, ready func(context.Context) error) *process {
	return &process{name: name, path: p.binaries.path(name), args: args, logPath: p.folder.file(name + ".log"), ready: ready}
}

// writeCredentials returns what the supervisor itself needs to ask the
// programs whether they are ready.
func (p *plane) writeCredentials(now time.Time) (*tls.Config, error) {
	authority, err := newAuthority(now)
	if err != nil {
		return nil, err
	}
	server, err := authority.server(now)
	if err != nil {
		return nil, err
	}
	admin, err := authority.client(adminUser, adminGroup, now)
	if err != nil {
		return nil, err
	}
	controllerManager, err := authority.client(controllerManagerUser, "", now)
	if err != nil {
		return nil, err
	}
	public, private, err := newServiceAccountKeys()
	if err != nil {
		return nil, err
	}
	err = p.folder.writeFiles(map[string][]byte{
		"ca.crt":                        authority.pem,
		"server.crt":                    server.certificate,
		"server.key":                    server.key,
		"service-account.pub":           public,
		"service-account.key":           private,
		"audit-policy.yaml":             []byte(auditPolicy),
		kubeconfigFile:                  kubeconfig(p.apiserverURL(), authority.pem, adminUser, admin),
		controllerManagerKubeconfigFile: kubeconfig(p.apiserverURL(), authority.pem, controllerManagerUser, controllerManager),
	})
	if err != nil {
		return nil, err
	}
	certificate, err := tls.X509KeyPair(admin.certificate, admin.key)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority.certificate)
	return &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}}, nil
}

func (p *plane) etcdURL() string      { return "http://" + p.ports.etcd.address() }
func (p *plane) apiserverURL() string { return "https://" + p.ports.apiserver.address() }

// start returns once everything serves.
func (p *plane) start(ctx context.Context) error {
	for _, process := range p.processes {
		if err := process.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// stop kills everything. The data goes with the folder, so there is nothing to
// end in order.
func (p *plane) stop() {
	for _, process := range p.processes {
		process.kill()
	}
	for _, port := range []port{p.ports.etcd, p.ports.etcdPeer, p.ports.apiserver, p.ports.controllerManager} {
		port.release()
	}
}

func (p *plane) find(name string) (*process, error) {
	for _, process := range p.processes {
		if process.name == name {
			return process, nil
		}
	}
	return nil, fmt.Errorf("this control plane has no `%s`", name)
}

// probe returns a function that asks each URL once and wants a 200.
func probe(client *http.Client, urls ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, url := range urls {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
			if err != nil {
				return err
			}
			response, err := client.Do(request)
			if err != nil {
				return err
			}
			body, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				return fmt.Errorf("%s: %s: %s", url, response.Status, body)
			}
		}
		return nil
	}
}
