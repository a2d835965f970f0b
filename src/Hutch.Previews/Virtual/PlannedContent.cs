using Hutch.Formats.Hdf5Structure;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Previews.Virtual;

/// <summary>The bytes of a planned file: its metadata, then its data, piece by piece.</summary>
internal abstract class PlannedContent<TPlan>(TPlan plan) : IEntryContent
    where TPlan : IHdf5Plan
{
    protected const int PieceBytes = 64 << 10;

    public long Size => Plan.Size;

    protected TPlan Plan { get; } = plan;

    public async Task CopyToAsync(PipeWriter writer, long offset, long length, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Size);
        RequestScope.Current?.Expect(length);
        for (long end = offset + length; offset < end;)
        {
            offset += offset < Plan.MetadataBytes ? WriteMetadata(writer, offset, end) : await CopyDataAsync(writer, offset, end, ct);
            FlushResult flushed = await writer.FlushAsync(ct);
            if (flushed.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Copies the data from an offset on, no further than an end, as far as they are contiguous. Stops when the reader stops.
    /// </summary>
    /// <returns>The number of bytes copied.</returns>
    protected abstract Task<long> CopyDataAsync(PipeWriter writer, long offset, long end, CancellationToken ct);

    private int WriteMetadata(PipeWriter writer, long offset, long end)
    {
        int length = (int)Math.Min(PieceBytes, Math.Min(end, Plan.MetadataBytes) - offset);
        Plan.ReadMetadata(offset, writer.GetSpan(length)[..length]);
        writer.Advance(length);
        return length;
    }
}
