using Hutch.Agent.Rules;

namespace Hutch.Agent.Retention;

/// <summary>What the clock of retention says of a folder at some moment.</summary>
public sealed record RetentionReading
{
    /// <summary>When the time of the files at the facility ends; null for never, or while acquisition goes on.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Whether acquisition goes on, so that the time has not begun.</summary>
    public bool IsAcquiring { get; init; }

    /// <summary>Whether the time ends, or will, if its owner does nothing.</summary>
    public bool IsLimited { get; init; }

    /// <summary>Until when an owner may keep the files at most; null for no limit.</summary>
    public DateTimeOffset? OwnersLimit { get; init; }

    /// <summary>Whether the end has come.</summary>
    public bool IsOver { get; init; }

    /// <summary>Whether people have not been told yet that it has come.</summary>
    public bool MustTellEnd { get; init; }

    /// <summary>The reminder that is to be sent now; null for none.</summary>
    public DueReminder? Reminder { get; init; }

    /// <summary>What the operator should put right in the block; null for nothing.</summary>
    public string? Problem { get; init; }
}

/// <summary>A reminder whose time has come.</summary>
/// <param name="Before">How long before the end.</param>
/// <param name="Due">When that was.</param>
public sealed record DueReminder(CalendarSpan Before, DateTimeOffset Due);
