namespace Hutch.Datasets.Files;

/// <summary>
/// Listings for a caller that reaches one folder of a dataset. It sees this folder, those above it with nothing else in them, and nothing
/// beside them.
/// </summary>
internal static class FolderListing
{
    /// <summary>Lists what a query finds in the folder, or the way to it.</summary>
    /// <param name="list">Lists paths below the folder.</param>
    public static async Task<Result<Listing>> ListAsync(
        DatasetPath folder, ListQuery query, Func<ListQuery, CancellationToken, Task<Result<Listing>>> list, CancellationToken ct)
    {
        if (FindInside(folder, query) is { } inside)
        {
            return await list(inside, ct);
        }

        string below = folder.Value + "/";
        if (!below.StartsWith(query.Prefix, StringComparison.Ordinal))
        {
            return new Listing([], IsTruncated: false);
        }

        // A folder above is shown if the folder has something, as everywhere.
        string next = below[..(below.IndexOf('/', query.Prefix.Length) + 1)];
        Result<Listing> first = await list(new ListQuery { Prefix = below, Limit = 1 }, ct);
        return first.Then<Listing>(found =>
            found.Items.Count > 0 && (query.After is not { } after || Utf8Order.Compare(after, next) < 0)
                ? new Listing([new ListItem(next, null)], IsTruncated: false)
                : new Listing([], IsTruncated: false));
    }

    /// <summary>Returns the part of a query that is in the folder; null if all of it is above or beside the folder.</summary>
    public static ListQuery? FindInside(DatasetPath folder, ListQuery query)
    {
        string below = folder.Value + "/";
        return query.Prefix.StartsWith(below, StringComparison.Ordinal) ? query
            : !query.Delimited && below.StartsWith(query.Prefix, StringComparison.Ordinal) ? query with { Prefix = below }
            : null;
    }
}
