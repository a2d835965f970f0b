namespace Hutch.Contracts;

/// <summary>Creates a token for one step of a program, with the token of its user.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateStepToken
{
    /// <summary>Ids of the datasets that it reads, 63 at most.</summary>
    public IReadOnlyList<DatasetId> Inputs { get; init; } = [];

    /// <summary>Id of the dataset that it reads and writes.</summary>
    public required DatasetId Output { get; init; }

    /// <summary>Lifetime in seconds, 3600 at most; no longer than the token of this request.</summary>
    public required long ExpiresIn { get; init; }
}

/// <summary>Extends the lifetime of a step's token.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RenewStepToken
{
    /// <summary>Lifetime in seconds from now, 3600 at most; no longer than the token of this request.</summary>
    public required long ExpiresIn { get; init; }
}
