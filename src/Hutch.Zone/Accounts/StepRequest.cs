namespace Hutch.Zone.Accounts;

public sealed record StepRequest(IReadOnlyList<DatasetId> Inputs, DatasetId Output, TimeSpan Life);
