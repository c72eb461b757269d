//! Rows of numbers that mostly grow by a little, stored as differences.
//!
//! A plan holds some ten numbers for each segment and track. As plain integers, those of a two-hour film with
//! several sounds would take half a megabyte; as variable-length differences they take a tenth of it. Each 32nd
//! row is stored whole, so that any row is found after at most 31 others.

const ROWS_PER_BLOCK: usize = 32;

/// A list of rows of `N` numbers each.
#[derive(Debug, Clone, Default)]
pub(crate) struct PackedRows<const N: usize> {
    bytes: Vec<u8>,
    /// Start in `bytes` of each block of rows.
    blocks: Vec<u32>,
    length: usize,
    last: Option<[i64; N]>,
}

impl<const N: usize> PackedRows<N> {
    pub(crate) fn new() -> Self {
        PackedRows {
            bytes: Vec::new(),
            blocks: Vec::new(),
            length: 0,
            last: None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Returns the bytes that the rows take.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.bytes.capacity() + self.blocks.capacity() * 4
    }

    pub(crate) fn push(&mut self, row: [i64; N]) {
        let base = if self.length.is_multiple_of(ROWS_PER_BLOCK) {
            self.blocks.push(self.bytes.len() as u32);
            [0; N]
        } else {
            self.last.unwrap_or([0; N])
        };
        for (value, before) in row.iter().zip(base) {
            write_varint(&mut self.bytes, value.wrapping_sub(before));
        }
        self.last = Some(row);
        self.length += 1;
    }

    /// Returns row `n`; `None` past the end.
    pub(crate) fn get(&self, n: usize) -> Option<[i64; N]> {
        if n >= self.length {
            return None;
        }
        let mut at = *self.blocks.get(n / ROWS_PER_BLOCK)? as usize;
        let mut row = [0i64; N];
        for _ in 0..=n % ROWS_PER_BLOCK {
            for value in &mut row {
                *value = value.wrapping_add(read_varint(&self.bytes, &mut at)?);
            }
        }
        Some(row)
    }

    /// Returns the rows in order, each decoded once.
    pub(crate) fn iter(&self) -> impl Iterator<Item = [i64; N]> + '_ {
        self.iter_from(0)
    }

    /// Returns the rows from row `first` on, in order.
    pub(crate) fn iter_from(&self, first: usize) -> impl Iterator<Item = [i64; N]> + '_ {
        let block = first / ROWS_PER_BLOCK;
        let start = self.blocks.get(block).copied();
        let mut at = start.map_or(self.bytes.len(), |start| start as usize);
        let mut row = [0i64; N];
        let rows = (block * ROWS_PER_BLOCK..self.length).map_while(move |n| {
            if n.is_multiple_of(ROWS_PER_BLOCK) {
                row = [0; N];
            }
            for value in &mut row {
                *value = value.wrapping_add(read_varint(&self.bytes, &mut at)?);
            }
            Some(row)
        });
        rows.skip(first % ROWS_PER_BLOCK)
    }

    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.blocks.shrink_to_fit();
    }
}

/// Appends a signed number, small ones in one byte (zigzag and 7 bits a byte).
fn write_varint(into: &mut Vec<u8>, value: i64) {
    let mut rest = ((value << 1) ^ (value >> 63)) as u64;
    while rest >= 0x80 {
        into.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    into.push(rest as u8);
}

fn read_varint(bytes: &[u8], at: &mut usize) -> Option<i64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some((value >> 1) as i64 ^ -((value & 1) as i64));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_rows_come_back(rows in prop::collection::vec(any::<[i64; 3]>(), 0..200)) {
            let mut packed = PackedRows::<3>::new();
            rows.iter().for_each(|row| packed.push(*row));
            prop_assert_eq!(packed.iter().collect::<Vec<_>>(), rows.clone());
            for (n, row) in rows.iter().enumerate() {
                prop_assert_eq!(packed.get(n), Some(*row));
                prop_assert_eq!(packed.iter_from(n).next(), Some(*row));
            }
            prop_assert_eq!(packed.get(rows.len()), None);
            prop_assert_eq!(packed.iter_from(rows.len()).next(), None);
        }
    }
}
