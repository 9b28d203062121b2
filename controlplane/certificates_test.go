package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"
)

func parse(t *testing.T, pair pair) *x509.Certificate {
	t.Helper()
	if _, err := tls.X509KeyPair(pair.certificate, pair.key); err != nil {
		t.Fatalf("key and certificate do not fit: %v", err)
	}
	block, _ := pem.Decode(pair.certificate)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func TestCertificatesServeTheirPurposeOnly(t *testing.T) {
	now := time.Now()
	ours, err := newAuthority(now)
	if err != nil {
		t.Fatal(err)
	}
	others, err := newAuthority(now)
	if err != nil {
		t.Fatal(err)
	}
	serverPair, err := ours.server(now)
	if err != nil {
		t.Fatal(err)
	}
	clientPair, err := ours.client(adminUser, adminGroup, now)
	if err != nil {
		t.Fatal(err)
	}
	server, client := parse(t, serverPair), parse(t, clientPair)
	if user, groups := client.Subject.CommonName, client.Subject.Organization; user != adminUser || len(groups) != 1 || groups[0] != adminGroup {
		t.Errorf("the client certificate is for %s of %v", user, groups)
	}
	for _, row := range []struct {
		what        string
		authority   authority
		certificate *x509.Certificate
		host        string
		usage       x509.ExtKeyUsage
		accepted    bool
	}{
		{"server by address", ours, server, "127.0.0.1", x509.ExtKeyUsageServerAuth, true},
		{"server by name", ours, server, "localhost", x509.ExtKeyUsageServerAuth, true},
		{"server elsewhere", ours, server, "10.0.0.1", x509.ExtKeyUsageServerAuth, false},
		{"server as client", ours, server, "", x509.ExtKeyUsageClientAuth, false},
		{"client", ours, client, "", x509.ExtKeyUsageClientAuth, true},
		{"client as server", ours, client, "", x509.ExtKeyUsageServerAuth, false},
		{"client of another control plane", others, client, "", x509.ExtKeyUsageClientAuth, false},
	} {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(row.authority.pem)
		_, err := row.certificate.Verify(x509.VerifyOptions{
			Roots: roots, DNSName: row.host, KeyUsages: []x509.ExtKeyUsage{row.usage}, CurrentTime: now.AddDate(9, 0, 0),
		})
		if (err == nil) != row.accepted {
			t.Errorf("%s: accepted should be %t: %v", row.what, row.accepted, err)
		}
	}
}
