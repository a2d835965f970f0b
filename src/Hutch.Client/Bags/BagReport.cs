namespace Hutch.Client.Bags;

/// <summary>The result of a check of a bag.</summary>
public sealed class BagReport
{
    private const int MaxListed = 20;

    private readonly List<string> _problems = [];

    /// <summary>The SHA-256 of each file of the payload, by its path in a dataset.</summary>
    public Dictionary<string, BlobHash> Payload { get; } = new(StringComparer.Ordinal);

    /// <summary>Bytes of the payload.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Sentences about what was not checked.</summary>
    public IList<string> Notes { get; } = [];

    /// <summary>The first problems, each a sentence.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Number of all problems: 0 for a bag that is complete and valid (section 3).</summary>
    public long ProblemCount { get; private set; }

    internal void Add(string problem)
    {
        ProblemCount++;
        if (_problems.Count < MaxListed)
        {
            _problems.Add(problem);
        }
    }
}
