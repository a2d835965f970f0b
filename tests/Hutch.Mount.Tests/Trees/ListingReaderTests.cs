using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Mount.Trees;
using Hutch.Objects.Http;

namespace Hutch.Mount.Tests.Trees;

/// <summary>Lines of a folder, as the server writes them, become a listing.</summary>
public sealed class ListingReaderTests
{
    private static readonly EntryInfo[] Entries =
    [
        new EntryInfo
        {
            Path = "ü/plain.cbf", Kind = EntryKinds.File, Hash = BlobHash.Compute([1]), Size = long.MaxValue, Modified = -5, Executable = true,
            ContentType = "text/x", Metadata = new Dictionary<string, string> { ["path"] = "ü/not-this", ["size"] = "3" },
        },
        new EntryInfo { Path = "ü/\"\\\t😀é", Kind = EntryKinds.File, Pending = true, Size = 7 },
        new EntryInfo { Path = "ü/link", Kind = EntryKinds.Link, Target = "../ü/\"target\"" },
        new EntryInfo { Path = "ü/empty", Kind = EntryKinds.Directory },
        new EntryInfo { Path = "ü/folder/", Kind = EntryKinds.Prefix },
        new EntryInfo { Path = "ü/é😀/", Kind = EntryKinds.Prefix },
        new EntryInfo { Path = "ü/" + new string('x', 255), Kind = EntryKinds.File, Size = 0 },
    ];

    [Fact]
    public void Lines_have_the_facts_of_their_entries()
    {
        var reader = new ListingReader("ü/");

        FolderListing listing = reader.Read(Lines(Entries));

        Assert.Equal(Entries.Length, listing.Count);
        Assert.All(Entries, entry => Assert.Equal(FactsOf(entry), listing.Find(entry.Path[2..].TrimEnd('/'))));
        Assert.Equal(Entries[^1].Path, reader.Last);
    }

    [Fact]
    public void Any_files_are_read_as_their_documents_are()
    {
        Gen<EntryInfo> files =
            from name in Gen.Elements("a", "frame_1.cbf", "ä", "a b", "a\"b", "a\\u0022", "a<b>&'+", "😀", "~!#$%")
            from hash in Gen.Choose(0, 9)
            from size in Gen.Elements(0L, 1, long.MaxValue)
            from modified in Gen.Elements<long?>(null, -1, 1_795_930_035_676_614_353)
            from executable in Gen.Elements<bool?>(null, true)
            from type in Gen.Elements<string?>(null, "binary/octet-stream", "text/\"x\"")
            from metadata in Gen.Elements<Dictionary<string, string>?>(null, new Dictionary<string, string> { ["hash"] = "}\n" })
            select new EntryInfo
            {
                Path = "names/" + name,
                Kind = EntryKinds.File,
                Hash = hash == 0 ? null : BlobHash.Compute([(byte)hash]),
                Size = size,
                Modified = modified,
                Executable = executable,
                ContentType = type,
                Metadata = metadata,
            };

        Prop.ForAll(files.ArrayOf().Where(static all => all.Length > 0).ToArbitrary(), static all =>
        {
            FolderListing listing = new ListingReader("names/").Read(Lines(all));
            Assert.Equal(all.Select(static entry => entry.Path[6..]), Enumerable.Range(0, all.Length).Select(i => Encoding.UTF8.GetString(listing.NameOf(i))));
            Assert.Equal(all.Select(EntryFacts.From), Enumerable.Range(0, all.Length).Select(listing.FactsOf));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Lines_before_a_wrong_one_are_added_once_when_they_come_again()
    {
        byte[] lines = Lines(Entries);
        var reader = new ListingReader("ü/");
        reader.Read(lines.AsSpan(0, lines.IndexOf((byte)'\n') + 1));

        byte[] rest = lines[(lines.IndexOf((byte)'\n') + 1)..];
        Assert.Throws<BadAnswerException>(() => reader.Read([.. rest, .. "wrong\n"u8]));

        Assert.Equal(Entries[0].Path, reader.Last);
        FolderListing listing = reader.Read(rest);
        Assert.Equal(Entries.Select(static entry => entry.Path[2..].TrimEnd('/')), Enumerable.Range(0, listing.Count).Select(i => Encoding.UTF8.GetString(listing.NameOf(i))));
    }

    [Fact]
    public void Members_of_newer_servers_are_ignored()
    {
        FolderListing listing = new ListingReader("ü/").Read(
            """
            {"new":[{"path":"x"}],"path":"ü/a","kind":"file","also":1}

            """u8);

        Assert.Equal("a", Encoding.UTF8.GetString(listing.NameOf(0)));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"path":"u","kind":"file"}""")]
    [InlineData("""{"kind":"file"}""")]
    [InlineData("""{"path":"ü/","kind":"file"}""")]
    [InlineData("""{"path":"ü/","kind":"prefix"}""")]
    [InlineData("""{"path":"ü/a/b","kind":"file"}""")]
    [InlineData("""{"path":7}""")]
    [InlineData("""{"path":"ü/a","kind":"file","size":"1"}""")]
    [InlineData("""{"path":"ü/a","kind":"file","hash":"12"}""")]
    [InlineData("""{"path":"ü/a","kind":"file\n""")]
    [InlineData("")]
    public void Lines_of_another_form_are_refused(string line) => Assert.Throws<BadAnswerException>(
        () => new ListingReader("ü/").Read(Encoding.UTF8.GetBytes(line + "\n")));

    [Theory]
    [InlineData("other/a")]
    [InlineData("names/a/b")]
    [InlineData("names/")]
    public void Plain_files_outside_of_the_folder_are_refused(string path) => Assert.Throws<BadAnswerException>(
        () => new ListingReader("names/").Read(Lines(
            [new EntryInfo { Path = path, Kind = EntryKinds.File, Hash = BlobHash.Compute([1]), Size = 1 }])));

    [Fact]
    public void A_path_that_is_longer_than_paths_can_be_is_refused() => Assert.Throws<BadAnswerException>(
        () => new ListingReader("ü/").Read(Encoding.UTF8.GetBytes($$"""{"path":"ü/{{new string('x', 70_000)}}","kind":"file"}{{'\n'}}""")));

    private static EntryFacts FactsOf(EntryInfo entry) => entry.Kind == EntryKinds.Prefix ? EntryFacts.Folder : EntryFacts.From(entry);

    private static byte[] Lines(EntryInfo[] entries) =>
        [.. entries.SelectMany(static entry => (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(entry, HutchJson.Default.EntryInfo), .. "\n"u8])];
}
