using Hutch.Model.Records;

namespace Hutch.Model.Zone;

/// <summary>
/// A dataset's data for lists, reported by its home, so that every site can list it. Names, owners, rights and the trash are the zone's own
/// and not included. See docs/design/federation.md (summaries).
/// </summary>
public sealed record DatasetSummary
{
    public const int MaxTitleCharacters = 500;

    /// <summary>The most parents that are listed; of more, the first.</summary>
    public const int MaxParents = 16;

    private const int MaxTypeCharacters = 100;

    // As in a history.
    private const long MaxFiles = 1L << 40;
    private const long MaxBytes = 1L << 56;

    private static readonly long LastTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public required DatasetId Dataset { get; init; }

    public required long Epoch { get; init; }

    public string? Title { get; init; }

    public required string Type { get; init; }

    public required DatasetOrigin Origin { get; init; }

    /// <summary>The time of creation, in milliseconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>The time of closing, in milliseconds since 1970; null while open.</summary>
    public long? Closed { get; init; }

    /// <summary>The time when its bytes expire, in milliseconds since 1970; null for permanent data.</summary>
    public long? Expires { get; init; }

    /// <summary>The time when its bytes ended, in milliseconds since 1970; null while they are there.</summary>
    public long? Ended { get; init; }

    public required long Files { get; init; }

    public required long Bytes { get; init; }

    /// <summary>A number that rises with every change of its head at its home.</summary>
    public required long HeadVersion { get; init; }

    /// <summary>The number of the newest snapshot; null for none.</summary>
    public long? Snapshot { get; init; }

    public bool InFolder { get; init; }

    public string Parents { get; init; } = "";

    /// <summary>Writes parents as one text: each is ID, or ID@SNAPSHOT:ROOT.</summary>
    public static string WriteParents(IEnumerable<VersionReference> parents) => string.Join(
        ' ',
        parents.Take(MaxParents).Select(static one => one is { Snapshot: { } snapshot, Root: { } root }
            ? string.Create(CultureInfo.InvariantCulture, $"{one.Dataset}@{snapshot}:{root}")
            : one.Dataset.ToString()));

    /// <summary>Parses parents; null if the text is invalid.</summary>
    public static IReadOnlyList<VersionReference>? ReadParents(string text)
    {
        List<VersionReference> parents = [];
        foreach (string part in text.Split(' ', MaxParents + 1, StringSplitOptions.RemoveEmptyEntries))
        {
            if (ReadParent(part) is not { } parent || parents.Count == MaxParents)
            {
                return null;
            }

            parents.Add(parent);
        }

        return parents;
    }

    /// <summary>The reason why the summary is invalid; null if it is valid.</summary>
    public HutchError? FindProblem()
    {
        if (Title is { } title && (title.Length > MaxTitleCharacters || !IsText(title)))
        {
            return Wrong("title");
        }

        if (Type.Length is 0 or > MaxTypeCharacters || !Type.All(static c => c is > ' ' and < (char)0x7f))
        {
            return Wrong("type");
        }

        if (!Enum.IsDefined(Origin))
        {
            return Wrong("kind");
        }

        if (!IsTime(Created) || !IsTime(Closed) || !IsTime(Expires) || !IsTime(Ended))
        {
            return Wrong("time");
        }

        if (Files is < 0 or > MaxFiles || Bytes is < 0 or > MaxBytes)
        {
            return Wrong("size");
        }

        if (HeadVersion < 0 || Snapshot < 0)
        {
            return Wrong("version");
        }

        return ReadParents(Parents) is null ? Wrong("list of parents") : null;
    }

    private static VersionReference? ReadParent(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        if (!DatasetId.TryParse(at < 0 ? text : text[..at], out DatasetId dataset))
        {
            return null;
        }

        if (at < 0)
        {
            return new VersionReference(dataset, null, null);
        }

        return text[(at + 1)..].Split(':') is [var number, var hash]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long snapshot)
            && BlobHash.TryParse(hash, out BlobHash root)
                ? new VersionReference(dataset, snapshot, root)
                : null;
    }

    /// <summary>Returns true for one line without broken surrogates, which no database accepts.</summary>
    private static bool IsText(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) || (char.IsSurrogate(text[i]) && !char.IsSurrogatePair(text, i++)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsTime(long? time) => time is null || (time >= 0 && time <= LastTime);

    private HutchError Wrong(string what) => ErrorCode.InvalidBody.With(
        $"The summary of dataset {Dataset} has a {what} that none can have.");
}
