//! Keys, loaded for the kernel that this processor has.

use std::path::{Path, PathBuf};

use ark_bn254::{g1, g2, Fr};
use memmap2::Mmap;
use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::bytes::{write_g1, write_g2};
use crate::errors::{refuse, Kind, Outcome};
#[cfg(target_arch = "x86_64")]
use crate::ifma::Ifma;
use crate::kernel::{self, Family};
use crate::portable::Portable;
use crate::prove::{Prover, Stage, Tables};
use crate::tables::{open_file, Absence, Digest, Reader};
use crate::zkey::{Frame, Zkey};

/// A prover, whichever kernel it runs on.
pub trait AnyProver: Send + Sync {
    fn wires(&self) -> usize;
    fn prove(&self, witness: &[Fr], r: Fr, s: Fr, cancelled: &AtomicBool) -> Vec<u8>;
    fn profile(&self, witness: &[Fr], r: Fr, s: Fr) -> Vec<Stage>;
}

impl<K: Family> AnyProver for Prover<K> {
    fn wires(&self) -> usize {
        self.wires
    }

    fn prove(&self, witness: &[Fr], r: Fr, s: Fr, cancelled: &AtomicBool) -> Vec<u8> {
        Prover::prove(self, witness, r, s, cancelled)
    }

    fn profile(&self, witness: &[Fr], r: Fr, s: Fr) -> Vec<Stage> {
        Prover::profile(self, witness, r, s)
    }
}

/// A proving key in memory, and the parts of it that Python looks at.
pub struct LoadedKey {
    pub prover: Box<dyn AnyProver>,
    pub verifying_key: Vec<u8>,
    pub ceremony: Vec<u8>,
    /// What whoever opens the key should know of its tables, a line each.
    pub notices: Vec<String>,
}

impl LoadedKey {
    /// From the bytes of a file; every point is checked and the tables are made.
    pub fn load(data: &[u8], budget: usize, cancelled: &AtomicBool) -> Outcome<Self> {
        let zkey = Zkey::open(data)?;
        let frame = zkey.frame()?;
        Self::finish(&zkey, frame, |frame, _| {
            Ok(match kernel_name() {
                #[cfg(target_arch = "x86_64")]
                IFMA => Box::new(Self::made::<Ifma>(&zkey, frame, budget, cancelled)?),
                _ => Box::new(Self::made::<Portable>(&zkey, frame, budget, cancelled)?),
            })
        })
    }

    /// From a file, with the tables beside it where they are this very key's.
    pub fn open(path: &Path, budget: usize, cancelled: &AtomicBool) -> Outcome<Self> {
        let map = map(path)?;
        let zkey = Zkey::open(&map)?;
        let frame = zkey.frame()?;
        let beside = Beside {
            path: path.with_extension("zkey.tables"),
            digest: Sha256::digest(&map[..]).into(),
        };
        Self::finish(&zkey, frame, |frame, notices| {
            let mut tell = |text: String| {
                notices.push(format!("window tables {}: {text}", beside.path.display()));
            };
            Ok(match kernel_name() {
                #[cfg(target_arch = "x86_64")]
                IFMA => Box::new(Self::kept::<Ifma>(
                    &zkey, frame, &beside, budget, cancelled, &mut tell,
                )?),
                _ => Box::new(Self::kept::<Portable>(
                    &zkey, frame, &beside, budget, cancelled, &mut tell,
                )?),
            })
        })
    }

    /// With the tables of the file, if they are good; with new ones that are put there, if not.
    fn kept<K: Family>(
        zkey: &Zkey<'_>,
        frame: Frame,
        beside: &Beside,
        budget: usize,
        cancelled: &AtomicBool,
        tell: &mut dyn FnMut(String),
    ) -> Outcome<Prover<K>> {
        let found = Reader::open(&beside.path, &beside.digest);
        let is_damaged = matches!(found, Err(Absence::Damaged));
        if let Some(tables) = found.ok().and_then(|file| Tables::read(file, &frame, budget)) {
            return Ok(Prover::new(frame, tables));
        }
        let tables = tables(zkey, &frame, budget, cancelled)?;
        if is_damaged {
            tell("damaged, or of another version; made anew".into());
        }
        // A folder that cannot be written to costs time at the next start, and nothing else.
        if let Err(error) = tables.writer(&beside.digest).finish(&beside.path) {
            tell(format!("cannot be kept, and are made at every start ({error})"));
        }
        Ok(Prover::new(frame, tables))
    }

    fn made<K: Family>(
        zkey: &Zkey<'_>,
        frame: Frame,
        budget: usize,
        cancelled: &AtomicBool,
    ) -> Outcome<Prover<K>> {
        let tables = tables(zkey, &frame, budget, cancelled)?;
        Ok(Prover::new(frame, tables))
    }

    fn finish(
        zkey: &Zkey<'_>,
        frame: Frame,
        prover: impl FnOnce(Frame, &mut Vec<String>) -> Outcome<Box<dyn AnyProver>>,
    ) -> Outcome<Self> {
        let (verifying_key, ceremony) = (verifying_key(&frame), zkey.ceremony()?.to_vec());
        let mut notices = Vec::new();
        let prover = prover(frame, &mut notices)?;
        Ok(LoadedKey { prover, verifying_key, ceremony, notices })
    }
}

/// Where the tables of a key are kept, and the digest by which they are known to be its own.
struct Beside {
    path: PathBuf,
    digest: Digest,
}

fn tables<K: Family>(
    zkey: &Zkey<'_>,
    frame: &Frame,
    budget: usize,
    cancelled: &AtomicBool,
) -> Outcome<Tables<K>> {
    let tables = Tables::build(zkey.queries(frame, cancelled)?, budget, cancelled);
    if cancelled.load(Ordering::Relaxed) {
        // Nobody waits for these, and they mean nothing: they must not be kept.
        return refuse(Kind::Conflict, "key", "to be loaded", "an interruption");
    }
    Ok(tables)
}

/// Seconds of one batched addition in G1 and in G2, on the kernel that proves.
pub fn seconds_per_addition() -> (f64, f64) {
    fn of<K: Family>() -> (f64, f64) {
        (
            kernel::seconds_per_addition::<K::G1, g1::Config>(),
            kernel::seconds_per_addition::<K::G2, g2::Config>(),
        )
    }
    match kernel_name() {
        #[cfg(target_arch = "x86_64")]
        IFMA => of::<Ifma>(),
        _ => of::<Portable>(),
    }
}

const PORTABLE: &str = "portable";
#[cfg(target_arch = "x86_64")]
const IFMA: &str = "avx512-ifma";

/// The kernel that this processor proves with; `TACIT_KERNEL=portable` asks for the plain one.
pub fn kernel_name() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    if crate::ifma::is_available() && std::env::var_os("TACIT_KERNEL") != Some(PORTABLE.into()) {
        return IFMA;
    }
    PORTABLE
}

/// α, β, γ, δ, then IC, as in EIP-197.
fn verifying_key(frame: &Frame) -> Vec<u8> {
    let mut bytes = Vec::new();
    let ends = &frame.ends;
    write_g1(&ends.alpha_1, &mut bytes);
    for point in [&ends.beta_2, &ends.gamma_2, &ends.delta_2] {
        write_g2(point, &mut bytes);
    }
    for point in &frame.ic {
        write_g1(point, &mut bytes);
    }
    bytes
}

fn map(path: &Path) -> Outcome<Mmap> {
    let opened = open_file(path).and_then(|file| {
        // SAFETY: the map is read only and lives for this call; should another process truncate
        // the file meanwhile, reading raises SIGBUS, and what it rewrites is checked as it is.
        unsafe { Mmap::map(&file) }
    });
    match opened {
        Ok(map) => Ok(map),
        Err(error) => {
            refuse(Kind::MalformedFile, path.display().to_string(), "a readable file", error)
        }
    }
}
