using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>The pages say what is so.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void The_map_of_modules_is_what_the_project_files_say()
    {
        Dictionary<string, string> map = TableRows("docs/architecture.md")
            .Where(cells => cells[0].StartsWith("Hutch.", StringComparison.Ordinal))
            .ToDictionary(cells => cells[0], cells => Sorted(cells[2].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
        Dictionary<string, string> projects = Repository.Products
            .ToDictionary(project => project.Name, project => Sorted(project.References.Select(name => name["Hutch.".Length..])));

        Assert.Equal(Lines(projects), Lines(map));
    }

    [Fact]
    public void Every_dependency_is_explained()
    {
        string[] nuget =
        [
            .. XDocument.Parse(Repository.Text("Directory.Packages.props")).Descendants("PackageVersion").Select(item => item.Attribute("Include")!.Value),
        ];
        string[] debian =
        [
            .. Repository.Text("build/packages.txt").Split('\n')
                .Where(line => line.Length > 0 && line[0] != '#')
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]),
        ];
        string[] explained = [.. TableRows("docs/decisions/0002-dependencies.md").Select(cells => cells[0])];

        Assert.Equal(Lines(nuget.Concat(debian)), Lines(explained));
    }

    [Theory]
    [InlineData("HotPixelStep", "tests/Hutch.Analysis.Tests/Steps/HotPixelStep.cs")]
    [InlineData("CountTask", "tests/Hutch.Api.Tests/Contract/CountTask.cs")]
    public void An_example_of_the_page_about_extensions_is_code_that_tests_run(string type, string file)
    {
        string begin = "internal sealed class " + type;
        string code = Repository.Text(file);

        Assert.Contains($"```csharp\n{code[code.IndexOf(begin, StringComparison.Ordinal)..]}```", Repository.Text("docs/extending.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_of_a_REST_operation_is_in_the_source()
    {
        string example = RestExample().Match(Repository.Text("docs/extending.md")).Groups[1].Value;
        string[] parts = example.Split("// ", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, parts.Length);
        foreach (string part in parts)
        {
            int end = part.IndexOf('\n', StringComparison.Ordinal);
            string file = Assert.Single(Repository.Files("src", part[..end]));
            Assert.Contains(Flat(part[end..]), Flat(File.ReadAllText(file)), StringComparison.Ordinal);
        }

        static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Every_decision_is_in_the_list()
    {
        string list = Repository.Text("docs/decisions/README.md");
        Violations violations = new("docs/decisions/README.md lists every decision");
        foreach (string path in Repository.Files("docs/decisions", "0*.md"))
        {
            if (!list.Contains($"({Path.GetFileName(path)})", StringComparison.Ordinal))
            {
                violations.Add(Repository.Relative(path), "is not in it");
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        Violations violations = new("Links lead to files that are there");
        foreach (string page in Repository.Files("docs", "*.md").Concat(Directory.GetFiles(Repository.Root, "*.md")))
        {
            foreach (Match match in LinkPattern().Matches(CodePattern().Replace(File.ReadAllText(page), "")))
            {
                string target = Path.Combine(Path.GetDirectoryName(page)!, match.Groups[1].Value);
                if (!File.Exists(target) && !Directory.Exists(target))
                {
                    violations.Add(Repository.Relative(page), match.Groups[1].Value);
                }
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void Every_link_to_a_section_leads_to_a_heading()
    {
        Violations violations = new("Links to sections lead to headings that are there");
        foreach (string page in Repository.Files("docs", "*.md").Concat(Directory.GetFiles(Repository.Root, "*.md")))
        {
            foreach (Match match in SectionLinkPattern().Matches(CodePattern().Replace(File.ReadAllText(page), "")))
            {
                string target = match.Groups[1].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, match.Groups[1].Value);
                if (target.EndsWith(".md", StringComparison.Ordinal) && File.Exists(target) && !Anchors(target).Contains(match.Groups[2].Value))
                {
                    violations.Add(Repository.Relative(page), match.Value);
                }
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void Guides_hide_no_step()
    {
        Violations violations = new("A page shows each command that its reader needs: hidden blocks are checks, which only wait and compare");
        foreach (string page in Repository.Files("docs", "*.md"))
        {
            foreach (Match block in HiddenBlockPattern().Matches(File.ReadAllText(page)))
            {
                bool isCheck = block.Groups[1].Value == " check";
                violations.AddRange(block.Groups[2].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Where(line => !isCheck || MakingPattern().IsMatch(line))
                    .Select(line => (Repository.Relative(page), line)));
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void Each_role_guide_has_a_section_for_users_of_other_systems()
    {
        Violations violations = new("Guides of roles have the section 'Coming from another system'");
        violations.AddRange(Repository.Files("docs/getting-started", "*.md")
            .Where(page => !File.ReadAllText(page).Contains("\n## Coming from another system\n", StringComparison.Ordinal))
            .Select(page => (Repository.Relative(page), "has none")));

        violations.AssertNone();
    }

    /// <summary>The names of the sections of a page, as forges make them from its headings.</summary>
    private static HashSet<string> Anchors(string page) =>
    [
        .. HeadingPattern().Matches(FencePattern().Replace(File.ReadAllText(page), ""))
            .Select(match => LinkTextPattern().Replace(match.Groups[1].Value, "$1").ToLowerInvariant())
            .Select(heading => string.Concat(heading.Where(c => char.IsLetterOrDigit(c) || c is '-' or '_' or ' ')).Replace(' ', '-')),
    ];

    /// <summary>The cells of every table row of a page, headings left out.</summary>
    private static IEnumerable<string[]> TableRows(string page)
    {
        string[] lines = Repository.Text(page).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            bool isHeading = i + 1 < lines.Length && lines[i + 1].StartsWith("|--", StringComparison.Ordinal);
            if (lines[i].StartsWith("| ", StringComparison.Ordinal) && !isHeading)
            {
                yield return lines[i].Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);
            }
        }
    }

    private static string Sorted(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));

    private static string Lines(Dictionary<string, string> rows) => Lines(rows.Select(row => $"{row.Key}: {row.Value}"));

    [GeneratedRegex("## A REST operation.*?```csharp\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex RestExample();

    [GeneratedRegex(@"```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"\]\((?!\w+:)([^)#\s]*)#([^)\s]+)\)")]
    private static partial Regex SectionLinkPattern();

    [GeneratedRegex("^#{1,6} (.*?) *$", RegexOptions.Multiline)]
    private static partial Regex HeadingPattern();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex FencePattern();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkTextPattern();

    [GeneratedRegex(@"^<!-- sh( check)?\n(.*?)^-->", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex HiddenBlockPattern();

    [GeneratedRegex(@"^\s*(hutch|mkdir|cp|export|echo|touch|curl) ")]
    private static partial Regex MakingPattern();

    [GeneratedRegex(@"\]\((?!\w+:)([^)#\s]+)[^)]*\)")]
    private static partial Regex LinkPattern();
}
