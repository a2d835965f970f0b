namespace Hutch.Programs.Documents;

/// <summary>
/// The rule by which a program starts by itself: on the close of a dataset, when files have arrived in an open one, or on the results of
/// another program.
/// </summary>
/// <param name="Files">The pattern of the files; null for the other rules.</param>
/// <param name="Count">The number of files that match it; 0 for the other rules.</param>
public sealed record ProgramRule(string? Files, int Count)
{
    public static ProgramRule OnClose { get; } = new(null, 0);

    /// <summary>The program whose results it takes; null for the other rules.</summary>
    public string? After { get; init; }

    public bool IsOnClose => Files is null && After is null;

    public static ProgramRule AfterProgram(string name) => new(null, 0) { After = name };

    /// <summary>The key of the rule. Another number, pattern or program is another rule.</summary>
    public override string ToString() => After is not null ? $"after {After}"
        : Files is null ? "closed"
        : string.Create(CultureInfo.InvariantCulture, $"{Count} files {Files}");
}
