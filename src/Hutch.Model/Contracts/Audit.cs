namespace Hutch.Model.Contracts;

/// <summary>One line of the audit.</summary>
public sealed record AuditInfo
{
    /// <summary>Position; continue after it.</summary>
    public required long Sequence { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who.</summary>
    public string? User { get; init; }

    /// <summary>Id of the token used.</summary>
    public string? Token { get; init; }

    /// <summary>What was done.</summary>
    public required string Action { get; init; }

    /// <summary>To what.</summary>
    public string? Target { get; init; }

    /// <summary>More about it.</summary>
    public string? Detail { get; init; }
}
