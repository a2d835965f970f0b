using Hutch.Model;
using Hutch.Model.Publications;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Tests;

/// <summary>A publication to write.</summary>
internal static class Sample
{
    private const string Page = "https://data.example.org/publications/11111111-2222-3333-4444-555555555555";

    private static readonly DatasetId Id = DatasetId.TryParse("11111111-2222-3333-4444-555555555555", out DatasetId id) ? id : default;

    public static PublicationDescription Description { get; } = new()
    {
        Title = "Frames of lysozyme: 100 % {cold} & dry",
        Abstract = "Frames of a crystal of lysozyme at 100 K.\nThey were measured to test how data are published and how they are cited later.",
        Publisher = "Institute of Tests",
        License = "CC-BY-4.0",
        Keywords = ["lysozyme", "frames"],
        Language = "en",
        Authors =
        [
            new PublicationAuthor
            {
                Name = "Lovelace",
                Given = "Ada Augusta",
                Orcid = "0000-0002-1825-0097",
                Affiliations = [new PublicationAffiliation { Name = "Karlsruhe Institute of Technology", Ror = "https://ror.org/04t3en479" }],
            },
            new PublicationAuthor { Name = "Müller and Sons", IsOrganisation = true },
        ],
        Funding = [new PublicationFunding { Funder = "The Fund", Award = "T-1", Title = "Tests" }],
        Related = [new RelatedWork { Identifier = "10.5281/zenodo.1234", Relation = "IsSupplementTo" }],
    };

    public static PublishedWork Work { get; } = new()
    {
        Dataset = Id,
        Description = Description,
        Version = new PublishedVersion(
            Id, 1, new PublishedData(3, BlobHash.Compute("tree"u8), 1, 3),
            new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero)),
        ChangedAt = new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero),
        Addresses = new WorkAddresses(Page, Page + "/versions", "https://data.example.org/datasets/x", Page + "/tree", Page + "/zip"),
        Access = new WorkAccess(WorkAccessKind.Open),
        Versions = [new WorkVersion(Id, 1, Page, DateTimeOffset.UnixEpoch, false)],
        Techniques =
        [
            new WorkTerm(
                "PaNET", "http://purl.org/pan-science/PaNET/", "http://purl.org/pan-science/PaNET/PaNET01164",
                "macromolecular crystallography"),
        ],
        Files = [new WorkFile("raw/frame 1.cbf", Page + "/entries/raw/frame%201.cbf", 3, "chemical/x-cif", BlobHash.Compute("one"u8))],
    };
}
