"""Mount a folder as a disk that decomposes names and ignores case, as HFS+ does: decomposing_disk.py SOURCE MOUNTPOINT."""
import errno
import os
import sys
import unicodedata

from fusepy import FUSE, FuseOSError, Operations


def decomposed(name):
    return unicodedata.normalize("NFD", name)


def fold(name):
    return decomposed(name).casefold()


class Disk(Operations):
    def __init__(self, source):
        self.source = os.path.realpath(source)

    def find(self, path):
        """The path in the source, each name as it was first written."""
        place = self.source
        for name in filter(None, path.split("/")):
            listed = os.listdir(place) if os.path.isdir(place) else []
            place = os.path.join(place, next((one for one in listed if fold(one) == fold(name)), decomposed(name)))
        return place

    def getattr(self, path, fh=None):
        try:
            found = os.lstat(self.find(path))
        except FileNotFoundError:
            raise FuseOSError(errno.ENOENT)
        return {key: getattr(found, key) for key in (
            "st_atime", "st_ctime", "st_gid", "st_mode", "st_mtime", "st_nlink", "st_size", "st_uid")}

    def readdir(self, path, fh):
        return [".", "..", *os.listdir(self.find(path))]

    def readlink(self, path):
        return os.readlink(self.find(path))

    def symlink(self, name, target):
        os.symlink(target, self.find(name))

    def mkdir(self, path, mode):
        os.mkdir(self.find(path), mode)

    def rmdir(self, path):
        os.rmdir(self.find(path))

    def unlink(self, path):
        os.unlink(self.find(path))

    def rename(self, old, new):
        source, place = self.find(old), self.find(new)
        if source == place:
            place = os.path.join(os.path.dirname(place), decomposed(os.path.basename(new)))
        os.rename(source, place)

    def chmod(self, path, mode):
        os.chmod(self.find(path), mode)

    def chown(self, path, uid, gid):
        pass

    def utimens(self, path, times=None):
        os.utime(self.find(path), times, follow_symlinks=False)

    def create(self, path, mode, fi=None):
        return os.open(self.find(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def open(self, path, flags):
        return os.open(self.find(path), flags & ~os.O_CREAT)

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        os.truncate(self.find(path), length)

    def release(self, path, fh):
        os.close(fh)


if __name__ == "__main__":
    FUSE(Disk(sys.argv[1]), sys.argv[2], foreground=True, nothreads=True)
