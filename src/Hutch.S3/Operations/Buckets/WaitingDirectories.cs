using System.Runtime.CompilerServices;
using Hutch.Model;

namespace Hutch.S3.Operations.Buckets;

/// <summary>
/// The empty directories whose paths stand before the place where a listing begins, but whose keys stand behind it: their paths begin the
/// text of the place, and what follows them there is not greater than a slash.
/// </summary>
internal static class WaitingDirectories
{
    /// <summary>Finds them. What is asked for is in proportion to what begins as the place does, not to the length of its text.</summary>
    /// <param name="prefix">What all keys begin with.</param>
    /// <param name="after">The place; null for the beginning.</param>
    /// <param name="first">The first entry, or directory that is not empty, whose path begins with a text; null when there is none.</param>
    public static async IAsyncEnumerable<ListItem> FindAsync(
        string prefix, string? after, Func<string, CancellationToken, ValueTask<ListItem?>> first,
        [EnumeratorCancellation] CancellationToken ct)
    {
        string place = after is null || Utf8Order.Compare(after, prefix) < 0 ? prefix : after;
        for (int i = 1; i < place.Length; i++)
        {
            string key = place[..i] + "/";
            if (place[i] > '/'
                || !key.StartsWith(prefix, StringComparison.Ordinal)
                || (after is not null && Utf8Order.Compare(key, after) <= 0)
                || !DatasetPath.Parse(place[..i]).TryGet(out DatasetPath path, out _))
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
                // What is shorter than the first, and begins it, would stand before it.
                i = Math.Max(i, Math.Min(found.Path.AsSpan().CommonPrefixLength(place), found.Path.Length - 1));
            }
        }
    }
}
