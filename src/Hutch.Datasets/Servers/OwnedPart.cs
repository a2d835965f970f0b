using Hutch.Storage.Payloads;

namespace Hutch.Datasets.Servers;

/// <summary>A part of a file, in memory that is given back.</summary>
public sealed class OwnedPart : IDisposable
{
    private readonly PayloadBuffer _buffer;

    internal OwnedPart(PayloadBuffer buffer) => _buffer = buffer;

    public ReadOnlyMemory<byte> Bytes => _buffer.Memory;

    public void Dispose() => _buffer.Dispose();
}
