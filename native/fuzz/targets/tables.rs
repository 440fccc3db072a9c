//! Any bytes as the window tables beside an honest key, whose path `TACIT_FUZZ_KEY` holds.
//!
//! They get the digest that belongs to them: without it nothing behind it would be read.

#![no_main]

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::OnceLock;

use _native::loading::LoadedKey;
use _native::tables::seal;
use ark_bn254::Fr;
use libfuzzer_sys::fuzz_target;

/// What the honest tables among the seeds were made with.
const BUDGET: usize = 1 << 14;

fn key() -> &'static PathBuf {
    static KEY: OnceLock<PathBuf> = OnceLock::new();
    KEY.get_or_init(|| std::env::var_os("TACIT_FUZZ_KEY").expect("TACIT_FUZZ_KEY").into())
}

fuzz_target!(|data: &[u8]| {
    let never = AtomicBool::new(false);
    let tables = key().with_extension("zkey.tables");
    // Renamed into place, as the crate does: what an earlier run has mapped stays as it was.
    let temporary = key().with_extension("damaged");
    let mut sealed = data.to_vec();
    seal(&mut sealed);
    std::fs::write(&temporary, sealed).expect("a folder to write to");
    std::fs::rename(&temporary, &tables).expect("a folder to write to");
    let key = LoadedKey::open(key(), BUDGET, &never).expect("an honest key");
    let witness: Vec<Fr> = (1..=key.prover.wires() as u64).map(Fr::from).collect();
    key.prover.prove(&witness, Fr::from(5u64), -Fr::from(7u64), &never);
});
