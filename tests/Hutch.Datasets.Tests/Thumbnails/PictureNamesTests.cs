using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Hutch.Datasets.Thumbnails;
using Hutch.Model;

namespace Hutch.Datasets.Tests.Thumbnails;

/// <summary>Which files may have a picture is known in two places, the server and the portal: they know the same.</summary>
public sealed partial class PictureNamesTests
{
    [Fact]
    public async Task The_portal_asks_for_pictures_of_the_files_that_the_server_looks_into()
    {
        string portal = await File.ReadAllTextAsync(PortalNames(), TestContext.Current.CancellationToken);
        string list = NameList().Match(portal).Groups[1].Value;

        string[] endings = [.. list.Split('|').SelectMany(Spell).Select(static each => "." + each.Replace("\\.", ".", StringComparison.Ordinal)).Order()];

        Assert.Equal(PictureNames.Endings.Order(), endings);
        Assert.All(endings, static ending => Assert.True(PictureNames.MayHave(DatasetPath.Parse("folder/A" + ending.ToUpperInvariant()).Value)));
        Assert.False(PictureNames.MayHave(DatasetPath.Parse("folder/notes.txt.gz").Value));
    }

    /// <summary>A letter with a question mark is there or not.</summary>
    private static IEnumerable<string> Spell(string pattern)
    {
        int at = pattern.IndexOf('?', StringComparison.Ordinal);
        return at < 0 ? [pattern] : [pattern.Remove(at, 1), pattern.Remove(at - 1, 2)];
    }

    private static string PortalNames([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../web/src/thumbnails/names.ts"));

    [GeneratedRegex(@"const names =\s+/\\\.\(([^)]+)\)\$/i;")]
    private static partial Regex NameList();
}
