using System.Text;
using System.Text.Json;
using Hutch.Objects.Http;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Mount.Trees;

namespace Hutch.Mount.Tests.Trees;

/// <summary>Pages of a folder, as the server writes them, become a listing.</summary>
public sealed class ListingPageReaderTests
{
    private static readonly TreeListing Page = new()
    {
        Items =
        [
            new EntryInfo
            {
                Path = "ü/plain.cbf", Kind = EntryKinds.File, Hash = BlobHash.Compute([1]), Size = long.MaxValue, Modified = -5, Executable = true,
                ContentType = "text/x", Metadata = new Dictionary<string, string> { ["path"] = "ü/not-this", ["size"] = "3" },
            },
            new EntryInfo { Path = "ü/\"\\\t😀é", Kind = EntryKinds.File, Pending = true, Size = 7 },
            new EntryInfo { Path = "ü/link", Kind = EntryKinds.Link, Target = "../ü/\"target\"" },
            new EntryInfo { Path = "ü/empty", Kind = EntryKinds.Directory },
            new EntryInfo { Path = "ü/" + new string('x', 255), Kind = EntryKinds.File, Size = 0 },
        ],
        Prefixes = ["ü/folder/", "ü/é😀/"],
        Next = "ü/\"next\"",
    };

    [Fact]
    public void Entries_of_a_page_have_the_facts_of_its_document()
    {
        var builder = new FolderListing.Builder();

        string? next = ReaderOf(builder).Read(JsonSerializer.SerializeToUtf8Bytes(Page, HutchJson.Default.TreeListing));

        FolderListing listing = builder.Build();
        Assert.Equal(Page.Next, next);
        Assert.Equal(Page.Items.Count + Page.Prefixes.Count, listing.Count);
        Assert.All(Page.Items, entry => Assert.Equal(EntryFacts.From(entry), listing.Find(entry.Path[2..])));
        Assert.All(Page.Prefixes, prefix => Assert.Equal(EntryFacts.Folder, listing.Find(prefix[2..^1])));
    }

    [Fact]
    public void Members_of_newer_servers_are_ignored()
    {
        var builder = new FolderListing.Builder();

        string? next = ReaderOf(builder).Read(
            """{"new":{"items":[1]},"items":[{"new":[{"path":"x"}],"path":"ü/a","kind":"file","also":1}],"prefixes":[],"more":null}"""u8);

        Assert.Null(next);
        Assert.Equal("a", Encoding.UTF8.GetString(builder.Build().NameOf(0)));
    }

    [Fact]
    public void A_page_that_is_cut_anywhere_is_refused()
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(Page, HutchJson.Default.TreeListing);

        Assert.All(
            Enumerable.Range(0, json.Length),
            length => Assert.Throws<BadAnswerException>(() => ReaderOf(new FolderListing.Builder()).Read(json.AsSpan(0, length))));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"items":{}}""")]
    [InlineData("""{"items":[3]}""")]
    [InlineData("""{"items":[{"path":"u","kind":"file"}]}""")]
    [InlineData("""{"items":[{"kind":"file"}]}""")]
    [InlineData("""{"items":[{"path":"ü/","kind":"file"}]}""")]
    [InlineData("""{"items":[{"path":7}]}""")]
    [InlineData("""{"items":[{"path":"ü/a","size":"1"}]}""")]
    [InlineData("""{"items":[{"path":"ü/a","hash":"12"}]}""")]
    [InlineData("""{"prefixes":["ü/"]}""")]
    [InlineData("""{"prefixes":"ü/a/"}""")]
    public void A_page_of_another_form_is_refused(string json) => Assert.Throws<BadAnswerException>(
        () => ReaderOf(new FolderListing.Builder()).Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_path_that_is_longer_than_paths_can_be_is_refused() => Assert.Throws<BadAnswerException>(
        () => ReaderOf(new FolderListing.Builder()).Read(
            Encoding.UTF8.GetBytes($$"""{"items":[{"path":"ü/{{new string('x', 70_000)}}","kind":"file"}]}""")));

    private static ListingPageReader ReaderOf(FolderListing.Builder listing) => new(listing, "ü/"u8.Length);
}
