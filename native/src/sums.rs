//! Σ scalar·point in both groups, for points that are summed once: no tables are made.

use ark_bn254::{Fq, Fq2, Fr, G1Projective, G2Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};

use crate::affine::Affine;
use crate::eip::Eip;
use crate::errors::{refuse, Kind, Outcome};

pub fn combine_g1(points: &[u8], scalars: &[Fr]) -> Outcome<Affine<Fq>> {
    let bases = decoded(points, Eip::g1)?;
    same_length(bases.len(), scalars.len())?;
    let sum = G1Projective::msm_unchecked(&bases, scalars);
    Ok(Affine::from_ark(&sum.into_affine()))
}

pub fn combine_g2(points: &[u8], scalars: &[Fr]) -> Outcome<Affine<Fq2>> {
    let bases = decoded(points, Eip::g2)?;
    same_length(bases.len(), scalars.len())?;
    let sum = G2Projective::msm_unchecked(&bases, scalars);
    Ok(Affine::from_ark(&sum.into_affine()))
}

fn decoded<'a, T>(data: &'a [u8], one: fn(&mut Eip<'a>) -> Outcome<T>) -> Outcome<Vec<T>> {
    let mut reader = Eip::new(data);
    let mut points = Vec::new();
    while !reader.is_empty() {
        points.push(one(&mut reader)?);
    }
    Ok(points)
}

fn same_length(points: usize, scalars: usize) -> Outcome<()> {
    if points == scalars {
        return Ok(());
    }
    let (wanted, found) = (format!("{points} scalars"), format!("{scalars} scalars"));
    refuse(Kind::Malformed, "combination", wanted, found)
}
