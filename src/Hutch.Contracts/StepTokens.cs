using System.Text.Json.Serialization;
using Hutch.Model;

namespace Hutch.Contracts;

/// <summary>Creates a token for one step of a program, with the token of who runs it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateStepToken
{
    /// <summary>Ids of the datasets that it reads, 63 at most.</summary>
    public IReadOnlyList<DatasetId> Inputs { get; init; } = [];

    /// <summary>Id of the dataset that it reads and writes.</summary>
    public required DatasetId Output { get; init; }

    /// <summary>For how many seconds it is good, 3600 at most; no longer than the token that asks.</summary>
    public required long ExpiresIn { get; init; }
}

/// <summary>Has a token for a step be good for longer.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RenewStepToken
{
    /// <summary>For how many seconds from now on, 3600 at most; no longer than the token that asks.</summary>
    public required long ExpiresIn { get; init; }
}
