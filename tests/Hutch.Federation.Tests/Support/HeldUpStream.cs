namespace Hutch.Federation.Tests.Support;

/// <summary>Bytes of which those behind a point come when they are let go.</summary>
internal sealed class HeldUpStream(byte[] bytes, int from, Task letGo) : MemoryStream(bytes)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= from)
        {
            await letGo.WaitAsync(cancellationToken);
        }

        int most = Position < from ? (int)Math.Min(buffer.Length, from - Position) : buffer.Length;
        return await base.ReadAsync(buffer[..most], cancellationToken);
    }
}
