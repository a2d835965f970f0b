using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Hutch.S3.Tests.Support;

/// <summary>Memory for connections that knows how often it was taken.</summary>
internal sealed class CountingMemory : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockBytes = 8 << 10;
    private int _taken;

    public int Taken => Volatile.Read(ref _taken);

    public override int MaxBufferSize => BlockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _taken);
        return Shared.Rent(BlockBytes);
    }

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    protected override void Dispose(bool disposing)
    {
    }
}
