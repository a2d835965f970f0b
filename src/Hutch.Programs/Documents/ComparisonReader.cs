using Hutch.Model.Ignoring;
using Hutch.Types.Documents;
using Hutch.Types.Yaml;

namespace Hutch.Programs.Documents;

/// <summary>Reads the differences that a program declares between two of its runs: the section <c>rerun</c>.</summary>
internal static class ComparisonReader
{
    private const int MaxPatterns = 50;

    public static ComparisonRules Read(SectionReader program, List<DocumentProblem> problems)
    {
        if (program.Subsection("rerun") is not { } body)
        {
            return ComparisonRules.Exact;
        }

        var section = new SectionReader(body, "'rerun'", ["differs", "within"], problems);
        IReadOnlyList<string> differs = section.Texts("differs", MaxPatterns);
        Check(section, "differs", differs);
        if (differs.Any(static pattern => pattern is "*" or "**" or "/" || pattern.StartsWith('!')))
        {
            section.Reject(
                section.Find("differs")!, "'differs' must name some files: a rerun that compares nothing proves nothing.");
        }

        return new ComparisonRules(differs, ReadTolerances(section, problems));
    }

    private static List<FileTolerance> ReadTolerances(SectionReader section, List<DocumentProblem> problems)
    {
        YamlValue? node = section.Find("within");
        if (node is null)
        {
            return [];
        }

        if (node is not YamlList { Items: { Count: > 0 and <= MaxPatterns } items } || items.Any(static item => item is not YamlMap))
        {
            section.Reject(node, "'within' must be a list of tolerances, such as [{files: \"*.csv\", relative: 1e-6}].");
            return [];
        }

        var tolerances = new List<FileTolerance>();
        foreach (YamlMap item in items.Cast<YamlMap>())
        {
            var one = new SectionReader(item, "a tolerance", ["files", "relative", "absolute"], problems);
            string files = one.Line("files") ?? "";
            double relative = Number(one, "relative"), absolute = Number(one, "absolute");
            Check(one, "files", [files]);
            if (files.Length == 0 || (relative == 0 && absolute == 0))
            {
                one.Reject(item, "a tolerance needs 'files', and 'relative' or 'absolute' above 0: {files: \"*.csv\", relative: 1e-6}.");
            }

            tolerances.Add(new FileTolerance(files, relative, absolute));
        }

        return tolerances;
    }

    private static double Number(SectionReader section, string key)
    {
        if (section.Line(key) is not { } text)
        {
            return 0;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is > 0 and < 1e300)
        {
            return number;
        }

        section.Reject(section.Find(key)!, $"'{key}' must be a number above 0, such as 1e-6.");
        return 0;
    }

    private static void Check(SectionReader section, string key, IReadOnlyList<string> patterns)
    {
        if (IgnoreList.Parse(patterns).Malformed is [var malformed, ..])
        {
            section.Reject(
                section.Find(key)!, $"{Display.Quote(malformed)} is no pattern, because of a '[' or '\\' without its end.");
        }
    }
}
