namespace Hutch.Contracts;

/// <summary>Amount of a version that is in nearline storage only.</summary>
public sealed record RecallInfo
{
    /// <summary><c>online</c>, <c>recalling</c> or <c>offline</c>.</summary>
    public required string State { get; init; }

    /// <summary>Segments that are only in nearline storage.</summary>
    public required int OfflineSegments { get; init; }

    /// <summary>Bytes of these segments, which may have files of other datasets, too.</summary>
    public required long OfflineBytes { get; init; }

    /// <summary>Estimated seconds until a recall has brought all of them back; 0 if there are none.</summary>
    public required long SecondsLeft { get; init; }

    /// <summary>The time until which all files stay readable at once; null for none.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>Recalls a version, and keeps it readable for a time.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutRecall
{
    public required DateTimeOffset Until { get; init; }
}
