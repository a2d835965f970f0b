namespace Hutch.Contracts;

/// <summary>One audit record.</summary>
public sealed record AuditInfo
{
    /// <summary>Position in the audit; continue reading after it.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>User who did it.</summary>
    public string? User { get; init; }

    /// <summary>Id of the token used.</summary>
    public string? Token { get; init; }

    public required string Action { get; init; }

    /// <summary>The object of the action.</summary>
    public string? Target { get; init; }

    /// <summary>Name of the dataset that is the object.</summary>
    public string? TargetName { get; init; }

    public string? Detail { get; init; }
}
