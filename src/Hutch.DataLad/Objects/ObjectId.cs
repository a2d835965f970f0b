using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Hutch.DataLad.Objects;

/// <summary>The name of a git object: the SHA-1 of its header and content. 20 bytes, written as 40 lower-case hex digits.</summary>
internal readonly record struct ObjectId : IComparable<ObjectId>
{
    /// <summary>Bytes in a name.</summary>
    public const int Size = 20;

    /// <summary>Hex digits in a written name.</summary>
    public const int TextLength = 40;

    /// <summary>The most bytes of the header that precedes the content: the kind, a space, the length, a NUL.</summary>
    public const int MaxHeaderBytes = 32;

    private readonly ulong _a, _b;
    private readonly uint _c;

    public ObjectId(ReadOnlySpan<byte> bytes)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    [SuppressMessage("Security", "CA5350", Justification = "git names its objects by SHA-1. Nothing of Hutch is trusted because of it.")]
    public static ObjectId Compute(ObjectKind kind, ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[Size];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        Span<byte> header = stackalloc byte[MaxHeaderBytes];
        hash.AppendData(header[..WriteHeader(header, kind, content.Length)]);
        hash.AppendData(content);
        hash.GetHashAndReset(digest);
        return new ObjectId(digest);
    }

    /// <summary>The same, for content behind <see cref="MaxHeaderBytes"/> bytes that may be overwritten: faster.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "git names its objects by SHA-1. Nothing of Hutch is trusted because of it.")]
    public static ObjectId OfPadded(ObjectKind kind, Span<byte> padded)
    {
        Span<byte> header = stackalloc byte[MaxHeaderBytes];
        int length = WriteHeader(header, kind, padded.Length - MaxHeaderBytes);
        header[..length].CopyTo(padded[(MaxHeaderBytes - length)..]);
        Span<byte> digest = stackalloc byte[Size];
        SHA1.HashData(padded[(MaxHeaderBytes - length)..], digest);
        return new ObjectId(digest);
    }

    /// <summary>Reads 40 lower-case hex digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ObjectId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != TextLength || text.ContainsAnyInRange((byte)'A', (byte)'F')
            || Convert.FromHexString(text, bytes, out _, out int written) != System.Buffers.OperationStatus.Done || written != Size)
        {
            return false;
        }

        id = new ObjectId(bytes);
        return true;
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _c);
    }

    /// <summary>True for the id of all zeros, which git writes for a ref that does not exist.</summary>
    public bool IsZero => this == default;

    public int CompareTo(ObjectId other) =>
        _a != other._a ? _a.CompareTo(other._a) : _b != other._b ? _b.CompareTo(other._b) : _c.CompareTo(other._c);

    public override int GetHashCode() => _a.GetHashCode();

    /// <summary>40 lower-case hex digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static int WriteHeader(Span<byte> header, ObjectKind kind, int length)
    {
        ReadOnlySpan<byte> word = kind switch
        {
            ObjectKind.Commit => "commit "u8,
            ObjectKind.Tree => "tree "u8,
            ObjectKind.Tag => "tag "u8,
            _ => "blob "u8,
        };
        word.CopyTo(header);
        System.Buffers.Text.Utf8Formatter.TryFormat(length, header[word.Length..], out int digits);
        header[word.Length + digits] = 0;
        return word.Length + digits + 1;
    }
}
