using System.Text.RegularExpressions;
using Hutch.Architecture.Tests.Compiled;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>The field's own terms and plain English, in names, summaries and pages. docs/glossary.md defines the terms.</summary>
public sealed partial class VocabularyTests
{
    private const int MaxColumns = 120;

    /// <summary>Summaries that begin with What, Who, Where, Why or How. The number may only fall.</summary>
    private const int MostRiddles = 24;

    /// <summary>Words in names of types that have a standard term, and the term. Names of the REST interface stay as they are.</summary>
    private static readonly Dictionary<string, string> ForbiddenWords = new()
    {
        ["Patience"] = "IdleTimeout, RequestTimeout, RetryPolicy",
        ["Patient"] = "Retrying",
        ["Told"] = "Reported, Notified",
        ["Teller"] = "Reporter",
        ["Brought"] = "Imported, Received",
        ["Believed"] = "Expected",
        ["Wish"] = "Request",
        ["Doubt"] = "ConsistencyCheck",
        ["Standing"] = "Eligibility, State",
        ["Lasting"] = "Durable",
        ["Everywhere"] = "Federated",
        ["Here"] = "Local",
        ["Poke"] = "Rescan",
        ["Whoever"] = "Caller",
        ["Somebody"] = "Caller",
        ["Nobody"] = "None",
        ["Upkeep"] = "Maintenance",
        ["Fold"] = "Compaction",
        ["Folded"] = "Compacted",
        ["Room"] = "Space, Quota, Buffer, Slots",
        ["Turn"] = "Lock, Transaction, Slot",
        ["Turns"] = "Admission, Slots",
        ["Place"] = "Location, Cursor, Slot",
        ["Places"] = "Router, Index",
        ["Look"] = "Scan, Probe, Preview",
        ["Ways"] = "Connections, Routes",
        ["Book"] = "Sessions, Table",
        ["Twin"] = "Duplicate",
        ["Settle"] = "Complete",
    };

    /// <summary>Ceilings of the prose of the pages. They may only fall.</summary>
    private static readonly (string Group, double WordsASentence, double LongSentences, double IdiomsIn10000)[] Ceilings =
    [
        ("docs/decisions", 14, 0.02, 5),
        ("docs/reference", 13, 0.02, 5),
        ("docs/formats", 14, 0.02, 5),
        ("docs", 14, 0.02, 5),
    ];

    [Fact]
    public void Names_of_types_use_the_terms_of_the_field()
    {
        Violations violations = new("Standard terms in the names of types (docs/glossary.md)");
        foreach (string type in DeclaredTypes().Where(type => !type.StartsWith("Hutch.Contracts.", StringComparison.Ordinal)))
        {
            foreach (Match word in WordPattern().Matches(type[(type.LastIndexOf('.') + 1)..]))
            {
                if (ForbiddenWords.TryGetValue(word.Value, out string? better))
                {
                    violations.Add(type, $"says {word.Value}; the standard terms are: {better}");
                }
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void A_summary_begins_with_a_noun_or_a_verb()
    {
        (string Where, string What)[] riddles =
        [
            .. from file in Repository.Sources("src")
               from Match summary in RiddlePattern().Matches(file.Text)
               select ($"{file.Path}:{file.LineAt(summary.Index)}", summary.Value.Split('\n')[^1].Trim()),
        ];

        if (riddles.Length > MostRiddles)
        {
            Violations violations = new($"A summary begins with a noun or a verb; at most {MostRiddles} still do not, and the number may only fall");
            violations.AddRange(riddles);
            violations.AssertNone();
        }
    }

    [Fact]
    public void Pages_are_written_in_short_and_plain_sentences()
    {
        Violations violations = new("Short sentences in plain English; ceilings may only fall");
        foreach ((string group, double words, double longest, double idioms) in Ceilings)
        {
            Prose prose = Repository.Files(group, "*.md")
                .Where(page => group != "docs" || !Ceilings.Any(other => other.Group != "docs" && Repository.Relative(page).StartsWith(other.Group, StringComparison.Ordinal)))
                .Select(page => Prose.Read(File.ReadAllText(page)))
                .Aggregate((left, right) => left + right);
            Check(group, "words a sentence", (double)prose.Words / prose.Sentences, words);
            Check(group, $"share of sentences of {Prose.LongSentence} words or more", (double)prose.LongSentences / prose.Sentences, longest);
            Check(group, "idioms in 10 000 words", 10_000.0 * prose.Idioms / prose.Words, idioms);
        }

        violations.AssertNone();

        void Check(string group, string what, double measured, double ceiling)
        {
            if (measured > ceiling)
            {
                violations.Add(group, $"{what}: {measured:0.###}, above {ceiling}");
            }
        }
    }

    /// <summary>
    /// Texts outside the pages: the folders, the files, and the text in the group of the expression. Comments in the SQL of migrations are
    /// not among them: data folders have the hash of the text.
    /// </summary>
    public static TheoryData<string, string, string> PlainTexts => new()
    {
        { "tests", "*.cs", @"public (?:async )?(?:Task|void|ValueTask)(?:<[^>]*>)? (\w+_\w+)\(" },
        { "tests", "*.cs", LineComment("//") },
        { "src", "*.cs", LineComment("//") },
        { "web/src", "*.ts", LineComment("//") },
        { "web/src", "*.tsx", LineComment("//") },
        { "build", "*.sh", LineComment("#") },
    };

    [Theory]
    [MemberData(nameof(PlainTexts))]
    public void Names_of_tests_and_comments_have_no_idioms(string folder, string files, string expression)
    {
        Violations violations = new("Plain English in names of tests and in comments");
        foreach (string file in Repository.Files(folder, files))
        {
            string text = File.ReadAllText(file);
            violations.AddRange(
                from Match match in Regex.Matches(text, expression, RegexOptions.Multiline)
                let found = match.Groups.Values.Last(static part => part.Success).Value
                let said = match.Value.StartsWith("public ", StringComparison.Ordinal) ? found.Replace('_', ' ') : found
                where Prose.HasIdiom(said)
                select ($"{Repository.Relative(file)}:{text.AsSpan(0, match.Index).Count('\n') + 1}", said));
        }

        violations.AssertNone();
    }

    [Fact]
    public void No_line_of_a_page_is_wider_than_120_columns()
    {
        Violations violations = new($"Pages of at most {MaxColumns} columns");
        foreach (string page in Repository.Files("docs", "*.md").Concat(Directory.GetFiles(Repository.Root, "*.md")))
        {
            string[] lines = File.ReadAllLines(page);
            violations.AddRange(lines.Index().Where(line => line.Item.EnumerateRunes().Count() > MaxColumns)
                .Select(line => ($"{Repository.Relative(page)}:{line.Index + 1}", $"{line.Item.Length} columns")));
        }

        violations.AssertNone();
    }

    private static string LineComment(string mark) => $@"^[ \t]*{mark}(?!/)[ \t]?(.*)$|[ \t]{mark}[ \t](?!/)([A-Z][^""'\n]*)$";

    private static HashSet<string> DeclaredTypes()
    {
        HashSet<string> types = [];
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                types.UnionWith(assembly.DeclaredTypes());
            }
        }

        return types;
    }

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"<summary>\s*(///\s*)?(What|Who|Where|Why|How|Whoever|Nobody|Somebody)\b.*")]
    private static partial Regex RiddlePattern();
}
