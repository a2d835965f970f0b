namespace Hutch.Client.Push;

/// <summary>How a push is done.</summary>
public sealed record PushOptions
{
    /// <summary>Message of the snapshot.</summary>
    public string? Message { get; init; }

    /// <summary>How often a file that keeps changing is read before it is left out.</summary>
    public int MaxReads { get; init; } = 4;

    /// <summary>Wait before a file that changed is read again; it doubles each time.</summary>
    public TimeSpan FirstReadDelay { get; init; } = TimeSpan.FromMilliseconds(100);
}
