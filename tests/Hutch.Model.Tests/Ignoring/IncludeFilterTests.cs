using Hutch.Model.Ignoring;

namespace Hutch.Model.Tests.Ignoring;

public sealed class IncludeFilterTests
{
    [Theory]
    [InlineData("frames/1.cbf", true)]
    [InlineData("deep/down/frames/2.cbf", true)]
    [InlineData("frames/notes.txt", false)]
    [InlineData("mask.cbf", true)]
    [InlineData("old/mask.cbf", false)]
    [InlineData("calibration/dark/7.h5", true)]
    [InlineData("calibration/dark/7.tmp", false)]
    [InlineData("calibrations", false)]
    public void An_entry_comes_when_a_pattern_names_it_or_a_folder_that_it_is_in_and_no_later_one_takes_it_out(string path, bool comes)
    {
        var filter = new IncludeFilter(["**/frames/*.cbf", "/mask.cbf", "calibration/", "!*.tmp"]);

        Assert.Equal(comes, filter.Wants(path, isFolder: false));
    }

    [Fact]
    public void An_empty_folder_comes_when_its_name_or_one_above_is_named()
    {
        var filter = new IncludeFilter(["empty/"]);

        Assert.Equal(
            (true, true, false), (filter.Wants("empty", isFolder: true), filter.Wants("empty/in/it", isFolder: true), filter.Wants("empty", isFolder: false)));
    }

    [Fact]
    public void Without_a_pattern_everything_comes()
    {
        var filter = new IncludeFilter([]);

        Assert.Equal((true, true), (filter.IsEverything, filter.Wants("a/b", isFolder: false)));
    }

    [Fact]
    public void A_pattern_without_its_end_is_refused()
    {
        HutchException refused = Assert.Throws<HutchException>(() => new IncludeFilter(["a[b"]));

        Assert.Contains("'a[b' is no pattern", refused.Message, StringComparison.Ordinal);
    }
}
