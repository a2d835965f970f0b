namespace Hutch.Datasets.Facility;

/// <summary>The files that an adoption takes, its omissions, and its refusals. Making the plan changes nothing.</summary>
/// <param name="Path">The absolute path of the adopted folder, links resolved.</param>
public sealed record AdoptionPlan(string Path)
{
    /// <summary>The most datasets of an adoption.</summary>
    public const int MaxParts = 10_000;

    /// <summary>The folders that are or become datasets, by path.</summary>
    public IReadOnlyList<AdoptionPart> Parts { get; init; } = [];

    public long Files { get; init; }

    /// <summary>The sizes of the files, those with several names once.</summary>
    public long Bytes { get; init; }

    /// <summary>The names beyond the first of files that have several (hard links).</summary>
    public long FurtherNames { get; init; }

    public long SparseFiles { get; init; }

    /// <summary>Symbolic links, which are entries and are not followed.</summary>
    public long Links { get; init; }

    /// <summary>Those of them that lead out of their dataset.</summary>
    public long LinksLeadingOut { get; init; }

    /// <summary>The least time to hash all files, at the configured rate.</summary>
    public long HashSeconds { get; init; }

    public IReadOnlyList<AdoptionOmission> LeftOut { get; init; } = [];

    /// <summary>Notices for operators, a sentence each.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>The reasons to refuse it, a sentence each.</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];
}

/// <param name="Folder">Absolute path.</param>
/// <param name="Identity">The identity of the folder's dataset.</param>
public sealed record AdoptionPart(string Folder, string Identity)
{
    /// <summary>The id that its dataset has in a RIA store; null for a folder.</summary>
    public DatasetId? Id { get; init; }

    /// <summary>Its dataset; null for a new one.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>The name of its dataset, <c>owner/slug</c>; of a new one, the slug alone until the owner is known.</summary>
    public required string Name { get; init; }

    /// <summary>The slug of a new dataset if the first is taken.</summary>
    public string? OtherSlug { get; init; }

    public required string Title { get; init; }

    public long Files { get; init; }

    /// <summary>Files and links.</summary>
    public long Entries { get; init; }

    /// <summary>The sizes of all files.</summary>
    public long Bytes { get; init; }
}

/// <param name="Reason">The reason in a few words.</param>
/// <param name="Examples">The first paths.</param>
public sealed record AdoptionOmission(string Reason, long Count, IReadOnlyList<string> Examples);
