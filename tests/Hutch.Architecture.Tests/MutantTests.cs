using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>The patches of <c>./run mutants</c> keep up with the code; whether the tests notice them is what that command finds out.</summary>
public sealed class MutantTests
{
    private const string Folder = "tests/mutants";
    private const string TestsMark = "Tests: ";

    [Fact]
    public void Each_mutant_still_applies()
    {
        Violations violations = new("A patch changes lines that are there");
        foreach (string patch in Patches())
        {
            string file = Lines(patch).First(line => line.StartsWith("--- a/", StringComparison.Ordinal))["--- a/".Length..];
            string text = Repository.Text(file);
            violations.AddRange(Hunks(patch).Where(hunk => !text.Contains(hunk, StringComparison.Ordinal)).Select(
                _ => (Repository.Relative(patch), $"{file} is different by now: make the change again")));
        }

        violations.AssertNone();
    }

    [Fact]
    public void Each_mutant_names_test_classes_that_are_there()
    {
        Violations violations = new($"'{TestsMark}PROJECT CLASS, …' says who should notice");
        foreach (string patch in Patches())
        {
            string[] named = [.. Lines(patch).Where(line => line.StartsWith(TestsMark, StringComparison.Ordinal)).SelectMany(
                line => line[TestsMark.Length..].Split(", "))];
            string[] absent = [.. named.Where(name => !IsThere(name))];
            violations.AddRange(absent.Select(name => (Repository.Relative(patch), $"there is no '{name}'")));
            if (named.Length == 0)
            {
                violations.Add(Repository.Relative(patch), "names no tests");
            }
        }

        violations.AssertNone();
    }

    private static bool IsThere(string name) =>
        name.Split(' ') is [var project, var type]
        && Repository.Files($"tests/{project}", "*.cs").Any(path => Path.GetFileName(path).Split('.')[0] == type);

    private static IEnumerable<string> Patches() => Repository.Files(Folder, "*.patch");

    private static string[] Lines(string patch) => File.ReadAllText(patch).Split('\n');

    /// <summary>What each part of a patch expects to find: the lines that stay and those that go.</summary>
    private static IEnumerable<string> Hunks(string patch) =>
        File.ReadAllText(patch).Split("\n@@ ").Skip(1).Select(part => string.Join(
            '\n', part.Split('\n').Skip(1).Where(line => line.StartsWith(' ') || line.StartsWith('-')).Select(line => line[1..])));
}
