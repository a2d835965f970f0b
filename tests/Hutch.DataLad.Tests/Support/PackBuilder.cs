using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;

namespace Hutch.DataLad.Tests.Support;

/// <summary>Makes packs as a client could send them, good and bad.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A stream in memory has nothing to give back.")]
internal sealed class PackBuilder
{
    private readonly MemoryStream _entries = new();
    private uint _count;

    /// <summary>Where the next object will be.</summary>
    public long Next => GitPackWriter.HeadBytes + _entries.Length;

    public ObjectId Add(ObjectKind kind, byte[] content)
    {
        AddEntry((int)kind, content.Length, [], content);
        return ObjectId.Compute(kind, content);
    }

    public ObjectId AddBlob(string text) => Add(ObjectKind.Blob, Encoding.UTF8.GetBytes(text));

    public ObjectId AddTree(params (string Mode, string Name, ObjectId Id)[] entries) => Add(ObjectKind.Tree, TreeOf(entries));

    public ObjectId AddCommit(ObjectId tree, params ObjectId[] parents) => Add(ObjectKind.Commit, CommitOf(tree, parents));

    public static byte[] TreeOf(params (string Mode, string Name, ObjectId Id)[] entries) =>
        [.. entries.SelectMany(entry => (byte[])[.. Encoding.Latin1.GetBytes($"{entry.Mode} {entry.Name}\0"), .. Bytes(entry.Id)])];

    public static byte[] CommitOf(ObjectId tree, params ObjectId[] parents) => Encoding.UTF8.GetBytes(
        $"tree {tree}\n{string.Concat(parents.Select(static parent => $"parent {parent}\n"))}author A <a@b> 1700000000 +0100\n"
        + "committer C <c@d> 1700000001 +0100\n\nWords\n");

    /// <summary>Adds a delta to what stands so many bytes before it.</summary>
    public void AddDelta(long distance, byte[] delta)
    {
        var bytes = new List<byte> { (byte)(distance & 0x7F) };
        for (distance >>= 7; distance > 0; distance >>= 7)
        {
            bytes.Insert(0, (byte)(0x80 | (--distance & 0x7F)));
        }

        AddEntry(PackEntry.OffsetDelta, delta.Length, [.. bytes], delta);
    }

    /// <summary>Adds a delta to an object by its name.</summary>
    public void AddDelta(ObjectId source, byte[] delta) => AddEntry(PackEntry.NamedDelta, delta.Length, Bytes(source), delta);

    /// <summary>A delta that takes all of the source, and some bytes behind it.</summary>
    public static byte[] DeltaOf(int source, byte[] more)
    {
        byte[] copy = source == 0 ? [] : [0x80 | 0x10 | 0x20 | 0x40, (byte)source, (byte)(source >> 8), (byte)(source >> 16)];
        byte[] insert = more.Length == 0 ? [] : [(byte)more.Length, .. more];
        return [.. Size(source), .. Size(source + more.Length), .. copy, .. insert];
    }

    public void AddEntry(int kind, long size, byte[] head, byte[] content)
    {
        Span<byte> first = stackalloc byte[10];
        _entries.Write(first[..GitPackWriter.WriteEntryHead(first, (ObjectKind)kind, size)]);
        _entries.Write(head);
        using var zlib = new ZLibStream(_entries, CompressionLevel.Optimal, leaveOpen: true);
        zlib.Write(content);
        _count++;
    }

    [SuppressMessage("Security", "CA5350", Justification = "A pack ends in the SHA-1 of all of it.")]
    public byte[] Build(uint? count = null)
    {
        byte[] head = new byte[GitPackWriter.HeadBytes];
        "PACK"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(8), count ?? _count);
        byte[] all = [.. head, .. _entries.ToArray()];
        return [.. all, .. SHA1.HashData(all)];
    }

    public static byte[] Bytes(ObjectId id) => Convert.FromHexString(id.ToString());

    private static byte[] Size(int size)
    {
        var bytes = new List<byte>();
        for (; size > 0x7F; size >>= 7)
        {
            bytes.Add((byte)(0x80 | (size & 0x7F)));
        }

        return [.. bytes, (byte)size];
    }
}
