//! Points in the encodings of EIP-196 and EIP-197, each on its curve and in its subgroup.

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ff::{BigInt, PrimeField};

use crate::affine::Affine;
use crate::errors::{refuse, Kind, Outcome};
use crate::zkey::{check_g1, check_g2};

/// Reads them front to back.
pub struct Eip<'a> {
    data: &'a [u8],
}

impl<'a> Eip<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Eip { data }
    }

    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    fn coordinate(&mut self) -> Outcome<Fq> {
        if self.data.len() < 32 {
            let found = format!("{} bytes", self.data.len());
            return refuse(Kind::MalformedPoint, "point", "32 more bytes", found);
        }
        let (head, tail) = self.data.split_at(32);
        self.data = tail;
        let mut limbs = [0; 4];
        for (limb, chunk) in limbs.iter_mut().zip(head.rchunks_exact(8)) {
            *limb = chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
        let value = BigInt(limbs);
        match Fq::from_bigint(value) {
            Some(element) => Ok(element),
            None => refuse(Kind::MalformedPoint, "point", "coordinates in [0, q)", value),
        }
    }

    pub fn g1(&mut self) -> Outcome<G1Affine> {
        let point = Affine { x: self.coordinate()?, y: self.coordinate()? };
        check_g1(&[point])?;
        Ok(point.to_ark())
    }

    pub fn g2(&mut self) -> Outcome<G2Affine> {
        let (x1, x0, y1, y0) =
            (self.coordinate()?, self.coordinate()?, self.coordinate()?, self.coordinate()?);
        let point = Affine { x: Fq2::new(x0, x1), y: Fq2::new(y0, y1) };
        check_g2(&[point])?;
        Ok(point.to_ark())
    }
}
