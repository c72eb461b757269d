//! Random samples, laid out as tables, are returned by the walk from any start.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::Budget;
use crate::mp4::boxes::Boxes;

/// A file in memory.
struct Memory(Bytes);

impl ReadRange for Memory {
    fn size(&self) -> u64 {
        // Samples lie behind the tables, in a part that is never read.
        self.0.len() as u64 + (1 << 32)
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, ContainerError> {
        let mut bytes = vec![0; length];
        let there = self.0.get(offset as usize..).unwrap_or(&[]);
        let shared = there.len().min(length);
        bytes[..shared].copy_from_slice(&there[..shared]);
        Ok(bytes.into())
    }
}

/// A sample to be laid out, and the number of samples in its chunk if it starts one.
#[derive(Debug, Clone)]
struct Laid {
    size: u32,
    duration: u32,
    composition_offset: i32,
    sync: bool,
    starts_chunk: bool,
}

fn laid() -> impl Strategy<Value = Laid> {
    (
        0u32..16,
        1u32..4,
        -2i32..3,
        any::<bool>(),
        prop::bool::weighted(0.3),
    )
        .prop_map(
            |(size, duration, composition_offset, sync, starts_chunk)| Laid {
                size,
                duration,
                composition_offset,
                sync,
                starts_chunk,
            },
        )
}

fn full(name: &[u8; 4], fields: &[u32], rest: &[u8]) -> Vec<u8> {
    let size = 12 + fields.len() * 4 + rest.len();
    let mut made = (size as u32).to_be_bytes().to_vec();
    made.extend_from_slice(name);
    made.extend_from_slice(&[0; 4]);
    fields
        .iter()
        .for_each(|field| made.extend(field.to_be_bytes()));
    made.extend_from_slice(rest);
    made
}

/// Counts equal neighbours.
fn runs(values: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut runs: Vec<u32> = Vec::new();
    for value in values {
        match runs.len().checked_sub(2) {
            Some(at) if runs[at + 1] == value => runs[at] += 1,
            _ => runs.extend([1, value]),
        }
    }
    let mut fields = vec![runs.len() as u32 / 2];
    fields.extend(runs);
    fields
}

/// Writes the tables, and returns the resulting offsets of the samples.
fn write(samples: &[Laid], compact: bool) -> (Vec<u8>, Vec<u64>) {
    let (mut chunks, mut in_chunk, mut offsets) = (Vec::new(), Vec::<u32>::new(), Vec::new());
    let mut at = 1u32 << 24;
    for (index, sample) in samples.iter().enumerate() {
        if index == 0 || sample.starts_chunk {
            at += 7;
            chunks.push(at);
            in_chunk.push(0);
        }
        *in_chunk.last_mut().unwrap() += 1;
        offsets.push(u64::from(at));
        at += sample.size;
    }
    let mut stsc = vec![0];
    for (index, count) in in_chunk.iter().enumerate() {
        if index == 0 || in_chunk[index - 1] != *count {
            stsc.extend([index as u32 + 1, *count, 1]);
            stsc[0] += 1;
        }
    }
    let syncs: Vec<u32> = (1..)
        .zip(samples)
        .filter(|(_, s)| s.sync)
        .map(|(n, _)| n)
        .collect();
    let count = samples.len() as u32;
    let sizes = if compact {
        let nibbles: Vec<u8> = samples
            .chunks(2)
            .map(|pair| (pair[0].size << 4 | pair.get(1).map_or(0, |other| other.size)) as u8)
            .collect();
        full(b"stz2", &[4, count], &nibbles)
    } else {
        let sizes: Vec<u32> = samples.iter().map(|sample| sample.size).collect();
        full(b"stsz", &[&[0, count][..], &sizes].concat(), &[])
    };
    let tables = [
        full(
            b"stts",
            &runs(samples.iter().map(|sample| sample.duration)),
            &[],
        ),
        full(
            b"ctts",
            &runs(
                samples
                    .iter()
                    .map(|sample| sample.composition_offset as u32),
            ),
            &[],
        ),
        full(b"stss", &[&[syncs.len() as u32][..], &syncs].concat(), &[]),
        full(b"stsc", &stsc, &[]),
        full(
            b"stco",
            &[&[chunks.len() as u32][..], &chunks].concat(),
            &[],
        ),
        sizes,
    ];
    let content = tables.concat();
    let mut stbl = (content.len() as u32 + 8).to_be_bytes().to_vec();
    stbl.extend_from_slice(b"stbl");
    stbl.extend(content);
    (stbl, offsets)
}

proptest! {
    #[test]
    fn samples_come_back_from_any_position(
        samples in prop::collection::vec(laid(), 1..120),
        compact in any::<bool>(),
    ) {
        let (stbl, offsets) = write(&samples, compact);
        let memory = Memory(stbl.into());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (found, resumed) = runtime.block_on(async {
            let mut file = Metered::new(&memory, &Budget::default());
            let mut boxes = Boxes { at: 0, end: memory.0.len() as u64 };
            let stbl = boxes.next(&mut file).await.unwrap().unwrap();
            let tables = SampleTables::locate(&mut file, &stbl).await.unwrap();
            let mut cursor = SampleCursor::new(tables, Position::default());
            let (mut found, mut resumed) = (Vec::new(), Vec::new());
            loop {
                let row = cursor.position().to_row();
                let again = SampleCursor::new(tables, Position::from_row(row)).next(&mut file).await;
                let Some(sample) = cursor.next(&mut file).await.unwrap() else {
                    break;
                };
                found.push(sample);
                resumed.push(again.unwrap().unwrap());
            }
            (found, resumed)
        });
        prop_assert_eq!(&found, &resumed);
        prop_assert_eq!(found.len(), samples.len());
        let mut time = 0;
        for ((sample, laid), offset) in found.iter().zip(&samples).zip(offsets) {
            prop_assert_eq!(sample.offset, offset);
            prop_assert_eq!(sample.size, laid.size);
            prop_assert_eq!(sample.decode_time, time);
            prop_assert_eq!(sample.composition_offset, laid.composition_offset);
            prop_assert_eq!(sample.sync, laid.sync);
            time += i64::from(laid.duration);
        }
    }
}
