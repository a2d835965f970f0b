using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Blobs;

namespace Hutch.Federation.Reading;

/// <summary>A blob that several sites hold: the first that gives it is read.</summary>
internal sealed class HeldBlob(NamedBlob blob, IReadOnlyList<RemoteBlob> holders) : IForeignBlob
{
    private volatile RemoteBlob? _from;

    public BlobHash Hash => blob.Hash;

    public long Size => blob.Size;

    public Extent PartAt(long position, long needed)
    {
        long start = position / ReadCache.SlotBytes * ReadCache.SlotBytes;
        return new Extent(start, (int)Math.Min(ReadCache.SlotBytes, Size - start), 0);
    }

    public async ValueTask WaitAsync(CancellationToken ct) => _from ??= await FindAsync(ct);

    public async ValueTask ReadAsync(Extent part, Memory<byte> destination, CancellationToken ct)
    {
        RemoteBlob from = _from ??= await FindAsync(ct);
        try
        {
            await from.ReadAsync(part, destination, ct);
        }
        catch (HutchException)
        {
            // It has left the cache, and that holder does not give it again.
            _from = await FindAsync(ct);
            await _from.ReadAsync(part, destination, ct);
        }
    }

    private async ValueTask<RemoteBlob> FindAsync(CancellationToken ct)
    {
        HutchException? last = null;
        foreach (RemoteBlob holder in holders)
        {
            try
            {
                await holder.WaitAsync(ct);
                return holder;
            }
            catch (HutchException e)
            {
                last = e;
            }
        }

        throw last ?? ErrorCode.Unavailable.With($"No site is known that holds {Hash}.").ToException();
    }
}
