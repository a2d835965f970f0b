using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hutch.Mount.Trees;

/// <summary>
/// The entries of one folder, in the server's order, or the first of them: a million take 64 MB and their names. Immutable and thread-safe.
/// </summary>
internal sealed class FolderListing
{
    // Its end changes with the form of the bytes, so that those of another version of the program are not read.
    private const ulong Magic = 0x0001_7473_694c_7448;
    private const int HeaderBytes = 16;

    private readonly ReadOnlyMemory<byte> _records;
    private readonly ReadOnlyMemory<byte> _texts;
    private readonly Lazy<int[]> _index; // an open-addressing table from hashes of names to positions + 1

    private FolderListing(ReadOnlyMemory<byte> records, ReadOnlyMemory<byte> texts)
    {
        (_records, _texts, Count) = (records, texts, records.Length / Unsafe.SizeOf<Record>());
        _index = new Lazy<int[]>(BuildIndex);
    }

    internal int Count { get; }

    /// <summary>The approximate memory, in bytes.</summary>
    internal long SizeBytes => _records.Length + _texts.Length + ((long)Count * 3 * sizeof(int));

    private ReadOnlySpan<Record> Records => MemoryMarshal.Cast<byte, Record>(_records.Span);

    /// <summary>Reads bytes that <see cref="ToBytes"/> gave; null when they have another form.</summary>
    internal static FolderListing? TryRead(byte[] bytes)
    {
        if (bytes.Length < HeaderBytes || MemoryMarshal.Read<ulong>(bytes) != Magic
            || MemoryMarshal.Read<long>(bytes.AsSpan(8)) is not (>= 0 and <= int.MaxValue and long count))
        {
            return null;
        }

        long texts = HeaderBytes + (count * Unsafe.SizeOf<Record>());
        return texts <= bytes.Length ? new FolderListing(bytes.AsMemory(HeaderBytes..(int)texts), bytes.AsMemory((int)texts)) : null;
    }

    /// <summary>The form in which the cache of this machine keeps the listing.</summary>
    internal byte[] ToBytes()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked(HeaderBytes + _records.Length + _texts.Length));
        MemoryMarshal.Write(bytes, Magic);
        MemoryMarshal.Write(bytes.AsSpan(8), (long)Count);
        _records.CopyTo(bytes.AsMemory(HeaderBytes));
        _texts.CopyTo(bytes.AsMemory(HeaderBytes + _records.Length));
        return bytes;
    }

    /// <summary>The name of an entry, in UTF-8.</summary>
    internal ReadOnlySpan<byte> NameOf(int position)
    {
        ref readonly Record record = ref Records[position];
        return _texts.Span.Slice(record.Text, record.NameLength);
    }

    internal EntryFacts FactsOf(int position)
    {
        ref readonly Record record = ref Records[position];
        string? target = record.Type == EntryType.Link
            ? Encoding.UTF8.GetString(_texts.Span.Slice(record.Text + record.NameLength, record.TargetLength))
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
        int[] index = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, (long)Count * 3 / 2))];
        for (int position = 0; position < Count; position++)
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
        // Listings that were built have the first bytes of these, which never change.
        private byte[] _records = [];
        private byte[] _texts = [];
        private int _recordBytes;
        private int _textBytes;

        internal void Add(string name, in EntryFacts facts) => Add(Encoding.UTF8.GetBytes(name), facts);

        /// <param name="name">In UTF-8.</param>
        internal void Add(ReadOnlySpan<byte> name, in EntryFacts facts)
        {
            int target = facts.Target is { } link ? Encoding.UTF8.GetByteCount(link) : 0;
            var record = new Record
            {
                Hash = facts.Hash ?? default,
                Size = facts.Size,
                Modified = facts.ModifiedNanoseconds,
                Text = _textBytes,
                NameLength = (ushort)name.Length,
                TargetLength = (ushort)target,
                Type = facts.Type,
                HasHash = facts.Hash is not null,
                Executable = facts.Executable,
            };
            Span<byte> text = Take(ref _texts, ref _textBytes, name.Length + target);
            name.CopyTo(text);
            Encoding.UTF8.GetBytes(facts.Target, text[name.Length..]);
            MemoryMarshal.Write(Take(ref _records, ref _recordBytes, Unsafe.SizeOf<Record>()), record);
        }

        internal int Count => _recordBytes / Unsafe.SizeOf<Record>();

        /// <summary>Removes the last entries, which were in no built listing.</summary>
        internal void Truncate(int count)
        {
            if (count < Count)
            {
                _textBytes = MemoryMarshal.Cast<byte, Record>(_records)[count].Text;
                _recordBytes = count * Unsafe.SizeOf<Record>();
            }
        }

        /// <summary>The entries that were added up to now.</summary>
        internal FolderListing Build() => new(_records.AsMemory(0, _recordBytes), _texts.AsMemory(0, _textBytes));

        private static Span<byte> Take(ref byte[] bytes, ref int used, int count)
        {
            int end = checked(used + count);
            if (end > bytes.Length)
            {
                byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, Math.Max(end, 2L * bytes.Length)));
                bytes.AsSpan(0, used).CopyTo(larger);
                bytes = larger;
            }

            Span<byte> taken = bytes.AsSpan(used, count);
            used = end;
            return taken;
        }
    }
}
