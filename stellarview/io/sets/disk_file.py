"""The file under a spectrum set while it is written: the HDF5 library never hears of a full disk.

When a write fails, HDF5 2.0 leaves its own memory in a state in which closing any file later can crash the process.
So what the disk refuses is kept in memory, where the library finds it again, until the writer has seen `error`.
"""

from __future__ import annotations

import io
import os
from pathlib import Path


class DiskFile:
    """A new file for reading and writing whose writes always succeed; `error` is the first that did not."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb+", buffering=0)
        self._place = 0
        self._size = 0
        self._refused: list[tuple[int, bytes]] = []
        self.error: OSError | None = None

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, which may lie beyond the end."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = start + offset
        return self._place

    def tell(self) -> int:
        """The place that is read or written next."""
        return self._place

    def write(self, data: memoryview | bytes) -> int:
        """Write to the disk, or keep in memory what it refuses."""
        if self.error is None:
            try:
                self._write_to_disk(memoryview(data).cast("B"))
            except OSError as error:
                self.error = error
        if self.error is not None:
            self._refused.append((self._place, bytes(data)))
        self._place += len(data)
        self._size = max(self._size, self._place)
        return len(data)

    def _write_to_disk(self, data: memoryview) -> None:
        self._file.seek(self._place)
        while len(data):  # a disk that is nearly full takes a part
            data = data[self._file.write(data) :]

    def read(self, size: int) -> bytes:
        """Read as `readinto` does; h5py takes for a file only what has this method."""
        data = bytearray(size)
        self.readinto(memoryview(data))
        return bytes(data)

    def readinto(self, buffer: memoryview) -> int:
        """Read what was written last at this place; beyond the end there are zeros."""
        view = memoryview(buffer).cast("B")
        view[:] = bytes(len(view))
        self._file.seek(self._place)
        self._file.readinto(view)
        for place, data in self._refused:
            low, high = max(place, self._place), min(place + len(data), self._place + len(view))
            if low < high:
                view[low - self._place : high - self._place] = data[low - place : high - place]
        self._place += len(view)
        return len(view)

    def truncate(self, size: int) -> int:
        """Cut the file, or lengthen it with zeros."""
        self._size = size
        if self.error is None:
            try:
                self._file.truncate(size)
            except OSError as error:
                self.error = error
        return size

    def flush(self) -> None:
        """Nothing is buffered here."""

    def sync(self) -> None:
        """Wait until the disk has everything."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()
