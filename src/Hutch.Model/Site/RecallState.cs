namespace Hutch.Model.Site;

/// <summary>The state of the bytes of a dataset that may be in nearline storage.</summary>
/// <param name="Segments">The number of segments in nearline storage, those on the local disk included.</param>
/// <param name="Offline">The number of those that are not on the local disk.</param>
/// <param name="Queued">The number of those whose recall is queued or under way.</param>
/// <param name="OfflineBytes">The bytes that are not on the local disk.</param>
/// <param name="Wait">An estimate of the time until all that is queued is on the local disk, or would be if it were queued.</param>
/// <param name="Until">The time until which all of it stays on the local disk at least; null for none.</param>
public sealed record RecallState(int Segments, int Offline, int Queued, long OfflineBytes, TimeSpan Wait, DateTimeOffset? Until)
{
    /// <summary>Nothing in nearline storage.</summary>
    public static RecallState Online { get; } = new(0, 0, 0, 0, TimeSpan.Zero, null);
}
