using System.Text.Json.Serialization;

namespace Hutch.Model.Publications;

/// <summary>How a dataset is described where it is published: what is cited, harvested and shown to strangers.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublicationDescription
{
    /// <summary>One line.</summary>
    public string? Title { get; init; }

    /// <summary>What the data are, in paragraphs of plain text.</summary>
    public string? Abstract { get; init; }

    /// <summary>Who made it, in the order of the citation.</summary>
    public IReadOnlyList<PublicationAuthor> Authors { get; init; } = [];

    /// <summary>Who makes it available, such as the facility.</summary>
    public string? Publisher { get; init; }

    /// <summary>Identifier of the licence in the SPDX list, such as <c>CC-BY-4.0</c>.</summary>
    public string? License { get; init; }

    public IReadOnlyList<string> Keywords { get; init; } = [];

    /// <summary>Language of the title and the abstract: <c>en</c>, <c>de</c>, ….</summary>
    public string? Language { get; init; }

    /// <summary>Who paid for it.</summary>
    public IReadOnlyList<PublicationFunding> Funding { get; init; } = [];

    /// <summary>Articles, other datasets, programs.</summary>
    public IReadOnlyList<RelatedWork> Related { get; init; } = [];
}

/// <summary>A person or an organisation that made a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublicationAuthor
{
    /// <summary>Family name of a person; for an organisation, all of its name.</summary>
    public string? Name { get; init; }

    /// <summary>Given names of a person.</summary>
    public string? Given { get; init; }

    /// <summary>Whether it is an organisation.</summary>
    public bool IsOrganisation { get; init; }

    /// <summary>ORCID iD of a person, such as <c>0000-0002-1825-0097</c>.</summary>
    public string? Orcid { get; init; }

    /// <summary>Where the person worked.</summary>
    public IReadOnlyList<PublicationAffiliation> Affiliations { get; init; } = [];
}

/// <summary>Where an author worked.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublicationAffiliation
{
    public string? Name { get; init; }

    /// <summary>ROR id, such as <c>https://ror.org/04t3en479</c>.</summary>
    public string? Ror { get; init; }
}

/// <summary>A grant that paid for a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublicationFunding
{
    /// <summary>Name of who paid.</summary>
    public string? Funder { get; init; }

    /// <summary>Its ROR id.</summary>
    public string? Ror { get; init; }

    /// <summary>Number of the grant.</summary>
    public string? Award { get; init; }

    /// <summary>Title of the grant.</summary>
    public string? Title { get; init; }
}

/// <summary>Another work, and how the dataset is related to it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RelatedWork
{
    /// <summary>A DOI, or an address that begins with <c>https://</c> or <c>http://</c>.</summary>
    public string? Identifier { get; init; }

    /// <summary>
    /// How the dataset is related to it, in DataCite's words: <c>IsSupplementTo</c>, <c>IsDerivedFrom</c>, <c>Cites</c>, ….
    /// </summary>
    public string? Relation { get; init; }
}
