using Hutch.S3.Requests;

namespace Hutch.S3.Operations.Buckets;

/// <summary>
/// Walks the markers of folders in the byte order of their keys. Some may be of folders that are gone: those have no keys after them that
/// begin with theirs.
/// </summary>
internal sealed class MarkerCursor(S3Request request, BucketVersion bucket, string prefix, bool isDelimited)
{
    private Listing _page = new([], false);
    private int _index;

    /// <summary>The current marker; its key is null at the end.</summary>
    public ListedKey? Current { get; private set; }

    /// <summary>Moves to the first marker whose key is greater than a text.</summary>
    public async ValueTask SeekAsync(string? after, int count, CancellationToken ct)
    {
        Current = null;
        if (!isDelimited)
        {
            await FetchAsync(after is null ? null : MarkerOf(after), count, ct);
            await MoveNextAsync(ct);
        }
        else if (prefix.EndsWith('/') && (after is null || Utf8Order.Compare(prefix, after) > 0))
        {
            // Those of folders below it are part of their common prefixes.
            await FetchAsync(null, 1, ct);
            Current = _page.Items is [var first] && Key(first) is { } key && key.Key == prefix ? key : null;
            _page = new Listing([], false);
        }
    }

    public async ValueTask MoveNextAsync(CancellationToken ct)
    {
        Current = null;
        while (Current is null)
        {
            if (_index == _page.Items.Count)
            {
                if (_page.Next is not { } next)
                {
                    return;
                }

                await FetchAsync(next, ListQuery.MaxLimit, ct);
                continue;
            }

            Current = Key(_page.Items[_index++]);
        }
    }

    private static ListedKey? Key(ListItem item) =>
        ReservedNames.MarkedFolder(item.Path) is { } key ? new ListedKey(key, item.Entry) : null;

    /// <summary>The path of a marker with a key; for other texts, one before the markers of all keys after the text.</summary>
    private static string MarkerOf(string key) => ReservedNames.MarkerFolder + (key.EndsWith('/') ? key + '\u0001' : key);

    private async ValueTask FetchAsync(string? after, int count, CancellationToken ct)
    {
        _index = 0;
        var query = new ListQuery { Prefix = ReservedNames.MarkerFolder + prefix, After = after, Limit = count };
        _page = await KeyCursor.QueryAsync(request, bucket, query, ct);
    }
}
