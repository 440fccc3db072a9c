//! Sums of many lists of points at once: the engine of the multi-scalar multiplication.
//!
//! Each list is summed as a tree, all lists in step, so that every level is one long run of
//! independent additions that share their inversions.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::kernel::{Adder, Kernel, Words};

/// One reference to a point: its index, and in the lowest bit whether to negate it.
pub type Entry = u32;

pub fn entry(index: usize, negative: bool) -> Entry {
    (index as u32) << 1 | negative as u32
}

/// Lists laid end to end; list i is `entries[starts[i]..starts[i + 1]]`.
pub struct Lists {
    pub starts: Vec<u32>,
    pub entries: Vec<Entry>,
}

/// Entries that one task sums: enough to fill batches, few enough to spread over the cores.
const TASK_ENTRIES: usize = 8192;

/// The sum of each list, over all cores; once `cancelled`, points that mean nothing.
pub fn sum_lists<K: Kernel>(
    points: &[K::Words],
    lists: &Lists,
    cancelled: &AtomicBool,
) -> Vec<K::Words> {
    let tasks = split(&lists.starts);
    let sums: Vec<Vec<K::Words>> = tasks
        .par_iter()
        .map(|&(from, to)| {
            if cancelled.load(Ordering::Relaxed) {
                return vec![K::Words::INFINITY; to - from];
            }
            sum_range::<K>(points, &lists.starts[from..=to], &lists.entries)
        })
        .collect();
    sums.concat()
}

/// Ranges of lists with about `TASK_ENTRIES` entries each.
fn split(starts: &[u32]) -> Vec<(usize, usize)> {
    let count = starts.len() - 1;
    let mut tasks = Vec::new();
    let mut from = 0;
    for i in 0..count {
        if (starts[i + 1] - starts[from]) as usize >= TASK_ENTRIES || i + 1 == count {
            tasks.push((from, i + 1));
            from = i + 1;
        }
    }
    tasks
}

fn sum_range<K: Kernel>(points: &[K::Words], starts: &[u32], entries: &[Entry]) -> Vec<K::Words> {
    let fetch = |position: usize| {
        let entry = entries[position];
        let point = points[(entry >> 1) as usize];
        if entry & 1 == 1 {
            point.neg()
        } else {
            point
        }
    };
    let mut adder = K::Adder::default();
    let mut lengths: Vec<usize> = starts.windows(2).map(|w| (w[1] - w[0]) as usize).collect();
    let halves: usize = lengths.iter().map(|n| n.div_ceil(2)).sum();
    let mut level = vec![K::Words::INFINITY; halves];
    let (mut input, mut out) = (starts[0] as usize, 0);
    for length in &mut lengths {
        for _ in 0..*length / 2 {
            adder.add(fetch(input), fetch(input + 1), out, &mut level);
            input += 2;
            out += 1;
        }
        if *length % 2 == 1 {
            level[out] = fetch(input);
            input += 1;
            out += 1;
        }
        *length = length.div_ceil(2);
    }
    adder.finish(&mut level);
    while lengths.iter().any(|&n| n > 1) {
        halve(&mut level, &mut lengths, &mut adder);
    }
    let mut sums = Vec::with_capacity(lengths.len());
    let mut position = 0;
    for length in lengths {
        sums.push(if length == 0 { K::Words::INFINITY } else { level[position] });
        position += length;
    }
    sums
}

/// One level of the tree, in place: results land at or before what they were made of, and an
/// operand is copied into the batch before anything behind it is written.
fn halve<W: Words>(level: &mut Vec<W>, lengths: &mut [usize], adder: &mut impl Adder<W>) {
    let (mut input, mut out) = (0, 0);
    for length in lengths.iter_mut() {
        for _ in 0..*length / 2 {
            let (p, q) = (level[input], level[input + 1]);
            adder.add(p, q, out, level);
            input += 2;
            out += 1;
        }
        if *length % 2 == 1 {
            level[out] = level[input];
            input += 1;
            out += 1;
        }
        *length = length.div_ceil(2);
    }
    adder.finish(level);
    level.truncate(out);
}
