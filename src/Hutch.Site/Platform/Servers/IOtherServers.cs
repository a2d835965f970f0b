namespace Hutch.Site.Platform.Servers;

/// <summary>
/// The other servers of a site, and questions to them about resources that one server alone has, such as the files in the folders that it
/// watches. The asking server has checked the rights of its client. The asked server trusts the ticket, and asks no third server.
/// </summary>
public interface IOtherServers
{
    /// <summary>Allows this server to ask others, and publishes its address to them.</summary>
    /// <param name="address">Called repeatedly, since a certificate is renewed. Null if no server may reach this one.</param>
    /// <param name="key">The key for tickets, which only servers of this site have.</param>
    Task OpenAsync(Func<ServerAddress?> address, byte[] key, CancellationToken ct);

    /// <exception cref="Hutch.Storage.StorageRefusedException">The leases cannot be reached.</exception>
    ValueTask<SiteServer?> FindHolderAsync(string job, CancellationToken ct);

    /// <summary>Returns the running servers, this one included, with the jobs whose leases they have.</summary>
    /// <exception cref="Hutch.Storage.StorageRefusedException">The list of servers cannot be reached.</exception>
    ValueTask<IReadOnlyList<SiteServer>> ListAsync(CancellationToken ct);

    /// <summary>Asks a server, once.</summary>
    /// <param name="answer">The buffer for the answer; its content is invalid until the whole answer has come.</param>
    /// <param name="ct">Cancels the question, also at the other server.</param>
    /// <exception cref="HutchException">The other server refuses, or its answer is invalid.</exception>
    Task<int> RequestAsync(SiteServer server, ServerQuery question, Memory<byte> answer, CancellationToken ct);

    /// <summary>Checks that a question comes from another server of the site. Each ticket is accepted once.</summary>
    Result<ServerTicket> Admit(string? authorization, ServerQuery question);
}
