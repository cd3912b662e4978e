"""IDX: the file format of MNIST, read from gzip; exactly the promised array, or a clear error.

After gzip an IDX file is: two zero bytes, the type of its numbers (8: unsigned byte), the number of
axes, the length of each axis (four bytes, the largest part first), then the numbers row by row
(LeCun, Cortes & Burges, "The MNIST database of handwritten digits").
"""

import math
import struct
import zlib

import numpy as np

UNSIGNED_BYTE = 8


def parse_idx(compressed: bytes, shape: tuple[int, ...], name: str = "IDX data") -> np.ndarray:
    """Unpack a gzipped IDX file of unsigned bytes that must hold an array of exactly this shape.

    Parameters
    ----------
    compressed : the bytes of the whole .gz file.
    shape : the shape that the file must have, for example (60000, 28, 28).
    name : what error messages call the file.

    Returns
    -------
    ndarray of that shape, uint8, read-only (it is a view of the unpacked bytes).

    Raises
    ------
    ValueError
        If the data is damaged, cut, too long, or holds something else. No more is ever unpacked than
        one byte beyond the promised size, however much the file would unpack to.
    """
    header = struct.pack(f">BBBB{len(shape)}I", 0, 0, UNSIGNED_BYTE, len(shape), *shape)
    size = len(header) + math.prod(shape)
    gunzip = zlib.decompressobj(wbits=zlib.MAX_WBITS + 16)  # + 16 means gzip, with its checksum
    try:
        content = gunzip.decompress(compressed, size + 1)  # the one byte more shows a file that is too long
    except zlib.error as error:
        raise ValueError(f"{name}: not a gzip file, or a damaged one ({error})") from None
    if content[:4] != header[:4]:
        got = content[:4].hex(" ") or "nothing"
        raise ValueError(f"{name}: starts with {got}, expected {header[:4].hex(' ')}, bytes along {len(shape)} axes")
    if content[: len(header)] != header:
        lengths = [int.from_bytes(content[i : i + 4], "big") for i in range(4, len(header), 4)]
        raise ValueError(f"{name}: got shape {tuple(lengths)}, expected {shape}")
    if len(content) > size or gunzip.unused_data:
        raise ValueError(f"{name}: longer than the {size} bytes of an array of shape {shape}")
    if len(content) < size or not gunzip.eof:
        raise ValueError(f"{name}: cut short, {len(content)} of {size} bytes")
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)
