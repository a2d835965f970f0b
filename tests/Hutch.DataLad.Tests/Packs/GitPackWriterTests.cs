using System.IO.Compression;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.Disk;
using Hutch.Model;

namespace Hutch.DataLad.Tests.Packs;

/// <summary>A pack says what was put into it; that git reads it, the tests with the real programs show.</summary>
public sealed class GitPackWriterTests
{
    [Fact]
    public void Every_object_comes_out_once_as_it_went_in() => Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), contents =>
    {
        using GitPackWriter writer = New();
        byte[][] all = [.. contents.Where(static c => c is not null), new byte[300_000], [], .. contents.Where(static c => c is not null)];
        foreach (byte[] content in all)
        {
            writer.WriteBlob(content);
        }

        Dictionary<ObjectId, byte[]> read = Read(writer);

        Assert.Equal(all.Select(content => ObjectId.Compute(ObjectKind.Blob, content)).Distinct().Order(ById), read.Keys.Order(ById));
        Assert.All(all, content => Assert.Equal(content, read[ObjectId.Compute(ObjectKind.Blob, content)]));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_objects_than_the_limit_are_refused_in_words()
    {
        using GitPackWriter writer = New(maxObjects: 2);
        writer.WriteBlob([1]);
        writer.WriteBlob([2]);

        HutchException refused = Assert.Throws<HutchException>(() => writer.WriteBlob([3]));

        Assert.Equal(ErrorCode.TooLarge, refused.Error.Code);
    }

    [Fact]
    public void A_pack_that_is_forgotten_while_it_is_sent_is_read_to_its_end()
    {
        using var cache = new PackCache(maxBytes: 1000);
        Pack first = Pack(100);
        cache.Set("first", first);

        Pack second = Pack(900);
        cache.Set("second", second);

        Assert.Null(cache.TryLease("first"));
        Assert.Equal(first.Length, ReadAll(first).Length);
        first.Release();
        Assert.False(first.TryLease());
        second.Release();
        Assert.NotNull(cache.TryLease("second"));
    }

    private static Comparer<ObjectId> ById => Comparer<ObjectId>.Create(static (a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    private static GitPackWriter New(int maxObjects = 100_000) =>
        new(ScratchFile.Open(LocalDisk.Instance, Path.GetTempPath(), Guid.NewGuid()), maxObjects);

    private static Pack Pack(int bytes)
    {
        using GitPackWriter writer = New();
        byte[] content = new byte[bytes];
        new Random(bytes).NextBytes(content);
        writer.WriteBlob(content);
        return writer.Finish();
    }

    private static byte[] ReadAll(Pack pack)
    {
        byte[] all = new byte[pack.Length];
        for (int at = 0; at < all.Length;)
        {
            int read = pack.Read(all.AsSpan(at, Math.Min(1000, all.Length - at)), at);
            Assert.NotEqual(0, read);
            at += read;
        }

        return all;
    }

    /// <summary>Reads a pack by the description of its format (gitformat-pack).</summary>
    private static Dictionary<ObjectId, byte[]> Read(GitPackWriter writer)
    {
        Pack pack = writer.Finish();
        byte[] all = ReadAll(pack);
        pack.Release();
        Assert.Equal("PACK"u8.ToArray(), all[..4]);
        Assert.Equal(2, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(all.AsSpan(4)));
#pragma warning disable CA5350 // A pack ends in the SHA-1 of all of it.
        Assert.Equal(SHA1.HashData(all.AsSpan(0, all.Length - 20)), all[^20..]);
#pragma warning restore CA5350
        var objects = new Dictionary<ObjectId, byte[]>();
        int at = 12;
        for (int count = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(all.AsSpan(8)); count > 0; count--)
        {
            var kind = (ObjectKind)((all[at] >> 4) & 7);
            long size = all[at] & 15;
            for (int shift = 4; (all[at++] & 0x80) != 0; shift += 7)
            {
                size |= (long)(all[at] & 0x7F) << shift;
            }

            byte[] content = Inflate(all, ref at, (int)size);
            Assert.True(objects.TryAdd(ObjectId.Compute(kind, content), content), "an object twice");
        }

        Assert.Equal(all.Length - 20, at);
        return objects;
    }

    private static byte[] Inflate(byte[] all, ref int at, int size)
    {
        // Where a zlib stream ends, its checksum says: the first length at which it fits.
        byte[] content = new byte[size];
        using var source = new OneByteStream(all, at);
        using var zlib = new ZLibStream(source, CompressionMode.Decompress);
        zlib.ReadExactly(content);
        Assert.Equal(-1, zlib.ReadByte());
        at = source.Next;
        return content;
    }

    /// <summary>Gives one byte at a time, so that its reader takes none too many.</summary>
    private sealed class OneByteStream(byte[] all, int at) : MemoryStream
    {
        public int Next { get; private set; } = at;

        public override int Read(Span<byte> buffer)
        {
            buffer[0] = all[Next++];
            return 1;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
