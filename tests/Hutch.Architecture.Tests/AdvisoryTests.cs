using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>
/// No locked package has a published fault. The audits of NuGet and npm need their registries, which not every place that builds can reach: the
/// list is checked in (build/advisories.txt).
/// </summary>
public sealed class AdvisoryTests
{
    private const string List = "build/advisories.txt";
    private const int Columns = 6;

    [Fact]
    public void No_locked_package_has_a_fault_of_the_list()
    {
        ILookup<(string Ecosystem, string Name), string> locked = Locked().ToLookup(
            static one => (one.Ecosystem, one.Name), static one => one.Version);

        Assert.Empty(Listed().SelectMany(line => locked[(line[0], line[1])]
            .Where(version => IsAffected(version, line[3]))
            .Select(version => $"{line[1]} {version}: {line[2]} ({line[4]}), {line[5]}")));
    }

    [Fact]
    public void Each_line_of_the_list_is_about_a_locked_package_and_the_list_says_of_when_it_is()
    {
        HashSet<(string, string)> locked = [.. Locked().Select(static one => (one.Ecosystem, one.Name))];
        string[][] lines = [.. Listed()];
        string date = File.ReadLines(Path.Combine(Repository.Root, List)).Single(line => line.StartsWith("# as of ", StringComparison.Ordinal));

        Assert.NotEmpty(lines);
        Assert.All(lines, static line => Assert.Equal(Columns, line.Length));
        Assert.Empty(lines.Where(line => !locked.Contains((line[0], line[1]))).Select(static line => line[1]));
        Assert.True(DateOnly.TryParseExact(date["# as of ".Length..], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
    }

    [Theory]
    [InlineData("1.2.3", "<1.2.4", true)]
    [InlineData("1.2.4", "<1.2.4", false)]
    [InlineData("1.2.4-rc.1", "<1.2.4", true)]
    [InlineData("1.10.0", "<1.2.4", false)]
    [InlineData("8.0.0-alpha.16", "<7.26.10 || >=8.0.0-alpha.0 <8.0.0-alpha.17", true)]
    [InlineData("8.0.0-alpha.17", "<7.26.10 || >=8.0.0-alpha.0 <8.0.0-alpha.17", false)]
    [InlineData("4.0.3.2", ">=4.0.0 <4.0.3.3", true)]
    [InlineData("2.0.1", ">=1.0.0 <=2.0.1", true)]
    [InlineData("2.0.2", ">=1.0.0 <=2.0.1", false)]
    [InlineData("2.0.2", ">=0", true)]
    public void Ranges_of_versions_are_those_of_the_ecosystems(string version, string ranges, bool isAffected) =>
        Assert.Equal(isAffected, IsAffected(version, ranges));

    [Fact]
    public void The_list_is_renewed_from_a_folder_of_advisories()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hutch-advisories");
        try
        {
            folder.CreateSubdirectory("build");
            string database = folder.CreateSubdirectory("database").FullName;
            string project = folder.CreateSubdirectory("src/Some").FullName;
            string web = folder.CreateSubdirectory("web").FullName;
            File.WriteAllText(Path.Combine(web, "package-lock.json"), """{ "packages": { "": {}, "node_modules/vite": { "version": "8.3.8" } } }""");
            File.WriteAllText(
                Path.Combine(project, "packages.lock.json"),
                """{ "dependencies": { "net10.0": { "Npgsql": { "type": "Direct", "resolved": "10.0.3" }, "some": { "type": "Project" } } } }""");
            File.WriteAllText(Path.Combine(database, "GHSA-1.json"), """
                { "id": "GHSA-1", "summary": "It shows\n files", "database_specific": { "severity": "HIGH" }, "affected": [
                  { "package": { "ecosystem": "npm", "name": "vite" }, "ranges": [{ "events": [{ "introduced": "0" }, { "fixed": "4.5.6" }] }] },
                  { "package": { "ecosystem": "npm", "name": "vite" },
                    "ranges": [{ "events": [{ "introduced": "5.0.0" }, { "last_affected": "5.4.11" }] }] },
                  { "package": { "ecosystem": "NuGet", "name": "Other" }, "ranges": [{ "events": [{ "introduced": "0" }] }] }] }
                """);
            File.WriteAllText(Path.Combine(database, "GHSA-2.json"), """{ "id": "GHSA-2", "withdrawn": "2026-01-01T00:00:00Z", "affected": [] }""");

            using Process renewed = Process.Start(new ProcessStartInfo(
                "python3", [Path.Combine(Repository.Root, "build/advisories.py"), database, folder.FullName])
            {
                RedirectStandardOutput = true,
            })!;
            string said = renewed.StandardOutput.ReadToEnd();
            renewed.WaitForExit();

            Assert.Equal((0, "1 advisories of 1 packages in build/advisories.txt.\n"), (renewed.ExitCode, said));
            Assert.Equal(
                ["npm\tvite\tGHSA-1\t<4.5.6 || >=5.0.0 <=5.4.11\thigh\tIt shows files"],
                File.ReadAllLines(Path.Combine(folder.FullName, List)).Where(static line => line[0] != '#'));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string[]> Listed() =>
        File.ReadLines(Path.Combine(Repository.Root, List)).Where(static line => line[0] != '#').Select(static line => line.Split('\t'));

    private static IEnumerable<(string Ecosystem, string Name, string Version)> Locked()
    {
        using JsonDocument npm = JsonDocument.Parse(Repository.Text("web/package-lock.json"));
        foreach (JsonProperty package in npm.RootElement.GetProperty("packages").EnumerateObject().Where(static one => one.Name.Length > 0))
        {
            yield return ("npm", package.Name.Split("node_modules/")[^1], package.Value.GetProperty("version").GetString()!);
        }

        foreach (string file in (string[])[.. Repository.Files("src", "packages.lock.json"), .. Repository.Files("tests", "packages.lock.json"),
            .. Repository.Files("bench", "packages.lock.json")])
        {
            using JsonDocument nuget = JsonDocument.Parse(File.ReadAllText(file));
            foreach (JsonProperty package in nuget.RootElement.GetProperty("dependencies").EnumerateObject()
                .SelectMany(static target => target.Value.EnumerateObject())
                .Where(static package => package.Value.GetProperty("type").GetString() != "Project"))
            {
                yield return ("nuget", package.Name, package.Value.GetProperty("resolved").GetString()!);
            }
        }
    }

    private static bool IsAffected(string version, string ranges) => ranges.Split(" || ").Any(range => range.Split(' ').All(bound => bound switch
    {
        ['<', '=', .. string last] => Compare(version, last) <= 0,
        ['<', .. string end] => Compare(version, end) < 0,
        ['>', '=', .. string begin] => Compare(version, begin) >= 0,
        ['>', .. string before] => Compare(version, before) > 0,
        ['=', .. string exact] => Compare(version, exact) == 0,
        _ => throw new FormatException($"'{bound}' is no bound of a version: {ranges}"),
    }));

    /// <summary>Compares versions as SemVer 2.0 orders them; NuGet's have a fourth number.</summary>
    private static int Compare(string one, string other)
    {
        (string[] first, string[]? before) = Parts(one);
        (string[] second, string[]? after) = Parts(other);
        int numbers = Compare(first, second, "0");
        return numbers != 0 ? numbers
            : before is null || after is null ? (before is null ? 1 : 0) - (after is null ? 1 : 0)
            : Compare(before, after, "");
    }

    private static int Compare(string[] one, string[] other, string missing)
    {
        for (int i = 0; i < Math.Max(one.Length, other.Length); i++)
        {
            (string a, string b) = (one.ElementAtOrDefault(i) ?? missing, other.ElementAtOrDefault(i) ?? missing);
            bool isNumber = long.TryParse(a, CultureInfo.InvariantCulture, out long x), isOther = long.TryParse(b, CultureInfo.InvariantCulture, out long y);
            int order = isNumber && isOther ? x.CompareTo(y)
                : isNumber || isOther ? (a.Length == 0 ? -1 : b.Length == 0 ? 1 : isNumber ? -1 : 1)
                : string.CompareOrdinal(a, b);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static (string[] Numbers, string[]? Prerelease) Parts(string version)
    {
        string[] parts = version.Split('+')[0].Split('-', 2);
        return (parts[0].Split('.'), parts.Length > 1 ? parts[1].Split('.') : null);
    }
}
