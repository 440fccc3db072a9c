//! Reading little-endian bytes without trusting a length.

use ark_bn254::{Fq, Fq2, Fr};
use ark_ff::{BigInt, BigInteger, PrimeField};

use crate::affine::Affine;
use crate::errors::{refuse, Kind, Outcome};

pub const ELEMENT: usize = 32;

/// A cursor that never passes the end of its bytes.
pub struct Reader<'a> {
    data: &'a [u8],
    subject: &'static str,
}

impl<'a> Reader<'a> {
    pub fn new(data: &'a [u8], subject: &'static str) -> Self {
        Reader { data, subject }
    }

    pub fn remaining(&self) -> usize {
        self.data.len()
    }

    pub fn take(&mut self, size: usize) -> Outcome<&'a [u8]> {
        if size > self.data.len() {
            let found = format!("{} bytes", self.data.len());
            return refuse(Kind::MalformedFile, self.subject, format!("{size} more bytes"), found);
        }
        let (head, tail) = self.data.split_at(size);
        self.data = tail;
        Ok(head)
    }

    pub fn array<const N: usize>(&mut self) -> Outcome<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub fn u32(&mut self) -> Outcome<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub fn u64(&mut self) -> Outcome<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// `number` itself, once so many items of `each` bytes can still follow.
    pub fn count(&self, number: u32, each: usize) -> Outcome<usize> {
        if (number as usize).checked_mul(each).is_none_or(|size| size > self.data.len()) {
            let found = format!("{} bytes", self.data.len());
            let wanted = format!("{number} items of {each} bytes");
            return refuse(Kind::MalformedFile, self.subject, wanted, found);
        }
        Ok(number as usize)
    }

    pub fn finish(&self) -> Outcome<()> {
        if self.data.is_empty() {
            return Ok(());
        }
        let found = format!("{} more bytes", self.data.len());
        refuse(Kind::MalformedFile, self.subject, "the section's end", found)
    }

    /// A field's description: its size in bytes and its modulus.
    pub fn prime(&mut self, modulus: &BigInt<4>) -> Outcome<()> {
        let size = self.u32()?;
        if size as usize != ELEMENT {
            let wanted = format!("a field of {ELEMENT} bytes");
            return refuse(Kind::MalformedFile, self.subject, wanted, format!("{size} bytes"));
        }
        let found = integer(&self.array()?);
        if found != *modulus {
            let wanted = format!("the BN254 modulus {modulus}");
            return refuse(Kind::MalformedFile, self.subject, wanted, found);
        }
        Ok(())
    }

    /// A scalar as a plain integer, canonical.
    pub fn fr(&mut self) -> Outcome<Fr> {
        let value = integer(&self.array()?);
        match Fr::from_bigint(value) {
            Some(element) => Ok(element),
            None => refuse(Kind::Malformed, self.subject, "an integer in [0, r)", value),
        }
    }

    /// A coordinate in Montgomery form, canonical.
    fn fq_montgomery(&mut self) -> Outcome<Fq> {
        let value = integer(&self.array()?);
        if value >= Fq::MODULUS {
            return refuse(Kind::MalformedFile, self.subject, "coordinates in [0, q)", value);
        }
        Ok(Fq::new_unchecked(value))
    }

    /// A point of G1 in Montgomery form; that it is on the curve is for the caller to check.
    pub fn g1(&mut self) -> Outcome<Affine<Fq>> {
        Ok(Affine { x: self.fq_montgomery()?, y: self.fq_montgomery()? })
    }

    /// A point of the twist in Montgomery form, likewise.
    pub fn g2(&mut self) -> Outcome<Affine<Fq2>> {
        let x = Fq2::new(self.fq_montgomery()?, self.fq_montgomery()?);
        let y = Fq2::new(self.fq_montgomery()?, self.fq_montgomery()?);
        Ok(Affine { x, y })
    }
}

pub fn integer(bytes: &[u8; ELEMENT]) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        *limb = u64::from_le_bytes(word);
    }
    BigInt(limbs)
}

/// Scalars laid end to end, each canonical.
pub fn scalars(data: &[u8], subject: &'static str) -> Outcome<Vec<Fr>> {
    let mut reader = Reader::new(data, subject);
    let mut values = Vec::with_capacity(data.len() / ELEMENT);
    while reader.remaining() > 0 {
        values.push(reader.fr()?);
    }
    Ok(values)
}

pub fn write_fr(value: &Fr, out: &mut Vec<u8>) {
    out.extend_from_slice(&value.into_bigint().to_bytes_le());
}

/// A coordinate as EIP-196 has it: big-endian.
pub fn write_fq_be(value: &Fq, out: &mut Vec<u8>) {
    out.extend_from_slice(&value.into_bigint().to_bytes_be());
}

pub fn write_fq_montgomery(value: &Fq, out: &mut Vec<u8>) {
    for limb in value.0 .0 {
        out.extend_from_slice(&limb.to_le_bytes());
    }
}

/// 64 bytes as in EIP-196.
pub fn write_g1(point: &Affine<Fq>, out: &mut Vec<u8>) {
    write_fq_be(&point.x, out);
    write_fq_be(&point.y, out);
}

/// 128 bytes as in EIP-197: imaginary parts first.
pub fn write_g2(point: &Affine<Fq2>, out: &mut Vec<u8>) {
    for coordinate in [&point.x, &point.y] {
        write_fq_be(&coordinate.c1, out);
        write_fq_be(&coordinate.c0, out);
    }
}
