using Hutch.Model;
using Hutch.Objects.Http;

namespace Hutch.Objects;

/// <summary>
/// A bucket of an object store, as an engine needs it: whole objects that are written once and read in parts. Safe for many threads.
/// </summary>
/// <remarks>
/// What is safe to repeat is repeated, with growing waits, a few times; a store that asks for less is given time. When that does not help,
/// a refusal is a <see cref="HutchException"/>: nothing was changed. Where there is no answer, a read is a
/// <see cref="ServerUnreachableException"/>, and of a write nobody knows: <see cref="ObjectOutcomeUnknownException"/>.
/// Every implementation runs the same tests: <c>ObjectStoreConformance</c>.
/// </remarks>
public interface IObjectStore : IDisposable
{
    /// <summary>Where it is, for messages; without any key.</summary>
    string Name { get; }

    /// <summary>Stores an object as a whole; on return it is durable. One of the same name is replaced.</summary>
    ValueTask PutAsync(string key, ObjectBody body, CancellationToken cancellationToken);

    /// <summary>Reads a part of an object, and nothing else than the whole part.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="into">Filled wholly when the outcome is <see cref="ObjectReadOutcome.Read"/>; else it may hold anything.</param>
    /// <param name="objectLength">The length that the object should have.</param>
    ValueTask<ObjectReadOutcome> ReadAsync(
        string key, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken);

    /// <summary>The length of an object; null when there is none.</summary>
    ValueTask<long?> FindLengthAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Removes objects; those that are not there are removed already. Returns those that the store did not remove, with what it says.
    /// </summary>
    /// <param name="keys">At most <see cref="ObjectPage.MaxKeys"/>.</param>
    ValueTask<IReadOnlyList<ObjectLeft>> DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>A page of the objects whose keys begin so, in the order of the bytes of their keys.</summary>
    /// <param name="prefix">What the keys begin with; empty for all.</param>
    /// <param name="after">The key after which the page begins; null for the first page.</param>
    /// <param name="limit">At most so many, and at most <see cref="ObjectPage.MaxKeys"/>.</param>
    ValueTask<ObjectPage> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Whether the store keeps what was removed or replaced: as older versions, from now on or from earlier.</summary>
    ValueTask<bool> KeepsVersionsAsync(CancellationToken cancellationToken);
}
