using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>How the source is cut into files, so that it can be read from the names of folders and files.</summary>
public sealed partial class SourceLayoutTests
{
    private const int MaxClassLines = 600;
    private const int MaxPartialFiles = 40;
    private const int MaxTestLines = 500;
    private const int MaxProjectLines = 20;
    private const int MaxLinesBesideOwner = 30;

    /// <summary>Whose public types may share a file, and why.</summary>
    private static readonly Dictionary<string, string> MayShareAFile = new()
    {
        ["src/Hutch.Contracts/"] = "a request and its answer stand together",
        ["src/Hutch.Model/Records/"] = "a record stands with its parts",
        ["src/Hutch.Model/Errors/Result.cs"] = "Done is the value of a Result that has none",
    };

    /// <summary>Classes that may be longer, and the reasons.</summary>
    private static readonly Dictionary<string, string> MayBeLong = new()
    {
        ["src/Hutch.Agent/Watching/RuleWatch"] = "one state machine under one lock: parents, folders and rounds of scans",
        ["src/Hutch.Catalog/Site/SiteQueries"] = "the SQL that reads the records of a site, a file for each group of tables",
        ["src/Hutch.Catalog/Site/SiteWriter"] = "the SQL that applies each journal record, a file for each group of tables",
        ["src/Hutch.Site/Write/Committing/Committer"] = "one lock and one order of commits; its groups are a file of their own",
        ["src/Hutch.Storage/Segments/SegmentStore"] = "one list of segments under one lock: reading, the journal and maintenance use it",
    };

    /// <summary>Projects whose tests are in a project that tests a neighbour too: each test program costs the time of its start.</summary>
    private static readonly Dictionary<string, string> TestedWith = new()
    {
        ["Hutch.Buckets"] = "Hutch.Cluster.Tests",
        ["Hutch.Dav"] = "Hutch.Api.Tests",
        ["Hutch.DataLadClient"] = "Hutch.Commands.Tests",
        ["Hutch.Node"] = "Hutch.Commands.Tests",
    };

    [Fact]
    public void No_class_is_longer_than_600_lines_over_all_its_files()
    {
        Violations violations = new($"At most {MaxClassLines} lines a class, counted over all its partial files");
        foreach ((string type, SourceFile[] files) in Types())
        {
            int lines = files.Sum(file => file.LineCount);
            if (lines > MaxClassLines && !MayBeLong.ContainsKey(type))
            {
                violations.Add(type, $"has {lines} lines in {files.Length} files");
            }
            else if (lines <= MaxClassLines && MayBeLong.TryGetValue(type, out string? reason))
            {
                violations.Add(type, $"is listed ({reason}), but has only {lines} lines: take it off the list");
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void Few_classes_have_a_second_file()
    {
        string[] halves = [.. Repository.Sources("src").Select(file => file.Path).Where(path => Path.GetFileName(path).Count(c => c == '.') > 1)];

        Assert.True(halves.Length < MaxPartialFiles, $"{halves.Length} partial files, {MaxPartialFiles} are too many: {string.Join(", ", halves)}");
    }

    [Fact]
    public void No_file_of_a_test_is_longer_than_500_lines()
    {
        Violations violations = new($"At most {MaxTestLines} lines a file");
        foreach (SourceFile file in Repository.Sources("tests", "bench").Where(file => file.LineCount > MaxTestLines))
        {
            violations.Add(file.Path, $"has {file.LineCount} lines");
        }

        violations.AssertNone();
    }

    [Fact]
    public void No_message_names_a_page_or_file_of_the_source()
    {
        Violations violations = new("A person who has only the program cannot open a file of the source: say what to do instead");
        // The comments of SQL are for developers.
        foreach (SourceFile file in Repository.Sources("src").Where(file => !file.Path.EndsWith("Schema.cs", StringComparison.Ordinal)))
        {
            foreach (Match match in SourceFileName().Matches(file.Strings))
            {
                violations.Add($"{file.Path}:{file.LineAt(match.Index)}", $"names {match.Value}");
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void No_project_file_is_as_long_as_20_lines_and_none_names_a_version()
    {
        Violations violations = new($"Project files are under {MaxProjectLines} lines, without blanks and usings; versions stand in Directory.Packages.props");
        foreach (Project project in Repository.Products.Concat(Repository.Tests))
        {
            string text = Repository.Text(project.Path);
            int lines = text.Split('\n').Count(static line => line.Trim() is { Length: > 0 } words && !words.StartsWith("<Using ", StringComparison.Ordinal));
            if (lines >= MaxProjectLines)
            {
                violations.Add(project.Path, $"has {lines} lines");
            }

            if (text.Contains("Version=", StringComparison.Ordinal))
            {
                violations.Add(project.Path, "names a version");
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void Files_that_only_a_release_imports_are_well_formed()
    {
        foreach (string file in Repository.Files("build", "*.targets"))
        {
            Assert.NotNull(XDocument.Load(file).Root);
        }
    }

    [Fact]
    public void A_file_has_the_name_of_its_public_type_and_its_other_public_types_are_small_data()
    {
        Violations violations = new(
            $"One public top-level type a file, named as the file; records, enums and delegates of {MaxLinesBesideOwner} lines may stand "
            + "behind it (convention 2)");
        foreach (SourceFile file in Repository.Sources("src").Where(file => !MayShareAFile.Keys.Any(file.Path.StartsWith)))
        {
            (string Kind, string Name, int Lines)[] types = [.. TopLevelPublicTypes(file).DistinctBy(type => type.Name)];
            string stem = Path.GetFileName(file.Path).Split('.')[0];
            violations.AddRange(types.Take(1).Where(type => type.Name != stem).Select(type => (file.Path, $"holds {type.Name}")));
            violations.AddRange(types.Skip(1)
                .Where(type => !IsData(type.Kind) || type.Lines > MaxLinesBesideOwner)
                .Select(type => (file.Path, $"has {type.Kind} {type.Name} of {type.Lines} lines too")));
        }

        violations.AssertNone();
    }

    [Fact]
    public void A_namespace_is_the_folder_or_one_above_it_in_the_project()
    {
        Violations violations = new("File-scoped namespaces that follow the folders (convention 2)");
        foreach (SourceFile file in Repository.Sources("src"))
        {
            string[] folders = Path.GetDirectoryName(file.Path)!.Split('/')[1..];
            Match match = NamespacePattern().Match(file.Code);
            string space = match.Groups[1].Value;
            bool program = !match.Success && !file.Code.Contains("class ", StringComparison.Ordinal);
            if (!program && !IsPrefix(space, folders))
            {
                violations.Add(file.Path, match.Success ? $"has namespace {space}" : "has no file-scoped namespace");
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void No_work_is_left_as_a_note()
    {
        Violations violations = new("Do it, or open an issue; no notes to oneself, no regions, no code in comments (convention 3)");
        foreach (SourceFile file in Repository.Sources("src", "tests", "bench"))
        {
            foreach (Match match in NotePattern().Matches(file.Text))
            {
                violations.Add($"{file.Path}:{file.LineAt(match.Index)}", match.Value);
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void No_test_is_skipped()
    {
        Violations violations = new("Tests run, or are not there");
        foreach (SourceFile file in Repository.Sources("tests"))
        {
            foreach (Match match in SkipPattern().Matches(file.Code))
            {
                violations.Add($"{file.Path}:{file.LineAt(match.Index)}", match.Value);
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void A_script_of_a_test_says_not_and_no_exclamation_mark_which_set_e_ignores()
    {
        Violations violations = new("`not COMMAND` in scripts of tests: a line that begins with `!` cannot fail");
        foreach (string file in Repository.Files("tests", "*.sh").Concat(Repository.Files("tests", "*.cs")))
        {
            string path = Repository.Relative(file);
            violations.AddRange(NegationPattern().Matches(Repository.Text(path)).Select(match => (path, match.Value.Trim())));
        }

        violations.AssertNone();
    }

    [Fact]
    public void SQL_stands_only_in_the_catalog_and_in_the_shared_log()
    {
        // The statements of the shared log are its protocol: which locks, which order, which commit.
        string[] mayHave = ["src/Hutch.Catalog/", "src/Hutch.Cluster/Journal/", "src/Hutch.Cluster/Servers/"];
        Violations violations = new("SQL only in Hutch.Catalog (convention 16), and in the log that several servers share");
        foreach (SourceFile file in Repository.Sources("src").Where(file => !mayHave.Any(folder => file.Path.StartsWith(folder, StringComparison.Ordinal))))
        {
            foreach (Match match in SqlPattern().Matches(file.Strings))
            {
                violations.Add($"{file.Path}:{file.LineAt(match.Index)}", match.Value.Trim());
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void Every_project_has_a_test_project_and_all_are_in_the_solution()
    {
        Violations violations = new("A test project for each product project, all of them in Hutch.slnx");
        string solution = Repository.Text("Hutch.slnx");
        foreach (Project project in Repository.Products)
        {
            if (!Repository.Tests.Any(tests => tests.Name == TestedWith.GetValueOrDefault(project.Name, project.Name + ".Tests")))
            {
                violations.Add(project.Path, "has no test project");
            }
        }

        foreach (Project project in Repository.Products.Concat(Repository.Tests))
        {
            if (!solution.Contains($"\"{project.Path}\"", StringComparison.Ordinal))
            {
                violations.Add("Hutch.slnx", $"lacks {project.Path}");
            }
        }

        violations.AssertNone();
    }

    /// <summary>The products' files by the class that they are named after.</summary>
    private static IEnumerable<(string Type, SourceFile[] Files)> Types() => Repository.Sources("src")
        .GroupBy(file => Path.Combine(Path.GetDirectoryName(file.Path)!, Path.GetFileName(file.Path).Split('.')[0]))
        .Select(files => (files.Key, files.ToArray()));

    private static bool IsPrefix(string space, string[] folders) =>
        space.Length > 0 && $"{string.Join('.', folders)}.".StartsWith(space + ".", StringComparison.Ordinal);

    /// <summary>Public types that stand in no braces: with file-scoped namespaces these are the top-level ones.</summary>
    private static IEnumerable<(string Kind, string Name, int Lines)> TopLevelPublicTypes(SourceFile file)
    {
        int depth = 0;
        int last = 0;
        foreach (Match match in PublicTypePattern().Matches(file.Code))
        {
            ReadOnlySpan<char> between = file.Code.AsSpan(last, match.Index - last);
            depth += between.Count('{') - between.Count('}');
            last = match.Index;
            if (depth == 0)
            {
                yield return (match.Groups["kind"].Value, match.Groups["name"].Value, LinesOf(file.Code.AsSpan(match.Index)));
            }
        }
    }

    /// <summary>Lines of a declaration: to its semicolon, or to the brace that closes it.</summary>
    private static int LinesOf(ReadOnlySpan<char> code)
    {
        int depth = 0;
        int end = 0;
        for (bool isOpen = true; isOpen && end < code.Length; end++)
        {
            depth += code[end] switch { '{' => 1, '}' => -1, _ => 0 };
            isOpen = depth > 0 || code[end] is not ('}' or ';');
        }

        return code[..end].Count('\n') + 1;
    }

    private static bool IsData(string kind) =>
        kind is "enum" or "struct" || kind.StartsWith("record", StringComparison.Ordinal) || kind.StartsWith("delegate", StringComparison.Ordinal);

    [GeneratedRegex(@"\bdocs/[\w/-]+\.(?:md|sh)\b|\bdeploy/[\w/]+|\b[A-Z]\w+\.cs\b")]
    private static partial Regex SourceFileName();

    [GeneratedRegex(@"^namespace\s+([\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(@"\bpublic\s+(?:(?:static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*(?<kind>record\s+struct|record\s+class|class|struct|record|interface|enum|delegate\s+[\w<>\[\]?.,\s]+?)\s+(?<name>\w+)")]
    private static partial Regex PublicTypePattern();

    [GeneratedRegex(@"\b(?:TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X)\b|^\s*#region.*$|^\s*//\s*(?:var|return|await|if \(|public|private)\b.*;\s*$", RegexOptions.Multiline)]
    private static partial Regex NotePattern();

    [GeneratedRegex(@"\bSkip\s*=|\bSkipWhen\s*=|\bSkipUnless\s*=|\bAssert\.Skip\w*|\bExplicit\s*=")]
    private static partial Regex SkipPattern();

    [GeneratedRegex(@"(?:^[ \t]*|; )! [a-z]\w* [^|\n]*$", RegexOptions.Multiline)]
    private static partial Regex NegationPattern();

    [GeneratedRegex(@"\b(?:SELECT\s[^\n]*\sFROM\s|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+TABLE\s|PRAGMA\s)", RegexOptions.IgnoreCase)]
    private static partial Regex SqlPattern();
}
