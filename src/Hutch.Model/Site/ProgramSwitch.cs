using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <summary>A program that an account switched on.</summary>
/// <param name="Dataset">The dataset; null for all datasets of the account.</param>
public sealed record ProgramSwitch(string Program, string User, DatasetId? Dataset, JsonElement? Parameters);

/// <summary>A start that a rule caused and that has not happened.</summary>
public sealed record DueStart(DatasetId Dataset, DueProgram Program);
