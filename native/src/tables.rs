//! Window tables on disk, beside their key, mapped into memory.
//!
//! A file holds a digest of the `.zkey` that its tables were made from, after every point of that
//! key had been checked, and a digest of all that it holds, which is compared whenever it is opened:
//! a disk that rots is noticed, and not only by proofs that fail. Tables of another key, kernel or
//! budget, and numbers that are no coordinates, are not used but made anew. Whoever writes other
//! points with a digest of their own gets proofs that do not verify, and none of those is handed out.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use memmap2::Mmap;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::kernel::{is_reduced, Kernel};
use crate::msm::{Shape, Table};
use crate::points::{Points, ALIGNMENT};

const MAGIC: &[u8; 8] = b"tacitwin";
const VERSION: u32 = 2;
/// Magic, version and the digest of the key; then stands the digest of everything else.
const HEAD: usize = 44;
const BODY: usize = HEAD + 32;
/// Pieces are hashed on all cores.
const PIECE: usize = 1 << 20;

pub type Digest = [u8; 32];

/// Writes tables one after the other; `finish` puts the file in its place.
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub fn new(digest: &Digest) -> Self {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(digest);
        bytes.resize(BODY, 0);
        Writer { bytes }
    }

    pub fn table<K: Kernel>(&mut self, table: &Table<K>) {
        let shape = table.shape;
        for number in [K::DOMAIN, shape.width as u32, shape.stride as u32] {
            self.bytes.extend_from_slice(&number.to_le_bytes());
        }
        self.bytes.extend_from_slice(&(table.positions.len() as u32).to_le_bytes());
        for position in &table.positions {
            self.bytes.extend_from_slice(&position.to_le_bytes());
        }
        self.bytes.resize(self.bytes.len().next_multiple_of(ALIGNMENT), 0);
        for point in table.points.as_slice() {
            for word in point.as_ref() {
                self.bytes.extend_from_slice(&word.to_le_bytes());
            }
        }
    }

    /// Whole or not at all: a temporary file, renamed.
    pub fn finish(mut self, path: &Path) -> io::Result<()> {
        seal(&mut self.bytes);
        // Of this call alone: another thread may be making the same tables.
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let call = CALLS.fetch_add(1, Ordering::Relaxed);
        let temporary = path.with_extension(format!("{}-{call}.tmp", std::process::id()));
        let written = File::create(&temporary).and_then(|mut file| {
            file.write_all(&self.bytes)?;
            file.sync_all()
        });
        written.and_then(|()| std::fs::rename(&temporary, path)).inspect_err(|_| {
            // What could not be finished is not left behind; that it may be gone is fine.
            let _ = std::fs::remove_file(&temporary);
        })
    }
}

/// Puts the digest of a file's bytes where it belongs; what is too short for one stays as it is.
pub fn seal(bytes: &mut [u8]) {
    if let Some(digest) = seal_of(bytes) {
        bytes[HEAD..BODY].copy_from_slice(&digest);
    }
}

/// SHA-256 over the head and the digests of the pieces of the body.
fn seal_of(bytes: &[u8]) -> Option<Digest> {
    let (head, body) = (bytes.get(..HEAD)?, bytes.get(BODY..)?);
    let pieces: Vec<Digest> = body.par_chunks(PIECE).map(|p| Sha256::digest(p).into()).collect();
    let whole = Sha256::new().chain_update(head).chain_update((body.len() as u64).to_le_bytes());
    Some(whole.chain_update(pieces.concat()).finalize().into())
}

/// Opens a regular file; to open a pipe would be to wait for whoever writes to it.
pub fn open_file(path: &Path) -> io::Result<File> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    File::open(path)
}

/// Why there are no tables to read.
#[derive(Debug, PartialEq, Eq)]
pub enum Absence {
    /// No file, or one that cannot be read.
    Missing,
    /// Not what `Writer` wrote: it was damaged, or is of another version.
    Damaged,
    /// Of another key.
    Foreign,
}

/// Reads what `Writer` wrote; anything unexpected is `None`, and the tables are made anew.
#[derive(Debug)]
pub struct Reader {
    map: Arc<Mmap>,
    position: usize,
}

impl Reader {
    pub fn open(path: &Path, digest: &Digest) -> Result<Self, Absence> {
        let file = open_file(path).map_err(|_| Absence::Missing)?;
        // SAFETY: see `Points::as_slice`.
        let map = Arc::new(unsafe { Mmap::map(&file) }.map_err(|_| Absence::Missing)?);
        let seal = seal_of(&map).ok_or(Absence::Damaged)?;
        let mut reader = Reader { map, position: 0 };
        let is_ours = reader.take(8) == Some(MAGIC) && reader.number() == Some(VERSION);
        let is_of_key = reader.take(32) == Some(digest);
        if reader.take(32) != Some(&seal) || !is_ours {
            return Err(Absence::Damaged);
        }
        if is_of_key {
            Ok(reader)
        } else {
            Err(Absence::Foreign)
        }
    }

    /// The next table, for scalars of that length and a key whose table would have that shape.
    pub fn table<K: Kernel>(&mut self, scalars: usize, budget: usize) -> Option<Table<K>> {
        let (domain, width, stride) = (self.number()?, self.number()?, self.number()?);
        let count = self.number()? as usize;
        let shape = Shape { width: width as usize, stride: stride as usize };
        if domain != K::DOMAIN || shape != Shape::choose::<K>(count, budget) {
            return None;
        }
        let positions: Vec<u32> = self
            .take(count.checked_mul(4)?)?
            .chunks_exact(4)
            .map(|chunk| u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]))
            .collect();
        if positions.iter().any(|&position| position as usize >= scalars) {
            return None;
        }
        self.position = self.position.next_multiple_of(ALIGNMENT);
        let (start, total) = (self.position, count.checked_mul(shape.levels())?);
        self.take(total.checked_mul(size_of::<K::Words>())?)?;
        let points: Points<K> = Points::Mapped { map: Arc::clone(&self.map), start, count: total };
        let are_reduced = points.as_slice().par_iter().all(|point| is_reduced(point.as_ref()));
        are_reduced.then_some(Table { shape, positions, points })
    }

    /// True where nothing is left over.
    pub fn is_finished(&self) -> bool {
        self.position == self.map.len()
    }

    fn take(&mut self, size: usize) -> Option<&[u8]> {
        let bytes = self.map.get(self.position..self.position.checked_add(size)?)?;
        self.position += size;
        Some(bytes)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const KEY: Digest = [7; 32];

    fn kept(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Option<Absence> {
        let path: PathBuf = std::env::temp_dir().join(format!("{}-{name}", std::process::id()));
        let mut writer = Writer::new(&KEY);
        writer.bytes.resize(3 * PIECE + 5, 9);
        writer.finish(&path).expect("a folder to write to");
        let mut bytes = std::fs::read(&path).expect("the file just written");
        change(&mut bytes);
        std::fs::write(&path, &bytes).expect("a file to write to");
        let found = Reader::open(&path, &KEY).err();
        std::fs::remove_file(&path).expect("the file just written");
        found
    }

    /// A bit that is another anywhere, a byte too many and one too few: all are noticed.
    #[test]
    fn damage_is_noticed() {
        assert_eq!(kept("whole", |_| ()), None);
        for place in [0, 8, 12, 43, HEAD, BODY - 1, BODY, BODY + PIECE, 3 * PIECE + 4] {
            let found = kept("flipped", |bytes| bytes[place] ^= 1);
            assert_eq!(found, Some(Absence::Damaged), "{place}");
        }
        assert_eq!(kept("longer", |bytes| bytes.push(0)), Some(Absence::Damaged));
        assert_eq!(
            kept("shorter", |bytes| bytes.truncate(bytes.len() - 1)),
            Some(Absence::Damaged)
        );
        assert_eq!(kept("stump", |bytes| bytes.truncate(BODY - 1)), Some(Absence::Damaged));
        assert_eq!(kept("empty", |bytes| bytes.clear()), Some(Absence::Damaged));
    }

    /// Another key's tables are no damage, and no file is none either.
    #[test]
    fn other_tables_are_not_damaged() {
        let found = kept("foreign", |bytes| {
            bytes[12] ^= 1;
            seal(bytes);
        });
        assert_eq!(found, Some(Absence::Foreign));
        let nowhere = std::env::temp_dir().join("no-such-folder").join("key.tables");
        assert_eq!(Reader::open(&nowhere, &KEY).err(), Some(Absence::Missing));
    }
}
