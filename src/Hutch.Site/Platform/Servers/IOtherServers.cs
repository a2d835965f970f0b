using Hutch.Model;

namespace Hutch.Site.Platform.Servers;

/// <summary>
/// The other servers of a site, and what is asked of them: what one server alone has, such as the files in the folders that it watches.
/// Whoever asks has looked at the rights of its client. A server that is asked believes a ticket, and asks no third one.
/// </summary>
public interface IOtherServers
{
    /// <summary>From here on this server may ask others, and they know where to ask it.</summary>
    /// <param name="address">Asked for again and again, since a certificate is renewed. Null to be reached by nobody.</param>
    /// <param name="key">What tickets are made with: only servers of this site have it.</param>
    Task OpenAsync(Func<ServerAddress?> address, byte[] key, CancellationToken ct);

    /// <summary>The server that has the lease of a job; null when none has.</summary>
    /// <exception cref="Hutch.Storage.StorageRefusedException">Where leases are kept cannot be reached.</exception>
    ValueTask<SiteServer?> FindHolderAsync(string job, CancellationToken ct);

    /// <summary>The servers that run, this one included, with the jobs of which they have the leases.</summary>
    /// <exception cref="Hutch.Storage.StorageRefusedException">Where they are kept cannot be reached.</exception>
    ValueTask<IReadOnlyList<SiteServer>> ListAsync(CancellationToken ct);

    /// <summary>Asks a server, once.</summary>
    /// <param name="server">Another one.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="answer">Where the answer goes; nothing of it counts before all of it has come.</param>
    /// <param name="ct">Cancels the question, also at the other server.</param>
    /// <returns>Bytes of the answer.</returns>
    /// <exception cref="HutchException">The other server refuses, or it does not answer as it should.</exception>
    Task<int> AskAsync(SiteServer server, ServerQuestion question, Memory<byte> answer, CancellationToken ct);

    /// <summary>Looks whether a question comes from another server of the site. Each ticket is taken once.</summary>
    /// <param name="authorization">What the request says of who asks.</param>
    /// <param name="question">What it asks.</param>
    Result<ServerTicket> Admit(string? authorization, ServerQuestion question);
}
