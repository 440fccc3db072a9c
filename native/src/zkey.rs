//! `.zkey`, version 1, Groth16: the parts that a prover needs, every point checked.
//!
//! The Python module `zk.formats.zkey` describes the sections. A file holds points in Montgomery
//! form with R = 2²⁵⁶, which is how they lie in memory here.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use ark_bn254::{g1, g2, Fq, Fq2, Fr, G2Affine};
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::{Field, PrimeField, Zero};
use rayon::prelude::*;

use crate::affine::Affine;
use crate::bytes::{integer, Reader, ELEMENT};
use crate::errors::{refuse, Kind, Outcome};
use crate::sparse::Matrix;

const TWO_ADICITY: u32 = 28;
const CIRCUIT_HASH: usize = 64;

/// The ends of a key: what a verifier has too, and β₁ and δ₁.
pub struct Ends {
    pub alpha_1: Affine<Fq>,
    pub beta_1: Affine<Fq>,
    pub beta_2: Affine<Fq2>,
    pub gamma_2: Affine<Fq2>,
    pub delta_1: Affine<Fq>,
    pub delta_2: Affine<Fq2>,
}

/// What a prover needs of a key besides its queries.
pub struct Frame {
    pub wires: usize,
    pub public: usize,
    pub log_size: u32,
    pub ends: Ends,
    pub ic: Vec<Affine<Fq>>,
    pub a: Matrix,
    pub b: Matrix,
}

/// The points that a prover sums, one query after the other.
pub struct Queries {
    pub a: Vec<Affine<Fq>>,
    pub b1: Vec<Affine<Fq>>,
    pub b2: Vec<Affine<Fq2>>,
    pub c: Vec<Affine<Fq>>,
    pub h: Vec<Affine<Fq>>,
}

/// A `.zkey`, its sections found.
pub struct Zkey<'a> {
    sections: Sections<'a>,
}

impl<'a> Zkey<'a> {
    pub fn open(data: &'a [u8]) -> Outcome<Self> {
        Ok(Zkey { sections: sections(data)? })
    }

    /// Everything but the queries.
    pub fn frame(&self) -> Outcome<Frame> {
        let mut protocol = self.section(1)?;
        let number = protocol.u32()?;
        if number != 1 {
            return refuse(Kind::MalformedFile, ".zkey protocol", "1 (Groth16)", number);
        }
        protocol.finish()?;
        let mut header = self.section(2)?;
        header.prime(&Fq::MODULUS)?;
        header.prime(&Fr::MODULUS)?;
        let (wires, public, size) = (header.u32()?, header.u32()?, header.u32()?);
        if size == 0 || !size.is_power_of_two() || size.ilog2() >= TWO_ADICITY {
            let wanted = format!("a power of two below 2^{TWO_ADICITY}");
            return refuse(Kind::MalformedFile, ".zkey domain", wanted, size);
        }
        if public >= wires {
            let wanted = format!("fewer than {wires} public wires");
            return refuse(Kind::MalformedFile, ".zkey", wanted, public);
        }
        let ends = Ends {
            alpha_1: header.g1()?,
            beta_1: header.g1()?,
            beta_2: header.g2()?,
            gamma_2: header.g2()?,
            delta_1: header.g1()?,
            delta_2: header.g2()?,
        };
        header.finish()?;
        check_g1(&[ends.alpha_1, ends.beta_1, ends.delta_1])?;
        check_g2(&[ends.beta_2, ends.gamma_2, ends.delta_2])?;
        // Before the matrices, because section 9 holds the domain's size against real bytes: a
        // few bytes of matrix entries could otherwise ask for 2²⁷ rows.
        self.section(9)?.count(size, 2 * ELEMENT)?;
        let (a, b) = matrices(self.section(4)?, size, wires)?;
        // Before the public rows, because section 3 does the same for the public wires.
        let ic = query_1(self.section(3)?, public + 1)?;
        check_public_rows(&a, &b, public)?;
        if ends.delta_1.is_infinity() {
            // A proof's A would be the same each time, and low-entropy witnesses could be guessed.
            return refuse(Kind::UnsafeKey, "[δ]₁", "a point", "infinity: no proof is blinded");
        }
        let (wires, public) = (wires as usize, public as usize);
        Ok(Frame { wires, public, log_size: size.ilog2(), ends, ic, a, b })
    }

    /// The queries, every point checked; once `cancelled`, some that are not.
    pub fn queries(&self, frame: &Frame, cancelled: &AtomicBool) -> Outcome<Queries> {
        let (wires, public) = (frame.wires as u32, frame.public as u32);
        Ok(Queries {
            a: query_1(self.section(5)?, wires)?,
            b1: query_1(self.section(6)?, wires)?,
            b2: query_2(self.section(7)?, wires, cancelled)?,
            c: query_1(self.section(8)?, wires - public - 1)?,
            h: query_1(self.section(9)?, 1 << frame.log_size)?,
        })
    }

    /// Section 10: the circuit's hash and the contributions.
    pub fn ceremony(&self) -> Outcome<&'a [u8]> {
        let mut body = self.section(10)?;
        body.count(1, CIRCUIT_HASH + 4)?;
        body.take(body.remaining())
    }

    fn section(&self, number: u32) -> Outcome<Reader<'a>> {
        match self.sections.get(&number) {
            Some(data) => Ok(Reader::new(data, ".zkey section")),
            None => {
                refuse(Kind::MalformedFile, ".zkey file", format!("a section {number}"), "none")
            }
        }
    }
}

type Sections<'a> = HashMap<u32, &'a [u8]>;

fn sections(data: &[u8]) -> Outcome<Sections<'_>> {
    let mut whole = Reader::new(data, ".zkey file");
    let magic = whole.take(4)?;
    if magic != b"zkey" {
        return refuse(
            Kind::MalformedFile,
            ".zkey file",
            "magic zkey",
            "another kind of file".to_string(),
        );
    }
    let version = whole.u32()?;
    if version != 1 {
        return refuse(Kind::MalformedFile, ".zkey file", "version [1]", version);
    }
    let announced = whole.u32()?;
    let count = whole.count(announced, 12)?;
    let mut sections = HashMap::new();
    for _ in 0..count {
        let (number, size) = (whole.u32()?, whole.u64()?);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if sections.insert(number, whole.take(size)?).is_some() {
            return refuse(
                Kind::MalformedFile,
                ".zkey file",
                format!("one section {number}"),
                "two",
            );
        }
    }
    whole.finish()?;
    Ok(sections)
}

fn query_1(mut body: Reader<'_>, count: u32) -> Outcome<Vec<Affine<Fq>>> {
    let count = body.count(count, 2 * ELEMENT)?;
    let points = (0..count).map(|_| body.g1()).collect::<Outcome<Vec<_>>>()?;
    body.finish()?;
    check_g1(&points)?;
    Ok(points)
}

fn query_2(mut body: Reader<'_>, count: u32, cancelled: &AtomicBool) -> Outcome<Vec<Affine<Fq2>>> {
    let count = body.count(count, 4 * ELEMENT)?;
    let points = (0..count).map(|_| body.g2()).collect::<Outcome<Vec<_>>>()?;
    body.finish()?;
    check_g2_unless(cancelled, &points)?;
    Ok(points)
}

/// Raises nothing for points on the curve; G1 has no other points than those of order r.
pub fn check_g1(points: &[Affine<Fq>]) -> Outcome<()> {
    match points.par_iter().all(on_curve::<g1::Config>) {
        true => Ok(()),
        false => refuse(Kind::MalformedPoint, "G1 point", "y² = x³ + 3", "another"),
    }
}

/// Points on the twist and of order r.
pub fn check_g2(points: &[Affine<Fq2>]) -> Outcome<()> {
    check_g2_unless(&AtomicBool::new(false), points)
}

fn check_g2_unless(cancelled: &AtomicBool, points: &[Affine<Fq2>]) -> Outcome<()> {
    if !points.par_iter().all(on_curve::<g2::Config>) {
        return refuse(Kind::MalformedPoint, "G2 point", "y² = x³ + 3/(9+u)", "another");
    }
    let of_order_r = |p: &Affine<Fq2>| {
        let point: G2Affine = p.to_ark();
        cancelled.load(Ordering::Relaxed) || point.is_in_correct_subgroup_assuming_on_curve()
    };
    match points.par_iter().all(of_order_r) {
        true => Ok(()),
        false => refuse(Kind::MalformedPoint, "G2 point", "a point of order r", "another"),
    }
}

fn on_curve<C: SWCurveConfig>(p: &Affine<C::BaseField>) -> bool {
    p.is_infinity() || p.y.square() == p.x.square() * p.x + C::COEFF_B
}

/// Each public wire stands alone, times something, in a row of A whose row in B is empty.
fn check_public_rows(a: &Matrix, b: &Matrix, public: u32) -> Outcome<()> {
    let mut missing: HashSet<u32> = (0..=public).collect();
    for index in 0..a.rows() {
        if let ([(wire, value)], []) = (a.row(index), b.row(index)) {
            if !value.is_zero() {
                missing.remove(wire);
            }
        }
    }
    match missing.into_iter().min() {
        None => Ok(()),
        Some(wire) => {
            let found = format!("none for {wire}");
            refuse(Kind::UnsafeKey, "public columns", "a row of its own for each", found)
        }
    }
}

fn matrices(mut body: Reader<'_>, size: u32, wires: u32) -> Outcome<(Matrix, Matrix)> {
    let announced = body.u32()?;
    let count = body.count(announced, 12 + ELEMENT)?;
    let mut entries = [Vec::new(), Vec::new()];
    let factor = unscale();
    for _ in 0..count {
        let (matrix, row, wire) = (body.u32()?, body.u32()?, body.u32()?);
        let number = integer(&body.array()?);
        match Fr::from_bigint(number) {
            Some(value) if matrix < 2 && row < size && wire < wires => {
                entries[matrix as usize].push((row, wire, value * factor));
            }
            _ => {
                let found = format!("({matrix}, {row}, {wire}, {number})");
                return refuse(Kind::MalformedFile, ".zkey section 4", "an entry of A or B", found);
            }
        }
    }
    body.finish()?;
    let [a, b] = entries;
    Ok((Matrix::new(a, size)?, Matrix::new(b, size)?))
}

/// 1/R² in F_r: what undoes the two factors of an entry.
fn unscale() -> Fr {
    let r = Fr::from(2u64).pow([256]);
    (r * r).inverse().unwrap_or(Fr::ONE)
}
