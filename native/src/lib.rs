//! Groth16 over BN254 for keys that are used many times: the native backend of Tacit's `zk`.
//!
//! Arithmetic in fields and groups is arkworks'; what sits above it is written here. The Python
//! package `zk` is the reference: the same bytes for the same randomness, the same errors.

pub mod affine;
pub mod babyjubjub;
pub mod bytes;
pub mod eip;
pub mod errors;
#[cfg(target_arch = "x86_64")]
pub mod ifma;
pub mod inverse;
pub mod kernel;
#[cfg(target_arch = "x86_64")]
pub mod lanes;
pub mod lists;
pub mod loading;
pub mod msm;
pub mod ntt;
pub mod points;
pub mod portable;
pub mod prove;
mod python;
pub mod scalar;
pub mod setup;
pub mod sparse;
pub mod sums;
pub mod tables;
pub mod tape;
pub mod verify;
pub mod zkey;
