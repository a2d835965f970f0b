namespace Hutch.Model.Records;

/// <summary>A start of a program that a rule caused. Dataset, program and rule are its key: it starts once.</summary>
/// <param name="Rule">The rule of the document, such as <c>closed</c>.</param>
/// <param name="User">The account that switched it on, on whose behalf it runs.</param>
/// <param name="Parameters">The parameters, an object; null for none.</param>
/// <param name="Depth">The number of starts without a person that led to it, with this one.</param>
public sealed record DueProgram(string Program, string Rule, string User, JsonElement? Parameters, int Depth);

/// <summary>The cause of a run that no person started.</summary>
/// <param name="Dataset">The dataset that caused it, which is its input.</param>
/// <param name="Depth">The number of starts without a person that led to it, with this one.</param>
public sealed record RunTrigger(DatasetId Dataset, string Rule, int Depth)
{
    /// <summary>The id of the site where the start was due, and which handed it over; null for this site.</summary>
    public string? Site { get; init; }
}
