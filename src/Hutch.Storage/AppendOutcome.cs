namespace Hutch.Storage;

/// <summary>What became of an append whose outcome was unknown.</summary>
public enum AppendOutcome
{
    /// <summary>Nobody can say: only the next opening of the log will tell. Whoever waits for it is told that.</summary>
    Unknown = 0,

    /// <summary>It is in the log, for good.</summary>
    There,

    /// <summary>It is not in the log, and never will be: it may be decided again.</summary>
    NotThere,
}
