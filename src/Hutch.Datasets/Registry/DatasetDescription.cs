using Hutch.Datasets.Search;

namespace Hutch.Datasets.Registry;

/// <summary>The description of a dataset, as far as a caller may see it.</summary>
/// <param name="Name">The record of the zone: name, owner, visibility.</param>
/// <param name="HeadVersion">Rises with every change of the head.</param>
/// <param name="Rights">The rights of the caller.</param>
public sealed record DatasetDescription(
    NameRecord Name, SiteDataset Record, HeadSize Size, long HeadVersion, IReadOnlyList<ParentDescription> Parents, Rights Rights)
{
    public DatasetId Id => Record.Id;

    /// <summary>The offer that was just made of it; null in every other answer.</summary>
    public OfferDescription? Offer { get; init; }

    /// <summary>Seconds since its home confirmed this state; null at the home, and in lists.</summary>
    public long? Age { get; init; }

    /// <summary>The address of its publication; null for none, and where it was not looked up.</summary>
    public string? Publication { get; init; }

    /// <summary>True if it comes from its home's report, and is not here: then <see cref="Record"/> has neither key nor tree.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>The place where a search found it; null for its name, title and type, and outside searches.</summary>
    public SearchMatch? Match { get; init; }

    /// <summary>The state in a word: <c>open</c>, <c>closed</c>, <c>trash</c> or <c>gone</c>.</summary>
    public string State => DatasetState.NameOf(Record);

    /// <summary>True if it is neither in the trash nor gone.</summary>
    public bool IsPresent => Record is { Ended: null, TrashedUntil: null };

    /// <summary>The kind in a word: <c>original</c>, <c>derived</c> or <c>following</c>.</summary>
    public string Kind => DatasetState.KindOf(Record);

    /// <summary>True if everybody may see it, now or from a later time on.</summary>
    public bool IsPublic => Name.Visibility.Right != Rights.None;
}
