namespace Hutch.DataLad.Receiving;

/// <summary>The dataset of a push to a name that was free when the push began.</summary>
/// <param name="IsNew">False if another push made it meanwhile.</param>
internal readonly record struct MadeDataset(DatasetId Id, bool IsNew);
