namespace Hutch.Model.Sites;

/// <summary>
/// The statement of a site that it computed results again and compared them, file by file: docs/formats/statements.md. It is kept and
/// signed as the text that the site wrote.
/// </summary>
public sealed record RerunStatement
{
    public const string Purpose = "hutch-rerun-1";

    /// <summary>The most characters of a statement.</summary>
    public const int MaxCharacters = 100_000;

    /// <summary>The most files of each kind that are named.</summary>
    public const int MaxNamed = 100;

    /// <summary>Always <see cref="Purpose"/>, so that the signature serves nothing else.</summary>
    public required string Kind { get; init; }

    /// <summary>The name of the site that compared.</summary>
    public required string Site { get; init; }

    /// <summary>The fingerprint of its key.</summary>
    public required BlobHash Key { get; init; }

    /// <summary>The time of the comparison.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The run that was repeated.</summary>
    public required Guid Run { get; init; }

    /// <summary>The dataset with its results.</summary>
    public required DatasetId Dataset { get; init; }

    /// <summary>The number of the version that was compared.</summary>
    public required long Snapshot { get; init; }

    /// <summary>The hash of the root of that version, which leads to every file.</summary>
    public required BlobHash Tree { get; init; }

    /// <summary>The run that repeated it.</summary>
    public required Guid Rerun { get; init; }

    /// <summary>The dataset with the new results.</summary>
    public required DatasetId Results { get; init; }

    /// <summary>The version of the new results; 0 for none.</summary>
    public required long ResultsSnapshot { get; init; }

    public required string Program { get; init; }

    public required string Version { get; init; }

    /// <summary>The SHA-256 of the program's document.</summary>
    public required string Digest { get; init; }

    /// <summary>The versions that both runs read.</summary>
    public required IReadOnlyList<RerunInput> Inputs { get; init; }

    /// <summary>The number of files that were compared: all but those that differ by nature.</summary>
    public required long Files { get; init; }

    /// <summary>The number of files with the same bytes.</summary>
    public required long Equal { get; init; }

    /// <summary>The number of further files whose numbers differ within the program's tolerance.</summary>
    public required long Within { get; init; }

    /// <summary>The number of all other files.</summary>
    public required long Different { get; init; }

    /// <summary>Some of the files that differ within the tolerance, with the largest difference.</summary>
    public IReadOnlyList<ComparedFile> WithinFiles { get; init; } = [];

    /// <summary>Some of the files that differ, and how.</summary>
    public IReadOnlyList<ComparedFile> DifferentFiles { get; init; } = [];

    /// <summary>Some of the files that differ by nature, as the program declares. Their number is <see cref="ByNature"/>.</summary>
    public IReadOnlyList<ComparedFile> ByNatureFiles { get; init; } = [];

    /// <summary>The number of files that differ by nature, which are not among <see cref="Files"/>.</summary>
    public long ByNature { get; init; }

    /// <summary>Attributes that were not compared.</summary>
    public IReadOnlyList<string> NotCompared { get; init; } = [];

    /// <summary>The engine that executed the new run.</summary>
    public string? Engine { get; init; }

    /// <summary>
    /// True if the command saw nothing but its image and its inputs: no network, no other folder of the node. It could not read the former
    /// results, then. Null if it may have seen more, and in statements of earlier releases.
    /// </summary>
    public bool? Isolated { get; init; }

    /// <summary>True if no file differs beyond what the program declares.</summary>
    [JsonIgnore]
    public bool IsReproduced => Different == 0;

    /// <summary>True if each file has the same bytes, apart from those that differ by nature: no tolerance was needed.</summary>
    [JsonIgnore]
    public bool IsIdentical => Different == 0 && Within == 0 && Equal == Files && Files > 0;

    /// <summary>The sentence for people.</summary>
    [JsonIgnore]
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsReproduced ? "reproduced" : "not reproduced")} at {Site} on {At.UtcDateTime:yyyy-MM-dd}, equal in {Equal} of {Files} files")
        + (Within > 0 ? string.Create(CultureInfo.InvariantCulture, $", {Within} within the tolerance") : "")
        + (Different > 0 ? string.Create(CultureInfo.InvariantCulture, $", {Different} differ") : "")
        + (ByNature > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {ByNature} differ by nature") : "")
        + string.Create(CultureInfo.InvariantCulture, $" (version @{Snapshot})");

    public string ToText() => JsonSerializer.Serialize(this, RerunStatementJson.Default.RerunStatement);

    /// <summary>Reads a statement; a refusal if its key has not signed it, or if it is none.</summary>
    public static Result<RerunStatement> Read(string? document, string? proof)
    {
        RerunStatement? read;
        try
        {
            read = document is { Length: <= MaxCharacters }
                ? JsonSerializer.Deserialize(document, RerunStatementJson.Default.RerunStatement)
                : null;
        }
        catch (JsonException)
        {
            read = null;
        }

        return read is not { Kind: Purpose } || !read.IsSound() ? ErrorCode.Unprocessable.With("It is no statement about a rerun.")
            : !SiteSignature.IsSigned(read.Key, Encoding.UTF8.GetBytes(document!), proof) ? ErrorCode.Unprocessable.With(
                "The statement is not signed with the key that it names. It proves nothing, and was not kept.")
            : read;
    }

    private bool IsSound() => Equal >= 0 && Within >= 0 && Different >= 0 && ByNature >= 0 && Files == Equal + Within + Different
        && Site.Length is > 0 and <= 200
        && new[] { WithinFiles, DifferentFiles, ByNatureFiles }.All(static some => some.Count <= MaxNamed);
}

/// <param name="Root">The hash of the root of its tree; null if unknown.</param>
public sealed record RerunInput(DatasetId Dataset, long? Snapshot, BlobHash? Root);

/// <param name="How">A description of the difference.</param>
public sealed record ComparedFile(string Path, string How);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RerunStatement))]
internal sealed partial class RerunStatementJson : JsonSerializerContext;
