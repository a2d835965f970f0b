namespace Hutch.Model.Records;

/// <summary>
/// The state of a part of a run. A part owns a folder of the results. Its newest attempt alone replaces the files there, so that a part
/// that is repeated changes no other one, and a lost process that comes back changes nothing.
/// </summary>
/// <param name="Name">The path of its folder in the results.</param>
/// <param name="Attempt">The number of its newest attempt, from 1.</param>
/// <param name="Claim">The random id of the process that executes this attempt.</param>
/// <param name="Started">The start of this attempt, in milliseconds since 1970.</param>
public sealed record RunPart(string Name, int Attempt, Guid Claim, PartState State, long Started)
{
    /// <summary>The end of this attempt, in milliseconds since 1970; null while it runs.</summary>
    public long? Finished { get; init; }

    /// <summary>The final message; null for none.</summary>
    public string? Message { get; init; }

    /// <summary>The number of files that its folder got.</summary>
    public long Files { get; init; }

    /// <summary>The size of these files.</summary>
    public long Bytes { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<PartState>))]
public enum PartState
{
    /// <summary>A process executes it.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Its files are in the results.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>Its newest attempt changed nothing in the results.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>An attempt of a part.</summary>
/// <param name="Part">The name of the part.</param>
/// <param name="Claim">The claim of its process.</param>
/// <param name="Attempt">The attempt of a run that executes it, if an engine of the site does; null for a process of a user.</param>
public sealed record PartClaim(Guid Run, string Part, Guid Claim, AttemptKey? Attempt);

/// <summary>The number of parts of a run in each state.</summary>
public readonly record struct PartCounts(long Running, long Done, long Failed);
