//! Texts that share their beginnings (DELTA_BYTE_ARRAY), written out in full: a few bytes of a page can mean any number
//! of copies of a long text, and the library's decoder takes memory for as many as the page claims.

use super::thrift::Thrift;

/// Larger blocks of deltas, or more parts of one, are damage; writers take 128 and 4.
const MOST: u64 = 1 << 16;

/// How many values the deltas at the beginning of `data` claim to be, if their blocks can be.
pub(super) fn claimed(data: &[u8]) -> Option<u64> {
    Some(Head::read(&mut Thrift::new(data))?.total)
}

/// The texts in `data`, `most` of them at most, each behind its length as PLAIN has them, in `room` bytes at most;
/// `None` where they are damaged or more than that.
pub(super) fn written_out(data: &[u8], most: u64, room: usize) -> Option<Vec<u8>> {
    let mut t = Thrift::new(data);
    let shared = lengths(&mut t, most)?;
    let own = lengths(&mut t, most)?;
    if shared.len() != own.len() {
        return None;
    }
    let mut out = Vec::new();
    let mut before = 0..0;
    for (shared, own) in shared.into_iter().zip(own) {
        let (shared, own) = (usize::try_from(shared).ok()?, u64::try_from(own).ok()?);
        let rest = t.bytes(own)?;
        let size = Some(shared).filter(|s| *s <= before.len())?.checked_add(rest.len())?;
        if out.len().checked_add(size)?.checked_add(4)? > room {
            return None;
        }
        out.extend(u32::try_from(size).ok()?.to_le_bytes());
        let start = out.len();
        out.extend_from_within(before.start..before.start + shared);
        out.extend(rest);
        before = start..out.len();
    }
    Some(out)
}

struct Head {
    /// Values of a part of a block, and parts of a block.
    part: u64,
    parts: u64,
    total: u64,
}

impl Head {
    fn read(t: &mut Thrift) -> Option<Head> {
        let (block, parts, total) = (t.count()?, t.count()?, t.count()?);
        let sound = block <= MOST && (1..=MOST).contains(&parts) && block % parts == 0;
        sound.then_some(Head { part: block / parts, parts, total })
    }
}

/// Numbers of 32 bits, stored as differences in blocks, each with its own least difference and widths.
fn lengths(t: &mut Thrift, most: u64) -> Option<Vec<i32>> {
    let head = Head::read(t)?;
    let total = usize::try_from(head.total).ok().filter(|_| head.total <= most)?;
    let mut last = t.number()? as i32;
    let mut all = Vec::new();
    if total > 0 {
        all.push(last);
    }
    while all.len() < total {
        let least = t.number()? as i32;
        for &width in t.bytes(head.parts)? {
            if all.len() == total {
                break;
            }
            let bytes =
                Some(width).filter(|w| *w <= 32).and_then(|w| t.bytes(head.part * u64::from(w) / 8))?;
            for k in 0..(head.part as usize).min(total - all.len()) {
                last = last.wrapping_add(least).wrapping_add(bits(bytes, k, usize::from(width)) as i32);
                all.push(last);
            }
        }
        Some(()).filter(|()| head.part > 0)?;
    }
    Some(all)
}

/// The `k`-th number of `width` bits, the lowest first.
fn bits(bytes: &[u8], k: usize, width: usize) -> u32 {
    let at = k * width;
    let mut word = [0; 8];
    for (to, from) in word.iter_mut().zip(bytes.iter().skip(at / 8)) {
        *to = *from;
    }
    (u64::from_le_bytes(word) >> (at % 8) & ((1 << width) - 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `total` equal lengths.
    fn equal(total: u8, length: u8) -> Vec<u8> {
        // 128 values in 4 parts, the first value, then blocks of differences of 0 that take no bits.
        [&[0x80, 1, 4, total, length << 1][..], &[0, 0, 0, 0, 0]].concat()
    }

    #[test]
    fn beginnings_are_shared() {
        let mut page = equal(3, 2);
        page.extend(equal(3, 1));
        page.extend(b"xyz");
        // The first text has nothing to share.
        assert_eq!(written_out(&page, 3, 100), None);
        let mut page = equal(3, 0);
        page.extend(equal(3, 1));
        page.extend(b"xyz");
        assert_eq!(written_out(&page, 3, 100).unwrap(), b"\x01\0\0\0x\x01\0\0\0y\x01\0\0\0z");
        // 0 and 0 + 2 bytes shared, 3 and 3 - 2 of their own.
        let blocks = [[0x80, 1, 4, 2, 0, 4, 0, 0, 0, 0], [0x80, 1, 4, 2, 6, 3, 0, 0, 0, 0]].concat();
        let texts = written_out(&[&blocks, &b"abcd"[..]].concat(), 2, 100).unwrap();
        assert_eq!(texts, b"\x03\0\0\0abc\x03\0\0\0abd");
        assert_eq!(written_out(&page, 2, 100), None, "more than there are rows");
        assert_eq!(written_out(&page, 3, 14), None, "more than there is room");
        assert_eq!(written_out(&page[..page.len() - 1], 3, 100), None, "cut");
    }

    #[test]
    fn numbers_of_any_width_come_back() {
        let bytes = [0b1010_0110, 0b0000_0001];
        assert_eq!([0, 1, 2].map(|k| bits(&bytes, k, 3)), [0b110, 0b100, 0b110]);
        assert_eq!(bits(&[0xff, 0xff, 0xff, 0xff], 0, 32), u32::MAX);
        assert_eq!(bits(&[], 5, 0), 0);
    }
}
