using Hutch.Datasets.Thumbnails;
using Hutch.Model;

namespace Hutch.Datasets.Tests.Thumbnails;

/// <summary>Which file stands for a dataset.</summary>
public sealed class DatasetPictureTests
{
    /// <summary>portal review 3: a session of a microscope has its movies in a folder.</summary>
    [Theory]
    [InlineData("000001 000002 a.png cover.txt deep/thumbnail.png Preview.JPG", "Preview.JPG")]
    [InlineData("000001 000002 a.png header", "000001")]
    [InlineData("a.mrc b.txt c.png d.png", "c.png")]
    [InlineData("a.txt thumbnail.h5 z.npy", "thumbnail.h5")]
    [InlineData("0 12345 a.txt deep/a.png", "deep/a.png")]
    [InlineData("Movies/FoilHole_1.xml Movies/FoilHole_2.mrc session.xml", "Movies/FoilHole_2.mrc")]
    [InlineData("a/x/y.png b/z.mrc", "b/z.mrc")]
    [InlineData("a/deep/y.png a/readme.md b/notes.txt", "a/deep/y.png")]
    [InlineData("a/b/c/d.png .git/x.png", null)]
    [InlineData("", null)]
    public async Task A_name_says_it_or_else_the_kind(string paths, string? expected)
    {
        string[] all = paths.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var choice = new DatasetPicture((query, _) => Task.FromResult<Result<Listing>>(new Listing([.. Items(all, query.Prefix)], false)));

        Assert.Equal(expected, (await choice.ChooseAsync(TestContext.Current.CancellationToken)).Value?.Value);
    }

    /// <summary>portal review 3: a dataset of thousands of folders without a picture costs a few listings.</summary>
    [Fact]
    public async Task Only_some_folders_are_looked_into()
    {
        int asked = 0;
        ListItem[] folders = [.. Enumerable.Range(0, 1000).Select(static number => new ListItem($"f{number}/", null))];
        var choice = new DatasetPicture((_, _) =>
        {
            asked++;
            return Task.FromResult<Result<Listing>>(new Listing(asked == 1 ? folders : [], false));
        });

        Assert.Null((await choice.ChooseAsync(TestContext.Current.CancellationToken)).Value);
        Assert.Equal(21, asked);
    }

    [Fact]
    public async Task A_caller_that_may_not_list_the_files_gets_the_error()
    {
        var choice = new DatasetPicture((_, _) => Task.FromResult<Result<Listing>>(ErrorCode.Forbidden.With("No.")));

        Assert.Equal(ErrorCode.Forbidden, (await choice.ChooseAsync(TestContext.Current.CancellationToken)).Error!.Code);
    }

    private static IEnumerable<ListItem> Items(string[] paths, string prefix) => paths
        .Where(path => path.StartsWith(prefix, StringComparison.Ordinal))
        .Select(path => path.IndexOf('/', prefix.Length) is var slash and >= 0
            ? new ListItem(path[..(slash + 1)], null)
            : new ListItem(path, Entry.File(BlobHash.Compute([]), 0, 0)))
        .DistinctBy(static item => item.Path);
}
