//! Baby Jubjub in the form of EIP-2494, as `zk/babyjubjub.py` has it: a = 168700, d = 168696.
//!
//! arkworks' own `ed_on_bn254` is another form of the curve (a = 1), so the extended coordinates
//! of Hisil, Wong, Carter and Dawson are written out here.

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, Field};

use crate::errors::{refuse, Kind, Outcome};

const A: u64 = 168700;
const D: u64 = 168696;
const WINDOW: usize = 4;

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
        Self::affine(Fr::from(0u64), Fr::ONE)
    }

    fn affine(x: Fr, y: Fr) -> Self {
        Extended { x, y, z: Fr::ONE, t: x * y }
    }

    fn add(&self, q: &Self) -> Self {
        let (a, b) = (self.x * q.x, self.y * q.y);
        let (c, d) = (self.t * q.t * Fr::from(D), self.z * q.z);
        let e = (self.x + self.y) * (q.x + q.y) - a - b;
        Self::finish(e, d - c, d + c, b - a * Fr::from(A))
    }

    fn double(&self) -> Self {
        let (a, b) = (self.x.square(), self.y.square());
        let (c, d) = (self.z.square() + self.z.square(), a * Fr::from(A));
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
    Ok(total.to_affine())
}

/// Σ points.
pub fn add_all(points: &[(Fr, Fr)]) -> (Fr, Fr) {
    let sum =
        points.iter().fold(Extended::identity(), |sum, &(x, y)| sum.add(&Extended::affine(x, y)));
    sum.to_affine()
}

fn multiples(x: Fr, y: Fr) -> Vec<Extended> {
    let point = Extended::affine(x, y);
    let mut table = vec![Extended::identity()];
    for i in 0..(1 << WINDOW) - 1 {
        table.push(table[i].add(&point));
    }
    table
}
