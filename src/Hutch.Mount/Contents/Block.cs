using System.Buffers;

namespace Hutch.Mount.Contents;

/// <summary>
/// The bytes of a block, in memory that is used again: a fresh megabyte for each costs more than its copy. Each user holds it and releases
/// it once; after the last release, no user can hold it again. Thread-safe.
/// </summary>
internal sealed class Block : IDisposable
{
    private readonly byte[] _bytes;
    private int _users = 1;

    private Block(byte[] bytes, int length) => (_bytes, Length) = (bytes, length);

    internal int Length { get; }

    /// <summary>The bytes; only while the block is held.</summary>
    internal Memory<byte> Bytes => _bytes.AsMemory(0, Length);

    /// <summary>Makes a block with any bytes in it, held by the caller.</summary>
    internal static Block Rent(int length) => new(ArrayPool<byte>.Shared.Rent(length), length);

    /// <summary>Holds the block for one more user. False if the last one has released it.</summary>
    internal bool TryHold()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users)
            {
                return true;
            }

            users = before;
        }

        return false;
    }

    /// <summary>Releases it for one user.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
