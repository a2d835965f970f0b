using System.Buffers;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hutch.Mount.Trees;

/// <summary>
/// The entries of one folder, in the server's order, in two arrays: a million of them take 64 MB and their names. Immutable and
/// thread-safe. Its bytes are kept in the cache of this machine as they are in memory.
/// </summary>
internal sealed class FolderListing
{
    // Its end changes with the form of the bytes, so that those of another version of the program are not read.
    private const ulong Magic = 0x0001_7473_694c_7448;
    private const int HeaderBytes = 16;

    private readonly byte[] _bytes;
    private readonly int _count;
    private readonly Lazy<int[]> _index; // an open-addressing table from hashes of names to positions + 1

    private FolderListing(byte[] bytes)
    {
        _bytes = bytes;
        _count = (int)MemoryMarshal.Read<long>(bytes.AsSpan(8));
        _index = new Lazy<int[]>(BuildIndex);
    }

    internal int Count => _count;

    internal ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The approximate memory, in bytes.</summary>
    internal long SizeBytes => _bytes.Length + ((long)_count * 3 * sizeof(int));

    private ReadOnlySpan<Record> Records =>
        MemoryMarshal.Cast<byte, Record>(_bytes.AsSpan(HeaderBytes, _count * Unsafe.SizeOf<Record>()));

    private ReadOnlySpan<byte> Texts => _bytes.AsSpan(HeaderBytes + (_count * Unsafe.SizeOf<Record>()));

    /// <summary>Reads bytes that <see cref="Bytes"/> gave; null when they have another form.</summary>
    internal static FolderListing? TryRead(byte[] bytes) =>
        bytes.Length >= HeaderBytes && MemoryMarshal.Read<ulong>(bytes) == Magic
            && MemoryMarshal.Read<long>(bytes.AsSpan(8)) is >= 0 and <= int.MaxValue and long count
            && HeaderBytes + (count * Unsafe.SizeOf<Record>()) <= bytes.Length
            ? new FolderListing(bytes)
            : null;

    /// <summary>The name of an entry, in UTF-8.</summary>
    internal ReadOnlySpan<byte> NameOf(int position)
    {
        ref readonly Record record = ref Records[position];
        return Texts.Slice(record.Text, record.NameLength);
    }

    internal EntryFacts FactsOf(int position)
    {
        ref readonly Record record = ref Records[position];
        string? target = record.Type == EntryType.Link
            ? Encoding.UTF8.GetString(Texts.Slice(record.Text + record.NameLength, record.TargetLength))
            : null;
        return new EntryFacts(
            record.Type, record.HasHash ? record.Hash : null, record.Size, record.Modified, record.Executable, target);
    }

    /// <summary>Finds an entry by its name.</summary>
    internal EntryFacts? Find(string name)
    {
        byte[] raw = Encoding.UTF8.GetBytes(name);
        int[] index = _index.Value;
        for (uint slot = SlotOf(raw, index.Length); ; slot = (slot + 1) & (uint)(index.Length - 1))
        {
            if (index[slot] == 0)
            {
                return null;
            }

            if (NameOf(index[slot] - 1).SequenceEqual(raw))
            {
                return FactsOf(index[slot] - 1);
            }
        }
    }

    private static uint SlotOf(ReadOnlySpan<byte> name, int slots) => (uint)XxHash3.HashToUInt64(name) & (uint)(slots - 1);

    private int[] BuildIndex()
    {
        int[] index = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, (long)_count * 3 / 2))];
        for (int position = 0; position < _count; position++)
        {
            uint slot = SlotOf(NameOf(position), index.Length);
            while (index[slot] != 0)
            {
                slot = (slot + 1) & (uint)(index.Length - 1);
            }

            index[slot] = position + 1;
        }

        return index;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Record
    {
        public BlobHash Hash;
        public long Size;
        public long Modified;
        public int Text;
        public ushort NameLength;
        public ushort TargetLength;
        public EntryType Type;
        public bool HasHash;
        public bool Executable;
    }

    /// <summary>Collects the entries of a folder, in order.</summary>
    internal sealed class Builder
    {
        private readonly List<Record> _records = [];
        private readonly ArrayBufferWriter<byte> _texts = new();

        internal void Add(string name, in EntryFacts facts) => Add(Encoding.UTF8.GetBytes(name), facts);

        /// <param name="name">In UTF-8.</param>
        internal void Add(ReadOnlySpan<byte> name, in EntryFacts facts)
        {
            int text = _texts.WrittenCount;
            _texts.Write(name);
            var record = new Record
            {
                Hash = facts.Hash ?? default,
                Size = facts.Size,
                Modified = facts.ModifiedNanoseconds,
                Text = text,
                NameLength = (ushort)name.Length,
                Type = facts.Type,
                HasHash = facts.Hash is not null,
                Executable = facts.Executable,
            };
            if (facts.Target is { } target)
            {
                record.TargetLength = (ushort)Encoding.UTF8.GetBytes(target, _texts);
            }

            _records.Add(record);
        }

        internal FolderListing Build()
        {
            ReadOnlySpan<byte> records = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_records));
            byte[] bytes = GC.AllocateUninitializedArray<byte>(checked(HeaderBytes + records.Length + _texts.WrittenCount));
            MemoryMarshal.Write(bytes, Magic);
            MemoryMarshal.Write(bytes.AsSpan(8), (long)_records.Count);
            records.CopyTo(bytes.AsSpan(HeaderBytes));
            _texts.WrittenSpan.CopyTo(bytes.AsSpan(HeaderBytes + records.Length));
            return new FolderListing(bytes);
        }
    }
}
