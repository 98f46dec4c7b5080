// CoreDNS with the plugins that the laboratory's Corefile names, and no others: the full set takes minutes to build.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/hosts"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/template"
)

func main() {
	// the order in which plugins are asked; cache must stand before those it serves
	dnsserver.Directives = []string{"health", "ready", "errors", "cache", "hosts", "kubernetes", "template"}
	coremain.Run()
}
