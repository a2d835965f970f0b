using Hutch.Model;
using Hutch.Mount.Trees;

namespace Hutch.Mount.Tests.Trees;

/// <summary>Listings in memory and in the cache.</summary>
public sealed class FolderListingTests
{
    private static readonly EntryFacts[] Facts =
    [
        EntryFacts.Folder,
        new(EntryType.File, BlobHash.Compute([1]), long.MaxValue, -5, Executable: true, null),
        new(EntryType.File, null, 7, 0, Executable: false, null),
        new(EntryType.Link, null, 11, 1, Executable: false, "../ü/target"),
    ];

    [Fact]
    public void Every_name_is_found_with_its_facts_also_after_it_was_kept()
    {
        var builder = new FolderListing.Builder();
        string[] names = [.. Enumerable.Range(0, 5000).Select(static i => $"näme {i}"), new string('x', 1024), "\n", "😀"];
        foreach ((int i, string name) in names.Index())
        {
            builder.Add(name, Facts[i % Facts.Length]);
        }

        FolderListing? listing = FolderListing.TryRead(builder.Build().ToBytes());

        Assert.NotNull(listing);
        foreach ((int i, string name) in names.Index())
        {
            Assert.Equal(Facts[i % Facts.Length], listing.Find(name));
            Assert.Equal(name, System.Text.Encoding.UTF8.GetString(listing.NameOf(i)));
        }

        Assert.Null(listing.Find("näme"));
        Assert.Null(listing.Find(""));
    }

    [Fact]
    public void An_empty_folder_has_no_name()
    {
        FolderListing listing = new FolderListing.Builder().Build();

        Assert.Equal(0, listing.Count);
        Assert.Null(listing.Find("x"));
    }

    [Fact]
    public void Bytes_of_another_form_are_not_a_listing()
    {
        byte[] bytes = new FolderListing.Builder().Build().ToBytes();

        Assert.Null(FolderListing.TryRead([]));
        Assert.Null(FolderListing.TryRead(bytes[..15]));
        Assert.Null(FolderListing.TryRead([.. bytes[..8], 1, .. bytes[9..]])); // one entry more than there is
        Assert.Null(FolderListing.TryRead([1, .. bytes[1..]]));
    }
}
