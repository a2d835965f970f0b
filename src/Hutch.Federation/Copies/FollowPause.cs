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
    public static TimeSpan After(TimeSpan before, bool isClosed, CopyProgress came) =>
        came.State != CopyStates.Complete ? Longest
        : !isClosed && came.Files == 0 ? OfEmpty
        : !isClosed && came.Files is null && before >= OfEmpty && before * 2 < Shortest ? before * 2
        : !isClosed || came.Files is not null || before < Shortest ? Shortest
        : before * 2 < Longest ? before * 2
        : Longest;
}
