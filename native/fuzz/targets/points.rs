//! Any bytes as points of Baby Jubjub; one that is accepted has these bytes as its encoding.

#![no_main]

use _native::babyjubjub::{decode, first_outside};
use _native::bytes::{integer, write_fr, ELEMENT};
use ark_bn254::Fr;
use ark_ff::PrimeField;
use libfuzzer_sys::fuzz_target;

fn encode((x, y): (Fr, Fr)) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_fr(&y, &mut bytes);
    bytes[ELEMENT - 1] |= u8::from(x.into_bigint() > Fr::MODULUS_MINUS_ONE_DIV_TWO) << 7;
    bytes
}

fuzz_target!(|data: &[u8]| {
    let mut accepted = Vec::new();
    for chunk in data.chunks(ELEMENT).take(16) {
        if let Ok(point) = decode(chunk) {
            assert_eq!(encode(point), chunk);
            accepted.push(point);
        }
    }
    assert_eq!(first_outside(&accepted), None);
    let number = |chunk: &[u8]| chunk.try_into().ok().and_then(|b| Fr::from_bigint(integer(b)));
    let numbers: Vec<Fr> = data.chunks(ELEMENT).take(16).filter_map(number).collect();
    let pairs: Vec<(Fr, Fr)> = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    let inside = first_outside(&pairs).unwrap_or(pairs.len());
    for &pair in &pairs[..inside] {
        assert_eq!(decode(&encode(pair)).ok(), Some(pair));
    }
});
