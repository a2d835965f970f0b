using System.Buffers;
using System.Collections.Concurrent;

namespace Hutch.Server;

/// <summary>
/// The memory that request and response bodies pass through, in blocks of 128 KiB. The server's own have 4 KiB, so that a body of 100 MB
/// takes 25 000 system calls, which cost as much as hashing and writing it. Thread-safe.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    internal const int BlockBytes = 128 << 10;

    /// <summary>The most idle blocks: 16 MiB. Others return to the runtime.</summary>
    private const int MaxIdleBlocks = 128;

    private readonly ConcurrentQueue<byte[]> _idle = new();
    private int _idleCount;

    public override int MaxBufferSize => BlockBytes;

    internal int IdleBlocks => Volatile.Read(ref _idleCount);

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_idle.TryDequeue(out byte[]? block))
        {
            return new Lease(this, GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true));
        }

        Interlocked.Decrement(ref _idleCount);
        return new Lease(this, block);
    }

    /// <summary>One pool for all connections: what one gives back the next one uses.</summary>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    /// <summary>Does nothing: each part of the server disposes of its pool, and all of them share this one.</summary>
    protected override void Dispose(bool disposing)
    {
    }

    private void Return(byte[] block)
    {
        if (Interlocked.Increment(ref _idleCount) <= MaxIdleBlocks)
        {
            _idle.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _idleCount);
        }
    }

    private sealed class Lease(BlockPool pool, byte[] block) : IMemoryOwner<byte>
    {
        private byte[]? _block = block;

        public Memory<byte> Memory => _block ?? throw new ObjectDisposedException(nameof(BlockPool));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _block, null) is { } returned)
            {
                pool.Return(returned);
            }
        }
    }
}
