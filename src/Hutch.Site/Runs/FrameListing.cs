using System.Runtime.CompilerServices;
using Hutch.Model;
using Hutch.Site.Heads;

namespace Hutch.Site.Runs;

/// <summary>Finds the frames of a version of a dataset, without a look at what lies in its folders.</summary>
public static class FrameListing
{
    private const int ItemsAtOnce = 1000;

    /// <summary>The frames at the root, in byte order of their names.</summary>
    public static async IAsyncEnumerable<StoredFrame> ReadAsync(
        HeadReader heads, TreeView view, [EnumeratorCancellation] CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(heads);

        // The digits follow the slash in byte order.
        for (string? after = "/"; after is not null;)
        {
            Listing page = await heads.ListAsync(view, new ListQuery { Delimited = true, After = after, Limit = ItemsAtOnce }, ct);
            foreach (ListItem item in page.Items)
            {
                if (item.Path[0] > '9')
                {
                    yield break;
                }

                if (item.Entry is { Kind: EntryKind.File } entry && FrameName.TryParse(item.Path, out int number))
                {
                    yield return new StoredFrame(number, entry);
                }
            }

            after = page.Next;
        }
    }

    public static async Task<long> CountAsync(HeadReader heads, TreeView view, CancellationToken ct)
    {
        long count = 0;
        await foreach (StoredFrame _ in ReadAsync(heads, view, ct))
        {
            count++;
        }

        return count;
    }
}

/// <param name="Number">Its number, from 1.</param>
/// <param name="Entry">Where its bytes are, and what its entry says of them.</param>
public readonly record struct StoredFrame(int Number, Entry Entry);
