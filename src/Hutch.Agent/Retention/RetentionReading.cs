using Hutch.Agent.Rules;

namespace Hutch.Agent.Retention;

/// <summary>The result of the retention clock for a folder at a moment.</summary>
public sealed record RetentionReading
{
    /// <summary>The end of the files' time at the facility; null for never, or during acquisition.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>True during acquisition: the time has not begun.</summary>
    public bool IsAcquiring { get; init; }

    /// <summary>True if the time has ended, or will end unless its owner acts.</summary>
    public bool IsLimited { get; init; }

    /// <summary>Until when an owner may keep the files at most; null for no limit.</summary>
    public DateTimeOffset? OwnersLimit { get; init; }

    public bool IsOver { get; init; }

    /// <summary>True if people have not received the notice of the end yet.</summary>
    public bool MustTellEnd { get; init; }

    public DueReminder? Reminder { get; init; }

    /// <summary>The error in the block for the operator to correct; null for none.</summary>
    public string? Problem { get; init; }
}

/// <param name="Before">How long before the end.</param>
public sealed record DueReminder(CalendarSpan Before, DateTimeOffset Due);
