//! Any bytes as a verifying key; one that is accepted verifies.

#![no_main]

use _native::verify::{Proof, Verifier};
use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(verifier) = Verifier::decode(data) {
        let (a, b) = (G1Affine::generator(), G2Affine::generator());
        let public = vec![Fr::from(3u64); verifier.public()];
        // That the proof is false is no matter here.
        let _ = verifier.verify(&public, &Proof { a, b, c: -a });
        let _ = verifier.verify_batch(&public, &[Proof { a, b, c: a }], &[Fr::from(9u64)]);
    }
});
