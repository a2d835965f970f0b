using Hutch.Datasets.Files;
using Hutch.Formats.Hdf5Content;
using Hutch.Model;
using Hutch.Previews.Contents;

namespace Hutch.Previews.Tests.Contents;

/// <summary>What names in files lead to.</summary>
public sealed class VersionFilesTests
{
    [Theory]
    [InlineData("/a.h5", "a.h5")]
    [InlineData("/scan/a.h5", "scan/a.h5")]
    [InlineData("/scan/./d//a.h5", "scan/d/a.h5")]
    [InlineData("/scan/d/../../a.h5", "a.h5")]
    public async Task A_name_is_taken_from_the_top_of_the_dataset(string name, string expected) => Assert.Equal([expected], await OpenedAsync(name));

    [Theory]
    [InlineData("a.h5")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/..")]
    [InlineData("/scan/../../a.h5")]
    [InlineData("/../../etc/passwd")]
    [InlineData("http://example.org/a.h5")]
    [InlineData("/a\0b")]
    public async Task A_name_that_leads_out_leads_to_nothing(string name) => Assert.Empty(await OpenedAsync(name));

    [Fact]
    public async Task Links_in_the_dataset_are_followed_until_there_are_too_many()
    {
        Assert.Equal(["d/link", "file"], await OpenedAsync("/d/link", ("d/link", "../file")));
        Assert.Equal(9, (await OpenedAsync("/round", ("round", "round"))).Count);
    }

    /// <summary>The paths that were asked for, of a dataset with these links.</summary>
    private static async Task<List<string>> OpenedAsync(string name, params (string Path, string Target)[] links)
    {
        var asked = new List<string>();
        var files = new VersionFiles((path, _) =>
        {
            asked.Add(path.Value);
            string? target = links.FirstOrDefault(link => link.Path == path.Value).Target;
            Result<OpenedEntry> opened = target is null
                ? ErrorCode.NotFound.With("There is none.")
                : new OpenedEntry(path, Entry.Link(target), null);
            return Task.FromResult(opened);
        });
        Result<ReadableFile> found = await files.OpenAsync(name, TestContext.Current.CancellationToken);
        Assert.Equal(ErrorCode.NotFound, found.Error!.Code);
        return asked;
    }
}
