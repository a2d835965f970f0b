namespace Hutch.Commands.Jobs;

internal static class CommandWords
{
    private const string Input = "{input}";
    private const string Output = "{output}";
    private const string Part = "{part}";

    /// <summary>Checks that the placeholders fit the number of inputs; otherwise returns the problem.</summary>
    internal static Result<Done> Check(IReadOnlyList<string> words, int inputs)
    {
        if (!words.Any(word => word.Contains(Output, StringComparison.Ordinal)))
        {
            return ErrorCode.BadRequest.With(
                $"The command does not name {Output}, the folder whose files become the dataset: put it where the command takes the folder "
                + "for its results.");
        }

        return inputs > 1 && words.Any(word => word.Contains(Input, StringComparison.Ordinal))
            ? ErrorCode.BadRequest.With(
                $"There are {inputs} inputs: write {{input1}}, {{input2}} and so on for their folders, not {Input}.")
            : Done.Value;
    }

    /// <summary>The words with folders in the place of <c>{input}</c>, <c>{input1}</c>, … and <c>{output}</c>.</summary>
    /// <param name="part">The name in the place of <c>{part}</c>; null to leave it.</param>
    internal static string[] Fill(IReadOnlyList<string> words, IReadOnlyList<string> inputs, string output, string? part = null)
    {
        var folders = new Dictionary<string, string> { [Output] = output };
        if (part is not null)
        {
            folders[Part] = part;
        }

        for (int i = 0; i < inputs.Count; i++)
        {
            folders[string.Create(CultureInfo.InvariantCulture, $"{{input{i + 1}}}")] = inputs[i];
        }

        if (inputs is [var only])
        {
            folders[Input] = only;
        }

        return
        [
            .. words.Select(word => folders.Aggregate(
                word, (text, one) => text.Replace(one.Key, one.Value, StringComparison.Ordinal))),
        ];
    }

    /// <summary>Finds a program at a path, or in one of the folders of <c>PATH</c>. Null if it does not exist.</summary>
    internal static string? Find(string program, string folder, string? path)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return Path.GetFullPath(program, folder) is var full && IsProgram(full) ? full : null;
        }

        return (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(IsProgram);
    }

    private static bool IsProgram(string path) => File.Exists(path) && FileFacts.Read(path) is { } file
        && (file.Mode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
