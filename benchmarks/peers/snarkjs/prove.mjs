// Proves a .zkey and a .wtns with snarkjs, once per line of standard input.
//
// Usage: node prove.mjs NODE_MODULES FOLDER, where circuit.zkey, witness.wtns and
// verification_key.json are. The first line of output describes the run; every further one is
// a proof, timed, and verified. The files are read once; proofs come from memory.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

// The compiler of node's WebAssembly improves the code while it runs: after about five proofs
// the times no longer fall.
const WARM_UP = 8;

const [nodeModules, folder] = process.argv.slice(2);
const require = createRequire(join(resolve(nodeModules), "index.js"));
const { groth16 } = require("snarkjs");
const description = join(nodeModules, "snarkjs", "package.json");
const { version } = JSON.parse(readFileSync(description));

const read = (name) => readFileSync(join(folder, name));
const zkey = new Uint8Array(read("circuit.zkey"));
const witness = new Uint8Array(read("witness.wtns"));
const verifyingKey = JSON.parse(read("verification_key.json"));

async function proveOnce() {
    const start = performance.now();
    const { proof, publicSignals } = await groth16.prove(zkey, witness);
    const middle = performance.now();
    const valid = await groth16.verify(verifyingKey, publicSignals, proof);
    const end = performance.now();
    return { prove_ms: middle - start, verify_ms: end - middle, valid, proof };
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

for (let i = 0; i < WARM_UP; i++) await proveOnce();
say({ version, threads: globalThis.curve_bn128?.tm?.concurrency ?? null });
for await (const _ of createInterface({ input: process.stdin })) say(await proveOnce());
process.exit(0);
