namespace Hutch.Site.Replication.Space;

/// <param name="Bytes">By dataset: the stored bytes that go with it alone.</param>
/// <param name="Together">The stored bytes that several of them share, and that go with the last one.</param>
public sealed record SpaceMeasure(IReadOnlyDictionary<DatasetId, long> Bytes, long Together);
