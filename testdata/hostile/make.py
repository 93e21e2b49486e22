"""The hand-made files of this folder: each lies about its size, is cut, or holds what a terminal must not see.

    cd testdata/hostile && python3 make.py

Files whose names begin with `found_` come from the fuzz targets in `fuzz/`.
"""

import io
import pathlib
import struct
import zipfile
import zlib

HERE = pathlib.Path(__file__).parent


def put(name, data):
    (HERE / name).write_bytes(data)


# ---- NPY


def npy(descr, shape, data=b"", fortran=False, version=1, length=None):
    header = f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': ({shape}), }}\n".encode()
    size = struct.pack("<H" if version == 1 else "<I", len(header) if length is None else length)
    return b"\x93NUMPY" + bytes([version, 0]) + size + header + data


put("rows.npy", npy("<f8", "1152921504606846976, 2", bytes(64)))
put("overflow.npy", npy("<f8", "2, 4294967296, 4294967296, 2", bytes(64)))
put("beyond_64_bits.npy", npy("<f8", "36893488147419103232,", bytes(64)))
put("dimensions.npy", npy("|u1", "1, " * 65, bytes(1), fortran=True))
put("long_header.npy", npy("|u1", "1,", bytes(1), version=2, length=0xFFFFFFFF))
put("wide_text.npy", npy("<U4294967295", "1,", bytes(64)))
put("text_row.npy", npy("|S1048576", "3, 1048576", bytes(64)))
put("nothing.npy", npy("<f8", "3, 0"))
put("pickle.npy", npy("|O", "1,", b"cos\nsystem\n(S'true'\ntR."))

# ---- IDX


def idx(kind, sizes, data=b""):
    return bytes([0, 0, kind, len(sizes)]) + b"".join(struct.pack(">I", s) for s in sizes) + data


put("rows-idx3-ubyte", idx(8, [0xFFFFFFFF, 28, 28], bytes(784)))
put("columns-idx3-ubyte", idx(8, [1, 0xFFFFFFFF, 0xFFFFFFFF], bytes(64)))
put("overflow-idx5-ubyte", idx(14, [2, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 2], bytes(64)))

# ---- NPZ


def npz(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data)
    return bytearray(out.getvalue())


x = npy("|u1", "2, 2", bytes([1, 2, 3, 4]))
put("nested.npz", npz(("x.npy", bytes(npz(("x.npy", x))))))
lying = npz(("x.npy", x))
at = lying.find(b"PK\x01\x02")
lying[at + 20 : at + 28] = struct.pack("<II", 0xFFFFFFF0, 0xFFFFFFF0)
put("sizes.npz", bytes(lying))
lying = npz(("x.npy", x))
end = lying.find(b"PK\x05\x06")
lying[end + 8 : end + 12] = struct.pack("<HH", 0xFFFF, 0xFFFF)
put("entries.npz", bytes(lying))
two = npz(("x.npy", x), ("y.npy", npy("|u1", "3,", bytes([1, 2, 3]))))
first = two.find(b"PK\x01\x02")
second = two.find(b"PK\x01\x02", first + 1)
two[second + 42 : second + 46] = struct.pack("<I", 0)
put("overlapping.npz", bytes(two))

# ---- Parquet: Thrift's compact protocol by hand


def count(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out) + bytes([n])


def zigzag(n):
    return count(n << 1 if n >= 0 else -n * 2 - 1)


class Field:
    def __init__(self, kind, data):
        self.kind, self.data = kind, data


def i32(n):
    return Field(5, zigzag(n))


def i64(n):
    return Field(6, zigzag(n))


def text(s):
    return Field(8, count(len(s)) + s.encode())


def struct_(**fields):
    out, last = b"", 0
    for name, field in fields.items():
        number = int(name[1:])
        out += bytes([number - last << 4 | field.kind]) + field.data
        last = number
    return Field(12, out + b"\0")


def list_(elements, kind=12, size=None):
    size = len(elements) if size is None else size
    head = bytes([size << 4 | kind]) if size < 15 else bytes([0xF0 | kind]) + count(size)
    return Field(9, head + b"".join(e.data for e in elements))


INT64, BYTE_ARRAY = 2, 6
PLAIN, RLE, DELTA, DELTA_LENGTH, DELTA_TEXT = 0, 3, 5, 6, 7
SNAPPY, GZIP = 1, 2


def leaf(name, kind=INT64):
    return struct_(f1=i32(kind), f3=i32(0), f4=text(name))


def group(name, children):
    return struct_(f3=i32(0), f4=text(name), f5=i32(children))


def page(data, values, encoding=PLAIN, unpacked=None):
    header = struct_(f1=i32(0), f2=i32(len(data) if unpacked is None else unpacked), f3=i32(len(data)),
                     f5=struct_(f1=i32(values), f2=i32(encoding), f3=i32(RLE), f4=i32(RLE)))
    return header.data + data


def dictionary(data, values):
    header = struct_(f1=i32(2), f2=i32(len(data)), f3=i32(len(data)), f7=struct_(f1=i32(values), f2=i32(PLAIN)))
    return header.data + data


def parquet(pages, rows, schema=None, kind=INT64, codec=0, size=None, claim=None, groups=1, dictionary_size=None):
    """One column `x` in one row group, with these claims."""
    start = 4
    places = {"f9": i64(start + (dictionary_size or 0))}
    if dictionary_size:
        places["f11"] = i64(start)
    column = struct_(f1=i32(kind), f2=list_([i32(PLAIN)], 5), f3=list_([text("x")], 8), f4=i32(codec), f5=i64(rows),
                     f6=i64(len(pages)), f7=i64(len(pages) if size is None else size), **places)
    chunk = struct_(f2=i64(start), f3=column)
    row_group = struct_(f1=list_([chunk]), f2=i64(len(pages)), f3=i64(rows))
    schema = schema or [group("schema", 1), leaf("x", kind)]
    index = struct_(f1=i32(1), f2=list_(schema), f3=i64(rows), f4=list_([row_group] * groups)).data
    return b"PAR1" + pages + index + struct.pack("<I", len(index)) + b"PAR1"


plain = struct.pack("<3q", 1, 2, 3)
put("sound.parquet", parquet(page(plain, 3), 3))
put("rows.parquet", parquet(page(plain, 3), 1 << 40))
put("negative_rows.parquet", parquet(page(plain, 3), -5))
put("more_values.parquet", parquet(page(plain, 0x7FFFFFFF), 3))
put("outside.parquet", parquet(page(plain, 3), 3, size=1 << 40))
put("unpacked.parquet", parquet(page(b"\x18\x5c" + plain, 3, unpacked=0x7FFFFFFF), 3, codec=SNAPPY))
packer = zlib.compressobj(9, wbits=31)
zeros = packer.compress(bytes(20 << 20)) + packer.flush()
put("bomb.parquet", parquet(page(zeros, 3, unpacked=24), 3, codec=GZIP))
tall = [group("schema", 1)] + [group("g", 1)] * 20_000 + [leaf("x")]
put("deep.parquet", parquet(page(plain, 3), 3, schema=tall))
put("children.parquet", parquet(page(plain, 3), 3, schema=[group("schema", 0x7FFFFFFF), leaf("x")]))
put("no_elements.parquet", b"PAR1" + bytes([0x29, 0xFC]) + count(1 << 60) + struct.pack("<I", 12) + b"PAR1")


def deltas(total):
    return count(128) + count(4) + count(total) + zigzag(0)


put("deltas.parquet", parquet(page(deltas(1 << 40), 3, DELTA), 3))
put("lengths.parquet", parquet(page(deltas(1 << 40), 3, DELTA_LENGTH), 3, kind=BYTE_ARRAY))
put("prefixes.parquet", parquet(page(deltas(1 << 40) * 2, 3, DELTA_TEXT), 3, kind=BYTE_ARRAY))
lying = dictionary(struct.pack("<2q", 1, 2), 0x7FFFFFFF)
put("dictionary.parquet", parquet(lying + page(bytes([1, 6, 0]), 3, 8), 3, dictionary_size=len(lying)))

# ---- CSV

put("zero_bytes.csv", b"a,b\n1,\x002\n")
put("late_zero.csv", b"a,b\n" + b"1,2\n" * 3_000 + b"\x00\x00,3\n")
put("latin.csv", "a,b\nM\u00fcnchen,1\nK\u00f6ln,2\n".encode("latin-1"))
put("open_quote.csv", b'a,b\n1,"2\n' + b"3,4\n" * 50)
put("escapes.csv", b"a,b\n1,x\n2,\x1b]0;owned\x07\x1b[2J\n\x1b[31mred,3\n")
