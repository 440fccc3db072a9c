//! The kernel for every machine: arkworks' arithmetic, one inversion for a batch of additions.
//!
//! An affine addition costs one inversion and three multiplications. With Montgomery's trick a
//! batch of additions pays one inversion and three multiplications each in its place, so a
//! batched addition is about half as dear as a mixed projective one. Words are arkworks' own:
//! Montgomery form with R = 2²⁵⁶.

use std::marker::PhantomData;

use ark_bn254::{Fq, Fq2};
use ark_ff::{AdditiveGroup, BigInt, Field};

use crate::affine::Affine;
use crate::kernel::{Adder, Case, Family, Kernel, Words};

/// Enough additions for the shared inversion not to matter, few enough to stay in the cache.
const BATCH: usize = 512;

pub struct Portable;

impl Family for Portable {
    type G1 = PortableG1;
    type G2 = PortableG2;
}

pub struct PortableG1;
pub struct PortableG2;

impl Kernel for PortableG1 {
    type Base = Fq;
    type Words = [u64; 8];
    type Adder = BatchAdder<Self>;

    const DOMAIN: u32 = 256;

    fn pack(point: &Affine<Fq>) -> [u64; 8] {
        join([point.x, point.y])
    }

    #[inline(always)]
    fn unpack(words: &[u64; 8]) -> Affine<Fq> {
        Affine { x: coordinate(words, 0), y: coordinate(words, 4) }
    }
}

impl Kernel for PortableG2 {
    type Base = Fq2;
    type Words = [u64; 16];
    type Adder = BatchAdder<Self>;

    const DOMAIN: u32 = 256;

    fn pack(point: &Affine<Fq2>) -> [u64; 16] {
        join([point.x.c0, point.x.c1, point.y.c0, point.y.c1])
    }

    #[inline(always)]
    fn unpack(words: &[u64; 16]) -> Affine<Fq2> {
        let at = |start| Fq2::new(coordinate(words, start), coordinate(words, start + 4));
        Affine { x: at(0), y: at(8) }
    }
}

fn join<const N: usize, const M: usize>(coordinates: [Fq; N]) -> [u64; M] {
    let mut words = [0; M];
    for (chunk, value) in words.chunks_exact_mut(4).zip(coordinates) {
        chunk.copy_from_slice(&value.0 .0);
    }
    words
}

#[inline(always)]
fn coordinate(words: &[u64], start: usize) -> Fq {
    Fq::new_unchecked(BigInt([words[start], words[start + 1], words[start + 2], words[start + 3]]))
}

struct Job<F> {
    p: Affine<F>,
    q: Affine<F>,
    out: usize,
    denominator: F,
    prefix: F,
    tangent: bool,
}

pub struct BatchAdder<K: Kernel> {
    jobs: Vec<Job<K::Base>>,
    kernel: PhantomData<K>,
}

impl<K: Kernel> Default for BatchAdder<K> {
    fn default() -> Self {
        BatchAdder { jobs: Vec::with_capacity(BATCH), kernel: PhantomData }
    }
}

impl<K: Kernel> Adder<K::Words> for BatchAdder<K> {
    fn add(&mut self, p: K::Words, q: K::Words, out: usize, results: &mut [K::Words]) {
        let case = p.case(&q);
        let (p, q) = match case {
            Case::Chord | Case::Tangent => (K::unpack(&p), K::unpack(&q)),
            Case::First => return results[out] = p,
            Case::Second => return results[out] = q,
            Case::Infinity => return results[out] = K::Words::INFINITY,
        };
        let tangent = case == Case::Tangent;
        let denominator = if tangent { p.y.double() } else { q.x - p.x };
        self.jobs.push(Job { p, q, out, denominator, prefix: K::Base::ONE, tangent });
        if self.jobs.len() == BATCH {
            self.finish(results);
        }
    }

    fn finish(&mut self, results: &mut [K::Words]) {
        let mut product = K::Base::ONE;
        for job in &mut self.jobs {
            job.prefix = product;
            product *= job.denominator;
        }
        // No denominator is zero, by its case, so the product is not.
        let mut inverse = product.inverse().unwrap_or(K::Base::ONE);
        for job in self.jobs.iter().rev() {
            let reciprocal = inverse * job.prefix;
            inverse *= job.denominator;
            results[job.out] = K::pack(&complete(job, reciprocal));
        }
        self.jobs.clear();
    }
}

#[inline(always)]
fn complete<F: Field>(job: &Job<F>, reciprocal: F) -> Affine<F> {
    let (p, q) = (&job.p, &job.q);
    let slope = if job.tangent {
        let square = p.x.square();
        (square.double() + square) * reciprocal
    } else {
        (q.y - p.y) * reciprocal
    };
    let x = slope.square() - p.x - q.x;
    Affine { x, y: slope * (p.x - x) - p.y }
}
