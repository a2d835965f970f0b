namespace Hutch.Model.Publications;

/// <summary>The public description of a dataset, which is cited, harvested and shown to the public.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublicationDescription
{
    public string? Title { get; init; }

    /// <summary>A description of the data in paragraphs of plain text.</summary>
    public string? Abstract { get; init; }

    /// <summary>The authors, in the order of the citation.</summary>
    public IReadOnlyList<PublicationAuthor> Authors { get; init; } = [];

    public string? Publisher { get; init; }

    /// <summary>The identifier of the licence in the SPDX list, such as <c>CC-BY-4.0</c>.</summary>
    public string? License { get; init; }

    public IReadOnlyList<string> Keywords { get; init; } = [];

    /// <summary>The language of the title and the abstract: <c>en</c>, <c>de</c>, ….</summary>
    public string? Language { get; init; }

    public IReadOnlyList<PublicationFunding> Funding { get; init; } = [];

    /// <summary>Articles, other datasets and programs.</summary>
    public IReadOnlyList<RelatedWork> Related { get; init; } = [];
}

/// <summary>A person or an organisation that created a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublicationAuthor
{
    /// <summary>The family name of a person, or the full name of an organisation.</summary>
    public string? Name { get; init; }

    public string? Given { get; init; }

    public bool IsOrganisation { get; init; }

    /// <summary>The ORCID iD of a person, such as <c>0000-0002-1825-0097</c>.</summary>
    public string? Orcid { get; init; }

    public IReadOnlyList<PublicationAffiliation> Affiliations { get; init; } = [];
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublicationAffiliation
{
    public string? Name { get; init; }

    /// <summary>The ROR id, such as <c>https://ror.org/04t3en479</c>.</summary>
    public string? Ror { get; init; }
}

/// <summary>A grant that paid for a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublicationFunding
{
    public string? Funder { get; init; }

    public string? Ror { get; init; }

    public string? Award { get; init; }

    public string? Title { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RelatedWork
{
    /// <summary>A DOI, or an address that begins with <c>https://</c> or <c>http://</c>.</summary>
    public string? Identifier { get; init; }

    /// <summary>
    /// The relation of the dataset to it, in DataCite's vocabulary: <c>IsSupplementTo</c>, <c>IsDerivedFrom</c>, <c>Cites</c>, ….
    /// </summary>
    public string? Relation { get; init; }
}
