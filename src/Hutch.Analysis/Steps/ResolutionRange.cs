namespace Hutch.Analysis.Steps;

/// <summary>Resolution limits, a pair of parameters that steps share.</summary>
internal static class ResolutionRange
{
    public static readonly ParameterDeclaration Highest = new()
    {
        Name = "dMin",
        Title = "Highest resolution",
        Kind = ValueKind.Number,
        Unit = "Å",
        Description = "The highest resolution to use, in ångström.",
        ExclusiveMinimum = 0,
    };

    public static readonly ParameterDeclaration Lowest = new()
    {
        Name = "dMax",
        Title = "Lowest resolution",
        Kind = ValueKind.Number,
        Unit = "Å",
        Description = "The lowest resolution to use, in ångström.",
        ExclusiveMinimum = 0,
    };

    public static HutchError? Check(ParameterValues values) => values.Number(Highest.Name) > values.Number(Lowest.Name)
        ? ErrorCode.Unprocessable.With(FormattableString.Invariant(
            $"dMin ({values.Number(Highest.Name)} Å) is larger than dMax ({values.Number(Lowest.Name)} Å): nothing is between them."))
        : null;
}
