using Hutch.Site.Write.Blobs;

namespace Hutch.Federation.Reading;

/// <summary>A blob of several sites, from the first that sends it. If one is slow, the next is asked too; the first answer wins.</summary>
/// <param name="holders">The blob at each site, in the order in which they are asked.</param>
internal sealed class HoldersBlob(
    IBlobHolders sites, NamedBlob blob, IReadOnlyList<(string SiteId, RemoteBlob Blob)> holders, TimeProvider time)
    : IExternalBlob
{
    /// <summary>After so long without an answer another site is asked as well.</summary>
    internal static readonly TimeSpan FailoverDelay = TimeSpan.FromSeconds(5);

    private volatile RemoteBlob? _from;

    /// <summary>True if bytes were given out before the whole file was here, so that its hash was not yet compared.</summary>
    private volatile bool _isBound;

    public BlobHash Hash => blob.Hash;

    public long Size => blob.Size;

    public Extent PartAt(long position, long needed) => ReadCache.SlotAt(position, Size);

    public bool CanRead(Extent part) => _from?.CanRead(part) == true;

    public async ValueTask WaitAsync(Extent part, CancellationToken ct)
    {
        if (_from is { } from && _isBound && !from.IsWhole)
        {
            await NotingAsync(from, from.WaitAsync(part, ct));
        }
        else if (!CanRead(part))
        {
            _from = await FindAsync(part, ct);
        }
    }

    public async ValueTask ReadAsync(Extent part, Memory<byte> destination, CancellationToken ct)
    {
        RemoteBlob from = _from ??= await FindAsync(part, ct);
        bool isWhole = from.IsWhole;
        _isBound &= !isWhole;
        if (_isBound)
        {
            // Bytes from another site may not fit those already given out: the reader is cut off, and begins again.
            await NotingAsync(from, from.ReadAsync(part, destination, ct));
            return;
        }

        try
        {
            await from.ReadAsync(part, destination, ct);
        }
        catch (HutchException)
        {
            // It has left the cache, and that holder does not give it again.
            from = _from = await FindAsync(part, ct);
            isWhole = from.IsWhole;
            await from.ReadAsync(part, destination, ct);
        }

        _isBound = !(isWhole && from.IsWhole);
    }

    private async ValueTask NotingAsync(RemoteBlob from, ValueTask work)
    {
        try
        {
            await work;
        }
        catch (HutchException)
        {
            NoteFailure(from);
            throw;
        }
    }

    private void NoteFailure(RemoteBlob failed) =>
        sites.NoteFailure(failed.Reading.Dataset, holders.First(one => one.Blob == failed).SiteId);

    /// <summary>Asks in turn, first those that have it, last those that gave nothing of late. They never say that it has gone.</summary>
    private async ValueTask<RemoteBlob> FindAsync(Extent part, CancellationToken ct)
    {
        var left = new Queue<(string SiteId, RemoteBlob Blob)>(holders
            .OrderBy(static one => !one.Blob.IsCached)
            .ThenBy(one => sites.HasFailed(one.Blob.Reading.Dataset, one.SiteId)));
        var asked = new Dictionary<Task, (string SiteId, RemoteBlob Blob)>();
        var refusals = new List<string>();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            while (left.Count + asked.Count > 0)
            {
                if (left.TryDequeue(out (string SiteId, RemoteBlob Blob) next))
                {
                    asked.Add(next.Blob.WaitAsync(part, over.Token).AsTask(), next);
                }

                Task failover = Task.Delay(left.Count > 0 ? FailoverDelay : Timeout.InfiniteTimeSpan, time, over.Token);
                Task first = await Task.WhenAny([.. asked.Keys, failover]);
                ct.ThrowIfCancellationRequested();
                if (first == failover || !asked.Remove(first, out (string SiteId, RemoteBlob Blob) answered))
                {
                    continue;
                }

                if (await FindRefusalAsync(first) is not { } refusal)
                {
                    foreach ((_, RemoteBlob slower) in asked.Values)
                    {
                        NoteFailure(slower);
                    }

                    return answered.Blob;
                }

                NoteFailure(answered.Blob);
                refusals.Add($"{await sites.NameAsync(answered.SiteId, ct)}: {refusal.Message}");
            }
        }
        finally
        {
            await over.CancelAsync();
        }

        throw sites.NoHolderAnswers(refusals).ToException();
    }

    /// <summary>
    /// Returns a site's reason not to send it; null if it sends it. A lack of space at this site, or bytes that only a program has, are
    /// thrown: no other site helps.
    /// </summary>
    private static async Task<HutchError?> FindRefusalAsync(Task asked)
    {
        try
        {
            await asked;
            return null;
        }
        catch (HutchException e) when (e.Error.Code != ErrorCode.InsufficientStorage && e.Error.Code != ErrorCode.Evicted)
        {
            return e.Error;
        }
    }
}
