// Answers many questions about Poseidon and Baby Jubjub at once: JSON in, JSON out.
// Numbers are decimal strings, points are [x, y].

import { readFileSync, writeSync } from "node:fs";
import { buildBabyjub, buildPoseidonReference } from "circomlibjs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const curve = await buildBabyjub();
const poseidon = await buildPoseidonReference();
const { F } = curve;

const read = ([x, y]) => [F.e(x), F.e(y)];
const write = (point) => point.map((c) => F.toString(c));

writeSync(1, JSON.stringify({
    hashes: asked.hashes.map((inputs) => F.toString(poseidon(inputs.map((x) => F.e(x))))),
    sums: asked.sums.map(([p, q]) => write(curve.addPoint(read(p), read(q)))),
    multiples: asked.multiples.map(([p, k]) => write(curve.mulPointEscalar(read(p), BigInt(k)))),
    generated: asked.generated.map((k) => write(curve.mulPointEscalar(curve.Generator, BigInt(k)))),
    base8: asked.base8.map((k) => write(curve.mulPointEscalar(curve.Base8, BigInt(k)))),
    packed: asked.packed.map((p) => Buffer.from(curve.packPoint(read(p))).toString("hex")),
    members: asked.generated.map((k) =>
        curve.inSubgroup(curve.mulPointEscalar(curve.Generator, BigInt(k)))),
    order: curve.subOrder.toString(),
    generator: write(curve.Generator),
}));
process.exit(0);
