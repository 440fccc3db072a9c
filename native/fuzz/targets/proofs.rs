//! Any bytes as proofs; those that are accepted are verified, one by one and together.

#![no_main]

use std::sync::OnceLock;

use _native::affine::Affine;
use _native::bytes::{write_g1, write_g2};
use _native::verify::{decode_proofs, Verifier};
use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use libfuzzer_sys::fuzz_target;

/// A key of one public input.
fn verifier() -> &'static Verifier {
    static VERIFIER: OnceLock<Verifier> = OnceLock::new();
    VERIFIER.get_or_init(|| {
        let mut points = Vec::new();
        let g1 = |k: u64| Affine::from_ark(&(G1Affine::generator() * Fr::from(k)).into_affine());
        let g2 = |k: u64| Affine::from_ark(&(G2Affine::generator() * Fr::from(k)).into_affine());
        write_g1(&g1(2), &mut points);
        [3, 4, 5].into_iter().for_each(|k| write_g2(&g2(k), &mut points));
        [6, 7].into_iter().for_each(|k| write_g1(&g1(k), &mut points));
        Verifier::decode(&points).expect("points of the groups")
    })
}

fuzz_target!(|data: &[u8]| {
    if let Ok(proofs) = decode_proofs(data) {
        let inputs: Vec<Fr> = (0..proofs.len() as u64).map(Fr::from).collect();
        for (proof, input) in proofs.iter().zip(&inputs) {
            // That it is false is no matter here.
            let _ = verifier().verify(&[*input], proof);
        }
        let _ = verifier().verify_batch(&inputs, &proofs, &inputs);
    }
});
