namespace Hutch.Zone.Credentials;

/// <summary>The number of failed login attempts that are answered before the next ones must wait.</summary>
public sealed record AttemptLimits
{
    /// <summary>Failures with one token from one address before the pair must wait.</summary>
    [Range(1, 1_000_000)]
    public int PairBurst { get; init; } = 10;

    /// <summary>Seconds until such a pair may fail once more.</summary>
    [Range(0.001, 86_400.0)]
    public double PairRefillSeconds { get; init; } = 6;

    /// <summary>Failures from one address, with any tokens, before it must wait.</summary>
    [Range(1, 1_000_000)]
    public int AddressBurst { get; init; } = 100;

    /// <summary>Seconds until an address may fail once more.</summary>
    [Range(0.001, 86_400.0)]
    public double AddressRefillSeconds { get; init; } = 1;

    /// <summary>Failures with one token, from all addresses together, before they must wait.</summary>
    [Range(1, 1_000_000)]
    public int TokenBurst { get; init; } = 100;

    /// <summary>Seconds until one token may fail once more.</summary>
    [Range(0.001, 86_400.0)]
    public double TokenRefillSeconds { get; init; } = 1;

    /// <summary>The most counters; those closest to forgiven are dropped first.</summary>
    [Range(100, 10_000_000)]
    public int MaxCounters { get; init; } = 50_000;
}
