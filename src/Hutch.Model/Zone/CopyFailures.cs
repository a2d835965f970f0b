namespace Hutch.Model.Zone;

/// <summary>Files of a copy that none of its source sites can provide.</summary>
public sealed record CopyFailures
{
    public const int MaxFiles = 20;

    public required long Count { get; init; }

    /// <summary>The first files, at most <see cref="MaxFiles"/>.</summary>
    public required IReadOnlyList<FileFailure> Files { get; init; }

    /// <summary>The same, limited in size and without disturbing characters, for data from any site.</summary>
    public CopyFailures Bounded() => this with
    {
        Files = [.. Files.OfType<FileFailure>().Take(MaxFiles).Select(static one => one.Bounded())],
    };
}

/// <summary>A file that cannot be fetched.</summary>
public sealed record FileFailure
{
    private const int MaxPathCharacters = 500;
    private const int MaxWhyCharacters = 300;

    public required string Path { get; init; }

    /// <summary>The site that fails to provide it, and the reason.</summary>
    public required string Why { get; init; }

    internal FileFailure Bounded() => new()
    {
        Path = Display.Plain(Path, MaxPathCharacters),
        Why = Display.Plain(Why, MaxWhyCharacters),
    };
}
