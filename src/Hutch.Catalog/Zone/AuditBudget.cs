namespace Hutch.Catalog.Zone;

/// <summary>
/// Limits the lines of the audit that one account or share link causes, since lines stay for ever: a day's lines at once, refilled over a
/// day. Operators and administrators have no limit. Thread-safe; each server counts for itself, in memory.
/// </summary>
/// <remarks>A number for each of them: the time at which all its lines are forgiven (generic cell rate algorithm).</remarks>
public sealed class AuditBudget(TimeProvider time)
{
    private const int MaxForgiven = 10_000;

    /// <summary>A large document counts as a line for each of these bytes.</summary>
    private const long BytesPerLine = 1024;

    private readonly Dictionary<string, long> _forgivenAt = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public int LinesPerDay { get; set; } = 100_000;

    private long Cost => Math.Max(1, TimeSpan.TicksPerDay / LinesPerDay);

    /// <summary>Returns the lines that a document counts as, in addition to its line.</summary>
    internal static long LinesOf(long bytes) => bytes / BytesPerLine;

    /// <summary>Returns the refusal of an actor that has caused the lines of a day; null for others, and for the server itself.</summary>
    public HutchError? FindRefusal(AuditActor actor, ZoneTables tables)
    {
        if (KeyOf(actor) is not { } key)
        {
            return null;
        }

        long wait;
        lock (_lock)
        {
            wait = _forgivenAt.GetValueOrDefault(key) - time.GetUtcNow().UtcTicks - TimeSpan.TicksPerDay + Cost;
        }

        if (wait <= 0
            || (actor.Id is { } user && tables.Roles.ListFor(user).Any(static role => role is Role.Administrator or Role.Operator)))
        {
            return null;
        }

        string seconds = ((wait / TimeSpan.TicksPerSecond) + 1).ToString(CultureInfo.InvariantCulture);
        return (ErrorCode.TooManyRequests with
        {
            Title = "Too many changes",
            Advice = "Wait, make fewer changes, or ask an administrator to raise the limit.",
        }).With(
            $"'{actor.Name}' has caused {LinesPerDay} lines of the audit within a day, the maximum "
            + $"(accounts.auditLinesPerDay). The next change is possible in {seconds} s.", "retryAfterSeconds", seconds);
    }

    /// <summary>Counts lines that were written.</summary>
    internal void Take(AuditActor actor, long lines)
    {
        if (KeyOf(actor) is not { } key)
        {
            return;
        }

        lock (_lock)
        {
            long now = time.GetUtcNow().UtcTicks;
            if (_forgivenAt.Count >= MaxForgiven)
            {
                foreach ((string each, long at) in _forgivenAt)
                {
                    if (at <= now)
                    {
                        _forgivenAt.Remove(each);
                    }
                }
            }

            _forgivenAt[key] = Math.Max(_forgivenAt.GetValueOrDefault(key), now) + (lines * Cost);
        }
    }

    /// <summary>An account, or a share link; null for the server, and for strangers, whose attempts are limited elsewhere.</summary>
    private static string? KeyOf(AuditActor actor) => actor.Id?.ToString() ?? (actor.Credential is null ? null : actor.Name);
}
