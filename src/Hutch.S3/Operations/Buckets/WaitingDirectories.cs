using System.Runtime.CompilerServices;

namespace Hutch.S3.Operations.Buckets;

/// <summary>
/// The empty directories whose paths sort before the start of a listing, but whose keys sort after it: their paths are prefixes of the
/// start, and the next character there is not greater than a slash.
/// </summary>
internal static class WaitingDirectories
{
    /// <summary>Finds them. The number of look-ups depends on the entries with a common prefix, not on the length of the start.</summary>
    /// <param name="after">The start; null for the beginning.</param>
    /// <param name="first">Finds the first entry, or directory that is not empty, with a prefix; null if there is none.</param>
    public static async IAsyncEnumerable<ListItem> FindAsync(
        string prefix, string? after, Func<string, CancellationToken, ValueTask<ListItem?>> first,
        [EnumeratorCancellation] CancellationToken ct)
    {
        string start = after is null || Utf8Order.Compare(after, prefix) < 0 ? prefix : after;
        for (int i = 1; i < start.Length; i++)
        {
            string key = start[..i] + "/";
            if (start[i] > '/'
                || !key.StartsWith(prefix, StringComparison.Ordinal)
                || (after is not null && Utf8Order.Compare(key, after) <= 0)
                || !DatasetPath.Parse(start[..i]).TryGet(out DatasetPath path, out _))
            {
                continue;
            }

            if (await first(path.Value, ct) is not { } found)
            {
                // Nothing begins with this, so nothing with a longer part of the place.
                yield break;
            }

            if (found.Path == path.Value)
            {
                if (found.Entry is { Kind: EntryKind.EmptyDirectory })
                {
                    yield return found;
                }
            }
            else
            {
                // A shorter prefix of the first one would sort before it.
                i = Math.Max(i, Math.Min(found.Path.AsSpan().CommonPrefixLength(start), found.Path.Length - 1));
            }
        }
    }
}
