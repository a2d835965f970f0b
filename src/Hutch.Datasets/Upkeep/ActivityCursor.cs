using System.Diagnostics.CodeAnalysis;

namespace Hutch.Datasets.Upkeep;

/// <summary>The position in each source of a dataset's activity, from the newest back: only earlier lines are still to come.</summary>
/// <param name="Run">A position in the order of runs.</param>
internal sealed record ActivityCursor(long Audit, long Snapshot, long Document, long Run)
{
    /// <summary>Before anything was read.</summary>
    public static ActivityCursor Newest { get; } = new(long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue);

    /// <summary>Reads what <see cref="ToString"/> wrote; nothing means the newest.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ActivityCursor? cursor)
    {
        cursor = text is null ? Newest : null;
        long[] numbers = [.. (text ?? "").Split('.')
            .Select(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1)];
        if (numbers is [>= 0 and var audit, >= 0 and var snapshot, >= 0 and var document, >= 0 and var run])
        {
            cursor = new ActivityCursor(audit, snapshot, document, run);
        }

        return cursor is not null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Audit}.{Snapshot}.{Document}.{Run}");
}
