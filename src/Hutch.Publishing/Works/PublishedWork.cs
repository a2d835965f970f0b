using Hutch.Publishing.Identifiers;

namespace Hutch.Publishing.Works;

/// <summary>A publication with all data of its page, citations and metadata.</summary>
public sealed record PublishedWork
{
    public required DatasetId Dataset { get; init; }

    public required PublicationDescription Description { get; init; }

    public required PublishedVersion Version { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required WorkAddresses Addresses { get; init; }

    public required WorkAccess Access { get; init; }

    /// <summary>All versions of the work, oldest first; at least this one.</summary>
    public required IReadOnlyList<WorkVersion> Versions { get; init; }

    /// <summary>The files, up to a limit; null if they cannot be listed.</summary>
    public IReadOnlyList<WorkFile>? Files { get; init; }

    public bool HasMoreFiles { get; init; }

    /// <summary>The metadata by the attributes of the dataset's type; empty if everybody cannot read them.</summary>
    public IReadOnlyList<WorkFact> Facts { get; init; } = [];

    /// <summary>The experimental techniques, as terms of a vocabulary; empty if everybody cannot read them.</summary>
    public IReadOnlyList<WorkTerm> Techniques { get; init; } = [];

    /// <summary>The time of its withdrawal; null if it is not withdrawn.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    public string? WithdrawnWhy { get; init; }

    /// <summary>The DOI, once it resolves to the page; null for none.</summary>
    public string? Doi { get; init; }

    /// <summary>A DOI that does not resolve to the page yet; null for none.</summary>
    public string? PendingDoi { get; init; }

    /// <summary>The DOI of the work in all its versions, once it resolves to their page; null for none.</summary>
    public string? SeriesDoi { get; init; }

    /// <summary>The identifier in citations: the DOI, otherwise the address of the page.</summary>
    public string Identifier => Doi is null ? Addresses.Page : Identifiers.Doi.Address(Doi);

    public string SeriesIdentifier => SeriesDoi is null ? Addresses.Series : Identifiers.Doi.Address(SeriesDoi);

    public string Title => Description.Title ?? "";

    public int Year => Version.PublishedAt.UtcDateTime.Year;

    /// <summary>The address of the licence's text; null if the SPDX list does not have the licence.</summary>
    public string? LicenseAddress => SpdxLicenses.Parse(Description.License) is { } id ? SpdxLicenses.Address(id) : null;

    public bool IsWithdrawn => WithdrawnAt is not null;

    /// <summary>The newest version; null if this is the newest.</summary>
    public WorkVersion? Newer => Versions[^1].Dataset == Dataset ? null : Versions[^1];

    /// <summary>The version that represents the work: the newest that is not withdrawn, or the newest if all are withdrawn.</summary>
    public WorkVersion NewestShown => Versions.LastOrDefault(static version => !version.IsWithdrawn) ?? Versions[^1];
}

/// <param name="Files">The list of its files, as JSON.</param>
public sealed record WorkAddresses(string Page, string Series, string Portal, string Files, string Archive)
{
    /// <summary>The address of a picture of the data; null if everybody cannot see it.</summary>
    public string? Picture { get; init; }

    /// <summary>The address of the frames in the portal; null for a dataset without frames.</summary>
    public string? Frames { get; init; }

    /// <summary>The address of the portal's first page; null if it is not known.</summary>
    public string? Home { get; init; }

    /// <summary>The address of the operator's logo; null for none.</summary>
    public string? Logo { get; init; }
}

/// <param name="Number">The number, from 1.</param>
/// <param name="Doi">The DOI, once it resolves to the page; null for none.</param>
public sealed record WorkVersion(
    DatasetId Dataset, long Number, string Page, DateTimeOffset PublishedAt, bool IsWithdrawn, string? Doi = null)
{
    public string Identifier => Doi is null ? Page : Identifiers.Doi.Address(Doi);
}

/// <param name="Text">The value with its unit.</param>
public sealed record WorkFact(string Title, string Text);

/// <summary>A term of a vocabulary.</summary>
/// <param name="Scheme">The name of the vocabulary.</param>
public sealed record WorkTerm(string Scheme, string SchemeAddress, string Address, string Label);

public sealed record WorkFile(string Path, string Address, long Size, string MediaType, BlobHash Hash);

/// <param name="OpensAt">The end of the embargo, for embargoed files.</param>
public sealed record WorkAccess(WorkAccessKind Kind, DateTimeOffset? OpensAt = null)
{
    /// <summary>The term in COAR's vocabulary of access rights.</summary>
    public string CoarAddress => "http://purl.org/coar/access_right/" + Kind switch
    {
        WorkAccessKind.Open => "c_abf2",
        WorkAccessKind.Embargoed => "c_f1cf",
        WorkAccessKind.Restricted => "c_16ec",
        _ => "c_14cb",
    };

    /// <summary>The text for people, such as <c>open access</c>.</summary>
    public string Words => Kind switch
    {
        WorkAccessKind.Open => "open access",
        WorkAccessKind.Embargoed => "embargoed access",
        WorkAccessKind.Restricted => "restricted access",
        _ => "metadata only access",
    };
}

public enum WorkAccessKind
{
    Open,

    /// <summary>Open to everyone after the embargo.</summary>
    Embargoed,

    /// <summary>Open only with permission of the owner.</summary>
    Restricted,

    /// <summary>Open to no one: the bytes are deleted.</summary>
    MetadataOnly,
}
