//! As much of Thrift's compact protocol as tells the sizes in a Parquet file; every step ends where the bytes do.

/// Structures that stand inside each other; deeper ones are damage.
const DEPTH: usize = 32;

/// The kinds of values that have a meaning here.
pub(super) const I32: u8 = 5;
pub(super) const I64: u8 = 6;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// What a value must be.
pub(super) enum Shape {
    Plain(u8),
    Truth,
    List(&'static Shape),
    Structure(&'static [(i64, Shape)]),
}

/// A place in bytes; `None` of its methods means that they are cut or damaged.
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Thrift { bytes, at: 0 }
    }

    /// Bytes taken so far.
    pub(super) fn taken(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// The next `n` bytes.
    pub(super) fn bytes(&mut self, n: u64) -> Option<&'a [u8]> {
        let end = self.at.checked_add(usize::try_from(n).ok()?)?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    /// A number without sign.
    pub(super) fn count(&mut self) -> Option<u64> {
        let mut n = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(n);
            }
        }
        None
    }

    /// A number with a sign.
    pub(super) fn number(&mut self) -> Option<i64> {
        let n = self.count()?;
        Some((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    /// The number of a list's elements, and their kind.
    pub(super) fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let size = if head >> 4 == 15 { self.count()? } else { u64::from(head >> 4) };
        // Every element takes a byte at least.
        (size <= (self.bytes.len() - self.at) as u64).then_some((size, head & 15))
    }

    /// Goes through a structure: `field` is told number and kind, and takes the value or says `false` to have it skipped.
    pub(super) fn structure(
        &mut self,
        mut field: impl FnMut(&mut Self, i64, u8) -> Option<bool>,
    ) -> Option<()> {
        let mut id = 0i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            id = if head >> 4 == 0 { self.number()? } else { id + i64::from(head >> 4) };
            if !field(self, id, head & 15)? {
                self.skip(head & 15, DEPTH)?;
            }
        }
    }

    /// Takes a value of `kind` that must have this shape: the library reads fields by their number, whatever their kind,
    /// and would find other values in the same bytes.
    pub(super) fn fits(&mut self, kind: u8, shape: &Shape) -> Option<()> {
        match shape {
            Shape::Plain(want) => Some(()).filter(|()| kind == *want)?,
            Shape::Truth => return Some(()).filter(|()| kind == 1 || kind == 2),
            Shape::List(inner) => {
                let (size, element) = Some(()).filter(|()| kind == LIST).and_then(|()| self.list())?;
                return (0..size).try_for_each(|_| self.fits(element, inner));
            }
            Shape::Structure(fields) => {
                Some(()).filter(|()| kind == STRUCT)?;
                return self.structure(|t, id, kind| {
                    let shape = fields.iter().find(|(known, _)| *known == id);
                    shape.map_or(Some(false), |(_, shape)| t.fits(kind, shape).map(|()| true))
                });
            }
        }
        self.skip(kind, DEPTH)
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            1 | 2 => Some(()),
            3 => self.bytes(1).map(drop),
            4..=6 => self.count().map(drop),
            7 => self.bytes(8).map(drop),
            8 => self.count().and_then(|n| self.bytes(n)).map(drop),
            9 | 10 => {
                let (size, kind) = self.list()?;
                // The library takes no bytes for truth values in lists, so that a list of them can have any length.
                // No Parquet file has one here.
                Some(()).filter(|()| kind > 2)?;
                (0..size).try_for_each(|_| self.skip(kind, depth))
            }
            STRUCT => loop {
                let head = self.byte()?;
                if head == 0 {
                    return Some(());
                }
                if head >> 4 == 0 {
                    self.count()?;
                }
                self.skip(head & 15, depth)?;
            },
            // Maps do not occur in Parquet.
            _ => None,
        }
    }
}
