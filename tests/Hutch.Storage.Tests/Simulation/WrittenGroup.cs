namespace Hutch.Storage.Tests.Simulation;

/// <summary>A group that was given to the store, and what is known of it.</summary>
public sealed class WrittenGroup
{
    public required Lane Lane { get; init; }

    public required IReadOnlyList<(MemberKey Key, byte[] Body)> Members { get; init; }

    /// <summary>Its record lines, without line feeds.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    public Fate Fate { get; set; }

    /// <summary>Where it went, once answered.</summary>
    public long Segment { get; set; }

    /// <summary>Whether its segment may be gone: its removal was begun.</summary>
    public bool MayBeGone { get; set; }

    /// <summary>Whether its segment is gone: its removal was answered.</summary>
    public bool IsGone { get; set; }

    public bool MustBeThere => Fate == Fate.Answered && !MayBeGone;

    public bool MayBeThere => Fate != Fate.Refused && !IsGone;
}
