//! Window tables on disk, beside their key, mapped into memory.
//!
//! A file holds a digest of the `.zkey` that its tables were made from, after every point of that
//! key had been checked; a file with another digest, another layout or another length is not used
//! but made anew. A table that was changed on disk gives proofs that do not verify, and none of
//! those is handed out.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use memmap2::Mmap;

use crate::kernel::Kernel;
use crate::msm::{Shape, Table};
use crate::points::{Points, ALIGNMENT};

const MAGIC: &[u8; 8] = b"tacitwin";
const VERSION: u32 = 1;

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
    pub fn finish(self, path: &Path) -> io::Result<()> {
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

/// Opens a regular file; to open a pipe would be to wait for whoever writes to it.
pub fn open_file(path: &Path) -> io::Result<File> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    File::open(path)
}

/// Reads what `Writer` wrote; anything unexpected is `None`, and the tables are made anew.
pub struct Reader {
    map: Arc<Mmap>,
    position: usize,
}

impl Reader {
    pub fn open(path: &Path, digest: &Digest) -> Option<Self> {
        let file = open_file(path).ok()?;
        // SAFETY: see `Points::as_slice`.
        let map = Arc::new(unsafe { Mmap::map(&file) }.ok()?);
        let mut reader = Reader { map, position: 0 };
        let fits =
            reader.take(8)? == MAGIC && reader.number()? == VERSION && reader.take(32)? == digest;
        fits.then_some(reader)
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
        let points = Points::Mapped { map: Arc::clone(&self.map), start, count: total };
        Some(Table { shape, positions, points })
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
