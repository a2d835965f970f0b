using Hutch.Datasets.Thumbnails;
using Hutch.Model;

namespace Hutch.Datasets.Tests.Thumbnails;

/// <summary>Which file stands for a dataset.</summary>
public sealed class DatasetPictureTests
{
    [Theory]
    [InlineData("000001 000002 a.png cover.txt deep/thumbnail.png Preview.JPG", "Preview.JPG")]
    [InlineData("000001 000002 a.png header", "000001")]
    [InlineData("a.mrc b.txt c.png d.png", "c.png")]
    [InlineData("a.txt thumbnail.h5 z.npy", "thumbnail.h5")]
    [InlineData("0 12345 a.txt deep/a.png", null)]
    [InlineData("", null)]
    public async Task A_name_says_it_or_else_the_kind(string paths, string? expected)
    {
        ListItem[] items =
        [
            .. paths.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static path => path.Contains('/', StringComparison.Ordinal)
                ? new ListItem(path[..(path.IndexOf('/', StringComparison.Ordinal) + 1)], null)
                : new ListItem(path, Entry.File(BlobHash.Compute([]), 0, 0))),
        ];
        var choice = new DatasetPicture((_, _) => Task.FromResult<Result<Listing>>(new Listing(items, false)));

        Assert.Equal(expected, (await choice.ChooseAsync(TestContext.Current.CancellationToken)).Value?.Value);
    }

    [Fact]
    public async Task Who_may_not_list_the_files_hears_why()
    {
        var choice = new DatasetPicture((_, _) => Task.FromResult<Result<Listing>>(ErrorCode.Forbidden.With("No.")));

        Assert.Equal(ErrorCode.Forbidden, (await choice.ChooseAsync(TestContext.Current.CancellationToken)).Error!.Code);
    }
}
