//! Any bytes as a proving key; of those that are accepted, some make a proof.

#![no_main]

use std::sync::atomic::AtomicBool;

use _native::loading::LoadedKey;
use ark_bn254::Fr;
use libfuzzer_sys::fuzz_target;

/// Enough for tables of the small keys that a fuzzer makes.
const BUDGET: usize = 1 << 16;

fuzz_target!(|data: &[u8]| {
    let never = AtomicBool::new(false);
    // Tables and proofs take the most time by far, so that few inputs get them.
    let is_chosen = data.last().is_some_and(|&byte| byte % 16 == 1);
    if let Ok(key) = LoadedKey::load(data, if is_chosen { BUDGET } else { 0 }, &never) {
        if is_chosen {
            let witness: Vec<Fr> = (1..=key.prover.wires() as u64).map(Fr::from).collect();
            key.prover.prove(&witness, Fr::from(5u64), -Fr::from(7u64), &never);
        }
    }
});
