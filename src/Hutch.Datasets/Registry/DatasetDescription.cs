using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Datasets.Registry;

/// <summary>What a caller may know of a dataset.</summary>
/// <param name="Name">What the zone says: name, owner, visibility.</param>
/// <param name="Record">What the site says.</param>
/// <param name="Size">What the head holds.</param>
/// <param name="HeadVersion">Rises with every change of the head.</param>
/// <param name="Parents">What it was made from.</param>
/// <param name="Rights">What the caller may do.</param>
public sealed record DatasetDescription(
    NameRecord Name, SiteDataset Record, HeadSize Size, long HeadVersion, IReadOnlyList<ParentDescription> Parents, Rights Rights)
{
    public DatasetId Id => Record.Id;

    /// <summary>The offer that was just made of it; null in every other answer.</summary>
    public OfferDescription? Offer { get; init; }

    /// <summary>How many seconds ago its home said that it is like this; null at the home, and in lists.</summary>
    public long? Age { get; init; }

    /// <summary>The address of its publication; null for none, and where nobody looked for one.</summary>
    public string? Publication { get; init; }

    /// <summary>Whether it is as its home has told, and not here: then <see cref="Record"/> has neither key nor tree.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>The state in a word: <c>open</c>, <c>closed</c>, <c>trash</c> or <c>gone</c>.</summary>
    public string State => DatasetState.NameOf(Record);

    /// <summary>Whether it is neither in the trash nor gone.</summary>
    public bool IsPresent => Record is { Ended: null, TrashedUntil: null };

    /// <summary>The kind in a word: <c>original</c>, <c>derived</c> or <c>following</c>.</summary>
    public string Kind => DatasetState.KindOf(Record);

    /// <summary>Whether everybody may see it, now or from some time on.</summary>
    public bool IsPublic => Name.Visibility.Right != Rights.None;
}
