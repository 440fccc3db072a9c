//! The points of a table, wherever they lie.

use std::sync::Arc;

use memmap2::Mmap;

use crate::kernel::Kernel;

/// Points begin at multiples of this, so that none straddles a line of the cache.
pub const ALIGNMENT: usize = 128;

/// The points of a table: made here, or mapped from a file.
pub enum Points<K: Kernel> {
    Owned(Vec<K::Words>),
    Mapped { map: Arc<Mmap>, start: usize, count: usize },
}

impl<K: Kernel> Points<K> {
    pub fn as_slice(&self) -> &[K::Words] {
        match self {
            Points::Owned(points) => points,
            Points::Mapped { map, start, count } => {
                let bytes = &map[*start..*start + *count * size_of::<K::Words>()];
                // SAFETY: the range is inside the map (the slice above checks it); its start is a
                // multiple of ALIGNMENT in a map that begins on a page, so it is aligned for u64;
                // words are arrays of u64, for which every bit pattern is valid. If another
                // process truncates the file, reading raises SIGBUS; if it rewrites it, the sums
                // are wrong and the proof is not handed out. `tables::Writer` never writes to a file that
                // can be mapped: it renames a finished one into place.
                unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), *count) }
            }
        }
    }
}
