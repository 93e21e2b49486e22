//! Pages on their way to the decoders, which take memory for as many values as a page claims.

use ::parquet::basic::{Encoding, Type as Physical};
use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::schema::types::ColumnDescriptor;

use super::{claims, deltas};

/// The pages of one column in one row group, each checked before it is decoded.
pub(super) struct Pages {
    pages: Box<dyn PageReader>,
    /// Values that the row group has room for.
    left: usize,
    /// Bytes that a plain value takes at least.
    least: usize,
    optional: bool,
    texts: bool,
}

impl Pages {
    pub(super) fn new(pages: Box<dyn PageReader>, rows: usize, column: &ColumnDescriptor) -> Self {
        let least = match column.physical_type() {
            Physical::BOOLEAN => 1,
            Physical::INT32 | Physical::FLOAT | Physical::BYTE_ARRAY => 4,
            Physical::INT64 | Physical::DOUBLE => 8,
            Physical::INT96 => 12,
            Physical::FIXED_LEN_BYTE_ARRAY => usize::try_from(column.type_length()).unwrap_or(0).max(1),
        };
        let texts = column.physical_type() == Physical::BYTE_ARRAY;
        Pages { pages, left: rows, least, optional: column.max_def_level() > 0, texts }
    }

    /// Checks a page; texts that share their beginnings are written out.
    fn check(&mut self, page: &mut Page) -> Result<()> {
        let values = page.num_values() as usize;
        if let Page::DictionaryPage { buf, .. } = page {
            let room = buf.len() / self.least;
            return sound(values <= room, || format!("a dictionary for {room} values claims {values}"));
        }
        sound(values <= self.left, || "a column has more values than its row group has rows".into())?;
        self.left -= values;
        let Some(data) = self.values_of(page, values) else {
            return Err(ParquetError::General("a page ends inside its levels".into()));
        };
        match page.encoding() {
            Encoding::DELTA_BYTE_ARRAY if self.texts => {
                let room = claims::most_unpacked(data.len() as u64) as usize;
                let plain = deltas::written_out(data, values as u64, room);
                let plain =
                    plain.ok_or_else(|| ParquetError::General("a page of texts is damaged".into()))?;
                let levels = page.buffer().len() - data.len();
                let bytes = [&page.buffer()[..levels], &plain].concat();
                if let Page::DataPage { buf, encoding, .. } | Page::DataPageV2 { buf, encoding, .. } = page {
                    (*buf, *encoding) = (bytes.into(), Encoding::PLAIN);
                }
                Ok(())
            }
            Encoding::DELTA_BYTE_ARRAY => Err(ParquetError::NYI("DELTA_BYTE_ARRAY of a fixed length".into())),
            Encoding::DELTA_BINARY_PACKED | Encoding::DELTA_LENGTH_BYTE_ARRAY => {
                let fits = deltas::claimed(data).is_some_and(|total| total <= values as u64);
                sound(fits, || "a page of deltas claims more than it can hold".into())
            }
            _ => Ok(()),
        }
    }

    /// The bytes of a data page behind its levels.
    fn values_of<'p>(&self, page: &'p Page, values: usize) -> Option<&'p [u8]> {
        match page {
            Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, .. } => {
                let levels = def_levels_byte_len.checked_add(*rep_levels_byte_len)?;
                buf.get(levels as usize..)
            }
            Page::DataPage { buf, def_level_encoding, .. } if self.optional => {
                #[allow(deprecated, reason = "old files have it")]
                if *def_level_encoding == Encoding::BIT_PACKED {
                    return buf.get(values.div_ceil(8)..);
                }
                let (size, rest) = buf.split_first_chunk::<4>()?;
                rest.get(u32::from_le_bytes(*size) as usize..)
            }
            _ => Some(page.buffer()),
        }
    }
}

fn sound(is: bool, what: impl FnOnce() -> String) -> Result<()> {
    if is { Ok(()) } else { Err(ParquetError::General(what())) }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let mut page = self.pages.get_next_page()?;
        if let Some(page) = &mut page {
            self.check(page)?;
        }
        Ok(page)
    }
    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }
    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;
    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
