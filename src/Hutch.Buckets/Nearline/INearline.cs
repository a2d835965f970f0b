namespace Hutch.Buckets.Nearline;

/// <summary>
/// A store of whole segments from which bytes come back only after a while: tapes, or an archive class of an object store. A segment has a
/// name that is never used for other bytes, so that each operation may be repeated.
/// </summary>
/// <remarks>Thread-safe. Failures are of the kinds that <see cref="BucketFailure"/> names.</remarks>
internal interface INearline
{
    /// <summary>The location for messages.</summary>
    string Name { get; }

    /// <summary>Stores a segment; durable on return.</summary>
    /// <param name="path">The file with its bytes.</param>
    Task PutAsync(string name, string path, CancellationToken ct);

    /// <summary>
    /// Lets a segment be offline from now on: its bytes were brought back and compared. Until then a store may keep it where a read is
    /// quick.
    /// </summary>
    Task ArchiveAsync(string name, CancellationToken ct);

    /// <summary>
    /// Brings segments into files, in this order as far as the store allows. Returns after the last one.
    /// </summary>
    /// <param name="came">Called when a file is complete. The caller checks its bytes.</param>
    Task StageAsync(IReadOnlyList<StagedFile> files, Action<string> came, CancellationToken ct);

    /// <summary>Returns the states of segments; one that is not in the answer is unknown there.</summary>
    Task<IReadOnlyDictionary<string, NearlineState>> FindStatesAsync(IReadOnlyList<string> names, CancellationToken ct);

    /// <summary>Removes segments; unknown ones count as removed. Returns those that remain, with the reasons.</summary>
    Task<IReadOnlyList<UndeletedObject>> RemoveAsync(IReadOnlyList<string> names, CancellationToken ct);
}

/// <param name="Path">The file to write, which does not exist.</param>
internal readonly record struct StagedFile(string Name, string Path);

/// <param name="Exists">False if the store lost it.</param>
/// <param name="Order">
/// The place of the segment. Places of one medium have the same text up to a colon, and are read in their order; empty if unknown.
/// </param>
internal readonly record struct NearlineState(bool Exists, string Order)
{
    /// <summary>The medium of the place.</summary>
    public string Medium => Order.Split(':')[0];
}
