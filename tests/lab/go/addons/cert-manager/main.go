// cert-manager's controllers of Certificates and of issuers that need nobody outside of the cluster: CA and SelfSigned.
// The module holds no program (its cmd/controller is a module that no proxy has), and all issuers take minutes to build.
package main

import (
	"context"
	"flag"
	"net/http"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/cert-manager/cert-manager/pkg/controller"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
	"k8s.io/klog/v2"
)

// that of the real program
const workers = 5

func main() {
	kubeconfig := flag.String("kubeconfig", "", "who it is, and where the API server is")
	secrets := flag.String("cluster-resource-namespace", "", "where the Secrets of ClusterIssuers are")
	health := flag.String("health", "127.0.0.1:9403", "answers once all that is watched is known")
	klog.InitFlags(nil)
	flag.Parse()
	defer klog.Flush()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	factory, err := controller.NewContextFactory(ctx, controller.ContextOptions{
		Kubeconfig:    *kubeconfig,
		IssuerOptions: controller.IssuerOptions{ClusterResourceNamespace: *secrets},
		CertificateOptions: controller.CertificateOptions{
			CertificateRequestMinimumBackoffDuration: time.Hour,
			CertificateRequestMaximumBackoffDuration: 32 * time.Hour,
		},
	})
	refuse(err)
	shared, err := factory.Build()
	refuse(err)

	var running sync.WaitGroup
	for name, build := range controller.Known() {
		found, err := build(factory)
		refuse(err)
		running.Go(func() {
			if err := found.Run(workers, ctx); err != nil && ctx.Err() == nil {
				klog.Fatalf("%s: %v", name, err)
			}
		})
	}
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	shared.SharedInformerFactory.WaitForCacheSync(ctx.Done())
	shared.KubeSharedInformerFactory.WaitForCacheSync(ctx.Done())

	server := &http.Server{Addr: *health, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	go func() {
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			refuse(err)
		}
	}()
	running.Wait()
	refuse(server.Close())
}

func refuse(err error) {
	if err != nil {
		klog.Fatal(err)
	}
}
