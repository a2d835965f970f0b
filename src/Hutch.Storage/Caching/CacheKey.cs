using System.Security.Cryptography;

namespace Hutch.Storage.Caching;

/// <summary>A name of cached bytes. It always names the same bytes, since log positions and object names are never reused.</summary>
/// <param name="High">The row; for objects the highest bit is set.</param>
public readonly record struct CacheKey(ulong High, ulong Low)
{
    public const int Size = 16;

    /// <summary>A member that came with a row of the log.</summary>
    public static CacheKey OfRow(long row, long offset) => new((ulong)row, (ulong)offset);

    /// <summary>The key of a whole object, or of anything else whose name always means the same bytes.</summary>
    public static CacheKey OfObject(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        CacheKey key = Read(hash);
        return key with { High = key.High | (1UL << 63) };
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, High);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Low);
    }

    public static CacheKey Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(source), BinaryPrimitives.ReadUInt64LittleEndian(source[8..]));
}
