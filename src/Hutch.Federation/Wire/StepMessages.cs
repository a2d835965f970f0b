namespace Hutch.Federation.Wire;

/// <summary>A site asks the zone for a token for a step, or to renew or end one.</summary>
internal sealed record StepRequestText
{
    public required string Token { get; init; }

    /// <summary>For a new one: the dataset that the step writes.</summary>
    public DatasetId? Output { get; init; }

    /// <summary>For a new one: the datasets that the step reads.</summary>
    public IReadOnlyList<DatasetId>? Inputs { get; init; }

    /// <summary>For an old one: its public part.</summary>
    public string? Id { get; init; }

    /// <summary>For how many seconds it is good from now on; null to end it.</summary>
    public long? Seconds { get; init; }
}

internal sealed record JobTokenAnswer
{
    public required string Id { get; init; }

    public DateTimeOffset? Expires { get; init; }

    /// <summary>The text of a new one.</summary>
    public string? Secret { get; init; }

    /// <summary>The number of the feed from which on sites know it.</summary>
    public required long Sequence { get; init; }

    /// <summary>The public part; never the secret.</summary>
    public override string ToString() => Id;
}
