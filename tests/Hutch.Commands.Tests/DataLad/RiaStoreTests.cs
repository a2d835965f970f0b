using Hutch.DataLadClient.Stores;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Commands.Tests.DataLad;

/// <summary>What people write down for a store, and what 7z says of an archive.</summary>
public sealed class RiaStoreTests
{
    [Theory]
    [InlineData("store", "/here/store", null, null)]
    [InlineData("/a b/store#~brain", "/a b/store", null, "~brain")]
    [InlineData("ria+file:///data/store#4a7c8e50-6f0b-4f63-9c2e-1d1f0a7b9c11", "/data/store", null, "4a7c8e50-6f0b-4f63-9c2e-1d1f0a7b9c11")]
    [InlineData("ria+https://host/a/ria#~x", null, "https://host/a/ria", "~x")]
    [InlineData("http://host:81/ria/#~x", null, "http://host:81/ria", "~x")]
    public void A_store_is_a_folder_or_an_address(string text, string? folder, string? web, string? dataset)
    {
        var location = RiaLocation.Parse(text, static path => Path.GetFullPath(path, "/here"));

        Assert.Equal(folder, location.Folder);
        Assert.Equal(web is null ? null : new Uri(web), location.Web);
        Assert.Equal(dataset, location.Dataset);
    }

    [Theory]
    [InlineData("ria+ssh://host/store#~x", "host:/store", null)]
    [InlineData("ssh://ann@host:2222/a%20b", "ann@host:/a b", "2222")]
    [InlineData("ria+ssh://[::1]/store", "[::1]:/store", null)]
    public void A_store_of_another_machine_is_mounted_read_only(string text, string remote, string? port)
    {
        var location = RiaLocation.Parse(text, static path => path);

        string[] arguments = SshMount.Arguments(location.Ssh!, "/tmp/here", null);

        Assert.Equal([remote, "/tmp/here"], arguments[^2..]);
        Assert.Equal(port, arguments.SkipWhile(static word => word != "-p").ElementAtOrDefault(1));
        Assert.StartsWith("ro,", arguments[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssh://ann:secret@host/store")]
    [InlineData("ssh://-oProxyCommand=evil/store")]
    [InlineData("ssh://-oProxyCommand=evil@host/store")]
    public void No_part_of_an_address_becomes_an_option_of_ssh(string text) => Assert.ThrowsAny<Exception>(
        () => SshMount.Arguments(RiaLocation.Parse(text, static path => path).Ssh ?? throw new UriFormatException(), "/tmp/here", null));

    [Theory]
    [InlineData("ftp://host/store", "cannot be read by ftp")]
    [InlineData("/store#", "which dataset")]
    [InlineData("/store#~x@v1", "all versions")]
    public void What_cannot_be_imported_is_refused_in_words(string text, string words)
    {
        HutchException refusal = Assert.Throws<HutchException>(() => RiaLocation.Parse(text, static path => path));

        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_layout_or_with_another_one_is_no_store()
    {
        using var folder = new TemporaryFolder();
        var store = new RiaStore(folder.Path, folder.Path, static _ => { });

        string none = Assert.Throws<HutchException>(store.List).Message;
        File.WriteAllText(folder["ria-layout-version"], "7\n");
        string other = Assert.Throws<HutchException>(store.List).Message;
        File.WriteAllText(folder["ria-layout-version"], "1|l\n");

        Assert.Contains("no file ria-layout-version", none, StringComparison.Ordinal);
        Assert.Contains("layout '7'", other, StringComparison.Ordinal);
        Assert.Empty(store.List());
    }

    [Fact]
    public void Entries_of_a_RIA_store_that_are_not_datasets_are_reported()
    {
        using var folder = new TemporaryFolder();
        var told = new List<string>();
        File.WriteAllText(folder["ria-layout-version"], "1\n");
        Directory.CreateDirectory(folder["abc/rest"]);
        Directory.CreateDirectory(folder["4a7/c8e50-6f0b-4f63-9c2e-1d1f0a7b9c11"]);
        Directory.CreateDirectory(folder["4a7/c8e50-6f0b-4f63-9c2e-1d1f0a7b9c12"]);
        File.WriteAllText(folder["4a7/c8e50-6f0b-4f63-9c2e-1d1f0a7b9c12/HEAD"], "ref: refs/heads/main\n");
        Directory.CreateDirectory(folder["alias"]);
        File.CreateSymbolicLink(folder["alias/good"], "../4a7/c8e50-6f0b-4f63-9c2e-1d1f0a7b9c12");
        File.CreateSymbolicLink(folder["alias/bad"], "/etc");

        RiaDataset only = Assert.Single(new RiaStore(folder.Path, folder.Path, told.Add).List());

        Assert.Equal("good", only.Alias);
        Assert.Equal(3, told.Count);
        Assert.Contains(told, static words => words.Contains("'bad' leads to no dataset", StringComparison.Ordinal));
        Assert.Contains(told, static words => words.Contains("abc/rest' is not named by an id", StringComparison.Ordinal));
        Assert.Contains(told, static words => words.Contains("is not a bare repository", StringComparison.Ordinal));
    }

    [Fact]
    public void One_dataset_is_found_without_a_look_at_the_others()
    {
        using var folder = new TemporaryFolder();
        var told = new List<string>();
        const string Id = "4a7c8e50-6f0b-4f63-9c2e-1d1f0a7b9c12";
        File.WriteAllText(folder["ria-layout-version"], "1\n");
        Directory.CreateDirectory(folder["abc/rest"]);
        Directory.CreateDirectory(folder["4a7/" + Id[3..]]);
        File.WriteAllText(folder[$"4a7/{Id[3..]}/HEAD"], "ref: refs/heads/main\n");
        Directory.CreateDirectory(folder["alias"]);
        File.CreateSymbolicLink(folder["alias/good"], "../4a7/" + Id[3..]);
        var store = new RiaStore(folder.Path, folder.Path, told.Add);

        RiaDataset byId = store.Find(Id);
        RiaDataset byAlias = store.Find("~good");
        string[] unknown = [.. new[] { "~bad", "good", Id[..^1] + "3" }.Select(name => Assert.Throws<HutchException>(() => store.Find(name)).Message)];

        Assert.Equal(byId, byAlias);
        Assert.Equal("good", byId.Alias);
        Assert.All(unknown, static words => Assert.Contains("Name it by #ID or #~ALIAS", words, StringComparison.Ordinal));
        Assert.Empty(told);
    }

    [Theory]
    [InlineData("commondir", false, "'commondir', which leads to another repository")]
    [InlineData("objects/info/alternates", false, "'objects/info/alternates', which leads to another repository")]
    [InlineData("refs/heads/topic/main", true, "is a link, or has parts that are")]
    [InlineData("objects/ab/cdef", true, "is a link, or has parts that are")]
    [InlineData("objects/info/.hidden", true, "is a link, or has parts that are")]
    [InlineData("annex/objects", true, "is a link, or has parts that are")]
    public void A_repository_that_leads_to_another_one_is_left_out(string path, bool isLink, string words)
    {
        using var folder = new TemporaryFolder();
        const string Repository = "4a7/c8e50-6f0b-4f63-9c2e-1d1f0a7b9c12";
        Directory.CreateDirectory(folder[$"{Repository}/objects/pack"]);
        Directory.CreateDirectory(folder[$"{Repository}/refs/heads"]);
        ClosedRepository.Check(folder[Repository]);
        string lead = folder[$"{Repository}/{path}"];
        Directory.CreateDirectory(Path.GetDirectoryName(lead)!);
        if (isLink)
        {
            File.CreateSymbolicLink(lead, "/data/of/others");
        }
        else
        {
            File.WriteAllText(lead, "/data/of/others\n");
        }

        string refused = Assert.Throws<HutchException>(() => ClosedRepository.Check(folder[Repository])).Message;

        Assert.Contains(words, refused, StringComparison.Ordinal);
    }
}
