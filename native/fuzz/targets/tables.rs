//! Any bytes as the window tables beside an honest key, whose path `TACIT_FUZZ_KEY` holds.
//!
//! Their digest is theirs to get right. Tables with a digest of their own are tested from Python, on
//! the build that is shipped: numbers that are no coordinates overflow in sums that this build checks.

#![no_main]

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::OnceLock;

use _native::loading::LoadedKey;
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
    std::fs::write(&temporary, data).expect("a folder to write to");
    std::fs::rename(&temporary, &tables).expect("a folder to write to");
    let key = LoadedKey::open(key(), BUDGET, &never).expect("an honest key");
    let witness: Vec<Fr> = (1..=key.prover.wires() as u64).map(Fr::from).collect();
    key.prover.prove(&witness, Fr::from(5u64), -Fr::from(7u64), &never);
});
