namespace Hutch.Processing.Runs;

/// <summary>Finds the frames of a version of a dataset, without a look into its folders.</summary>
public static class FrameListing
{
    private const int ItemsAtOnce = 1000;

    // The digits follow the slash in byte order.
    private const string BeforeFrames = "/";

    /// <summary>Enumerates the frames at the root, in byte order of their names.</summary>
    public static IAsyncEnumerable<StoredFrame> ReadAsync(HeadReader heads, TreeView view, CancellationToken ct) =>
        ReadAsync(heads, view, BeforeFrames, ct);

    private static async IAsyncEnumerable<StoredFrame> ReadAsync(
        HeadReader heads, TreeView view, string start, [EnumeratorCancellation] CancellationToken ct)
    {
        for (string? after = start; after is not null;)
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

    public static Task<long> CountAsync(HeadReader heads, TreeView view, FrameSet? others, CancellationToken ct) =>
        CountAsync(heads, view, BeforeFrames, long.MaxValue, others, ct);

    /// <summary>Counts the frames after one in byte order of their names; looks at no more than a given number of them.</summary>
    public static Task<long> CountAfterAsync(HeadReader heads, TreeView view, int frame, int most, CancellationToken ct) =>
        CountAsync(heads, view, frame == 0 ? BeforeFrames : FrameName.For(frame), most, null, ct);

    private static async Task<long> CountAsync(
        HeadReader heads, TreeView view, string start, long most, FrameSet? others, CancellationToken ct)
    {
        long count = 0;
        await foreach (StoredFrame frame in ReadAsync(heads, view, start, ct))
        {
            if (others?.Contains(frame.Number) != true && ++count == most)
            {
                break;
            }
        }

        return count;
    }
}

/// <param name="Number">Its number, from 1.</param>
/// <param name="Entry">Its entry, with the hash of its bytes.</param>
public readonly record struct StoredFrame(int Number, Entry Entry);
