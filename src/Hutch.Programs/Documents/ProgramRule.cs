namespace Hutch.Programs.Documents;

/// <summary>The rule by which a program starts by itself: on the close of a dataset, or when files have arrived in an open one.</summary>
/// <param name="Files">The pattern of the files; null for the close.</param>
/// <param name="Count">The number of files that match it; 0 for the close.</param>
public sealed record ProgramRule(string? Files, int Count)
{
    public static ProgramRule OnClose { get; } = new(null, 0);

    /// <summary>The key of the rule. Another number or pattern is another rule.</summary>
    public override string ToString() => Files is null
        ? "closed"
        : string.Create(CultureInfo.InvariantCulture, $"{Count} files {Files}");
}
