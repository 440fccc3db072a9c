//! Verification: e(A, B) = e(α, β)·e(Σ aᵢ·ICᵢ, γ)·e(C, δ), one proof or a batch.

use ark_bn254::{Bn254, Fq12, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::bn::{Bn, G2Prepared};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{BigInt, Field, PrimeField};
use rayon::prelude::*;

use crate::eip::Eip;
use crate::errors::{refuse, Kind, Outcome};

type Prepared = G2Prepared<ark_bn254::Config>;

/// A proof's three points.
#[derive(Clone, Copy)]
pub struct Proof {
    pub a: G1Affine,
    pub b: G2Affine,
    pub c: G1Affine,
}

/// A verifying key, with what every verification shares.
pub struct Verifier {
    ic: Vec<G1Affine>,
    alpha_beta: Fq12,
    alpha: G1Affine,
    beta: Prepared,
    gamma: Prepared,
    delta: Prepared,
}

impl Verifier {
    /// α, β, γ, δ, then IC, as in EIP-197; what an unsafe key is, Python has decided.
    pub fn decode(data: &[u8]) -> Outcome<Self> {
        let mut points = Eip::new(data);
        let alpha = points.g1()?;
        let (beta, gamma, delta) = (points.g2()?, points.g2()?, points.g2()?);
        let mut ic = Vec::new();
        while !points.is_empty() {
            ic.push(points.g1()?);
        }
        if ic.is_empty() {
            return refuse(Kind::Malformed, "verifying key", "at least one IC point", "none");
        }
        Ok(Verifier {
            ic,
            alpha_beta: Bn254::multi_miller_loop([alpha], [beta]).0,
            alpha,
            beta: beta.into(),
            gamma: gamma.into(),
            delta: delta.into(),
        })
    }

    pub fn public(&self) -> usize {
        self.ic.len() - 1
    }

    /// Refuses a proof that does not prove the statement with these public inputs.
    pub fn verify(&self, public: &[Fr], proof: &Proof) -> Outcome<()> {
        let mut sum: G1Projective = self.ic[0].into();
        let scalars: Vec<_> = public.iter().map(|x| x.into_bigint()).collect();
        sum += G1Projective::msm_bigint(&self.ic[1..], &scalars);
        let loops = Bn254::multi_miller_loop(
            [-proof.a, sum.into_affine(), proof.c],
            [Prepared::from(proof.b), self.gamma.clone(), self.delta.clone()],
        );
        self.conclude(loops.0 * self.alpha_beta, || "proof".into())
    }

    /// The same for many proofs, weighed by `rho`; `publics` has each one's inputs in turn.
    pub fn verify_batch(&self, publics: &[Fr], proofs: &[Proof], rho: &[Fr]) -> Outcome<()> {
        let width = self.public();
        let mut weights = vec![rho.iter().sum::<Fr>()];
        weights.extend((0..width).map(|i| {
            let column = publics.iter().skip(i).step_by(width);
            column.zip(rho).map(|(x, p)| *x * p).sum::<Fr>()
        }));
        let scalars: Vec<_> = weights.iter().map(|x| x.into_bigint()).collect();
        let rho_bits: Vec<BigInt<4>> = rho.iter().map(|x| x.into_bigint()).collect();
        let sum = G1Projective::msm_bigint(&self.ic, &scalars);
        let c_points: Vec<G1Affine> = proofs.iter().map(|proof| proof.c).collect();
        let c_sum = G1Projective::msm_bigint(&c_points, &rho_bits);
        let loops: Fq12 = proofs
            .par_chunks(16)
            .zip(rho_bits.par_chunks(16))
            .map(|(some, weights)| {
                let scaled: Vec<G1Projective> =
                    some.iter().zip(weights).map(|(p, w)| -p.a.mul_bigint(w)).collect();
                let a = G1Projective::normalize_batch(&scaled);
                let b: Vec<Prepared> = some.iter().map(|p| p.b.into()).collect();
                Bn254::multi_miller_loop(a, b).0
            })
            .product();
        let ends = Bn254::multi_miller_loop(
            [(self.alpha * weights[0]).into_affine(), sum.into_affine(), c_sum.into_affine()],
            [self.beta.clone(), self.gamma.clone(), self.delta.clone()],
        );
        self.conclude(loops * ends.0, || format!("batch of {} proofs", proofs.len()))
    }

    fn conclude(&self, product: Fq12, subject: impl Fn() -> String) -> Outcome<()> {
        match Bn::<ark_bn254::Config>::final_exponentiation(ark_ec::pairing::MillerLoopOutput(
            product,
        )) {
            Some(result) if result.0 == Fq12::ONE => Ok(()),
            _ => refuse(Kind::ProofRejected, subject(), "a product of pairings of one", "another"),
        }
    }
}

/// 256 bytes a proof: A, B, C, each on its curve and in its subgroup.
pub fn decode_proofs(data: &[u8]) -> Outcome<Vec<Proof>> {
    let mut points = Eip::new(data);
    let mut proofs = Vec::with_capacity(data.len() / 256);
    while !points.is_empty() {
        proofs.push(Proof { a: points.g1()?, b: points.g2()?, c: points.g1()? });
    }
    Ok(proofs)
}
