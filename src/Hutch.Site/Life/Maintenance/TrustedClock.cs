namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// Decides if the clock can be trusted before data ends for ever. It can once it has run for a while in step with the processor's clock,
/// without a jump in either direction. Each start begins that time anew, as no process has observed the clock before.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed partial class TrustedClock
{
    /// <summary>A smaller correction of the clock is ignored: all expiry is counted in days.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>The usual longest time between the last record and a start.</summary>
    private static readonly TimeSpan UsualRest = TimeSpan.FromDays(1);

    private readonly TimeSpan _settle;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private DateTimeOffset _seen;
    private long _seenAt;
    private long _steadySince;
    private string? _jump;

    /// <param name="options">The time that it must be steady.</param>
    /// <param name="lastRecord">The time of the last record in the journal; null for none.</param>
    public TrustedClock(ClockOptions options, DateTimeOffset? lastRecord, TimeProvider time, ILogger logger)
    {
        _settle = TimeSpan.FromMinutes(options.SettleMinutes);
        _time = time;
        _logger = logger;
        _seen = time.GetUtcNow();
        _seenAt = _steadySince = time.GetTimestamp();
        if (lastRecord is { } last && (_seen - last > UsualRest || last - _seen > Tolerance))
        {
            Record($"is {Describe(_seen - last)} the last record in the journal");
        }
    }

    /// <summary>The warning for the operator while the clock is not trusted after a jump.</summary>
    public SiteWarning? Warning
    {
        get
        {
            if (TryNow(out _) || _jump is not { } jump)
            {
                return null;
            }

            DateTimeOffset end = _time.GetUtcNow() + _settle - _time.GetElapsedTime(_steadySince);
            return new SiteWarning(
                "clock-jumped",
                $"The clock of this machine {jump}.",
                $"If it is right now, there is nothing to do. If not, set it before {Display.Minute(end)}: "
                + "until then nothing expires, and nothing leaves the trash.");
        }
    }

    /// <summary>Returns the time by which data may end, milliseconds since 1970; false while the clock is not trusted.</summary>
    public bool TryNow(out long now)
    {
        lock (_gate)
        {
            long at = _time.GetTimestamp();
            DateTimeOffset seen = _time.GetUtcNow();
            TimeSpan jump = seen - _seen - _time.GetElapsedTime(_seenAt, at);
            (_seen, _seenAt) = (seen, at);
            if (jump.Duration() > Tolerance)
            {
                _steadySince = at;
                Record($"jumped: it is {Describe(jump)} where it was");
            }

            now = seen.ToUnixTimeMilliseconds();
            return _time.GetElapsedTime(_steadySince, at) >= _settle;
        }
    }

    private void Record(string jump)
    {
        _jump = jump;
        if (_settle > TimeSpan.Zero)
        {
            LogJump(_logger, jump, _settle.TotalMinutes);
        }
    }

    private static string Describe(TimeSpan jump)
    {
        TimeSpan size = jump.Duration();
        string amount = size >= TimeSpan.FromDays(2) ? $"{Math.Round(size.TotalDays)} days"
            : size >= TimeSpan.FromHours(2) ? $"{Math.Round(size.TotalHours)} hours" : $"{Math.Round(size.TotalMinutes)} minutes";
        return amount + (jump > TimeSpan.Zero ? " ahead of" : " behind");
    }

    [LoggerMessage(
        EventId = 3320, Level = LogLevel.Warning,
        Message = "The clock of this machine {Jump}: for {Minutes} minutes nothing expires, and nothing leaves the trash")]
    private static partial void LogJump(ILogger logger, string jump, double minutes);
}
