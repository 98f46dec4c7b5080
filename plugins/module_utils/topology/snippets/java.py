# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Java, with Jedis."""

from __future__ import annotations

TEXT = r"""
                  |// Maven: redis.clients:jedis (written for 8.0.2, Java 11 and newer); this file is RedisExample.java
tls               |import java.io.IOException;
tls               |import java.io.InputStream;
tls               |import java.nio.file.Files;
tls               |import java.nio.file.Path;
tls               |import java.security.GeneralSecurityException;
tls               |import java.security.KeyStore;
tls               |import java.security.cert.Certificate;
tls               |import java.security.cert.CertificateFactory;
                  |import java.time.Duration;
tls               |import java.util.List;
!service          |import java.util.Set;
tls               |import javax.net.ssl.SNIHostName;
tls               |import javax.net.ssl.SSLContext;
tls               |import javax.net.ssl.SSLParameters;
tls               |import javax.net.ssl.SSLSocketFactory;
tls               |import javax.net.ssl.TrustManagerFactory;
!cluster          |import redis.clients.jedis.CommandObject;
!cluster          |import redis.clients.jedis.Connection;
                  |import redis.clients.jedis.ConnectionPoolConfig;
                  |import redis.clients.jedis.DefaultJedisClientConfig;
                  |import redis.clients.jedis.HostAndPort;
!cluster          |import redis.clients.jedis.RedisClient;
cluster           |import redis.clients.jedis.RedisClusterClient;
                  |import redis.clients.jedis.UnifiedJedis;
!cluster          |import redis.clients.jedis.exceptions.JedisConnectionException;
!cluster          |import redis.clients.jedis.exceptions.JedisDataException;
!cluster          |import redis.clients.jedis.executors.RetryableCommandExecutor;
                  |import redis.clients.jedis.params.SetParams;
!cluster          |import redis.clients.jedis.providers.ConnectionProvider;
service           |import redis.clients.jedis.providers.PooledConnectionProvider;
replicas sentinel |import redis.clients.jedis.providers.PooledConnectionProvider;
sentinel          |import redis.clients.jedis.providers.SentineledConnectionProvider;
                  |
                  |public class RedisExample {
                  |    // tries again after growing pauses, until a failover is over; what was sent may be done twice
                  |    private static final int ATTEMPTS = 20;
                  |    private static final Duration PATIENCE = Duration.ofSeconds(30);
                  |
tls               |    private static DefaultJedisClientConfig.Builder config()
tls               |        throws IOException, GeneralSecurityException {
!tls              |    private static DefaultJedisClientConfig.Builder config() {
tls               |        SSLParameters named = new SSLParameters();
tls !service      |        // pods may be dialled by address; the certificate that all of them show holds this name
tls               |        named.setServerNames(List.of(new SNIHostName("$host")));
tls               |        named.setEndpointIdentificationAlgorithm("HTTPS");
                  |        return DefaultJedisClientConfig.builder()
tls               |            .ssl(true)
tls               |            .sslSocketFactory(trusting(System.getenv().getOrDefault("REDIS_CA", "/tls/ca.crt")))
tls               |            .sslParameters(named)
                  |            .connectionTimeoutMillis(2000)
                  |            .socketTimeoutMillis(2000);
                  |    }
                  |
tls               |    private static DefaultJedisClientConfig login() throws IOException, GeneralSecurityException {
!tls              |    private static DefaultJedisClientConfig login() {
                  |        return config()
user              |            .user(System.getenv("REDIS_USERNAME"))
password          |            .password(System.getenv("REDIS_PASSWORD"))
                  |            .build();
                  |    }
                  |
                  |    private static ConnectionPoolConfig pool() {
                  |        ConnectionPoolConfig pool = new ConnectionPoolConfig();
                  |        pool.setMaxTotal(50); // as many as there are threads
                  |        pool.setMaxIdle(50);
                  |        pool.setMaxWait(Duration.ofSeconds(2));
                  |        return pool;
                  |    }
                  |
!cluster          |    private static UnifiedJedis retrying(ConnectionProvider connections) {
!cluster          |        return RedisClient.builder()
!cluster          |            .connectionProvider(connections)
!cluster          |            .commandExecutor(new Retrying(connections))
!cluster          |            .build();
!cluster          |    }
!cluster          |
!cluster          |    private static class Retrying extends RetryableCommandExecutor {
!cluster          |        Retrying(ConnectionProvider connections) {
!cluster          |            super(connections, ATTEMPTS, PATIENCE);
!cluster          |        }
!cluster          |
!cluster          |        @Override
!cluster          |        protected <T> T execute(Connection connection, CommandObject<T> command) {
!cluster          |            try {
!cluster          |                return super.execute(connection, command);
!cluster          |            } catch (JedisDataException error) {
!cluster          |                if (!error.getMessage().startsWith("READONLY")) {
!cluster          |                    throw error;
!cluster          |                }
!cluster          |                // a master that is none any more: connect anew, and send the command again
!cluster          |                connection.setBroken();
!cluster          |                throw new JedisConnectionException(error);
!cluster          |            }
!cluster          |        }
!cluster          |    }
!cluster          |
                  |    /** For reads and writes. One for the whole process: commands have connections of its pool. */
tls               |    public static UnifiedJedis connect() throws IOException, GeneralSecurityException {
!tls              |    public static UnifiedJedis connect() {
                  |        HostAndPort address = new HostAndPort("$host", $port);
service           |        return retrying(new PooledConnectionProvider(address, login(), pool()));
sentinel          |        DefaultJedisClientConfig sentinels = config()
sentinel password |            .password(System.getenv("$asked"))
sentinel          |            .build();
sentinel          |        return retrying(
sentinel          |            new SentineledConnectionProvider("$group", login(), pool(), Set.of(address), sentinels));
cluster           |        return RedisClusterClient.builder()
cluster           |            .nodes(Set.of(address))
cluster           |            .clientConfig(login())
cluster           |            .poolConfig(pool()) // of each node
cluster           |            .maxAttempts(ATTEMPTS)
cluster           |            .maxTotalRetriesDuration(PATIENCE)
cluster           |            .build();
                  |    }
                  |
replicas          |    /** For reads that may be a little behind. */
replicas tls      |    public static UnifiedJedis connectReader() throws IOException, GeneralSecurityException {
replicas !tls     |    public static UnifiedJedis connectReader() {
replicas sentinel |        // Jedis asks the sentinels for the master only: this is a Service
replicas          |        HostAndPort replicas = new HostAndPort("$reader_host", $reader_port);
replicas          |        return retrying(new PooledConnectionProvider(replicas, login(), pool()));
replicas          |    }
replicas          |
tls               |    /** Trusts who signs the certificates of this instance, and nobody else. */
tls               |    private static SSLSocketFactory trusting(String file)
tls               |        throws IOException, GeneralSecurityException {
tls               |        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
tls               |        store.load(null, null);
tls               |        try (InputStream text = Files.newInputStream(Path.of(file))) {
tls               |            CertificateFactory reader = CertificateFactory.getInstance("X.509");
tls               |            for (Certificate one : reader.generateCertificates(text)) {
tls               |                store.setCertificateEntry("ca" + store.size(), one);
tls               |            }
tls               |        }
tls               |        String usual = TrustManagerFactory.getDefaultAlgorithm();
tls               |        TrustManagerFactory trust = TrustManagerFactory.getInstance(usual);
tls               |        trust.init(store);
tls               |        SSLContext context = SSLContext.getInstance("TLS");
tls               |        context.init(null, trust.getTrustManagers(), null);
tls               |        return context.getSocketFactory();
tls               |    }
tls               |
                  |    public static void main(String[] arguments) throws Exception {
                  |        try (UnifiedJedis client = connect()) {
unruled           |            // choose keys that the rules of the user allow
                  |            client.set("${prefix}greeting", "hello", SetParams.setParams().ex(60));
                  |            System.out.println(client.get("${prefix}greeting"));
cluster           |            // only keys with the same text in braces are in one slot, and can share a command
cluster           |            client.mset("${prefix}{user:1}:name", "Ada", "${prefix}{user:1}:city", "London");
cluster           |            System.out.println(client.mget("${prefix}{user:1}:name", "${prefix}{user:1}:city"));
                  |        }
replicas          |        try (UnifiedJedis reader = connectReader()) {
replicas          |            System.out.println(reader.get("${prefix}greeting"));
replicas          |        }
                  |    }
                  |}
"""
