using System.Runtime.InteropServices;
using Hutch.Disk.Native;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Disk.Tests;

/// <summary>What goes straight to the disk, and what is left to be written in another way.</summary>
public sealed class DirectAccessTests : IDisposable
{
    private const int Bytes = 64 << 10;

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("hutch-direct-").FullName, "a");
    private readonly byte[] _array = GC.AllocateArray<byte>(Bytes + 4096, pinned: true);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Theory]
    [InlineData(0, 1, Bytes)] // memory that begins anywhere
    [InlineData(100, 0, Bytes)] // a place that is no block's beginning
    [InlineData(0, 0, Bytes - 100)] // a part of a block
    [InlineData(0, 0, 4096)] // too little to be worth it
    public void What_is_not_made_of_blocks_is_left_to_others(long offset, int misplaced, int length)
    {
        using SafeFileHandle file = Open();
        using var direct = new DirectAccess(file, mayWrite: true);

        long written = direct.Write([Aligned(misplaced, length)], offset);

        Assert.Equal(0, written);
        Assert.Equal(0, RandomAccess.GetLength(file));
    }

    [Fact]
    public void What_is_dropped_from_memory_is_read_from_the_disk_again_and_what_is_beside_it_stays_right()
    {
        var body = new byte[Bytes];
        new Random(1).NextBytes(body);
        using IDiskFile file = LocalDisk.Instance.Open(_path, DiskAccess.CreateNew);
        file.Write(body, 0);
        file.Sync();
        using SafeFileHandle same = File.OpenHandle(_path);
        ulong? before = CachedPages(same);

        file.DropCached(100, Bytes - 200);
        ulong? after = CachedPages(same);
        var back = new byte[Bytes];
        file.ReadFully(back, 0);

        Assert.Equal(body, back);
        Assert.True(after == 0 || !SaysWhatItKeeps(before), $"{after} pages of {before} are still in memory.");
    }

    [Fact]
    public void A_file_that_cannot_be_written_so_is_left_to_others()
    {
        using SafeFileHandle file = Open();
        using var direct = new DirectAccess(file, mayWrite: false);

        Assert.Equal(0, direct.Write([Aligned(0, Bytes)], 0));
        Assert.Equal(0, RandomAccess.GetLength(file));
    }

    [Fact]
    public void Blocks_are_written_whole_or_left_to_others()
    {
        using SafeFileHandle file = Open();
        using var direct = new DirectAccess(file, mayWrite: true);
        Memory<byte> body = Aligned(0, Bytes);
        new Random(1).NextBytes(body.Span);

        long written = direct.Write([body[..512], body[512..]], 512);

        Assert.True(written is 0 or Bytes, $"{written} bytes were written.");
        if (written > 0)
        {
            var back = new byte[Bytes];
            Assert.Equal(Bytes, RandomAccess.Read(file, back, 512));
            Assert.True(body.Span.SequenceEqual(back));
        }
    }

    /// <summary>Not every system says it, and a file system that is memory drops nothing.</summary>
    private bool SaysWhatItKeeps(ulong? before) => before > 0 && new DriveInfo(_path).DriveFormat is not ("tmpfs" or "ramfs");

    private static ulong? CachedPages(SafeFileHandle file) =>
        LibC.CacheStatus(LibC.CacheStatusNumber, file, new LibC.CacheRange(0, Bytes), out LibC.CachedPages pages, 0) == 0 ? pages.Cached : null;

    private SafeFileHandle Open() => File.OpenHandle(_path, FileMode.CreateNew, FileAccess.ReadWrite);

    private Memory<byte> Aligned(int misplaced, int length)
    {
        int page = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) & 4095);
        return _array.AsMemory(page + misplaced, misplaced == 0 ? length : length - 512);
    }
}
