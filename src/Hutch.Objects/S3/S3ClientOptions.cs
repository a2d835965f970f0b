using Hutch.Objects.Http;

namespace Hutch.Objects.S3;

/// <summary>Region, trust, retries and timeouts of an <see cref="S3Client"/> or <see cref="S3ObjectStore"/>.</summary>
public sealed class S3ClientOptions
{
    /// <summary>The region if none is configured.</summary>
    public const string DefaultRegion = "us-east-1";

    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; init; } = DefaultRegion;

    /// <summary>The policy for retries.</summary>
    public RetryPolicy Retry { get; init; } = HttpRetry.Default;

    /// <summary>The longest wait for a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most connections to the store; further requests wait.</summary>
    public int MaxConnections { get; init; } = 32;

    /// <summary>The longest wait for a response with its body.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Certificates to trust in addition to the machine's authorities; null for none.</summary>
    public ServerTrust? Trust { get; init; }

    /// <summary>
    /// Reads the key again after the store refused it, so that a new key takes effect at once. Returns null if there is nothing to read, or
    /// if it cannot be read now.
    /// </summary>
    public Func<S3Credentials?> NewKey { get; init; } = static () => null;

    /// <summary>Replaces the network in tests. The client owns it.</summary>
    public HttpMessageHandler? Handler { get; init; }
}
