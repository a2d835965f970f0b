using Hutch.Model.Ignoring;

namespace Hutch.Programs.Documents;

/// <summary>The differences that a program declares between two runs on the same input.</summary>
/// <param name="Differs">Patterns of files that differ by nature, such as those with a date.</param>
/// <param name="Within">Tolerances for the numbers in files; the first that matches a file counts.</param>
/// <param name="Each">The pattern of input files with a folder of results and a log each; null for one log.</param>
public sealed record ComparisonRules(IReadOnlyList<string> Differs, IReadOnlyList<FileTolerance> Within, string? Each = null)
{
    /// <summary>The log of a run, which has times and names of machines in it.</summary>
    private const string Log = "hutch-run.log";

    private IncludeFilter? _byNature;
    private IncludeFilter? _parts;

    public static ComparisonRules Exact { get; } = new([], []);

    /// <summary>Returns true for the log of a run, or of one of its parts.</summary>
    public bool IsLog(string path) => path == Log
        || (Each is not null && path.EndsWith("/" + Log, StringComparison.Ordinal)
            && (_parts ??= new IncludeFilter([Each])).Wants(path.Remove(path.Length - Log.Length - 1), isFolder: false));

    public bool DiffersByNature(string path) =>
        IsLog(path) || (Differs.Count > 0 && (_byNature ??= new IncludeFilter([.. Differs])).Wants(path, isFolder: false));

    public FileTolerance? FindTolerance(string path) =>
        Within.FirstOrDefault(one => one.Covers(path));
}

/// <param name="Files">The pattern of the files.</param>
/// <param name="Relative">The largest difference as a fraction of the larger number.</param>
/// <param name="Absolute">The largest difference, if it is more than the relative one.</param>
public sealed record FileTolerance(string Files, double Relative, double Absolute)
{
    private IncludeFilter? _filter;

    public bool Covers(string path) => (_filter ??= new IncludeFilter([Files])).Wants(path, isFolder: false);
}
