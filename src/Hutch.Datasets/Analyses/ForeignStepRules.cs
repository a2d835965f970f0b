using System.Text.RegularExpressions;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Datasets.Analyses;

/// <summary>The rules for the declaration of a foreign step. It comes from a program, and is stored with each run of the step.</summary>
internal static partial class ForeignStepRules
{
    public const int MaxSteps = 16;

    private const int MaxColumns = 200;
    private const int MaxParameters = 50;
    private const int MaxTextLength = 1000;
    private const long MaxBytes = 64 << 10;

    private static readonly string[] TakenColumns = ["file-number", "error"];

    // A run stores these together with the parameters of its step.
    private static readonly string[] TakenParameters =
        ["follow", RunCallback.Parameter, RunSelection.WhenBehind, RunSelection.MissingFrom, RunRecipe.Parameter];

    /// <summary>Returns the refusal of a declaration; null if it is good.</summary>
    public static HutchError? FindRefusal(StepDeclaration step, StepCatalog own)
    {
        string? wrong = FindWrong(step, own);
        return wrong is null ? null : ErrorCode.Unprocessable.With($"The step {Display.Quote(step.Name)} is not declared well: {wrong}.");
    }

    private static string? FindWrong(StepDeclaration step, StepCatalog own)
    {
        if (!StepName().IsMatch(step.Name))
        {
            return "a name has 1 to 32 lower-case letters, digits and hyphens, and begins with a letter";
        }

        if (own.Steps.Any(known => known.Name == step.Name))
        {
            return "a step of the server has this name";
        }

        if (step.Program != StepDeclaration.ForeignPrefix + step.Name)
        {
            return $"its program must be '{StepDeclaration.ForeignPrefix}{step.Name}'";
        }

        if (!Digest().IsMatch(step.Version))
        {
            return "its version must be the SHA-256 of its code, as 'sha256:' and 64 hex digits";
        }

        if (!StepName().IsMatch(step.OutputSuffix) || !StepName().IsMatch(step.OutputType))
        {
            return "its output has no usable name or type";
        }

        if (step.Columns.Count is 0 or > MaxColumns)
        {
            return $"it needs 1 to {MaxColumns} columns";
        }

        if (step.Parameters.Count > MaxParameters)
        {
            return $"it may have {MaxParameters} parameters";
        }

        if (step.Bytes > MaxBytes)
        {
            return $"its texts are longer than {MaxBytes >> 10} KiB";
        }

        return FindWrong(step.Title, step.Description, "step") ?? FindWrong(step.Columns) ?? FindWrong(step.Parameters);
    }

    private static string? FindWrong(IReadOnlyList<ResultColumn> columns) =>
        columns.FirstOrDefault(column => !ValueName().IsMatch(column.Name) || TakenColumns.Contains(column.Name)) is { } bad
            ? $"{Display.Quote(bad.Name)} is no name of a column, which has 1 to 64 letters, digits and underscores"
        : columns.DistinctBy(column => column.Name).Count() < columns.Count ? "two columns have the same name"
        : columns.Select(column => FindWrong(column.Title, column.Description, $"column '{column.Name}'"))
            .FirstOrDefault(w => w is not null);

    private static string? FindWrong(IReadOnlyList<ParameterDeclaration> parameters)
    {
        if (parameters.FirstOrDefault(
            parameter => !ValueName().IsMatch(parameter.Name) || TakenParameters.Contains(parameter.Name)) is { } bad)
        {
            return $"{Display.Quote(bad.Name)} is no name of a parameter, which has 1 to 64 letters, digits and underscores, and is "
                + "not taken";
        }

        if (parameters.DistinctBy(parameter => parameter.Name).Count() < parameters.Count)
        {
            return "two parameters have the same name";
        }

        if (parameters.FirstOrDefault(parameter => parameter.Pattern is not null) is { } pattern)
        {
            return $"the parameter '{pattern.Name}' has a pattern, which steps do not have";
        }

        if (parameters.FirstOrDefault(parameter => parameter.Default is { } value && !parameter.Check(value).IsOk) is { } odd)
        {
            return $"the default of the parameter '{odd.Name}' is no value of it";
        }

        return parameters.Select(parameter => FindWrong(parameter.Title, parameter.Description, $"parameter '{parameter.Name}'"))
            .FirstOrDefault(w => w is not null);
    }

    private static string? FindWrong(string title, string description, string what) =>
        title.Length is 0 or > MaxTextLength || description.Length > MaxTextLength
            ? $"the {what} needs a title, and its texts have at most {MaxTextLength} characters"
            : (title + description).Any(char.IsControl) ? $"a text of the {what} has control characters"
            : null;

    [GeneratedRegex("^[a-z][a-z0-9-]{0,31}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex StepName();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,63}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex ValueName();

    [GeneratedRegex("^sha256:[0-9a-f]{64}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Digest();
}
