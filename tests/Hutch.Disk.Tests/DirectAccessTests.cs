using System.Diagnostics.Metrics;
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
    [InlineData(100, Bytes)] // a place that is no block's beginning
    [InlineData(0, Bytes - 100)] // a part of a block
    [InlineData(0, 4096)] // too little to be worth it
    public void Unaligned_partial_and_small_writes_are_not_written_directly(long offset, int length)
    {
        using SafeFileHandle file = Open();
        using var direct = new DirectAccess(file, mayWrite: true);

        long written = direct.Write([Aligned(0, length)], offset);

        Assert.Equal(0, written);
        Assert.Equal(0, RandomAccess.GetLength(file));
    }

    [Theory]
    [InlineData(0, 0, "inPlace", "copied")]
    [InlineData(4096, 0, "inPlace", "copied")]
    [InlineData(512, 0, "copied", "inPlace")] // the body of a segment, in memory that begins at a page
    [InlineData(0, 512, "copied", "inPlace")]
    [InlineData(0, 1, "copied", "inPlace")]
    public void Bytes_elsewhere_in_their_page_than_in_the_file_are_copied(long offset, int misplaced, string expected, string other)
    {
        using SafeFileHandle file = Open();
        using var direct = new DirectAccess(file, mayWrite: true);
        using var counts = new DirectCounts();

        long written = direct.Write([Aligned(misplaced, Bytes - 4096)], offset);

        // A file system that is memory may refuse all. Of a disk with larger blocks, the first and last go through the page cache.
        Assert.Equal(0, counts.Of(other));
        Assert.InRange(counts.Of(expected), Math.Max(0, written - 4096), written);
    }

    /// <summary>As the groups of a segment: bodies from pages, headers and ends from elsewhere, up to more than one copy holds.</summary>
    [Fact]
    public void Buffers_of_any_length_from_anywhere_are_written_whole_where_they_belong()
    {
        using SafeFileHandle file = Open();
        using var direct = new DirectAccess(file, mayWrite: true);
        var random = new Random(7);
        long offset = 0;
        for (int write = 0; write < 8; write++)
        {
            ReadOnlyMemory<byte>[] pieces = Pieces(random, write < 7 ? 1 << 20 : DirectAccess.MaxCopyBytes * 2);
            int length = pieces.Sum(piece => piece.Length);

            long written = direct.Write(pieces, offset);
            UncachedFile.Write(file, pieces, offset, written);

            var back = new byte[length];
            Assert.Equal(length, RandomAccess.Read(file, back, offset));
            int at = 0;
            foreach (ReadOnlyMemory<byte> piece in pieces)
            {
                Assert.True(piece.Span.SequenceEqual(back.AsSpan(at, piece.Length)), $"Bytes {at} to {at + piece.Length} differ.");
                at += piece.Length;
            }

            offset += length;
        }
    }

    [Fact]
    public void Bytes_dropped_from_memory_are_read_from_the_disk_again_and_neighbouring_bytes_stay_correct()
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

    [Theory]
    [InlineData(512, 512)] // the body of a segment, in memory that was moved for it
    [InlineData(512, 0)]
    [InlineData(0, 512)]
    public void A_read_is_direct_into_memory_at_the_same_place_of_a_page_and_into_no_other(long offset, int place)
    {
        const int Length = 1 << 20;
        byte[] array = GC.AllocateArray<byte>(Length + 8192, pinned: true);
        Span<byte> into = array.AsSpan((int)(-Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) & 4095) + place, Length);
        byte[] body = new byte[Length + 4096];
        new Random(3).NextBytes(body);
        using SafeFileHandle file = Open();
        RandomAccess.Write(file, body, 0);
        RandomAccess.FlushToDisk(file);
        Assert.Equal(0, LibC.Advise(file, 0, body.Length, LibC.NotNeeded));
        using var direct = new DirectAccess(file, mayWrite: false);

        bool isRead = direct.TryRead(into, offset, out int read);

        // A file system that is memory has all in the page cache.
        Assert.Equal(offset == place && SaysWhatItKeeps(before: 1), isRead);
        Assert.Equal(isRead ? Length : 0, read);
        Assert.True(!isRead || into.SequenceEqual(body.AsSpan((int)offset, Length)));
    }

    [Fact]
    public void A_file_that_cannot_be_written_so_is_left_to_others()
    {
        using SafeFileHandle file = Open();
        using var direct = new DirectAccess(file, mayWrite: false);

        Assert.Equal(0, direct.Write([Aligned(0, Bytes)], 0));
        Assert.Equal(0, RandomAccess.GetLength(file));
    }

    private static ReadOnlyMemory<byte>[] Pieces(Random random, int bytes)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        int length = 0;
        for (int rest = bytes + (512 * random.Next(8)); rest > 0; rest = bytes - length)
        {
            int size = random.Next(3) == 0 ? 512 : random.Next(1, Math.Max(2, rest));
            var piece = new byte[size + 64];
            random.NextBytes(piece);
            pieces.Add(piece.AsMemory(random.Next(64), size));
            length += size;
        }

        pieces.Add(new byte[-length & 511]);
        return [.. pieces];
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

    /// <summary>The bytes that went directly to disks, by the place of their memory.</summary>
    private sealed class DirectCounts : IDisposable
    {
        private readonly Dictionary<string, long> _bytes = [];
        private readonly MeterListener _listener = new();

        public DirectCounts()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "hutch.disk.direct")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            int thread = Environment.CurrentManagedThreadId;
            _listener.SetMeasurementEventCallback<long>((_, bytes, tags, _) =>
            {
                // Other tests write at the same time.
                if (Environment.CurrentManagedThreadId == thread)
                {
                    string memory = (string)tags[0].Value!;
                    _bytes[memory] = _bytes.GetValueOrDefault(memory) + bytes;
                }
            });
            _listener.Start();
        }

        public long Of(string memory) => _bytes.GetValueOrDefault(memory);

        public void Dispose() => _listener.Dispose();
    }
}
