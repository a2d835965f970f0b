using Hutch.Agent.Rules;

namespace Hutch.Agent.Tests.Retention;

/// <summary>Rules and times, in few words.</summary>
internal static class Rules
{
    /// <summary>The end of an acquisition.</summary>
    public static readonly DateTimeOffset Ended = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    public static FolderRule From(string? keep, string? maxKeep = null, bool evict = false, int copies = 2, params string[] remind) =>
        FolderRule.From(new WatchedFolderOptions
        {
            Watch = "/data/krios",
            Keep = keep,
            MaxKeep = maxKeep,
            Evict = evict,
            Copies = copies,
            Remind = remind.Length > 0 ? remind : ["30d", "7d", "1d"],
        }).Value;
}
