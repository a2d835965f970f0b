using Hutch.Cluster.Journal;
using Hutch.Site.Platform.Servers;

namespace Hutch.Cluster.Servers;

/// <summary>
/// The other servers of the site from their rows, and the connection to them. Addresses come only from these rows, which each server writes
/// for itself (decision 0169).
/// </summary>
internal sealed class OtherServers(
    LogConnections connections, Membership membership, ServerIdentity self, CallOptions options, TimeProvider time, ILogger logger)
    : IOtherServers, IDisposable
{
    private ServerLine? _line;
    private ServerTickets? _tickets;

    public Task OpenAsync(Func<ServerAddress?> address, byte[] key, CancellationToken ct)
    {
        _tickets = new ServerTickets(key, self.Id, membership.Epoch, time);
        _line = new ServerLine(_tickets, options, time, logger);
        return membership.PublishAddressAsync(address, ct);
    }

    public ValueTask<SiteServer?> FindHolderAsync(string job, CancellationToken ct) => connections.QueryAsync<SiteServer?>(
        async connection =>
        {
            await using var ask = new NpgsqlCommand(LeaseTable.Holder, connection) { Parameters = { LogParameter.From(job) } };
            await using NpgsqlDataReader row = await ask.ExecuteReaderAsync(ct);
            if (!await row.ReadAsync(ct))
            {
                return null;
            }

            Guid id = row.GetGuid(0);
            return new SiteServer(id, row.GetString(1), id == self.Id, row.GetInt64(2), row.GetFieldValue<TimeSpan>(3))
            {
                Address = AddressOf(row, 4),
            };
        },
        ct);

    public async ValueTask<IReadOnlyList<SiteServer>> ListAsync(CancellationToken ct)
    {
        try
        {
            return [.. (await membership.ListAsync(ct)).Select(one => one.ToSite(self.Id))];
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, connections.Place);
        }
    }

    public Task<int> RequestAsync(SiteServer server, ServerQuery question, Memory<byte> answer, CancellationToken ct) => _line is { } line
        ? line.RequestAsync(server, question, answer, ct)
        : throw ErrorCode.Unavailable.With("This server has only just begun to start. Ask again in a moment.").ToException();

    public Result<ServerTicket> Admit(string? authorization, ServerQuery question) => _tickets is { } tickets
        ? tickets.Take(authorization, question)
        : ErrorCode.Unavailable.With("This server has only just begun to start. Ask again in a moment.");

    public void Dispose() => _line?.Dispose();

    /// <summary>Reads the address in a row; null for none, and for one that this program would not have written.</summary>
    internal static ServerAddress? AddressOf(NpgsqlDataReader row, int column) =>
        !row.IsDBNull(column) && ServerAddress.Parse(row.GetString(column)).TryGet(out Uri? uri, out _)
            ? new ServerAddress(uri, row.IsDBNull(column + 1) ? null : row.GetString(column + 1))
            : null;
}
