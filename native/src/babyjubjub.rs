//! Baby Jubjub in the form of EIP-2494, as `zk/babyjubjub.py` has it: a = 168700, d = 168696.
//!
//! arkworks' own `ed_on_bn254` is another form of the curve (a = 1), so the extended coordinates
//! of Hisil, Wong, Carter and Dawson are written out here.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, MontFp, PrimeField};
use rayon::prelude::*;

use crate::bytes::{integer, ELEMENT};
use crate::errors::{refuse, Kind, Outcome};

const A: Fr = MontFp!("168700");
const D: Fr = MontFp!("168696");
/// l, the order of the subgroup.
const SUBGROUP_ORDER: BigInt<4> =
    BigInt!("2736030358979909402780800718157159386076813972158567259200215660948447373041");
const WINDOW: usize = 4;
const SUBJECT: &str = "Baby Jubjub point";

/// (X : Y : Z : T) with x = X/Z, y = Y/Z, T = XY/Z.
#[derive(Clone, Copy)]
struct Extended {
    x: Fr,
    y: Fr,
    z: Fr,
    t: Fr,
}

impl Extended {
    fn identity() -> Self {
        Self::affine(Fr::ZERO, Fr::ONE)
    }

    fn affine(x: Fr, y: Fr) -> Self {
        Extended { x, y, z: Fr::ONE, t: x * y }
    }

    fn add(&self, q: &Self) -> Self {
        let (a, b) = (self.x * q.x, self.y * q.y);
        let (c, d) = (self.t * q.t * D, self.z * q.z);
        let e = (self.x + self.y) * (q.x + q.y) - a - b;
        Self::finish(e, d - c, d + c, b - a * A)
    }

    fn double(&self) -> Self {
        let (a, b) = (self.x.square(), self.y.square());
        let (c, d) = (self.z.square() + self.z.square(), a * A);
        let e = (self.x + self.y).square() - a - b;
        let (g, h) = (d + b, d - b);
        Self::finish(e, g - c, g, h)
    }

    fn finish(e: Fr, f: Fr, g: Fr, h: Fr) -> Self {
        Extended { x: e * f, y: g * h, z: f * g, t: e * h }
    }

    fn to_affine(self) -> (Fr, Fr) {
        let inverse = self.z.inverse().unwrap_or(Fr::ONE);
        (self.x * inverse, self.y * inverse)
    }
}

/// Σ scalar·point (Straus); magnitudes are plain integers, signs are in the points.
pub fn combine(points: &[(Fr, Fr)], magnitudes: &[BigInt<4>]) -> Outcome<(Fr, Fr)> {
    if points.len() != magnitudes.len() {
        let wanted = format!("{} scalars", points.len());
        return refuse(Kind::Malformed, "combination", wanted, magnitudes.len());
    }
    Ok(straus(points, magnitudes).to_affine())
}

/// Σ points.
pub fn add_all(points: &[(Fr, Fr)]) -> (Fr, Fr) {
    let sum =
        points.iter().fold(Extended::identity(), |sum, &(x, y)| sum.add(&Extended::affine(x, y)));
    sum.to_affine()
}

/// The point of a canonical encoding: y with the sign of x in the top bit, as circomlibjs has it.
pub fn decode(data: &[u8]) -> Outcome<(Fr, Fr)> {
    let Ok(bytes) = <[u8; ELEMENT]>::try_from(data) else {
        let found = format!("{} bytes", data.len());
        return refuse(Kind::MalformedPoint, SUBJECT, format!("{ELEMENT} bytes"), found);
    };
    let mut word = integer(&bytes);
    let negative = word.0[3] >> 63 == 1;
    word.0[3] &= u64::MAX >> 1;
    match Fr::from_bigint(word).and_then(|y| Some((recover_x(y, negative)?, y))) {
        Some((x, y)) if is_in_subgroup(x, y) => Ok((x, y)),
        Some(_) => refuse(Kind::MalformedPoint, SUBJECT, "a point of order l", "another"),
        None => refuse(Kind::MalformedPoint, SUBJECT, "the canonical encoding of one", "another"),
    }
}

/// The index of the first pair that is no point of the subgroup.
pub fn first_outside(points: &[(Fr, Fr)]) -> Option<usize> {
    points.par_iter().position_first(|&(x, y)| !(is_on_curve(x, y) && is_in_subgroup(x, y)))
}

/// The x of that sign; x = 0 has no negative, so that encodings stay canonical.
fn recover_x(y: Fr, negative: bool) -> Option<Fr> {
    let yy = y.square();
    // The inverse exists: a/d is no square.
    let x = ((Fr::ONE - yy) * (A - D * yy).inverse()?).sqrt()?;
    let is_negative = x.into_bigint() > Fr::MODULUS_MINUS_ONE_DIV_TWO;
    match (x == Fr::ZERO, is_negative == negative) {
        (true, _) if negative => None,
        (_, true) => Some(x),
        (_, false) => Some(-x),
    }
}

fn is_on_curve(x: Fr, y: Fr) -> bool {
    let (xx, yy) = (x.square(), y.square());
    A * xx + yy == Fr::ONE + D * xx * yy
}

/// Whether l·(x, y) is the identity; the point must be on the curve.
fn is_in_subgroup(x: Fr, y: Fr) -> bool {
    let product = straus(&[(x, y)], &[SUBGROUP_ORDER]);
    product.x == Fr::ZERO && product.y == product.z
}

/// Windows of four bits, all doublings shared.
fn straus(points: &[(Fr, Fr)], magnitudes: &[BigInt<4>]) -> Extended {
    let tables: Vec<Vec<Extended>> = points.iter().map(|&(x, y)| multiples(x, y)).collect();
    let bits = magnitudes.iter().map(|k| k.num_bits()).max().unwrap_or(0) as usize;
    let mut total = Extended::identity();
    for window in (0..bits.div_ceil(WINDOW)).rev() {
        for _ in 0..WINDOW {
            total = total.double();
        }
        for (table, k) in tables.iter().zip(magnitudes) {
            let shift = window * WINDOW;
            let digit = (k.0[shift / 64] >> (shift % 64)) as usize & ((1 << WINDOW) - 1);
            if digit != 0 {
                total = total.add(&table[digit]);
            }
        }
    }
    total
}

fn multiples(x: Fr, y: Fr) -> Vec<Extended> {
    let point = Extended::affine(x, y);
    let mut table = vec![Extended::identity()];
    for i in 0..(1 << WINDOW) - 1 {
        table.push(table[i].add(&point));
    }
    table
}
