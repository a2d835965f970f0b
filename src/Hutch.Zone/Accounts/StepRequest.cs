using Hutch.Model;

namespace Hutch.Zone.Accounts;

/// <summary>The purpose of a token for one step of a program.</summary>
/// <param name="Inputs">The datasets that the step reads.</param>
/// <param name="Output">The dataset that the step reads and writes.</param>
/// <param name="Life">The life of the token.</param>
public sealed record StepRequest(IReadOnlyList<DatasetId> Inputs, DatasetId Output, TimeSpan Life);
