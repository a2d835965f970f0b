using Hutch.S3.Requests;

namespace Hutch.S3.Operations.Buckets;

/// <summary>
/// From listings of paths to listings of keys: the empty directory <c>d</c> is the key <c>d/</c>, any delimiter is possible.
/// </summary>
internal static class KeyLister
{
    // The greatest character: behind every key that begins with a common prefix, but for those that hold it themselves.
    private const string Behind = "\U0010FFFF";

    // Behind a jump mostly the next one follows at once.
    private const int FewKeys = 16;

    public static Task<ListPage> ListAsync(S3Request request, BucketVersion bucket, KeyFilter wanted) =>
        wanted.Limit == 0 || !Paths.CanBegin(wanted.Prefix) ? ListNothingAsync(request, bucket, wanted)
        : wanted.Delimiter is null or "/" ? ListPathsAsync(request, bucket, wanted)
        : ListByAnyDelimiterAsync(request, bucket, wanted);

    private static async Task<ListPage> ListNothingAsync(S3Request request, BucketVersion bucket, KeyFilter wanted)
    {
        _ = await KeyCursor.QueryAsync(request, bucket, new ListQuery { Limit = 1 }, request.Aborted);
        return new ListPage(request.Bucket, bucket.Owner, wanted, [], null);
    }

    private static async Task<ListPage> ListPathsAsync(S3Request request, BucketVersion bucket, KeyFilter wanted)
    {
        var cursor = new KeyCursor(request, bucket, wanted.Prefix, isDelimited: wanted.Delimiter is not null);

        // One more shows if there are more.
        await cursor.SeekAsync(wanted.After, wanted.Limit + 1, request.Aborted);
        var listed = new List<ListedKey>(wanted.Limit);
        while (await cursor.MoveNextAsync(request.Aborted))
        {
            if (listed.Count == wanted.Limit)
            {
                return new ListPage(request.Bucket, bucket.Owner, wanted, listed, listed[^1].Key);
            }

            listed.Add(cursor.Current);
        }

        return new ListPage(request.Bucket, bucket.Owner, wanted, listed, null);
    }

    /// <summary>Walks the keys and seeks past the keys after each delimiter.</summary>
    private static async Task<ListPage> ListByAnyDelimiterAsync(S3Request request, BucketVersion bucket, KeyFilter wanted)
    {
        var listed = new List<ListedKey>();
        var cursor = new KeyCursor(request, bucket, wanted.Prefix, isDelimited: false);
        string? after = wanted.After;
        await cursor.SeekAsync(after, FewKeys, request.Aborted);
        while (await cursor.MoveNextAsync(request.Aborted))
        {
            if (listed.Count == wanted.Limit)
            {
                return new ListPage(request.Bucket, bucket.Owner, wanted, listed, after);
            }

            string key = cursor.Current.Key;
            int at = key.IndexOf(wanted.Delimiter!, wanted.Prefix.Length, StringComparison.Ordinal);
            if (at < 0)
            {
                listed.Add(cursor.Current);
                after = key;
                continue;
            }

            string common = key[..(at + wanted.Delimiter!.Length)];
            listed.Add(new ListedKey(common, null));
            after = common + Behind;
            await cursor.SeekAsync(after, FewKeys, request.Aborted);
        }

        return new ListPage(request.Bucket, bucket.Owner, wanted, listed, null);
    }
}
