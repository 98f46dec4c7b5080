# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Node.js, with ioredis."""

from __future__ import annotations

TEXT = r"""
                  |// npm install ioredis (written for 6.0)
                  |"use strict";
tls               |const { readFileSync } = require("node:fs");
service           |const { Redis } = require("ioredis");
sentinel          |const { Redis } = require("ioredis");
cluster           |const { Cluster } = require("ioredis");
                  |
                  |// tries again after 0.1 to 1 second, until a failover is over; what was sent may be done twice
                  |const pause = (times) => Math.min(100 * times, 1000); // milliseconds
tls               |const tls = {
tls               |  ca: readFileSync(process.env.REDIS_CA || "/tls/ca.crt"),
tls !service      |  // pods may be dialled by address; the certificate that all of them show holds this name
tls               |  servername: "$host",
tls               |};
                  |const options = {
user              |  username: process.env.REDIS_USERNAME,
password          |  password: process.env.REDIS_PASSWORD,
                  |  connectTimeout: 2000,
                  |  socketTimeout: 2000, // for an answer
!cluster          |  maxRetriesPerRequest: 20,
!cluster          |  retryStrategy: pause,
!cluster          |  // a master that is none any more: connect anew, and send the command again
!cluster          |  reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
tls               |  tls,
                  |};
sentinel          |const sentinels = {
sentinel          |  sentinels: [{ host: "$host", port: $port }],
sentinel          |  name: "$group",
sentinel password |  sentinelPassword: process.env.$asked,
sentinel          |  sentinelRetryStrategy: pause,
sentinel tls      |  enableTLSForSentinelMode: true,
sentinel tls      |  sentinelTLS: tls,
sentinel          |};
                  |
                  |// without a listener errors would be taken for unhandled; commands are tried again all the same
                  |function watched(client) {
                  |  return client.on("error", (error) => console.error("redis:", error.message));
                  |}
                  |
                  |// For reads and writes. One for the whole process: all commands share its connection.
                  |function connect() {
service           |  return watched(new Redis({ host: "$host", port: $port, ...options }));
sentinel          |  return watched(new Redis({ ...sentinels, ...options }));
cluster           |  const nodes = [{ host: "$host", port: $port }];
cluster           |  return watched(
cluster           |    new Cluster(nodes, {
cluster           |      redisOptions: options,
cluster           |      clusterRetryStrategy: pause,
cluster           |      maxRedirections: 40, // tries of a command
cluster           |      retryDelayOnFailover: 500,
cluster           |      retryDelayOnClusterDown: 500,
cluster           |      slotsRefreshTimeout: 2000,
cluster           |    }),
cluster           |  );
                  |}
                  |
reader            |// For reads that may be a little behind.
reader            |function connectReader() {
reader service    |  return watched(new Redis({ host: "$reader_host", port: $reader_port, ...options }));
reader sentinel   |  return watched(new Redis({ ...sentinels, role: "slave", ...options }));
reader            |}
reader            |
                  |async function main() {
                  |  const client = connect();
unruled           |  // choose keys that the rules of the user allow
                  |  await client.set("${prefix}greeting", "hello", "EX", 60);
                  |  console.log(await client.get("${prefix}greeting"));
cluster           |  // only keys with the same text in braces are in one slot, and can share a command
cluster           |  await client.mset("${prefix}{user:1}:name", "Ada", "${prefix}{user:1}:city", "London");
cluster           |  console.log(await client.mget("${prefix}{user:1}:name", "${prefix}{user:1}:city"));
                  |  await client.quit();
reader            |  const reader = connectReader();
reader            |  console.log(await reader.get("${prefix}greeting"));
reader            |  await reader.quit();
                  |}
                  |
reader            |module.exports = { connect, connectReader };
!reader           |module.exports = { connect };
                  |
                  |if (require.main === module) {
                  |  main();
                  |}
"""
