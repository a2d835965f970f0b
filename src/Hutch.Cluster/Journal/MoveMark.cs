namespace Hutch.Cluster.Journal;

/// <summary>
/// The mark of a log whose site is moving: it is being filled from another place, or the site is leaving, or has left. The table exists
/// only then.
/// </summary>
/// <param name="Place">The other place.</param>
internal sealed record MoveMark(string State, string Place)
{
    public const string Left = "left";
    public const string Leaving = "leaving";
    public const string Filling = "filling";

    /// <summary>Closes the log: each append compares the format.</summary>
    public const string Close = "UPDATE site_head SET format = -abs(format)";

    /// <summary>Finds a server but the given one that runs, or did so a moment ago.</summary>
    public const string Running =
        "SELECT name FROM site_server WHERE heartbeat > clock_timestamp() - interval '15 seconds' AND id <> $1 LIMIT 1";

    private const string IsThere =
        "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'site_move' AND relnamespace = current_schema()::regnamespace)";

    private const string Table =
        """
        CREATE TABLE IF NOT EXISTS site_move (
            is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), state text NOT NULL, place text NOT NULL)
        """;

    private const string Set =
        """
        INSERT INTO site_move (state, place) VALUES ($1, $2)
        ON CONFLICT (is_only) DO UPDATE SET state = excluded.state, place = excluded.place
        """;

    public static async Task<MoveMark?> FindAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var look = new NpgsqlCommand(IsThere, connection);
        if (await look.ExecuteScalarAsync(ct) is not true)
        {
            return null;
        }

        await using var ask = new NpgsqlCommand("SELECT state, place FROM site_move", connection);
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new MoveMark(reader.GetString(0), reader.GetString(1)) : null;
    }

    /// <summary>Returns the statements that remove any mark, and number packs behind the given one.</summary>
    public static IReadOnlyList<NpgsqlBatchCommand> End(long lastNumber) =>
    [
        new("SELECT setval('site_pack', greatest(last_value, $1)) FROM site_pack WHERE $1 > 0")
        {
            Parameters = { LogParameter.From(lastNumber) },
        },
        new("DROP TABLE IF EXISTS site_move"),
    ];

    /// <summary>Returns the statements that set this mark.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Statements() =>
    [
        new(Table),
        new(Set) { Parameters = { LogParameter.From(State), LogParameter.From(Place) } },
    ];

    /// <summary>Returns the reason why a server may not use the log; null if it may.</summary>
    public string? FindRefusal(string where, bool isFilling)
    {
        if (State == Left)
        {
            return $"The site at {where} has moved to {Place}: start its servers there. What is left here is its state before the move";
        }

        if (isFilling)
        {
            return null;
        }

        if (State == Leaving)
        {
            return $"The site at {where} is being moved to {Place}: run the command of the move again, or the same with --cancel";
        }

        return $"A site is being moved or restored to {where}, from {Place}, and that has not ended: run the same command again";
    }
}
