//! Proving, with the letters of Groth (2016/260), section 3.2; see `zk/groth16/prove.py`.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use ark_bn254::{g1, g2, Fr, G1Projective, G2Projective};
use ark_ec::CurveGroup;

use crate::affine::Affine;
use crate::bytes::{write_g1, write_g2};
use crate::kernel::Family;
use crate::msm::Table;
use crate::ntt::Domain;
use crate::sparse::Matrix;
use crate::tables::{self, Digest};
use crate::zkey::{Ends, Frame, Queries};

/// A key ready to prove with, many times.
pub struct Prover<K: Family> {
    pub wires: usize,
    pub public: usize,
    ends: Ends,
    domain: Domain,
    a: Matrix,
    b: Matrix,
    tables: Tables<K>,
}

/// The queries, with their window tables.
pub struct Tables<K: Family> {
    a: Table<K::G1>,
    b1: Table<K::G1>,
    b2: Table<K::G2>,
    /// The C and H queries as one: their sums are only ever added.
    ch: Table<K::G1>,
}

impl<K: Family> Tables<K> {
    /// Once `cancelled`, tables that mean nothing.
    pub fn build(queries: Queries, budget: usize, cancelled: &AtomicBool) -> Self {
        let budgets = Budgets::of(queries.a.len(), queries.c.len() + queries.h.len(), budget);
        let ch = [queries.c, queries.h].concat();
        Tables {
            a: Table::build(&queries.a, budgets.g1, cancelled),
            b1: Table::build(&queries.b1, budgets.g1, cancelled),
            b2: Table::build(&queries.b2, budgets.g2, cancelled),
            ch: Table::build(&ch, budgets.ch, cancelled),
        }
    }

    /// The tables of a file, if they are those of this key and kernel.
    pub fn read(mut file: tables::Reader, frame: &Frame, budget: usize) -> Option<Self> {
        let combined = frame.wires - frame.public - 1 + (1 << frame.log_size);
        let budgets = Budgets::of(frame.wires, combined, budget);
        let tables = Tables {
            a: file.table(frame.wires, budgets.g1)?,
            b1: file.table(frame.wires, budgets.g1)?,
            b2: file.table(frame.wires, budgets.g2)?,
            ch: file.table(combined, budgets.ch)?,
        };
        file.is_finished().then_some(tables)
    }

    pub fn writer(&self, digest: &Digest) -> tables::Writer {
        let mut writer = tables::Writer::new(digest);
        writer.table(&self.a);
        writer.table(&self.b1);
        writer.table(&self.b2);
        writer.table(&self.ch);
        writer
    }
}

/// A budget shared out in proportion to the queries: a point of G2 is twice as large.
struct Budgets {
    g1: usize,
    g2: usize,
    ch: usize,
}

impl Budgets {
    fn of(wires: usize, combined: usize, budget: usize) -> Self {
        let total = (4 * wires + combined) as u128;
        let share = |weight: usize| (budget as u128 * weight as u128 / total) as usize;
        Budgets { g1: share(wires), g2: share(2 * wires), ch: share(combined) }
    }
}

/// The sums over the queries, before the blinding.
struct Sums {
    a: G1Projective,
    b1: G1Projective,
    b2: G2Projective,
    ch: G1Projective,
}

/// What a stage took, and the group additions that it could not do without.
pub struct Stage {
    pub name: &'static str,
    pub seconds: f64,
    pub additions: usize,
}

fn timed<T>(
    stages: &mut Vec<Stage>,
    name: &'static str,
    additions: usize,
    work: impl FnOnce() -> T,
) -> T {
    let start = Instant::now();
    let result = work();
    stages.push(Stage { name, seconds: start.elapsed().as_secs_f64(), additions });
    result
}

impl<K: Family> Prover<K> {
    pub fn new(frame: Frame, tables: Tables<K>) -> Self {
        Prover {
            wires: frame.wires,
            public: frame.public,
            ends: frame.ends,
            domain: Domain::new(frame.log_size),
            a: frame.a,
            b: frame.b,
            tables,
        }
    }

    /// A, B, C as in EIP-197, for a witness of as many elements as there are wires.
    pub fn prove(&self, witness: &[Fr], r: Fr, s: Fr, cancelled: &AtomicBool) -> Vec<u8> {
        let ((a, b1), (ch, b2)) = rayon::join(
            || {
                rayon::join(
                    || self.tables.a.sum::<g1::Config>(witness, cancelled),
                    || self.tables.b1.sum::<g1::Config>(witness, cancelled),
                )
            },
            || {
                let ch = || {
                    let scalars = self.private_and_quotient(witness);
                    self.tables.ch.sum::<g1::Config>(&scalars, cancelled)
                };
                rayon::join(ch, || self.tables.b2.sum::<g2::Config>(witness, cancelled))
            },
        );
        self.blind(Sums { a, b1, b2, ch }, r, s)
    }

    /// One proof, a stage at a time, each on all cores: where the time goes.
    pub fn profile(&self, witness: &[Fr], r: Fr, s: Fr) -> Vec<Stage> {
        let never = AtomicBool::new(false);
        let mut stages = Vec::new();
        let scalars = timed(&mut stages, "quotient", 0, || self.private_and_quotient(witness));
        let count = self.tables.a.additions(witness);
        let a = timed(&mut stages, "sum A", count, || self.tables.a.sum(witness, &never));
        let count = self.tables.b1.additions(witness);
        let b1 = timed(&mut stages, "sum B1", count, || self.tables.b1.sum(witness, &never));
        let count = self.tables.b2.additions(witness);
        let b2 = timed(&mut stages, "sum B2", count, || self.tables.b2.sum(witness, &never));
        let count = self.tables.ch.additions(&scalars);
        let ch = timed(&mut stages, "sum C+H", count, || self.tables.ch.sum(&scalars, &never));
        timed(&mut stages, "blinding", 0, || self.blind(Sums { a, b1, b2, ch }, r, s));
        stages
    }

    fn blind(&self, sums: Sums, r: Fr, s: Fr) -> Vec<u8> {
        let ends = &self.ends;
        let delta: G1Projective = ends.delta_1.to_ark::<g1::Config>().into();
        let delta_2: G2Projective = ends.delta_2.to_ark::<g2::Config>().into();
        let a = sums.a + ends.alpha_1.to_ark::<g1::Config>() + delta * r;
        let b1 = sums.b1 + ends.beta_1.to_ark::<g1::Config>() + delta * s;
        let b2 = sums.b2 + ends.beta_2.to_ark::<g2::Config>() + delta_2 * s;
        let c = sums.ch + a * s + b1 * r - delta * (r * s);
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
