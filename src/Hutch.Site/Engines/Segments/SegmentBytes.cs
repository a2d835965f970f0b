using Hutch.Site.Write.Blobs;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

internal sealed class SegmentBytes(SegmentStore segments, ISegmentBucket? bucket) : ISiteBytes
{
    public int MaxSmallBytes => BlobOptions.MaxSmallBytes;

    public int LeastExtentBytes => BlobOptions.MaxSmallBytes;

    public bool HasDamage => segments.HasDamage;

    public bool IsIncomplete => segments.IsIncomplete;

    public bool WasCut => segments.WasCut;

    public IOfflineSegments? Offline => bucket?.Offline;

    public bool TryLocate(MemberKey key, out MemberLocation location, bool lastingOnly = false) =>
        segments.TryLocate(key, out location, lastingOnly);

    public bool IsQuarantined(MemberKey key) => segments.IsQuarantined(key);

    public ValueTask ReadVerifiedAsync(
        MemberLocation location, Memory<byte> wholeBody, bool inPassing, CancellationToken cancellationToken) =>
        segments.ReadVerifiedAsync(location, wholeBody, inPassing, cancellationToken);

    public void DropCached(MemberLocation location) => segments.DropCached(location);

    /// <summary>Concurrent writes to one lane share a sync.</summary>
    public async ValueTask WriteAsync(Lane lane, MemberKey key, ExtentBody body, CancellationToken cancellationToken)
    {
        await SegmentLog.RequireOwnAsync(bucket, cancellationToken);
        var group = new SegmentGroup();
        group.Add(key, body.Bytes, body.Crc32C);
        try
        {
            await segments.AppendAsync(lane, group, cancellationToken);
            await SegmentLog.ConfirmOwnAsync(bucket, CancellationToken.None);
        }
        catch (Exception e) when (
            e is UnauthorizedAccessException or (IOException and not (StorageRefusedException or StorageUnknownOutcomeException)))
        {
            throw new StorageUnknownOutcomeException("The disk failed while an extent was written.", e);
        }
    }
}
