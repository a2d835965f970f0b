using Hutch.Model;

namespace Hutch.Storage;

/// <summary>The name of a member: its kind and 32 bytes. Ordered by kind, then by bytes.</summary>
public readonly struct MemberKey : IEquatable<MemberKey>, IComparable<MemberKey>
{
    /// <summary>Bytes of a key, without its kind.</summary>
    public const int Size = 32;

    // Big-endian words, so that comparing words compares bytes.
    private readonly ulong _a, _b, _c, _d;

    private MemberKey(MemberKind kind, ulong a, ulong b, ulong c, ulong d)
    {
        Kind = kind;
        (_a, _b, _c, _d) = (a, b, c, d);
    }

    public MemberKind Kind { get; }

    public static MemberKey Blob(BlobHash hash)
    {
        Span<byte> bytes = stackalloc byte[Size];
        hash.CopyTo(bytes);
        return Read(MemberKind.Blob, bytes);
    }

    /// <summary>The key of an extent: the upload it belongs to and its offset in bytes in the large blob.</summary>
    public static MemberKey Extent(Guid upload, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Span<byte> id = stackalloc byte[16];
        _ = upload.TryWriteBytes(id, bigEndian: true, out _);
        return new MemberKey(
            MemberKind.Extent, BinaryPrimitives.ReadUInt64BigEndian(id), BinaryPrimitives.ReadUInt64BigEndian(id[8..]), (ulong)offset, 0);
    }

    /// <summary>The key of a journal member: the first and last sequence number of its records.</summary>
    public static MemberKey Journal(long first, long last)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        return new MemberKey(MemberKind.Journal, (ulong)first, (ulong)last, 0, 0);
    }

    public BlobHash Hash
    {
        get
        {
            Require(MemberKind.Blob);
            Span<byte> bytes = stackalloc byte[Size];
            CopyTo(bytes);
            return new BlobHash(bytes);
        }
    }

    public Guid Upload
    {
        get
        {
            Require(MemberKind.Extent);
            Span<byte> bytes = stackalloc byte[Size];
            CopyTo(bytes);
            return new Guid(bytes[..16], bigEndian: true);
        }
    }

    /// <summary>For an extent: its offset in bytes in the large blob.</summary>
    public long Offset
    {
        get
        {
            Require(MemberKind.Extent);
            return (long)_c;
        }
    }

    /// <summary>For a journal member: the sequence number of its first record.</summary>
    public long FirstSequence
    {
        get
        {
            Require(MemberKind.Journal);
            return (long)_a;
        }
    }

    /// <summary>For a journal member: the sequence number of its last record.</summary>
    public long LastSequence
    {
        get
        {
            Require(MemberKind.Journal);
            return (long)_b;
        }
    }

    /// <summary>
    /// Well-mixed bits of the key, the same in every process. Where eight bytes have to do for a key: that two are taken for one must do no
    /// more harm than that garbage stays for longer.
    /// </summary>
    public ulong Fingerprint
    {
        get
        {
            // Blob keys are random already; the multiplications are for extents and journals.
            ulong h = (_a ^ (ulong)Kind) * 0x9E3779B97F4A7C15;
            h = (h ^ (h >> 32) ^ _b) * 0xC2B2AE3D27D4EB4F;
            h = (h ^ (h >> 29) ^ _c) * 0x165667B19E3779F9;
            h = (h ^ (h >> 32) ^ _d) * 0x9E3779B97F4A7C15;
            return h ^ (h >> 32);
        }
    }

    public static MemberKey Read(MemberKind kind, ReadOnlySpan<byte> bytes) => new(
        kind,
        BinaryPrimitives.ReadUInt64BigEndian(bytes),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    public bool Equals(MemberKey other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d && Kind == other.Kind;

    public override bool Equals(object? obj) => obj is MemberKey other && Equals(other);

    public override int GetHashCode()
    {
        ulong h = Fingerprint;
        return (int)(h ^ (h >> 32));
    }

    public int CompareTo(MemberKey other)
    {
        // As a number: an enum would be boxed, where the compiler does not see through it.
        int order = ((byte)Kind).CompareTo((byte)other.Kind);
        if (order == 0
            && (order = _a.CompareTo(other._a)) == 0
            && (order = _b.CompareTo(other._b)) == 0
            && (order = _c.CompareTo(other._c)) == 0)
        {
            order = _d.CompareTo(other._d);
        }

        return order;
    }

    /// <summary>The member's name in a segment, such as <c>blobs/0123…</c>.</summary>
    public override string ToString() => Kind switch
    {
        MemberKind.Blob => $"blobs/{Hash}",
        MemberKind.Extent => $"extents/{Upload:N}/{Offset:x16}",
        MemberKind.Journal => $"journal/{FirstSequence:x16}",
        _ => $"kind {(byte)Kind}",
    };

    public static bool operator ==(MemberKey left, MemberKey right) => left.Equals(right);

    public static bool operator !=(MemberKey left, MemberKey right) => !left.Equals(right);

    public static bool operator <(MemberKey left, MemberKey right) => left.CompareTo(right) < 0;

    public static bool operator <=(MemberKey left, MemberKey right) => left.CompareTo(right) <= 0;

    public static bool operator >(MemberKey left, MemberKey right) => left.CompareTo(right) > 0;

    public static bool operator >=(MemberKey left, MemberKey right) => left.CompareTo(right) >= 0;

    private void Require(MemberKind kind)
    {
        if (Kind != kind)
        {
            throw new InvalidOperationException($"A {Kind} key is no {kind} key.");
        }
    }
}

/// <summary>The kind of a segment's member. The numbers are on disk.</summary>
public enum MemberKind : byte
{
    /// <summary>A journal member: the records of one group.</summary>
    Journal = 1,

    /// <summary>A blob, named by its SHA-256.</summary>
    Blob = 2,

    /// <summary>An extent of a large blob, named by its upload and offset.</summary>
    Extent = 3,
}
