# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Go, with go-redis."""

from __future__ import annotations

TEXT = r"""
                  |// go get github.com/redis/go-redis/v9 (written for v9.23)
                  |package main
                  |
                  |import (
                  |	"context"
tls               |	"crypto/tls"
tls               |	"crypto/x509"
                  |	"fmt"
                  |	"log"
environment       |	"os"
                  |	"time"
                  |
                  |	"github.com/redis/go-redis/v9"
                  |)
                  |
tls service       |// secured trusts who signs the certificates of this instance, and nobody else.
tls !service      |// secured trusts who signs the certificates of this instance, and nobody else. Pods may be dialled
tls !service      |// by address; the certificate that all of them show holds this name.
tls               |func secured() *tls.Config {
tls               |	file := os.Getenv("REDIS_CA")
tls               |	if file == "" {
tls               |		file = "/tls/ca.crt"
tls               |	}
tls               |	text, err := os.ReadFile(file)
tls               |	if err != nil {
tls               |		log.Fatal(err)
tls               |	}
tls               |	trusted := x509.NewCertPool()
tls               |	if !trusted.AppendCertsFromPEM(text) {
tls               |		log.Fatalf("%s holds no certificate", file)
tls               |	}
tls               |	return &tls.Config{RootCAs: trusted, ServerName: "$host"}
tls               |}
tls               |
                  |// What fails is tried again after 0.1 to 1 second, until a failover is over; it may be done twice.
service           |func options(address string) *redis.Options {
service           |	return &redis.Options{
service           |		Addr:            address,
sentinel          |func options() *redis.FailoverOptions {
sentinel          |	return &redis.FailoverOptions{
sentinel          |		MasterName:      "$group",
sentinel          |		SentinelAddrs:   []string{"$host:$port"},
cluster           |func options() *redis.ClusterOptions {
cluster           |	return &redis.ClusterOptions{
cluster           |		Addrs:           []string{"$host:$port"},
cluster           |		MaxRedirects:    20,
user              |		Username:        os.Getenv("REDIS_USERNAME"),
password          |		Password:        os.Getenv("REDIS_PASSWORD"),
tls               |		TLSConfig:       secured(),
                  |		DialTimeout:     2 * time.Second,
                  |		DialerRetries:   1,
                  |		ReadTimeout:     2 * time.Second,
                  |		WriteTimeout:    2 * time.Second,
                  |		PoolSize:        50,
!cluster          |		MaxRetries:      20,
                  |		MinRetryBackoff: 100 * time.Millisecond,
                  |		MaxRetryBackoff: time.Second,
cluster           |
cluster           |		// by default a minute, in which a master that is dead would be asked again and again
cluster           |		ClusterStateReloadInterval: time.Second,
sentinel password |
sentinel password |		SentinelPassword: os.Getenv("$asked"),
                  |	}
                  |}
                  |
                  |// connect is for reads and writes. One for the whole process: commands have connections of its pool.
service           |func connect() *redis.Client {
service           |	return redis.NewClient(options("$host:$port"))
sentinel          |func connect() *redis.Client {
sentinel          |	return redis.NewFailoverClient(options())
cluster           |func connect() *redis.ClusterClient {
cluster           |	return redis.NewClusterClient(options())
                  |}
                  |
reader            |// connectReader is for reads that may be a little behind.
reader            |func connectReader() *redis.Client {
reader service    |	return redis.NewClient(options("$reader_host:$reader_port"))
reader sentinel   |	replicas := options()
reader sentinel   |	replicas.ReplicaOnly = true
reader sentinel   |	return redis.NewFailoverClient(replicas)
reader            |}
reader            |
                  |func main() {
                  |	ctx := context.Background()
                  |	client := connect()
                  |	defer client.Close()
unruled           |	// choose keys that the rules of the user allow
                  |	if err := client.Set(ctx, "${prefix}greeting", "hello", time.Minute).Err(); err != nil {
                  |		log.Fatal(err)
                  |	}
                  |	fmt.Println(client.Get(ctx, "${prefix}greeting").Val())
cluster           |	// only keys with the same text in braces are in one slot, and can share a command
cluster           |	pairs := []any{"${prefix}{user:1}:name", "Ada", "${prefix}{user:1}:city", "London"}
cluster           |	if err := client.MSet(ctx, pairs...).Err(); err != nil {
cluster           |		log.Fatal(err)
cluster           |	}
cluster           |	fmt.Println(client.MGet(ctx, "${prefix}{user:1}:name", "${prefix}{user:1}:city").Val()...)
reader            |	reader := connectReader()
reader            |	defer reader.Close()
reader            |	fmt.Println(reader.Get(ctx, "${prefix}greeting").Val())
                  |}
"""
