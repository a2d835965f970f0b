namespace Hutch.Model.Zone;

/// <summary>Files of a copy that none of the sites gives from which it comes.</summary>
public sealed record CopyFailures
{
    /// <summary>So many are named.</summary>
    public const int MaxFiles = 20;

    /// <summary>How many there are.</summary>
    public required long Count { get; init; }

    /// <summary>The first of them, at most <see cref="MaxFiles"/>.</summary>
    public required IReadOnlyList<FileFailure> Files { get; init; }

    /// <summary>The same, whoever may have said it, so that it takes little room and disturbs nobody who reads it.</summary>
    public CopyFailures Bounded() => this with
    {
        Files = [.. Files.OfType<FileFailure>().Take(MaxFiles).Select(static one => one.Bounded())],
    };
}

/// <summary>A file that cannot be had.</summary>
public sealed record FileFailure
{
    private const int MaxPathCharacters = 500;
    private const int MaxWhyCharacters = 300;

    /// <summary>Where it is in the dataset, in one of the versions that have it.</summary>
    public required string Path { get; init; }

    /// <summary>Which site does not give it, and what that says of it.</summary>
    public required string Why { get; init; }

    internal FileFailure Bounded() => new()
    {
        Path = Display.Plain(Path, MaxPathCharacters),
        Why = Display.Plain(Why, MaxWhyCharacters),
    };
}
