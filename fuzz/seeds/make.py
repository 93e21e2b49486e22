"""Seeds of the fuzz targets: small sound files of every kind, and `testdata/bad`. Needs numpy and pyarrow, and `ff` on the path.

    cd fuzz/seeds && python make.py
"""

import gzip
import io
import pathlib
import struct
import subprocess
import tempfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent


def put(target, name, data):
    folder = HERE / target
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def npz(packed, **arrays):
    out = io.BytesIO()
    (np.savez_compressed if packed else np.savez)(out, **arrays)
    return out.getvalue()


def idx(kind, sizes, data):
    return bytes([0, 0, kind, len(sizes)]) + b"".join(struct.pack(">I", s) for s in sizes) + data


def parquet(table, **options):
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def texts():
    """CSV of all dialects, with the two bytes of options that the target wants first."""
    bad = sorted((HERE / "../../testdata/bad").glob("*.csv"))
    files = {p.stem: p.read_bytes() for p in bad}
    files["plain"] = b"a,b,c\n1,2.5,x\n3,,y\n-1e3,7,\"z, and\"\"z\"\n"
    files["semicolon"] = b"\xef\xbb\xbfa;b\r\n1,5;x\r\n2,5;y\r\n"
    files["blanks"] = b"1.5 2 3\n4 5 6\n"
    files["mac"] = b"a,b\r1,2\r3,4\r"
    files["years"] = b"name,2019,2020\na,1,2\nb,3,4\n"
    files["pandas"] = b",0,1\n0,5.5,2.5\n1,3.5,1.5\n"
    files["bundled"] = b"2,1,no,yes\n0.5,0\n0.7,1\n"
    files["padded"] = b"code,x\n01123,1\n00001,2\n9007199254740993,3\n"
    files["truth"] = b"a,b\nTrue,1\nfalse,2\n"
    files["quoted"] = b"a,b\n\"1\n2\",3\n\n4,5\n"
    return files


def tables():
    n = 40
    rng = np.random.default_rng(1)
    columns = {
        "i": pa.array([None if k % 7 == 0 else k * 1000003 for k in range(n)], pa.int64()),
        "f": pa.array(rng.normal(size=n).astype("f4")),
        "d": pa.array(rng.normal(size=n)),
        "s": pa.array([["red", "green", None][k % 3] for k in range(n)]),
        "b": pa.array([k % 2 == 0 for k in range(n)]),
        "t": pa.array([k * 86400 for k in range(n)], pa.timestamp("s")),
        "u": pa.array([k for k in range(n)], pa.uint8()),
    }
    return pa.table(columns)


def models():
    lines = {
        "moons": "train moons:rows=40 --layers 2 --epochs 2",
        "double": "train sine:rows=40 --layers 3 --activation tanh --precision f64 --epochs 2 --optimizer lbfgs",
        "flats": "train ../../examples/flats.csv --target rent --layers 2,2 --activation prelu --epochs 1 --optimizer adamw --schedule plateau:0.5:3",
        "classes": "train blobs:rows=60 --layers '' --epochs 1",
    }
    for name, line in lines.items():
        with tempfile.TemporaryDirectory() as folder:
            words = [w.strip("'") for w in line.split()]
            subprocess.run(["ff", *words, "-o", f"{folder}/m.ff", "--quiet"], check=True, cwd=HERE, stdout=subprocess.DEVNULL)
            put("model", name, pathlib.Path(folder, "m.ff").read_bytes())


for name, data in texts().items():
    put("csv", name, b"\0\0" + data)
    if name in ("plain", "semicolon", "blanks"):
        put("gz", name, b"\x01" + data)
        put("gz", name + "-packed", b"\x00" + gzip.compress(data, mtime=0))
put("csv", "options", b"\x6b\x17" + b"title\na,b\n1,5;x\n2,5;y\n")

small = np.arange(12, dtype="f4").reshape(4, 3)
for kind in ("f4", "f8", ">i2", "i8", "u8", "u1", "S3", "U2", "f2", "?"):
    put("npy", kind.replace(">", "big-").replace("?", "b1"), npy(small.astype(kind)))
put("npy", "fortran", npy(np.asfortranarray(np.arange(24.0).reshape(2, 3, 4))))
put("npy", "one-dimension", npy(np.arange(3)))

x, y = np.arange(8, dtype="u1").reshape(4, 2), np.arange(4)
put("npz", "plain", npz(False, x=x, y=y))
put("npz", "packed", npz(True, x_train=x, y_train=y, x_test=x))
put("npz", "one", npz(True, arr_0=x.astype("f8")))

put("idx", "bytes", idx(8, [2, 2, 3], bytes(range(12))))
put("idx", "labels", idx(8, [4], bytes([1, 2, 3, 4])))
put("idx", "f4", idx(0x0D, [2, 2], struct.pack(">4f", 1, 2.5, -3, 4)))
put("idx", "f8", idx(0x0E, [1, 2], struct.pack(">2d", 1, 2.5)))
put("idx", "i2", idx(0x0B, [3], struct.pack(">3h", 1, -2, 3)))

table = tables()
for codec in ("none", "snappy", "gzip", "brotli", "lz4"):
    put("parquet", codec, parquet(table.select(["i", "s", "d"]), compression=codec))
put("parquet", "v2", parquet(table, data_page_version="2.0", compression="snappy"))
put("parquet", "all", parquet(table, compression="none", use_dictionary=False))
put("parquet", "groups", parquet(table.select(["f", "b"]), row_group_size=10))
for name, column, encoding in [("delta", "i", "DELTA_BINARY_PACKED"), ("lengths", "s", "DELTA_LENGTH_BYTE_ARRAY"),
                               ("prefixes", "s", "DELTA_BYTE_ARRAY"), ("split", "d", "BYTE_STREAM_SPLIT")]:
    put("parquet", name, parquet(table.select([column]), use_dictionary=False, column_encoding={column: encoding}))

settings = b"target = ['a', 'b']\nlearning-rate = 0.01\nquiet = true\nlayers = '4-3'\nepochs = 3\n[penalty]\nl2 = 1e-4\n"
for verb in range(6):
    put("settings", f"verb-{verb}", bytes([verb]) + settings)
put("settings", "nested", b"\0a = " + b"[" * 60 + b"]" * 60)

for name in ("S05", "S06", "S36"):
    put("trace", name, (HERE / f"../../testdata/lectures/{name}.toml").read_bytes())
put("trace", "example", (HERE / "../../examples/two_two_one.toml").read_bytes())

space = b"learning-rate = { low = 3e-4, high = 3e-2, log = true, steps = 3 }\nwidth = { low = 16, high = 256, log = true, integer = true }\n"
space += b"depth = [1, 2, 3]\nactivation = ['relu', 'tanh']\nbatch-size = [16, 32]\npenalty.l2 = { low = 1e-6, high = 1e-2 }\n"
put("space", "all", space)
put("space", "layers", b"layers = ['4', '8,8', 'default']\n[penalty]\nl1 = [0, 1]\n")

models()
