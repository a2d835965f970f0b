using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hutch.Analysis.Steps;

namespace Hutch.Analysis.Foreign;

/// <summary>
/// Reads the declaration of a foreign step from its first line. Its version is the digest of the declaration, the arguments and the code.
/// </summary>
internal static class ForeignDeclaration
{
    private const int MaxInSummary = 6;

    /// <summary>The decimals of a column of numbers that names none.</summary>
    private const int UsualDecimals = 3;
    private const int MaxFiles = 2000;

    /// <summary>Reads the first line; the error says what is wrong with it.</summary>
    /// <param name="hash">Returns the SHA-256 of a file; null for a path that is no file.</param>
    public static Result<StepDeclaration> Read(ReadOnlySpan<byte> line, StepCommand command, Func<string, Result<string?>> hash)
    {
        StepHello? hello;
        try
        {
            hello = JsonSerializer.Deserialize(line, StepJson.Default.StepHello);
        }
        catch (JsonException e)
        {
            return Refused($"its first line is no declaration ({e.Message.Split('\n')[0].TrimEnd('.')})");
        }

        if (hello is null or { HutchStep: not 1 })
        {
            return Refused("its first line is of another version: {\"hutchStep\": 1, …} is known");
        }

        if (hello.Columns.Count == 0 || hello.Files?.Count > MaxFiles)
        {
            return Refused($"it needs a column, and may name {MaxFiles} files");
        }

        StepDeclaration step = ToStep(hello);
        return Digest(step, command, hello.Files ?? [], hash).Then<StepDeclaration>(
            digest => step with { Version = "sha256:" + digest });
    }

    private static HutchError Refused(string why) => ErrorCode.Unprocessable.With($"The step cannot be used: {why}.");

    private static StepDeclaration ToStep(StepHello hello) => new()
    {
        Name = hello.Name,
        Title = hello.Title ?? hello.Name,
        Description = hello.Description ?? "",
        Program = StepDeclaration.ForeignPrefix + hello.Name,
        Version = "",
        OutputSuffix = hello.Name,
        OutputTitle = hello.Title ?? hello.Name,
        Columns = [.. Shown(hello.Columns).Select(ToColumn), .. GridCell.Columns],
        Parameters = [.. (hello.Parameters ?? []).Select(ToParameter)],
    };

    /// <summary>Chooses columns for the plot and for short tables where the step chooses none.</summary>
    private static IEnumerable<StepColumn> Shown(IReadOnlyList<StepColumn> columns)
    {
        bool hasSummary = columns.Any(column => column.InSummary), hasPlot = columns.Any(column => column.InPlot);
        StepColumn? first = columns.FirstOrDefault(column => column.Kind is ValueKind.Number or ValueKind.WholeNumber);
        return columns.Select((column, index) => column with
        {
            InSummary = hasSummary ? column.InSummary : index < MaxInSummary,
            InPlot = hasPlot ? column.InPlot : column == first,
        });
    }

    private static ResultColumn ToColumn(StepColumn column) => new()
    {
        Name = column.Name,
        Title = column.Title ?? column.Name,
        Kind = column.Kind,
        Unit = column.Unit,
        Description = column.Description ?? "",
        Decimals = column.Kind == ValueKind.Number ? Math.Clamp(column.Decimals ?? UsualDecimals, 0, 12) : 0,
        InSummary = column.InSummary,
        InPlot = column.InPlot,
    };

    private static ParameterDeclaration ToParameter(StepParameter parameter) => new()
    {
        Name = parameter.Name,
        Title = parameter.Title ?? parameter.Name,
        Kind = parameter.Kind,
        Unit = parameter.Unit,
        Description = parameter.Description ?? "",
        Default = parameter.Default,
        Choices = parameter.Choices,
        Minimum = parameter.Minimum,
        Maximum = parameter.Maximum,
    };

    /// <summary>The digest of what decides about the rows. Folders do not count, so that machines with other folders agree.</summary>
    private static Result<string> Digest(
        StepDeclaration step, StepCommand command, IReadOnlyList<string> loaded, Func<string, Result<string?>> hash)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(JsonSerializer.SerializeToUtf8Bytes(step, StepJson.Default.StepDeclaration));
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in loaded)
        {
            Result<string?> hashed = hash(file);
            if (!hashed.IsOk || hashed.Value is not { } code)
            {
                return hashed.Error ?? Refused($"it names the file {Display.Quote(file)}, which does not exist");
            }

            files[Path.GetFullPath(file)] = code;
        }

        foreach (string word in command.Arguments.Prepend(command.Program))
        {
            // A program that is found through PATH, such as python3, is the machine's, and no code of the step.
            Result<string?> hashed = word == command.Program && !word.Contains('/') ? (string?)null : hash(word);
            if (!hashed.IsOk)
            {
                return hashed.Error;
            }

            if (hashed.Value is { } file)
            {
                files[Path.GetFullPath(word)] = file;
            }

            digest.AppendData(JsonSerializer.SerializeToUtf8Bytes(
                hashed.Value is null ? word : Path.GetFileName(word), StepJson.Default.String));
        }

        string[] lines = [.. files.Select(file => $"{Path.GetFileName(file.Key)}\n{file.Value}\n").Order(StringComparer.Ordinal)];
        digest.AppendData(Encoding.UTF8.GetBytes(string.Concat(lines)));
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
