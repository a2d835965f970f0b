using Hutch.Model;
using Hutch.S3.Errors;
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

    /// <summary>Lists one page.</summary>
    public static Task<ListPage> ListAsync(S3Request request, BucketVersion bucket, WantedKeys wanted) =>
        wanted.Limit == 0 ? ListNothingAsync(request, bucket, wanted)
        : wanted.Delimiter is null or "/" ? ListPathsAsync(request, bucket, wanted)
        : ListByAnyDelimiterAsync(request, bucket, wanted);

    private static async Task<ListPage> ListNothingAsync(S3Request request, BucketVersion bucket, WantedKeys wanted)
    {
        _ = await QueryAsync(request, bucket, new ListQuery { Limit = 1 });
        return new ListPage(request.Bucket, bucket.Owner, wanted, [], null);
    }

    private static async Task<ListPage> ListPathsAsync(S3Request request, BucketVersion bucket, WantedKeys wanted)
    {
        bool isDelimited = wanted.Delimiter is not null;
        Listing listing = await QueryAsync(request, bucket, new ListQuery
        {
            Prefix = wanted.Prefix,
            Delimited = isDelimited,
            After = wanted.After,
            Limit = wanted.Limit,
        });
        var listed = new List<ListedKey>(listing.Items.Count + 1);
        if (await FindMarkerAsync(request, bucket, wanted) is { } marker)
        {
            listed.Add(new ListedKey(wanted.Prefix, marker));
        }

        bool isSorted = true;
        foreach (ListItem item in listing.Items)
        {
            bool isDirectory = item.Entry?.Kind == EntryKind.EmptyDirectory;
            string key = isDirectory ? item.Path + "/" : item.Path;

            // Behind the prefix, the slash of a directory's key is a delimiter too.
            listed.Add(new ListedKey(key, isDirectory && isDelimited ? null : item.Entry));
            isSorted &= !isDirectory;
        }

        if (!isSorted)
        {
            listed.Sort(static (a, b) => Utf8Compare(a.Key, b.Key));
        }

        return new ListPage(request.Bucket, bucket.Owner, wanted, listed, listing.Next);
    }

    /// <summary>The empty directory whose key is the prefix itself: below it there is nothing else.</summary>
    private static async ValueTask<Entry?> FindMarkerAsync(S3Request request, BucketVersion bucket, WantedKeys wanted)
    {
        if (wanted.Prefix.Length < 2
            || !wanted.Prefix.EndsWith('/')
            || (wanted.After is { } after && Utf8Compare(after, wanted.Prefix) >= 0)
            || !DatasetPath.Parse(wanted.Prefix[..^1]).TryGet(out DatasetPath path, out _))
        {
            return null;
        }

        Listing listing = await QueryAsync(request, bucket, new ListQuery { Prefix = path.Value, Delimited = true, Limit = 1 });
        return listing.Items is [{ Entry: { Kind: EntryKind.EmptyDirectory } entry } item] && item.Path == path.Value ? entry : null;
    }

    /// <summary>Walks the keys and passes over what is behind each delimiter by seeking.</summary>
    private static async Task<ListPage> ListByAnyDelimiterAsync(S3Request request, BucketVersion bucket, WantedKeys wanted)
    {
        var listed = new List<ListedKey>();
        string? after = wanted.After;
        string? lastPrefix = null;
        int asked = FewKeys;
        while (true)
        {
            Listing listing = await QueryAsync(
                request, bucket, new ListQuery { Prefix = wanted.Prefix, After = after, Limit = Math.Min(asked, wanted.Limit) });
            string? jump = null;
            foreach (ListItem item in listing.Items)
            {
                string key = Paths.ToKey(item.Path, item.Entry!);
                int at = key.IndexOf(wanted.Delimiter!, wanted.Prefix.Length, StringComparison.Ordinal);
                string? common = at < 0 ? null : key[..(at + wanted.Delimiter!.Length)];
                if (common is not null && common == lastPrefix)
                {
                    continue;
                }

                if (listed.Count == wanted.Limit)
                {
                    return new ListPage(request.Bucket, bucket.Owner, wanted, listed, after);
                }

                listed.Add(common is null ? new ListedKey(key, item.Entry) : new ListedKey(common, null));
                lastPrefix = common;
                after = common is null ? item.Path : common + Behind;
                if (common is not null)
                {
                    jump = after;
                    break;
                }
            }

            if (jump is null && !listing.IsTruncated)
            {
                return new ListPage(request.Bucket, bucket.Owner, wanted, listed, null);
            }

            after = jump ?? listing.Next;
            asked = jump is null ? asked * 2 : FewKeys;
        }
    }

    private static async ValueTask<Listing> QueryAsync(S3Request request, BucketVersion bucket, ListQuery query)
    {
        Result<Listing> listing = await request.S3.Services.Entries.ListAsync(
            request.Caller, bucket.Dataset, bucket.At, query, request.Aborted);
        return listing.IsOk ? listing.Value : throw S3Errors.OfBucket(listing.Error);
    }

    private static int Utf8Compare(string a, string b)
    {
        // The order of UTF-8 is the order of code points, which UTF-16 keeps but for surrogates.
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            if (a[i] != b[i])
            {
                bool surrogates = char.IsSurrogate(a[i]) != char.IsSurrogate(b[i]);
                return surrogates ? (char.IsSurrogate(a[i]) ? 1 : -1) : a[i].CompareTo(b[i]);
            }
        }

        return a.Length.CompareTo(b.Length);
    }
}
