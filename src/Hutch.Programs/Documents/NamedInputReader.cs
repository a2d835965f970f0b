using System.Text.RegularExpressions;
using Hutch.Types.Documents;
using Hutch.Types.Yaml;

namespace Hutch.Programs.Documents;

/// <summary>Reads the further inputs of a program: the section <c>inputs</c>.</summary>
internal static partial class NamedInputReader
{
    private const int MaxInputs = 99; // with the first one as many as other runs have
    private const int MaxKeys = 20;

    public static IReadOnlyList<NamedInput> Read(SectionReader program, List<DocumentProblem> problems)
    {
        var inputs = new List<NamedInput>();
        foreach ((YamlScalar key, YamlValue value) in program.Subsection("inputs")?.Entries ?? [])
        {
            if (inputs.Count == MaxInputs)
            {
                program.Reject(key, $"a program has at most {MaxInputs} further inputs.");
                break;
            }

            if (!InputName().IsMatch(key.Text) || key.Text is CommandTemplate.Input or CommandTemplate.Output or RunTask.Image)
            {
                program.Reject(key, $"{Display.Quote(key.Text)} is no name of an input: use a word such as 'flats' or 'gainReference'.");
            }
            else if (value is not YamlMap body)
            {
                program.Reject(
                    value, $"the input '{key.Text}' must be a section with its types: '{key.Text}: {{types: [tomography/flats]}}'.");
            }
            else
            {
                inputs.Add(Read(key.Text, body, problems));
            }
        }

        return inputs;
    }

    private static NamedInput Read(string name, YamlMap body, List<DocumentProblem> problems)
    {
        var section = new SectionReader(body, $"the input '{name}'", ["title", "types", "same", "choose", "optional"], problems);
        IReadOnlyList<string> types = section.Texts("types", MaxKeys);
        if (types.Count == 0 || types.Any(static type => !TypeReader.IsTypeName(type)))
        {
            section.Reject(
                section.Find("types") ?? body,
                $"the input '{name}' needs 'types', names such as 'tomography/flats': others would fit, too.");
        }

        string choose = section.Line("choose") ?? "only";
        if (choose is not ("only" or "newest"))
        {
            section.Reject(section.Find("choose")!, "'choose' must be 'only', so that a person chooses one of several, or 'newest'.");
        }

        return new NamedInput(name, section.Line("title") ?? name, types, section.Texts("same", MaxKeys))
        {
            IsNewest = choose == "newest",
            IsOptional = section.Flag("optional"),
        };
    }

    [GeneratedRegex(@"\A[a-z][A-Za-z0-9_]{0,39}\z", RegexOptions.CultureInvariant)]
    private static partial Regex InputName();
}
