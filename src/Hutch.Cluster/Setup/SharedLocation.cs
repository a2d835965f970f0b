using Hutch.Cluster.Engine;
using Hutch.Cluster.Journal;

namespace Hutch.Cluster.Setup;

/// <summary>A database and a bucket as a place that sites move to, and away from.</summary>
public sealed class SharedLocation(
    PostgresDatabase records, Func<IObjectStore> connect, ClusterOptions options, Func<Guid> newId) : ISharedLocation
{
    public string Where => $"PostgreSQL at {records.Address.Host}:{records.Address.Port}/{records.Address.Database}";

    public ISiteEngineFactory ForFilling =>
        new ClusterEngineFactory(records, connect, options with { Log = options.Log with { IsFilling = true } }, newId);

    public async Task<Result<Done>> BeginFillingAsync(string source, CancellationToken ct)
    {
        await using var connections = new LogConnections(records, options.Log with { IsFilling = true });
        Guid? site = await LogDatabase.FindAsync(connections, null, ct);
        return await connections.QueryAsync(
            async connection =>
            {
                MoveMark? mark = await MoveMark.FindAsync(connection, ct);
                if (mark is null ? site is not null : mark.Place != source)
                {
                    return ErrorCode.Conflict.With(
                        $"{Where} already has a site{(mark is null ? "" : $", from {mark.Place}")}: a site moves into an empty database "
                        + "and an empty bucket only. Nothing was changed.");
                }

                await RunAsync(connection, new MoveMark(MoveMark.Filling, source).Statements(), ct);
                return (Result<Done>)Done.Value;
            },
            ct);
    }

    public async Task<string?> FindServerAsync(CancellationToken ct)
    {
        await using var connections = new LogConnections(records, options.Log with { IsFilling = true });
        return await LogDatabase.FindAsync(connections, null, ct) is null
            ? null
            : await connections.QueryAsync(
                async connection =>
                {
                    await using var ask = new NpgsqlCommand(MoveMark.Running, connection)
                    {
                        Parameters = { LogParameter.From(Guid.Empty) },
                    };
                    return await ask.ExecuteScalarAsync(ct) as string;
                },
                ct);
    }

    public async Task<string?> FindNewPlaceAsync(CancellationToken ct)
    {
        await using var connections = new LogConnections(records, options.Log);
        return await connections.QueryAsync(
            async connection => await MoveMark.FindAsync(connection, ct) is { State: MoveMark.Left } mark ? mark.Place : null, ct);
    }

    public Task EndFillingAsync(long lastNumber, CancellationToken ct) => EndAsync(MoveMark.Filling, lastNumber, ct);

    /// <summary>Removes the mark if it has a state.</summary>
    private async Task EndAsync(string state, long lastNumber, CancellationToken ct)
    {
        await using var connections = new LogConnections(records, options.Log with { IsFilling = true });
        await connections.QueryAsync(
            async connection =>
            {
                if (await MoveMark.FindAsync(connection, ct) is { } mark && mark.State == state)
                {
                    await RunAsync(connection, MoveMark.End(lastNumber), ct);
                }

                return Done.Value;
            },
            ct);
    }

    public Task<Result<Done>> BeginLeavingAsync(string movingTo, string? ownFolder, CancellationToken ct) =>
        MarkAsync(new MoveMark(MoveMark.Leaving, movingTo), [], ownFolder, ct);

    public Task CancelLeavingAsync(CancellationToken ct) => EndAsync(MoveMark.Leaving, lastNumber: 0, ct);

    // Appends compare the format, so that a server that begins now can write nothing either.
    public Task<Result<Done>> FenceAsync(string movedTo, string? ownFolder, CancellationToken ct) =>
        MarkAsync(new MoveMark(MoveMark.Left, movedTo), [new NpgsqlBatchCommand(MoveMark.Close)], ownFolder, ct);

    private async Task<Result<Done>> MarkAsync(
        MoveMark mark, NpgsqlBatchCommand[] more, string? ownFolder, CancellationToken ct)
    {
        await using var connections = new LogConnections(records, options.Log with { IsFilling = true });
        try
        {
            await using HeadTransaction head = await HeadTransaction.BeginAsync(connections, ct);
            if (await MoveMark.FindAsync(head.Connection, ct) is { } known && known.State != MoveMark.Leaving && known != mark)
            {
                return ErrorCode.Conflict.With(known.FindRefusal(connections.Where, isFilling: false)! + ". Nothing was changed.");
            }

            Guid own = ownFolder is null ? Guid.Empty : ServerFile.Open(LocalDisk.Instance, ownFolder, newId).Server.Id;
            await using NpgsqlCommand ask = head.Command(MoveMark.Running, LogParameter.From(own));
            if (await ask.ExecuteScalarAsync(ct) is string running)
            {
                return ErrorCode.Conflict.With(
                    $"The server {Display.Quote(running)} runs, or was killed a few seconds ago: stop all servers of the site first. "
                    + "Nothing was changed.");
            }

            await head.CommitAsync([.. mark.Statements(), .. more], ct);
            return Done.Value;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, connections.Place);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct)
    {
        await using NpgsqlBatch batch = connection.CreateBatch();
        foreach (NpgsqlBatchCommand statement in statements)
        {
            batch.BatchCommands.Add(statement);
        }

        await batch.ExecuteNonQueryAsync(ct);
    }
}
