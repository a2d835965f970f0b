using Hutch.Datasets.Search;
using Hutch.Model;

namespace Hutch.Datasets.Tests.Search;

public sealed class FileTermsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Run_1/Lyso-2 MASTER.h5", "run lyso master h5")]
    [InlineData("2026/11/0001.cbf", "cbf")]
    [InlineData("a/b.txt|a/c.txt", "a b txt c")]
    [InlineData("frame0001|frame0002|lyso3b|lyso12b|log", "frame0001 lyso3b log frame0002 lyso12b")]
    [InlineData("Citroën/Größe_β", "citroën größe β")]
    [InlineData("...|_", "")]
    public async Task Words_of_file_names_are_indexed_and_words_that_differ_only_in_digits_come_later(string paths, string expected) =>
        Assert.Equal(expected, (await OfAsync(paths.Split('|'))).Words);

    [Fact]
    public async Task A_word_behind_many_numbered_ones_is_still_there()
    {
        (string words, _) = await OfAsync([.. Enumerable.Range(0, 5000).Select(i => $"img{i:d5}"), "z_master"]);

        string[] split = words.Split(' ');
        Assert.Equal(FileTerms.MaxWords, split.Length);
        Assert.Equal(["img00000", "z", "master", "img00001"], split[..4]);
    }

    [Fact]
    public async Task A_dataset_of_any_size_costs_so_many_entries_and_words()
    {
        (string few, int entries) = await OfAsync(Enumerable.Range(0, 20_000).Select(i => i == 15_000 ? "late" : "same"));
        (string many, int until) = await OfAsync(Enumerable.Range(0, 9000).Select(i => string.Concat($"{i}".Select(digit => (char)('a' + digit - '0')))));

        Assert.Equal(("same", FileTerms.MaxEntries), (few, entries));
        Assert.Equal((FileTerms.MaxWords, FileTerms.MaxWords), (many.Split(' ').Length, until));
    }

    private static Task<(string Words, int Entries)> OfAsync(IEnumerable<string> paths) => FileTerms.OfAsync(
        paths.Select(path => new PathEntry(DatasetPath.Parse(path).Value, Entry.Link("x"))).ToAsyncEnumerable(), Ct);
}
