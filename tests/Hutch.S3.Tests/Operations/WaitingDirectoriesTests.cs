using Hutch.Model;
using Hutch.S3.Operations.Buckets;

namespace Hutch.S3.Tests.Operations;

/// <summary>The empty directories that wait for their turn in a listing are found with few questions, whatever the place is.</summary>
public sealed class WaitingDirectoriesTests
{
    [Theory]
    [InlineData(1, "")]
    [InlineData(1, "a", "b/c")]
    [InlineData(3, "!", "!!!!!/x")]
    [InlineData(11, "", "!", "!!", "!!!!!!!!!!")]
    public async Task A_long_hostile_place_costs_no_more_questions_than_there_are_entries_that_begin_it(int most, params string[] directories)
    {
        int asked = 0;

        List<string> found = [.. await FindAsync("", new string('!', 1000), directories, () => asked++)];

        Assert.Equal(directories.Where(path => path.Length > 0 && path.All(c => c == '!')).Order(StringComparer.Ordinal), found);
        Assert.InRange(asked, 1, most);
    }

    [Fact]
    public async Task Each_place_finds_what_looking_at_every_directory_finds()
    {
        string[] directories = ["a", "a!", "a!/b", "a-", "a-x", "a-x-y/z", "ab", "b"];
        string[] texts = [.. directories, "a-x-y", "a!x", "a-/", "a!/b!", "a-x-", "a-x-y/z!", "a!!!", "-", "a/", "b!", "b/"];
        foreach (string prefix in (string[])["", "a", "a-", "a!/"])
        {
            foreach (string? after in texts.Append(null))
            {
                string place = after is null || string.CompareOrdinal(after, prefix) < 0 ? prefix : after;
                IEnumerable<string> expected = directories.Where(path => path.Length < place.Length && place.StartsWith(path, StringComparison.Ordinal)
                    && place[path.Length] <= '/' && (path + "/").StartsWith(prefix, StringComparison.Ordinal)
                    && (after is null || string.CompareOrdinal(path + "/", after) > 0));

                Assert.Equal(expected.Order(StringComparer.Ordinal), await FindAsync(prefix, after, directories, static () => { }));
            }
        }
    }

    private static async Task<List<string>> FindAsync(string prefix, string? after, string[] directories, Action ask)
    {
        var items = new SortedDictionary<string, ListItem>(StringComparer.Ordinal);
        foreach (string path in directories.Where(path => path.Length > 0))
        {
            items[path] = new ListItem(path, Entry.Directory());
        }

        CancellationToken ct = TestContext.Current.CancellationToken;
        return await WaitingDirectories.FindAsync(prefix, after, First, ct).Select(item => item.Path).ToListAsync(ct);

        ValueTask<ListItem?> First(string text, CancellationToken cancellationToken)
        {
            ask();
            string? path = items.Keys.FirstOrDefault(path => path.StartsWith(text, StringComparison.Ordinal));
            int slash = path?.IndexOf('/', text.Length) ?? -1;
            return new(path is null ? null : slash >= 0 ? new ListItem(path[..(slash + 1)], null) : items[path]);
        }
    }
}
