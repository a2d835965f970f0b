using Npgsql;

namespace Hutch.Catalog.Postgres;

/// <summary>
/// Follows a rising number in a database: at once with a notification, and within a poll interval without one. It is only a hint: decisions
/// must query the number.
/// </summary>
/// <param name="channel">The channel of the notifications; a notification without the number leads to a query.</param>
/// <param name="lookEvery">The poll interval without notifications.</param>
/// <param name="interrupted">Called once for each interruption.</param>
public sealed class PostgresListener(
    Func<CancellationToken, ValueTask<NpgsqlConnection>> open,
    string channel,
    string question,
    TimeSpan lookEvery,
    RisingNumber number,
    Action<Exception> interrupted,
    TimeProvider time)
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    private bool _isNotified;

    /// <summary>Follows the number until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(ct);
            }
            catch (Exception) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!_isNotified)
                {
                    _isNotified = true;
                    interrupted(e);
                }

                await Task.Delay(TryAgainAfter, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using NpgsqlConnection connection = await open(ct);
        bool isToAsk = true;
        connection.Notification += (_, notification) =>
        {
            if (long.TryParse(notification.Payload, NumberStyles.None, CultureInfo.InvariantCulture, out long raised))
            {
                number.RaiseTo(raised);
            }
            else
            {
                isToAsk = true;
            }
        };
        await using (var listen = new NpgsqlCommand($"LISTEN {channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        await using var ask = new NpgsqlCommand(question, connection);
        while (true)
        {
            if (isToAsk)
            {
                isToAsk = false;
                number.RaiseTo(await ask.ExecuteScalarAsync(ct) is long raised ? raised : 0);
                _isNotified = false;
            }

            isToAsk |= !await connection.WaitAsync(lookEvery, ct);
        }
    }
}
