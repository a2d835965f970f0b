namespace Hutch.Site.Write.Blobs;

/// <summary>A part in memory, and its slot among large transfers.</summary>
internal sealed class BufferedPart(PayloadBuffer buffer, IDisposable? slot) : IDisposable
{
    public PayloadBuffer Buffer => buffer;

    public void Dispose()
    {
        buffer.Dispose();
        slot?.Dispose();
    }
}
