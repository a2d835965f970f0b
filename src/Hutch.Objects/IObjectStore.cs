using Hutch.Objects.Http;

namespace Hutch.Objects;

/// <summary>
/// A bucket of an object store, as an engine uses it: whole objects that are written once and read in parts. Thread-safe.
/// </summary>
/// <remarks>
/// Requests that are safe to repeat are retried a few times with growing delays; a store that asks for fewer requests gets the time that it
/// asks for. If retries fail, a refusal is a <see cref="HutchException"/>, and nothing was changed. Without a response, a read throws
/// <see cref="ServerUnreachableException"/>, and a write, whose outcome is unknown, <see cref="ObjectOutcomeUnknownException"/>. Every
/// implementation passes the same tests: <c>ObjectStoreConformance</c>.
/// </remarks>
public interface IObjectStore : IDisposable
{
    /// <summary>The location for messages, without any key.</summary>
    string Name { get; }

    /// <summary>Stores a whole object, which is durable on return. It replaces an object of the same name.</summary>
    ValueTask PutAsync(string key, ObjectBody body, CancellationToken cancellationToken);

    /// <summary>Reads a part of an object, either completely or not at all.</summary>
    /// <param name="into">
    /// Filled completely if the outcome is <see cref="ObjectReadOutcome.Read"/>; otherwise the content is undefined.
    /// </param>
    ValueTask<ObjectReadOutcome> ReadAsync(
        string key, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken);

    ValueTask<long?> FindLengthAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes objects; missing ones count as deleted. Returns the objects that the store did not delete, with its reasons.
    /// </summary>
    /// <param name="keys">At most <see cref="ObjectPage.MaxKeys"/>.</param>
    ValueTask<IReadOnlyList<UndeletedObject>> DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>A page of the objects whose keys begin with a prefix, in byte order of their keys.</summary>
    /// <param name="prefix">The prefix; empty for all objects.</param>
    /// <param name="after">The key after which the page begins; null for the first page.</param>
    /// <param name="limit">The most objects; <see cref="ObjectPage.MaxKeys"/> applies, too.</param>
    ValueTask<ObjectPage> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Returns true if the store keeps older versions of deleted or replaced objects, now or from an earlier time.</summary>
    ValueTask<bool> KeepsVersionsAsync(CancellationToken cancellationToken);
}
