using System.Text.RegularExpressions;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>
/// The folders of a project stand in layers: what one uses does not use it in turn, so that each can be read, tested and moved alone.
/// A folder is its namespace, and what it uses stands in its usings (an unnecessary one does not compile). A folder and one inside it are
/// parts of one thing and may use each other.
/// </summary>
public sealed partial class FolderCycleTests
{
    [Fact]
    public void No_folders_of_a_project_use_each_other_in_a_circle()
    {
        Violations violations = new("The folders of a project form no cycle");
        foreach (Project project in Repository.Products)
        {
            foreach ((string from, string to, string file) in EdgesInCycles(project))
            {
                violations.Add($"{from} -> {to}", $"in {file}");
            }
        }

        violations.AssertNone();
    }

    /// <summary>The uses, one file for each, that lead from a folder to one from which it can be reached again.</summary>
    private static IEnumerable<(string From, string To, string File)> EdgesInCycles(Project project)
    {
        Dictionary<(string From, string To), string> edges = Edges(project);
        ILookup<string, string> uses = edges.Keys.ToLookup(edge => edge.From, edge => edge.To);
        return edges.Where(edge => Reaches(uses, edge.Key.To, edge.Key.From)).Select(edge => (edge.Key.From, edge.Key.To, edge.Value));
    }

    private static bool Reaches(ILookup<string, string> uses, string from, string to)
    {
        var seen = new HashSet<string> { from };
        var next = new Queue<string>(seen);
        while (next.TryDequeue(out string? folder))
        {
            if (folder == to)
            {
                return true;
            }

            foreach (string used in uses[folder].Where(seen.Add))
            {
                next.Enqueue(used);
            }
        }

        return false;
    }

    private static Dictionary<(string From, string To), string> Edges(Project project)
    {
        (string Space, SourceFile File)[] files =
        [
            .. Repository.Sources(Path.GetDirectoryName(project.Path)!)
                .Select(file => (NamespacePattern().Match(file.Code).Groups[1].Value, file))
                .Where(file => file.Value.Length > 0),
        ];
        HashSet<string> spaces = [.. files.Select(file => file.Space)];
        var edges = new Dictionary<(string From, string To), string>();
        foreach ((string space, SourceFile file) in files)
        {
            foreach (Match match in UsingPattern().Matches(file.Code))
            {
                if (SpaceOf(match.Groups[1].Value, spaces) is { } used && Siblings(space, used) is { } siblings)
                {
                    edges.TryAdd(siblings, file.Path);
                }
            }
        }

        return edges;
    }

    /// <summary>The two folders of one parent that a use goes between; null when one of both is inside the other.</summary>
    private static (string From, string To)? Siblings(string from, string to)
    {
        string[] a = from.Split('.');
        string[] b = to.Split('.');
        int common = a.Zip(b).TakeWhile(pair => pair.First == pair.Second).Count();
        return common < Math.Min(a.Length, b.Length) ? (string.Join('.', a[..(common + 1)]), string.Join('.', b[..(common + 1)])) : null;
    }

    /// <summary>The namespace of the project that a using names, or that holds the type it names; null for others.</summary>
    private static string? SpaceOf(string name, HashSet<string> spaces)
    {
        for (string rest = name; rest.Length > 0; rest = rest[..Math.Max(0, rest.LastIndexOf('.'))])
        {
            if (spaces.Contains(rest))
            {
                return rest;
            }
        }

        return null;
    }

    [GeneratedRegex(@"^namespace\s+([\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(@"^(?:global )?using\s+(?:static\s+|\w+\s*=\s*)?(Hutch\.[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex UsingPattern();
}
