using Hutch.Client.Http;

namespace Hutch.Client;

public sealed class HutchClientOptions
{
    /// <summary>Conditions and delays of retries.</summary>
    public RetryPolicy Retry { get; init; } = HttpRetry.Default;

    /// <summary>Longest wait for an unreachable server, after the attempts of <see cref="Retry"/>; zero for none.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Longest wait for a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most connections at one time.</summary>
    public int MaxConnections { get; init; } = 16;

    /// <summary>Longest wait for the head of an answer, in each attempt. Bodies take as long as they flow.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Certificates to trust besides the machine's authorities; null for none.</summary>
    public ServerTrust? Trust { get; init; }

    /// <summary>Gives the token, in place of a fixed one; null for none.</summary>
    public Login? Login { get; init; }

    /// <summary>Takes the place of the network, for tests; owned by the client from then on.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>Bounds the rate of sending; null for none.</summary>
    public RateLimit? SendLimit { get; init; }

    /// <summary>
    /// Called when an outage of the server begins and ends, when an answer takes longer than <see cref="WaitingAfter"/>, and before each
    /// wait for bytes from nearline storage.
    /// </summary>
    public Action<string>? Waiting { get; init; }

    /// <summary>The time for which a person waits without a message.</summary>
    public TimeSpan WaitingAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Called with the sites that have not confirmed a revocation, separated by commas.</summary>
    public Action<string>? Unconfirmed { get; init; }

    /// <summary>Called before each retry.</summary>
    public Action<string>? Notice { get; init; }
}
