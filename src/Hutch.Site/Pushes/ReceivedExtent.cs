using Hutch.Storage.Payloads;

namespace Hutch.Site.Pushes;

/// <summary>A part of a large file that came in.</summary>
/// <param name="Buffer">Where its bytes are.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="IsStored">Whether the very same bytes were stored before, and only not recorded.</param>
internal sealed record ReceivedExtent(PayloadBuffer Buffer, long Offset, int Length, bool IsStored)
{
    /// <summary>Its bytes; valid until the buffer is given back.</summary>
    public ReadOnlyMemory<byte> Bytes => Buffer.Memory[..Length];
}
