using Hutch.Model;
using Hutch.Model.Publications;
using Hutch.Publishing.Identifiers;

namespace Hutch.Publishing.Works;

/// <summary>A publication with all that its page, citations and metadata say of it.</summary>
public sealed record PublishedWork
{
    /// <summary>The dataset.</summary>
    public required DatasetId Dataset { get; init; }

    public required PublicationDescription Description { get; init; }

    public required PublishedVersion Version { get; init; }

    /// <summary>When anything of it changed last.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Where it is.</summary>
    public required WorkAddresses Addresses { get; init; }

    public required WorkAccess Access { get; init; }

    /// <summary>All versions of the work, the first one first; at least this one.</summary>
    public required IReadOnlyList<WorkVersion> Versions { get; init; }

    /// <summary>Its files, as far as they fit; null where they cannot be listed.</summary>
    public IReadOnlyList<WorkFile>? Files { get; init; }

    /// <summary>Whether it has more files than are listed.</summary>
    public bool HasMoreFiles { get; init; }

    /// <summary>When it was withdrawn; null while it was not.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>Why it was withdrawn.</summary>
    public string? WithdrawnWhy { get; init; }

    /// <summary>Its DOI, once it leads to the page; null for none.</summary>
    public string? Doi { get; init; }

    /// <summary>A DOI that does not lead to the page yet; null for none.</summary>
    public string? PendingDoi { get; init; }

    /// <summary>The DOI of the work in all its versions, once it leads to their page; null for none.</summary>
    public string? SeriesDoi { get; init; }

    /// <summary>By which it is cited: its DOI, else its page.</summary>
    public string Identifier => Doi is null ? Addresses.Page : Identifiers.Doi.Address(Doi);

    /// <summary>By which the work is cited when no version is meant.</summary>
    public string SeriesIdentifier => SeriesDoi is null ? Addresses.Series : Identifiers.Doi.Address(SeriesDoi);

    public string Title => Description.Title ?? "";

    /// <summary>The year of the citation.</summary>
    public int Year => Version.PublishedAt.UtcDateTime.Year;

    /// <summary>Where the text of the licence is.</summary>
    public string? LicenseAddress => SpdxLicenses.Parse(Description.License) is { } id ? SpdxLicenses.Address(id) : null;

    public bool IsWithdrawn => WithdrawnAt is not null;

    /// <summary>The newest version, when that is another one.</summary>
    public WorkVersion? Newer => Versions[^1].Dataset == Dataset ? null : Versions[^1];

    /// <summary>The version that stands for the work: the newest that was not withdrawn; where all were, the newest.</summary>
    public WorkVersion NewestShown => Versions.LastOrDefault(static version => !version.IsWithdrawn) ?? Versions[^1];
}

/// <summary>Where a publication is, all as they are asked for from outside.</summary>
/// <param name="Page">Its landing page.</param>
/// <param name="Series">The page of all its versions.</param>
/// <param name="Portal">The dataset in the portal.</param>
/// <param name="Files">The list of its files, as JSON.</param>
/// <param name="Archive">All files as one ZIP archive.</param>
public sealed record WorkAddresses(string Page, string Series, string Portal, string Files, string Archive);

/// <summary>One version of a work.</summary>
/// <param name="Dataset">Its dataset.</param>
/// <param name="Number">Counted from 1.</param>
/// <param name="Page">Its page.</param>
/// <param name="PublishedAt">Since when.</param>
/// <param name="IsWithdrawn">Whether it was withdrawn.</param>
/// <param name="Doi">Its DOI, once it leads to its page; null for none.</param>
public sealed record WorkVersion(
    DatasetId Dataset, long Number, string Page, DateTimeOffset PublishedAt, bool IsWithdrawn, string? Doi = null)
{
    /// <summary>By which it is cited.</summary>
    public string Identifier => Doi is null ? Page : Identifiers.Doi.Address(Doi);
}

/// <summary>A file of a publication.</summary>
/// <param name="Path">Its path in the dataset.</param>
/// <param name="Address">Where it is downloaded.</param>
/// <param name="Size">In bytes.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Hash">SHA-256 of its bytes.</param>
public sealed record WorkFile(string Path, string Address, long Size, string MediaType, BlobHash Hash);

/// <summary>Who may have the files of a publication.</summary>
/// <param name="Kind">Who.</param>
/// <param name="OpensAt">When everybody may, for what is under embargo.</param>
public sealed record WorkAccess(WorkAccessKind Kind, DateTimeOffset? OpensAt = null)
{
    /// <summary>The term of the vocabulary of access rights of COAR.</summary>
    public string CoarAddress => "http://purl.org/coar/access_right/" + Kind switch
    {
        WorkAccessKind.Open => "c_abf2",
        WorkAccessKind.Embargoed => "c_f1cf",
        WorkAccessKind.Restricted => "c_16ec",
        _ => "c_14cb",
    };

    /// <summary>In words: <c>open access</c>.</summary>
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
    /// <summary>Everybody, now.</summary>
    Open,

    /// <summary>Everybody, later.</summary>
    Embargoed,

    /// <summary>Whom the owner lets.</summary>
    Restricted,

    /// <summary>Nobody: the bytes are gone.</summary>
    MetadataOnly,
}
