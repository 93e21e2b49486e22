"""The fingerprints of a small table and of two parameters, from their description in training/src/fingerprint.rs.

Run: python3 testdata/fingerprint/make.py > testdata/fingerprint/expected.txt
"""
import struct
from hashlib import sha256


def text(s):
    return struct.pack("<Q", len(s.encode())) + s.encode()


table = text("feedforward table 1") + struct.pack("<QQ", 2, 4)
table += text("n") + b"\x01" + struct.pack("<d", 0.5) + struct.pack("<Q", 0x7FF8000000000000)
table += text("c") + b"\x02" + struct.pack("<Q", 1) + text("ja") + struct.pack("<II", 0, 0xFFFFFFFF)
table += text("b") + b"\x00" + bytes([0, 255])
table += text("t") + b"\x03"
print(sha256(table).hexdigest())
print(sha256(text("feedforward theta 1 f32") + struct.pack("<Qff", 2, 1.0, -0.5)).hexdigest())
