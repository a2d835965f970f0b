using Hutch.Model;

namespace Hutch.Zone.Accounts;

/// <summary>What a token for a step of a program is for.</summary>
/// <param name="Inputs">The datasets that it reads.</param>
/// <param name="Output">The dataset that it reads and writes.</param>
/// <param name="Life">For how long it is good.</param>
public sealed record StepRequest(IReadOnlyList<DatasetId> Inputs, DatasetId Output, TimeSpan Life);
