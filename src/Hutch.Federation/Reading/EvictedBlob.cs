using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Blobs;

namespace Hutch.Federation.Reading;

/// <summary>A blob that several sites hold: the first that gives it is read.</summary>
/// <param name="reading">Knows the sites.</param>
/// <param name="blob">The blob.</param>
/// <param name="holders">The blob at each site that holds it, by the id of the site.</param>
internal sealed class EvictedBlob(HeldReading reading, NamedBlob blob, IReadOnlyList<(string SiteId, RemoteBlob Blob)> holders)
    : IForeignBlob
{
    private volatile RemoteBlob? _from;

    public BlobHash Hash => blob.Hash;

    public long Size => blob.Size;

    public Extent PartAt(long position, long needed) => ReadCache.SlotAt(position, Size);

    public bool CanRead(Extent part) => _from?.CanRead(part) == true;

    public async ValueTask WaitAsync(Extent part, CancellationToken ct)
    {
        if (!CanRead(part))
        {
            _from = await FindAsync(part, ct);
        }
    }

    public async ValueTask ReadAsync(Extent part, Memory<byte> destination, CancellationToken ct)
    {
        RemoteBlob from = _from ??= await FindAsync(part, ct);
        try
        {
            await from.ReadAsync(part, destination, ct);
        }
        catch (HutchException)
        {
            // It has left the cache, and that holder does not give it again.
            _from = await FindAsync(part, ct);
            await _from.ReadAsync(part, destination, ct);
        }
    }

    /// <summary>Asks one after the other, those last that gave nothing of late. All of them together never say that it has gone.</summary>
    private async ValueTask<RemoteBlob> FindAsync(Extent part, CancellationToken ct)
    {
        var refusals = new List<string>();
        foreach ((string siteId, RemoteBlob holder) in holders.OrderBy(one => reading.HasFailed(one.SiteId)))
        {
            try
            {
                await holder.WaitAsync(part, ct);
                return holder;
            }
            catch (HutchException e)
            {
                reading.NoteFailure(siteId);
                refusals.Add($"{await reading.NameAsync(siteId, ct)}: {e.Error.Message}");
            }
        }

        throw ErrorCode.Unavailable.With(
            "This site has given up these bytes, and none of the sites that hold them gives them now. " + string.Join(' ', refusals))
            .ToException();
    }
}
