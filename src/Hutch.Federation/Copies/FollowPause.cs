using Hutch.Model.Zone;

namespace Hutch.Federation.Copies;

/// <summary>
/// How long a complete copy is left alone before its home is asked what is new. Of a closed dataset only tags and metadata can change, so
/// its home is asked ever less often while nothing does. What is empty was mostly made just now: its files come soon. What this site
/// declines is looked at anew when its terms change.
/// </summary>
internal static class FollowPause
{
    internal static readonly TimeSpan OfEmpty = TimeSpan.FromMilliseconds(125);
    internal static readonly TimeSpan Shortest = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The pause after something was asked.</summary>
    /// <param name="before">The pause before that.</param>
    /// <param name="isClosed">Whether the dataset is closed.</param>
    /// <param name="came">What came of it.</param>
    public static TimeSpan After(TimeSpan before, bool isClosed, CopyProgress came) =>
        came.State != CopyStates.Complete ? Longest
        : !isClosed && came.Files == 0 ? OfEmpty
        : !isClosed && came.Files is null && before >= OfEmpty && before * 2 < Shortest ? before * 2
        : !isClosed || came.Files is not null || before < Shortest ? Shortest
        : before * 2 < Longest ? before * 2
        : Longest;
}
