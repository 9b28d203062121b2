package main

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// auditPolicy logs every request once it is answered, and a watch also once it
// is open.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
`

// controllers are those that a namespace and its objects need to live and die.
var controllers = []string{
	"namespace-controller",
	"garbage-collector-controller",
	"serviceaccount-controller",
	"root-ca-certificate-publisher-controller",
	"clusterrole-aggregation-controller",
}

func (p *plane) etcdArguments() []string {
	return []string{
		"--data-dir=" + p.folder.file("etcd"),
		"--listen-client-urls=" + p.etcdURL(),
		"--advertise-client-urls=" + p.etcdURL(),
		"--listen-peer-urls=http://" + p.ports.etcdPeer.address(),
		"--socket-reuse-port=true",
		// The data need to survive the death of a process, not of the machine.
		"--unsafe-no-fsync=true",
		"--log-level=warn",
	}
}

func (p *plane) apiserverArguments() []string {
	file := p.folder.file
	arguments := []string{
		"--etcd-servers=" + p.etcdURL(),
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		"--secure-port=" + p.ports.apiserver.String(),
		"--permit-port-sharing=true",
		// Kubernetes takes no loopback address for the endpoint of its own Service.
		"--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.0.0.0/24",
		"--allow-privileged=true",
		"--authorization-mode=RBAC",
		"--client-ca-file=" + file("ca.crt"),
		"--tls-cert-file=" + file("server.crt"),
		"--tls-private-key-file=" + file("server.key"),
		"--cert-dir=" + p.folder.path,
		"--service-account-issuer=" + p.apiserverURL(),
		"--service-account-key-file=" + file("service-account.pub"),
		"--service-account-signing-key-file=" + file("service-account.key"),
		"--requestheader-client-ca-file=" + file("ca.crt"),
		"--requestheader-allowed-names=front-proxy",
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		// A new namespace can be written into before its ServiceAccount is there.
		"--disable-admission-plugins=ServiceAccount",
		// A SIGTERM sent by hand waits for open watches, a minute by default.
		"--shutdown-watch-termination-grace-period=1s",
	}
	if p.audit {
		arguments = append(arguments,
			"--audit-policy-file="+file("audit-policy.yaml"),
			"--audit-log-path="+file(auditLogFile),
			// A line is written before its request ends, not some time later.
			"--audit-log-mode=blocking",
		)
	}
	return arguments
}

func (p *plane) controllerManagerArguments() []string {
	file := p.folder.file
	kubeconfig := file(controllerManagerKubeconfigFile)
	return []string{
		"--kubeconfig=" + kubeconfig,
		"--authentication-kubeconfig=" + kubeconfig,
		"--authorization-kubeconfig=" + kubeconfig,
		// With RBAC each controller has its own role, and the user above nearly none.
		"--use-service-account-credentials=true",
		"--service-account-private-key-file=" + file("service-account.key"),
		"--root-ca-file=" + file("ca.crt"),
		"--bind-address=127.0.0.1",
		"--secure-port=" + p.ports.controllerManager.String(),
		"--permit-port-sharing=true",
		"--tls-cert-file=" + file("server.crt"),
		"--tls-private-key-file=" + file("server.key"),
		"--leader-elect=false",
		"--controllers=" + strings.Join(controllers, ","),
	}
}

// kubeconfig is written as JSON, which every reader of YAML takes.
func kubeconfig(server string, ca []byte, user string, credentials pair) []byte {
	type object = map[string]any
	const name = "roomkeeper-local"
	text, err := json.MarshalIndent(object{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": name,
		"clusters": []object{{"name": name, "cluster": object{
			"server":                     server,
			"certificate-authority-data": base64.StdEncoding.EncodeToString(ca),
		}}},
		"users": []object{{"name": user, "user": object{
			"client-certificate-data": base64.StdEncoding.EncodeToString(credentials.certificate),
			"client-key-data":         base64.StdEncoding.EncodeToString(credentials.key),
		}}},
		"contexts": []object{{"name": name, "context": object{"cluster": name, "user": user}}},
	}, "", "  ")
	if err != nil {
		panic("strings in maps always have a JSON form: " + err.Error())
	}
	return append(text, '\n')
}
