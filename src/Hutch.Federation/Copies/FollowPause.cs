namespace Hutch.Federation.Copies;

/// <summary>
/// The pause before the home of a complete copy is asked for changes. In a closed dataset only tags and metadata change, so these pauses
/// grow while nothing does. An empty dataset is mostly new, and its files come soon. A declined one is tried again when the terms of this
/// site change.
/// </summary>
internal static class FollowPause
{
    internal static readonly TimeSpan OfEmpty = TimeSpan.FromMilliseconds(125);
    internal static readonly TimeSpan Shortest = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Returns the pause after an answer.</summary>
    public static TimeSpan After(TimeSpan before, bool isClosed, CopyProgress came)
    {
        if (came.State != CopyStates.Complete)
        {
            return Longest;
        }

        if (!isClosed && came.Files == 0)
        {
            return OfEmpty;
        }

        if (!isClosed && came.Files is null && before >= OfEmpty && before * 2 < Shortest)
        {
            return before * 2;
        }

        if (!isClosed || came.Files is not null || before < Shortest)
        {
            return Shortest;
        }

        return before * 2 < Longest ? before * 2 : Longest;
    }
}
