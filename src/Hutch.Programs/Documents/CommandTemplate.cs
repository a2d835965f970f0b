using System.Text.RegularExpressions;
using Hutch.Model.Parameters;

namespace Hutch.Programs.Documents;

/// <summary>
/// The command of a program: words with placeholders, of which each becomes exactly one argument. No shell reads them, so that a value can
/// hold any character and is never more than a value.
/// </summary>
/// <param name="Parts">The words; a part with several words is left out when one of its parameters has no value.</param>
public sealed partial record CommandTemplate(IReadOnlyList<IReadOnlyList<string>> Parts)
{
    public const string Input = "input";
    public const string Output = "output";
    public const string File = "file";

    private static readonly string[] Shells = ["sh", "bash", "dash", "zsh", "ksh", "fish", "csh", "tcsh", "busybox"];

    /// <summary>True if the command is for one file of the input, <c>{file}</c>.</summary>
    public bool IsForEach { get; init; }

    private IEnumerable<string> Words => Parts.SelectMany(static part => part);

    /// <summary>Returns the problem of the command; null if it can be used with these parameters.</summary>
    public string? FindProblem(IReadOnlyCollection<ParameterDeclaration> parameters, IReadOnlyCollection<NamedInput> inputs)
    {
        string[] own = [.. parameters.Select(static parameter => parameter.Name), .. inputs.Select(static input => input.Name)];
        string[] known = [Input, Output, .. IsForEach ? [File] : Array.Empty<string>(), .. own];
        string program = Words.FirstOrDefault() ?? "";
        string? unknown = Words.SelectMany(NamesIn).FirstOrDefault(name => !known.Contains(name));
        string? unused = own.FirstOrDefault(name => !Words.SelectMany(NamesIn).Contains(name));
        if (program.Length == 0)
        {
            return "the command is empty: name a program, then its arguments.";
        }

        if (NamesIn(program).Any())
        {
            return "the first word of the command is the program, which cannot come from a placeholder.";
        }

        if (Parts[0].Count > 1)
        {
            return "the first word of the command is the program: write it alone, before the other words.";
        }

        if (Words.Any(static word => word.Any(char.IsControl)))
        {
            return "a word of the command has a line break or another control character.";
        }

        if (unknown is not null)
        {
            return $"the command has a placeholder {{{unknown}}}, which is no parameter{Suggestion.For(unknown, known)}";
        }

        if (own.GroupBy(static name => name).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            return $"'{twice.Key}' is the name of a parameter and of an input: rename one of them.";
        }

        if (unused is not null)
        {
            return $"the command does not use the {(parameters.Any(one => one.Name == unused) ? "parameter" : "input")} '{unused}': write "
                + $"{{{unused}}} where its value belongs.";
        }

        if (own.Contains(File) || own.Contains(Input) || own.Contains(Output))
        {
            return "{input}, {output} and {file} are no names of a parameter or an input: rename it.";
        }

        if (IsForEach && !Words.SelectMany(NamesIn).Contains(File))
        {
            return "the command does not name {file}, the file of 'each' that it is for: put it where the program takes it.";
        }

        if (!Words.SelectMany(NamesIn).Contains(Output))
        {
            return "the command does not name {output}, the folder whose files become the results: put it where the program takes it.";
        }

        return FindShellProblem(program);
    }

    /// <summary>Returns the command with the values in place of its parameters. The placeholders of folders stay.</summary>
    /// <param name="inputs">The names of the further inputs that the run has.</param>
    public IReadOnlyList<string> Fill(ParameterValues values, IReadOnlyCollection<string> inputs)
    {
        Dictionary<string, string> texts = values.Set.ToDictionary(
            static set => set.Parameter.Name, static set => TextOf(set.Value), StringComparer.Ordinal);
        var words = new List<string>();
        foreach (IReadOnlyList<string> part in Parts)
        {
            bool isComplete = part.SelectMany(NamesIn).All(
                name => name is Input or Output or File || texts.ContainsKey(name) || inputs.Contains(name));
            if (isComplete)
            {
                words.AddRange(part.Select(word => Placeholder().Replace(
                    word, match => texts.GetValueOrDefault(match.Groups[1].Value) ?? match.Value)));
            }
        }

        return words;
    }

    // A shell would read a value as a part of its text.
    private string? FindShellProblem(string program)
    {
        bool isShell = Shells.Contains(Path.GetFileName(program));
        string[] words = [.. Words];
        int script = isShell ? Array.FindIndex(words, static word => word.StartsWith('-') && word.EndsWith('c')) + 1 : 0;
        return script > 0 && script < words.Length && NamesIn(words[script]).Any()
            ? "a shell would read the value of a placeholder as a part of its text: write \"$1\" there, and the placeholder as a word of "
                + "its own after the text and a word for $0."
            : null;
    }

    private static IEnumerable<string> NamesIn(string word) => Placeholder().Matches(word).Select(static match => match.Groups[1].Value);

    private static string TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    // Other braces are the program's own.
    [GeneratedRegex(@"\{([A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
