using Hutch.Objects.Http;

namespace Hutch.Objects.S3;

/// <summary>Region, trust, retries and timeouts of an <see cref="S3Client"/> or <see cref="S3ObjectStore"/>.</summary>
public sealed class S3ClientOptions
{
    /// <summary>The region if none is configured.</summary>
    public const string DefaultRegion = "us-east-1";

    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; init; } = DefaultRegion;

    /// <summary>When a request is sent again.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>Longest wait for a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections to the store at most; a request beyond them waits.</summary>
    public int MaxConnections { get; init; } = 32;

    /// <summary>Longest wait for an answer, with its body.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Certificates to trust besides the machine's authorities; null for none.</summary>
    public ServerTrust? Trust { get; init; }

    /// <summary>
    /// Reads the key once more when the store refuses the one that is used, so that a new one is used as soon as it is there; null for
    /// nothing to read, or where it cannot be read now.
    /// </summary>
    public Func<S3Credentials?> NewKey { get; init; } = static () => null;

    /// <summary>Takes the place of the network, for tests; owned by the client from then on.</summary>
    public HttpMessageHandler? Handler { get; init; }
}
