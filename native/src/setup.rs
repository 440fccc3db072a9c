//! `insecure_dev_setup`: the same key as `zk/groth16/setup.py` for the same trapdoor.
//!
//! Python computes the scalars' meaning (columns of the program at τ); what is slow is the
//! multiples of the generators, and they are what this module makes.

use std::sync::atomic::{AtomicBool, Ordering};

use ark_bn254::{g1, g2, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::short_weierstrass::{Affine as ArkAffine, Projective, SWCurveConfig};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::AdditiveGroup;
use rayon::prelude::*;

use crate::affine::Affine;
use crate::kernel::{Adder, Kernel, Words};
use crate::portable::{PortableG1, PortableG2};
use crate::scalar::{digit_count, for_each_digit, signed};

const WIDTH: usize = 8;
const CHUNK: usize = 1024;

pub fn multiples_g1(scalars: &[Fr], cancelled: &AtomicBool) -> Vec<Affine<Fq>> {
    multiples::<PortableG1, g1::Config>(&G1Affine::generator(), scalars, cancelled)
}

pub fn multiples_g2(scalars: &[Fr], cancelled: &AtomicBool) -> Vec<Affine<Fq2>> {
    multiples::<PortableG2, g2::Config>(&G2Affine::generator(), scalars, cancelled)
}

/// k·P for each k: one batched addition per signed digit; fewer points once `cancelled`.
fn multiples<K: Kernel, C: SWCurveConfig<BaseField = K::Base>>(
    base: &ArkAffine<C>,
    scalars: &[Fr],
    cancelled: &AtomicBool,
) -> Vec<Affine<K::Base>> {
    let table = window_table::<K, C>(base);
    scalars
        .par_chunks(CHUNK)
        .flat_map_iter(|chunk| match cancelled.load(Ordering::Relaxed) {
            true => Vec::new(),
            false => chunk_multiples::<K>(&table, chunk),
        })
        .collect()
}

fn chunk_multiples<K: Kernel>(table: &[Vec<K::Words>], scalars: &[Fr]) -> Vec<Affine<K::Base>> {
    let mut sums = vec![K::Words::INFINITY; scalars.len()];
    let digits: Vec<_> = scalars.iter().map(digits_of).collect();
    let mut adder = K::Adder::default();
    for (window, row) in table.iter().enumerate() {
        for (i, digits) in digits.iter().enumerate() {
            let digit = digits[window];
            if digit != 0 {
                let multiple = row[digit.unsigned_abs() as usize - 1];
                let addend = if digit < 0 { multiple.neg() } else { multiple };
                adder.add(sums[i], addend, i, &mut sums);
            }
        }
        adder.finish(&mut sums);
    }
    sums.iter().map(K::unpack).collect()
}

/// The signed digits of a scalar, its sign included.
fn digits_of(scalar: &Fr) -> Vec<i32> {
    let (magnitude, negative) = signed(scalar);
    let mut digits = vec![0; digit_count(WIDTH)];
    for_each_digit(&magnitude, WIDTH, |window, digit| {
        digits[window] = if negative { -digit } else { digit };
    });
    digits
}

/// table[j][d − 1] = d·2^(w·j)·P.
fn window_table<K: Kernel, C: SWCurveConfig<BaseField = K::Base>>(
    base: &ArkAffine<C>,
) -> Vec<Vec<K::Words>> {
    let mut start: Projective<C> = (*base).into();
    (0..digit_count(WIDTH))
        .map(|_| {
            let mut row = vec![start];
            for i in 1..1 << (WIDTH - 1) {
                row.push(row[i - 1] + start);
            }
            start = row[row.len() - 1].double();
            let affine = Projective::normalize_batch(&row);
            affine.iter().map(|point| K::pack(&Affine::from_ark(point))).collect()
        })
        .collect()
}
