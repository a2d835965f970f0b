using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Hutch.Model.Json;

namespace Hutch.Model;

/// <summary>The SHA-256 of a blob, which is its name: 32 bytes, written as 64 lower-case hex digits and compared by its bytes.</summary>
[JsonConverter(typeof(BlobHashJsonConverter))]
public readonly struct BlobHash : IEquatable<BlobHash>, IComparable<BlobHash>
{
    /// <summary>The length in bytes.</summary>
    public const int Size = 32;

    /// <summary>The length in hex digits.</summary>
    public const int TextLength = 64;

    // Big-endian words, so that comparing words compares bytes.
    private readonly ulong _a, _b, _c, _d;

    /// <summary>Creates a hash from the 32 bytes of a digest.</summary>
    public BlobHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A SHA-256 has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    public static BlobHash Compute(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[Size];
        SHA256.HashData(content, digest);
        return new BlobHash(digest);
    }

    /// <summary>Parses 64 hex digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BlobHash hash)
    {
        hash = default;
        if (text.Length != TextLength)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        if (Convert.FromHexString(text, bytes, out _, out int written) != System.Buffers.OperationStatus.Done || written != Size)
        {
            return false;
        }

        hash = new BlobHash(bytes);
        return true;
    }

    /// <summary>Parses 64 hex digits of either case, in ASCII.</summary>
    public static bool TryParse(ReadOnlySpan<byte> digits, out BlobHash hash)
    {
        if (TryParseLower(digits, out hash))
        {
            return true;
        }

        Span<byte> bytes = stackalloc byte[Size];
        if (digits.Length != TextLength
            || Convert.FromHexString(digits, bytes, out _, out int written) != System.Buffers.OperationStatus.Done || written != Size)
        {
            return false;
        }

        hash = new BlobHash(bytes);
        return true;
    }

    /// <summary>Parses 64 lower-case hex digits, in ASCII. Listings have millions of them: 32 digits at a time.</summary>
    public static bool TryParseLower(ReadOnlySpan<byte> digits, out BlobHash hash)
    {
        hash = default;
        if (digits.Length != TextLength
            || !TryParseLower(digits, out Vector128<byte> front) || !TryParseLower(digits[(TextLength / 2)..], out Vector128<byte> back))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        front.CopyTo(bytes);
        back.CopyTo(bytes[(Size / 2)..]);
        hash = new BlobHash(bytes);
        return true;
    }

    /// <summary>Parses 64 hex digits; the error says what is wrong with them.</summary>
    public static Result<BlobHash> Parse(string text) =>
        TryParse(text, out BlobHash hash)
            ? hash
            : ErrorCode.InvalidName.With($"'{text}' is not a SHA-256, which has 64 hex digits.");

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>Writes 64 lower-case hex digits, in ASCII.</summary>
    public void Format(Span<byte> digits)
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        Convert.TryToHexStringLower(bytes, digits, out _);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public bool Equals(BlobHash other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is BlobHash other && Equals(other);

    public override int GetHashCode() => _a.GetHashCode();

    public int CompareTo(BlobHash other)
    {
        int first = _a.CompareTo(other._a);
        if (first != 0)
        {
            return first;
        }

        int second = _b.CompareTo(other._b);
        if (second != 0)
        {
            return second;
        }

        int third = _c.CompareTo(other._c);
        return third != 0 ? third : _d.CompareTo(other._d);
    }

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static bool TryParseLower(ReadOnlySpan<byte> digits, out Vector128<byte> bytes)
    {
        bool isValid = TryReadDigits(Vector128.Create(digits), out Vector128<ushort> front)
            & TryReadDigits(Vector128.Create(digits[Vector128<byte>.Count..]), out Vector128<ushort> back);
        bytes = Vector128.Narrow(front, back);
        return isValid;
    }

    // Each pair of digits becomes a number of 16 bits; its first digit is the low byte of the pair.
    private static bool TryReadDigits(Vector128<byte> text, out Vector128<ushort> numbers)
    {
        Vector128<byte> decimals = text - Vector128.Create((byte)'0'), letters = text - Vector128.Create((byte)'a');
        Vector128<byte> isDecimal = Vector128.LessThan(decimals, Vector128.Create((byte)10));
        Vector128<byte> isLetter = Vector128.LessThan(letters, Vector128.Create((byte)6));
        Vector128<ushort> values = Vector128.ConditionalSelect(isDecimal, decimals, letters + Vector128.Create((byte)10)).AsUInt16();
        numbers = ((values << 4) | (values >> 8)) & Vector128.Create((ushort)0xff);
        return (isDecimal | isLetter) == Vector128<byte>.AllBitsSet;
    }

    public static bool operator ==(BlobHash left, BlobHash right) => left.Equals(right);

    public static bool operator !=(BlobHash left, BlobHash right) => !left.Equals(right);

    public static bool operator <(BlobHash left, BlobHash right) => left.CompareTo(right) < 0;

    public static bool operator <=(BlobHash left, BlobHash right) => left.CompareTo(right) <= 0;

    public static bool operator >(BlobHash left, BlobHash right) => left.CompareTo(right) > 0;

    public static bool operator >=(BlobHash left, BlobHash right) => left.CompareTo(right) >= 0;
}
