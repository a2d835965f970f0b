using Hutch.Model;

namespace Hutch.Zone.Accounts;

/// <summary>The purpose of a token for one step of a program.</summary>
/// <param name="Output">The dataset that the step reads and writes.</param>
public sealed record StepRequest(IReadOnlyList<DatasetId> Inputs, DatasetId Output, TimeSpan Life);
