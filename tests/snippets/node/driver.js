// Writes a key every 50 ms through `connect` of the printed program, and says what comes of it; see telling.py.
"use strict";
const { existsSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const { connect } = require("./snippet.js");

async function main(prefix, enough) {
  const client = connect();
  let number = 0;
  while (!existsSync(enough)) {
    try {
      await client.set(`${prefix}:0:${number}`, number);
      console.log(`written ${Date.now() / 1000}`);
      number += 1;
    } catch (error) {
      console.log(`failed ${Date.now() / 1000} ${error.message}`);
    }
    await sleep(50);
  }
  client.disconnect();
}

main(process.argv[2], process.argv[3]);
