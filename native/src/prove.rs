//! Proving, with the letters of Groth (2016/260), section 3.2; see `zk/groth16/prove.py`.

use std::sync::atomic::AtomicBool;

use ark_bn254::{g1, g2, Fq, Fq2, Fr, G1Projective, G2Projective};
use ark_ec::CurveGroup;

use crate::affine::Affine;
use crate::bytes::{write_g1, write_g2};
use crate::msm::Table;
use crate::ntt::Domain;
use crate::sparse::Matrix;
use crate::zkey::{Ends, Zkey};

/// A key ready to prove with, many times.
pub struct Prover {
    pub wires: usize,
    pub public: usize,
    ends: Ends,
    domain: Domain,
    a: Matrix,
    b: Matrix,
    a_table: Table<Fq>,
    b1_table: Table<Fq>,
    b2_table: Table<Fq2>,
    /// The C and H queries as one: their sums are only ever added.
    ch_table: Table<Fq>,
}

impl Prover {
    /// Builds the window tables, within `budget` bytes in all.
    pub fn new(key: Zkey, budget: usize) -> Self {
        let ch_query = [key.c_query, key.h_query].concat();
        // In proportion to what each would take: a point of G2 is twice as large.
        let weights = [key.wires, key.wires, 2 * key.wires, ch_query.len()];
        let total: usize = weights.iter().sum();
        let share = |i: usize| (budget as u128 * weights[i] as u128 / total as u128) as usize;
        Prover {
            wires: key.wires,
            public: key.public,
            ends: key.ends,
            domain: Domain::new(key.log_size),
            a: key.a,
            b: key.b,
            a_table: Table::build::<g1::Config>(&key.a_query, share(0)),
            b1_table: Table::build::<g1::Config>(&key.b1_query, share(1)),
            b2_table: Table::build::<g2::Config>(&key.b2_query, share(2)),
            ch_table: Table::build::<g1::Config>(&ch_query, share(3)),
        }
    }

    /// A, B, C as in EIP-197, for a witness of as many elements as there are wires.
    pub fn prove(&self, witness: &[Fr], r: Fr, s: Fr, cancelled: &AtomicBool) -> Vec<u8> {
        let ((a_sum, b1_sum), (ch_sum, b2_sum)) = rayon::join(
            || {
                rayon::join(
                    || self.a_table.sum::<g1::Config>(witness, cancelled),
                    || self.b1_table.sum::<g1::Config>(witness, cancelled),
                )
            },
            || {
                rayon::join(
                    || {
                        self.ch_table
                            .sum::<g1::Config>(&self.private_and_quotient(witness), cancelled)
                    },
                    || self.b2_table.sum::<g2::Config>(witness, cancelled),
                )
            },
        );
        let ends = &self.ends;
        let delta: G1Projective = ends.delta_1.to_ark::<g1::Config>().into();
        let delta_2: G2Projective = ends.delta_2.to_ark::<g2::Config>().into();
        let a = a_sum + ends.alpha_1.to_ark::<g1::Config>() + delta * r;
        let b1 = b1_sum + ends.beta_1.to_ark::<g1::Config>() + delta * s;
        let b2 = b2_sum + ends.beta_2.to_ark::<g2::Config>() + delta_2 * s;
        let c = ch_sum + a * s + b1 * r - delta * (r * s);
        let mut bytes = Vec::with_capacity(256);
        write_g1(&Affine::from_ark(&a.into_affine()), &mut bytes);
        write_g2(&Affine::from_ark(&b2.into_affine()), &mut bytes);
        write_g1(&Affine::from_ark(&c.into_affine()), &mut bytes);
        bytes
    }

    /// The scalars of the C query, then those of the H query.
    fn private_and_quotient(&self, witness: &[Fr]) -> Vec<Fr> {
        let mut scalars = witness[self.public + 1..].to_vec();
        scalars.extend(self.quotient(witness));
        scalars
    }

    /// A·B − C on the coset, where C = A·B on the domain: six transforms.
    fn quotient(&self, witness: &[Fr]) -> Vec<Fr> {
        let mut a = self.a.multiply(witness);
        let mut b = self.b.multiply(witness);
        let mut c: Vec<Fr> = a.iter().zip(&b).map(|(x, y)| *x * y).collect();
        rayon::join(
            || self.domain.move_to_coset(&mut a),
            || {
                rayon::join(
                    || self.domain.move_to_coset(&mut b),
                    || self.domain.move_to_coset(&mut c),
                )
            },
        );
        a.iter().zip(&b).zip(&c).map(|((x, y), z)| *x * y - z).collect()
    }
}
