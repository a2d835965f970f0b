namespace Hutch.Contracts;

/// <summary>Channels of your notices of one kind.</summary>
public sealed record NoticeInfo
{
    /// <summary><c>shares</c>, <c>requests</c>, <c>copies</c>, <c>runs</c>, <c>acquisitions</c> or <c>expiry</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>True if the portal's bell shows them.</summary>
    public required bool Bell { get; init; }

    /// <summary>True if they are mailed, where the site sends mail and you have an address.</summary>
    public required bool Mail { get; init; }
}

/// <summary>Chooses where you are notified of one kind of event.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SetNotice
{
    public required bool Bell { get; init; }

    public required bool Mail { get; init; }
}
