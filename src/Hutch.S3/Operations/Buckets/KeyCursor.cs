using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations.Buckets;

/// <summary>
/// Walks the keys of a bucket in byte order. Paths come in byte order too, but the key of the empty directory <c>d</c> is <c>d/</c>, which
/// sorts after <c>d-x</c>: such keys wait for their position. The markers of folders with files come from a listing of their own.
/// </summary>
internal sealed class KeyCursor(S3Request request, BucketVersion bucket, string prefix, bool isDelimited)
{
    private readonly PriorityQueue<ListedKey, string> _waiting = new(Utf8Order.Comparer);
    private readonly MarkerCursor _markers = new(request, bucket, prefix, isDelimited);
    private Listing _page = new([], false);
    private int _index;
    private int _asked;

    /// <summary>The current key, once it was moved.</summary>
    public ListedKey Current { get; private set; }

    /// <summary>Goes before the first key that is greater than a text.</summary>
    /// <param name="after">The text; null for the beginning.</param>
    /// <param name="count">How many keys are likely to be wanted.</param>
    public async ValueTask SeekAsync(string? after, int count, CancellationToken ct)
    {
        _asked = count;
        _waiting.Clear();
        await FindWaitingAsync(after, ct);
        await FetchAsync(after, ct);
        await _markers.SeekAsync(after, count, ct);
    }

    public async ValueTask<bool> MoveNextAsync(CancellationToken ct)
    {
        while (true)
        {
            if (_index == _page.Items.Count && _page.Next is { } after)
            {
                _asked = Math.Min(_asked * 2, ListQuery.MaxLimit);
                await FetchAsync(after, ct);
                continue;
            }

            if (_index < _page.Items.Count && _page.Items[_index] is { Entry: { Kind: EntryKind.EmptyDirectory } directory } empty)
            {
                _index++;
                Wait(empty.Path, directory);
                continue;
            }

            bool waits = _waiting.TryPeek(out ListedKey next, out _)
                && (_index == _page.Items.Count || Utf8Order.Compare(next.Key, _page.Items[_index].Path) < 0);
            if (!waits && _index == _page.Items.Count)
            {
                return false;
            }

            next = waits ? next : new ListedKey(_page.Items[_index].Path, _page.Items[_index].Entry);
            if (_markers.Current is { } marker && Utf8Order.Compare(marker.Key, next.Key) <= 0)
            {
                await _markers.MoveNextAsync(ct);
                if (!next.Key.StartsWith(marker.Key, StringComparison.Ordinal))
                {
                    // Its folder is gone.
                    continue;
                }

                _ = next.Key == marker.Key && _waiting.TryDequeue(out _, out _);
                Current = marker;
                return true;
            }

            Current = next;
            _ = waits ? _waiting.Dequeue() : default;
            _index += waits ? 0 : 1;
            return true;
        }
    }

    public static async ValueTask<Listing> QueryAsync(S3Request request, BucketVersion bucket, ListQuery query, CancellationToken ct)
    {
        Result<Listing> listing = await request.Reader.Entries.ListAsync(request.Caller, bucket.Dataset, bucket.At, query, ct);
        return listing.IsOk ? listing.Value : throw S3Errors.OfBucket(listing.Error);
    }

    private async ValueTask FetchAsync(string? after, CancellationToken ct)
    {
        _index = 0;
        _page = await QueryAsync(
            request, bucket, new ListQuery { Prefix = prefix, Delimited = isDelimited, After = after, Limit = _asked }, ct);
    }

    private async ValueTask FindWaitingAsync(string? after, CancellationToken ct)
    {
        await foreach (ListItem item in WaitingDirectories.FindAsync(prefix, after, FirstAsync, ct))
        {
            Wait(item.Path, item.Entry!);
        }
    }

    private async ValueTask<ListItem?> FirstAsync(string path, CancellationToken ct)
    {
        Listing listing = await QueryAsync(request, bucket, new ListQuery { Prefix = path, Delimited = true, Limit = 1 }, ct);
        return listing.Items is [var first, ..] ? first : null;
    }

    /// <summary>Behind the prefix, the slash of a directory's key is a delimiter too.</summary>
    private void Wait(string path, Entry directory)
    {
        string key = path + "/";
        _waiting.Enqueue(new ListedKey(key, isDelimited && key.Length > prefix.Length ? null : directory), key);
    }
}
